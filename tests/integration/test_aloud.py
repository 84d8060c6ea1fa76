"""Voice notes answered aloud, through the whole product; stand-ins hear and speak."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.media import hearing
from tests import piper_double, whisper_double
from tests.fake_ollama import echo
from tests.recordings import MIME, ogg, tone
from tests.stack import Stack

BEEP = ogg(tone(1.5))
SAID = "hola, soy Carla"


class Talking(Stack):
    """A stack that hears `SAID`, and has a voice."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.voice_folder = folder / "voice"
        hears = whisper_double.settings(folder / "weights", SAID)
        speaks = piper_double.settings(self.voice_folder)
        path = {"PYTHONPATH": f"{hears['PYTHONPATH']}:{speaks['PYTHONPATH']}"}
        super().__init__(folder, **{**hears, **speaks, **path, **settings})

    def __enter__(self) -> "Talking":
        super().__enter__()
        self.ollama.fallback = echo
        return self

    @property
    def spoken(self) -> list[str]:
        """What was said, or begun to be said."""
        return piper_double.said(self.voice_folder)

    def trouble(self, kind: str) -> None:
        piper_double.trouble(self.voice_folder, kind)

    def sounds(self) -> list[dict[str, Any]]:
        """The voice notes on the owner's phone."""
        return [one for one in self.chat() if one["kind"] == "outbound" and one["type"] == "audio"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talking]:
    with Talking(tmp_path_factory.mktemp("aloud")) as stack:
        yield stack


@pytest.fixture
def stack(shared: Talking) -> Talking:
    shared.trouble("")
    shared.calm()
    return shared


def test_a_voice_note_is_answered_in_writing_and_then_aloud(stack: Talking) -> None:
    stack.voice(BEEP)
    assert stack.replies(2) == [f"re: {SAID}", None]
    assert stack.spoken[-1] == f"re: {SAID}."
    note = stack.newest()
    assert note["message"]["audio"]["voice"] is True
    # As the page plays it.
    file = stack._admin.get(f"/phone/media/{note['message']['audio']['id']}")
    assert file.headers["Content-Type"] == MIME
    assert file.headers["Content-Disposition"] == "inline"
    assert hearing.decode(io.BytesIO(file.content), max_s=5).size > 0
    # Delivered: a file of another type would be taken, and fail later.
    stack.until(lambda: stack.rows("SELECT 1 FROM outbox WHERE spoken AND delivered_at"))


def test_the_owner_can_switch_it_off(stack: Talking) -> None:
    stack.write("hola")
    stack.write("/voz off")
    stack.voice(BEEP)
    typed, off, written = stack.replies(3)
    assert (typed, written) == ("re: hola", f"re: {SAID}")
    assert "solo por escrito" in off
    stack.write("/voz quizás")
    stack.write("/voice on")
    stack.voice(BEEP)
    usage, on, written, aloud = stack.replies(4)
    assert usage == "Podés escribir /voz on o /voz off."
    assert "de viva voz" in on
    assert (written, aloud) == (f"re: {SAID}", None)


def test_a_voice_that_dies_costs_nobody_an_answer(stack: Talking) -> None:
    before = len(stack.sounds())
    stack.trouble("die")
    stack.voice(BEEP)
    stack.write("y después")
    assert stack.replies(2) == [f"re: {SAID}", "re: y después"]
    assert len(stack.sounds()) == before
    assert stack.health()["status"] == "ok"


def test_a_kill_while_it_speaks_costs_neither_the_text_nor_the_sound(tmp_path: Path) -> None:
    with Talking(tmp_path) as stack:
        stack.trouble("hang")
        stack.voice(BEEP)
        stack.until(lambda: stack.spoken)
        assert stack.answers(1) == [f"re: {SAID}"]
        stack.kill()
        stack.trouble("")
        stack.start()
        assert stack.answers(2) == [f"re: {SAID}", None]
        stack.until(stack.is_idle)
        assert len(stack.sounds()) == 1
        assert SAID not in stack.log.read_text()


def test_without_a_voice_the_command_says_how_to_get_one(tmp_path: Path) -> None:
    with Stack(tmp_path, VOICE_MODEL=str(tmp_path / "none.onnx")) as stack:
        stack.write("/voz on")
        (answer,) = stack.answers(1)
        assert "VOICE_MODEL" in answer
        assert stack.logged("voice_off")[0]["lacks"] == "voice"
