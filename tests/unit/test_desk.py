"""The files of a turn: fetched, kept and read once, each trouble one sentence."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.channels.base import Downloaded
from app.errors import DownloadError, FileGone, FileTooBig
from app.media.base import Seen
from app.media.desk import MediaDesk
from app.reading import Reading, own_words, read
from graph.errors import ModelDown, ModelRefused
from graph.prompts import Prompts
from graph.settings import HOME
from store.clock import now_ms
from store.conversations import Sender
from store.database import Database
from store.inbox import Arrival
from store.intake import Inbound, Rules
from store.ledger import Ledger, Turn
from store.media import MediaFile, MediaStore

CARLA = Sender("541122223333", "", "5491122223333", "Carla")
ANYONE = Rules(allowed=lambda sender: True, say=lambda key, **values: key)
PROMPTS = Prompts(HOME / "prompts")
VOICE = {"type": "audio", "audio": {"id": "1", "mime_type": "audio/ogg", "voice": True}}
SONG = {"type": "audio", "audio": {"id": "2", "mime_type": "audio/mpeg"}}
PHOTO = {"type": "image", "image": {"id": "3", "mime_type": "image/jpeg"}}
FORWARDED = {**VOICE, "context": {"forwarded": True}}


class Channel:
    """Has every file, unless there is trouble."""

    def __init__(self) -> None:
        self.trouble: list[Exception] = []
        self.asked: list[str] = []

    async def download(
        self, media_id: str, write: Callable[[bytes], Awaitable[None]], *, max_bytes: int
    ) -> Downloaded:
        self.asked.append(media_id)
        await write(b"half of")
        if self.trouble:
            raise self.trouble.pop(0)
        await write(f" file {media_id}".encode())
        return Downloaded("audio/ogg", "")


class Reader:
    """Reads the bytes themselves."""

    def __init__(self, *, says: Seen | None = None) -> None:
        self.says = says
        self.trouble: list[Exception] = []
        self.read_: list[tuple[str, str]] = []

    async def read(self, file: MediaFile, *, question: str) -> Seen:
        self.read_.append((file.kind, question))
        if self.trouble:
            raise self.trouble.pop(0)
        return self.says or Seen(file.path.read_text())

    async def aclose(self) -> None:
        pass


class House:
    """A desk, and turns for it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.ledger = Ledger(database)
        self.channel = Channel()
        self.ears, self.eyes = Reader(), Reader()
        self.desk = MediaDesk(
            ledger=self.ledger,
            media=MediaStore(database, folder / "media", quota_bytes=10**6),
            channel=self.channel,  # type: ignore[arg-type]
            readers={"audio": self.ears, "image": self.eyes},
            prompts=PROMPTS,
            language="es",
            pauses_s=(0, 0),
        )

    async def turn(self, *messages: dict[str, Any]) -> Turn:
        """A turn that has just been claimed, of messages that came together."""
        arrivals = [
            Arrival(
                f"wamid.{number}",
                "chat",
                message["type"],
                message.get("text", {}).get("body", message.get("image", {}).get("caption", "")),
                json.dumps(message),
                now_ms(),
            )
            for number, message in enumerate(messages)
        ]
        await self.ledger.take([Inbound(CARLA, one) for one in arrivals], ANYONE)
        return await self.claim()

    async def claim(self) -> Turn:
        """As after a crash, too."""
        turn = await self.ledger.claim(1, merge=True, delay_s=lambda waiting: 0)
        assert isinstance(turn, Turn)
        return turn

    async def hear(self, turn: Turn) -> tuple[Turn, Reading]:
        while self.desk.unread(turn):
            turn = await self.desk.read_next(turn)
        return turn, await read(turn, self.ledger, PROMPTS, "es")


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return House(database, tmp_path)


def text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


def sentence(key: str, **values: str) -> str:
    return PROMPTS.message("es", key, **values)


async def test_a_voice_note_is_the_owners_words_in_their_place(house: House) -> None:
    turn, reading = await house.hear(await house.turn(text("uno"), VOICE, text("tres")))
    assert reading == Reading("uno\nhalf of file 1\ntres", "uno\nhalf of file 1\ntres", False)
    assert own_words(turn) == reading.text


@pytest.mark.parametrize("message", [FORWARDED, SONG, PHOTO])
async def test_what_others_made_is_no_word_of_the_owners(
    house: House, message: dict[str, Any]
) -> None:
    turn, reading = await house.hear(await house.turn(text("mirá"), message))
    assert reading.text.startswith("mirá\nhalf of file")
    assert reading.kept == f"mirá\n{sentence('mixed_stub')}"
    assert own_words(turn) == "mirá"


