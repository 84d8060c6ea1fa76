"""What the graph needs from the world, as ports; the app, the tests and Studio bring theirs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from langchain_core.tools import BaseTool

from graph.model import WasapChat, wire_schemas
from graph.prompts import Prompts
from store.clock import utc_now
from store.diary import Entry
from store.export import Everything
from store.memories import Fact, Kept, Memory
from store.outbox import File
from store.undo import Undone
from tools.ports import Documents, Lists, Notes, Pictures, Reminders


class Memories(Protocol):
    """What the owner asked to remember; `store.memories` is the one the product uses."""

    async def keep(self, sender: str, fact: Fact, *, source: str = "") -> Kept: ...

    async def all(self, sender: str) -> Sequence[Memory]: ...

    async def nearest(
        self, sender: str, vector: Sequence[float], model: str, *, limit: int
    ) -> Sequence[Memory]: ...

    async def with_rare_words(
        self, sender: str, words: Collection[str], *, limit: int
    ) -> Sequence[Memory]: ...

    async def forget(self, sender: str, memory_id: int, *, turn: str = "") -> bool: ...

    async def forgotten(self, sender: str, *, turn: str) -> Memory | None: ...


class Undo(Protocol):
    """What can be taken back; `store.undo` is the one the product uses."""

    async def take_back(self, sender: str, *, turn: str) -> Sequence[Undone]: ...

    async def keep_call(self, sender: str, call: Mapping[str, Any]) -> None: ...


class Diary(Protocol):
    """What was talked about, day by day; `store.diary` is the one the product uses."""

    async def entries(
        self, sender: str, *, since: int = 0, before: int = 2**62, most: int = 50
    ) -> Sequence[Entry]: ...


class Embedder(Protocol):
    """Sentence vectors. Questions and texts are told apart: small models need to know."""

    @property
    def name(self) -> str:
        """Of the model: vectors of different models are not compared."""
        ...

    async def embed_query(self, text: str) -> Sequence[float]:
        """Raises EmbeddingError."""
        ...

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Of what is said as much as asked about. Raises EmbeddingError."""
        ...

    async def embed_passages(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Of what is only asked about. Raises EmbeddingError."""
        ...

    async def best_sentences(
        self, question: str, passages: Sequence[Sequence[str]]
    ) -> Sequence[float]:
        """What the sentence nearest to a question adds to the cosine of each passage, which has
        one at least. Raises EmbeddingError."""
        ...


class History(Protocol):
    """The ledger's side of the conversations."""

    async def clear(self, sender: str) -> int: ...

    async def keep_summary(
        self, sender: str, summary: str, *, ends_at: str | None = None
    ) -> None: ...

    async def comment(self, sender: str, text: str) -> bool: ...

    async def delivered_since(self, since: int) -> int: ...

    async def outbox_depth(self) -> int: ...

    async def echoes(self, sender: str) -> bool: ...

    async def set_echo(self, sender: str, *, on: bool) -> None: ...

    async def speaks(self, sender: str) -> bool: ...

    async def set_voice(self, sender: str, *, on: bool) -> None: ...


class Erasures(Protocol):
    """What the owner deletes is gone; `store.erasure` is the one the product uses."""

    async def asked_at(self, sender: str) -> int: ...

    async def ask(self, sender: str, now: int) -> None: ...

    async def began(self, turn: str) -> bool: ...

    async def everything(self, sender: str, turn: str) -> None: ...

    async def redact(self, sender: str, turn: str, redact: Callable[[str], str]) -> None: ...


class Exports(Protocol):
    """Everything about one person; `store.export` is the one the product uses."""

    async def everything(self, sender: str) -> Everything: ...

    async def send(self, sender: str, key: str, files: list[File]) -> None: ...


@dataclass(frozen=True)
class Services:
    """Given to `graph.build.build`."""

    model: WasapChat
    prompts: Prompts
    memories: Memories
    history: History
    reminders: Reminders
    notes: Notes
    lists: Lists
    documents: Documents
    undo: Undo
    diary: Diary
    erasures: Erasures
    exports: Exports
    tools: tuple[BaseTool, ...]
    embedder: Embedder | None = None  # None: memories are found by their words alone
    pictures: Pictures | None = None  # None: nothing here can look at one
    reminder_template: bool = False  # one brings reminders outside the 24 hours
    voice: bool = False  # answers can be said aloud
    now: Callable[[], datetime] = utc_now
    started: datetime = field(default_factory=utc_now)

    @cached_property
    def schemas(self) -> list[dict[str, Any]]:
        """The tools as the model is told about them, in every turn the same list."""
        return wire_schemas(self.tools)
