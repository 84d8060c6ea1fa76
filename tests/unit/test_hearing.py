"""Recordings: what can be decoded, and the process that listens."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from app.embedded.catalogue import catalogue
from app.media import hearing
from app.media.audio import AudioReader
from app.media.child import ChildDied
from app.media.hearing import RATE, BrokenAudio, TooLong, decode
from app.media.settings import MediaSettings
from app.media.transcriber import Transcriber
from graph.prompts import Prompts
from graph.settings import HOME
from store.media import MediaFile
from tests import recordings, whisper_double
from tests.recordings import noise, ogg, silence, tone

PROMPTS = Prompts(HOME / "prompts")
BEEP = ogg(tone(2.0))


def heard(content: bytes, max_s: float = 60) -> np.ndarray:
    return decode(io.BytesIO(content), max_s=max_s)


def test_a_voice_note_becomes_what_whisper_takes() -> None:
    samples = heard(BEEP)
    assert samples.dtype == np.float32
    assert samples.size == pytest.approx(2 * RATE, rel=0.02)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * RATE / samples.size == pytest.approx(440, abs=2)


@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp4", "aac"), ("adts", "aac"), ("mp3", "libmp3lame"), ("wav", "pcm_s16le"),
     ("flac", "flac"), ("webm", "libopus"), ("3gp", "aac")],
)  # fmt: skip
def test_other_recordings_are_heard_too(container: str, codec: str) -> None:
    samples = heard(recordings.encoded(tone(2), container, codec))
    assert samples.size == pytest.approx(2 * RATE, rel=0.06)


def test_it_is_what_faster_whisper_makes_of_it() -> None:
    theirs = pytest.importorskip("faster_whisper.audio").decode_audio(io.BytesIO(BEEP))
    assert np.array_equal(heard(BEEP), theirs)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"OggS",
        BEEP[:60],
        b"\x00" * 5000,
        b"<html>no</html>",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        np.random.default_rng(1).bytes(100_000),
    ],
    ids=["nothing", "a word", "a beginning", "zeros", "a page", "a picture", "noise"],
)
def test_what_holds_no_sound_is_broken(content: bytes) -> None:
    with pytest.raises(BrokenAudio):
        heard(content)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_of_a_file_that_was_cut_off_the_rest_is_heard(kept: float) -> None:
    whole = ogg(tone(10.0))
    assert 0 < heard(whole[: int(len(whole) * kept)]).size < 10 * RATE


def test_a_broken_packet_costs_itself() -> None:
    whole = bytearray(ogg(tone(10.0)))
    middle = len(whole) // 2
    whole[middle : middle + 40] = bytes(40)
    assert heard(bytes(whole)).size > 5 * RATE


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{file}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{file}'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 9 RTP/AVP 0\nc=IN IP4 127.0.0.1\n",
    ],
)
def test_a_list_of_other_files_opens_none(tmp_path: Path, playlist: str) -> None:
    secret = tmp_path / "secret.ogg"
    secret.write_bytes(BEEP)
    with pytest.raises(BrokenAudio):
        heard(playlist.format(file=secret).encode())


def test_a_long_one_is_left_as_soon_as_it_is_too_long() -> None:
    """Only what is taken is read, whatever the file goes on about."""
    file = io.BytesIO(ogg(noise(120)))
    with pytest.raises(TooLong):
        decode(file, max_s=10)
    assert file.tell() < file.getbuffer().nbytes / 2
    assert heard(ogg(silence(9.9)), max_s=10).size


@pytest.mark.parametrize(
    ("text", "made_up"),
    [
        ("Subtítulos realizados por la comunidad de Amara.org", True),
        ("Subtitles by the Amara.org community", True),
        ("poneme los subtítulos en castellano", False),
    ],
)
def test_credits_that_nobody_spoke_are_left_out(text: str, made_up: bool) -> None:
    assert hearing._is_made_up(text) is made_up


class House:
    """A reader of recordings with the stand-in for faster-whisper."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.weights = folder / "weights"
        whisper_double.settings(self.weights, "hola, soy Carla")
        options = {"whisper_model": str(self.weights), "audio_max_minutes": 1, **settings}
        self.reader = AudioReader(
            MediaSettings(**options), folder / "models", prompts=PROMPTS, language="es"
        )

    async def hear(self, content: bytes) -> tuple[str, str]:
        path = self.folder / "file"
        path.write_bytes(content)
        file = MediaFile(1, 1, "wamid.A", "audio", "audio/ogg", "", "0" * 64, 1, 0, path)
        seen = await self.reader.read(file, question="")
        return seen.text, seen.remark


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    house = House(tmp_path)
    monkeypatch.setenv("PYTHONPATH", whisper_double.settings(house.weights, "")["PYTHONPATH"])
    whisper_double.say(house.weights, "hola, soy Carla")
    yield house
    await house.reader.aclose()


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def sentence(key: str, **values: str) -> tuple[str, str]:
    return "", PROMPTS.message("es", key, **values)


