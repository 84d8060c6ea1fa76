"""`wasap eval` of both halves with the built-in 1.5B and the prompts that we ship, as figures.

    python -m bench eval                  asks all the cases: hours on two cores
    python -m bench eval --runs FOLDER    takes the newest runs of `wasap eval` in that folder

The cases of the final half that fail are counted and not named: who tunes must not see them.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from app.errors import WasapError
from app.evals.command import Asked, evaluate_all
from app.evals.running import fingerprint
from app.evals.runs import CaseResult, Run, earlier
from app.evals.scenarios import Case, load
from app.evals.tables import HALVES, rows, share
from bench.figures import Figure, at_least, at_most, plain
from bench.prefix import MODEL
from bench.results import DETAILS
from graph.settings import HOME
from tools.scan import scan

PROMISED, APART = 0.85, 0.05


def run(folder: Path, *, runs: Path | None = None) -> list[Figure]:
    """The score of each half and how far they lie apart. Needs the weights, or runs."""
    if runs is None:
        runs = DETAILS / "evals"
        try:
            asyncio.run(evaluate_all(Asked("all", (), (), None, MODEL, None, None, runs)))
        except WasapError as error:
            raise SystemExit(str(error)) from None
    return figures(load(HOME / "evals", {tool.name: tool for tool in scan()}), earlier(runs, MODEL))


def figures(cases: Sequence[Case], runs: Sequence[Run]) -> list[Figure]:
    """Of the newest run of each half that answered all of it. Raises SystemExit without one."""
    (tuned, told), (kept_back, told_last) = (_newest(half, cases, runs) for half in HALVES)
    failed = [case.id for case in tuned if not case.passed]
    tuning, final = share(tuned), share(kept_back)
    named = {f"tuning half ({len(tuned)})": tuned, f"final half ({len(kept_back)})": kept_back}
    first, last = named
    return [
        at_least(f"scenarios passed, {first}", tuning, PROMISED,
                 note=f"{told}; failed: {', '.join(failed) or 'none'}"),
        at_most(f"scenarios passed, {last} and {first} apart", round(abs(final - tuning), 6), APART,
                note=told_last),
        plain(f"scenarios passed, {last}", final),
        *(
            plain(f"scenarios passed, {half}, {name} ({len(some)})", share(some))
            for half, every in named.items()
            for name, some in rows(every)
            if name != "all"
        ),
    ]  # fmt: skip


def _newest(half: str, cases: Sequence[Case], runs: Sequence[Run]) -> tuple[list[CaseResult], str]:
    """The answers to a half as its cases are now, and when they were given."""
    wanted = {(case.id, case.digest) for case in cases if case.half == half}
    for run in reversed(runs):
        answered = [case for case in run.cases if (case.id, case.digest) in wanted]
        if len(answered) == len(wanted):
            return answered, _note(run)
    raise SystemExit(f"No run of {MODEL} answers all {len(wanted)} cases of the {half} half.")


def _note(run: Run) -> str:
    changed = " (other ones by now)" * (run.prompts_hash != fingerprint(HOME / "prompts"))
    return f"asked on {run.at[:10]}, prompts {run.prompts_hash}{changed}"
