"""`python -m tests.fuzz`: the figures, exit code 1 when a rule is broken."""

import argparse
import json
import math
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import report, results
from bench.figures import Figure, amount, at_least, at_most, none_of, plain
from tests.fuzz import process, session

BODIES, FORGED, HTTP = 1_000_000, 100_000, 5_000
P999_S = 0.1  # for one body, reading and storing it
SLOWEST_S = 2.0
GROWTH_MB = 256.0  # of what a process holds, from when it has warmed up to the end


def main() -> int:
    """Run, print, write; 1 when something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--bodies", type=int, default=BODIES)
    parser.add_argument("--forged", type=int, default=FORGED, help="signatures")
    parser.add_argument("--http", type=int, default=HTTP, help="bodies for the real process")
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    started, begun = results.begin("fuzz"), time.monotonic()
    outcome = session.run(given.bodies, given.forged, given.seed, given.workers)
    took_s = time.monotonic() - begun
    with tempfile.TemporaryDirectory() as folder:
        served = process.run(Path(folder), given.http, given.seed + 1_000)
    figures = [*_in_process(outcome, took_s), *_over_http(served)]
    violations = [*outcome.violations, *served.violations]
    _show(figures)
    for violation in violations:
        sys.stderr.write(f"{violation}\n")
    _keep_refused(outcome.refused, violations)
    report.keep(started, figures)
    return 1 if violations or any(figure.missed for figure in figures) else 0


def _in_process(outcome: session.Outcome, took_s: float) -> list[Figure]:
    ordered = sorted(outcome.seconds)
    p999, slowest = ordered[math.ceil(len(ordered) * 0.999) - 1], ordered[-1]
    bodies, forged = f"of {outcome.bodies:,}", f"of {outcome.forged:,}"
    return [
        at_least("mutated bodies, well signed", outcome.bodies, BODIES),
        none_of("answered other than 200", outcome.bodies - outcome.statuses[200], bodies),
        none_of("errors in the log", outcome.logged.total()),
        none_of("odd rows", len(outcome.odd_rows), f"of {outcome.rows:,}"),
        at_most("work for one body, p99.9", p999 * 1000, P999_S * 1000, "ms"),
        at_most("work for one body, slowest", slowest * 1000, SLOWEST_S * 1000, "ms"),
        at_most("memory, growth after the start", outcome.growth_mb, GROWTH_MB, "MiB"),
        none_of("forged signatures accepted", outcome.accepted_forgeries, forged),
        plain("bodies and signatures", (outcome.bodies + outcome.forged) / took_s, "/s"),
    ]


def _over_http(served: process.Served) -> list[Figure]:
    bodies = f"of {served.bodies:,}"
    return [
        none_of("over HTTP, answered other than 200", served.not_200, bodies),
        none_of("over HTTP, messages without an outcome", served.unanswered),
        none_of("over HTTP, errors in the log", len(served.errors)),
        at_most("over HTTP, memory, growth after the start", served.growth_mb, GROWTH_MB, "MiB"),
    ]


def _show(figures: list[Figure]) -> None:
    table = Table(title="Mutated webhooks")
    for column in ("figure", "value", "promised", "kept"):
        table.add_column(column)
    for one in figures:
        kept = ("yes" if one.kept else "NO") if one.promised else ""
        table.add_row(one.name, amount(one.value, one.unit), one.promised, kept)
    Console(width=110).print(table)


def _keep_refused(refused: list[bytes], violations: list[str]) -> None:
    """The bodies that were not answered 200, for whoever looks for the cause."""
    results.DETAILS.mkdir(parents=True, exist_ok=True)
    bodies = [body[:4_000].decode("latin-1") for body in refused]
    record = {"violations": violations, "bodies_not_answered_200": bodies}
    (results.DETAILS / "fuzz.json").write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
