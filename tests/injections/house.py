"""The product in one process: bodies of webhooks in, what the phone shows out.

The real turns, brain, graph, stores and sender; only Meta, the model and the web are doubles.
"""

import asyncio
import itertools
import json
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langchain_core.tools import BaseTool

from app.brain import GraphBrain, Owner
from app.channels.base import Downloaded
from app.channels.cloud_api.events import iter_events
from app.condition import Condition
from app.media.album import Album
from app.media.desk import MediaDesk
from app.media.eyes import Eyes
from app.media.image import ImageReader
from app.sender import OutboxSender
from app.turns import Turns
from graph.build import build
from graph.prompts import Prompts
from graph.services import Services
from graph.settings import HOME
from graph.vision import OllamaVision
from store import conversations, outbox
from store.clock import utc_now
from store.conversations import Sender
from store.database import Database
from store.intake import Rules
from store.ledger import Ledger
from store.media import MediaStore
from store.outbox import Button, File
from tests.brain import open_brain, settings
from tests.drawing import halves, saved
from tests.fake_ollama import FakeOllama

PICTURE = saved(halves())  # what it shows is what the model says of it
ZONE = "America/Argentina/Buenos_Aires"
NUMBER = "106540352242922"
LIMIT_S = 8  # for a turn
NOUNS = ("reminders", "notes", "lists", "list_items", "memories", "undo")

Rows = dict[str, set[tuple[Any, ...]]]  # by table


@dataclass(frozen=True)
class Said:
    """What the phone shows of a turn."""

    text: str
    asks: bool  # with buttons under it


class Phone:
    """A channel on which everything arrives."""

    async def send_text(self, to: str, body: str, *, callback: str) -> str:
        return f"wamid.{callback}"

    async def send_buttons(
        self, to: str, body: str, buttons: Sequence[Button], *, callback: str
    ) -> str:
        return f"wamid.{callback}"

    async def send_file(self, to: str, file: File, *, callback: str) -> str:
        return f"wamid.{callback}"

    async def mark_read(self, message_id: str, *, typing: bool) -> None:
        pass

    async def download(
        self, media_id: str, write: Callable[[bytes], Awaitable[None]], *, max_bytes: int
    ) -> Downloaded:
        await write(PICTURE)
        return Downloaded("image/jpeg", "")

    async def aclose(self) -> None:
        pass


class House:
    """Takes one message at a time and waits until its answer has left."""

    def __init__(
        self, services: Services, language: str, database: Database, media: MediaStore, eyes: Eyes
    ) -> None:
        self.services = replace(services, now=utc_now)
        self.database = database
        self._ledger = Ledger(database)
        self._sender = OutboxSender(self._ledger, Phone(), Condition(), settle_s=9, retry_s=9)
        self._brain = GraphBrain(self._graph, Owner(language, ZONE), self._ledger, services.prompts)
        self._turns = Turns(
            ledger=self._ledger,
            brain=self._brain,
            sender=self._sender,
            channel=Phone(),
            desk=self._desk(language, media, eyes),
            prompts=services.prompts,
            language=language,
            burst_window_s=0,
        )
        self._finished, self._sent = asyncio.Event(), asyncio.Semaphore(0)
        self._turns.on_finished, self._sender.on_sent = self._finished.set, self._sent.release
        self._rules = Rules(allowed=lambda sender: True, say=str)
        self._numbers = itertools.count(1)

    def _desk(self, language: str, media: MediaStore, eyes: Eyes) -> MediaDesk:
        """Only pictures are sent here."""
        prompts = self.services.prompts
        return MediaDesk(
            ledger=self._ledger,
            media=media,
            channel=Phone(),
            readers={"image": ImageReader(eyes, prompts, language)},
            prompts=prompts,
            language=language,
        )

    async def _graph(self, stack: AsyncExitStack) -> Any:
        from langgraph.checkpoint.memory import InMemorySaver

        return build(self.services).compile(checkpointer=InMemorySaver())

    async def meet(self, sender: str) -> None:
        """Know a sender (canonical digits) before the first message."""
        who = Sender(sender, "", sender)
        await self.database.write("meet", lambda db: conversations.resolve(db, who))

    async def write(self, sender: str, **message: Any) -> tuple[str, Said]:
        """Send a message of Meta's form; its id, and what is said to it."""
        wa_id = f"wamid.{sender}.{next(self._numbers)}"
        now = int(datetime.now(UTC).timestamp())
        whole = {"from": sender, "id": wa_id, "timestamp": str(now), **message}
        value = {"metadata": {"phone_number_id": NUMBER}, "messages": [whole]}
        body = {"entry": [{"changes": [{"field": "messages", "value": value}]}]}
        self._finished.clear()
        taken = await self._ledger.take(
            list(iter_events(json.dumps(body).encode(), NUMBER)), self._rules
        )
        for conversation in taken.answer:
            self._turns.wake(conversation)
        async with asyncio.timeout(LIMIT_S):
            await self._finished.wait()
        said = await self.database.read(lambda db: _said(db, wa_id))
        for _ in said:
            await self._sent.acquire()
        text = "\n".join(body for body, _ in said)
        return wa_id, Said(text, any(buttons for _, buttons in said))

    def sentence(self, key: str, language: str) -> str:
        """A sentence of ours."""
        return self.services.prompts.message(language, key)

    async def rows(self, sender: str) -> Rows:
        """All that the house keeps for a sender."""
        return await self.database.read(lambda db: {one: _rows(db, one, sender) for one in NOUNS})

    async def close(self) -> None:
        await self._turns.stop(5)
        await self._sender.stop(5)
        await self._brain.close()


@asynccontextmanager
async def open_house(
    ollama: FakeOllama, database: Database, language: str, tools: Sequence[BaseTool]
) -> AsyncIterator[House]:
    """The house of owners of one language."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        media = MediaStore(database, folder, quota_bytes=1 << 20)
        vision = OllamaVision(settings(ollama, folder), base_url=ollama.url)
        stack.push_async_callback(vision.aclose)
        eyes = Eyes(None, Prompts(HOME / "prompts"), language)
        eyes.open(vision)
        album = Album(media, eyes, keep_hours=1)
        brain = await stack.enter_async_context(
            open_brain(ollama, database, tools=tools, pictures=album)
        )
        house = House(brain.services, language, database, media, eyes)
        stack.push_async_callback(house.close)
        yield house


def _said(db: sqlite3.Connection, wa_id: str) -> list[tuple[str, str]]:
    query = "SELECT body, buttons FROM outbox WHERE key = ? ORDER BY part"
    return [tuple(row) for row in db.execute(query, (outbox.OF_TURN + wa_id,))]


def _rows(db: sqlite3.Connection, noun: str, sender: str) -> set[tuple[Any, ...]]:
    query = (
        f"SELECT one.* FROM {noun} AS one"  # noqa: S608 - of NOUNS
        " JOIN conversations AS owner ON owner.id = one.conversation_id WHERE owner.thread_id = ?"
    )
    return {tuple(row) for row in db.execute(query, (sender,))}
