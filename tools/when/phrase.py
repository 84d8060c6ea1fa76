"""Reads a time in what a person wrote."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from babel.core import get_global

from tools.when import calendar, once, recurrence, repeating
from tools.when.english import ENGLISH
from tools.when.errors import TOO_FAR, NoTime, OutOfBounds, Past
from tools.when.understanding import understand
from tools.when.wall import Said

# Territories that write the month first, with those that the United States brought it to.
MONTH_FIRST = {"US", "PR", "GU", "VI", "AS", "MP", "UM"}


@dataclass(frozen=True)
class When:
    """A time that was asked for."""

    due_at: datetime  # aware UTC, the first occurrence
    rule: str  # RFC 5545, see tools.when.recurrence; "" for once
    zone: str  # IANA
    spans: tuple[tuple[int, int], ...]  # where in the text the time stands


def read(phrase: str, *, now: datetime, zone: str, language: str) -> When:
    """The time in a phrase or a whole sentence, counted from `now` (aware), when it was sent.

    Raises:
        Ambiguous: a question to ask.
        Past: the time is gone.
        NoTime: there is none in the text.
        OutOfBounds: too far away, too often, too long a text.
    """
    understood = understand(phrase, language)
    reading = understood.reading
    if reading.empty:
        raise NoTime
    now = now.astimezone(UTC)
    month_first = understood.grammar is ENGLISH and writes_month_first(zone)
    said = Said(now, zone, month_first=month_first)
    if reading.every:
        due_at, rule = repeating.due(reading, reading.every, said)
    else:
        due_at, rule = once.due(reading, said), ""
    if due_at <= now:  # "en 0 minutos"
        raise Past
    if due_at - now > timedelta(days=calendar.MAX_DAYS):
        raise OutOfBounds(TOO_FAR)
    return When(due_at, rule, zone, understood.spans)


def writes_month_first(zone: str) -> bool:
    """Whether people in a zone write 5/3 for the third of May."""
    name = get_global("zone_aliases").get(zone, zone)
    return get_global("zone_territories").get(name) in MONTH_FIRST


def next_after(when: When, instant: datetime) -> datetime | None:
    """The next occurrence (UTC) after an aware instant, None when there is no more."""
    if not when.rule:
        return when.due_at if when.due_at > instant else None
    return recurrence.after(when.rule, when.zone, instant)
