"""Which days a question about the past means: "¿qué hablamos el martes?", "what did I say?"."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from tools.folding import fold
from tools.when import english_words, spanish_words

Span = tuple[date, date]  # first and last day

_WEEKDAYS = {**spanish_words.WEEKDAYS, **english_words.WEEKDAYS}
_MONTHS = {**spanish_words.MONTHS, **english_words.MONTHS}
_AGO = {
    "anteayer": 2,
    "antes de ayer": 2,
    "antier": 2,
    "the day before yesterday": 2,
    "ayer": 1,
    "anoche": 1,
    "yesterday": 1,
    "last night": 1,
    "hoy": 0,
    "today": 0,
}
# Only a question about what was said: "el martes viajo" means the coming one.
_ASKS = re.compile(
    r"\b(?:hablamos|charlamos|dijiste|dije|conte|contaste|habia contado|habiamos|comente|pregunte"
    r"|quedamos|talk(?:ed)? about|(?:did|had) (?:i|we|you)|told|said|mention(?:ed)?)\b"
)
_WEEK = re.compile(r"\b(?:la semana pasada|last week)\b")
_DATE = re.compile(
    rf"\b(?:el )?(\d{{1,2}}) (?:de )?({'|'.join(_MONTHS)})\b"
    rf"|\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?\b"
)
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})\b")
_NEAR = re.compile(rf"\b({'|'.join(sorted(_AGO, key=len, reverse=True))})\b")


def past_days(text: str, today: date) -> list[Span]:
    """Spans of days, none of them in the future; [] for what asks about no day."""
    folded = fold(text)
    return list(_spans(folded, today)) if _ASKS.search(folded) else []


def _spans(folded: str, today: date) -> Iterator[Span]:
    if _WEEK.search(folded):
        monday = today - timedelta(days=today.weekday() + 7)
        yield monday, monday + timedelta(days=6)
    for near in _NEAR.findall(folded):
        day = today - timedelta(days=_AGO[near])
        yield day, day
    for name in _WEEKDAY.findall(folded):
        # On a Tuesday "el martes" is a week ago: of today one says "hoy".
        day = today - timedelta(days=(today.weekday() - _WEEKDAYS[name] - 1) % 7 + 1)
        yield day, day
    for found in _DATE.finditer(folded):
        number, month = found[1] or found[4], found[2] or found[3]
        if newest := _newest(int(number), _MONTHS[month], today):
            yield newest, newest


def _newest(number: int, month: int, today: date) -> date | None:
    """The last such date that is not to come."""
    for year in (today.year, today.year - 1):
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day <= today:
            return day
    return None
