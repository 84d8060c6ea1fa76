"""The transactions that carry a message from arrival to answer.

Each method is one commit: a crash leaves either all of it or none.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from store import (
    approvals,
    config,
    conversations,
    documents,
    erasure,
    feedback,
    history,
    inbox,
    intake,
    media,
    memories,
    outbox,
    reminders,
    undo,
)
from store.approvals import Approval, Settled
from store.clock import now_ms
from store.conversations import Conversation
from store.database import Database
from store.inbox import InboxMessage, Waiting
from store.intake import Inbound, Rules, Taken
from store.outbox import Button, File, Next, Part, Ready
from store.statuses import Status

OUTAGE = "model_outage"  # key in config


@dataclass(frozen=True)
class Turn:
    """Messages of one sender that get one answer."""

    id: str  # the first message's WhatsApp id; also the id of the graph's HumanMessage
    conversation: Conversation
    messages: tuple[InboxMessage, ...]
    resumed: bool = False  # a process that did not finish it may have begun it
    followed: bool = False  # more of the sender's messages wait behind it
    settled: Settled | None = None  # what it is to a question that waited
    request: "Turn | None" = None  # the turn that goes on where it is a yes or a no


@dataclass(frozen=True)
class Past:
    """A turn that was, or still is."""

    turn: Turn
    answered_at: int | None  # ms; None: not yet


class Ledger:
    """Conversations, inbox, outbox and messages."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def take(self, events: Sequence[Inbound | Status], rules: Rules) -> Taken:
        """Store what one webhook holds, in one commit; see store.intake."""
        return await self._db.write("ledger.take", lambda db: intake.take(db, events, rules))

    async def claim(
        self, conversation_id: int, *, merge: bool, delay_s: Callable[[Waiting], float]
    ) -> Turn | float | None:
        """Take the sender's next turn; or the seconds to leave it, by `delay_s`; or None."""

        def job(db: sqlite3.Connection) -> Turn | float | None:
            waiting = inbox.waiting(db, conversation_id)
            if waiting is None:
                return None
            # What may be an answer to a question stands alone, and goes on at once.
            asked = approvals.is_open(db, conversation_id)
            if not (asked or waiting.tap) and (seconds := delay_s(waiting)) > 0:
                return seconds
            claim = inbox.claim(db, conversation_id, merge=merge and not asked)
            owner = conversations.by_id(db, conversation_id)
            turn = Turn(
                claim.turn_id,
                owner,
                claim.messages,
                claim.resumed,
                followed=waiting.messages > len(claim.messages),
            )
            return turn if turn.messages[0].kind == "silent" else _settled(db, turn)

        # A power cut may take it: what was begun is begun again then. What arrives later is synced,
        # and this with it, so that the turn has the same messages again.
        return await self._db.write("ledger.claim", job, synced=False)

    async def finish(
        self,
        turn: Turn,
        *,
        said: str,
        reply: str,
        parts: Sequence[str],
        keep: bool = True,
        asks: Approval | None = None,
        buttons: Sequence[Button] = (),
        spoken: str = "",
    ) -> bool:
        """End a turn: history, outbox and inbox in one commit. False if it had ended before.

        `said` is the user's side as text; `keep` False (commands) leaves the history as it is.
        `asks`: its reply is a question, with `buttons` under the last part. `spoken`: what is said
        aloud after the parts.
        """

        def job(db: sqlite3.Connection) -> bool:
            if not inbox.close_turn(db, turn.id):
                return False
            memories.drop_forgotten(db, turn.id)
            documents.drop_deleted(db, turn.id)
            owner = turn.conversation.id
            if keep:
                history.add(
                    db, owner, role="user", content=said, wa_message_id=turn.id, turn_id=turn.id
                )
                history.add(db, owner, role="assistant", content=reply, turn_id=turn.id)
            outbox.add(db, owner, outbox.OF_TURN + turn.id, parts, buttons, spoken=spoken)
            approvals.close(db, turn.id)
            if asks is not None:
                approvals.ask(db, owner, asks)
            return True

        return await self._db.write("ledger.finish", job)

    async def conversations(self) -> list[Conversation]:
        """Everybody who has written."""
        return await self._db.read(conversations.all_of_them)

    async def told(self, conversation_id: int, most: int) -> history.Told:
        """The summary and the turns after it, the newest `most` of them."""
        return await self._db.read(lambda db: history.told(db, conversation_id, most))

    async def keep_summary(self, sender: str, summary: str, *, ends_at: str | None = None) -> None:
        """What a thread folded away; see store.history (the graph's History port)."""

        def job(db: sqlite3.Connection) -> None:
            owner = conversations.id_of_thread(db, sender)
            if owner is not None:
                history.keep_summary(db, owner, summary, ends_at)

        await self._db.write("ledger.keep_summary", job)

    async def turn_of(self, conversation: Conversation, wa_id: str) -> Turn | None:
        """The turn that answered this message, with its messages as they are now.

        None when the history does not hold it: commands never, others until /clear.
        """

        def job(db: sqlite3.Connection) -> Turn | None:
            messages = inbox.of_turn(db, wa_id)
            if not messages or not history.has(db, messages[0].wa_id):
                return None
            return Turn(messages[0].wa_id, conversation, tuple(messages))

        return await self._db.read(job)

    async def past(self, wa_id: str) -> Past | None:
        """The turn of a message, theirs or ours; None for what belongs to no turn."""

        def job(db: sqlite3.Connection) -> Past | None:
            messages = inbox.of_turn(db, outbox.turn_of(db, wa_id) or wa_id)
            if not messages:
                return None
            turn_id = messages[0].wa_id
            owner = conversations.by_id(db, inbox.conversation_of(db, turn_id))
            turn = Turn(turn_id, owner, tuple(messages))
            return Past(turn, outbox.answered_at(db, turn_id))

        return await self._db.read(job)

    async def take_back(self, turn: Turn, earlier: Turn | None, said: str) -> None:
        """End the turn of a deletion; the history has `said` for what `earlier` asked."""

        def job(db: sqlite3.Connection) -> None:
            inbox.close_turn(db, turn.id)
            if earlier is not None:
                history.rewrite(db, earlier.id, said)

        await self._db.write("ledger.finish", job)

    async def notice(self, conversation_id: int, key: str, body: str) -> bool:
        """Queue a sentence that is no answer; False when it was said to them under this key."""
        key = f"notice:{conversation_id}:{key}"
        return await self._db.write(
            "ledger.notice", lambda db: outbox.add(db, conversation_id, key, [body]) == 1
        )

    async def outage(self) -> str:
        """The name of the model's outage that goes on, begun now if there was none."""

        def job(db: sqlite3.Connection) -> str:
            began = config.get(db, OUTAGE) or str(now_ms())
            config.put(db, OUTAGE, began)
            return began

        return await self._db.write("ledger.outage", job)

    async def end_outage(self) -> None:
        """The model answers again."""
        await self._db.write("ledger.end_outage", lambda db: config.drop(db, OUTAGE))

    async def unfinished(self) -> list[int]:
        """Conversations with messages to answer."""
        return await self._db.read(inbox.open_conversations)

    async def recover_outbox(self, settle_ms: int) -> list[int]:
        """Once at start: see to what a crash left, and name conversations with parts to send."""
        return await self._db.write(
            "ledger.recover_outbox", lambda db: outbox.recover(db, settle_ms)
        )

    async def next_part(self, conversation_id: int, *, ready: Ready) -> Next | None:
        """The part to send next; when it is `ready`, it is marked as leaving in the same commit."""
        return await self._db.write(
            "ledger.next_part", lambda db: outbox.take_next(db, conversation_id, ready)
        )

    async def mark_sent(self, part: Part, wa_id: str, *, ready: Ready) -> Next | None:
        """Meta accepted the part; the one after it, as by `next_part`, in the same commit."""

        def job(db: sqlite3.Connection) -> Next | None:
            outbox.sent(db, part.id, wa_id)
            return outbox.take_next(db, part.conversation_id, ready)

        return await self._db.write("ledger.mark_sent", job)

    async def retry_send(self, part_id: int, *, due_at: int, code: int | None) -> None:
        """Meta did not take the part; again at `due_at` (ms)."""
        await self._db.write(
            "ledger.retry_send", lambda db: outbox.retry(db, part_id, due_at=due_at, code=code)
        )

    async def mark_unknown(self, part_id: int, *, due_at: int) -> None:
        """Nobody knows whether Meta has the part."""
        await self._db.write(
            "ledger.mark_unknown", lambda db: outbox.unknown(db, part_id, due_at=due_at)
        )

    async def drop_buttons(self, part_id: int, code: int | None) -> None:
        """Send the part as a text without buttons."""
        await self._db.write(
            "ledger.drop_buttons", lambda db: outbox.without_buttons(db, part_id, code=code)
        )

    async def keep_sound(self, part_id: int, file: File) -> None:
        """A spoken part has got its sound: it can be sent."""
        await self._db.write("ledger.keep_sound", lambda db: outbox.keep_sound(db, part_id, file))

    async def mark_failed(self, part_id: int, code: int | None) -> None:
        """The part will not be sent."""
        await self._db.write("ledger.mark_failed", lambda db: outbox.failed(db, part_id, code))

    async def hold_send(self, part: Part, code: int | None, *, wrote_at: int) -> bool:
        """Keep the part until the owner writes again; False if that was just now.

        `wrote_at` (ms): the owner's newest message as the sender of the part knew it.
        """

        def job(db: sqlite3.Connection) -> bool:
            if conversations.by_id(db, part.conversation_id).last_wrote_at > wrote_at:
                outbox.retry(db, part.id, due_at=now_ms(), code=code)
                return False
            outbox.hold(db, part.id, code)
            return True

        return await self._db.write("ledger.hold_send", job)

    async def respell(self, conversation_id: int, send_to: str, *, respelled: bool) -> None:
        """Send to another spelling of the number from now on."""
        await self._db.write(
            "ledger.respell",
            lambda db: conversations.respell(db, conversation_id, send_to, respelled=respelled),
        )

    async def quoted_text(self, wa_id: str) -> str:
        """What the message says that somebody answers to, ours or theirs; "" when unknown."""
        return await self._db.read(lambda db: outbox.text_of(db, wa_id) or inbox.text_of(db, wa_id))

    async def hear(self, wa_id: str, heard: str, remark: str) -> None:
        """Keep what the file of a message says, so that it is read once."""
        await self._db.write("ledger.hear", lambda db: inbox.hear(db, wa_id, heard, remark))

    async def echoes(self, sender: str) -> bool:
        """Whether answers begin with what was heard (the graph's History port)."""
        return await self._is_set(f"{erasure.ECHO}:{sender}")

    async def set_echo(self, sender: str, *, on: bool) -> None:
        """Let answers begin with what was heard, or not."""
        await self._db.write("ledger.set_echo", _setting(f"{erasure.ECHO}:{sender}", on=on))

    async def speaks(self, sender: str) -> bool:
        """Whether answers to voice notes may be said aloud (the graph's History port)."""
        return not await self._is_set(f"{erasure.SILENT}:{sender}")

    async def set_voice(self, sender: str, *, on: bool) -> None:
        """Let answers to voice notes be said aloud, or not."""
        await self._db.write("ledger.set_voice", _setting(f"{erasure.SILENT}:{sender}", on=not on))

    async def _is_set(self, key: str) -> bool:
        return bool(await self._db.read(lambda db: config.get(db, key)))

    async def earlier(self, turn: Turn, type_: str, *, since: int) -> list[InboxMessage]:
        """The sender's messages of one type up to this turn, its own included, sent after `since`
        (ms); the newest first."""
        owner, last = turn.conversation.id, turn.messages[-1]
        return await self._db.read(
            lambda db: inbox.of_type(db, owner, type_, since=since, until=last)
        )

    async def undelivered(self, turn: Turn) -> bool:
        """Whether an answer has failed for good since the sender's message before this turn."""

        def job(db: sqlite3.Connection) -> bool:
            owner = turn.conversation.id
            since = inbox.chatted_before(db, turn.messages[0], owner)
            return outbox.failed_since(db, owner, since)

        return await self._db.read(job)

    async def comment(self, sender: str, text: str) -> bool:
        """Keep what a sender says of our newest answer (the graph's History port); False where
        there is none."""

        def job(db: sqlite3.Connection) -> bool:
            owner = conversations.id_of_thread(db, sender)
            return owner is not None and feedback.comment(db, owner, text)

        return await self._db.write("ledger.comment", job)

    async def delivered_since(self, since: int) -> int:
        """Messages delivered after `since` (ms): what Meta counts."""
        return await self._db.read(lambda db: outbox.delivered_since(db, since))

    async def inbox_depth(self) -> int:
        """Messages not answered yet, over all conversations."""
        return await self._db.read(inbox.depth)

    async def outbox_depth(self) -> int:
        """Parts not sent yet, over all conversations."""
        return await self._db.read(outbox.depth)

    async def clear(self, sender: str) -> int:
        """Delete what a thread said and was told (the graph's History port)."""

        def job(db: sqlite3.Connection) -> int:
            owner = conversations.id_of_thread(db, sender)
            if owner is None:
                return 0
            media.forget_said(db, owner)
            inbox.erase_texts(db, owner)
            outbox.erase_texts(db, owner)
            erasure.sweep_unsent(db, owner)
            reminders.forget_done(db, owner)
            undo.forget_all(db, owner)
            feedback.forget_all(db, owner)
            return history.clear(db, owner)

        return await self._db.write("ledger.clear", job)


def _setting(key: str, *, on: bool) -> Callable[[sqlite3.Connection], None]:
    def job(db: sqlite3.Connection) -> None:
        if on:
            config.put(db, key, "on")
        else:
            config.drop(db, key)

    return job


def _settled(db: sqlite3.Connection, turn: Turn) -> Turn:
    """The turn, with what it is to a question of ours."""
    settled = approvals.settle(db, turn.conversation.id, turn.id, turn.messages[0])
    if settled is None or settled.approval is None or settled.verdict == "other":
        return replace(turn, settled=settled)
    asked = settled.approval.request
    request = Turn(asked, turn.conversation, tuple(inbox.of_turn(db, asked)))
    return replace(turn, settled=settled, request=request)
