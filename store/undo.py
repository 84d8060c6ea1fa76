"""What can be taken back: each change of a row of the owner's, with the row as it was before.

It also tells a command or tool call that a crash makes run again what it has done already.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from store import conversations
from store.clock import now_ms
from store.database import Database

KEPT_MS = 3_600_000  # then what was deleted is gone for good

# Tables whose rows have an `id`; CALLS is no table: what such a call did, its tool takes back.
Noun = Literal["reminders", "calls"]
CALLS: Final = "calls"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Undone:
    """A change that was taken back."""

    noun: Noun
    before: Row | None  # the row as it is again; None where it was new
    after: Row | None  # as it was until now; None where it was deleted


class UndoStore:
    """The changes of each sender, newest first."""

    def __init__(self, database: Database, on_change: Callable[[], None] = lambda: None) -> None:
        """`on_change` is called when rows have changed, after the commit."""
        self._db = database
        self._on_change = on_change

    async def take_back(self, sender: str, *, turn: str) -> Undone | None:
        """Undo the newest change that still stands, once a turn; None when there is none."""
        undone = await self._db.write("undo.take_back", lambda db: _take_back(db, sender, turn))
        self._on_change()
        return undone

    async def keep_call(self, sender: str, call: Row) -> None:
        """Keep a tool call ("id", "name", "args") that its own tool can take back."""

        def keep(db: sqlite3.Connection) -> None:
            owner = conversations.ensure_thread(db, sender)
            if changed_by(db, owner, CALLS, call["id"]) is None:
                note(db, owner, CALLS, 0, source=call["id"], before=call)

        await self._db.write("undo.keep_call", keep)


def note(
    db: sqlite3.Connection,
    conversation_id: int,
    noun: Noun,
    row_id: int,
    *,
    source: str,
    before: Row | None,
) -> None:
    """Called in the transaction of a change; `before` is the whole row, None where it is new."""
    db.execute(
        "INSERT INTO undo (conversation_id, source, noun, row_id, before, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (conversation_id, source, noun, row_id, _json(before), now_ms()),
    )


def changed_by(db: sqlite3.Connection, conversation_id: int, noun: Noun, source: str) -> Row | None:
    """The row that this call or turn has changed: as it is now, or as it was if it is gone."""
    entry = db.execute(
        "SELECT row_id, before FROM undo"
        " WHERE conversation_id = ? AND noun = ? AND source = ? AND source <> ''",
        (conversation_id, noun, source),
    ).fetchone()
    if entry is None:
        return None
    return _row(db, noun, entry["row_id"]) or _loaded(entry["before"])


def forget_row(db: sqlite3.Connection, noun: Noun, row_id: int) -> None:
    """Something happened to the row that cannot be taken back."""
    db.execute("DELETE FROM undo WHERE noun = ? AND row_id = ?", (noun, row_id))


def has_old(db: sqlite3.Connection) -> bool:
    """Whether there is something that can no longer be taken back."""
    row = db.execute("SELECT 1 FROM undo WHERE created_at <= ?", (now_ms() - KEPT_MS,)).fetchone()
    return row is not None


def forget_old(db: sqlite3.Connection) -> None:
    """Drop what can no longer be taken back."""
    db.execute("DELETE FROM undo WHERE created_at <= ?", (now_ms() - KEPT_MS,))


def forget_all(db: sqlite3.Connection, conversation_id: int) -> None:
    """Nothing of this conversation can be taken back any more."""
    db.execute("DELETE FROM undo WHERE conversation_id = ?", (conversation_id,))


def _take_back(db: sqlite3.Connection, sender: str, turn: str) -> Undone | None:
    owner = conversations.id_of_thread(db, sender)
    entry = db.execute(
        "SELECT * FROM undo WHERE conversation_id = :owner AND (undone_by = :turn AND :turn <> ''"
        " OR undone_by IS NULL AND created_at > :since)"
        " ORDER BY undone_by IS NULL, id DESC LIMIT 1",
        {"owner": owner, "turn": turn, "since": now_ms() - KEPT_MS},
    ).fetchone()
    if entry is None:
        return None
    noun, before = entry["noun"], _loaded(entry["before"])
    if entry["undone_by"] is not None:
        return Undone(noun, before, _loaded(entry["after"]))
    after = _row(db, noun, entry["row_id"])
    _put_back(db, noun, entry["row_id"], before)
    db.execute(
        "UPDATE undo SET undone_by = ?, after = ? WHERE id = ?",
        (turn, _json(after), entry["id"]),
    )
    return Undone(noun, before, after)


def _put_back(db: sqlite3.Connection, noun: Noun, row_id: int, before: Row | None) -> None:
    if noun == CALLS:
        return
    db.execute(f"DELETE FROM {noun} WHERE id = ?", (row_id,))  # noqa: S608 - a Noun
    if before is not None:
        names, marks = ", ".join(before), ", ".join("?" * len(before))
        db.execute(
            f"INSERT INTO {noun} ({names}) VALUES ({marks})",  # noqa: S608 - columns of our own
            tuple(before.values()),
        )


def _row(db: sqlite3.Connection, noun: Noun, row_id: int) -> Row | None:
    if noun == CALLS:
        return None
    row = db.execute(f"SELECT * FROM {noun} WHERE id = ?", (row_id,)).fetchone()  # noqa: S608 - a Noun
    return dict(row) if row else None


def _json(row: Row | None) -> str | None:
    return None if row is None else json.dumps(dict(row), ensure_ascii=False)


def _loaded(text: str | None) -> Row | None:
    row: Row | None = None if text is None else json.loads(text)
    return row
