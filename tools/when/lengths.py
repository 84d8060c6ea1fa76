"""Lengths of time: hours and minutes are elapsed, days and longer are steps on the calendar."""

from collections.abc import Iterable
from fractions import Fraction

from tools.when.pieces import Elapsed, Steps

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}


def total(amounts: Iterable[tuple[Fraction, str]]) -> Elapsed | Steps | None:
    """The sum of amounts such as (3/2, "hour"). None for what has no fixed length: a month and a
    half, a month and two hours."""
    amounts = list(amounts)
    units = {unit for _, unit in amounts}
    if units & {"second", "minute", "hour"}:
        if units & MONTHS.keys():
            return None
        return Elapsed(round(sum(amount * SECONDS[unit] for amount, unit in amounts)))
    days = sum((amount * DAYS.get(unit, 0) for amount, unit in amounts), Fraction())
    months = sum((amount * MONTHS.get(unit, 0) for amount, unit in amounts), Fraction())
    if days.denominator != 1 or months.denominator != 1:
        return None
    return Steps(days=int(days), months=int(months))


def decimal(whole: str, places: str | None) -> Fraction:
    """ "1", "5" -> 3/2."""
    return Fraction(f"{whole}.{places or 0}")
