"""What became of what we sent: status webhooks, late, twice, in any order, move parts forward."""

import re
import sqlite3
from dataclasses import dataclass
from typing import Literal

from store import outbox
from store.clock import now_ms

FAILED_TRIES = 5  # of a part that Meta accepts and then reports as failed
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
    callback: str = ""  # the biz_opaque_callback_data we gave: Part.callback
    code: int | None = None  # Graph API error code of a failure
    when_failed: Literal["failed", "queued", "held"] = "failed"  # what the code means for the part
    for_ever: bool = False  # with "queued": however often, as only the owner can change something


@dataclass(frozen=True)
class Moved:
    """A part that a status webhook is about."""

    conversation_id: int
    state: str | None  # the new one; None when the status says nothing new
    delivered: bool  # now, and not before


def apply(db: sqlite3.Connection, status: Status, *, retry_ms: int) -> Moved | None:
    """Move a part by a status webhook; None if it is not ours.

    `retry_ms`: when to try again what failed after it was accepted.
    """
    part_id, created_at = _named_by(status.callback)
    row = db.execute(
        "SELECT id, conversation_id, wa_id, state, attempts, delivered_at, body, buttons, template,"
        " spoken FROM outbox"
        " WHERE wa_id = :wa_id OR (id = :id AND created_at = :created_at)"
        " ORDER BY wa_id = :wa_id DESC LIMIT 1",
        {"wa_id": status.wa_id, "id": part_id, "created_at": created_at},
    ).fetchone()
    if row is None:
        return None
    state = _state_after(row, status)
    if state == "failed" and row["buttons"]:  # what they offer can be typed
        state = "queued"
        outbox.drop_buttons(db, row["id"])
    delivered = state in ("delivered", "read") and row["delivered_at"] is None
    if state is not None:
        now = now_ms()
        db.execute(
            "UPDATE outbox SET state = :state, wa_id = :wa_id, error_code = :code,"
            " due_at = :due, sent_at = coalesce(sent_at, :now), updated_at = :now,"
            " delivered_at = CASE WHEN :state IN ('delivered', 'read')"
            " THEN coalesce(delivered_at, :now) END WHERE id = :id",
            {
                "state": state,
                "wa_id": status.wa_id,
                "code": status.code,
                "due": now + retry_ms,
                "now": now,
                "id": row["id"],
            },
        )
        if _RANK[state] >= _RANK["sent"]:
            outbox.drop_file(db, row["id"])
        if state == "failed":
            outbox.unsay(db, row["id"])
    return Moved(int(row["conversation_id"]), state, delivered)


def _state_after(row: sqlite3.Row, status: Status) -> str | None:
    """The state a part gets by a status, or None. Statuses come late, twice and in any order."""
    accepted = _RANK[row["state"]] >= _RANK["sent"]
    of_known_try = row["wa_id"] == status.wa_id
    # A part that has an id and is to be sent again: the message of that id has failed, which is no
    # news. One that was accepted under another id: what became of the first try does not matter.
    is_stale = row["wa_id"] is not None and of_known_try != accepted
    if is_stale and status.status in ("sent", "failed"):
        return None
    if _RANK[status.status] <= _RANK[row["state"]]:
        return None
    if status.status != "failed":
        return status.status
    # A file has left this machine, and a text may be erased by now.
    if not row["body"] or row["spoken"]:
        return "failed"
    again = status.for_ever or row["attempts"] < FAILED_TRIES
    state = status.when_failed if again else "failed"
    # What a template did not bring is not lost: the owner's next message opens the other way.
    return "held" if state == "failed" and row["template"] else state


def _named_by(callback: str) -> tuple[int, int]:
    """Row id and created_at of Part.callback; -1 for what is none, or more than INTEGERs hold."""
    found = re.fullmatch(r"([0-9]{1,18})-([0-9]{1,18})", callback)
    return (int(found[1]), int(found[2])) if found else (-1, -1)
