"""`python -m tests.faults`: break the model and Meta, kind after kind; print what came of it."""

import argparse
import asyncio
import json
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.crash.report import RESULTS
from tests.faults.graph_api import GRAPH_API_FAULTS
from tests.faults.model import MODEL_FAULTS
from tests.faults.session import Outcome, graph_api_outcomes, model_outcomes

SENTENCE_WITHIN_S = 5.0
COLUMNS = ("sentence_after_s", "answered", "duplicates", "recovered_s")


def main() -> int:
    """Exit code 1 when a promise was broken."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="wasap-faults-") as temporary:
        folder = Path(temporary)
        sides = {
            "model": asyncio.run(model_outcomes(folder / "model", MODEL_FAULTS)),
            "graph_api": asyncio.run(graph_api_outcomes(folder / "graph_api", GRAPH_API_FAULTS)),
        }
    for side, outcomes in sides.items():
        _show(side, outcomes)
    kept = not any(_broken(one) for outcomes in sides.values() for one in outcomes)
    print("promises kept" if kept else "PROMISES BROKEN")
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "kept": kept,
        **{side: [_row(one) for one in outcomes] for side, outcomes in sides.items()},
    }
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return 0 if kept else 1


def _broken(outcome: Outcome) -> list[str]:
    late = (outcome.sentence_after_s or 0) > SENTENCE_WITHIN_S
    return outcome.broken + ["the sentence came late"] * late


def _row(outcome: Outcome) -> dict[str, Any]:
    figures = {column: getattr(outcome, column) for column in COLUMNS}
    rounded = {
        name: round(value, 2) if isinstance(value, float) else value
        for name, value in figures.items()
    }
    return {"kind": outcome.kind, **rounded, "broken": _broken(outcome)}


def _show(side: str, outcomes: list[Outcome]) -> None:
    table = Table(title=f"{side}: {len(outcomes)} kinds of faults, two messages each")
    table.add_column("kind")
    for column in COLUMNS:
        table.add_column(column.replace("_", " "), justify="right")
    for row in map(_row, outcomes):
        shown = ("" if row[column] is None else str(row[column]) for column in COLUMNS)
        table.add_row(row["kind"], *shown, style="red" if row["broken"] else "")
    console = Console(width=120)
    console.print(table)
    for row in map(_row, outcomes):
        for words in row["broken"]:
            console.print(f"BROKEN {row['kind']}: {words}", style="red", markup=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--json", type=Path, default=RESULTS / "faults.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
