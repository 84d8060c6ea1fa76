"""What arrived: one row a WhatsApp message, in arrival order, claimed turn by turn.

pending -> processing -> done; a crash leaves rows processing, and the next claim takes them first.
The index of open rows serves only queries that say state <> 'done' in so many words.
"""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from store.clock import now_ms

OLD_MS = 10 * 60_000  # longer on its way than this is old mail
# What a message loses that is deleted: its row stays, so that a late twin makes no new turn.
BLANK = "text = '', payload = '{}', heard = '', remark = ''"

Kind = Literal["chat", "command", "silent"]  # silent: kept, and nothing is said about it


@dataclass(frozen=True)
class Arrival:
    """A message as the webhook read it, not stored yet."""

    wa_id: str
    kind: Kind
    type: str
    text: str
    payload: str  # Meta's message object, JSON
    sent_at: int  # ms
    quoted: str = ""  # WhatsApp id of the message it answers
    consent: str = ""  # how it answers a question before a tool runs; see store.approvals


@dataclass(frozen=True)
class InboxMessage:
    """A stored message."""

    id: int
    wa_id: str
    kind: Kind
    type: str
    text: str
    quoted: str
    payload: str
    sent_at: int  # ms
    received_at: int  # ms
    consent: str = ""
    heard: str | None = None  # what its file says; None: nobody has looked yet
    remark: str = ""  # a sentence for the owner about its file

    @property
    def is_old(self) -> bool:
        """Whether it was long on its way: Meta redelivers for days after an outage."""
        return self.received_at - self.sent_at > OLD_MS


@dataclass(frozen=True)
class Waiting:
    """What waits for a worker, for the burst window."""

    resumed: bool  # a claimed turn that a crash or an outage left open
    kind: Kind  # of the oldest message
    oldest_at: int  # ms, received
    newest_at: int  # ms, received
    old: bool  # the oldest message is old mail
    tap: bool = False  # the oldest message is a tap on one of our buttons
    messages: int = 1  # that want an answer


def is_tap(consent: str) -> bool:
    """Whether it came by one of our buttons, which say what question they belong to."""
    return ":" in consent


def add(
    db: sqlite3.Connection, conversation_id: int, arrival: Arrival, *, done: bool = False
) -> None:
    """Store an arrival; `done` when the worker has nothing to do about it."""
    db.execute(
        "INSERT INTO inbox"
        " (wa_id, conversation_id, kind, type, text, quoted, payload, consent, state, sent_at,"
        " received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            arrival.wa_id,
            conversation_id,
            arrival.kind,
            arrival.type,
            arrival.text,
            arrival.quoted,
            arrival.payload,
            arrival.consent,
            "done" if done else "pending",
            arrival.sent_at,
            now_ms(),
        ),
    )


def waiting(db: sqlite3.Connection, conversation_id: int) -> Waiting | None:
    """What the sender's worker has to do next, or None."""
    rows = db.execute(
        "SELECT state, kind, consent, received_at, sent_at FROM inbox"
        " WHERE conversation_id = ? AND state <> 'done' ORDER BY id",
        (conversation_id,),
    ).fetchall()
    if not rows:
        return None
    return Waiting(
        resumed=any(row["state"] == "processing" for row in rows),
        kind=rows[0]["kind"],
        oldest_at=rows[0]["received_at"],
        newest_at=rows[-1]["received_at"],
        old=rows[0]["received_at"] - rows[0]["sent_at"] > OLD_MS,
        tap=is_tap(rows[0]["consent"]),
        messages=sum(row["kind"] != "silent" for row in rows),
    )


@dataclass(frozen=True)
class Claim:
    """The messages of one turn, in order."""

    turn_id: str
    messages: tuple[InboxMessage, ...]
    resumed: bool  # claimed before, by a process that did not finish it


