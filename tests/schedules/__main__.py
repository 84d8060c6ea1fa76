"""`python -m tests.schedules`: the figure, exit code 1 when a reminder came at a wrong time."""

import argparse
import sys
import time

from bench import report, results
from bench.figures import Figure, at_least, none_of, plain
from tests.schedules.run import Verdict, judge
from tests.schedules.schedule import ZONES, generate

SCHEDULES = 100_000
FAULTS = {
    "early": "reminders early",
    "missed": "reminders missed",
    "twice": "reminders twice",
    "late": "reminders wrongly marked late",
    "read": "phrases not understood",
}


def main() -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.schedules", description=__doc__)
    parser.add_argument("--schedules", type=int, default=SCHEDULES)
    parser.add_argument("--seed", type=int, default=20261124)
    given = parser.parse_args()
    started, begun = results.begin("schedules"), time.monotonic()
    verdict = judge(generate(given.seed, given.schedules), given.seed)
    faults = {name: verdict.faults[name] for name in FAULTS}
    sys.stdout.write(
        f"{verdict.schedules:,} schedules, {len(verdict.zones)} of {len(ZONES)} zones: "
        f"{verdict.due:,} due, {verdict.fired:,} fired ({verdict.late:,} late, after a downtime); "
        f"{faults['early']} early, {faults['missed']} missed, {faults['twice']} twice, "
        f"{faults['late']} wrongly marked late, {faults['read']} not understood; "
        f"{time.monotonic() - begun:.0f} s\n"
    )
    for shown in verdict.shown:
        sys.stderr.write(f"{shown}\n")
    report.keep(started, _figures(verdict))
    return 1 if verdict.faults else 0


def _figures(verdict: Verdict) -> list[Figure]:
    note = f"{len(verdict.zones)} of {len(ZONES)} time zones"
    due = f"of {verdict.due:,}"
    return [
        at_least("schedules", verdict.schedules, SCHEDULES, note=note),
        *(none_of(words, verdict.faults[name], due) for name, words in FAULTS.items()),
        plain("reminders late, after a downtime, and marked so", verdict.late, due),
    ]


if __name__ == "__main__":
    sys.exit(main())
