"""Rules of RFC 5545, and what they mean when clocks change.

A rule is two lines, DTSTART and RRULE. DTSTART without a zone is a time on the wall, and so is
every occurrence: daily rules keep the clock. DTSTART in UTC ("...Z", with FREQ=HOURLY or MINUTELY)
is elapsed time: "cada 6 horas" is six hours, whatever the clocks do.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from dateutil.rrule import rrule, rruleset, rrulestr

from tools.when.wall import instant, on_the_wall

STAMP = "%Y%m%dT%H%M%S"
WEEKDAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# More than any clock was ever moved by: Samoa left out a whole day in 2011.
LARGEST_JUMP = timedelta(days=2)


def write(start: datetime, parts: Mapping[str, str]) -> str:
    """A rule. `start` is naive for wall time, aware UTC for elapsed time."""
    return f"DTSTART:{stamp(start)}\nRRULE:" + ";".join(
        f"{name}={value}" for name, value in parts.items()
    )


def stamp(moment: datetime) -> str:
    """As RFC 5545 writes it."""
    return moment.strftime(STAMP) + ("Z" if moment.tzinfo else "")


def start_of(rule: str) -> datetime:
    """DTSTART: naive for wall time, aware UTC for elapsed time."""
    return datetime.fromisoformat(rule.partition("\n")[0].removeprefix("DTSTART:"))


def until_of(rule: str) -> datetime | None:
    """UNTIL, of the same kind as DTSTART."""
    last = parts_of(rule).get("UNTIL")
    return datetime.fromisoformat(last) if last else None


def parts_of(rule: str) -> dict[str, str]:
    """The parts of RRULE: FREQ, INTERVAL, BYDAY..."""
    parts = rule.partition("RRULE:")[2].split(";")
    return dict(part.split("=", 1) for part in parts)


def after(rule: str, zone: str, moment: datetime) -> datetime | None:
    """The first occurrence (UTC) after an instant, None when there is no more."""
    if start_of(rule).tzinfo:
        return _elapsed_after(rule, moment)
    wall = wall_after(rule, zone, moment)
    return instant(wall, zone) if wall else None


def wall_after(rule: str, zone: str, moment: datetime) -> datetime | None:
    """The same as the rule writes it: naive, and not moved out of a gap."""
    before = on_the_wall(moment, zone) - LARGEST_JUMP
    walls = _parsed(rule).xafter(before)
    return next((wall for wall in walls if instant(wall, zone) > moment), None)


def last(rule: str) -> datetime | None:
    """The last occurrence, of the same kind as DTSTART; None when there is no end."""
    until, start = until_of(rule), start_of(rule)
    if until is None:
        return None
    if start.tzinfo:
        step = _step(rule)
        return start + (until - start) // step * step
    found: datetime | None = _parsed(rule).before(until, inc=True)
    return found


def _step(rule: str) -> timedelta:
    parts = parts_of(rule)
    return timedelta(**{_UNITS[parts["FREQ"]]: int(parts.get("INTERVAL", 1))})


def _elapsed_after(rule: str, moment: datetime) -> datetime | None:
    start, step = start_of(rule), _step(rule)
    done = max(0, (moment - start) // step + 1)
    occurrence = start + done * step
    until = until_of(rule)
    return None if until and occurrence > until else occurrence


_UNITS = {"HOURLY": "hours", "MINUTELY": "minutes"}


@lru_cache(maxsize=256)
def _parsed(rule: str) -> rrule | rruleset:
    return rrulestr(rule.partition("\n")[2], dtstart=start_of(rule))