def claim(db: sqlite3.Connection, conversation_id: int, *, merge: bool) -> Claim:
    """Take the next turn; `waiting` has said that there is one.

    An open turn comes back as it was claimed. A command is a turn of its own, and so are a tap and
    a message that was taken back; with `merge` all chat messages up to the next of these are one.
    """
    rows = db.execute(
        "SELECT * FROM inbox WHERE conversation_id = ? AND state <> 'done'"
        " AND state = 'processing' ORDER BY id",
        (conversation_id,),
    ).fetchall()
    resumed = bool(rows)
    if not rows:
        rows = _next_turn(db, conversation_id, merge=merge)
    turn_id = rows[0]["turn_id"] or rows[0]["wa_id"]
    db.executemany(
        "UPDATE inbox SET state = 'processing', turn_id = ? WHERE id = ?",
        [(turn_id, row["id"]) for row in rows],
    )
    return Claim(turn_id, tuple(map(_message, rows)), resumed)


def close_turn(db: sqlite3.Connection, turn_id: str) -> int:
    """Mark a turn's messages done; how many were still open."""
    return db.execute(
        "UPDATE inbox SET state = 'done'"
        " WHERE turn_id = ? AND state <> 'done' AND state = 'processing'",
        (turn_id,),
    ).rowcount


def open_conversations(db: sqlite3.Connection) -> list[int]:
    """Conversations with work, oldest message first: what a start-up scan wakes."""
    return [
        row["conversation_id"]
        for row in db.execute(
            "SELECT conversation_id FROM inbox WHERE state <> 'done'"
            " GROUP BY conversation_id ORDER BY min(id)"
        )
    ]


def depth(db: sqlite3.Connection) -> int:
    """Messages not answered yet."""
    row = db.execute("SELECT count(*) AS n FROM inbox WHERE state <> 'done'").fetchone()
    return int(row["n"])


def state_of(db: sqlite3.Connection, wa_id: str) -> str | None:
    """pending, processing or done; None when we never had it."""
    row = db.execute("SELECT state FROM inbox WHERE wa_id = ?", (wa_id,)).fetchone()
    return row["state"] if row else None


def rewrite(
    db: sqlite3.Connection, conversation_id: int, wa_id: str, text: str, kind: Kind
) -> bool:
    """The sender edited a message; False when it is not theirs, or its turn has begun."""
    changed = db.execute(
        "UPDATE inbox SET text = ?, kind = ?, consent = ''"
        " WHERE wa_id = ? AND conversation_id = ? AND state = 'pending'",
        (text, kind, wa_id, conversation_id),
    )
    return changed.rowcount == 1


def revoke(db: sqlite3.Connection, conversation_id: int, wa_id: str) -> bool:
    """The owner deleted a message: it is not answered any more and not kept.

    Whether its turn had begun: what it said is then in the history too.
    """
    row = db.execute(
        f"UPDATE inbox SET {BLANK},"  # noqa: S608 - a constant
        " state = CASE state WHEN 'pending' THEN 'done' ELSE state END"
        " WHERE wa_id = ? AND conversation_id = ? RETURNING turn_id",
        (wa_id, conversation_id),
    ).fetchone()
    return row is not None and row["turn_id"] is not None


def awaits_file(db: sqlite3.Connection, wa_id: str) -> int | None:
    """The conversation of a message whose file is being read; None when it was deleted."""
    row = db.execute(
        "SELECT conversation_id FROM inbox WHERE wa_id = ?"
        " AND state = 'processing' AND payload <> '{}'",
        (wa_id,),
    ).fetchone()
    return row["conversation_id"] if row else None


def hear(db: sqlite3.Connection, wa_id: str, heard: str, remark: str) -> None:
    """What the file of a message says; nothing is kept of one that was deleted meanwhile.

    A document that says nothing is not kept: the owner is told so.
    """
    if awaits_file(db, wa_id) is not None:
        db.execute("UPDATE inbox SET heard = ?, remark = ? WHERE wa_id = ?", (heard, remark, wa_id))
        if not heard:
            db.execute("DELETE FROM media WHERE wa_id = ? AND kind = 'document'", (wa_id,))


