"""`python -m tests.crash`: kill, look, print, fail when a promise is not kept."""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from bench import report, results
from bench.figures import at_least
from tests.crash.report import figures, keep, show
from tests.crash.run import Run

KILLS = 1000


def main() -> int:
    """Exit code 1 when a promise was broken."""
    arguments = _arguments()
    begun = results.begin("crash")
    with tempfile.TemporaryDirectory(prefix="wasap-crash-") as temporary:
        folder = arguments.folder or Path(temporary)
        run = Run(folder, arguments.kills, arguments.lanes, arguments.seconds, arguments.seed)
        verdict = asyncio.run(run.run())
    show(verdict, title=f"kill -9 at labelled points, seed {arguments.seed}")
    keep(verdict, arguments.json, seed=arguments.seed, lanes=arguments.lanes)
    points = sum(counts.kills > 0 for counts in verdict.points.values())
    note = f"at {points} points, seed {arguments.seed}"
    kills = at_least("kill -9", verdict.total("kills"), KILLS, note=note)
    report.keep(begun, [kills, *figures(verdict)])
    return 0 if verdict.kept else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--lanes", type=int, default=2, help="data folders side by side")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop killing then")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", type=Path, default=results.DETAILS / "crash.json")
    parser.add_argument("--folder", type=Path, help="keep data and logs here")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
