"""The transactions that carry a message from arrival to answer.

Each method is one commit: a crash leaves either all of it or none.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from store import conversations, history, inbox, outbox
from store.conversations import Conversation, Sender
from store.database import Database
from store.inbox import Arrival, InboxMessage, Waiting
from store.outbox import Part


@dataclass(frozen=True)
class Turn:
    """Messages of one sender that get one answer."""

    id: str  # the first message's WhatsApp id; also the id of the graph's HumanMessage
    conversation: Conversation
    messages: tuple[InboxMessage, ...]
    resumed: bool = False  # a process that did not finish it may have begun it


@dataclass(frozen=True)
class Delivery:
    """What one webhook holds for us."""

    messages: tuple[tuple[Sender, Arrival], ...]
    statuses: tuple["Status", ...]


@dataclass(frozen=True)
class Status:
    """What became of a message we sent."""

    wa_id: str
    status: str  # sent, delivered, read, failed
    callback: str = ""  # our outbox id, as Meta hands it back
    code: int | None = None  # Graph API error code of a failure


@dataclass(frozen=True)
class Taken:
    """What a delivery changed: conversations to wake, and what was left out."""

    answer: frozenset[int]
    send: frozenset[int]
    stored: int
    duplicates: int
    strangers: int


class Ledger:
    """Conversations, inbox, outbox and messages."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def take(self, delivery: Delivery, *, allowed: Callable[[Sender], bool]) -> Taken:
        """Store a webhook's messages and statuses. Nothing of a stranger is kept.

        A person known by BSUID alone is allowed if the phone number it came with once is.
        """
        return await self._db.write(lambda db: _take(db, delivery, allowed))

    async def waiting(self, conversation_id: int) -> Waiting | None:
        """What the sender's worker would claim now."""
        return await self._db.read(lambda db: inbox.waiting(db, conversation_id))

    async def claim(self, conversation_id: int, *, merge: bool) -> Turn | None:
        """Take the sender's next turn."""

        def job(db: sqlite3.Connection) -> Turn | None:
            claimed = inbox.claim(db, conversation_id, merge=merge)
            if claimed is None:
                return None
            owner = conversations.by_id(db, conversation_id)
            return Turn(claimed.turn_id, owner, claimed.messages, claimed.resumed)

        return await self._db.write(job)

    async def finish(
        self, turn: Turn, *, said: str, reply: str, parts: Sequence[str], keep: bool = True
    ) -> bool:
        """End a turn: history, outbox and inbox in one commit. False if it had ended before.

        `said` is the user's side as text; `keep` False (commands) leaves the history as it is.
        """

        def job(db: sqlite3.Connection) -> bool:
            if not inbox.close_turn(db, turn.id):
                return False
            owner = turn.conversation.id
            if keep:
                history.add(
                    db, owner, role="user", content=said, wa_message_id=turn.id, turn_id=turn.id
                )
                history.add(db, owner, role="assistant", content=reply, turn_id=turn.id)
            outbox.add(db, owner, f"turn:{turn.id}", parts)
            return True

        return await self._db.write(job)

    async def notice(self, conversation_id: int, key: str, body: str) -> bool:
        """Queue a sentence that is no answer; False when this key was used before."""
        return await self._db.write(
            lambda db: outbox.add(db, conversation_id, f"notice:{key}", [body]) == 1
        )

    async def unfinished(self) -> list[int]:
        """Conversations with messages to answer."""
        return await self._db.read(inbox.open_conversations)

    async def recover_outbox(self) -> list[int]:
        """Once at start: settle what a crash left, and name conversations with parts to send."""
        return await self._db.write(outbox.recover)

    async def next_part(self, conversation_id: int) -> tuple[Part, Conversation] | None:
        """The part to send next, with where it goes."""

        def job(db: sqlite3.Connection) -> tuple[Part, Conversation] | None:
            part = outbox.head(db, conversation_id)
            return (part, conversations.by_id(db, conversation_id)) if part else None

        return await self._db.read(job)

    async def begin_send(self, part_id: int) -> None:
        """The request is about to leave."""
        await self._db.write(lambda db: outbox.begin(db, part_id))

    async def mark_sent(self, part_id: int, wa_id: str) -> None:
        """Meta accepted the part."""
        await self._db.write(lambda db: outbox.sent(db, part_id, wa_id))

    async def retry_send(self, part_id: int, *, due_at: int, code: int | None) -> None:
        """Meta did not take the part; again at `due_at` (ms)."""
        await self._db.write(lambda db: outbox.retry(db, part_id, due_at=due_at, code=code))

    async def mark_unknown(self, part_id: int, *, due_at: int) -> None:
        """Nobody knows whether Meta has the part."""
        await self._db.write(lambda db: outbox.unknown(db, part_id, due_at=due_at))

    async def mark_failed(self, part_id: int, code: int | None) -> None:
        """The part will not be sent."""
        await self._db.write(lambda db: outbox.failed(db, part_id, code))

    async def outbox_depth(self) -> int:
        """Parts not sent yet, over all conversations."""
        return await self._db.read(outbox.depth)

    async def clear(self, sender: str) -> int:
        """Delete what a thread said and was told (the graph's History port)."""

        def job(db: sqlite3.Connection) -> int:
            owner = conversations.id_of_thread(db, sender)
            if owner is None:
                return 0
            inbox.erase_texts(db, owner)
            outbox.erase_texts(db, owner)
            return history.clear(db, owner)

        return await self._db.write(job)


def _take(db: sqlite3.Connection, delivery: Delivery, allowed: Callable[[Sender], bool]) -> Taken:
    answer, send = set(), set()
    stored = duplicates = strangers = 0
    for sender, arrival in delivery.messages:
        if not any(allowed(known) for known in conversations.names_of(db, sender)):
            strangers += 1
            continue
        conversation = conversations.resolve(db, sender)
        if not inbox.add(db, conversation.id, arrival):
            duplicates += 1
            continue
        stored += 1
        answer.add(conversation.id)
    for status in delivery.statuses:
        owner = outbox.apply_status(
            db,
            wa_id=status.wa_id,
            callback=status.callback,
            status=status.status,
            code=status.code,
        )
        if owner is not None:
            send.add(owner)
    return Taken(frozenset(answer), frozenset(send), stored, duplicates, strangers)
