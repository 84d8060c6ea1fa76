"""What was said, as people would read it back."""

import sqlite3
from dataclasses import dataclass

from store.clock import now_ms


def add(
    db: sqlite3.Connection,
    conversation_id: int,
    *,
    role: str,
    content: str,
    wa_message_id: str | None = None,
    turn_id: str | None = None,
    token_count: int | None = None,
) -> None:
    """Append one message; role is user, assistant or system."""
    db.execute(
        "INSERT INTO messages (conversation_id, role, content, wa_message_id, turn_id, token_count,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (conversation_id, role, content, wa_message_id, turn_id, token_count, now_ms()),
    )


@dataclass(frozen=True)
class Exchange:
    """A finished turn as it was said."""

    turn_id: str
    said: str
    reply: str


def newest(db: sqlite3.Connection, conversation_id: int, count: int) -> list[Exchange]:
    """The last `count` turns, oldest first."""
    rows = db.execute(
        "SELECT u.turn_id, u.content AS said, a.content AS reply FROM messages u"
        " JOIN messages a ON a.turn_id = u.turn_id AND a.role = 'assistant'"
        " WHERE u.conversation_id = ? AND u.role = 'user' ORDER BY u.id DESC LIMIT ?",
        (conversation_id, count),
    ).fetchall()
    return [Exchange(**row) for row in reversed(rows)]


def has(db: sqlite3.Connection, turn_id: str) -> bool:
    """Whether a turn is in the history."""
    row = db.execute("SELECT 1 FROM messages WHERE turn_id = ?", (turn_id,)).fetchone()
    return row is not None


def rewrite(db: sqlite3.Connection, turn_id: str, said: str) -> None:
    """Change the owner's side of a turn."""
    db.execute(
        "UPDATE messages SET content = ? WHERE turn_id = ? AND role = 'user'", (said, turn_id)
    )


def clear(db: sqlite3.Connection, conversation_id: int) -> int:
    """Delete a conversation's messages; how many there were."""
    return db.execute("DELETE FROM messages WHERE conversation_id = ?", (conversation_id,)).rowcount
