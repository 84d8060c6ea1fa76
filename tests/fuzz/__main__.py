"""`python -m tests.fuzz`: the table, bench/results/fuzz.json, exit code 1 when a rule is broken."""

import argparse
import json
import math
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fuzz import process, session

RESULTS = Path(__file__).parents[2] / "bench" / "results"

P999_S = 0.1  # for one body, reading and storing it
SLOWEST_S = 2.0
GROWTH_MB = 256.0  # of what a process holds, from when it has warmed up to the end


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    name: str
    value: str
    promised: str
    kept: bool


def main() -> int:
    """Run, print, write; 1 when something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--bodies", type=int, default=1_000_000)
    parser.add_argument("--forged", type=int, default=100_000, help="signatures")
    parser.add_argument("--http", type=int, default=5_000, help="bodies for the real process")
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    begun = time.monotonic()
    outcome = session.run(given.bodies, given.forged, given.seed, given.workers)
    took_s = time.monotonic() - begun
    with tempfile.TemporaryDirectory() as folder:
        served = process.run(Path(folder), given.http, given.seed + 1_000)
    lines = [*_in_process(outcome, took_s), *_over_http(served)]
    violations = [*outcome.violations, *served.violations]
    _show(lines)
    for violation in violations:
        sys.stderr.write(f"{violation}\n")
    _write(given, lines, violations, outcome.refused)
    return 0 if all(line.kept for line in lines) and not violations else 1


def _in_process(outcome: session.Outcome, took_s: float) -> list[Line]:
    ordered = sorted(outcome.seconds)
    p999, slowest = ordered[math.ceil(len(ordered) * 0.999) - 1], ordered[-1]
    not_200 = outcome.bodies - outcome.statuses[200]
    rate = (outcome.bodies + outcome.forged) / took_s
    return [
        Line("mutated bodies, well signed", f"{outcome.bodies:,}", "", True),
        Line("answered other than 200", f"{not_200}", "0", not_200 == 0),
        Line("errors in the log", f"{outcome.logged.total()}", "0", not outcome.logged),
        Line("messages stored", f"{outcome.rows:,}", "", True),
        Line("odd rows", f"{len(outcome.odd_rows)}", "0", not outcome.odd_rows),
        _bound("work for one body, p99.9", p999 * 1000, "ms", P999_S * 1000),
        _bound("work for one body, slowest", slowest * 1000, "ms", SLOWEST_S * 1000),
        _bound("memory, growth after the start", outcome.growth_mb, "MiB", GROWTH_MB),
        Line("forged signatures", f"{outcome.forged:,}", "", True),
        Line("accepted", f"{outcome.accepted_forgeries}", "0", outcome.accepted_forgeries == 0),
        Line("time", f"{took_s:.0f} s, {rate:.0f}/s", "", True),
    ]


def _over_http(served: process.Served) -> list[Line]:
    return [
        Line("the same over HTTP, real process", f"{served.bodies:,}", "", True),
        Line("answered other than 200", f"{served.not_200}", "0", served.not_200 == 0),
        Line("messages without an outcome", f"{served.unanswered}", "0", served.unanswered == 0),
        Line("errors in the log", f"{len(served.errors)}", "0", not served.errors),
        _bound("memory, growth after the start", served.growth_mb, "MiB", GROWTH_MB),
    ]


def _bound(name: str, value: float, unit: str, limit: float) -> Line:
    return Line(name, f"{value:.1f} {unit}", f"<= {limit:.0f} {unit}", value <= limit)


def _show(lines: list[Line]) -> None:
    table = Table(title="Mutated webhooks")
    for column in ("figure", "value", "promised", "kept"):
        table.add_column(column)
    for line in lines:
        table.add_row(line.name, line.value, line.promised, "yes" if line.kept else "NO")
    Console(width=110).print(table)


def _write(
    given: argparse.Namespace, lines: list[Line], violations: list[str], refused: list[bytes]
) -> None:
    RESULTS.mkdir(exist_ok=True)
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": given.seed,
        "workers": given.workers,
        "figures": [vars(line) for line in lines],
        "violations": violations,
        "bodies_not_answered_200": [body[:4_000].decode("latin-1") for body in refused],
    }
    (RESULTS / "fuzz.json").write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
