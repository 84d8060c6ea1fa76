"""Schedules as a person would ask for them, each with the instants at which it is due.

The phrase goes to the product; the instants come from the day-by-day oracle.
"""

import calendar
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

from tests.schedules.oracle import YEARS, changes, days_from, instant_of, wall_of

ZONES = sorted(
    zone for zone in available_timezones() if not zone.startswith(("posix/", "right/", "Factory"))
)
SPANISH_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábados", "domingos")
SPANISH_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
NTH = {
    1: ("primer", "first"),
    2: ("segundo", "second"),
    3: ("tercer", "third"),
    -1: ("último", "last"),
}


@dataclass(frozen=True)
class Schedule:
    """One request and its truth."""

    phrase: str
    language: str
    zone: str
    now: datetime  # aware UTC, when it was said
    until: datetime  # aware UTC, how far the truth goes
    due: tuple[datetime, ...]  # aware UTC, every occurrence in between


@dataclass(frozen=True)
class Asked:
    """Who asks, where, when, and for which clock."""

    rng: random.Random
    spanish: bool
    zone: str
    now: datetime
    clock: timedelta  # since midnight

    @property
    def today(self) -> date:
        return wall_of(self.now, self.zone).date()

    def say(self, spanish: str, english: str) -> str:
        """The phrase with its clock, which has two digits and so is exact."""
        total = int(self.clock.total_seconds()) // 60
        clock = f"{total // 60:02}:{total % 60:02}"
        return f"{spanish} a las {clock}" if self.spanish else f"{english} at {clock}"

    def at(self, day: date) -> datetime:
        """The instant of the clock on a day."""
        return instant_of(datetime(day.year, day.month, day.day) + self.clock, self.zone)


# The phrase, how long the truth about it goes, and the instants.
Made = tuple[str, timedelta, list[datetime]]
Kind = Callable[[Asked], Made]


def generate(seed: int, count: int) -> Iterator[Schedule]:
    """Reproducible, one after the other."""
    rng = random.Random(seed)
    for _ in range(count):
        yield _schedule(rng)


def _schedule(rng: random.Random) -> Schedule:
    asked = _asked(rng)
    phrase, length, instants = rng.choice(KINDS)(asked)
    until = asked.now + length
    due = tuple(sorted({one for one in instants if asked.now < one <= until}))
    language = "es" if asked.spanish else "en"
    return Schedule(phrase, language, asked.zone, asked.now, until, due)


def _asked(rng: random.Random) -> Asked:
    """Mostly shortly before the clocks of the zone are moved, for a time about then."""
    zone = rng.choice(ZONES)
    minutes = (YEARS[1] - YEARS[0]) * 365 * 1440
    now = datetime(YEARS[0], 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(minutes))
    clock = timedelta(minutes=rng.randrange(1440))
    if changes(zone) and rng.random() < 0.7:
        change = rng.choice(changes(zone))
        now = change - timedelta(minutes=rng.randrange(5 * 1440))
        if rng.random() < 0.8:
            near = wall_of(change, zone) + timedelta(minutes=rng.randrange(-150, 90))
            clock = timedelta(hours=near.hour, minutes=near.minute)
    return Asked(rng, rng.random() < 0.7, zone, now, clock)


def _daily(asked: Asked) -> Made:
    days = days_from(asked.today, 14)
    phrase = asked.say("todos los días", "every day")
    return phrase, timedelta(days=12), [asked.at(day) for day in days]


def _every_n_days(asked: Asked) -> Made:
    step = asked.rng.randrange(2, 6)
    first = next(day for day in days_from(asked.today, 4) if asked.at(day) > asked.now)
    days = (first + timedelta(days=step * turn) for turn in range(10))
    phrase = asked.say(f"cada {step} días", f"every {step} days")
    return phrase, timedelta(days=7 * step), [asked.at(day) for day in days]


def _weekdays(asked: Asked) -> Made:
    chosen = sorted(asked.rng.sample(range(7), asked.rng.randrange(1, 4)))
    spanish = " y ".join(SPANISH_DAYS[day] for day in chosen)
    english = " and ".join(calendar.day_name[day] for day in chosen)
    days = [day for day in days_from(asked.today, 30) if day.weekday() in chosen]
    phrase = asked.say(f"los {spanish}", f"every {english}")
    return phrase, timedelta(days=25), [asked.at(day) for day in days]


def _working_days(asked: Asked) -> Made:
    days = [day for day in days_from(asked.today, 16) if day.weekday() < 5]
    phrase = asked.say("todos los días hábiles", "every weekday")
    return phrase, timedelta(days=12), [asked.at(day) for day in days]


def _every_n_weeks(asked: Asked) -> Made:
    """Named weekday: the first one to come; none named: counted from today."""
    step = asked.rng.randrange(2, 5)
    if asked.rng.random() < 0.5:
        phrase = asked.say(f"cada {step} semanas", f"every {step} weeks")
        first = asked.today
    else:
        weekday = asked.rng.randrange(7)
        spanish = f"cada {step} semanas los {SPANISH_DAYS[weekday]}"
        phrase = asked.say(spanish, f"every {step} weeks on {calendar.day_name[weekday]}")
        ahead = days_from(asked.today, 9)
        first = next(day for day in ahead if day.weekday() == weekday and asked.at(day) > asked.now)
    days = (first + timedelta(weeks=step * turn) for turn in range(6))
    return phrase, timedelta(weeks=4 * step), [asked.at(day) for day in days]


def _months(first: date, count: int, step: int = 1) -> Iterator[tuple[int, int]]:
    for turn in range(count):
        year, month = divmod(first.year * 12 + first.month - 1 + turn * step, 12)
        yield year, month + 1


