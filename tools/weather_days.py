"""Which days a question about the weather means."""

import re
from datetime import date, timedelta

from tools.errors import BadArgument
from tools.folding import fold

WEEKDAYS = (
    "lunes|monday", "martes|tuesday", "miercoles|wednesday", "jueves|thursday",
    "viernes|friday", "sabado|saturday", "domingo|sunday",
)  # fmt: skip
ISO_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
# The first that is found decides: "hoy a la mañana" is today, "pasado mañana" is not tomorrow.
# A first day, counted from today, and how many of them.
WORDS = (
    (r"\b(?:pasado|day after tomorrow)\b", 2, 1),
    (r"\b(?:hoy|ahora|ya|esta (?:manana|tarde|noche)|today|now|tonight|this \w+)\b", 0, 1),
    (r"\b(?:manana|tomorrow)\b", 1, 1),
    (r"\b(?:semana|dias|week|days)\b", 0, 7),
)
WEEKEND = re.compile(r"\b(?:finde|fin de semana|weekend)\b")


def days_meant(when: str, today: date) -> list[date]:
    """The days of "mañana", "el viernes", "el finde", "2026-11-27"; empty is today.

    Raises:
        BadArgument: none of these.
    """
    words = fold(when)
    if found := ISO_DAY.search(words):
        try:
            return [date(*map(int, found.groups()))]
        except ValueError as error:
            raise BadArgument("weather_when", when=when[:40]) from error
    if WEEKEND.search(words):
        return [day for day in _from(today, 0, 8) if day.weekday() >= 5][:2]
    for weekday, names in enumerate(WEEKDAYS):
        if re.search(rf"\b(?:{names})\b", words):  # on a Monday "el lunes" is the next one
            return [day for day in _from(today, 1, 7) if day.weekday() == weekday]
    for pattern, first, count in WORDS:
        if re.search(pattern, words):
            return _from(today, first, count)
    if words:
        raise BadArgument("weather_when", when=when[:40])
    return [today]


def _from(today: date, first: int, count: int) -> list[date]:
    return [today + timedelta(days=first + number) for number in range(count)]
