"""A figure: what was measured, what it is compared with, what we promised."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float, float | None]  # how much of the axis, the figure, its floor


@dataclass(frozen=True)
class Curve:
    """How a figure goes with something else. Curves of one axis stand in one plot."""

    axis: str  # "turns" or "senders"
    title: str
    points: tuple[Point, ...]
    value: str  # what its line is called
    floor: str = ""


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is value / floor, the steadier number on a shared machine.

    What promises nothing is shown apart, and `kept` says nothing of it.
    """

    name: str
    value: float
    unit: str
    promised: str
    kept: bool
    floor: float | None = None
    note: str = ""
    curve: Curve | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor the value is."""
        return self.value / self.floor if self.floor else None

    @property
    def missed(self) -> bool:
        """Promised and not kept."""
        return bool(self.promised) and not self.kept


def at_most(name: str, value: float, limit: float, unit: str = "", *, note: str = "") -> Figure:
    """Promised not to be above the limit."""
    return Figure(name, value, unit, f"<= {limit:,.10g} {unit}".strip(), value <= limit, note=note)


def at_least(name: str, value: float, limit: float, unit: str = "", *, note: str = "") -> Figure:
    """Promised not to be below the limit."""
    return Figure(name, value, unit, f">= {limit:,.10g} {unit}".strip(), value >= limit, note=note)


def none_of(name: str, value: float, of: str = "", *, note: str = "") -> Figure:
    """Promised not to happen; `of` says out of how many: "of 224"."""
    return Figure(name, value, of, "0", value == 0, note=note)


def all_of(name: str, value: float, total: float, *, note: str = "") -> Figure:
    """Promised of every one."""
    return Figure(name, value, f"of {total:,}", "all", value == total > 0, note=note)


def plain(name: str, value: float, unit: str = "", *, note: str = "") -> Figure:
    """Promised by nobody."""
    return Figure(name, value, unit, "", True, note=note)


def amount(value: float, unit: str = "") -> str:
    """For people: 0.857, 3.20 ms, 1,682 s."""
    if value == int(value) or abs(value) >= 100:
        shown = f"{value:,.0f}"
    else:
        shown = f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"
    return f"{shown} {unit}".strip()


def median(seconds: Sequence[float]) -> float:
    """The median in milliseconds."""
    return statistics.median(seconds) * 1000
