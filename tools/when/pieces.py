"""What a grammar finds in a text: the pieces a time is put together from."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import get_args

WORKING_DAYS = (0, 1, 2, 3, 4)  # Monday is 0, as in datetime


class Part(Enum):
    """Parts of the day."""

    SMALL_HOURS = auto()
    EARLY = auto()
    MORNING = auto()
    NOON = auto()
    SIESTA = auto()
    AFTERNOON = auto()
    LATE_AFTERNOON = auto()
    EVENING = auto()
    NIGHT = auto()
    MIDNIGHT = auto()


@dataclass(frozen=True)
class Clock:
    """ "a las 8 menos cuarto": hour 8, shift -15."""

    hour: int  # as written, 0 to 24
    shift: int = 0  # minutes
    half: str = ""  # "am" or "pm"
    padded: bool = False  # written with a leading zero
    firm: bool = True  # with "a las" or "at"; a bare 3:16 yields to one


@dataclass(frozen=True)
class Elapsed:
    """ "en una hora y media", counted on the clock that never jumps."""

    seconds: int


@dataclass(frozen=True)
class Steps:
    """ "en 3 días", counted on the calendar."""

    days: int = 0
    months: int = 0


@dataclass(frozen=True)
class Relative:
    """hoy 0, mañana 1."""

    days: int


class Coming(Enum):
    """Which of the weekdays of that name."""

    NEXT = auto()  # the coming one, today if the hour is still to come
    AFTER_TODAY = auto()  # "que viene"


@dataclass(frozen=True)
class Weekday:
    """ "el viernes que viene"; `weeks` later when "en ocho"."""

    day: int
    which: Coming = Coming.NEXT
    weeks: int = 0


@dataclass(frozen=True)
class WeekShift:
    """ "de esta semana" 0, "de la semana que viene" 1."""

    weeks: int


@dataclass(frozen=True)
class Date:
    """ "el 5 de diciembre", with or without a year."""

    day: int
    month: int
    year: int | None = None
    shift: int | None = None  # "del año que viene": 1


@dataclass(frozen=True)
class Slashed:
    """ "5/3", which is March or May as the country has it."""

    first: int
    second: int
    year: int | None = None


@dataclass(frozen=True)
class DayOfMonth:
    """ "el 5", "el 5 del mes que viene", "el último día de febrero" (day -1)."""

    day: int
    shift: int | None = None  # months from this one; None: the next month that has the day
    month: int | None = None


@dataclass(frozen=True)
class NthWeekday:
    """ "el último viernes del mes": nth -1, weekdays (4,). Working days are all five."""

    nth: int
    weekdays: tuple[int, ...]
    shift: int | None = None
    month: int | None = None


class Unit(Enum):
    """What a recurrence steps by. Seconds are elapsed time, the others are on the calendar."""

    SECOND = auto()
    DAY = auto()
    WEEK = auto()
    MONTH = auto()
    YEAR = auto()


@dataclass(frozen=True)
class Every:
    """ "cada 2 semanas", "los lunes y jueves"."""

    unit: Unit
    interval: int = 1
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True)
class For:
    """ "por 7 días", how long a recurrence goes on."""

    length: Elapsed | Steps


class Mark(Enum):
    """A word that says what the next piece is for."""

    START = auto()
    UNTIL = auto()


@dataclass(frozen=True)
class Gone:
    """ "ayer", "hace una hora"."""


class Slot(Enum):
    """What a vague piece leaves open."""

    DAY = auto()
    CLOCK = auto()
    ALL = auto()


@dataclass(frozen=True)
class Vague:
    """ "más tarde", "a mediados de mes". A clear piece for the same slot makes it harmless, unless
    it is `strong`."""

    question: str
    slot: Slot
    strong: bool = False


Day = Steps | Relative | Weekday | WeekShift | Date | Slashed | DayOfMonth | NthWeekday
DAYS = get_args(Day)
Piece = Clock | Part | Elapsed | Day | Every | For | Mark | Gone | Vague
