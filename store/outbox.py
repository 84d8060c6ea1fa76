"""What we say: one row a part, sent in order per conversation, moving forward only.

queued -> sending -> sent -> delivered -> read; failed; unknown (the request left, no answer came:
a status webhook that carries our id settles it (store.statuses), else it is sent once more).
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from store import conversations, history
from store.clock import now_ms
from store.conversations import Conversation

OF_TURN = "turn:"  # begins the key of an answer; the turn's id follows
NEWEST = 20  # parts that are looked at for a failure nobody knows of yet


@dataclass(frozen=True)
class File:
    """A document, or what is said aloud."""

    name: str
    mime_type: str
    content: bytes


class Button(NamedTuple):
    """A reply button; its id comes back when it is tapped."""

    id: str
    title: str
    about: str = ""  # for where there is room under the title


@dataclass(frozen=True)
class Part:
    """The next thing to send to a conversation."""

    id: int
    conversation_id: int
    body: str
    state: str
    attempts: int
    due_at: int  # ms
    created_at: int  # ms
    file: File | None = None  # then `body` is empty, or said in it
    buttons: tuple[Button, ...] = ()  # under the body
    template: str = ""  # what an approved template can say instead, whenever it is; "" if none
    spoken: bool = False  # `body` is said aloud; the part before said it in writing

    @property
    def callback(self) -> str:
        """What names the part in its statuses; not the id alone, which a new file begins anew."""
        return f"{self.id}-{self.created_at}"


def add(
    db: sqlite3.Connection,
    conversation_id: int,
    key: str,
    bodies: Sequence[str],
    buttons: Sequence[Button] = (),
    template: str = "",
    spoken: str = "",
) -> int:
    """Queue the parts of one saying; parts whose key is known are left alone. How many are new.

    `buttons` stand under the last part; `spoken` is said aloud after it. While something is held
    for the owner they are held too, or they would overtake it; but not with a `template`, which
    need not wait.
    """
    now = now_ms()
    state = "held" if not template and _holds_any(db, conversation_id) else "queued"
    added = 0
    for number, body in enumerate([*bodies, spoken] if spoken else bodies):
        under = json.dumps(buttons) if buttons and number == len(bodies) - 1 else ""
        added += db.execute(
            "INSERT OR IGNORE INTO outbox (conversation_id, key, part, body, buttons, template,"
            " spoken, state, due_at, created_at, updated_at)"
            " VALUES (:owner, :key, :part, :body, :buttons, :template, :spoken, :state, :now, :now,"
            " :now)",
            {
                "owner": conversation_id,
                "key": key,
                "part": number,
                "body": body,
                "buttons": under,
                "template": template,
                "spoken": int(number == len(bodies)),
                "state": state,
                "now": now,
            },
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


def keep_sound(db: sqlite3.Connection, part_id: int, file: File) -> None:
    """What a spoken part sounds like."""
    db.execute(
        "INSERT OR IGNORE INTO outbox_files VALUES (?, ?, ?, ?)",
        (part_id, file.name, file.mime_type, file.content),
    )


def _holds_any(db: sqlite3.Connection, conversation_id: int) -> bool:
    held = "SELECT 1 FROM outbox WHERE conversation_id = ? AND state = 'held' LIMIT 1"
    return db.execute(held, (conversation_id,)).fetchone() is not None


def is_held(db: sqlite3.Connection, conversation_id: int, key: str) -> bool:
    """Whether something whose key begins with `key` waits for the owner to write."""
    row = db.execute(
        "SELECT 1 FROM outbox WHERE conversation_id = :owner AND state = 'held'"
        " AND substr(key, 1, length(:key)) = :key",
        {"owner": conversation_id, "key": key},
    ).fetchone()
    return row is not None


def drop_held(db: sqlite3.Connection, conversation_id: int, key: str) -> None:
    """Something newer says it now: what is held under a key that begins with `key` goes."""
    db.execute(
        "DELETE FROM outbox WHERE conversation_id = :owner AND state = 'held'"
        " AND substr(key, 1, length(:key)) = :key",
        {"owner": conversation_id, "key": key},
    )


@dataclass(frozen=True)
class Next:
    """The head of a conversation's outbox, as it was."""

    part: Part
    conversation: Conversation
    leaves: bool  # marked as leaving: whoever asked must send it now


