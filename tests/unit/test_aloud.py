"""Answers that are said aloud: which ones, after what, and what they must never cost."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from app.channels.cloud_api.policy import refusal
from app.condition import Condition
from app.errors import Outcome, SendError, VoiceError
from app.media.desk import MediaDesk
from app.sender import SPOKEN_TRIES, WINDOW_MS, OutboxSender
from app.turns import Reply, Turns
from graph.prompts import Prompts
from graph.settings import HOME
from store.clock import now_ms
from store.conversations import Sender
from store.database import Database
from store.erasure import Erasures
from store.inbox import Arrival
from store.intake import Inbound, Rules
from store.ledger import Ledger, Turn
from store.media import MediaStore
from store.outbox import File
from store.statuses import Status

THREAD = "541122223333"
CARLA = Sender(THREAD, "", "5491122223333", "Carla")
ANYONE = Rules(allowed=lambda sender: True, say=str)
PROMPTS = Prompts(HOME / "prompts")
VOICE = {"type": "audio", "audio": {"id": "1", "voice": True}}
WAIT_S = 10


class Phone:
    """A channel that keeps what it is given; `refuses` are the errors of the next sounds."""

    def __init__(self) -> None:
        self.shown: asyncio.Queue[str] = asyncio.Queue()
        self.callbacks: list[str] = []
        self.refuses: list[SendError] = []
        self.tries = 0

    async def send_text(self, to: str, body: str, *, callback: str) -> str:
        self.shown.put_nowait(body)
        return f"wamid.{callback}"

    async def send_voice(self, to: str, file: File, *, callback: str) -> str:
        self.tries += 1
        if self.refuses:
            raise self.refuses.pop(0)
        self.callbacks.append(callback)
        self.shown.put_nowait(f"(aloud) {file.content.decode()}")
        return f"wamid.{callback}"

    async def mark_read(self, message_id: str, *, typing: bool) -> None:
        pass

    async def next(self, count: int) -> list[str]:
        """What arrives, in order."""
        return [await asyncio.wait_for(self.shown.get(), WAIT_S) for _ in range(count)]


class Voice:
    """Says a text as itself; None: it cannot."""

    def __init__(self) -> None:
        self.says: Callable[[str], str] | None = str

    async def say(self, text: str) -> bytes:
        if self.says is None:
            raise VoiceError("hoarse")
        return self.says(text).encode()


class Parrot:
    """A brain that answers with what it is given, or with `says`."""

    says = ""

    async def answer(
        self, turn: Turn, text: str, finish: Reply, *, resumed: bool, **_: object
    ) -> bool:
        await finish(self.says or f"re: {text}")
        return True


class House:
    """Turns and a sender between doubles."""

    def __init__(self, database: Database, folder: Path, *, speaks: bool = True) -> None:
        self.database = database
        self.ledger = Ledger(database)
        self.phone, self.voice, self.brain = Phone(), Voice(), Parrot()
        self.sender = OutboxSender(
            self.ledger,
            self.phone,  # type: ignore[arg-type]
            Condition(),
            settle_s=0.01,
            retry_s=0.01,
            voice=self.voice if speaks else None,
        )
        self.turns = Turns(
            ledger=self.ledger,
            brain=self.brain,  # type: ignore[arg-type]
            sender=self.sender,
            channel=self.phone,  # type: ignore[arg-type]
            desk=MediaDesk(
                ledger=self.ledger,
                media=MediaStore(database, folder / "media", quota_bytes=0),
                channel=self.phone,  # type: ignore[arg-type]
                readers={},
                prompts=PROMPTS,
                language="es",
            ),
            prompts=PROMPTS,
            language="es",
            burst_window_s=0,
            speaks=speaks,
        )
        self._count = 0

    async def write(self, message: dict[str, Any], said: str = "hola") -> None:
        """The owner writes, or speaks: then `said` is what is heard."""
        self._count += 1
        wa_id, type_ = f"wamid.{self._count}", message["type"]
        typed = said if type_ == "text" else ""
        arrival = Arrival(wa_id, "chat", type_, typed, json.dumps(message), now_ms())
        await self.ledger.take([Inbound(CARLA, arrival)], ANYONE)
        if not typed:
            await self.database.write(
                "test.hear",
                lambda db: db.execute("UPDATE inbox SET heard = ? WHERE wa_id = ?", (said, wa_id)),
            )
        self.turns.wake(1)

    async def idle(self) -> None:
        """Until nothing is left to send."""
        async with asyncio.timeout(WAIT_S):
            while await self.ledger.outbox_depth() or self.turns.busy:
                await self.database.write(
                    "test.hasten", lambda db: db.execute("UPDATE outbox SET due_at = 0")
                )
                self.sender.wake(1)
                await asyncio.sleep(0)

    async def states(self) -> list[str]:
        return await self.database.read(
            lambda db: [row["state"] for row in db.execute("SELECT state FROM outbox ORDER BY id")]
        )

    async def close(self) -> None:
        await self.turns.stop(1)
        await self.sender.stop(1)


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    house = House(database, tmp_path)
    yield house
    await house.close()


def text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


async def test_a_voice_note_is_answered_in_writing_and_then_aloud(house: House) -> None:
    house.brain.says = "Son **423** pesos 🎉"
    await house.write(VOICE)
    assert await house.phone.next(2) == ["Son *423* pesos 🎉", "(aloud) Son 423 pesos."]
    await house.idle()
    assert await house.states() == ["sent", "sent"]
    files = "SELECT count(*) AS n FROM outbox_files"
    assert (await house.database.read(lambda db: db.execute(files).fetchone()))["n"] == 0


FORWARDED = {**VOICE, "context": {"forwarded": True}}
MUSIC = {"type": "audio", "audio": {"id": "1"}}


@pytest.mark.parametrize(
    "message", [text("hola"), FORWARDED, MUSIC], ids=["typed", "forwarded", "a file"]
)
async def test_what_the_owner_has_not_spoken_is_answered_in_writing(
    house: House, message: dict[str, Any]
) -> None:
    await house.write(message)
    await house.write(text("y después"), "y después")
    assert [said.startswith("re: ") for said in await house.phone.next(2)] == [True, True]


async def test_what_has_to_be_read_is_not_said(house: House) -> None:
    house.brain.says = "Poné `pip install -e .`"
    await house.write(VOICE)
    assert await house.phone.next(1) == ["Poné `pip install -e .`"]
    house.brain.says = ""
    await house.write(text("y después"), "y después")
    assert await house.phone.next(1) == ["re: y después"]


async def test_the_owner_can_switch_it_off_and_on(house: House) -> None:
    await house.ledger.set_voice(THREAD, on=False)
    await house.write(VOICE, "uno")
    assert await house.phone.next(1) == ["re: uno"]
    await house.idle()
    await house.ledger.set_voice(THREAD, on=True)
    await house.write(VOICE, "dos")
    assert await house.phone.next(2) == ["re: dos", "(aloud) re: dos."]


async def test_that_switch_goes_with_everything_else(house: House) -> None:
    await house.ledger.set_voice(THREAD, on=False)
    await Erasures(house.database).everything(THREAD, "wamid.0")
    assert await house.ledger.speaks(THREAD)


async def test_what_was_heard_is_shown_and_not_said(house: House) -> None:
    await house.ledger.set_echo(THREAD, on=True)
    await house.write(VOICE, "uno")
    assert await house.phone.next(2) == ["> uno\n\nre: uno", "(aloud) re: uno."]


async def test_a_voice_that_fails_costs_itself(house: House) -> None:
    house.voice.says = None
    await house.write(VOICE, "uno")
    await house.write(text("dos"), "dos")
    assert await house.phone.next(2) == ["re: uno", "re: dos"]
    await house.idle()
    assert await house.states() == ["sent", "failed", "sent"]
    told = await house.ledger.told(1, 9)
    assert [one.reply for one in told.exchanges] == ["re: uno", "re: dos"]
    turn = await _next_turn(house)
    assert not await house.ledger.undelivered(turn)


async def _next_turn(house: House) -> Turn:
    arrival = Arrival("wamid.X", "chat", "text", "tres", "{}", now_ms())
    await house.ledger.take([Inbound(CARLA, arrival)], ANYONE)
    turn = await house.ledger.claim(1, merge=True, delay_s=lambda waiting: 0)
    assert isinstance(turn, Turn)
    return turn


BUSY = refusal(131016, 503)
UNKNOWN = SendError("read timeout", outcome=Outcome.UNKNOWN)


@pytest.mark.parametrize("error", [BUSY, UNKNOWN], ids=["busy", "unknown"])
async def test_a_sound_is_tried_again(house: House, error: SendError) -> None:
    house.phone.refuses = [error] * (SPOKEN_TRIES - 1)
    await house.write(VOICE, "uno")
    await house.idle()
    assert await house.phone.next(2) == ["re: uno", "(aloud) re: uno."]
    assert house.phone.tries == SPOKEN_TRIES


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (BUSY, SPOKEN_TRIES),
        (UNKNOWN, SPOKEN_TRIES),
        (refusal(131053, 400), 1),  # the file
        (refusal(190, 401), 1),  # the token: the next text says so, and waits
        (refusal(131047, 400), 1),  # the 24 hours
    ],
    ids=["busy", "unknown", "file", "token", "window"],
)
async def test_a_sound_that_meta_does_not_take_does_not_hold_the_next_answer_up(
    house: House, error: SendError, tries: int
) -> None:
    house.phone.refuses = [error] * 9
    await house.write(VOICE, "uno")
    await house.write(text("dos"), "dos")
    await house.idle()
    assert await house.phone.next(2) == ["re: uno", "re: dos"]
    assert house.phone.tries == tries


async def test_a_sound_that_meta_took_and_lost_is_not_sent_again(house: House) -> None:
    await house.write(VOICE, "uno")
    await house.phone.next(2)
    await house.idle()
    (callback,) = house.phone.callbacks
    lost = Status(f"wamid.{callback}", "failed", callback, 131000, when_failed="queued")
    await house.ledger.take([lost], ANYONE)
    assert await house.states() == ["sent", "failed"]
    told = await house.ledger.told(1, 9)
    assert [one.reply for one in told.exchanges] == ["re: uno"]


async def test_a_sound_that_comes_too_late_is_dropped(house: House) -> None:
    def said(text: str) -> str:
        raise AssertionError(text)

    house.voice.says = said
    turn = await _next_turn(house)
    await house.ledger.finish(turn, said="uno", reply="uno", parts=["uno"], spoken="uno")
    await house.database.write(
        "test.later",
        lambda db: [
            db.execute("UPDATE outbox SET state = 'delivered' WHERE NOT spoken"),
            db.execute("UPDATE conversations SET last_wrote_at = ?", (now_ms() - WINDOW_MS - 1,)),
        ],
    )
    await house.idle()
    assert await house.states() == ["delivered", "failed"]


async def test_what_was_to_be_said_by_a_voice_that_is_gone_is_dropped(
    database: Database, tmp_path: Path
) -> None:
    house = House(database, tmp_path, speaks=False)
    turn = await _next_turn(house)
    await house.ledger.finish(turn, said="uno", reply="uno", parts=["uno"], spoken="uno")
    house.sender.wake(1)
    await house.idle()
    assert await house.phone.next(1) == ["uno"]
    assert await house.states() == ["sent", "failed"]
    await house.close()


async def test_what_is_said_waits_with_what_is_held(house: House) -> None:
    first = await _next_turn(house)
    await house.ledger.finish(first, said="uno", reply="uno", parts=["uno"])
    await house.database.write(
        "test.hold", lambda db: db.execute("UPDATE outbox SET state = 'held'")
    )
    await house.write(VOICE, "dos")  # which opens the 24 hours again
    assert await house.phone.next(3) == ["while_away\nuno", "re: dos", "(aloud) re: dos."]


async def test_a_quoted_sound_is_quoted_by_its_words(house: House) -> None:
    await house.write(VOICE, "uno")
    await house.phone.next(2)
    await house.idle()
    (callback,) = house.phone.callbacks
    assert await house.ledger.quoted_text(f"wamid.{callback}") == "re: uno."
