"""What the owner deletes is gone from what was said and sent, too.

A turn that deletes quotes what it deletes ("/olvidar ...", "Listo, lo olvidé: ..."), and its
answer has to leave first. So it is written down in `erasures`, and `sweep` takes its own words as
well once they have left.
"""

import sqlite3
from collections.abc import Callable

from store import config, conversations, fulltext, history, inbox, undo
from store.database import Database

# Every table that holds something of the owner's: rows that go, and rows that lose their words but
# stay, so that nothing is taken or said twice. A test holds both against the schema.
ERASED = (
    "messages", "feedback", "memories", "reminders", "notes", "list_items", "lists", "undo",
    "approvals", "media", "chunks", "documents",
)  # fmt: skip
BLANKED = ("inbox", "outbox", "erasures")
ASKED = "erase_asked"  # key in config, + the thread: ms, when everything was asked to go
ECHO = "transcribe"  # key in config, + the thread: set where what was heard is shown
SILENT = "silent"  # key in config, + the thread: set where no answer is said aloud
_LEFT = "state NOT IN ('queued', 'sending', 'unknown', 'held')"
# What was said besides: where it may be blanked, the condition on its owner, what it takes along.
_TEXTS = (
    ("outbox", "body", f"conversation_id = ? AND {_LEFT}", ", template = '', buttons = ''"),
    ("messages", "content", "conversation_id = ?", ""),
    (
        "memories",
        "content",
        "conversation_id = ? AND category = 'diary'",
        ", embedding = NULL, embed_model = NULL",  # the vector is made of the words
    ),
    ("reminders", "text", "conversation_id = ? AND state = 'done'", ""),
    ("conversations", "summary", "id = ?", ""),
    ("feedback", "text", "conversation_id = ?", ""),
)
# An answer on its way must leave first: its turn is swept then.
_SWEEP_LATER = "INSERT OR IGNORE INTO erasures (turn_id, conversation_id) VALUES (?, ?)"


