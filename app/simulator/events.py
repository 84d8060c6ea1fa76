"""An append-only list that readers follow with a long poll; optionally kept in a file."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Event = dict[str, Any]

MAX_WAIT_S = 60.0


class EventLog:
    """Events with increasing `seq`. All methods belong to one event loop."""

    def __init__(self, clock: Callable[[], float], file: Path | None = None) -> None:
        self._clock = clock
        self._file = file
        self._events: list[Event] = _read(file) if file else []
        self._changed = asyncio.Event()

    def append(self, kind: str, **fields: Any) -> Event:
        """Add an event and wake the readers."""
        event: Event = {"seq": self.last_seq + 1, "at": self._clock(), "kind": kind, **fields}
        self._events.append(event)
        if self._file:
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(event, ensure_ascii=False) + "\n")
        self._changed.set()
        self._changed = asyncio.Event()
        return event

    @property
    def last_seq(self) -> int:
        """The newest sequence number, 0 when empty."""
        return int(self._events[-1]["seq"]) if self._events else 0

    def newer_than(self, seq: int) -> list[Event]:
        """The events after `seq`, oldest first."""
        return [event for event in self._events if event["seq"] > seq]

    def newest_first(self) -> Iterator[Event]:
        """All events, from the last one back."""
        return reversed(self._events)

    async def wait_newer_than(self, seq: int, wait_s: float) -> list[Event]:
        """Like `newer_than`, but wait up to `wait_s` for the first one."""
        try:
            async with asyncio.timeout(min(wait_s, MAX_WAIT_S)):
                while self.last_seq <= seq:
                    await self._changed.wait()
        except TimeoutError:
            return []
        return self.newer_than(seq)

    def has(self, **fields: Any) -> bool:
        """Whether an event with exactly these fields was logged."""
        wanted = fields.items()
        return any(wanted <= _comparable(event, fields).items() for event in self._events)


def _comparable(event: Event, fields: Event) -> Event:
    return {key: event.get(key) for key in fields}


def _read(file: Path) -> list[Event]:
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        return []
    events: list[Event] = []
    content = file.read_text(encoding="utf-8")
    if content and not content.endswith("\n"):
        # The last run was killed while writing: do not write on the same line.
        with file.open("a", encoding="utf-8") as lines:
            lines.write("\n")
    for line in content.split("\n"):
        try:
            events.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return events
