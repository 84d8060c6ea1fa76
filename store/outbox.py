"""What we say: one row a part, sent in order per conversation, moving forward only.

queued -> sending -> sent -> delivered -> read; failed; unknown (the request left, no answer came:
a status webhook that carries our id settles it, else it is sent once more).
"""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from store.clock import now_ms

FAILED_WAIT_MS = 60_000  # before a part that failed after it was accepted is tried again
FAILED_TRIES = 5
_RANK = {
    "queued": 0,
    "sending": 1,
    "unknown": 1,
    "held": 1,
    "sent": 2,
    "failed": 3,
    "delivered": 4,
    "read": 5,
}


@dataclass(frozen=True)
class Status:
    """What became of a message we sent, by a status webhook."""

    wa_id: str
    status: Literal["sent", "delivered", "read", "failed"]
    callback: str = ""  # the biz_opaque_callback_data we gave: our row id
    code: int | None = None  # Graph API error code of a failure
    when_failed: Literal["failed", "queued", "held"] = "failed"  # what the code means for the part


@dataclass(frozen=True)
class File:
    """A document."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True)
class Part:
    """The next thing to send to a conversation."""

    id: int
    conversation_id: int
    body: str
    state: str
    attempts: int
    due_at: int  # ms
    file: File | None = None  # then `body` is empty


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


def add_files(
    db: sqlite3.Connection, conversation_id: int, key: str, files: Sequence[File]
) -> None:
    """Queue files as the parts of one saying; nothing when its key is known."""
    if add(db, conversation_id, key, [""] * len(files)):
        rows = db.execute("SELECT id FROM outbox WHERE key = ? ORDER BY part", (key,)).fetchall()
        db.executemany(
            "INSERT INTO outbox_files VALUES (?, ?, ?, ?)",
            [
                (row["id"], file.name, file.mime_type, file.content)
                for row, file in zip(rows, files, strict=True)
            ],
        )


def head(db: sqlite3.Connection, conversation_id: int) -> Part | None:
    """The oldest unsettled part: nothing after it may overtake it."""
    row = db.execute(
        "SELECT id, conversation_id, body, state, attempts, due_at FROM outbox"
        " WHERE conversation_id = ? AND state IN ('queued', 'sending', 'unknown')"
        " ORDER BY id LIMIT 1",
        (conversation_id,),
    ).fetchone()
    if row is None:
        return None
    found = db.execute(
        "SELECT name, mime_type, content FROM outbox_files WHERE outbox_id = ?", (row["id"],)
    ).fetchone()
    return Part(**row, file=File(**found) if found else None)


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
        "UPDATE outbox SET wa_id = :wa_id, sent_at = coalesce(sent_at, :now), updated_at = :now,"
        " state = CASE WHEN state IN ('queued', 'sending', 'unknown') THEN 'sent' ELSE state END"
        " WHERE id = :id",
        {"wa_id": wa_id, "now": now_ms(), "id": part_id},
    )
    db.execute("DELETE FROM outbox_files WHERE outbox_id = ?", (part_id,))


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


def hold(db: sqlite3.Connection, part_id: int, code: int | None) -> None:
    """Meta's 24 hours are over: kept until the owner writes again."""
    db.execute(
        "UPDATE outbox SET state = 'held', error_code = ?, updated_at = ?"
        " WHERE id = ? AND state IN ('queued', 'sending', 'unknown')",
        (code, now_ms(), part_id),
    )


def release(db: sqlite3.Connection, conversation_id: int, intro: str) -> bool:
    """The owner wrote: queue what was held, in order, `intro` before the first. Whether any was."""
    first = db.execute(
        "SELECT min(id) AS id FROM outbox WHERE conversation_id = ? AND state = 'held'",
        (conversation_id,),
    ).fetchone()["id"]
    if first is None:
        return False
    db.execute("UPDATE outbox SET body = ? || char(10) || body WHERE id = ?", (intro, first))
    db.execute(
        "UPDATE outbox SET state = 'queued', due_at = :now, updated_at = :now, attempts = 0"
        " WHERE conversation_id = :owner AND state = 'held'",
        {"now": now_ms(), "owner": conversation_id},
    )
    return True


