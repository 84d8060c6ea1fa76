"""`python -m tests.faults`: break the model and Meta, kind after kind; print what came of it."""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import report, results
from bench.figures import Figure, all_of, at_least, at_most
from tests.faults.graph_api import GRAPH_API_FAULTS
from tests.faults.model import MODEL_FAULTS
from tests.faults.session import Outcome, graph_api_outcomes, model_outcomes

SENTENCE_WITHIN_S = 5.0
KINDS = {"model": 8, "graph_api": 13}  # promised, at least
NAMES = {"model": "model", "graph_api": "Graph API"}
COLUMNS = ("sentence_after_s", "answered", "duplicates", "recovered_s")


def main() -> int:
    """Exit code 1 when a promise was broken."""
    arguments = _arguments()
    begun = results.begin("faults")
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
    record = {side: [_row(one) for one in outcomes] for side, outcomes in sides.items()}
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    report.keep(begun, [one for side in sides.items() for one in _figures(*side)])
    return 0 if kept else 1


def _figures(side: str, outcomes: list[Outcome]) -> list[Figure]:
    whole = sum(not _broken(one) for one in outcomes)
    broken = ", ".join(one.kind for one in outcomes if _broken(one))
    name = NAMES[side]
    late = [one.sentence_after_s for one in outcomes if one.sentence_after_s is not None]
    figures = [
        at_least(f"kinds of trouble, {name}", len(outcomes), KINDS[side]),
        all_of(f"kinds of trouble after which every answer came once, {name}", whole,
               len(outcomes), note=broken and f"not after: {broken}"),
    ]  # fmt: skip
    if late:
        slowest = "slowest sentence after a fault was known"
        figures.append(at_most(f"{slowest}, {name}", max(late), SENTENCE_WITHIN_S, "s"))
    return figures


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
    parser.add_argument("--json", type=Path, default=results.DETAILS / "faults.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
