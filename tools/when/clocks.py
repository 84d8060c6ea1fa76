"""Minutes of the day that a clock and a part of the day can mean."""

from tools.when.errors import WHICH_HOUR, Ambiguous
from tools.when.pieces import Clock, Part

NOON, MIDNIGHT = 12, 24
NO_CLOCK = 9 * 60  # minutes; a day without a clock is nine in the morning
PART_ALONE = {
    Part.EARLY: 8, Part.MORNING: 9, Part.NOON: 12, Part.SIESTA: 14, Part.AFTERNOON: 15,
    Part.LATE_AFTERNOON: 18, Part.EVENING: 18, Part.NIGHT: 21, Part.MIDNIGHT: MIDNIGHT,
}  # fmt: skip


def _same(*hours: int) -> dict[int, int]:
    return {hour: hour for hour in hours}


def _later(first: int, last: int, by: int) -> dict[int, int]:
    return {hour: hour + by for hour in range(first, last + 1)}


# The hours that each part of the day has (24-hour clock, those of the next day from 24 on), for
# every hour that may be said with it. "A las 12 de la noche" ends the day; "a las 2 de la noche"
# comes after it.
PART_HOURS = {
    Part.SMALL_HOURS: {12: 0, **_same(*range(7))},
    Part.EARLY: _same(*range(4, 12)),
    Part.MORNING: _same(*range(13)),
    Part.NOON: {**_same(*range(11, 16)), **_later(1, 3, 12)},
    Part.SIESTA: {**_same(*range(12, 18)), **_later(1, 5, 12)},
    Part.AFTERNOON: {**_same(*range(12, 22)), **_later(1, 9, 12)},
    Part.LATE_AFTERNOON: {**_same(*range(17, 22)), **_later(5, 9, 12)},
    Part.EVENING: {**_same(*range(16, 25)), **_later(4, 11, 12), 12: 24},
    Part.NIGHT: {**_same(*range(18, 25)), **_later(6, 11, 12), **_later(1, 5, 24), 12: 24, 0: 24},
    Part.MIDNIGHT: {0: 24, 12: 24, 24: 24},
}


def exact(clock: Clock | None, part: Part | None) -> int | None:
    """Minutes from midnight where the words leave no choice, None where they do.

    Raises:
        Ambiguous: the clock and the part of the day contradict each other, or the part has no hour.
    """
    if clock is None:
        if part is Part.SMALL_HOURS:
            raise Ambiguous(WHICH_HOUR)
        return PART_ALONE[part] * 60 if part else None
    hour = _half_hour(clock)
    if part:
        allowed = PART_HOURS[part]
        if hour not in allowed or (clock.half and allowed[hour] != hour):
            raise Ambiguous(WHICH_HOUR)
        return allowed[hour] * 60 + clock.shift
    if clock.half or clock.padded or clock.hour > NOON or clock.hour == 0:
        return hour * 60 + clock.shift
    return None


def _half_hour(clock: Clock) -> int:
    if not clock.half:
        return clock.hour
    if clock.hour > NOON:
        if clock.half == "pm":  # "18:00 pm"
            return clock.hour
        raise Ambiguous(WHICH_HOUR)
    return clock.hour % 12 + (12 if clock.half == "pm" else 0)


def in_the_day(clock: Clock, *, today: bool) -> list[int]:
    """What a clock of 1 to 12 means on a named day: 7-11 the morning, 12 noon, 1-6 the afternoon.
    "Hoy a las 8" may be the evening as well."""
    hour = clock.hour if clock.hour >= 7 else clock.hour + 12
    minutes = hour * 60 + clock.shift
    return [minutes, minutes + 12 * 60] if today and clock.hour >= 7 else [minutes]


def as_written(clock: Clock) -> int:
    """What it means in a recurrence: the 24-hour clock."""
    return clock.hour * 60 + clock.shift


def twice_a_day(clock: Clock) -> list[int]:
    """What a clock of 1 to 12 means without a day: morning or evening, whichever comes next."""
    minutes = clock.hour % 12 * 60 + clock.shift
    return [minutes, minutes + 12 * 60]
