"""docs/performance.md and its plots: every figure in one table a group, made from the results."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from bench.figures import Figure, amount
from bench.parts import PARTS, Part
from bench.plots import plot
from bench.results import RESULTS, ROOT, Result, read

Results = Mapping[str, Result]
Line = tuple[Part, Figure | None]

DOCS = ROOT / "docs"
PAGE = "performance.md"
PLOTS = {
    "turns": ("cost-by-turns.svg", "The length of a conversation"),
    "senders": ("cost-by-senders.svg", "The number of senders"),
}
HEAD = """\
# Performance

<!-- Made from bench/results by `python -m bench page`: do not edit. -->

Every figure that WasAP promises, as the last run of its command found it. `make bench` measures
what takes minutes and writes this page anew; what takes longer has a command of its own, which does
so too. A **floor** is measured in the same run, on the same machine: the ratio stays where the
milliseconds do not. Machines are shared: the load is the average of the minute before a run, its
own not included.
"""


def pages(results: Results) -> dict[str, str]:
    """The texts of the page and its plots, by the names of their files."""
    drawn = {}
    for axis, (name, _) in PLOTS.items():
        if figures := _curves(results, axis):
            drawn[name] = plot(figures)
    return {PAGE: _page(results, drawn), **drawn}


def write(results: Path = RESULTS, docs: Path = DOCS) -> None:
    """Write them all."""
    for name, text in pages(read(results)).items():
        (docs / name).write_text(text, encoding="utf-8")


def figures_of(results: Results) -> Iterator[Line]:
    """All that there are, in the order of the table; None for a part that was not measured."""
    for part in PARTS:
        if part.name not in results:
            yield part, None
            continue
        for figure in results[part.name].figures:
            yield part, figure


def _page(results: Results, drawn: Iterable[str]) -> str:
    blocks = [HEAD, _sum(results), *_missed(results)]
    for name, title in PLOTS.values():
        if name in drawn:
            blocks.append(f"## {title}\n\n![{title}]({name})\n")
    for group in dict.fromkeys(part.group for part in PARTS):
        blocks.append(f"## {group}\n")
        blocks += _group([part for part in PARTS if part.group == group], results)
    return "\n".join(blocks)


def _sum(results: Results) -> str:
    promised = [figure for _, figure in figures_of(results) if figure and figure.promised]
    missed = sum(figure.missed for figure in promised)
    absent = sum(part.name not in results for part in PARTS)
    return (
        f"{len(promised)} promised figures are measured: {len(promised) - missed} kept,"
        f" **{missed} missed**. {absent} of {len(PARTS)} parts are not measured.\n"
    )


def _missed(results: Results) -> Iterator[str]:
    missed = [one for one in figures_of(results) if one[1] and one[1].missed]
    if missed:
        yield "## Missed\n"
        yield _table(missed)


def _group(parts: Sequence[Part], results: Results) -> Iterator[str]:
    here = [one for one in figures_of(results) if one[0] in parts]
    yield _table([one for one in here if not one[1] or one[1].promised])
    if rest := [one for one in here if one[1] and not one[1].promised]:
        yield "<details><summary>Measured besides, and promised by nobody</summary>\n"
        yield f"{_table(rest)}\n</details>\n"
    if told := [_told(part, results[part.name]) for part in parts if part.name in results]:
        yield "\n".join(told) + "\n"


def _table(lines: Sequence[Line]) -> str:
    """The figures of each part under a line of its own."""
    rows = ["| figure | measured | floor | ratio | promised | |", "|---|--:|--:|--:|---|---|"]
    for part, some in groupby(lines, key=lambda line: line[0]):
        found = [figure for _, figure in some if figure]
        absent = "" if found else f"not measured: `{part.how}`"
        rows.append(f"| **{_clean(part.measures)}** | {absent} | | | | |")
        rows += [f"| {' | '.join(_cells(figure))} |" for figure in found]
    return "\n".join(rows) + "\n"


def _cells(figure: Figure) -> tuple[str, ...]:
    note = f"<br><sub>{_clean(figure.note)}</sub>" if figure.note else ""
    verdict = "kept" if figure.kept else "**MISSED**"
    return (
        f"{_clean(figure.name)}{note}",
        amount(figure.value, figure.unit),
        amount(figure.floor, figure.unit) if figure.floor else "",
        amount(figure.ratio) if figure.ratio else "",
        _clean(figure.promised.replace("<=", "≤").replace(">=", "≥")),
        verdict if figure.promised else "",
    )


def _told(part: Part, result: Result) -> str:
    """Its command, its day and what it does not show."""
    known = [
        result.at[:10],
        result.revision and f"revision {result.revision}",
        f"{result.cores} cores" if result.cores else "",
        f"Python {result.python}" if result.python else "",
        "" if result.load is None else f"load {result.load:g} at the start",
        "" if result.seconds is None else f"took {amount(round(result.seconds), 's')}",
    ]
    when = ", ".join(filter(None, known))
    return f"- **{part.measures}**: `{result.command}`, {when}. Does not show {part.blind}."


def _clean(text: str) -> str:
    """For a cell."""
    return escape(text, quote=False).replace("|", "\\|").replace("\n", " ")


def _curves(results: Results, axis: str) -> list[Figure]:
    every = (figure for _, figure in figures_of(results) if figure)
    return [one for one in every if one.curve and one.curve.axis == axis]