async def test_what_is_said_is_text(house: House) -> None:
    assert await house.hear(BEEP) == ("hola, soy Carla", "")
    whisper_double.say(house.weights, "una cosa\ny otra")
    assert await house.hear(BEEP) == ("una cosa y otra", "")
    assert "es" in (house.weights / "listened.txt").read_text()


async def test_each_trouble_is_one_sentence_and_the_next_file_is_heard(house: House) -> None:
    assert await house.hear(ogg(silence(3))) == sentence("voice_no_words")
    assert await house.hear(b"nonsense") == sentence("voice_broken")
    assert await house.hear(b"") == sentence("voice_broken")
    assert await house.hear(ogg(silence(61))) == sentence("voice_too_long", minutes="1")
    whisper_double.say(house.weights, "!die")
    assert await house.hear(BEEP) == sentence("voice_failed")
    whisper_double.say(house.weights, "acá estoy")
    assert await house.hear(BEEP) == ("acá estoy", "")


async def test_two_first_notes_are_heard_by_one_process(house: House) -> None:
    await asyncio.gather(house.hear(BEEP), house.hear(BEEP))
    assert len((house.weights / "loaded.txt").read_text().split()) == 1


async def test_without_the_weights_it_says_how_to_get_them(tmp_path: Path) -> None:
    house = House(tmp_path, whisper_model="base")
    assert await house.hear(BEEP) == sentence("voice_no_model", model="base")
    known = catalogue().speech["whisper-base"]
    folder = known.folder(tmp_path / "models")
    folder.mkdir(parents=True)
    for blob in known.files:  # of the right size, and not what they should be
        with blob.file(folder).open("wb") as file:
            file.truncate(blob.size_bytes)
    assert await house.hear(BEEP) == sentence("voice_no_model", model="base")


async def test_the_process_ends_when_it_is_idle_and_comes_back(
    house: House, tmp_path: Path
) -> None:
    idle = House(tmp_path, whisper_idle_s=0)
    for times in (1, 2):
        assert await idle.hear(BEEP) == ("hola, soy Carla", "")
        transcriber = idle.reader._transcriber
        assert transcriber is not None
        assert transcriber._rest is not None
        await transcriber._rest
        assert not transcriber.awake
        loaded = (idle.weights / "loaded.txt").read_text().split()
        assert len(loaded) == times  # at the first use, and at the first after a rest
    await idle.reader.aclose()


async def test_the_process_has_none_of_our_secrets(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHATSAPP_ACCESS_TOKEN", "canary")
    path = tmp_path / "beep"
    path.write_bytes(BEEP)
    transcriber = Transcriber(house.weights, language="es", idle_s=60)
    try:
        await transcriber.hear(path, max_s=60)
        assert transcriber._process is not None
        environment = environment_of(transcriber._process.pid)
        assert b"PYTHONPATH" in environment
        assert b"canary" not in environment
    finally:
        await transcriber.aclose()


async def test_who_gives_up_leaves_no_process_behind(house: House, tmp_path: Path) -> None:
    path = tmp_path / "beep"
    path.write_bytes(BEEP)
    whisper_double.say(house.weights, "!hang")
    transcriber = Transcriber(house.weights, language="es", idle_s=60)
    task = asyncio.create_task(transcriber.hear(path, max_s=60))
    while not whisper_double.listened(house.weights):  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.05)
    assert transcriber._process is not None
    pid = transcriber._process.pid
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not runs(pid)
    whisper_double.say(house.weights, "!die")
    with pytest.raises(ChildDied):
        await transcriber.hear(path, max_s=60)
    await transcriber.aclose()


def test_the_recordings_of_these_tests_are_what_whatsapp_sends() -> None:
    assert BEEP.startswith(b"OggS")
    assert b"OpusHead" in BEEP[:100]
    assert len(ogg(noise(10))) < 40_000  # 16 kbit/s
