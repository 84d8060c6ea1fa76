"""A figure: what was measured, what it is compared with, what we promised."""

import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is value / floor, the steadier number on a shared machine."""

    name: str
    value: float
    unit: str
    promised: str
    kept: bool
    floor: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the floor the value is."""
        return self.value / self.floor if self.floor else None


def median(seconds: Sequence[float]) -> float:
    """The median in milliseconds."""
    return statistics.median(seconds) * 1000


def show(figures: Sequence[Figure]) -> None:
    """Print the table and keep it as JSON."""
    table = Table(title="WasAP's own figures")
    for column in ("figure", "value", "floor, same run", "ratio", "promised", "kept", "note"):
        table.add_column(column)
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.value:.2f} {figure.unit}",
            f"{figure.floor:.2f} {figure.unit}" if figure.floor else "",
            f"{figure.ratio:.2f}" if figure.ratio else "",
            figure.promised,
            "yes" if figure.kept else "NO",
            figure.note,
        )
    Console(width=150).print(table)
    RESULTS.mkdir(exist_ok=True)
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "figures": [{**asdict(figure), "ratio": figure.ratio} for figure in figures],
    }
    (RESULTS / "latest.json").write_text(json.dumps(record, indent=2) + "\n")
