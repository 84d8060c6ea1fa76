"""Which days a question about the weather means."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tools.errors import BadArgument
from tools.folding import fold
from tools.open_meteo import DAYS
from tools.when import Past, WhenError, read

AND = re.compile(r", | (?:y|o|and|or) ")
NOW = re.compile(r"\b(?:ahora|ya|now)\b")
WEEKEND = re.compile(r"\b(?:finde|fin(?:es)? de semana|weekends?)\b")
NEXT_WEEK = re.compile(r"\b(?:semana (?:que viene|proxima|siguiente)|proxima semana|next week)\b")
DAYS_TO_COME = re.compile(r"\b(?:semana|dias|week|days)\b")
WEEK = 7  # days
NOW_WORDS = {"", "hoy", "ahora", "ya", "today", "now"}
_DAY = re.compile(
    r"\b(?:(?:el |este |on )?(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|monday|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday)|pasado manana|(?<!de la )(?<!a la )(?<!por la )"
    r"(?<!esta )manana|finde|fin de semana|weekend|tomorrow"
    r"|(?:la )?semana que viene|next week)\b"
)


def days_meant(when: str, today: date, *, zone: str, language: str) -> list[date]:
    """The days of "mañana", "el viernes", "el finde", "2026-11-27"; empty is today.

    Raises:
        BadArgument: none of these, or gone.
    """
    words = fold(when)
    midnight = datetime.combine(today, time(), ZoneInfo(zone))
    try:
        meant = read(when, now=midnight, zone=zone, language=language)
        if not meant.rule:
            return [meant.due_at.astimezone(ZoneInfo(zone)).date()]
    except Past as gone:
        raise BadArgument("weather_too_far", days=str(DAYS)) from gone
    except WhenError:
        pass  # no one day
    several = AND.split(words)
    if len(several) > 1:
        found = (days_meant(one, today, zone=zone, language=language) for one in several)
        return sorted({day for days in found for day in days})
    if not words or NOW.search(words):
        return [today]
    if WEEKEND.search(words):
        return [day for day in _from(today, 0, WEEK + 1) if day.weekday() >= 5][:2]
    if NEXT_WEEK.search(words):
        return _from(today, WEEK - today.weekday(), WEEK)
    if DAYS_TO_COME.search(words):
        return _from(today, 0, WEEK)
    raise BadArgument("weather_when", when=when[:40])


def day_said(said: str) -> str:
    """The one day that a message names; "" where it names none or more."""
    found = {one.strip() for one in _DAY.findall(fold(said))}
    return found.pop() if len(found) == 1 else ""


def _from(today: date, first: int, count: int) -> list[date]:
    return [today + timedelta(days=first + number) for number in range(count)]