class Erasures:
    """Deletes for good; the graph's port, and the chore that ends it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def asked_at(self, sender: str) -> int:
        """When (ms) this sender asked to erase everything; 0 if not."""
        asked = await self._db.read(lambda db: config.get(db, f"{ASKED}:{sender}"))
        return int(asked or 0)

    async def ask(self, sender: str, now: int) -> None:
        """The sender asks to erase everything; to be confirmed."""
        await self._db.write(
            "erasures.ask", lambda db: config.put(db, f"{ASKED}:{sender}", str(now))
        )

    async def began(self, turn: str) -> bool:
        """Whether this turn has erased already: a crash makes it run twice."""
        found = await self._db.read(
            lambda db: db.execute("SELECT 1 FROM erasures WHERE turn_id = ?", (turn,)).fetchone()
        )
        return found is not None

    async def everything(self, sender: str, turn: str) -> None:
        """Erase all of a sender but the name it is answered by; `turn` is the one that asks."""
        await self._db.write("erasures.everything", lambda db: _everything(db, sender, turn))

    async def redact(self, sender: str, turn: str, redact: Callable[[str], str]) -> None:
        """Take words out of all that was said to and by a sender; `turn` quotes them as well."""
        changes = await self._db.read(lambda db: _changes(db, sender, redact))

        def job(db: sqlite3.Connection) -> None:
            for statement, values in changes:
                db.execute(statement, values)
            _note(db, sender, turn, everything=False)

        await self._db.write("erasures.redact", job)

    async def sweep(self) -> bool:
        """Erase the words of the turns that erased, once they have left, and what can no longer be
        taken back. Whether there was any."""
        if not await self._db.read(lambda db: _due(db) or undo.has_old(db)):
            return False
        await self._db.write("erasures.sweep", _sweep)
        return True


def _note(db: sqlite3.Connection, sender: str, turn: str, *, everything: bool) -> None:
    db.execute(
        "INSERT OR IGNORE INTO erasures (turn_id, conversation_id, everything) VALUES (?, ?, ?)",
        (turn, conversations.ensure_thread(db, sender), int(everything)),
    )


def _everything(db: sqlite3.Connection, sender: str, turn: str) -> None:
    owner = conversations.ensure_thread(db, sender)
    for table in ERASED:
        db.execute(f"DELETE FROM {table} WHERE conversation_id = ?", (owner,))  # noqa: S608 - constants
    fulltext.rebuild(db, "memories")
    fulltext.rebuild(db, "notes")
    fulltext.rebuild(db, "chunks")
    db.execute("UPDATE conversations SET name = '' WHERE id = ?", (owner,))
    history.keep_summary(db, owner, "", "")
    for key in (ASKED, ECHO, SILENT):
        config.drop(db, f"{key}:{sender}")
    _note(db, sender, turn, everything=True)


def _changes(
    db: sqlite3.Connection, sender: str, redact: Callable[[str], str]
) -> list[tuple[str, tuple[object, ...]]]:
    owner = conversations.id_of_thread(db, sender)
    changes: list[tuple[str, tuple[object, ...]]] = []
    for row in db.execute(
        "SELECT id, wa_id, text, payload, heard FROM inbox"
        " WHERE conversation_id = ? AND state = 'done'",
        (owner,),
    ):
        text, heard = redact(row["text"]), redact(row["heard"] or "")
        if heard != (row["heard"] or ""):  # the file says it as well
            changes.append(("DELETE FROM media WHERE wa_id = ?", (row["wa_id"],)))
        elif text == row["text"] and redact(row["payload"]) == row["payload"]:
            continue
        update = "UPDATE inbox SET text = ?, heard = ?, payload = '{}' WHERE id = ?"
        changes.append((update, (text, heard, row["id"])))
    for turn, body in _on_their_way(db, owner):
        if redact(body) != body:
            changes.append((_SWEEP_LATER, (turn, owner)))
    for table, column, condition, more in _TEXTS:
        for row in db.execute(
            f"SELECT rowid AS row, {column} AS text FROM {table} WHERE {condition}",  # noqa: S608 - constants
            (owner,),
        ):
            if (left := redact(row["text"])) != row["text"]:
                update = f"UPDATE {table} SET {column} = ?{more} WHERE rowid = ?"  # noqa: S608 - constants
                changes.append((update, (left, row["row"])))
    return changes


def sweep_unsent(db: sqlite3.Connection, conversation_id: int) -> None:
    """Answers of a deleted conversation that have not left yet go once they have."""
    for turn, _ in _on_their_way(db, conversation_id):
        db.execute(_SWEEP_LATER, (turn, conversation_id))


def _on_their_way(db: sqlite3.Connection, conversation_id: int | None) -> list[tuple[str, str]]:
    """Turn and text of the parts of answers that are still to be sent."""
    rows = db.execute(
        "SELECT substr(key, 6) AS turn, body FROM outbox WHERE conversation_id = ?"  # noqa: S608 - constants
        f" AND substr(key, 1, 5) = 'turn:' AND NOT {_LEFT}",
        (conversation_id,),
    )
    return [(row["turn"], row["body"]) for row in rows]


def _due(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Erasures whose turn has ended and whose answer has left, each with its last rows."""
    return db.execute(
        "SELECT e.turn_id, e.conversation_id, e.everything,"
        " (SELECT max(id) FROM inbox i WHERE i.turn_id = e.turn_id) AS last_in,"
        " (SELECT max(id) FROM outbox o WHERE o.key = 'turn:' || e.turn_id) AS last_out"
        " FROM erasures e WHERE NOT EXISTS (SELECT 1 FROM inbox i WHERE i.state <> 'done'"
        " AND i.conversation_id = e.conversation_id AND i.turn_id = e.turn_id)"
        " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key = 'turn:' || e.turn_id"
        " AND o.state IN ('queued', 'sending', 'unknown', 'held'))"
    ).fetchall()


def _sweep(db: sqlite3.Connection) -> None:
    undo.forget_old(db)
    for row in _due(db):
        whole = row["everything"]
        mine = {"owner": row["conversation_id"], "turn": row["turn_id"]}
        before_in = "id <= :last" if whole else "turn_id = :turn"
        before_out = "id <= :last" if whole else "key = 'turn:' || :turn"
        db.execute(
            f"UPDATE inbox SET {inbox.BLANK} WHERE conversation_id = :owner"  # noqa: S608 - constants
            f" AND state = 'done' AND {before_in}",
            {**mine, "last": row["last_in"]},
        )
        db.execute(
            "UPDATE outbox SET body = '', template = '', buttons = ''"  # noqa: S608 - constants
            f" WHERE conversation_id = :owner AND {_LEFT} AND {before_out}",
            {**mine, "last": row["last_out"]},
        )
        db.execute(
            "DELETE FROM outbox_files WHERE outbox_id IN"
            " (SELECT id FROM outbox WHERE conversation_id = ? AND id < ?)",
            (row["conversation_id"], row["last_out"]),
        )
        db.execute("DELETE FROM erasures WHERE turn_id = ?", (row["turn_id"],))
