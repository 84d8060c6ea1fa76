"""The question before a tool may run: asked once, answered once, in time, by the one it was put to.

The row is what makes an answer count. It is written in the commit that ends the asking turn, gets
its verdict in the commit that claims the answering one, and goes in the commit that ends that. So a
crash in between finds the same verdict again, and no second answer ever finds a question.
"""

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from typing import Literal

from store import history
from store.clock import now_ms
from store.inbox import InboxMessage, is_tap
from store.outbox import OF_TURN, Button

VALID_MS = 10 * 60_000  # from when the question left
# Meta gives whole seconds, and its clock is not ours: how much older than the question a typed
# answer to it may seem.
SLACK_MS = 2_000

Verdict = Literal["yes", "no", "other", "late"]  # other: any other text; late: a dead button


@dataclass(frozen=True)
class Approval:
    """A question, as the turn that asks it leaves it."""

    asked_in: str
    request: str  # the turn that goes on after the answer: `asked_in`, or what that went on with
    calls: tuple[str, ...]  # fingerprints of what was shown
    undone: str  # takes the question's place in the history when there is no yes


@dataclass(frozen=True)
class Settled:
    """What a message is to the question."""

    verdict: Verdict
    approval: Approval | None = None  # None where the button is dead


def buttons(asked_in: str, yes: str, no: str) -> tuple[Button, Button]:
    """The two buttons under a question, with their titles."""
    return Button(f"yes:{_token(asked_in)}", yes), Button(f"no:{_token(asked_in)}", no)


def ask(db: sqlite3.Connection, conversation_id: int, approval: Approval) -> None:
    """Put a question; the one before it, if any, was settled by this very turn."""
    db.execute(
        "INSERT OR REPLACE INTO approvals"
        " (conversation_id, asked_in, request, calls, undone, asked_at) VALUES (?, ?, ?, ?, ?, ?)",
        (
            conversation_id,
            approval.asked_in,
            approval.request,
            json.dumps(approval.calls),
            approval.undone,
            now_ms(),
        ),
    )


def is_open(db: sqlite3.Connection, conversation_id: int) -> bool:
    """Whether a question waits for an answer."""
    row = db.execute(
        "SELECT 1 FROM approvals WHERE conversation_id = ? AND verdict = ''", (conversation_id,)
    ).fetchone()
    return row is not None


def settle(
    db: sqlite3.Connection, conversation_id: int, turn_id: str, message: InboxMessage
) -> Settled | None:
    """What the first message of a turn is to the open question; None when it is nothing to it.

    Written down, so that a turn that is claimed again finds the same. A dead button changes nothing
    at all: the question that is open stays open.
    """
    row = db.execute(
        "SELECT * FROM approvals WHERE conversation_id = ?", (conversation_id,)
    ).fetchone()
    if row is not None and row["settled_by"] == turn_id:
        return Settled(row["verdict"], _approval(row))
    if row is None or row["verdict"]:
        return Settled("late") if is_tap(message.consent) else None
    verdict = _verdict(db, row, message)
    if verdict == "late":
        return Settled("late")
    db.execute(
        "UPDATE approvals SET verdict = ?, settled_by = ? WHERE conversation_id = ?",
        (verdict, turn_id, conversation_id),
    )
    if verdict != "yes":  # what others made the question say gives no orders later
        history.retell(db, row["asked_in"], row["undone"])
    return Settled(verdict, _approval(row))


def close(db: sqlite3.Connection, turn_id: str) -> None:
    """The turn that settled a question has ended."""
    db.execute("DELETE FROM approvals WHERE settled_by = ?", (turn_id,))


def _verdict(db: sqlite3.Connection, row: sqlite3.Row, message: InboxMessage) -> Verdict:
    said, _, token = message.consent.partition(":")
    shown_at = _shown_at(db, row)
    in_time = message.received_at - (shown_at or row["asked_at"]) <= VALID_MS
    if is_tap(message.consent):
        if not in_time or token != _token(row["asked_in"]):
            return "late"
    elif not (said and in_time and _is_about_it(db, row, message, shown_at)):
        return "other"
    return "yes" if said == "yes" else "no"


def _is_about_it(
    db: sqlite3.Connection, row: sqlite3.Row, message: InboxMessage, shown_at: int | None
) -> bool:
    """Whether a typed word answers the question: not what was there before it, or another message
    that it quotes."""
    if shown_at is None or message.received_at < row["asked_at"]:
        return False
    if message.sent_at < shown_at - SLACK_MS:
        return False
    if not message.quoted:
        return True
    quotes_it = "SELECT 1 FROM outbox WHERE wa_id = ? AND key = ?"
    key = OF_TURN + row["asked_in"]
    return db.execute(quotes_it, (message.quoted, key)).fetchone() is not None


def _shown_at(db: sqlite3.Connection, row: sqlite3.Row) -> int | None:
    """When (ms) the question left; None when it is still here, or failed: nobody has read it."""
    part = db.execute(
        "SELECT state, sent_at, updated_at FROM outbox WHERE key = ? ORDER BY part DESC LIMIT 1",
        (OF_TURN + row["asked_in"],),
    ).fetchone()
    if part is None or part["state"] == "failed":
        return None
    if part["sent_at"] is not None:
        return int(part["sent_at"])
    # It may be on the phone before we are told so.
    return part["updated_at"] if part["state"] in ("sending", "unknown") else None


def _token(asked_in: str) -> str:
    """Names a question in its buttons: as unique as the WhatsApp id of the message that led to it,
    which would tell the sender's number to whoever reads a log."""
    return hashlib.sha256(asked_in.encode()).hexdigest()[:32]


def _approval(row: sqlite3.Row) -> Approval:
    calls = tuple(json.loads(row["calls"]))
    return Approval(row["asked_in"], row["request"], calls, row["undone"])