Ready = Callable[[Part, Conversation], bool]  # whether a part may leave now


def head(db: sqlite3.Connection, conversation_id: int) -> Part | None:
    """The oldest unsettled part: nothing after it may overtake it."""
    row = db.execute(
        "SELECT id, conversation_id, body, buttons, template, spoken, state, attempts, due_at,"
        " created_at FROM outbox"
        " WHERE conversation_id = ? AND state IN ('queued', 'sending', 'unknown')"
        " ORDER BY id LIMIT 1",
        (conversation_id,),
    ).fetchone()
    if row is None:
        return None
    found = db.execute(
        "SELECT name, mime_type, content FROM outbox_files WHERE outbox_id = ?", (row["id"],)
    ).fetchone()
    buttons = tuple(Button(*one) for one in json.loads(row["buttons"] or "[]"))
    file = File(**found) if found else None
    spoken = bool(row["spoken"])
    return Part(**{**dict(row), "buttons": buttons, "spoken": spoken}, file=file)


def take_next(db: sqlite3.Connection, conversation_id: int, ready: Ready) -> Next | None:
    """The head of a conversation's outbox; marked as leaving when it is `ready`."""
    part = head(db, conversation_id)
    if part is None:
        return None
    owner = conversations.by_id(db, conversation_id)
    leaves = ready(part, owner)
    if leaves:
        begin(db, part.id)
    return Next(part, owner, leaves)


def begin(db: sqlite3.Connection, part_id: int) -> None:
    """Written before the request leaves, so that a crash in between is seen as unknown."""
    db.execute(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, updated_at = ?"
        " WHERE id = ? AND state IN ('queued', 'unknown')",
        (now_ms(), part_id),
    )


def sent(db: sqlite3.Connection, part_id: int, wa_id: str) -> None:
    """Meta accepted it under this id. A status of it may have been faster and knows more."""
    db.execute(
        "UPDATE outbox SET wa_id = :wa_id, sent_at = coalesce(sent_at, :now), updated_at = :now,"
        " state = CASE WHEN state IN ('delivered', 'read') OR wa_id = :wa_id THEN state"
        " ELSE 'sent' END WHERE id = :id",
        {"wa_id": wa_id, "now": now_ms(), "id": part_id},
    )
    drop_file(db, part_id)


def retry(db: sqlite3.Connection, part_id: int, *, due_at: int, code: int | None) -> None:
    """Not accepted, try again at `due_at` (ms)."""
    db.execute(
        "UPDATE outbox SET state = 'queued', due_at = ?, error_code = ?, updated_at = ?"
        " WHERE id = ? AND state = 'sending'",
        (due_at, code, now_ms(), part_id),
    )


def without_buttons(db: sqlite3.Connection, part_id: int, *, code: int | None) -> None:
    """Not accepted with buttons: its text goes alone, at once."""
    drop_buttons(db, part_id)
    retry(db, part_id, due_at=now_ms(), code=code)


def drop_buttons(db: sqlite3.Connection, part_id: int) -> None:
    """The text is to go without them, whenever it goes."""
    db.execute("UPDATE outbox SET buttons = '' WHERE id = ?", (part_id,))


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
    drop_file(db, part_id)
    unsay(db, part_id)


def unsay(db: sqlite3.Connection, part_id: int) -> None:
    """An answer that failed for good was not said: it leaves the history. Its text may have been,
    where it failed to be said aloud."""
    row = db.execute(
        "SELECT key FROM outbox WHERE id = ? AND state = 'failed' AND NOT spoken", (part_id,)
    ).fetchone()
    if row is not None and row["key"].startswith(OF_TURN):
        history.unsay(db, row["key"].removeprefix(OF_TURN))


def failed_since(db: sqlite3.Connection, conversation_id: int, since: int) -> bool:
    """Whether an answer in the history has failed for good since `since` (ms)."""
    row = db.execute(
        "SELECT 1 FROM (SELECT key, state, updated_at FROM outbox WHERE conversation_id = :owner"
        " AND NOT spoken ORDER BY id DESC LIMIT :newest)"
        " WHERE state = 'failed' AND updated_at >= :since"
        " AND EXISTS (SELECT 1 FROM messages WHERE turn_id = substr(key, length(:of_turn) + 1))",
        {"owner": conversation_id, "newest": NEWEST, "of_turn": OF_TURN, "since": since},
    ).fetchone()
    return row is not None


