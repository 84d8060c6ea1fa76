"""What was said, as people would read it back."""

import sqlite3

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


def erase_text(db: sqlite3.Connection, wa_message_id: str, text: str) -> None:
    """Take a revoked message's words out of what was said."""
    turn = db.execute("SELECT turn_id FROM inbox WHERE wa_id = ?", (wa_message_id,)).fetchone()
    if turn is None or not text:
        return
    db.execute(
        "UPDATE messages SET content = replace(content, ?, '') WHERE turn_id = ? AND role = 'user'",
        (text, turn["turn_id"]),
    )


def clear(db: sqlite3.Connection, conversation_id: int) -> int:
    """Delete a conversation's messages; how many there were."""
    return db.execute("DELETE FROM messages WHERE conversation_id = ?", (conversation_id,)).rowcount
