"""What the owner thought of our answers: a reaction to a message of ours, words about a turn.

One emoji a message and one text a turn; the newest counts.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from store import history, outbox
from store.clock import now_ms
from store.database import Database
from store.history import Exchange

EARLIER = 6  # exchanges that are shown before the one that it is about


@dataclass(frozen=True)
class Feedback:
    """All that was said of one answer, and the talk up to it."""

    exchanges: tuple[Exchange, ...]  # oldest first; the last one is what it is about
    emoji: str  # "" if none
    text: str  # "" if none
    said_at: int  # ms
    rows: tuple[str, ...]  # their wa_id


class FeedbackStore:
    """What `wasap eval add` asks about."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def waiting(self) -> list[Feedback]:
        """What nobody has looked at yet, oldest first; nothing of answers that were deleted."""
        return await self._db.read(_waiting)

    async def settle(self, rows: Sequence[str]) -> None:
        """A case was made of these, or they were passed over."""

        def job(db: sqlite3.Connection) -> None:
            statement = "UPDATE feedback SET settled_at = ? WHERE wa_id = ?"
            db.executemany(statement, [(now_ms(), row) for row in rows])

        await self._db.write("feedback.settle", job)


def set_reaction(db: sqlite3.Connection, conversation_id: int, wa_id: str, emoji: str) -> None:
    """Keep the reaction to the message `wa_id`; "" takes it back."""
    _put(db, conversation_id, wa_id, "emoji", emoji)
    db.execute("DELETE FROM feedback WHERE wa_id = ? AND emoji = '' AND text = ''", (wa_id,))


def comment(db: sqlite3.Connection, conversation_id: int, text: str) -> bool:
    """Keep words about the newest answer; False where there is none."""
    turn_id = history.newest_answered(db, conversation_id)
    if turn_id is None:
        return False
    _put(db, conversation_id, turn_id, "text", text)
    return True


def forget_all(db: sqlite3.Connection, conversation_id: int) -> None:
    """The answers are deleted, and what was said of them."""
    db.execute("DELETE FROM feedback WHERE conversation_id = ?", (conversation_id,))


def _put(db: sqlite3.Connection, conversation_id: int, wa_id: str, column: str, value: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO feedback (wa_id, conversation_id, emoji, created_at)"
        " VALUES (?, ?, '', 0)",
        (wa_id, conversation_id),
    )
    db.execute(
        f"UPDATE feedback SET {column} = ?, created_at = ?, settled_at = NULL WHERE wa_id = ?",  # noqa: S608 - ours
        (value, now_ms(), wa_id),
    )


def _waiting(db: sqlite3.Connection) -> list[Feedback]:
    turns: dict[str, list[sqlite3.Row]] = {}
    for row in db.execute("SELECT * FROM feedback WHERE settled_at IS NULL ORDER BY created_at"):
        turns.setdefault(outbox.turn_of(db, row["wa_id"]) or row["wa_id"], []).append(row)
    return [
        Feedback(
            exchanges,
            "".join(row["emoji"] for row in rows),
            "".join(row["text"] for row in rows),
            rows[-1]["created_at"],
            tuple(row["wa_id"] for row in rows),
        )
        for turn_id, rows in turns.items()
        if (exchanges := history.up_to(db, turn_id, EARLIER + 1))
    ]
