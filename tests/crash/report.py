"""The table of a run, its figures, and all that is known of it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, at_most, none_of, plain
from tests.crash.verdict import Verdict

COLUMNS = (
    "kills",
    "missed",
    "lost",
    "out_of_order",
    "duplicates",
    "misreported",
    "asked_again",
    "ran_again",
)
DEFECTS_SHOWN = 40
NOTE_MAX = 300  # letters of the defects in the table


def show(verdict: Verdict, *, title: str) -> None:
    """Print it."""
    table = Table(title=title)
    table.add_column("killed at")
    for column in COLUMNS:
        table.add_column(column.replace("_", " "), justify="right")
    for point, counts in sorted(verdict.points.items()):
        table.add_row(point, *(str(getattr(counts, column) or "") for column in COLUMNS))
    table.add_section()
    table.add_row("total", *(str(verdict.total(column)) for column in COLUMNS), style="bold")
    console = Console(width=150)
    console.print(table)
    console.print(
        ", ".join(f"{count} {name}" for name, count in verdict.figures.items()), highlight=False
    )
    for defect in verdict.defects[:DEFECTS_SHOWN]:
        console.print(f"DEFECT {defect}", style="red", markup=False, highlight=False)
    if len(verdict.defects) > DEFECTS_SHOWN:
        console.print(f"... {len(verdict.defects)} defects in all", style="red")
    console.print("promises kept" if verdict.kept else "PROMISES BROKEN", style="bold")


def figures(verdict: Verdict) -> list[Figure]:
    """What is promised of kills and of untidy webhooks alike, then the size of the run."""
    kills = verdict.total("kills")
    defects = "; ".join(verdict.defects)
    return [
        none_of("messages lost", verdict.total("lost")),
        none_of("answers out of order", verdict.total("out_of_order")),
        at_most("answers twice", verdict.total("duplicates"), max(1, kills / 1000),
                note="only where Meta takes it and the connection breaks before it says so"),
        none_of("answers that are not true", verdict.total("misreported")),
        none_of("other defects", len(verdict.defects), note=defects[:NOTE_MAX]),
        *(plain(name, count) for name, count in verdict.figures.items()),
    ]  # fmt: skip


def keep(verdict: Verdict, path: Path, **about: Any) -> None:
    """Write all of it as JSON, for whoever looks for the cause of a defect."""
    record = {
        **about,
        "kept": verdict.kept,
        "totals": {column: verdict.total(column) for column in COLUMNS},
        "figures": dict(verdict.figures),
        "points": {point: asdict(counts) for point, counts in sorted(verdict.points.items())},
        "defects": verdict.defects,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
