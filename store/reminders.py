"""What the owner asked to be reminded of, and the step from due to queued.

waiting -> waiting (the next occurrence) or done. A reminder that is cancelled is deleted.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store import conversations, outbox, undo
from store.clock import from_ms, now_ms, to_ms
from store.database import Database


@dataclass(frozen=True)
class Reminder:
    """One reminder."""

    id: int
    conversation_id: int
    text: str
    due_at: datetime  # aware UTC, the next occurrence
    zone: str  # IANA
    rule: str  # RFC 5545, "" for once; see tools.when


class ReminderStore:
    """Reminders of each sender, the next to come first."""

    def __init__(self, database: Database, on_change: Callable[[], None] = lambda: None) -> None:
        """`on_change` is called when there is something new to wait for, after the commit."""
        self._db = database
        self._on_change = on_change

    async def add(
        self,
        sender: str,
        text: str,
        *,
        due_at: datetime,
        zone: str,
        rule: str,
        source: str,
        turn: str = "",
    ) -> Reminder:
        """Keep a reminder, once for each `source` (tool call or turn).

        One that `turn` has set itself, without a model, stands for those of its tool calls.
        """

        def job(db: sqlite3.Connection) -> Reminder:
            owner = conversations.ensure_thread(db, sender)
            if (known := _set_by(db, owner, source) or _set_by(db, owner, turn)) is not None:
                return known
            row = db.execute(
                "INSERT INTO reminders (conversation_id, text, due_at, zone, rule, state, source,"
                " created_at) VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?) RETURNING *",
                (owner, text, to_ms(due_at), zone, rule, source, now_ms()),
            ).fetchone()
            undo.note(db, owner, "reminders", row["id"], source=source, before=None)
            return reminder_of(row)

        reminder = await self._db.write("reminders.add", job)
        self._on_change()
        return reminder

    async def all(self, sender: str) -> Sequence[Reminder]:
        """Those that wait."""
        return await self._db.read(lambda db: _waiting(db, sender))

    async def changed_by(self, sender: str, source: str) -> Reminder | None:
        """The reminder that this tool call or turn has moved or cancelled already."""

        def job(db: sqlite3.Connection) -> Reminder | None:
            owner = conversations.id_of_thread(db, sender)
            rows = undo.changed_by(db, owner, "reminders", source)
            return reminder_of(rows[0]) if rows else None

        return await self._db.read(job)

    async def move(
        self, reminder: Reminder, *, due_at: datetime, zone: str, rule: str, source: str
    ) -> Reminder | None:
        """Another time for a reminder; None when it is no longer there."""

        def job(db: sqlite3.Connection) -> Reminder | None:
            if not _note_change(db, reminder, source):
                return None
            row = db.execute(
                "UPDATE reminders SET due_at = ?, zone = ?, rule = ? WHERE id = ? RETURNING *",
                (to_ms(due_at), zone, rule, reminder.id),
            ).fetchone()
            return reminder_of(row)

        moved = await self._db.write("reminders.move", job)
        self._on_change()
        return moved

    async def cancel(self, reminder: Reminder, *, source: str) -> bool:
        """Delete a reminder; False when it is no longer there."""

        def job(db: sqlite3.Connection) -> bool:
            if not _note_change(db, reminder, source):
                return False
            db.execute("DELETE FROM reminders WHERE id = ?", (reminder.id,))
            return True

        return await self._db.write("reminders.cancel", job)

    async def next_due(self) -> datetime | None:
        """When the next one is due, over all senders."""
        row = await self._db.read(
            lambda db: db.execute(
                "SELECT min(due_at) AS due_at FROM reminders WHERE state = 'waiting'"
            ).fetchone()
        )
        return None if row["due_at"] is None else from_ms(row["due_at"])

    async def due(self, now: datetime) -> Sequence[tuple[Reminder, datetime]]:
        """Those due at `now`, each with the time its owner last wrote."""

        def job(db: sqlite3.Connection) -> list[tuple[Reminder, datetime]]:
            rows = db.execute(
                "SELECT r.*, c.last_wrote_at FROM reminders r"
                " JOIN conversations c ON c.id = r.conversation_id"
                " WHERE r.state = 'waiting' AND r.due_at <= ? ORDER BY r.due_at, r.id",
                (to_ms(now),),
            )
            return [(reminder_of(row), from_ms(row["last_wrote_at"])) for row in rows]

        return await self._db.read(job)

    async def fire(
        self, reminder: Reminder, body: str, following: datetime | None, *, template: str = ""
    ) -> bool:
        """Queue `body` and wait for the `following` occurrence, or no more, in one commit.

        `template`: what an approved template says of it where no text may be sent. False when this
        occurrence is not the next one any more: fired, moved or cancelled.
        """

        def job(db: sqlite3.Connection) -> bool:
            due_ms = to_ms(reminder.due_at)
            moved = db.execute(
                "UPDATE reminders SET due_at = coalesce(:following, due_at),"
                " state = CASE WHEN :following IS NULL THEN 'done' ELSE state END"
                " WHERE id = :id AND due_at = :due AND state = 'waiting'",
                {
                    "following": following and to_ms(following),
                    "id": reminder.id,
                    "due": due_ms,
                },
            ).rowcount
            if not moved:
                return False
            of_this = f"reminder:{reminder.id}:"
            owner = reminder.conversation_id
            # One that is held for the owner stands for those that come after it, unless they can
            # go out by themselves.
            if template:
                outbox.drop_held(db, owner, of_this)
            if template or not outbox.is_held(db, owner, of_this):
                outbox.add(db, owner, f"{of_this}{due_ms}", [body], template=template)
            undo.forget_row(db, "reminders", reminder.id)
            return True

        return await self._db.write("reminders.fire", job)


def forget_done(db: sqlite3.Connection, conversation_id: int) -> None:
    """Delete those that have been said."""
    db.execute(
        "DELETE FROM reminders WHERE conversation_id = ? AND state = 'done'", (conversation_id,)
    )


def reminder_of(row: sqlite3.Row | Mapping[str, Any]) -> Reminder:
    """The reminder that a row holds."""
    return Reminder(
        row["id"],
        row["conversation_id"],
        row["text"],
        from_ms(row["due_at"]),
        row["zone"],
        row["rule"],
    )


def _set_by(db: sqlite3.Connection, conversation_id: int, source: str) -> Reminder | None:
    row = db.execute(
        "SELECT * FROM reminders WHERE conversation_id = ? AND source = ? AND source <> ''",
        (conversation_id, source),
    ).fetchone()
    return reminder_of(row) if row else None


def _waiting(db: sqlite3.Connection, sender: str) -> list[Reminder]:
    rows = db.execute(
        "SELECT r.* FROM reminders r JOIN conversations c ON c.id = r.conversation_id"
        " WHERE c.thread_id = ? AND r.state = 'waiting' ORDER BY r.due_at, r.id",
        (sender,),
    )
    return [reminder_of(row) for row in rows]


def _note_change(db: sqlite3.Connection, reminder: Reminder, source: str) -> bool:
    """Keep a waiting reminder for /undo; False when it is not there."""
    row = db.execute(
        "SELECT * FROM reminders WHERE id = ? AND state = 'waiting'", (reminder.id,)
    ).fetchone()
    if row is None:
        return False
    before = dict(row)
    undo.note(db, reminder.conversation_id, "reminders", reminder.id, source=source, before=before)
    return True
