"""Builds the graph. Imported late and in a thread: LangGraph takes 1.5 s to import."""

from collections.abc import Callable
from typing import Any

from app.model_server import ModelServer
from app.settings import Settings
from app.warmup import Warmup
from graph.build import build
from graph.model import build_model
from graph.prompts import Prompts
from graph.services import Services
from store.checkpoints import PruningSaver, open_checkpoints
from store.database import Database
from store.ledger import Ledger
from store.memories import MemoryStore
from store.reminders import ReminderStore
from store.undo import UndoStore
from tools.scan import scan

__all__ = ["Warmup", "assemble", "compile_graph", "open_checkpoints"]


def assemble(
    settings: Settings,
    server: ModelServer,
    database: Database,
    ledger: Ledger,
    prompts: Prompts,
    on_reminders: Callable[[], None] = lambda: None,
) -> Services:
    """The real stores, the model and the tools; `on_reminders` hears when one may be due sooner."""
    return Services(
        model=build_model(
            settings.model_copy(update={"ollama_model": server.model}), base_url=server.base_url
        ),
        prompts=prompts,
        memories=MemoryStore(database),
        history=ledger,
        reminders=ReminderStore(database, on_reminders),
        undo=UndoStore(database, on_reminders),
        tools=tuple(scan()),
    )


def compile_graph(services: Services, saver: PruningSaver) -> Any:
    """The graph, checkpointed."""
    return build(services).compile(checkpointer=saver)
