"""Real weights hear Spanish: as well as faster-whisper called directly, and nothing where nobody
speaks. Serial and slow: `make test-model`.
"""

from collections.abc import Callable
from pathlib import Path

import ctranslate2
import pytest
from faster_whisper import WhisperModel
from rich.console import Console

from app.embedded.catalogue import catalogue
from app.embedded.fetch import fetch_speech
from app.embedded.progress import report_on
from app.embedded.settings import EmbeddedSettings
from app.media.audio import AudioReader
from app.media.hearing import OPTIONS, SEED
from app.media.settings import MediaSettings
from graph.prompts import Prompts
from graph.settings import HOME
from store.media import MediaFile
from tests.recordings import Samples, music, noise, ogg, silence, tone
from tests.speech import Spoken, error_rate, speak

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

PROMPTS = Prompts(HOME / "prompts")


@pytest.fixture(scope="module")
def weights() -> Path:
    """Whisper base from MODELS_DIR, fetched through the catalogue the first time."""
    speech = catalogue().speech["whisper-base"]
    with report_on(Console(stderr=True), speech.name, speech.size_bytes) as report:
        return fetch_speech(speech, EmbeddedSettings().models_dir, report=report)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> list[Spoken]:
    return speak(tmp_path_factory.mktemp("spoken"))


async def hear(files: list[Path]) -> list[tuple[str, str]]:
    reader = AudioReader(
        MediaSettings(), EmbeddedSettings().models_dir, prompts=PROMPTS, language="es"
    )
    heard = []
    for path in files:
        file = MediaFile(1, 1, "wamid.A", "audio", "audio/ogg", "", "", 1, 0, path)
        seen = await reader.read(file, question="")
        heard.append((seen.text, seen.remark))
    await reader.aclose()
    return heard


def hear_directly(weights: Path, files: list[Path]) -> list[str]:
    model = WhisperModel(str(weights), device="cpu", compute_type="int8", local_files_only=True)
    heard = []
    for path in files:
        ctranslate2.set_random_seed(SEED)
        segments, _ = model.transcribe(str(path), language="es", **OPTIONS)
        heard.append(" ".join(segment.text.strip() for segment in segments))
    return heard


async def test_it_hears_no_worse_than_faster_whisper_called_directly(
    weights: Path, spoken: list[Spoken]
) -> None:
    files = [one.file for one in spoken]
    expected = [one.text for one in spoken]
    ours = error_rate(expected, [text for text, _ in await hear(files)])
    theirs = error_rate(expected, hear_directly(weights, files))
    print(f"word error rate: {ours:.3f}, directly {theirs:.3f}")
    assert ours <= theirs
    assert ours < 0.5  # a robot's voice, but it is Spanish


@pytest.mark.parametrize("sound", [silence, tone, noise, music])
async def test_where_nobody_speaks_nothing_is_heard(
    weights: Path, tmp_path: Path, sound: Callable[[float], Samples]
) -> None:
    path = tmp_path / "sound.ogg"
    path.write_bytes(ogg(sound(12)))
    assert await hear([path]) == [("", PROMPTS.message("es", "voice_no_words"))]
