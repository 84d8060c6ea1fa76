"""What we say: one row a part, sent in order per conversation, moving forward only.

queued -> sending -> sent -> delivered -> read; failed; unknown (the request left, no answer came:
a status webhook that carries our id settles it, else it is sent once more).
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from store.clock import now_ms

UNKNOWN_WAIT_MS = 30_000  # how long a status webhook may take to settle an unknown send
_RANK = {"queued": 0, "sending": 1, "unknown": 1, "sent": 2, "failed": 3, "delivered": 4, "read": 5}


@dataclass(frozen=True)
class Part:
    """The next thing to send to a conversation."""

    id: int
    conversation_id: int
    body: str
    state: str
    attempts: int
    due_at: int  # ms


def add(db: sqlite3.Connection, conversation_id: int, key: str, bodies: Sequence[str]) -> int:
    """Queue the parts of one saying; parts whose key is known are left alone. How many are new."""
    now = now_ms()
    added = 0
    for number, body in enumerate(bodies):
        added += db.execute(
            "INSERT OR IGNORE INTO outbox (conversation_id, key, part, body, state, due_at,"
            " created_at, updated_at) VALUES (?, ?, ?, ?, 'queued', ?, ?, ?)",
            (conversation_id, key, number, body, now, now, now),
        ).rowcount
    return added


def head(db: sqlite3.Connection, conversation_id: int) -> Part | None:
    """The oldest unsettled part: nothing after it may overtake it."""
    row = db.execute(
        "SELECT id, conversation_id, body, state, attempts, due_at FROM outbox"
        " WHERE conversation_id = ? AND state IN ('queued', 'sending', 'unknown')"
        " ORDER BY id LIMIT 1",
        (conversation_id,),
    ).fetchone()
    return Part(**row) if row else None


def begin(db: sqlite3.Connection, part_id: int) -> None:
    """Written before the request leaves, so that a crash in between is seen as unknown."""
    db.execute(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, updated_at = ?"
        " WHERE id = ? AND state IN ('queued', 'unknown')",
        (now_ms(), part_id),
    )


def sent(db: sqlite3.Connection, part_id: int, wa_id: str) -> None:
    """Meta accepted it under this id. A status may have been faster: never step back."""
    db.execute(
        "UPDATE outbox SET wa_id = ?, updated_at = ?,"
        " state = CASE WHEN state IN ('queued', 'sending', 'unknown') THEN 'sent' ELSE state END"
        " WHERE id = ?",
        (wa_id, now_ms(), part_id),
    )


def retry(db: sqlite3.Connection, part_id: int, *, due_at: int, code: int | None) -> None:
    """Not accepted, try again at `due_at` (ms)."""
    db.execute(
        "UPDATE outbox SET state = 'queued', due_at = ?, error_code = ?, updated_at = ?"
        " WHERE id = ? AND state = 'sending'",
        (due_at, code, now_ms(), part_id),
    )


def unknown(db: sqlite3.Connection, part_id: int, *, due_at: int) -> None:
    """The request left and no answer came; `due_at` (ms) is when to send once more."""
    db.execute(
        "UPDATE outbox SET state = 'unknown', due_at = ?, updated_at = ?"
        " WHERE id = ? AND state = 'sending'",
        (due_at, now_ms(), part_id),
    )


def failed(db: sqlite3.Connection, part_id: int, code: int | None) -> None:
    """It will not be sent."""
    db.execute(
        "UPDATE outbox SET state = 'failed', error_code = ?, updated_at = ?"
        " WHERE id = ? AND state IN ('queued', 'sending', 'unknown')",
        (code, now_ms(), part_id),
    )


def apply_status(
    db: sqlite3.Connection, *, wa_id: str, callback: str, status: str, code: int | None
) -> int | None:
    """Move a part forward by a status webhook; its conversation id if the part is ours.

    `callback` is the biz_opaque_callback_data we sent: our row id.
    """
    row = db.execute(
        "SELECT id, conversation_id, state FROM outbox WHERE wa_id = ? OR id = ?"
        " ORDER BY wa_id = ? DESC LIMIT 1",
        (wa_id, int(callback) if callback.isascii() and callback.isdigit() else -1, wa_id),
    ).fetchone()
    if row is None:
        return None
    if _RANK.get(status, -1) > _RANK[row["state"]]:
        db.execute(
            "UPDATE outbox SET state = ?, wa_id = ?, error_code = ?, updated_at = ? WHERE id = ?",
            (status, wa_id, code, now_ms(), row["id"]),
        )
    return int(row["conversation_id"])


def recover(db: sqlite3.Connection) -> list[int]:
    """After a crash: what was being sent is unknown. Conversations with something to send."""
    now = now_ms()
    db.execute(
        "UPDATE outbox SET state = 'unknown', due_at = ?, updated_at = ? WHERE state = 'sending'",
        (now + UNKNOWN_WAIT_MS, now),
    )
    return [
        row["conversation_id"]
        for row in db.execute(
            "SELECT conversation_id FROM outbox WHERE state IN ('queued', 'unknown')"
            " GROUP BY conversation_id ORDER BY min(id)"
        )
    ]


def depth(db: sqlite3.Connection) -> int:
    """Parts not sent yet."""
    row = db.execute(
        "SELECT count(*) AS n FROM outbox WHERE state IN ('queued', 'sending', 'unknown')"
    ).fetchone()
    return int(row["n"])


def erase_texts(db: sqlite3.Connection, conversation_id: int) -> None:
    """Forget what was said; rows stay for their keys and the month's count."""
    db.execute(
        "UPDATE outbox SET body = '' WHERE conversation_id = ?"
        " AND state NOT IN ('queued', 'sending', 'unknown')",
        (conversation_id,),
    )
