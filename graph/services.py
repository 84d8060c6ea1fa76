"""What the graph needs from the world, as ports; the app, the tests and Studio bring theirs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from langchain_core.tools import BaseTool

from graph.model import WasapChat
from graph.prompts import Prompts
from store.clock import utc_now
from store.memories import Memory
from store.undo import Undone
from tools.ports import Reminders


class Memories(Protocol):
    """What the owner asked to remember; `store.memories` is the one the product uses."""

    async def add(self, sender: str, content: str, *, source: str = "") -> Memory: ...

    async def all(self, sender: str) -> Sequence[Memory]: ...

    async def relevant(self, sender: str, query: str, *, limit: int) -> Sequence[Memory]: ...

    async def forget(self, sender: str, memory_id: int, *, turn: str = "") -> bool: ...

    async def forgotten(self, sender: str, *, turn: str) -> Memory | None: ...


class Undo(Protocol):
    """What can be taken back; `store.undo` is the one the product uses."""

    async def take_back(self, sender: str, *, turn: str) -> Undone | None: ...


class History(Protocol):
    """The ledger's side of the conversations."""

    async def clear(self, sender: str) -> int: ...

    async def keep_summary(
        self, sender: str, summary: str, *, ends_at: str | None = None
    ) -> None: ...

    async def delivered_since(self, since: int) -> int: ...

    async def outbox_depth(self) -> int: ...


@dataclass(frozen=True)
class Services:
    """Given to `graph.build.build`."""

    model: WasapChat
    prompts: Prompts
    memories: Memories
    history: History
    reminders: Reminders
    undo: Undo
    tools: tuple[BaseTool, ...]
    now: Callable[[], datetime] = utc_now
    started: datetime = field(default_factory=utc_now)
