"""What a wall time means, by trying: only the way from UTC to the wall is used, which is never
ambiguous. No fold, no rrule, nothing of tools.when."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

AROUND = timedelta(hours=27)  # more than the widest offset and the largest jump together
YEARS = (2011, 2034)
MINUTE = timedelta(minutes=1)
# Less than the shortest time between two changes, Morocco's Ramadan.
STRIDE = timedelta(days=21)


def wall_of(moment: datetime, zone: str) -> datetime:
    """The naive time on the wall at an aware instant."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def instant_of(wall: datetime, zone: str) -> datetime:
    """The first instant that shows this time; where none does, the time as it was counted before
    the jump, which is as far behind it as the gap is long."""
    guess = wall.replace(tzinfo=UTC)
    offsets = {_offset(guess - AROUND, zone), _offset(guess, zone), _offset(guess + AROUND, zone)}
    tries = [guess - offset for offset in offsets]
    shown = [moment for moment in tries if wall_of(moment, zone) == wall]
    return min(shown) if shown else guess - _offset(min(tries) - MINUTE, zone)


def scanned(wall: datetime, zone: str) -> datetime:
    """The same by looking at the wall every minute: the first that shows the time, or for a time
    that is jumped over, the jump and then as long as the time is behind it."""
    moment = wall.replace(tzinfo=UTC) - AROUND
    before = wall_of(moment, zone)
    while before < wall:
        moment += MINUTE
        now = wall_of(moment, zone)
        if now > wall and before < wall:
            return moment - MINUTE + (wall - before)
        before = now
    return moment


def _offset(moment: datetime, zone: str) -> timedelta:
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The instants (to the minute, UTC) at which the clocks of a zone were or will be moved."""
    return tuple(_changes(zone))


def _changes(zone: str) -> Iterator[datetime]:
    moment, end = datetime(YEARS[0], 1, 1, tzinfo=UTC), datetime(YEARS[1], 1, 1, tzinfo=UTC)
    before = _offset(moment, zone)
    while moment < end:
        low, moment = moment, moment + STRIDE
        after = _offset(moment, zone)
        if after == before:
            continue
        high = moment
        while high - low > MINUTE:
            middle = low + (high - low) // (2 * MINUTE) * MINUTE
            if _offset(middle, zone) == before:
                low = middle
            else:
                high = middle
        before = after
        yield high


def days_from(first: date, count: int) -> Iterator[date]:
    """So many days in a row."""
    return (first + timedelta(days=ahead) for ahead in range(count))
