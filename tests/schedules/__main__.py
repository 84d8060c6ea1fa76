"""`python -m tests.schedules`: the figure, exit code 1 when a reminder came at a wrong time."""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.schedules.run import judge
from tests.schedules.schedule import ZONES, generate

RESULTS = Path(__file__).parents[2] / "bench" / "results"


def main() -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.schedules", description=__doc__)
    parser.add_argument("--schedules", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20261124)
    given = parser.parse_args()
    begun = time.monotonic()
    verdict = judge(generate(given.seed, given.schedules), given.seed)
    faults = {name: verdict.faults[name] for name in ("early", "missed", "twice", "late", "read")}
    sys.stdout.write(
        f"{verdict.schedules:,} schedules, {len(verdict.zones)} of {len(ZONES)} zones: "
        f"{verdict.due:,} due, {verdict.fired:,} fired ({verdict.late:,} late, after a downtime); "
        f"{faults['early']} early, {faults['missed']} missed, {faults['twice']} twice, "
        f"{faults['late']} wrongly marked late, {faults['read']} not understood; "
        f"{time.monotonic() - begun:.0f} s\n"
    )
    for shown in verdict.shown:
        sys.stderr.write(f"{shown}\n")
    RESULTS.mkdir(exist_ok=True)
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": given.seed,
        "schedules": verdict.schedules,
        "zones": len(verdict.zones),
        "due": verdict.due,
        "fired": verdict.fired,
        "late": verdict.late,
        "faults": faults,
    }
    (RESULTS / "schedules.json").write_text(json.dumps(record, indent=2) + "\n")
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
