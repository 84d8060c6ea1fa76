"""The instant of a time that comes once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from tools.when import calendar, clocks
from tools.when.errors import NO_SUCH_DAY, TOO_FAR, WHICH_HOUR, Ambiguous, OutOfBounds, Past
from tools.when.pieces import Coming, Day, Relative, Steps, Weekday
from tools.when.reading import Reading
from tools.when.wall import Said, at

MAX_SECONDS = calendar.MAX_DAYS * 86_400


def due(reading: Reading, said: Said) -> datetime:
    """The first instant (UTC) after now that fits.

    Raises:
        Ambiguous: there is no such day, or its hour is missing.
        Past: what fits is gone.
        OutOfBounds: too far away.
    """
    if reading.elapsed:
        if reading.elapsed.seconds > MAX_SECONDS:
            raise OutOfBounds(TOO_FAR)
        return said.now + timedelta(seconds=reading.elapsed.seconds)
    if reading.gone and not reading.days:
        raise Past
    if not (reading.clock or reading.part):
        for steps in reading.days:
            if isinstance(steps, Steps):
                return said.instant(calendar.step(said.wall, steps))
    return _first(reading, said)


def _first(reading: Reading, said: Said) -> datetime:
    options = _options(reading)
    known = False
    for day in _days(reading, said):
        known = True
        for minutes in options:
            moment = said.instant(at(day, minutes))
            if moment > said.now:
                return moment
    if not known:
        raise Ambiguous(NO_SUCH_DAY)
    if Relative(0) in reading.days and not (reading.clock or reading.part):
        raise Ambiguous(WHICH_HOUR)  # "hoy", said after nine
    raise Past


def _days(reading: Reading, said: Said) -> Iterable[date]:
    if reading.days:
        days = reading.days
        if not (reading.clock or reading.part):
            days = [_not_today(day) for day in days]
        return calendar.candidates(days, said.today, month_first=said.month_first)
    # From yesterday, whose night is not over: "a las 12 y media de la noche", said at 0:10.
    return [said.today + timedelta(days=ahead) for ahead in range(-1, 3)]


def _not_today(day: Day) -> Day:
    """ "El viernes", said on a Friday without an hour, is next week's, even before nine."""
    return replace(day, which=Coming.AFTER_TODAY) if isinstance(day, Weekday) else day


def _options(reading: Reading) -> list[int]:
    """Minutes from midnight, in the order in which they are tried."""
    minutes = clocks.exact(reading.clock, reading.part)
    if minutes is not None:
        return [minutes]
    if reading.clock is None:
        return [clocks.NO_CLOCK]
    if reading.days:
        return clocks.in_the_day(reading.clock, today=Relative(0) in reading.days)
    return clocks.twice_a_day(reading.clock)
