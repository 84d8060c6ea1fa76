"""What the owner asked to remember."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store import conversations
from store.clock import from_ms, now_ms
from store.database import Database


@dataclass(frozen=True)
class Memory:
    """One fact in the owner's own words."""

    id: int
    content: str
    created_at: datetime  # aware UTC


class MemoryStore:
    """Memories of each sender, oldest first."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, sender: str, content: str, *, source: str = "") -> Memory:
        """Keep a fact; `source` is the WhatsApp id it came from. The same source is kept once."""
        return await self._db.write("memories.add", lambda db: _add(db, sender, content, source))

    async def all(self, sender: str) -> Sequence[Memory]:
        """Everything remembered about a sender."""
        return await self._db.read(lambda db: _active(db, sender))

    async def relevant(self, sender: str, query: str, *, limit: int) -> Sequence[Memory]:
        """The newest `limit` memories; `query` will rank them once they have vectors."""
        return (await self.all(sender))[-limit:]

    async def forget(self, sender: str, memory_id: int, *, turn: str = "") -> bool:
        """Delete one memory for good; False when it is not there.

        With `turn` it is kept out of sight until that turn ends (`drop_forgotten`), so that a turn
        that a crash makes run twice finds what it deleted (`forgotten`).
        """
        return await self._db.write(
            "memories.forget", lambda db: _forget(db, sender, memory_id, turn)
        )

    async def forgotten(self, sender: str, *, turn: str) -> Memory | None:
        """What this turn has deleted already."""
        return await self._db.read(lambda db: _forgotten(db, sender, turn))


def drop_forgotten(db: sqlite3.Connection, turn: str) -> None:
    """The turn has ended: what it deleted is not needed any more."""
    db.execute("DELETE FROM memories WHERE active = 0 AND source = ?", (turn,))


def _add(db: sqlite3.Connection, sender: str, content: str, source: str) -> Memory:
    owner = conversations.ensure_thread(db, sender)
    # A turn that a crash made run twice must not remember twice.
    row = db.execute(
        "SELECT id, content, created_at FROM memories"
        " WHERE conversation_id = ? AND source = ? AND source <> '' AND content = ? AND active = 1",
        (owner, source, content),
    ).fetchone()
    if row is None:
        row = db.execute(
            "INSERT INTO memories (conversation_id, content, source, created_at)"
            " VALUES (?, ?, ?, ?) RETURNING id, content, created_at",
            (owner, content, source, now_ms()),
        ).fetchone()
    return _memory(row)


def _active(db: sqlite3.Connection, sender: str) -> list[Memory]:
    rows = db.execute(
        "SELECT m.id, m.content, m.created_at FROM memories m"
        " JOIN conversations c ON c.id = m.conversation_id"
        " WHERE c.thread_id = ? AND m.active = 1 ORDER BY m.id",
        (sender,),
    )
    return [_memory(row) for row in rows]


def _forget(db: sqlite3.Connection, sender: str, memory_id: int, turn: str) -> bool:
    change = "UPDATE memories SET active = 0, source = :turn" if turn else "DELETE FROM memories"
    cursor = db.execute(
        f"{change} WHERE id = :id AND active = 1 AND conversation_id ="  # noqa: S608 - constants
        " (SELECT id FROM conversations WHERE thread_id = :sender)",
        {"turn": turn, "id": memory_id, "sender": sender},
    )
    return cursor.rowcount == 1


def _forgotten(db: sqlite3.Connection, sender: str, turn: str) -> Memory | None:
    row = db.execute(
        "SELECT m.id, m.content, m.created_at FROM memories m"
        " JOIN conversations c ON c.id = m.conversation_id"
        " WHERE c.thread_id = ? AND m.active = 0 AND m.source = ? AND ? <> ''",
        (sender, turn, turn),
    ).fetchone()
    return _memory(row) if row else None


def _memory(row: sqlite3.Row) -> Memory:
    return Memory(row["id"], row["content"], from_ms(row["created_at"]))
