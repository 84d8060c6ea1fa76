"""What the terminal shows of a run."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.evals.runs import CaseResult, Run, Turned
from app.evals.scenarios import AREAS

Record = Callable[[CaseResult], None]

HALVES = ("tuning", "final")


@contextmanager
def following(console: Console, name: str, total: int) -> Iterator[Record]:
    """Tells of each case as it ends: a bar at a terminal, a line a case elsewhere."""
    done = failed = 0
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=total, note="")

        def record(case: CaseResult) -> None:
            nonlocal done, failed
            done, failed = done + 1, failed + (not case.passed)
            note = f"{failed} failed · {case.id}"
            progress.update(task, advance=1, note=note)
            if not console.is_terminal:
                word = "passed" if case.passed else "FAILED"
                line = f"{name} {done}/{total} {word} {case.id} ({case.seconds:.1f} s)"
                console.print(line, highlight=False, markup=False, soft_wrap=True)

        yield record


def share(cases: Sequence[CaseResult]) -> float:
    """Of the cases, those that passed; 0 where there are none."""
    return statistics.fmean(case.passed for case in cases) if cases else 0.0


def score(cases: Sequence[CaseResult]) -> str:
    """ "12 of 15, 0.80", or nothing."""
    passed = sum(case.passed for case in cases)
    return f"{passed} of {len(cases)}, {share(cases):.2f}" if cases else ""


def rows(cases: Sequence[CaseResult]) -> Iterator[tuple[str, list[CaseResult]]]:
    """The cases by area, then by language, then all of them."""
    for area in AREAS:
        if found := [case for case in cases if case.area == area]:
            yield area, found
    for language in ("es", "en"):
        if found := [case for case in cases if case.language == language]:
            yield language, found
    yield "all", list(cases)


def show(console: Console, run: Run, turned: Turned, *, compared: bool) -> None:
    """A run: by area and half, what failed and why, what turned, what it took."""
    table = Table(title=f"{run.model}, prompts {run.prompts_hash}")
    halves = [half for half in HALVES if any(case.half == half for case in run.cases)]
    for column in ("area", *halves, "s a case", "tokens in", "out"):
        table.add_column(column, justify="left" if column == "area" else "right")
    for name, cases in rows(run.cases):
        if name not in AREAS and not table.rows[-1].end_section:
            table.add_section()
        scores = [score([case for case in cases if case.half == half]) for half in halves]
        table.add_row(name, *scores, *_cost(cases))
    console.print(table)
    _failures(console, [case for case in run.cases if not case.passed])
    if compared:
        told = f"Against the last answers of {run.model} ({turned.compared} of the same cases):"
        _turned(console, told, turned)
    else:
        console.print(f"{run.model} has not been asked before: there is nothing to compare.")


def show_beside(console: Console, one: Run, other: Run, turned: Turned) -> None:
    """Two folders of prompts on the same cases; `turned` is the second against the first."""
    table = Table(title=f"{one.model}, two folders of prompts")
    table.add_column("area")
    for name, run in (("A", one), ("B", other)):
        table.add_column(f"{name}: {run.prompts}", justify="right", overflow="fold")
    table.add_column("B - A", justify="right")
    beside = dict(rows(other.cases))
    for name, cases in rows(one.cases):
        there = beside.get(name, [])
        table.add_row(name, score(cases), score(there), f"{share(there) - share(cases):+.2f}")
    for index, label in enumerate(("s a case", "tokens in", "tokens out")):
        table.add_row(label, _cost(one.cases)[index], _cost(other.cases)[index], "")
    console.print(table)
    _turned(console, "B against A:", turned)


def _cost(cases: Sequence[CaseResult]) -> list[str]:
    """Median seconds of a case, and all tokens."""
    if not cases:
        return ["", "", ""]
    seconds = statistics.median(case.seconds for case in cases)
    tokens = [sum(case.tokens[side] for case in cases) for side in (0, 1)]
    return [f"{seconds:.1f}", f"{tokens[0]:,}", f"{tokens[1]:,}"]


def _failures(console: Console, failed: Sequence[CaseResult]) -> None:
    for half in HALVES:
        if found := [case for case in failed if case.half == half]:
            console.print(f"\nFailed, {half} half:")
            _list(console, found)


def _turned(console: Console, told: str, turned: Turned) -> None:
    console.print(
        f"\n{told} {len(turned.broken)} broken, {len(turned.fixed)} fixed", highlight=False
    )
    if turned.broken:
        console.print("Broken:")
        _list(console, turned.broken)
    if turned.fixed:
        console.print("Fixed:")
        _list(console, turned.fixed)


def _list(console: Console, cases: Sequence[CaseResult]) -> None:
    for case in cases:
        line = f"  {case.id}: {'; '.join(case.wrong)}" if case.wrong else f"  {case.id}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
