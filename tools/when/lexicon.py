"""The words of a language, and the pieces that its patterns build with them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tools.when.errors import ONE_TIME, UNCLEAR, WHICH_HOUR
from tools.when.grammar import Build, Match
from tools.when.lengths import decimal, total
from tools.when.pieces import (
    WORKING_DAYS,
    Clock,
    Coming,
    Date,
    DayOfMonth,
    Elapsed,
    Every,
    For,
    NthWeekday,
    Part,
    Piece,
    Relative,
    Slashed,
    Slot,
    Steps,
    Unit,
    Vague,
    Weekday,
    WeekShift,
)

CENTURY = 2000  # of a year written with two digits


@dataclass(frozen=True)
class Lexicon:
    """Word lists, and a pattern for one amount of time ("2 horas") with the groups pair, quarters,
    half, number, decimal, before, unit, glued, plus and loose."""

    numbers: Mapping[str, int]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    ordinals: Mapping[str, int]
    units: Mapping[str, str]
    parts: Mapping[str, Part]
    quarters: Mapping[str, int]  # "media" 2, "cuarto" 1
    amount: re.Pattern[str]
    next_one: re.Pattern[str]  # "que viene"
    this_one: re.Pattern[str]  # "este"

    def number(self, text: str) -> int:
        """ "8", "ocho", "1º", "5th"."""
        digits = re.match(r"\d+", text)
        return int(digits[0]) if digits else self.numbers.get(text) or self.ordinals.get(text, 0)

    def _amounts(self, text: str) -> list[tuple[Fraction, str]]:
        found = []
        for match in self.amount.finditer(text):
            part = {name: group for name, group in match.groupdict().items() if group}
            amount = Fraction(1)
            if "pair" in part:
                amount = Fraction(2)
            elif "quarters" in part:
                amount = Fraction(self.number(part["quarters"]), 4)
            elif "half" in part:
                amount = Fraction(1, 2)
            elif "number" in part:
                amount = decimal(str(self.number(part["number"])), part.get("decimal"))
            plus = part.get("plus") or part.get("before", "")
            amount += Fraction(self.quarters.get(plus, 0), 4)
            found.append((amount, self.units[part["unit"]]))
            for minutes in ("glued", "loose"):  # "1h30", "una hora y 10"
                if minutes in part:
                    found.append((Fraction(self.number(part[minutes])), "minute"))
        return found

    def length(self, match: Match) -> Piece:
        """The group length: "en 3 días"."""
        return total(self._amounts(match["length"])) or Vague(UNCLEAR, Slot.ALL)

    def lasting(self, match: Match) -> Piece:
        """ "por 7 días"."""
        length = self.length(match)
        return For(length) if isinstance(length, Elapsed | Steps) else length

    def every(self, match: Match) -> Piece:
        """ "cada 2 semanas"."""
        amounts = self._amounts(match["length"])
        length, unit = total(amounts), amounts[-1][1]
        if isinstance(length, Elapsed):
            return Every(Unit.SECOND, length.seconds)
        if length is None or len(amounts) > 1:
            return Vague(UNCLEAR, Slot.ALL)
        if unit == "day":
            return Every(Unit.DAY, length.days)
        if unit == "week":
            return Every(Unit.WEEK, length.days // 7)
        if unit == "year" and length.months % 12 == 0:
            return Every(Unit.YEAR, length.months // 12)
        return Every(Unit.MONTH, length.months)

    def clock(self, match: Match) -> Piece:
        """The groups hour, minute, plus, less, half, odd, orelse and bare, as far as there are."""
        groups = {name: group for name, group in match.groupdict().items() if group}
        if "orelse" in groups:  # "a las 8 o 9"
            return Vague(ONE_TIME, Slot.ALL, strong=True)
        hour, minute = self.number(groups["hour"]), self._minutes(groups.get("minute", "0"))
        odd = groups.get("odd", groups.get("plus", ""))
        if hour > 24 or minute > 59 or self._misspelt(odd):
            return Vague(WHICH_HOUR, Slot.CLOCK)
        shift = minute
        shift += self._minutes(groups.get("plus", "0"))
        shift -= self._minutes(groups.get("less", "0"))
        return Clock(
            hour,
            shift,
            half=f"{groups['half']}m" if "half" in groups else "",
            padded=groups["hour"].startswith("0"),
            firm="bare" not in match.re.groupindex,
        )

    def _minutes(self, text: str) -> int:
        return 15 * self.quarters[text] if text in self.quarters else self.number(text)

    def _misspelt(self, word: str) -> bool:
        """ "a las 5 y medai", "a las 5 y cuatro": probably no four minutes past."""
        if word in self.quarters:
            return False
        return any(_almost(word, right) for right in self.quarters)

    def date(self, match: Match) -> Date:
        """The groups day, month, and year or of ("del año que viene") where there are any."""
        year = match.groupdict().get("year")
        if year and len(year) == 2:
            year = str(CENTURY + int(year))
        month = self.months.get(match["month"]) or self.number(match["month"])
        day = self.number(match["day"])
        return Date(day, month, int(year) if year else None, self._shift(match))

    def slashed(self, match: Match) -> Piece:
        """The groups day, month and year of 5/3/2027, in the order of the country."""
        date = self.date(match)
        return Slashed(date.day, date.month, date.year)

    def iso(self, match: Match) -> tuple[Piece, ...]:
        """2026-12-05T18:00"""
        date = self.date(match)
        if not match["hour"]:
            return (date,)
        return date, Clock(int(match["hour"]), int(match["minute"]), padded=True)

    def day_of_month(self, match: Match) -> Piece:
        """The groups day and, where there is one, of ("del mes que viene")."""
        return DayOfMonth(self.number(match["day"]), self._shift(match))

    def nth(self, match: Match) -> Piece:
        """The groups nth, kind and of: "el último viernes del mes"."""
        nth, kind, shift = self.number(match["nth"]), match["kind"], self._shift(match)
        month = self._month(match.groupdict().get("of") or "")
        if kind in self.weekdays:
            return NthWeekday(nth, (self.weekdays[kind],), shift, month)
        if kind in self.units:
            return DayOfMonth(nth, shift, month)
        return NthWeekday(nth, WORKING_DAYS, shift, month)

    def month_end(self, match: Match) -> Piece:
        """The group of: "a fin de mes", "a fin de año"."""
        if "year" in {self.units.get(word) for word in match["of"].split()}:
            return Date(31, 12)
        return DayOfMonth(-1, self._shift(match) or None, self._month(match["of"]))

    def _month(self, of: str) -> int | None:
        return next((self.months[word] for word in of.split() if word in self.months), None)

    def _shift(self, match: Match) -> int | None:
        of = match.groupdict().get("of") or ""
        if self.next_one.search(of):
            return 1
        return 0 if self.this_one.search(of) else None

    def weekday(self, which: Coming = Coming.NEXT, weeks: int = 0) -> Build:
        """The group day."""
        return lambda match: Weekday(self.weekdays[match["day"]], which, weeks)

    def weeks_from_weekday(self, match: Match) -> Piece:
        """The groups weeks and day: "two weeks from Friday"."""
        return Weekday(self.weekdays[match["day"]], weeks=self.number(match["weeks"]))

    def weekday_in_week(self, match: Match) -> tuple[Piece, ...]:
        """The groups day and of: "el viernes de la semana que viene"."""
        return Weekday(self.weekdays[match["day"]]), self.week(match)

    def week(self, match: Match) -> WeekShift:
        """The group of: this week or the next."""
        return WeekShift(0 if self.this_one.search(match["of"]) else 1)

    def every_weekdays(self, match: Match) -> Piece:
        """The groups days, alternate and weeks: "los lunes y jueves", "cada 2 lunes"."""
        groups = match.groupdict()
        weeks = 2 if groups.get("alternate") else self.number(groups.get("weeks") or "1")
        return Every(Unit.WEEK, weeks, tuple(sorted(self._weekdays(match))))

    def other_weekdays(self, match: Match) -> Piece:
        """The group days: "todos los días menos los domingos"."""
        return Every(Unit.WEEK, 1, tuple(sorted(set(range(7)) - self._weekdays(match))))

    def _weekdays(self, match: Match) -> set[int]:
        names = re.findall(r"[a-z]+", match["days"])
        return {self.weekdays[name] for name in names if name in self.weekdays}

    def weekday_range(self, match: Match) -> Piece:
        """The groups first and last: "de lunes a viernes"."""
        first, last = self.weekdays[match["first"]], self.weekdays[match["last"]]
        days = {(first + step) % 7 for step in range((last - first) % 7 + 1)}
        return Every(Unit.WEEK, 1, tuple(sorted(days)))

    def part(self, match: Match) -> Piece:
        """The group part."""
        return self.parts[match["part"]]

    def today_part(self, match: Match) -> tuple[Piece, ...]:
        """ "esta noche"."""
        return Relative(0), self.parts[match["part"]]


def numbered(text: str, first: int = 0) -> dict[str, int]:
    """The words of a text, counted."""
    return {word: place for place, word in enumerate(text.split(), first)}


def pieces(*fixed: Piece) -> Build:
    """A pattern that always means the same."""
    return lambda _: fixed


def vague(question: str, slot: Slot, *, strong: bool = False) -> Build:
    """A pattern that leaves something open."""
    return lambda _: Vague(question, slot, strong)


def also(build: Build, extra: Piece) -> Build:
    """What `build` makes, and one piece more."""

    def both(match: Match) -> tuple[Piece, ...]:
        built = build(match)
        return (*built, extra) if isinstance(built, tuple) else (built, extra)

    return both


def _almost(word: str, right: str) -> bool:
    """The same letters in another order, or one letter missing."""
    dropped = (right[:place] + right[place + 1 :] for place in range(len(right)))
    return sorted(word) == sorted(right) or word in dropped
