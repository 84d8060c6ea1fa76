"""The days that a named day can be, in order, and which of them are fixed."""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from dateutil.relativedelta import relativedelta

from tools.when.errors import DAY_MISMATCH, NO_SUCH_DAY, TOO_FAR, WHICH_DAY, Ambiguous, OutOfBounds
from tools.when.pieces import (
    Coming,
    Date,
    Day,
    DayOfMonth,
    NthWeekday,
    Relative,
    Slashed,
    Steps,
    Weekday,
    WeekShift,
)

MAX_YEARS = 50  # how far away a time may be
MAX_MONTHS = MAX_YEARS * 12
MAX_DAYS = MAX_YEARS * 366
Moment = TypeVar("Moment", date, datetime)
LEAP_YEAR = 2024  # any: in it every day of the calendar exists
LONGEST_LEAP_GAP = 8  # years, around 2100


def candidates(days: Sequence[Day], today: date, *, month_first: bool) -> Iterator[date]:
    """The days meant, soonest first; a fixed one ("mañana") only once, gone or not.

    Raises:
        Ambiguous: there is no such day, or the words contradict each other.
    """
    shift = next((day.weeks for day in days if isinstance(day, WeekShift)), None)
    named = [ordered(day, month_first) for day in days if not isinstance(day, WeekShift)]
    if not named:
        raise Ambiguous(WHICH_DAY)
    main = min(named, key=lambda day: _PRECISE.index(type(day)))
    checks = [day for day in named if day is not main]
    if isinstance(main, Weekday) and shift is not None:
        monday = today - timedelta(days=today.weekday())
        yield monday + timedelta(days=main.day, weeks=shift)
        return
    agreed = False
    for day in _each(main, today):
        if all(_agrees(check, day) for check in checks):
            agreed = True
            yield day
        elif not agreed:
            raise Ambiguous(DAY_MISMATCH)


def soonest(days: Sequence[Day], today: date, *, month_first: bool) -> date:
    """The first of the days meant.

    Raises:
        Ambiguous: there is no such day, or the words contradict each other.
    """
    for day in candidates(days, today, month_first=month_first):
        return day
    raise Ambiguous(NO_SUCH_DAY)


_PRECISE = (Date, Relative, Steps, NthWeekday, DayOfMonth, Weekday)


def ordered(day: Day, month_first: bool) -> Day:
    """A slashed date in the order of the country; any other day as it is."""
    if not isinstance(day, Slashed):
        return day
    if month_first:
        return Date(day.second, day.first, day.year)
    return Date(day.first, day.second, day.year)


def _agrees(check: Day, day: date) -> bool:
    if isinstance(check, Weekday):
        return day.weekday() == check.day
    if isinstance(check, DayOfMonth):
        return day.day == check.day
    return False


def _each(day: Day, today: date) -> Iterator[date]:
    if isinstance(day, Relative):
        return iter([today + timedelta(days=day.days)])
    if isinstance(day, Steps):
        return iter([step(today, day)])
    if isinstance(day, Weekday):
        return _weekdays(day, today)
    if isinstance(day, Date):
        return _dates(day, today)
    if isinstance(day, DayOfMonth):
        return _month_days(day, today)
    if isinstance(day, NthWeekday):
        return _nth_weekdays(day, today)
    raise Ambiguous(WHICH_DAY)


def step(start: Moment, steps: Steps) -> Moment:
    """So many days and months on; the last of the month where the day does not exist."""
    if steps.days > MAX_DAYS or steps.months > MAX_MONTHS:
        raise OutOfBounds(TOO_FAR)
    return start + relativedelta(days=steps.days, months=steps.months)


def _weekdays(day: Weekday, today: date) -> Iterator[date]:
    ahead = (day.day - today.weekday()) % 7
    if day.which is Coming.AFTER_TODAY and ahead == 0:
        ahead = 7
    first = today + timedelta(days=ahead, weeks=day.weeks)
    return (first + timedelta(weeks=week) for week in range(3))


def _dates(day: Date, today: date) -> Iterator[date]:
    if not exists(day.month, day.day, LEAP_YEAR):
        raise Ambiguous(NO_SUCH_DAY)
    year = day.year if day.shift is None else today.year + day.shift
    if year and year > today.year + MAX_YEARS:
        raise OutOfBounds(TOO_FAR)
    if year:
        if not exists(day.month, day.day, year):
            raise Ambiguous(NO_SUCH_DAY)
        return iter([date(year, day.month, day.day)])
    years = range(today.year, today.year + LONGEST_LEAP_GAP + 1)
    days = (date(year, day.month, day.day) for year in years if exists(day.month, day.day, year))
    return (one for one in days if one >= today)


def exists(month: int, day: int, year: int) -> bool:
    """Whether the calendar has the day."""
    return (
        1 <= month <= 12 and 1 <= year <= 9999 and 1 <= day <= calendar.monthrange(year, month)[1]
    )


def _months(shift: int | None, month: int | None, today: date) -> Iterator[tuple[int, int]]:
    """(year, month): the one meant, or this one and those after it."""
    months = range(14 if shift is None else 1)
    for ahead in months:
        count = today.year * 12 + today.month - 1 + (shift or 0) + ahead
        year, zero_based = divmod(count, 12)
        if month in (None, zero_based + 1):
            yield year, zero_based + 1


def _month_days(day: DayOfMonth, today: date) -> Iterator[date]:
    if day.shift is not None:
        year, month = next(_months(day.shift, None, today))
        if day.day > 0 and not exists(month, day.day, year):
            raise Ambiguous(NO_SUCH_DAY)
    for year, month in _months(day.shift, day.month, today):
        last = calendar.monthrange(year, month)[1]
        number = day.day if day.day > 0 else last + 1 + day.day
        if 1 <= number <= last and (day.shift is not None or date(year, month, number) >= today):
            yield date(year, month, number)


def _nth_weekdays(day: NthWeekday, today: date) -> Iterator[date]:
    for year, month in _months(day.shift, day.month, today):
        last = calendar.monthrange(year, month)[1]
        fitting = [
            found
            for number in range(1, last + 1)
            if (found := date(year, month, number)).weekday() in day.weekdays
        ]
        if abs(day.nth) <= len(fitting):  # not every month has a fifth one
            yield fitting[day.nth - 1 if day.nth > 0 else day.nth]
