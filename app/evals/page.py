"""The report as one HTML file: no script, nothing fetched, readable by day and by night."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from app.evals.runs import CaseResult, Exchange, Run, Turned
from app.evals.tables import HALVES, rows, score, share

STYLE = Path(__file__).with_suffix(".css")
WIDTH, BAR, GAP, LABEL = 640, 16, 10, 110  # pixels
BINS = 12
PAST = 30  # runs in the plot

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{style}</style></head><body>
<h1>{title}</h1>
{body}
</body></html>
"""


@dataclass(frozen=True)
class Side:
    """Cases under one name: a half of a run, or one of two folders."""

    name: str
    cases: Sequence[CaseResult]


def page(run: Run, turned: Turned, past: Sequence[Run]) -> str:
    """A run, its halves apart; `past` are earlier runs of its model, the oldest first."""
    halves = [Side(half, [case for case in run.cases if case.half == half]) for half in HALVES]
    sides = [side for side in halves if side.cases]
    body = [
        _note(f"{run.at}, prompts {run.prompts} ({run.prompts_hash})"),
        "" if run.whole else _note("This run was cut short: not all cases were asked."),
        *_plots(sides),
        _over_time([*past, run]),
        _section("Broken since the last time", turned.broken),
        _section("Fixed since the last time", turned.fixed),
    ]
    for side in sides:
        failed = [case for case in side.cases if not case.passed]
        body.append(_section(f"Failed, {side.name} half", failed))
    body.append(_section("Passed", [case for case in run.cases if case.passed]))
    return _whole(f"wasap eval: {run.model}", body)


def page_beside(one: Run, other: Run, turned: Turned) -> str:
    """Two folders of prompts on the same cases."""
    sides = [Side(f"A: {one.prompts}", one.cases), Side(f"B: {other.prompts}", other.cases)]
    body = [_note(f"{one.at}, prompts A {one.prompts_hash} and B {other.prompts_hash}")]
    body += _plots(sides)
    body.append(_section("Only A passes (as B answers)", turned.broken))
    body.append(_section("Only B passes (as B answers)", turned.fixed))
    both = {case.id for case in [*turned.broken, *turned.fixed]}
    failed = [case for case in other.cases if not case.passed and case.id not in both]
    body.append(_section("Neither passes (as B answers)", failed))
    return _whole(f"wasap eval: two folders of prompts, {one.model}", body)


def page_of_talks(title: str, said: Sequence[str], columns: Mapping[str, Sequence[str]]) -> str:
    """What was said, and the answers to it side by side."""
    heads = "".join(f"<th>{escape(name)}</th>" for name in ("you", *columns))
    lines = [
        f"<tr>{''.join(f'<td><pre>{escape(cell)}</pre></td>' for cell in row)}</tr>"
        for row in zip(said, *columns.values(), strict=True)
    ]
    return _whole(title, [f'<table class="talk"><tr>{heads}</tr>{"".join(lines)}</table>'])


def _whole(title: str, body: Iterable[str]) -> str:
    style = STYLE.read_text(encoding="utf-8")
    return _PAGE.format(title=escape(title), style=style, body="\n".join(filter(None, body)))


def _note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>'


def _plots(sides: Sequence[Side]) -> list[str]:
    return [_table(sides), _bars(sides), *map(_times, sides)]


def _table(sides: Sequence[Side]) -> str:
    heads = "".join(f"<th>{escape(side.name)}</th>" for side in sides)
    lines = []
    parts = [dict(rows(side.cases)) for side in sides]
    for name in dict.fromkeys(name for part in parts for name in part):
        cells = "".join(f"<td>{score(part.get(name, []))}</td>" for part in parts)
        lines.append(f"<tr><td>{name}</td>{cells}</tr>")
    costs = ("seconds", _seconds), ("tokens in", _tokens_in), ("tokens out", _tokens_out)
    for label, cost in costs:
        cells = "".join(f"<td>{cost(side.cases):,.0f}</td>" for side in sides)
        lines.append(f"<tr><td>{label}</td>{cells}</tr>")
    return f"<table><tr><th>area</th>{heads}</tr>{''.join(lines)}</table>"