def of_turn(db: sqlite3.Connection, wa_id: str) -> list[InboxMessage]:
    """The messages of the turn that `wa_id` belongs to, in order."""
    rows = db.execute(
        "SELECT turn.* FROM inbox AS turn JOIN inbox AS one"
        " ON turn.conversation_id = one.conversation_id AND turn.turn_id = one.turn_id"
        " WHERE one.wa_id = ? ORDER BY turn.id",
        (wa_id,),
    )
    return [_message(row) for row in rows]


def conversation_of(db: sqlite3.Connection, wa_id: str) -> int:
    """Whose message it is; it must be there."""
    row = db.execute("SELECT conversation_id FROM inbox WHERE wa_id = ?", (wa_id,)).fetchone()
    return int(row["conversation_id"])


def count_since(db: sqlite3.Connection, conversation_id: int, since: int) -> int:
    """Messages that got or wait for an answer, received after `since` (ms): no refused ones."""
    row = db.execute(
        "SELECT count(*) AS n FROM inbox WHERE conversation_id = ? AND kind <> 'silent'"
        " AND (state <> 'done' OR turn_id IS NOT NULL) AND received_at > ?",
        (conversation_id, since),
    ).fetchone()
    return int(row["n"])


def chatted_before(db: sqlite3.Connection, message: InboxMessage, conversation_id: int) -> int:
    """When (ms) the chat message before this one was received; 0 when it is the first."""
    row = db.execute(
        "SELECT received_at FROM inbox WHERE conversation_id = ? AND id < ? AND kind = 'chat'"
        " ORDER BY id DESC LIMIT 1",
        (conversation_id, message.id),
    ).fetchone()
    return row["received_at"] if row else 0


def newest(db: sqlite3.Connection, conversation_id: int, count: int) -> list[sqlite3.Row]:
    """The newest messages that were to be answered: text and received_at (ms), newest first."""
    return db.execute(
        "SELECT text, received_at FROM inbox WHERE conversation_id = ? AND kind <> 'silent'"
        " ORDER BY id DESC LIMIT ?",
        (conversation_id, count),
    ).fetchall()


def of_type(
    db: sqlite3.Connection, conversation_id: int, type_: str, *, since: int, until: InboxMessage
) -> list[InboxMessage]:
    """Messages of one type, the newest first: sent after `since` (ms), none that came after `until`
    did."""
    rows = db.execute(
        "SELECT * FROM inbox WHERE conversation_id = ? AND type = ? AND sent_at >= ? AND id <= ?"
        " ORDER BY sent_at DESC, id DESC",
        (conversation_id, type_, since, until.id),
    )
    return [_message(row) for row in rows]


def text_of(db: sqlite3.Connection, wa_id: str) -> str:
    """What a message said, its file included, or ""."""
    row = db.execute("SELECT text, heard FROM inbox WHERE wa_id = ?", (wa_id,)).fetchone()
    return "\n".join(filter(None, [row["heard"], row["text"]])) if row else ""


def erase_texts(db: sqlite3.Connection, conversation_id: int) -> None:
    """Forget what finished messages said; their ids stay, so that a late twin makes no new turn."""
    db.execute(
        f"UPDATE inbox SET {BLANK} WHERE conversation_id = ? AND state = 'done'",  # noqa: S608 - a constant
        (conversation_id,),
    )


def _next_turn(db: sqlite3.Connection, conversation_id: int, *, merge: bool) -> list[sqlite3.Row]:
    rows = db.execute(
        "SELECT * FROM inbox WHERE conversation_id = ? AND state <> 'done'"
        " AND state = 'pending' ORDER BY id",
        (conversation_id,),
    ).fetchall()
    if not rows or rows[0]["kind"] != "chat" or is_tap(rows[0]["consent"]):
        return rows[:1]
    if not merge and not _message(rows[0]).is_old:
        return rows[:1]
    turn = []
    for row in rows:
        # Old mail is one turn, whatever BURST_WINDOW_S says, and news are not part of it.
        if row["kind"] != "chat" or is_tap(row["consent"]):
            break
        if _message(row).is_old != _message(rows[0]).is_old:
            break
        turn.append(row)
    return turn


def _message(row: sqlite3.Row) -> InboxMessage:
    return InboxMessage(**{name: row[name] for name in InboxMessage.__dataclass_fields__})
