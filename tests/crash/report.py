"""The table and the record of a run."""

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.crash.points import ROOT
from tests.crash.verdict import Verdict

RESULTS = ROOT / "bench" / "results"
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


def keep(verdict: Verdict, path: Path, **about: Any) -> None:
    """Write it as JSON."""
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        **about,
        "kept": verdict.kept,
        "totals": {column: verdict.total(column) for column in COLUMNS},
        "figures": dict(verdict.figures),
        "points": {point: asdict(counts) for point, counts in sorted(verdict.points.items())},
        "defects": verdict.defects,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