@dataclass(frozen=True)
class Moved:
    """A part that a status webhook is about."""

    conversation_id: int
    delivered: bool  # now, and not before


def apply_status(db: sqlite3.Connection, status: Status) -> Moved | None:
    """Move a part by a status webhook; None if it is not ours."""
    callback = status.callback
    row = db.execute(
        "SELECT id, conversation_id, wa_id, state, attempts, delivered_at, body FROM outbox"
        " WHERE wa_id = ? OR id = ? ORDER BY wa_id = ? DESC LIMIT 1",
        (
            status.wa_id,
            _row_id(callback),
            status.wa_id,
        ),
    ).fetchone()
    if row is None:
        return None
    now = now_ms()
    delivered = False
    # The failure of a try that another has followed says nothing about that one.
    stale = status.status == "failed" and row["wa_id"] not in (None, status.wa_id)
    if not stale and _RANK[status.status] > _RANK[row["state"]]:
        state: str = status.status
        delivered = state in ("delivered", "read") and row["delivered_at"] is None
        # What it said may be erased by now, and a file has left this machine.
        if state == "failed" and row["attempts"] < FAILED_TRIES and row["body"]:
            state = status.when_failed
        db.execute(
            "UPDATE outbox SET state = :state, wa_id = :wa_id, error_code = :code,"
            " due_at = :due, sent_at = coalesce(sent_at, :now), updated_at = :now,"
            " delivered_at = CASE WHEN :state IN ('delivered', 'read')"
            " THEN coalesce(delivered_at, :now) END WHERE id = :id",
            {
                "state": state,
                "wa_id": status.wa_id,
                "code": status.code,
                "due": now + FAILED_WAIT_MS,
                "now": now,
                "id": row["id"],
            },
        )
    return Moved(int(row["conversation_id"]), delivered)


def _row_id(callback: str) -> int:
    """Our row id as Meta gave it back; -1 for what is none, or more than an INTEGER holds."""
    return int(callback) if re.fullmatch(r"[0-9]{1,18}", callback) else -1


def recover(db: sqlite3.Connection, settle_ms: int) -> list[int]:
    """After a crash: what was being sent is unknown, and sent again when no status has settled it
    in `settle_ms`. Conversations with something to send.
    """
    now = now_ms()
    db.execute(
        "UPDATE outbox SET state = 'unknown', due_at = ?, updated_at = ? WHERE state = 'sending'",
        (now + settle_ms, now),
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


def delivered_since(db: sqlite3.Connection, since: int) -> int:
    """Messages delivered after `since` (ms): what Meta counts."""
    row = db.execute(
        "SELECT count(*) AS n FROM outbox WHERE delivered_at >= ?", (since,)
    ).fetchone()
    return int(row["n"])


def newest_sent(db: sqlite3.Connection, conversation_id: int, count: int) -> list[sqlite3.Row]:
    """The newest parts that left: id, body and sent_at (ms), newest first."""
    return db.execute(
        "SELECT id, body, sent_at FROM outbox WHERE conversation_id = ? AND sent_at IS NOT NULL"
        " ORDER BY id DESC LIMIT ?",
        (conversation_id, count),
    ).fetchall()


def text_of(db: sqlite3.Connection, wa_id: str) -> str:
    """What a message of ours said, or ""."""
    row = db.execute("SELECT body FROM outbox WHERE wa_id = ?", (wa_id,)).fetchone()
    return row["body"] if row else ""


def erase_texts(db: sqlite3.Connection, conversation_id: int) -> None:
    """Forget what was said; rows stay for their keys and the month's count."""
    db.execute(
        "UPDATE outbox SET body = '' WHERE conversation_id = ?"
        " AND state NOT IN ('queued', 'sending', 'unknown', 'held')",
        (conversation_id,),
    )