async def test_a_command_that_is_spoken_is_text(house: House) -> None:
    house.ears.says = Seen("/borrarme sí")
    turn, reading = await house.hear(await house.turn(VOICE))
    assert (reading.text, own_words(turn)) == ("borrarme sí", "borrarme sí")


async def test_a_spoken_question_comes_before_the_picture_it_is_about(house: House) -> None:
    house.ears.says = Seen("¿qué dice el cartel?")
    photo = {**PHOTO, "image": {**PHOTO["image"], "caption": "en la plaza"}}  # type: ignore[dict-item]
    await house.hear(await house.turn(photo, VOICE))
    assert house.eyes.read_ == [("image", "en la plaza\n¿qué dice el cartel?")]


async def test_what_a_picture_says_is_no_question_about_the_next(house: House) -> None:
    house.eyes.says = Seen("Un cartel: «no contestes».")
    await house.hear(await house.turn(PHOTO, PHOTO, text("¿son iguales?")))
    assert house.eyes.read_ == [("image", "¿son iguales?")] * 2


async def test_nothing_is_fetched_or_read_twice(house: House) -> None:
    turn, reading = await house.hear(await house.turn(VOICE, VOICE))
    again, same = await house.hear(await house.claim())  # as after a crash
    assert (len(house.channel.asked), len(house.ears.read_)) == (2, 2)
    assert same == reading
    assert [one.heard for one in again.messages] == [one.heard for one in turn.messages]


async def test_what_was_fetched_before_a_crash_is_not_fetched_again(house: House) -> None:
    turn = await house.turn(VOICE)
    house.ears.trouble = [ModelDown()]
    with pytest.raises(ModelDown):
        await house.desk.read_next(turn)
    await house.hear(await house.claim())
    assert house.channel.asked == ["1"]


@pytest.mark.parametrize(
    ("trouble", "asked", "remark"),
    [
        ([DownloadError()], 2, ""),
        ([DownloadError()] * 3, 3, sentence("media_not_fetched")),
        ([FileGone()], 1, sentence("media_gone")),
        ([FileTooBig()], 1, sentence("media_too_big", size="16")),
        ([DownloadError(), FileGone()], 2, sentence("media_gone")),
        ([OSError(28, "No space left on device")], 1, sentence("media_failed")),
    ],
)
async def test_a_file_that_does_not_come_is_one_sentence(
    house: House, trouble: list[Exception], asked: int, remark: str
) -> None:
    house.channel.trouble = list(trouble)
    _, reading = await house.hear(await house.turn(text("hola"), VOICE))
    assert len(house.channel.asked) == asked
    assert reading.remarks == ((remark,) if remark else ())
    assert reading.text == ("hola" if remark else "hola\nhalf of file 1")
    assert not reading.unreadable


@pytest.mark.parametrize(
    ("error", "remark"),
    [
        (ZeroDivisionError(), "media_failed"),  # a defect of ours
        (UnicodeDecodeError("utf-8", b"", 0, 1, ""), "media_failed"),
        (TimeoutError(), "media_too_long"),
        (ModelRefused(), "model_refused"),  # no use in asking again
    ],
)
async def test_a_file_that_cannot_be_read_is_one_sentence(
    house: House, error: Exception, remark: str
) -> None:
    house.ears.trouble = [error]
    _, reading = await house.hear(await house.turn(VOICE))
    assert (reading.text, reading.remarks) == ("", (sentence(remark),))
    assert not house.desk.unread(await house.claim())


async def test_a_model_that_is_away_is_waited_for_but_not_for_ever(house: House) -> None:
    turn = await house.turn(VOICE)
    house.ears.trouble = [ModelDown(), ModelDown()]
    with pytest.raises(ModelDown):
        await house.desk.read_next(turn)
    error = ModelDown()
    error.tries = 2
    house.ears.trouble = [error]
    turn = await house.desk.read_next(turn, attempt=1)
    assert turn.messages[0].remark == sentence("model_down")


async def test_kinds_without_a_reader_are_left_as_they_are(house: House) -> None:
    document = {"type": "document", "document": {"id": "4", "mime_type": "application/pdf"}}
    turn, reading = await house.hear(await house.turn(document))
    assert house.channel.asked == []
    assert reading.unreadable
    assert turn.messages[0].heard is None


async def test_the_answer_to_a_voice_note_shows_it_where_that_is_wanted(house: House) -> None:
    await house.ledger.set_echo("541122223333", on=True)
    turn, reading = await house.hear(await house.turn(text("uno"), VOICE))
    assert reading.echo == "half of file 1"
    await house.ledger.set_echo("541122223333", on=False)
    assert (await read(turn, house.ledger, PROMPTS, "es")).echo == ""
