"""LangGraph Studio's door: the same graph, without a checkpointer, which Studio brings itself.

`langgraph dev` reads langgraph.json, which points here. The settings are those of the app: give it
a DATA_DIR of its own unless it shall see the real memories.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from langgraph.graph.state import CompiledStateGraph
from langgraph_sdk.runtime import ServerRuntime

from graph.build import build
from graph.context import TurnContext
from graph.embedding import OllamaEmbedder
from graph.model import build_model
from graph.prompts import Prompts
from graph.services import Services
from graph.settings import GraphSettings
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
from tools.choice import choose, offered, usable
from tools.scan import find


@dataclass(frozen=True)
class StudioContext(TurnContext):
    """A turn typed into Studio: nobody sent it, so it is the studio's, now."""

    sender: str = "studio"
    sent_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@asynccontextmanager
async def make_graph(
    runtime: ServerRuntime[StudioContext],
) -> AsyncIterator[CompiledStateGraph[Any, TurnContext, Any, Any]]:
    """Called for every run, and for every look at the graph's shape: only a run opens the data."""
    async with assembled(to_run=runtime.execution_runtime is not None) as graph:
        yield graph


@asynccontextmanager
async def assembled(
    *, to_run: bool
) -> AsyncIterator[CompiledStateGraph[Any, TurnContext, Any, Any]]:
    """The graph as Studio shows it; it can be run only if that was asked for."""
    # In a thread: it reads folders, and Studio stops whoever does that in its event loop.
    services, embedder, database, graph = await asyncio.to_thread(_assemble)
    if to_run:
        await database.open()
    try:
        yield graph
    finally:
        if to_run:
            await database.close()
        await services.model.aclose()
        await embedder.aclose()


def _assemble() -> tuple[
    Services, OllamaEmbedder, Database, CompiledStateGraph[Any, TurnContext, Any, Any]
]:
    settings = GraphSettings()
    embedder = OllamaEmbedder(
        str(settings.ollama_base_url),
        settings.ollama_embed_model,
        keep_alive=settings.ollama_keep_alive,
        timeout_s=settings.ollama_timeout_s,
    )
    database = Database(settings.data_dir / "wasap.db", settings.database_key)
    services = Services(
        model=build_model(settings),
        prompts=Prompts(settings.prompts_dir),
        memories=MemoryStore(database),
        history=Ledger(database),
        reminders=ReminderStore(database),
        notes=NoteStore(database),
        lists=ListStore(database),
        documents=DocumentStore(database),
        undo=UndoStore(database),
        diary=DiaryStore(database),
        erasures=Erasures(database),
        exports=Exports(database),
        # Without MCP servers: the factory runs at every look at the graph.
        tools=usable(offered(choose(find(), settings, complete=False)), ports=()),
        embedder=embedder,
    )
    return services, embedder, database, build(services, StudioContext).compile()
