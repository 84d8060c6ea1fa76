"""Sorts the pieces found in a sentence: which belong to the time that is asked for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tools.when.errors import ONE_TIME, UNCLEAR, WHICH_DAY, Ambiguous
from tools.when.folded import Folded
from tools.when.grammar import Found, Grammar, walk
from tools.when.pieces import (
    DAYS,
    Clock,
    Day,
    Elapsed,
    Every,
    For,
    Gone,
    Mark,
    Part,
    Piece,
    Slot,
    Unit,
    Vague,
    WeekShift,
)

FORTNIGHT = (14, 15)  # days; "cada quince días los viernes" is every second Friday
_BETWEEN = re.compile(r"[\s,;]*(?:(?:y|o|u|e|de|del|and|or|of|at|on)[\s,]+)*")


@dataclass
class Reading:
    """The pieces of one time, by what they say."""

    clock: Clock | None = None
    part: Part | None = None
    days: list[Day] = field(default_factory=list)
    elapsed: Elapsed | None = None
    every: Every | None = None
    lasting: For | None = None
    until: list[Day] = field(default_factory=list)
    gone: bool = False
    vague: list[Vague] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)  # where those above were found
    ends: list[Found] = field(default_factory=list)  # where `lasting` and `until` were

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where in the folded text the time stands."""
        told = [*self.found, *self.ends] if self.every else self.found
        return sorted((one.start, one.end) for one in told if any(map(self._tells, one.pieces)))

    def _tells(self, piece: Piece) -> bool:
        """Whether a piece is part of the time, and not of the text: "leer Juan 3:16 a las 9"."""
        return (
            piece == self.clock if isinstance(piece, Clock) else not isinstance(piece, Gone | Vague)
        )

    @property
    def empty(self) -> bool:
        """Nothing was found, not even something vague."""
        found = (self.clock, self.part, self.days, self.elapsed, self.every, self.gone, self.vague)
        return not any(found)


def read_pieces(folded: Folded, grammar: Grammar) -> Reading:
    """The time a sentence asks for.

    Raises:
        Ambiguous: two times, or none that is clear.
    """
    clusters = _clusters(folded, walk(folded, grammar))
    reading = Reading()
    lead = _leads(folded, clusters, grammar)
    taken: set[Slot] = set()
    for place, cluster in enumerate(clusters):
        slots = set().union(*(_slots(piece) for found in cluster for piece in found.pieces))
        if lead and place and slots & taken:
            continue  # "recordame mañana a las 9 que el viernes tengo dentista"
        taken |= slots
        _add(reading, cluster)
    _settle(reading)
    return reading


def _clusters(folded: Folded, found: Iterable[Found]) -> list[list[Found]]:
    """Pieces that stand side by side."""
    clusters: list[list[Found]] = []
    for one in found:
        if clusters and _BETWEEN.fullmatch(folded.text, clusters[-1][-1].end, one.start):
            clusters[-1].append(one)
        else:
            clusters.append([one])
    return clusters


def _leads(folded: Folded, clusters: Sequence[Sequence[Found]], grammar: Grammar) -> bool:
    """Whether a time opens the sentence or follows "recordame": then it is the one asked for."""
    if not clusters:
        return False
    before = folded.text[: clusters[0][0].start].strip(" ,:;.!")
    request = grammar.request.match(before)
    rest = before[request.end() :] if request else before
    return not grammar.opening.sub("", rest).strip(" ,:")


def _slots(piece: Piece) -> set[Slot]:
    if isinstance(piece, (*DAYS, Every, Gone)):
        return {Slot.DAY}
    if isinstance(piece, Clock | Part):
        return {Slot.CLOCK}
    if isinstance(piece, Elapsed):
        return {Slot.DAY, Slot.CLOCK}
    if isinstance(piece, Vague) and piece.slot is not Slot.ALL:
        return {piece.slot}
    return set()


def _add(reading: Reading, cluster: Sequence[Found]) -> None:
    mark: Mark | None = None
    for found in cluster:
        ends = mark is Mark.UNTIL or isinstance(found.pieces[0], For) or Mark.UNTIL in found.pieces
        (reading.ends if ends else reading.found).append(found)
        for piece in found.pieces:
            if isinstance(piece, Mark):
                mark = piece
            elif mark is Mark.UNTIL and isinstance(piece, DAYS):
                reading.until.append(piece)
            else:
                _put(reading, piece)
                mark = None


def _put(reading: Reading, piece: Piece) -> None:
    match piece:
        case Clock():
            reading.clock = _one_clock(reading.clock, piece)
        case Part():
            reading.part = _one_part(reading.part, piece)
        case Elapsed():
            if reading.elapsed:
                raise Ambiguous(ONE_TIME)
            reading.elapsed = piece
        case Every():
            reading.every = _one_rule(reading.every, piece)
        case For():
            reading.lasting = piece
        case Gone():
            reading.gone = True
        case Vague():
            reading.vague.append(piece)
        case _ if isinstance(piece, DAYS) and piece not in reading.days:
            reading.days.append(piece)


def _one_clock(first: Clock | None, second: Clock) -> Clock:
    if first is None or first == second:
        return second
    if first.firm != second.firm:
        return first if first.firm else second
    raise Ambiguous(ONE_TIME)


def _one_part(first: Part | None, second: Part) -> Part:
    """ "mañana temprano a la mañana" is early."""
    if first is None or first is second or (first is Part.MORNING and second is Part.EARLY):
        return second
    if first is Part.EARLY and second is Part.MORNING:
        return first
    raise Ambiguous(ONE_TIME)


def _one_rule(first: Every | None, second: Every) -> Every:
    """ "cada 2 semanas los lunes"."""
    if first is None or first == second:
        return second
    plain, named = sorted((first, second), key=lambda every: bool(every.weekdays))
    if plain.weekdays or not named.weekdays or named.interval > 1:
        raise Ambiguous(ONE_TIME)
    if plain.unit is Unit.WEEK:
        return Every(Unit.WEEK, plain.interval, named.weekdays)
    if plain.unit is Unit.DAY and plain.interval in FORTNIGHT:
        return Every(Unit.WEEK, 2, named.weekdays)
    raise Ambiguous(ONE_TIME)


def _settle(reading: Reading) -> None:
    """Ask what is left open and nothing else says."""
    if reading.every and any(vague.question == UNCLEAR for vague in reading.vague):
        raise Ambiguous(UNCLEAR)
    has_clock = reading.clock or reading.elapsed
    has_day = reading.days or reading.elapsed or reading.every
    filled = {
        Slot.CLOCK: has_clock,
        Slot.DAY: has_day,
        Slot.ALL: has_clock or has_day or reading.part,
    }
    for vague in reading.vague:
        if vague.strong or not filled[vague.slot]:
            raise Ambiguous(vague.question)
    if reading.elapsed and (reading.clock or reading.part or reading.days):
        raise Ambiguous(ONE_TIME)
    if reading.elapsed and reading.every:
        raise Ambiguous(ONE_TIME)
    kinds = [type(day) for day in reading.days if not isinstance(day, WeekShift)]
    if len(kinds) != len(set(kinds)):
        raise Ambiguous(WHICH_DAY)
