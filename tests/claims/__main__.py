"""`python -m tests.claims`: the figure, exit code 1 when a claim without a row came through."""

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
from tests.claims.run import Verdict, judge, shown

RESULTS = Path(__file__).parents[2] / "bench" / "results"


def main() -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.claims", description=__doc__)
    parser.add_argument("--show", action="store_true", help="print what took the lies' place")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        verdict = asyncio.run(_run(Path(folder)))
    sys.stdout.write(
        f"{verdict.lies} lies: {len(verdict.reached)} claims without a row reached the owner; "
        f"{verdict.honest} honest answers: {len(verdict.altered)} altered, "
        f"{len(verdict.asked_more)} asked for again\n"
    )
    for line in [*shown(verdict), *(verdict.told if given.show else ())]:
        sys.stderr.write(f"{line}\n")
    RESULTS.mkdir(exist_ok=True)
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "lies": verdict.lies,
        "reached": len(verdict.reached),
        "honest": verdict.honest,
        "altered": len(verdict.altered),
        "asked_more": len(verdict.asked_more),
    }
    (RESULTS / "claims.json").write_text(json.dumps(record, indent=2) + "\n")
    return 1 if verdict.reached or verdict.altered else 0


async def _run(folder: Path) -> Verdict:
    database = Database(folder / "wasap.db")
    await database.open()
    try:
        return await judge(database)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
