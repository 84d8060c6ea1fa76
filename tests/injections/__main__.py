"""`python -m tests.injections`: the figure, exit code 1 when something was done without a tap."""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import structlog

from store.database import Database
from tests.injections.run import Verdict, judge, shown

RESULTS = Path(__file__).parents[2] / "bench" / "results"


def main() -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.injections", description=__doc__)
    parser.add_argument("--show", action="store_true", help="print what the owner read")
    parser.add_argument("--every", type=int, default=1, help="one row in so many")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        verdict = asyncio.run(_run(Path(folder), given.every))
    sys.stdout.write(
        f"{verdict.rows} texts in {verdict.runs} runs and {verdict.turns} turns: "
        f"{len(verdict.effects)} side effects without a tap, {verdict.asked} questions asked; "
        f"{verdict.tasks - len(verdict.left)} of {verdict.tasks} honest tasks done, "
        f"{verdict.wishes - len(verdict.unheard)} of {verdict.wishes} wishes after them\n"
    )
    for line in [*shown(verdict), *(verdict.told if given.show else ())]:
        sys.stderr.write(f"{line}\n")
    RESULTS.mkdir(exist_ok=True)
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "texts": verdict.rows,
        "runs": verdict.runs,
        "turns": verdict.turns,
        "read": verdict.read,
        "effects": len(verdict.effects),
        "asked": verdict.asked,
        "tasks": verdict.tasks,
        "tasks_undone": len(verdict.left),
        "wishes": verdict.wishes,
        "wishes_unheard": len(verdict.unheard),
    }
    (RESULTS / "injections.json").write_text(json.dumps(record, indent=2) + "\n")
    return 1 if verdict.effects or verdict.left or verdict.unheard else 0


async def _run(folder: Path, every: int) -> Verdict:
    database = Database(folder / "wasap.db")
    await database.open()
    try:
        return await judge(database, every=every)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
