"""What was said, as people would read it back."""

import sqlite3
from dataclasses import dataclass

from store.clock import now_ms

NOT_SENT = "…"  # stands for an answer that failed for good, or a part of it: nobody has read it


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


@dataclass(frozen=True)
class Told:
    """A conversation as the model is told about it: the summary, and what came after."""

    summary: str
    exchanges: tuple[Exchange, ...]  # oldest first


def told(db: sqlite3.Connection, conversation_id: int, most: int) -> Told:
    """The summary and the turns after it, the newest `most` of them."""
    row = db.execute(
        "SELECT summary, summary_ends_at FROM conversations WHERE id = ?", (conversation_id,)
    ).fetchone()
    rows = db.execute(
        "SELECT u.turn_id, u.content AS said, a.content AS reply FROM messages u"
        " JOIN messages a ON a.turn_id = u.turn_id AND a.role = 'assistant'"
        " WHERE u.conversation_id = :owner AND u.role = 'user' AND u.id >= coalesce("
        "  (SELECT min(id) FROM messages WHERE turn_id = :first AND conversation_id = :owner), 0)"
        " ORDER BY u.id DESC LIMIT :most",
        {"owner": conversation_id, "first": row["summary_ends_at"], "most": most},
    ).fetchall()
    return Told(row["summary"], tuple(Exchange(**one) for one in reversed(rows)))


def up_to(db: sqlite3.Connection, turn_id: str, most: int) -> tuple[Exchange, ...]:
    """The newest `most` turns of a conversation that end with this one; () when it is not there."""
    rows = db.execute(
        "SELECT u.turn_id, u.content AS said, a.content AS reply FROM messages last"
        " JOIN messages u ON u.conversation_id = last.conversation_id AND u.id <= last.id"
        " JOIN messages a ON a.turn_id = u.turn_id AND a.role = 'assistant'"
        " WHERE last.turn_id = ? AND last.role = 'user' AND u.role = 'user'"
        " ORDER BY u.id DESC LIMIT ?",
        (turn_id, most),
    ).fetchall()
    return tuple(Exchange(**one) for one in reversed(rows))


def newest_answered(db: sqlite3.Connection, conversation_id: int) -> str | None:
    """The turn of the newest answer that was said; None where there is none."""
    row = db.execute(
        "SELECT turn_id FROM messages WHERE conversation_id = ? AND role = 'assistant'"
        " AND content <> ? ORDER BY id DESC LIMIT 1",
        (conversation_id, NOT_SENT),
    ).fetchone()
    return row["turn_id"] if row else None


def keep_summary(
    db: sqlite3.Connection, conversation_id: int, summary: str, ends_at: str | None
) -> None:
    """What was folded away; `ends_at` is the first turn that was not, None leaves it as it is."""
    db.execute(
        "UPDATE conversations SET summary = ?, summary_ends_at = coalesce(?, summary_ends_at)"
        " WHERE id = ?",
        (summary, ends_at, conversation_id),
    )


def has(db: sqlite3.Connection, turn_id: str) -> bool:
    """Whether a turn is in the history."""
    row = db.execute("SELECT 1 FROM messages WHERE turn_id = ?", (turn_id,)).fetchone()
    return row is not None


def rewrite(db: sqlite3.Connection, turn_id: str, said: str) -> None:
    """Change the owner's side of a turn."""
    db.execute(
        "UPDATE messages SET content = ? WHERE turn_id = ? AND role = 'user'", (said, turn_id)
    )


def unsay(db: sqlite3.Connection, turn_id: str) -> None:
    """The answer of a turn will not arrive."""
    db.execute(
        "UPDATE messages SET content = ? WHERE turn_id = ? AND role = 'assistant'",
        (NOT_SENT, turn_id),
    )


def retell(db: sqlite3.Connection, turn_id: str, reply: str) -> None:
    """Change our side of a turn; what nobody has read stays unsaid."""
    db.execute(
        "UPDATE messages SET content = ? WHERE turn_id = ? AND role = 'assistant' AND content <> ?",
        (reply, turn_id, NOT_SENT),
    )


def clear(db: sqlite3.Connection, conversation_id: int) -> int:
    """Delete a conversation's messages and their summary; how many there were."""
    keep_summary(db, conversation_id, "", "")
    return db.execute("DELETE FROM messages WHERE conversation_id = ?", (conversation_id,)).rowcount
