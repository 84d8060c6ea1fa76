"""wasap.db looked at from outside: read-only, beside a running server or without one."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from store import driver
from store.driver import KeyFile
from store.errors import StoreUnavailable

BUSY_TIMEOUT_MS = 1_000
STEPS = 100_000  # of SQLite's machine between two looks at the clock


@dataclass(frozen=True)
class Queue:
    """What waits."""

    inbox: int
    inbox_since: int | None  # ms, when the oldest came in
    outbox: int
    outbox_since: int | None  # ms, when the oldest was said
    held: int  # for the owner's next message


@dataclass(frozen=True)
class Left:
    """A part of the outbox, as it is now."""

    state: str
    error_code: int | None


class Inspection:
    """Each method opens the file, asks, and closes it. They block, and raise StoreUnavailable."""

    def __init__(self, path: Path, key: KeyFile | None = None) -> None:
        self._path = path
        self._key = key

    def exists(self) -> bool:
        """Whether a server has ever run here."""
        return self._path.exists()

    def unlock(self) -> None:
        """Open the file, if it is there. Raises KeyRefused."""
        if self.exists():
            with self._opened():
                pass

    def damage(self, limit_s: float) -> str:
        """SQLite's first complaint about the file, or ""; TimeoutError after `limit_s` seconds."""
        ends_at = time.monotonic() + limit_s
        with self._opened() as db:
            db.set_progress_handler(lambda: time.monotonic() > ends_at, STEPS)
            try:
                row = db.execute("PRAGMA quick_check(1)").fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                    raise TimeoutError from error
                raise
        return "" if row[0] == "ok" else str(row[0])

    def queue(self) -> Queue:
        """What is not answered, and not sent, yet."""
        with self._opened() as db:
            inbox = db.execute(
                "SELECT count(*), min(received_at) FROM inbox WHERE state <> 'done'"
            ).fetchone()
            outbox = db.execute(
                "SELECT count(*), min(created_at) FROM outbox"
                " WHERE state IN ('queued', 'sending', 'unknown')"
            ).fetchone()
            held = db.execute("SELECT count(*) FROM outbox WHERE state = 'held'").fetchone()
        return Queue(*inbox, *outbox, *held)

    def refusals(self, since: int) -> list[int]:
        """The channel's error codes of what has not gone out since then (ms), newest first."""
        with self._opened() as db:
            rows = db.execute(
                "SELECT error_code FROM outbox WHERE error_code IS NOT NULL AND updated_at >= ?"
                " AND state IN ('queued', 'sending', 'unknown', 'held', 'failed')"
                " GROUP BY error_code ORDER BY max(updated_at) DESC",
                (since,),
            ).fetchall()
        return [int(code) for (code,) in rows]

    def newest_arrival(self, conversation_id: int | None = None) -> int | None:
        """When a message came in last (ms), from anybody or from one person."""
        with self._opened() as db:
            row = db.execute(
                "SELECT max(received_at) FROM inbox WHERE conversation_id = :id OR :id IS NULL",
                {"id": conversation_id},
            ).fetchone()
        return None if row[0] is None else int(row[0])

    def delivered_since(self, since: int) -> int:
        """Messages delivered after `since` (ms): what Meta counts."""
        with self._opened() as db:
            row = db.execute(
                "SELECT count(*) FROM outbox WHERE delivered_at >= ?", (since,)
            ).fetchone()
        return int(row[0])

    def part(self, key: str) -> Left | None:
        """The first part of one saying."""
        with self._opened() as db:
            row = db.execute(
                "SELECT state, error_code FROM outbox WHERE key = ? ORDER BY part LIMIT 1", (key,)
            ).fetchone()
        return Left(*row) if row else None

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            db = driver.connect(self._path, self._key, mode="ro", busy_ms=BUSY_TIMEOUT_MS)
            with contextlib.closing(db):
                yield db
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self._path.name}: {error}") from error
