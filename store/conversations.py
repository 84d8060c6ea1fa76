"""Who writes to us."""

import sqlite3
from dataclasses import dataclass

from store.clock import now_ms


@dataclass(frozen=True)
class Sender:
    """How one webhook names a person; at least one of `phone` and `bsuid` is not empty."""

    phone: str  # canonical digits, or ""
    bsuid: str  # Meta's business-scoped user id, or ""
    send_to: str  # the spelling Meta gave
    name: str = ""


@dataclass(frozen=True)
class Conversation:
    """A person and the thread of the graph that is theirs."""

    id: int
    thread_id: str
    send_to: str
    name: str
    respelled: int  # 1: `send_to` is our second try, Meta refused the spelling it gave us
    last_wrote_at: int  # ms


_COLUMNS = "id, thread_id, send_to, name, respelled, last_wrote_at"


def find(db: sqlite3.Connection, sender: Sender) -> Conversation | None:
    """The conversation known by this phone number or BSUID."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM conversations"  # noqa: S608 - a constant
        " WHERE (phone_number = :phone AND :phone <> '') OR (bsuid = :bsuid AND :bsuid <> '')"
        " ORDER BY phone_number = :phone DESC LIMIT 1",
        {"phone": sender.phone, "bsuid": sender.bsuid},
    ).fetchone()
    return Conversation(**row) if row else None


def names_of(db: sqlite3.Connection, sender: Sender) -> list[Sender]:
    """What this person goes by: as this webhook says it, and as we have learnt it."""
    known = find(db, sender)
    if known is None:
        return [sender]
    row = db.execute(
        "SELECT phone_number, bsuid FROM conversations WHERE id = ?", (known.id,)
    ).fetchone()
    learnt = Sender(row["phone_number"] or "", row["bsuid"] or "", known.send_to)
    # The number they had when they first wrote: Meta told us itself when it changed.
    first = Sender(known.thread_id, "", known.send_to)
    return [sender, learnt, first]


def resolve(db: sqlite3.Connection, sender: Sender) -> Conversation:
    """The sender's conversation, made at the first message; learns the name it did not know, phone
    or BSUID, when a message has both.
    """
    now = now_ms()
    known = find(db, sender)
    if known is None and (moved := _given_up_by(db, sender)):
        return moved
    if known is None:
        db.execute(
            "INSERT INTO conversations"
            " (thread_id, phone_number, bsuid, send_to, name, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                sender.phone or sender.bsuid,
                sender.phone or None,
                sender.bsuid or None,
                sender.send_to,
                sender.name,
                now,
                now,
            ),
        )
    else:
        # A BSUID already held by another row stays there: two people never become one here.
        db.execute(
            "UPDATE OR IGNORE conversations SET"
            " bsuid = coalesce(nullif(:bsuid, ''), bsuid),"
            " phone_number = coalesce(phone_number, nullif(:phone, '')),"
            " name = coalesce(nullif(:name, ''), name),"
            " updated_at = :now WHERE id = :id",
            {
                "bsuid": sender.bsuid,
                "phone": sender.phone,
                "name": sender.name,
                "now": now,
                "id": known.id,
            },
        )
    found = find(db, sender)
    assert found is not None  # noqa: S101 - inserted or found above, in this transaction
    return found


def _given_up_by(db: sqlite3.Connection, sender: Sender) -> Conversation | None:
    """The conversation that began under this name and has moved to another: late mail from before.

    Nothing is learnt from it and the answer goes to the new number: the old one may be somebody
    else's by now.
    """
    row = db.execute(
        f"SELECT {_COLUMNS} FROM conversations WHERE thread_id = ?",  # noqa: S608 - a constant
        (sender.phone or sender.bsuid,),
    ).fetchone()
    return Conversation(**row) if row else None


def wrote(db: sqlite3.Connection, conversation_id: int, at: int) -> None:
    """The person wrote at `at` (ms)."""
    db.execute(
        "UPDATE conversations SET last_wrote_at = max(last_wrote_at, ?) WHERE id = ?",
        (at, conversation_id),
    )


def move(db: sqlite3.Connection, conversation_id: int, moved: Sender) -> None:
    """The person has a new number or a new BSUID; the conversation stays the same."""
    db.execute(
        "UPDATE OR IGNORE conversations SET"
        " phone_number = coalesce(nullif(:phone, ''), phone_number),"
        " bsuid = coalesce(nullif(:bsuid, ''), bsuid),"
        " send_to = coalesce(nullif(:send_to, ''), send_to),"
        " respelled = 0, updated_at = :now WHERE id = :id",
        {
            "phone": moved.phone,
            "bsuid": moved.bsuid,
            "send_to": moved.send_to,
            "now": now_ms(),
            "id": conversation_id,
        },
    )


def respell(db: sqlite3.Connection, conversation_id: int, send_to: str, *, respelled: bool) -> None:
    """Send to another spelling of the number from now on."""
    db.execute(
        "UPDATE conversations SET send_to = ?, respelled = ? WHERE id = ?",
        (send_to, int(respelled), conversation_id),
    )


def by_id(db: sqlite3.Connection, conversation_id: int) -> Conversation:
    """The conversation of a row that points at it."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM conversations WHERE id = ?",  # noqa: S608 - a constant
        (conversation_id,),
    ).fetchone()
    return Conversation(**row)


def all_of_them(db: sqlite3.Connection) -> list[Conversation]:
    """Every conversation, the oldest first."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM conversations ORDER BY id")  # noqa: S608 - a constant
    return [Conversation(**row) for row in rows]


def id_of_thread(db: sqlite3.Connection, thread_id: str) -> int | None:
    """The conversation id behind a thread of the graph."""
    row = db.execute("SELECT id FROM conversations WHERE thread_id = ?", (thread_id,)).fetchone()
    return row["id"] if row else None


def ensure_thread(db: sqlite3.Connection, thread_id: str) -> int:
    """Like `id_of_thread`, made when missing: Studio has threads that never met WhatsApp."""
    known = id_of_thread(db, thread_id)
    if known is not None:
        return known
    now = now_ms()
    row = db.execute(
        "INSERT INTO conversations (thread_id, send_to, created_at, updated_at)"
        " VALUES (?, '', ?, ?) RETURNING id",
        (thread_id, now, now),
    ).fetchone()
    return int(row["id"])
