"""What tools need of the store, as ports; a call gets them in its context."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from store.memories import Fact, Kept
from store.reminders import Reminder


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
