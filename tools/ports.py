"""What tools need of the store, as ports; a call gets them in its context."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from store.documents import Document, Found
from store.lists import Added, Checklist, Item
from store.memories import Fact, Kept
from store.notes import Note
from store.reminders import Reminder


class Here(NamedTuple):
    """Where the owner is, by a place they shared."""

    latitude: float  # degrees
    longitude: float
    name: str = ""  # "" for a bare position


class Memories(Protocol):
    """Where facts about the owner are kept; `store.memories` is the one the product uses."""

    async def keep(self, sender: str, fact: Fact, *, source: str = "") -> Kept: ...


class Reminders(Protocol):
    """Where reminders are kept; `store.reminders` is the one the product uses."""

    async def add(
        self,
        sender: str,
        text: str,
        *,
        due_at: datetime,
        zone: str,
        rule: str,
        source: str,
        turn: str = "",
    ) -> Reminder: ...

    async def all(self, sender: str) -> Sequence[Reminder]: ...

    async def changed_by(self, sender: str, source: str) -> Reminder | None: ...

    async def move(
        self, reminder: Reminder, *, due_at: datetime, zone: str, rule: str, source: str
    ) -> Reminder | None: ...

    async def cancel(self, reminder: Reminder, *, source: str) -> bool: ...


@dataclass(frozen=True)
class Meaning:
    """What a model made of a text; vectors of different models are not compared."""

    model: str
    vector: Sequence[float]


class Notes(Protocol):
    """Where notes are kept; `store.notes` is the one the product uses."""

    async def add(self, sender: str, content: str, *, source: str) -> Note: ...

    async def all(self, sender: str) -> Sequence[Note]: ...

    async def with_words(
        self, sender: str, words: Collection[str], *, limit: int
    ) -> Sequence[Note]: ...

    async def nearest(
        self, sender: str, vector: Sequence[float], model: str, *, limit: int
    ) -> Sequence[Note]: ...

    async def change(self, note: Note, content: str, *, source: str) -> Note | None: ...

    async def delete(self, note: Note, *, source: str) -> bool: ...

    async def changed_by(self, sender: str, source: str) -> Note | None: ...


class Pictures(Protocol):
    """Pictures that were sent lately; `app.media.album` is the one the product uses."""

    async def look(self, sender: str, question: str) -> str:
        """What the newest one shows, as far as a question asks. Raises ToolError."""
        ...


class Lists(Protocol):
    """Where lists are kept; `store.lists` is the one the product uses."""

    async def all(self, sender: str) -> Sequence[Checklist]: ...

    async def add(
        self,
        sender: str,
        name: str,
        texts: Sequence[str],
        *,
        key: Callable[[str], str],
        source: str,
    ) -> Added: ...

    async def tick(
        self, sender: str, items: Iterable[Item], *, ticked: bool, source: str
    ) -> Sequence[Checklist]: ...

    async def remove(
        self, sender: str, items: Iterable[Item], *, source: str
    ) -> Sequence[Checklist]: ...

    async def delete(self, sender: str, checklist: Checklist, *, source: str) -> bool: ...

    async def changed_by(self, sender: str, source: str) -> Sequence[Checklist]: ...


class Documents(Protocol):
    """Where documents are kept; `store.documents` is the one the product uses."""

    async def all(self, sender: str) -> Sequence[Document]: ...

    async def with_words(
        self, sender: str, words: Collection[str], *, limit: int
    ) -> Sequence[Found]: ...

    async def nearest(
        self, sender: str, vector: Sequence[float], model: str, *, limit: int
    ) -> Sequence[Found]: ...

    async def beginning(self, document: Document, *, limit: int) -> Sequence[Found]: ...

    async def delete(self, document: Document, *, turn: str) -> bool: ...

    async def deleted_by(self, sender: str, turn: str) -> Document | None: ...
