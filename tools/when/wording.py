"""A time in words, so that the person sees at once how it was understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from babel.lists import format_list

from tools.dates import clock_in_words, locale_of
from tools.when import recurrence
from tools.when.phrase import When
from tools.when.pieces import WORKING_DAYS
from tools.when.recurrence import WEEKDAY_NAMES
from tools.when.wall import on_the_wall

WEEKEND = (5, 6)
A_LEAP_CYCLE = timedelta(days=1461)


@dataclass(frozen=True)
class Words:
    """How a language says a rule."""

    each: Mapping[str, str]  # FREQ -> "todos los días"
    steps: Mapping[str, str]  # FREQ -> "cada {} días"
    working_days: str
    weekend: str
    weekdays: str
    weekdays_of_step: str
    ordinals: Mapping[int, str]  # others are written in digits
    nth: str
    working_day: str
    month_day: str
    day: str
    of_each_month: str
    date: str
    clock: str
    clock_at_one: str
    since: str
    until: str
    short_day: str  # CLDR pattern
    short_day_and_year: str


SPANISH = Words(
    each={"DAILY": "todos los días", "YEARLY": "todos los años", "HOURLY": "cada hora",
        "MINUTELY": "cada minuto",
    },
    steps={
        "DAILY": "cada {} días", "WEEKLY": "cada {} semanas", "MONTHLY": "cada {} meses",
        "YEARLY": "cada {} años", "HOURLY": "cada {} horas", "MINUTELY": "cada {} minutos",
    },
    working_days="todos los días hábiles",
    weekend="los fines de semana",
    weekdays="todos los {}",
    weekdays_of_step="los {}",
    ordinals={
        1: "primer", 2: "segundo", 3: "tercer", 4: "cuarto", 5: "quinto", 6: "sexto", 7: "séptimo",
        8: "octavo", 9: "noveno", 10: "décimo", -1: "último", -2: "penúltimo", -3: "antepenúltimo",
    },
    nth="el {} {}",
    working_day="día hábil",
    month_day="el {}",
    day="día",
    of_each_month="{} de cada mes",
    date="el {day} de {month}",
    clock="a las {}",
    clock_at_one="a la {}",
    since="desde el {}",
    until="hasta el {}",
    short_day="EEE d MMM",
    short_day_and_year="EEE d MMM y",
)  # fmt: skip
ENGLISH = Words(
    each={"DAILY": "every day", "YEARLY": "every year", "HOURLY": "every hour",
        "MINUTELY": "every minute",
    },
    steps={
        "DAILY": "every {} days", "WEEKLY": "every {} weeks", "MONTHLY": "every {} months",
        "YEARLY": "every {} years", "HOURLY": "every {} hours", "MINUTELY": "every {} minutes",
    },
    working_days="every weekday",
    weekend="on weekends",
    weekdays="every {}",
    weekdays_of_step="on {}",
    ordinals={
        1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh",
        8: "eighth", 9: "ninth", 10: "tenth", -1: "last", -2: "penultimate", -3: "third to last",
    },
    nth="the {} {}",
    working_day="working day",
    month_day="on the {}",
    day="day",
    of_each_month="{} of every month",
    date="on {month} {day}",
    clock="at {}",
    clock_at_one="at {}",
    since="starting {}",
    until="until {}",
    short_day="EEE, MMM d",
    short_day_and_year="EEE, MMM d, y",
)  # fmt: skip
WORDS = {"es": SPANISH, "en": ENGLISH}


def in_words(when: When, *, now: datetime, language: str) -> str:
    """ "vie 27 nov, 18:00", "todos los días hábiles a las 8:00".

    The year only when it is not that of `now` (aware).
    """
    words = WORDS.get(language, ENGLISH)
    this_year = now.astimezone(ZoneInfo(when.zone)).year
    if not when.rule:
        return _moment(on_the_wall(when.due_at, when.zone), this_year, words, language)
    parts, start, last = _rule(when)
    if recurrence.start_of(when.rule).tzinfo:
        since = words.since.format(_moment(start, this_year, words, language))
        said = [_every(parts, words), since]
        if last:
            said.append(words.until.format(_moment(last, this_year, words, language)))
        return ", ".join(said)
    said = [f"{_days(parts, words, language)} {_at(start, words, language)}"]
    if "INTERVAL" in parts or _begins_later(when, now):
        said.append(words.since.format(_short_day(start, this_year, words, language)))
    if last:
        said.append(words.until.format(_short_day(last, this_year, words, language)))
    return ", ".join(said)


def _rule(when: When) -> tuple[dict[str, str], datetime, datetime | None]:
    """The parts of a rule, and its first and last occurrence on the wall."""
    start, last = recurrence.start_of(when.rule), recurrence.last(when.rule)
    if start.tzinfo:
        start = on_the_wall(start, when.zone)
        last = on_the_wall(last, when.zone) if last else None
    return recurrence.parts_of(when.rule), start, last


def _begins_later(when: When, now: datetime) -> bool:
    """Whether the rule would have an occurrence sooner, had it no beginning."""
    start = recurrence.start_of(when.rule)
    long_ago = recurrence.write(start - A_LEAP_CYCLE, recurrence.parts_of(when.rule))
    soonest = recurrence.wall_after(long_ago, when.zone, now)
    return soonest is not None and soonest < start


def _every(parts: Mapping[str, str], words: Words) -> str:
    if "INTERVAL" in parts:
        return words.steps[parts["FREQ"]].format(parts["INTERVAL"])
    return words.each[parts["FREQ"]]


def _days(parts: Mapping[str, str], words: Words, language: str) -> str:
    step, frequency = parts.get("INTERVAL"), parts["FREQ"]
    if frequency == "DAILY":
        return _every(parts, words)
    if frequency == "WEEKLY":
        days = tuple(WEEKDAY_NAMES.index(name) for name in parts["BYDAY"].split(","))
        if not step:
            return _weekdays(days, words, language)
        named = words.weekdays_of_step.format(_names(days, language))
        return f"{_every(parts, words)} {named}"
    if frequency == "YEARLY":
        return f"{_every(parts, words)} {_date(parts, words, language)}"
    day = _day_of_month(parts, words, language)
    return f"{_every(parts, words)} {day}" if step else words.of_each_month.format(day)


def _weekdays(days: tuple[int, ...], words: Words, language: str) -> str:
    if days == WORKING_DAYS:
        return words.working_days
    if days == WEEKEND:
        return words.weekend
    return words.weekdays.format(_names(days, language))


def _names(days: tuple[int, ...], language: str) -> str:
    names = get_day_names("wide", locale=locale_of(language))
    plurals = [_plural(names[day]) if language == "es" else names[day] for day in days]
    return format_list(plurals, locale=locale_of(language))


def _plural(name: str) -> str:
    return name if name.endswith("s") else f"{name}s"


def _day_of_month(parts: Mapping[str, str], words: Words, language: str) -> str:
    if "BYMONTHDAY" in parts:
        day = int(parts["BYMONTHDAY"].split(",")[-1])
        if day > 0:
            return words.month_day.format(day if language == "es" else _ordinal(day))
        return words.nth.format(words.ordinals[day], words.day)
    return _nth(parts, words, language)


def _nth(parts: Mapping[str, str], words: Words, language: str) -> str:
    if "BYSETPOS" in parts:
        nth, name = int(parts["BYSETPOS"]), words.working_day
    else:
        nth, day = int(parts["BYDAY"][:-2]), WEEKDAY_NAMES.index(parts["BYDAY"][-2:])
        name = get_day_names("wide", locale=locale_of(language))[day]
    numeral = f"{nth}º" if language == "es" else _ordinal(nth)
    return words.nth.format(words.ordinals.get(nth, numeral), name)


def _date(parts: Mapping[str, str], words: Words, language: str) -> str:
    month = locale_of(language).months["format"]["wide"][int(parts["BYMONTH"])]
    if "BYDAY" in parts:
        return f"{_nth(parts, words, language)} {'de' if language == 'es' else 'of'} {month}"
    return words.date.format(day=parts["BYMONTHDAY"].split(",")[-1], month=month)


def _ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th"""
    suffix = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _moment(wall: datetime, this_year: int, words: Words, language: str) -> str:
    clock = clock_in_words(wall.replace(tzinfo=UTC), "UTC", language)
    return f"{_short_day(wall, this_year, words, language)}, {clock}"


def _short_day(wall: datetime, this_year: int, words: Words, language: str) -> str:
    pattern = words.short_day if wall.year == this_year else words.short_day_and_year
    return format_date(wall.date(), format=pattern, locale=locale_of(language))


def _at(wall: datetime, words: Words, language: str) -> str:
    """ "a las 8:00", which reads better than "a las 08:00"."""
    clock = clock_in_words(wall.replace(tzinfo=UTC), "UTC", language).removeprefix("0")
    return (words.clock_at_one if wall.hour == 1 else words.clock).format(clock)
