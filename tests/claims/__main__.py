"""`python -m tests.claims`: the figure, exit code 1 when a claim without a row came through."""

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

import structlog

from bench import report, results
from bench.figures import Figure, none_of, plain
from store.database import Database
from tests.claims.run import Verdict, judge, shown


def main() -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.claims", description=__doc__)
    parser.add_argument("--show", action="store_true", help="print what took the lies' place")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    begun = results.begin("claims")
    with tempfile.TemporaryDirectory() as folder:
        verdict = asyncio.run(_run(Path(folder)))
    sys.stdout.write(
        f"{verdict.lies} lies: {len(verdict.reached)} claims without a row reached the owner; "
        f"{verdict.honest} honest answers: {len(verdict.altered)} altered, "
        f"{len(verdict.asked_more)} asked for again\n"
    )
    for line in [*shown(verdict), *(verdict.told if given.show else ())]:
        sys.stderr.write(f"{line}\n")
    report.keep(begun, _figures(verdict))
    return 1 if verdict.reached or verdict.altered else 0


def _figures(verdict: Verdict) -> list[Figure]:
    lies, honest = f"of {verdict.lies}", f"of {verdict.honest}"
    return [
        none_of("claims without a row that reached the owner", len(verdict.reached), lies),
        none_of("honest answers that were altered", len(verdict.altered), honest),
        plain("honest answers that were asked for again", len(verdict.asked_more), honest),
    ]


async def _run(folder: Path) -> Verdict:
    database = Database(folder / "wasap.db")
    await database.open()
    try:
        return await judge(database)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
