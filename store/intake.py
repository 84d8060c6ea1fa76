"""What a webhook changes: each delivery is taken whole, in its order, in one transaction."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from store import conversations, documents, feedback, inbox, loops, media, outbox, statuses
from store.clock import now_ms
from store.conversations import Sender
from store.inbox import Arrival
from store.statuses import Status

MINUTE_MS = 60_000
LOOP_NOTICE_MS = 60 * MINUTE_MS  # one sentence about a loop an hour: more would feed it

FREE_DELIVERED = 1_000  # messages a month and number that Meta does not charge (October 2026)
WARN_DELIVERED = FREE_DELIVERED * 8 // 10


@dataclass(frozen=True)
class Reaction:
    """An emoji put on a message; "" when it was taken back."""

    target: str
    emoji: str


@dataclass(frozen=True)
class Edit:
    """New words for an earlier message."""

    target: str
    text: str


@dataclass(frozen=True)
class Revoke:
    """A message deleted by its sender."""

    target: str


@dataclass(frozen=True)
class Move:
    """The sender has a new number or BSUID."""

    to: Sender


@dataclass(frozen=True)
class Inbound:
    """A message, who sent it, and what it does besides asking for an answer."""

    sender: Sender
    arrival: Arrival
    effect: Reaction | Edit | Revoke | Move | None = None


@dataclass(frozen=True)
class Rules:
    """Who is let in and how fast, and what is said to those who are stopped."""

    allowed: Callable[[Sender], bool]
    say: Callable[..., str]  # a sentence of messages.toml, by its key and values
    per_minute: int = 0  # messages a sender may send; 0 = no limit
    text_max: int = 4096  # characters the channel takes
    retry_ms: int = 60_000  # until a part that failed after it was accepted is sent again
    month_began: int = 0  # ms, in the owner's zone


@dataclass
class Taken:
    """What a delivery changed: conversations to wake, and what was left out."""

    answer: set[int]
    send: set[int]
    stored: int = 0
    duplicates: int = 0
    strangers: int = 0
    limited: int = 0
    delivered: int = 0  # messages of ours that reached their phone
    failed_codes: frozenset[int] = frozenset()  # of those that did not, though Meta took them


def take(db: sqlite3.Connection, events: Iterable[Inbound | Status], rules: Rules) -> Taken:
    """Apply the events of one webhook. Nothing of a stranger is kept.

    A person known by BSUID alone is allowed if the phone number it came with once is.
    """
    taken = Taken(set(), set())
    for event in events:
        if isinstance(event, Status):
            _take_status(db, event, rules, taken)
        elif any(rules.allowed(name) for name in conversations.names_of(db, event.sender)):
            _take_message(db, event, rules, taken)
        else:
            taken.strangers += 1
    return taken


def _take_status(db: sqlite3.Connection, status: Status, rules: Rules, taken: Taken) -> None:
    moved = statuses.apply(db, status, retry_ms=rules.retry_ms)
    if moved is None or moved.state is None:
        return
    taken.send.add(moved.conversation_id)
    taken.delivered += moved.delivered
    if moved.delivered and outbox.delivered_since(db, rules.month_began) >= WARN_DELIVERED:
        key = f"cost:{rules.month_began}"
        warning = rules.say("cost_warning", warn=str(WARN_DELIVERED), free=str(FREE_DELIVERED))
        outbox.add(db, moved.conversation_id, key, [warning])
    if status.code is not None:
        taken.failed_codes |= {status.code}


def _take_message(db: sqlite3.Connection, event: Inbound, rules: Rules, taken: Taken) -> None:
    owner = conversations.resolve(db, event.sender).id
    if inbox.state_of(db, event.arrival.wa_id) is not None:
        taken.duplicates += 1
        return
    arrival, has_work = _with_effect(db, owner, event)
    stopped = _stopped(db, owner, arrival, rules)
    inbox.add(db, owner, arrival, done=stopped or not has_work)
    taken.stored += 1
    taken.limited += stopped
    conversations.wrote(db, owner, arrival.sent_at)
    released = outbox.release(db, owner, lambda: rules.say("while_away"), rules.text_max)
    taken.answer.add(owner)
    if stopped or released:
        taken.send.add(owner)


def _with_effect(db: sqlite3.Connection, owner: int, event: Inbound) -> tuple[Arrival, bool]:
    """Do what the event does; the arrival that is left to store, and whether it is work."""
    match event.effect:
        case Reaction(target, emoji):
            feedback.set_reaction(db, owner, target, emoji)
        case Revoke(target):
            was_read = inbox.revoke(db, owner, target)
            documents.forget_message(db, owner, target)
            media.forget_message(db, owner, target)
            return replace(event.arrival, quoted=target), was_read
        case Move(to):
            conversations.move(db, owner, to)
        case Edit(target, text):
            if inbox.rewrite(db, owner, target, text, event.arrival.kind):
                return replace(event.arrival, kind="silent", text=""), False
    return event.arrival, event.arrival.kind != "silent"


def _stopped(db: sqlite3.Connection, owner: int, arrival: Arrival, rules: Rules) -> bool:
    """Whether this message gets one of our sentences instead of a turn."""
    if arrival.kind == "silent":
        return False
    now = now_ms()
    if loops.is_loop(db, owner, arrival, now):
        outbox.add(db, owner, f"loop:{owner}:{now // LOOP_NOTICE_MS}", [rules.say("loop_stopped")])
        return True
    since = now - MINUTE_MS
    if rules.per_minute and inbox.count_since(db, owner, since) >= rules.per_minute:
        outbox.add(db, owner, f"rate:{owner}:{now // MINUTE_MS}", [rules.say("rate_limited")])
        return True
    return False
