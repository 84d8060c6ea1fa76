"""The diary: conversations that went quiet, as dated memories.

An entry is a memory of the category `CATEGORY`, so that it is recalled, exported and forgotten like
the rest; `created_at` is when that conversation ended.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from store.clock import from_ms, now_ms, to_ms
from store.database import Database
from store.history import Exchange

CATEGORY = "diary"


@dataclass(frozen=True)
class Chapter:
    """What was said on one day and is not in the diary yet."""

    sender: str  # thread id
    conversation_id: int
    last_id: int  # of its newest message
    ended_at: datetime  # aware UTC
    exchanges: tuple[Exchange, ...]  # oldest first


@dataclass(frozen=True)
class Entry:
    """One entry."""

    id: int  # of the memory: /forget takes it
    content: str
    ended_at: datetime  # aware UTC


class DiaryStore:
    """What the diary has still to tell, and what it tells."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def next_chapter(
        self, *, quiet_since: int, least: int, day_of: Callable[[datetime], date]
    ) -> Chapter | None:
        """The oldest one that ended before `quiet_since` (ms) and has `least` exchanges or more.

        Shorter ones wait: more may be said on that day, else they are told with the next.
        """
        return await self._db.read(lambda db: _next_chapter(db, quiet_since, least, day_of))

    async def keep(self, chapter: Chapter, content: str) -> bool:
        """Write an entry; "" tells nothing of the chapter. False when its words are gone by now."""

        def job(db: sqlite3.Connection) -> bool:
            still = db.execute(
                "SELECT 1 FROM messages WHERE id = ? AND conversation_id = ?",
                (chapter.last_id, chapter.conversation_id),
            ).fetchone()
            if still is None:
                return False
            db.execute(
                "UPDATE conversations SET diary_until = ? WHERE id = ?",
                (chapter.last_id, chapter.conversation_id),
            )
            if content:
                db.execute(
                    "INSERT INTO memories (conversation_id, content, category, source, created_at,"
                    " updated_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        chapter.conversation_id,
                        content,
                        CATEGORY,
                        f"diary:{chapter.last_id}",
                        to_ms(chapter.ended_at),
                        now_ms(),
                    ),
                )
            return True

        return await self._db.write("diary.keep", job)

    async def entries(
        self, sender: str, *, since: int = 0, before: int = 2**62, most: int = 50
    ) -> Sequence[Entry]:
        """The newest entries of conversations that ended in a span of time (ms), oldest first."""
        rows = await self._db.read(
            lambda db: db.execute(
                "SELECT m.id, m.content, m.created_at FROM memories m"
                " JOIN conversations c ON c.id = m.conversation_id"
                " WHERE c.thread_id = ? AND m.category = ? AND m.active = 1"
                " AND m.created_at >= ? AND m.created_at < ? ORDER BY m.created_at DESC LIMIT ?",
                (sender, CATEGORY, since, before, most),
            ).fetchall()
        )
        return [
            Entry(row["id"], row["content"], from_ms(row["created_at"])) for row in reversed(rows)
        ]


def _next_chapter(
    db: sqlite3.Connection, quiet_since: int, least: int, day_of: Callable[[datetime], date]
) -> Chapter | None:
    owners = db.execute(
        "SELECT c.id, c.thread_id, c.diary_until FROM conversations c"
        " WHERE (SELECT max(created_at) FROM messages WHERE conversation_id = c.id"
        "  AND id > c.diary_until) < ? ORDER BY c.id",
        (quiet_since,),
    ).fetchall()
    for owner in owners:
        rows = db.execute(
            "SELECT u.turn_id, u.content AS said, a.content AS reply, a.id, u.created_at"
            " FROM messages u JOIN messages a ON a.turn_id = u.turn_id AND a.role = 'assistant'"
            " WHERE u.conversation_id = ? AND u.role = 'user' AND a.id > ? ORDER BY u.id",
            (owner["id"], owner["diary_until"]),
        ).fetchall()
        day = [row for row in rows if _day(rows[0], day_of) == _day(row, day_of)]
        over = len(day) < len(rows)  # another day has begun: nothing will be added
        if day and (len(day) >= least or over):
            return Chapter(
                owner["thread_id"],
                owner["id"],
                day[-1]["id"],
                from_ms(day[-1]["created_at"]),
                tuple(Exchange(row["turn_id"], row["said"], row["reply"]) for row in day),
            )
    return None


def _day(row: sqlite3.Row, day_of: Callable[[datetime], date]) -> date:
    return day_of(from_ms(row["created_at"]))