def _bars(sides: Sequence[Side]) -> str:
    """The share that passed, by area; a bar a side."""
    parts = [dict(rows(side.cases)) for side in sides]
    names = list(dict.fromkeys(name for part in parts for name in part))
    step = BAR * len(sides) + GAP
    length = WIDTH - LABEL - 60
    marks = []
    for row, name in enumerate(names):
        top = row * step
        marks.append(f'<text x="0" y="{top + BAR - 4}">{name}</text>')
        for index, part in enumerate(parts):
            if not (cases := part.get(name)):
                continue
            y, wide = top + index * BAR, share(cases) * length
            rest = f'width="{length}" height="{BAR - 3}"'
            marks.append(f'<rect class="rail" x="{LABEL}" y="{y}" {rest}/>')
            width = f'width="{wide:.1f}" height="{BAR - 3}"'
            marks.append(f'<rect class="{"ab"[index]}" x="{LABEL}" y="{y}" {width}/>')
            text = f"{share(cases):.2f}"
            marks.append(f'<text x="{LABEL + length + 8}" y="{y + BAR - 4}">{text}</text>')
    told = " and ".join(
        f"{side.name} ({colour})" for side, colour in zip(sides, ("green", "blue"), strict=False)
    )
    return _figure(len(names) * step, marks, f"Share of the cases that passed: {told}")


def _times(side: Side) -> str:
    """How many cases took how long."""
    seconds = [case.seconds for case in side.cases]
    most = max(seconds, default=0)
    if not most:
        return ""
    counts = [0] * BINS
    for one in seconds:
        counts[min(BINS - 1, int(one / most * BINS))] += 1
    wide, high = WIDTH / BINS, 90
    marks = []
    for index, count in enumerate(counts):
        tall = count / max(counts) * high
        at = f'x="{index * wide + 1:.1f}" y="{high - tall:.1f}"'
        marks.append(
            f'<rect class="a" {at} width="{wide - 2:.1f}" height="{tall:.1f}">'
            f"<title>{count}</title></rect>"
        )
    marks.append(f'<text x="0" y="{high + 16}">0 s</text>')
    marks.append(f'<text x="{WIDTH - 60}" y="{high + 16}">{most:.0f} s</text>')
    return _figure(high + 22, marks, f"Seconds a case, {side.name}")


def _over_time(runs: Sequence[Run]) -> str:
    """The share of the tuning cases that passed, over the runs of the same cases as the newest."""
    tuning = [[case for case in run.cases if case.half == "tuning"] for run in runs]
    same = [cases for cases in tuning if cases and _ids(cases) == _ids(tuning[-1])]
    shares = [share(cases) for cases in same[-PAST:]]
    if len(shares) < 2:  # a point is no line
        return ""
    high = 120
    step = (WIDTH - LABEL - 60) / (len(shares) - 1)
    points = [f"{LABEL + i * step:.1f},{high - one * high + 4:.1f}" for i, one in enumerate(shares)]
    marks = [
        f'<text x="{LABEL - 36}" y="14">1.00</text>',
        f'<text x="{LABEL - 36}" y="{high + 4}">0.00</text>',
        f'<polyline class="path" points="{" ".join(points)}"/>',
        *(
            f'<circle class="a" r="3" cx="{x}" cy="{y}"/>'
            for x, y in (p.split(",") for p in points)
        ),
        f'<text x="{WIDTH - 50}" y="{high - shares[-1] * high + 8:.1f}">{shares[-1]:.2f}</text>',
    ]
    return _figure(high + 10, marks, "Share of the tuning cases that passed, run after run")


def _ids(cases: Sequence[CaseResult]) -> set[str]:
    return {case.id for case in cases}


def _figure(height: int, marks: Iterable[str], caption: str) -> str:
    drawn = "".join(marks)
    told = escape(caption)
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img"'
        f' aria-label="{told}">{drawn}</svg><figcaption>{told}</figcaption></figure>'
    )


def _section(title: str, cases: Sequence[CaseResult]) -> str:
    if not cases:
        return ""
    return f"<h2>{escape(title)} ({len(cases)})</h2>{''.join(map(_case, cases))}"


def _case(case: CaseResult) -> str:
    """The case with what was said in its last try."""
    word = "passed" if case.passed else "failed"
    wrong = escape("; ".join(case.wrong))
    tokens = " in, ".join(map(str, case.tokens))
    talk = "".join(map(_exchange, case.tries[-1].exchanges))
    return (
        f'<details><summary><b>{case.id}</b> <span class="{word}">{word}</span> {wrong}</summary>'
        f'{talk}<p class="note">{len(case.tries)} of its tries, {case.seconds:.1f} s,'
        f" tokens: {tokens} out</p></details>"
    )


def _exchange(one: Exchange) -> str:
    calls = "".join(f"<pre>→ {escape(f'{name} {given}')}</pre>" for name, given in one.calls)
    return f"<pre><b>{escape(one.said)}</b></pre>{calls}<pre>{escape(one.reply)}</pre>"


def _seconds(cases: Sequence[CaseResult]) -> float:
    return sum(case.seconds for case in cases)


def _tokens_in(cases: Sequence[CaseResult]) -> float:
    return sum(case.tokens[0] for case in cases)


def _tokens_out(cases: Sequence[CaseResult]) -> float:
    return sum(case.tokens[1] for case in cases)
