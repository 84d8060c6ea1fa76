"""The process that speaks, and what becomes of a text in it; a stand-in for piper has the voice."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from app.errors import VoiceError
from app.media import hearing
from app.media.hearing import decode
from app.media.speaker import Speaker, config_of, lack_of
from app.media.speaking import PAUSE_S, encode
from tests import piper_double
from tests.piper_double.piper import SENTENCE_S

RATE = 22_050
WAIT_S = 10


class House:
    """A voice, and where it keeps what it was told to say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = piper_double.settings(folder)
        self.model = Path(self.settings["VOICE_MODEL"])
        self.speaker = Speaker(self.model, idle_s=60)

    @property
    def said(self) -> list[str]:
        return piper_double.said(self.folder)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    house = House(tmp_path / "voice")
    monkeypatch.setenv("PYTHONPATH", house.settings["PYTHONPATH"])
    yield house
    await house.speaker.aclose()


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def loudest_hertz(samples: hearing.Samples) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples)))) * hearing.RATE / samples.size


def test_a_sound_becomes_a_voice_note() -> None:
    wave = 0.5 * np.sin(2 * np.pi * 300 * np.arange(2 * RATE) / RATE)
    ogg = encode((wave * 32767).astype(np.int16), RATE)
    assert ogg.startswith(b"OggS")
    assert b"OpusHead" in ogg[:100]
    assert len(ogg) < 2 * 6000  # a minute of it is under the 512 KB that WhatsApp plays as a note
    samples = decode(io.BytesIO(ogg), max_s=10)
    assert samples.size / hearing.RATE == pytest.approx(2, rel=0.02)
    assert loudest_hertz(samples) == pytest.approx(300, abs=2)


async def test_a_text_is_said_sentence_by_sentence(house: House) -> None:
    samples = decode(io.BytesIO(await house.speaker.say("Hola.\nSon 423.")), max_s=10)
    assert samples.size / hearing.RATE == pytest.approx(2 * (SENTENCE_S + PAUSE_S), rel=0.05)
    assert loudest_hertz(samples) == pytest.approx(440, abs=3)
    await house.speaker.say("[[ˈola]]")
    assert house.said == ["Hola. Son 423.", "((ˈola))"]  # no phonemes


async def test_texts_are_said_one_after_the_other_by_one_process(house: House) -> None:
    sounds = await asyncio.gather(*map(house.speaker.say, ["uno", "dos", "tres"]))
    assert all(sounds)
    assert house.said == ["uno", "dos", "tres"]
    assert house.speaker.awake


@pytest.mark.parametrize(("trouble", "text"), [("die", "hola"), ("fail", "hola"), ("", "")])
async def test_what_goes_wrong_is_one_error_and_the_next_text_is_said(
    house: House, trouble: str, text: str
) -> None:
    piper_double.trouble(house.folder, trouble)
    with pytest.raises(VoiceError) as error:
        await house.speaker.say(text)
    assert "hola" not in str(error.value)  # it goes to the log
    piper_double.trouble(house.folder, "")
    assert await house.speaker.say("acá estoy")


async def test_a_voice_that_hangs_is_ended(house: House) -> None:
    house.speaker = Speaker(house.model, timeout_s=0.0)
    with pytest.raises(VoiceError, match="too long"):
        await house.speaker.say("hola")
    assert not house.speaker.awake


async def test_who_gives_up_leaves_no_process_behind(house: House) -> None:
    piper_double.trouble(house.folder, "hang")
    task = asyncio.create_task(house.speaker.say("hola"))
    async with asyncio.timeout(WAIT_S):
        while not house.said:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)
    assert house.speaker._process is not None
    pid = house.speaker._process.pid
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not runs(pid)


async def test_its_memory_is_free_when_it_has_nothing_to_say(house: House) -> None:
    house.speaker = Speaker(house.model, idle_s=0)
    for _ in range(2):
        assert await house.speaker.say("hola")
        assert house.speaker._rest is not None
        await house.speaker._rest
        assert not house.speaker.awake


async def test_a_voice_that_is_none_is_an_error(tmp_path: Path) -> None:
    """By the real piper, where it is installed."""
    speaker = Speaker(tmp_path / "none.onnx")
    with pytest.raises(VoiceError):
        await speaker.say("hola")
    await speaker.aclose()


def test_what_a_voice_lacks(house: House) -> None:
    pytest.importorskip("piper")
    assert lack_of(house.model) is None
    config_of(house.model).unlink()
    assert lack_of(house.model) == "config"
    house.model.unlink()
    assert lack_of(house.model) == "voice"
