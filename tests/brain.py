"""The graph with a fake Ollama over real HTTP, real stores on disk, checkpoints in memory unless
the test brings a file."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from langchain_core.messages import AnyMessage, HumanMessage
from langchain_core.tools import BaseTool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from graph.approvals import Asked
from graph.build import build, run_config
from graph.context import TurnContext
from graph.model import WasapChat, build_model
from graph.prompts import Prompts
from graph.services import Embedder, Memories, Services
from graph.settings import HOME, GraphSettings
from store.database import Database
from store.diary import DiaryStore
from store.documents import DocumentStore
from store.erasure import Erasures
from store.export import Exports
from store.ledger import Ledger
from store.lists import ListStore
from store.memories import MemoryStore
from store.notes import NoteStore
from store.reminders import ReminderStore
from store.undo import UndoStore
from tests.fake_ollama import FakeOllama, Json
from tools.choice import usable
from tools.ports import Pictures
from tools.scan import scan

OWNER = "5491122334455"
SENT_AT = datetime(2026, 11, 23, 12, 4, 40, tzinfo=UTC)  # 9:05 in Buenos Aires, to the minute
NOW = datetime(2026, 11, 23, 12, 5, 10, tzinfo=UTC)
OUR_PROMPTS = HOME / "prompts"

# Looked for once: half of what opening a brain takes.
our_tools = cache(scan)
our_prompts = cache(partial(Prompts, OUR_PROMPTS))


class Brain:
    """Talks to the graph as the app does."""

    def __init__(
        self,
        services: Services,
        ollama: FakeOllama,
        saver: BaseCheckpointSaver[Any] | None = None,
    ) -> None:
        self.services = services
        self.ollama = ollama
        self.graph = build(services).compile(checkpointer=saver or InMemorySaver())
        self.updates: list[str] = []  # names of the nodes that ran, newest turn
        self.asked: list[Asked] = []  # calls that wait for the owner
        self._turns = itertools.count(1)

    async def say(
        self,
        text: str,
        *,
        sender: str = OWNER,
        language: str = "es",
        quoted: str = "",
        turn: str = "",
    ) -> str:
        """One turn; its answer. `quoted`: what others wrote in it. `turn`: its id."""
        turn = turn or f"turn-{next(self._turns)}"
        whole = f"(En respuesta a: «{quoted}»)\n{text}" if quoted else text
        message = HumanMessage(whole, id=turn)
        return await self._run(
            {"messages": [message], "turn": turn, "reply": ""},
            sender=sender,
            language=language,
            own=text,
            mixed=bool(quoted),
        )

    async def tap(self, yes: bool, sender: str = OWNER) -> str:
        """The owner answers the question that the turn ended with."""
        waiting = (await self.graph.aget_state(run_config(sender))).interrupts
        resume: Command[str] = Command(resume={one.id: yes for one in waiting})
        return await self._run(resume, sender=sender, language="es")

    async def resume(self, sender: str = OWNER) -> str:
        """What the app does with a turn that was cut short."""
        return await self._run(None, sender=sender, language="es")

    async def _run(
        self, given: Any, *, sender: str, language: str, own: str = "", mixed: bool = False
    ) -> str:
        reply = ""
        self.updates, self.asked = [], []
        turn = (given["turn"],) if isinstance(given, dict) else ()
        context = TurnContext(
            sender, SENT_AT, language=language, message_ids=turn, own_words=own, mixed=mixed
        )
        stream = self.graph.astream(
            given, run_config(sender), context=context, stream_mode="updates"
        )
        async for update in stream:
            for node, change in update.items():
                self.updates.append(node)
                if node == "__interrupt__":
                    self.asked += [one.value for one in change]
                else:
                    reply = (change or {}).get("reply") or reply
        return reply

    async def state(self, sender: str = OWNER) -> dict[str, Any]:
        return dict((await self.graph.aget_state(run_config(sender))).values)

    async def messages(self, sender: str = OWNER) -> list[AnyMessage]:
        return list((await self.state(sender)).get("messages", []))

    @property
    def chats(self) -> list[Json]:
        return self.ollama.chats


def settings(ollama: FakeOllama, folder: Path, **more: Any) -> GraphSettings:
    return GraphSettings(_env_file=None, ollama_base_url=ollama.url, data_dir=folder, **more)


@asynccontextmanager
async def open_model(options: GraphSettings) -> AsyncIterator[WasapChat]:
    model = build_model(options)
    try:
        yield model
    finally:
        await model.aclose()


@asynccontextmanager
async def open_brain(
    ollama: FakeOllama,
    database: Database,
    *,
    tools: Sequence[BaseTool] | None = None,
    memories: Memories | None = None,
    embedder: Embedder | None = None,
    prompts_dir: Path = OUR_PROMPTS,
    saver: BaseCheckpointSaver[Any] | None = None,
    reminder_template: bool = False,
    pictures: Pictures | None = None,
    **more: Any,
) -> AsyncIterator[Brain]:
    """A brain on a fake Ollama; `more` are settings."""
    async with open_model(settings(ollama, prompts_dir, **more)) as model:
        services = Services(
            model=model,
            prompts=our_prompts() if prompts_dir == OUR_PROMPTS else Prompts(prompts_dir),
            memories=memories or MemoryStore(database),
            history=Ledger(database),
            reminders=ReminderStore(database),
            notes=NoteStore(database),
            lists=ListStore(database),
            documents=DocumentStore(database),
            undo=UndoStore(database),
            diary=DiaryStore(database),
            erasures=Erasures(database),
            exports=Exports(database),
            pictures=pictures,
            tools=usable(
                our_tools() if tools is None else tools, ports={"pictures"} if pictures else ()
            ),
            now=lambda: NOW,
            embedder=embedder,
            reminder_template=reminder_template,
        )
        yield Brain(services, ollama, saver)
