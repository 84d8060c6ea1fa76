"""Notices that the other side is a machine that answers our answers."""

import sqlite3
from dataclasses import dataclass
from itertools import pairwise

from store import inbox, outbox
from store.inbox import Arrival

SAME_TURNS = 40  # the same words, or ours given back, this often in a row
QUICK_MS = 10_000  # after our answer; an automatic reply takes less
TIRELESS_TURNS = 60  # different words, but never a pause ...
TIRELESS_MS = 5 * 60_000  # ... for this long: nobody reads that fast


@dataclass(frozen=True)
class _Exchange:
    said: str
    answer_id: int  # the answer of ours that it followed
    answer: str
    at: int  # ms


def is_loop(db: sqlite3.Connection, conversation_id: int, arrival: Arrival, now: int) -> bool:
    """Whether this message goes on with a loop: one message to each answer, at once, for long."""
    last = outbox.newest_sent(db, conversation_id, 1)
    if not last or now - last[0]["sent_at"] > QUICK_MS:
        return False  # as nearly always
    rows = inbox.newest(db, conversation_id, TIRELESS_TURNS)
    run: list[_Exchange] = []
    answers = iter(outbox.newest_sent(db, conversation_id, 2 * TIRELESS_TURNS))
    answer = next(answers, None)
    for text, at in [(arrival.text, now), *((row["text"], row["received_at"]) for row in rows)]:
        while answer is not None and answer["sent_at"] > at:
            answer = next(answers, None)
        if answer is None or at - answer["sent_at"] > QUICK_MS:
            break
        if run and run[-1].answer_id == answer["id"]:
            break  # two messages after one answer: people and scripts do that, loops do not
        run.append(_Exchange(text, answer["id"], answer["body"], at))
        if len(run) == SAME_TURNS and _says_the_same(run):
            return True
    return len(run) >= TIRELESS_TURNS and run[0].at - run[-1].at >= TIRELESS_MS


def _says_the_same(run: list[_Exchange]) -> bool:
    parrot = all(one.said == one.answer for one in run)
    return parrot or all(one.said == other.said for one, other in pairwise(run))