def drop_file(db: sqlite3.Connection, part_id: int) -> None:
    """Nothing will ask for what the part carried: it has arrived, or never will."""
    db.execute("DELETE FROM outbox_files WHERE outbox_id = ?", (part_id,))


def hold(db: sqlite3.Connection, part_id: int, code: int | None) -> None:
    """Meta's 24 hours are over: kept until the owner writes again, with all that comes after it but
    what a template can say."""
    db.execute(
        "UPDATE outbox SET state = 'held', error_code = :code, updated_at = :now"
        " WHERE conversation_id = (SELECT conversation_id FROM outbox WHERE id = :id)"
        " AND (id = :id AND state IN ('queued', 'sending', 'unknown')"
        " OR id > :id AND state = 'queued' AND template = '')",
        {"code": code, "now": now_ms(), "id": part_id},
    )


def release(
    db: sqlite3.Connection, conversation_id: int, intro: Callable[[], str], max_chars: int
) -> bool:
    """The owner wrote: queue what was held, in order, `intro` before the first. Whether any was.

    `intro` stands there once however often it is held, and not where it would make the part longer
    than `max_chars`.
    """
    first = db.execute(
        "SELECT min(id) AS id FROM outbox WHERE conversation_id = ? AND state = 'held'",
        (conversation_id,),
    ).fetchone()["id"]
    if first is None:
        return False
    db.execute(
        "UPDATE outbox SET body = :intro || char(10) || body WHERE id = :id"
        " AND body <> '' AND substr(body, 1, length(:intro)) <> :intro"
        " AND length(body) + length(:intro) < :max",
        {"intro": intro(), "id": first, "max": max_chars},
    )
    db.execute(
        "UPDATE outbox SET state = 'queued', due_at = :now, updated_at = :now, attempts = 0,"
        " template = '' WHERE conversation_id = :owner AND state = 'held'",
        {"now": now_ms(), "owner": conversation_id},
    )
    return True


def recover(db: sqlite3.Connection, settle_ms: int) -> list[int]:
    """After a crash: what was being sent is unknown, and sent again when no status has settled it
    in `settle_ms` from now. Conversations with something to send.

    What was unknown before waits that long too: no status could come in while we were away. What
    waits for its next try is tried at once: who starts us anew may have changed a setting, and
    whether it helped should show.
    """
    now = now_ms()
    db.execute("UPDATE outbox SET due_at = ? WHERE state = 'queued' AND due_at > ?", (now, now))
    db.execute(
        "UPDATE outbox SET state = 'unknown', due_at = :due, updated_at = :now"
        " WHERE state = 'sending' OR (state = 'unknown' AND due_at < :due)",
        {"due": now + settle_ms, "now": now},
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
    said = "SELECT coalesce(nullif(template, ''), body) AS said FROM outbox WHERE wa_id = ?"
    row = db.execute(said, (wa_id,)).fetchone()
    return row["said"] if row else ""


def turn_of(db: sqlite3.Connection, wa_id: str) -> str | None:
    """The id of the turn that a message of ours answered; None for other sayings."""
    row = db.execute("SELECT key FROM outbox WHERE wa_id = ?", (wa_id,)).fetchone()
    key: str = row["key"] if row else ""
    return key.removeprefix(OF_TURN) if key.startswith(OF_TURN) else None


def answered_at(db: sqlite3.Connection, turn_id: str) -> int | None:
    """When a turn had its answer (ms); None as long as it has none."""
    said = "SELECT created_at FROM outbox WHERE key = ? AND part = 0"
    row = db.execute(said, (OF_TURN + turn_id,)).fetchone()
    return row["created_at"] if row else None


def erase_texts(db: sqlite3.Connection, conversation_id: int) -> None:
    """Forget what was said; rows stay for their keys and the month's count."""
    db.execute(
        "UPDATE outbox SET body = '', template = '', buttons = '' WHERE conversation_id = ?"
        " AND state NOT IN ('queued', 'sending', 'unknown', 'held')",
        (conversation_id,),
    )
