"""What comes in, waits and goes out, as the database has it."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.channels.cloud_api.policy import ASKS_THE_OWNER, outcome_of, problem_of
from app.checks.finding import Finding
from app.checks.refusals import refused
from app.checks.subject import Subject
from app.checks.webhook import is_running
from store.clock import month_began_ms
from store.errors import StoreUnavailable

T = TypeVar("T")

STUCK_S = 15 * 60
REFUSED_S = 24 * 3600
FREE_MESSAGES = 1_000  # a month and number (Meta, since October 2026)
FREE_WARN = 800


async def queue(subject: Subject) -> Finding | None:
    """Nothing waits for long."""
    found = await _read(subject, subject.database.queue)
    if found is None:
        return None
    since = min(
        (one for one in (found.inbox_since, found.outbox_since) if one is not None), default=None
    )
    values = {"inbox": found.inbox, "outbox": found.outbox, "held": found.held}
    if since is not None and (waits_s := subject.now() - since / 1000) > STUCK_S:
        return subject.warn("queue_stuck", minutes=round(waits_s / 60), **values)
    return subject.ok("queue_ok", **values)


async def refusals(subject: Subject) -> tuple[Finding, ...] | None:
    """What Meta has refused; a running server knows better which of it still holds."""
    if await is_running(subject):
        return None
    since = int((subject.now() - REFUSED_S) * 1000)
    codes = await _read(subject, lambda: subject.database.refusals(since)) or []
    return tuple(
        refused(subject, code, problem_of(code).setting)
        for code in codes
        if outcome_of(code, 400) in ASKS_THE_OWNER
    )


async def arrivals(subject: Subject) -> Finding | None:
    """A message has come in, once at least."""
    if await _read(subject, subject.database.queue) is None:
        return None
    newest = await _read(subject, subject.database.newest_arrival)
    if newest is None:
        return subject.warn("arrivals_none")
    return subject.ok("arrivals_ok", hours=round((subject.now() - newest / 1000) / 3600))


async def usage(subject: Subject) -> Finding | None:
    """How many of the month's free messages are used."""
    month = month_began_ms(subject.settings.owner_timezone)
    count = await _read(subject, lambda: subject.database.delivered_since(month))
    if count is None:
        return None
    make = subject.warn if count >= FREE_WARN else subject.ok
    return make("usage_high" if count >= FREE_WARN else "usage", count=count, free=FREE_MESSAGES)


async def _read(subject: Subject, question: Callable[[], T]) -> T | None:
    """None where there is no database yet, or one that cannot be read: `database` says so."""
    if not subject.database.exists():
        return None
    try:
        return await asyncio.to_thread(question)
    except StoreUnavailable:
        return None
