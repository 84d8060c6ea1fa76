"""The first instant and the rule of a time that comes again.

The first occurrence is the first after now. Where a step of weeks, months or years names no day
("cada 2 semanas"), it counts from today; elapsed steps begin one interval from now.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tools.when import calendar, clocks, once, recurrence
from tools.when.errors import (
    NO_SUCH_DAY,
    TOO_FAR,
    TOO_OFTEN,
    WHICH_DAY,
    WHICH_HOUR,
    Ambiguous,
    OutOfBounds,
    Past,
)
from tools.when.pieces import Date, Day, DayOfMonth, Every, NthWeekday, Steps, Unit, Weekday
from tools.when.reading import Reading
from tools.when.recurrence import WEEKDAY_NAMES
from tools.when.wall import Said, at, on_the_wall

MINUTE, HOUR = 60, 3600  # seconds
DAY_MINUTES = 24 * 60
SHORTEST_MONTH, LONGEST_MONTH = 28, 31  # days
MOST_WEEKDAYS, MOST_WORKING_DAYS = 5, 23  # that a month can have
MAX_INTERVAL = {
    Unit.SECOND: calendar.MAX_DAYS * 86_400,
    Unit.DAY: calendar.MAX_DAYS,
    Unit.WEEK: calendar.MAX_DAYS // 7,
    Unit.MONTH: calendar.MAX_MONTHS,
    Unit.YEAR: calendar.MAX_YEARS,
}
FREQUENCIES = {Unit.DAY: "DAILY", Unit.WEEK: "WEEKLY", Unit.MONTH: "MONTHLY", Unit.YEAR: "YEARLY"}
Parts = dict[str, str]


def due(reading: Reading, every: Every, said: Said) -> tuple[datetime, str]:
    """The first occurrence (UTC) and the rule.

    Raises:
        WhenError: nothing to set, and why.
    """
    if every.interval > MAX_INTERVAL[every.unit]:
        raise OutOfBounds(TOO_FAR)
    if every.interval < 1:
        raise OutOfBounds(TOO_OFTEN)
    if every.unit is Unit.SECOND:
        return _elapsed(reading, every, said)
    return _on_the_calendar(reading, every, said)


def _elapsed(reading: Reading, every: Every, said: Said) -> tuple[datetime, str]:
    if every.interval % MINUTE:
        raise OutOfBounds(TOO_OFTEN)
    if reading.days or reading.clock or reading.part:
        first = once.due(reading, said)
    else:
        first = said.now.replace(microsecond=0) + timedelta(seconds=every.interval)
    if every.interval % HOUR:
        parts = {"FREQ": "MINUTELY", **_interval(every.interval // MINUTE)}
    else:
        parts = {"FREQ": "HOURLY", **_interval(every.interval // HOUR)}
    last = _last(reading, on_the_wall(first, said.zone), said, whole_days=False)
    if last:
        parts["UNTIL"] = recurrence.stamp(said.instant(last))
    return _still_to_come(first, recurrence.write(first, parts), said)


def _on_the_calendar(reading: Reading, every: Every, said: Said) -> tuple[datetime, str]:
    minutes = _minutes(reading)
    parts, rest = _parts(every, reading.days, said)
    counted_from_today = parts is None
    start = said.today
    if rest:
        start = calendar.soonest(rest, said.today, month_first=said.month_first)
    shift, minutes = divmod(minutes, DAY_MINUTES)
    if parts is None:
        parts = _like(every.unit, start)
    if shift:
        parts, start = _next_day(every.unit, parts, shift), start + timedelta(days=shift)
    start = max(start, said.today)
    step = {"FREQ": FREQUENCIES[every.unit]}
    interval = _interval(every.interval)
    search = {**step, **(interval if counted_from_today else {}), **parts}
    first = recurrence.wall_after(recurrence.write(at(start, minutes), search), said.zone, said.now)
    if first is None:
        raise OutOfBounds(TOO_FAR)
    parts = {**step, **interval, **parts}
    last = _last(reading, first, said, whole_days=True)
    if last:
        parts["UNTIL"] = recurrence.stamp(last)
    return _still_to_come(said.instant(first), recurrence.write(first, parts), said)


def _still_to_come(first: datetime, rule: str, said: Said) -> tuple[datetime, str]:
    if recurrence.after(rule, said.zone, said.now) is None:
        raise Past
    return first, rule


def _minutes(reading: Reading) -> int:
    minutes = clocks.exact(reading.clock, reading.part)
    if minutes is not None:
        return minutes
    return clocks.as_written(reading.clock) if reading.clock else clocks.NO_CLOCK


def _interval(interval: int) -> Parts:
    return {"INTERVAL": str(interval)} if interval > 1 else {}


def _parts(every: Every, days: Sequence[Day], said: Said) -> tuple[Parts | None, list[Day]]:
    """What of the rule says the day, None when the words do not, and the days left over, which say
    when it begins."""
    ordered = [calendar.ordered(day, said.month_first) for day in days]
    parts: Parts | None = None
    if every.unit is Unit.DAY:
        parts = {}
    elif every.weekdays:
        parts = _by_weekday(every.weekdays)
    else:
        for day in ordered:
            if parts := _named(every.unit, day):
                ordered.remove(day)
                break
    if any(isinstance(day, NthWeekday) and day.shift is day.month is None for day in ordered):
        raise Ambiguous(WHICH_DAY)  # "cada semana el primer lunes"
    return parts, ordered


def _named(unit: Unit, day: Day) -> Parts | None:
    if unit is Unit.WEEK and isinstance(day, Weekday):
        return _by_weekday([day.day])
    if unit is Unit.MONTH and isinstance(day, DayOfMonth) and day.shift is day.month is None:
        return _by_month_day(day.day)
    if unit is Unit.MONTH and isinstance(day, NthWeekday) and day.shift is day.month is None:
        return _by_nth(day)
    if unit is Unit.YEAR and isinstance(day, NthWeekday) and day.month:
        return {"BYMONTH": str(day.month), **_by_nth(day)}
    if unit is Unit.YEAR and isinstance(day, Date) and day.year is day.shift is None:
        return _by_date(day)
    return None


def _like(unit: Unit, day: date) -> Parts:
    """The weekday, day of the month or date of a day."""
    if unit is Unit.WEEK:
        return _by_weekday([day.weekday()])
    if unit is Unit.MONTH:
        return _by_month_day(day.day)
    return _by_date(Date(day.day, day.month))


def _by_weekday(weekdays: Sequence[int]) -> Parts:
    return {"BYDAY": ",".join(WEEKDAY_NAMES[day] for day in sorted(weekdays))}


def _by_month_day(day: int) -> Parts:
    """A day that a month may lack falls back to the last it has: the last of 28 to 31 there are."""
    if not (day < 0 or 1 <= day <= LONGEST_MONTH):
        raise Ambiguous(NO_SUCH_DAY)
    if day <= SHORTEST_MONTH:
        return {"BYMONTHDAY": str(day)}
    days = range(SHORTEST_MONTH, day + 1)
    return {"BYMONTHDAY": ",".join(map(str, days)), "BYSETPOS": "-1"}


def _by_date(day: Date) -> Parts:
    if not calendar.exists(day.month, day.day, calendar.LEAP_YEAR):
        raise Ambiguous(NO_SUCH_DAY)
    february_29 = (day.month, day.day) == (2, 29)
    days = _by_month_day(day.day) if february_29 else {"BYMONTHDAY": str(day.day)}
    return {"BYMONTH": str(day.month), **days}


def _by_nth(day: NthWeekday) -> Parts:
    if abs(day.nth) > (MOST_WEEKDAYS if len(day.weekdays) == 1 else MOST_WORKING_DAYS):
        raise Ambiguous(NO_SUCH_DAY)
    if len(day.weekdays) == 1:
        return {"BYDAY": f"{day.nth}{WEEKDAY_NAMES[day.weekdays[0]]}"}
    return {**_by_weekday(day.weekdays), "BYSETPOS": str(day.nth)}


def _next_day(unit: Unit, parts: Parts, shift: int) -> Parts:
    """ "Los viernes a las 12 de la noche" is Saturday at 0:00."""
    if unit is Unit.DAY:
        return parts
    if unit is not Unit.WEEK:
        raise Ambiguous(WHICH_HOUR)
    days = (WEEKDAY_NAMES.index(name) for name in parts["BYDAY"].split(","))
    return _by_weekday([(day + shift) % 7 for day in days])


def _last(reading: Reading, first: datetime, said: Said, *, whole_days: bool) -> datetime | None:
    """The wall time after which there is no more."""
    if reading.until:
        day = calendar.soonest(reading.until, said.today, month_first=said.month_first)
        return at(day, DAY_MINUTES) - timedelta(seconds=1)
    if reading.lasting is None:
        return None
    length = reading.lasting.length
    if isinstance(length, Steps):
        end = calendar.step(first, length)
        return (at(end, 0) if whole_days else end) - timedelta(seconds=1)
    if length.seconds > MAX_INTERVAL[Unit.SECOND]:
        raise OutOfBounds(TOO_FAR)
    return first + timedelta(seconds=length.seconds - 1)
