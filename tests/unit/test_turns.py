"""A turn whose model fails, what the owner hears of it, and what shows that it is worked on."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.condition import Condition
from app.media.desk import MediaDesk
from app.sender import OutboxSender
from app.turns import Reply, Turns
from graph.errors import ModelBroke, ModelError, ModelRefused
from graph.prompts import Prompts
from graph.settings import HOME
from store.clock import now_ms
from store.conversations import Sender
from store.database import Database
from store.inbox import Arrival
from store.intake import Inbound, Rules
from store.ledger import Ledger, Turn
from store.media import MediaStore

CARLA = Sender("541122223333", "", "5491122223333", "Carla")
PROMPTS = Prompts(HOME / "prompts")


class Deadly(ModelBroke):
    """A message that the model dies of every time."""

    tries = 2


class Phone:
    """A channel that keeps what it is given."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.marks: asyncio.Queue[str] = asyncio.Queue()
        self.dots: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def send_text(self, to: str, body: str, *, callback: str) -> str:
        self.heard.put_nowait(body)
        return f"wamid.{callback}"

    async def mark_read(self, message_id: str, *, typing: bool) -> None:
        assert typing
        self.marks.put_nowait(message_id)
        self.dots[message_id].set()

    async def aclose(self) -> None:
        pass


class Fragile:
    """A brain that cannot take one word, and takes its time for another."""

    def __init__(self, error: ModelError, phone: Phone) -> None:
        self.error = error
        self.phone = phone

    async def answer(
        self, turn: Turn, text: str, finish: Reply, *, resumed: bool, **_: object
    ) -> bool:
        if text == "veneno":
            raise self.error
        if text == "pensalo":
            await self.phone.dots[text].wait()
        await finish(f"leí {text}")
        return True


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def texts() -> tuple[str, ...]:
    return ("veneno", "otra cosa")


@pytest.fixture
def error() -> ModelError:
    return ModelBroke()


@pytest.fixture
async def turns(
    database: Database, phone: Phone, texts: tuple[str, ...], error: ModelError, tmp_path: Path
) -> AsyncIterator[Turns]:
    ledger = Ledger(database)
    media = MediaStore(database, tmp_path / "media", quota_bytes=0)
    desk = MediaDesk(
        ledger=ledger, media=media, channel=phone, readers={}, prompts=PROMPTS, language="es"
    )
    sender = OutboxSender(ledger, phone, Condition(), settle_s=1, retry_s=1)
    turns = Turns(
        ledger=ledger,
        brain=Fragile(error, phone),
        sender=sender,
        channel=phone,
        desk=desk,
        prompts=PROMPTS,
        language="es",
        burst_window_s=0,
    )
    arrivals = [Arrival(text, "chat", "text", text, "{}", now_ms()) for text in texts]
    rules = Rules(allowed=lambda sender: True, say=str)
    await ledger.take([Inbound(CARLA, arrival) for arrival in arrivals], rules)
    await turns.start()
    yield turns
    await turns.stop(1)
    await sender.stop(1)


@pytest.mark.parametrize(
    ("error", "sentences"),
    [(Deadly(), ["model_broke", "turn_failed"]), (ModelRefused(), ["model_refused"])],
)
async def test_a_hopeless_message_does_not_block_those_behind_it(
    turns: Turns, phone: Phone, sentences: list[str]
) -> None:
    heard = [await phone.heard.get() for _ in range(len(sentences) + 1)]
    assert heard == [*(PROMPTS.message("es", key) for key in sentences), "leí otra cosa"]


@pytest.mark.parametrize("texts", [("hola", "qué tal")])
async def test_of_what_waits_and_is_answered_at_once_the_newest_gets_the_ticks_of_all(
    turns: Turns, phone: Phone
) -> None:
    assert [await phone.heard.get() for _ in range(2)] == ["leí hola", "leí qué tal"]
    assert await phone.marks.get() == "qué tal"
    await turns.stop(1)
    assert phone.marks.empty()


@pytest.mark.parametrize("texts", [("pensalo", "hola")])
async def test_what_takes_longer_shows_dots_also_where_more_waits(
    turns: Turns, phone: Phone
) -> None:
    assert [await phone.heard.get() for _ in range(2)] == ["leí pensalo", "leí hola"]
    assert [await phone.marks.get() for _ in range(2)] == ["pensalo", "hola"]
