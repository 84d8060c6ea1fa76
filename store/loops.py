"""Notices that the other side is a machine that answers our answers."""

import sqlite3
from dataclasses import dataclass
from itertools import pairwise

from store import inbox, outbox
from store.inbox import Arrival

SAME_TURNS = 8  # the same words, or ours given back, this often in a row
QUICK_MS = 10_000  # after our answer; an automatic reply takes less
TIRELESS_TURNS = 60  # different words, but never a pause ...
TIRELESS_MS = 5 * 60_000  # ... for this long: nobody reads that fast


@dataclass(frozen=True)
class _Exchange:
    said: str
    before: str  # our answer that it followed
    at: int  # ms
    quick: bool


def is_loop(db: sqlite3.Connection, conversation_id: int, arrival: Arrival, now: int) -> bool:
    """Whether this message goes on with a loop."""
    rows = inbox.newest(db, conversation_id, TIRELESS_TURNS)
    last = [(arrival.text, now), *((row["text"], row["received_at"]) for row in rows)]
    run: list[_Exchange] = []
    for text, at in last:
        answer = outbox.sent_before(db, conversation_id, at)
        quick = answer is not None and at - answer["sent_at"] <= QUICK_MS
        if not quick:
            break
        assert answer is not None  # noqa: S101 - quick says so
        run.append(_Exchange(text, answer["body"], at, quick))
        if len(run) == SAME_TURNS and _says_the_same(run):
            return True
    return len(run) >= TIRELESS_TURNS and run[0].at - run[-1].at >= TIRELESS_MS


def _says_the_same(run: list[_Exchange]) -> bool:
    parrot = all(one.said == one.before for one in run)
    return parrot or all(one.said == other.said for one, other in pairwise(run))