def _day_or_last(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _monthly(asked: Asked) -> Made:
    day = asked.rng.choice((1, 15, 28, 29, 30, 31))
    phrase = asked.say(f"el {day} de cada mes", f"on the {_ordinal(day)} of every month")
    days = [_day_or_last(year, month, day) for year, month in _months(asked.today, 8)]
    return phrase, timedelta(days=200), [asked.at(one) for one in days]


def _every_n_months(asked: Asked) -> Made:
    step = asked.rng.randrange(2, 5)
    phrase = asked.say(f"cada {step} meses", f"every {step} months")
    months = _months(asked.today, 6, step)
    days = [_day_or_last(year, month, asked.today.day) for year, month in months]
    return phrase, timedelta(days=120 * step), [asked.at(one) for one in days]


def _ordinal(day: int) -> str:
    return f"{day}{ {1: 'st', 31: 'st'}.get(day, 'th') }"


def _month_end(asked: Asked) -> Made:
    phrase = asked.say("el último día de cada mes", "the last day of every month")
    days = [_day_or_last(year, month, 31) for year, month in _months(asked.today, 8)]
    return phrase, timedelta(days=200), [asked.at(one) for one in days]


def _nth_weekday(asked: Asked) -> Made:
    nth, weekday = asked.rng.choice(tuple(NTH)), asked.rng.randrange(7)
    spanish, english = NTH[nth]
    name = SPANISH_DAYS[weekday] if weekday < 5 else SPANISH_DAYS[weekday].removesuffix("s")
    phrase = asked.say(
        f"el {spanish} {name} de cada mes",
        f"the {english} {calendar.day_name[weekday]} of every month",
    )
    days = [_of_month(year, month, {weekday}, nth) for year, month in _months(asked.today, 8)]
    return phrase, timedelta(days=200), [asked.at(one) for one in days]


def _working_day_of_month(asked: Asked) -> Made:
    nth = asked.rng.choice((1, -1))
    spanish, english = NTH[nth]
    phrase = asked.say(
        f"el {spanish} día hábil de cada mes", f"the {english} working day of every month"
    )
    days = [_of_month(year, month, set(range(5)), nth) for year, month in _months(asked.today, 8)]
    return phrase, timedelta(days=200), [asked.at(one) for one in days]


def _of_month(year: int, month: int, weekdays: set[int], nth: int) -> date:
    every = days_from(date(year, month, 1), calendar.monthrange(year, month)[1])
    fitting = [day for day in every if day.weekday() in weekdays]
    return fitting[nth - 1] if nth > 0 else fitting[nth]


def _yearly(asked: Asked) -> Made:
    month, day = asked.rng.choice(((2, 29), (3, 8), (10, 25), (12, 31), (4, 30), (1, 1)))
    spanish = f"todos los años el {day} de {SPANISH_MONTHS[month - 1]}"
    phrase = asked.say(spanish, f"every year on {calendar.month_name[month]} {day}")
    days = [_day_or_last(asked.today.year + turn, month, day) for turn in range(6)]
    return phrase, timedelta(days=1500), [asked.at(one) for one in days]


def _elapsed(asked: Asked) -> Made:
    if asked.rng.random() < 0.5:
        hours = asked.rng.choice((2, 3, 4, 5, 6, 7, 8, 12, 24))
        step, spanish, english = timedelta(hours=hours), f"{hours} horas", f"{hours} hours"
    else:
        minutes = asked.rng.choice((15, 25, 40, 45, 90, 95))
        step, spanish, english = (
            timedelta(minutes=minutes),
            f"{minutes} minutos",
            f"{minutes} minutes",
        )
    phrase = f"cada {spanish}" if asked.spanish else f"every {english}"
    return phrase, 20 * step, [asked.now + step * turn for turn in range(1, 22)]


def _course(asked: Asked) -> Made:
    """An end: an antibiotic for a week, a pill every day for some days."""
    days = asked.rng.randrange(2, 11)
    first = next(day for day in days_from(asked.today, 4) if asked.at(day) > asked.now)
    spanish = f"durante {days} días, todos los días"
    phrase = asked.say(spanish, f"for {days} days, every day")
    due = [asked.at(day) for day in days_from(first, days)]
    return phrase, timedelta(days=days + 10), due


def _once(asked: Asked) -> Made:
    ahead = asked.rng.randrange(1, 8)
    day = asked.today + timedelta(days=ahead)
    spanish = f"el {day.day} de {SPANISH_MONTHS[day.month - 1]} de {day.year}"
    phrase = asked.say(spanish, f"on {calendar.month_name[day.month]} {day.day}, {day.year}")
    return phrase, timedelta(days=30), [asked.at(day)]


def _tomorrow(asked: Asked) -> Made:
    return (
        asked.say("mañana", "tomorrow"),
        timedelta(days=9),
        [asked.at(asked.today + timedelta(1))],
    )


def _in_hours(asked: Asked) -> Made:
    hours = asked.rng.randrange(1, 97)
    phrase = f"en {hours} horas" if asked.spanish else f"in {hours} hours"
    return phrase, timedelta(days=9), [asked.now + timedelta(hours=hours)]


def _in_days(asked: Asked) -> Made:
    days = asked.rng.randrange(2, 8)
    phrase = f"en {days} días" if asked.spanish else f"in {days} days"
    wall = wall_of(asked.now, asked.zone) + timedelta(days=days)
    return phrase, timedelta(days=12), [instant_of(wall, asked.zone)]


KINDS: tuple[Kind, ...] = (
    _daily, _every_n_days, _weekdays, _working_days, _every_n_weeks, _monthly, _every_n_months,
    _month_end, _nth_weekday, _working_day_of_month, _yearly, _elapsed, _course, _once, _tomorrow,
    _in_hours, _in_days,
)  # fmt: skip
