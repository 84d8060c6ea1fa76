"""What can be taken back: each change of a row of the owner's, with the row as it was before.

It also tells a command or tool call that a crash makes run again what it has done already.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from store import conversations, fulltext
from store.clock import now_ms
from store.database import Database

KEPT_MS = 3_600_000  # then what was deleted is gone for good

# Tables whose rows have an `id`; CALLS is no table: what such a call did, its tool takes back.
Noun = Literal["reminders", "notes", "lists", "list_items", "memories", "calls"]
CALLS: Final = "calls"
Row = Mapping[str, Any]
# Columns that are made again from the rest.
DERIVED = frozenset({"embedding", "embed_model"})


@dataclass(frozen=True)
class Undone:
    """A change of one row that was taken back."""

    noun: Noun
    before: Row | None  # the row as it is again; None where it was new
    after: Row | None  # as it was until now; None where it was deleted


class UndoStore:
    """The changes of each sender, newest first."""

    def __init__(self, database: Database, on_change: Callable[[], None] = lambda: None) -> None:
        """`on_change` is called when rows have changed, after the commit."""
        self._db = database
        self._on_change = on_change

    async def take_back(self, sender: str, *, turn: str) -> Sequence[Undone]:
        """Undo what the newest call or turn that still stands has changed, once a turn.

        Row by row, oldest first; none where there is nothing to undo.
        """
        undone = await self._db.write("undo.take_back", lambda db: _take_back(db, sender, turn))
        self._on_change()
        return undone

    async def keep_call(self, sender: str, call: Row) -> None:
        """Keep a tool call ("id", "name", "args") that its own tool can take back."""

        def keep(db: sqlite3.Connection) -> None:
            owner = conversations.ensure_thread(db, sender)
            if not changed_by(db, owner, CALLS, call["id"]):
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


def changed_by(
    db: sqlite3.Connection, conversation_id: int | None, noun: Noun, source: str
) -> Sequence[Row]:
    """The rows that this call or turn has changed: as they are now, or as they were if gone."""
    entries = db.execute(
        "SELECT row_id, before FROM undo"
        " WHERE conversation_id = ? AND noun = ? AND source = ? AND source <> '' ORDER BY id",
        (conversation_id, noun, source),
    ).fetchall()
    found = [row(db, noun, entry["row_id"]) or _loaded(entry["before"]) for entry in entries]
    return [one for one in found if one is not None]


def forget_row(db: sqlite3.Connection, noun: Noun, row_id: int) -> None:
    """Something happened to the row that cannot be taken back."""
    db.execute("DELETE FROM undo WHERE noun = ? AND row_id = ?", (noun, row_id))


def forget_write(db: sqlite3.Connection, source: str) -> None:
    """What this call or turn has changed cannot be taken back any more."""
    db.execute("DELETE FROM undo WHERE source = ?", (source,))


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


def row(db: sqlite3.Connection, noun: Noun, row_id: int) -> Row | None:
    """A row as `note` keeps it; None when it is not there."""
    if noun == CALLS:
        return None
    found = db.execute(f"SELECT * FROM {noun} WHERE id = ?", (row_id,)).fetchone()  # noqa: S608 - a Noun
    if found is None:
        return None
    return {name: value for name, value in dict(found).items() if name not in DERIVED}


def _take_back(db: sqlite3.Connection, sender: str, turn: str) -> list[Undone]:
    owner = conversations.id_of_thread(db, sender)
    again = db.execute(
        "SELECT * FROM undo WHERE conversation_id = ? AND undone_by = ? AND undone_by <> ''"
        " ORDER BY id",
        (owner, turn),
    ).fetchall()
    if again:
        return [Undone(one["noun"], *map(_loaded, (one["before"], one["after"]))) for one in again]
    newest = db.execute(
        "SELECT * FROM undo WHERE conversation_id = ? AND undone_by IS NULL AND created_at > ?"
        " ORDER BY id DESC LIMIT 1",
        (owner, now_ms() - KEPT_MS),
    ).fetchone()
    if newest is None:
        return []
    together = db.execute(
        "SELECT * FROM undo WHERE id = :id OR conversation_id = :owner AND undone_by IS NULL"
        " AND source = :source AND source <> '' ORDER BY id DESC",
        {"id": newest["id"], "owner": owner, "source": newest["source"]},
    ).fetchall()
    # Newest first: a list is there before its items are put back, and after they are taken.
    return [_undo(db, entry, turn) for entry in together][::-1]


def _undo(db: sqlite3.Connection, entry: sqlite3.Row, turn: str) -> Undone:
    noun, before = entry["noun"], _loaded(entry["before"])
    after = row(db, noun, entry["row_id"])
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
    if noun in ("notes", "memories"):
        fulltext.rebuild(db, noun)


def _json(values: Row | None) -> str | None:
    return None if values is None else json.dumps(dict(values), ensure_ascii=False)


def _loaded(text: str | None) -> Row | None:
    values: Row | None = None if text is None else json.loads(text)
    return values
