"""Curves as SVG, on a card of their own: readable on a light page and on a dark one."""

import math
from collections.abc import Iterator, Sequence
from html import escape

from bench.figures import Curve, Figure, amount

WIDTH, LEFT, RIGHT = 760, 64, 24  # pixels, as all that follows
TOP, HIGH, BOTTOM = 58, 150, 40  # of a panel: its words, its curves, its axis
STEPS = 4  # lines across a panel, about
AXES = {"turns": "turn", "senders": "senders at once"}

STYLE = """
svg { --ink: #1d2428; --soft: #5d6a72; --card: #fff; --line: #d5dcdf; --ours: #1b7f4d;
  font: 13px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #e6ebee; --soft: #9fadb5; --card: #161b1f; --line: #36434a; --ours: #4fc48a; }
}
text { fill: var(--ink); } .soft { fill: var(--soft); } .end { text-anchor: end; }
.middle { text-anchor: middle; } .card { fill: var(--card); stroke: var(--line); }
.rule { stroke: var(--line); } polyline { fill: none; stroke-width: 2; }
.ours { stroke: var(--ours); } .floor { stroke: var(--soft); stroke-dasharray: 6 4; }
circle.ours { fill: var(--ours); } circle.floor { fill: var(--soft); }
"""


def plot(figures: Sequence[Figure]) -> str:
    """A panel for each figure that has a curve, one under the other."""
    panels = [(figure, figure.curve) for figure in figures if figure.curve]
    tall = TOP + HIGH + BOTTOM
    height = tall * len(panels)
    told = escape("; ".join(curve.title for _, curve in panels), quote=True)
    drawn = [
        f'<g transform="translate(0 {tall * number})">{"".join(_panel(*panel))}</g>'
        for number, panel in enumerate(panels)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" role="img" aria-label="{told}"><style>{STYLE}</style>'
        f'<rect class="card" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="6"/>\n'
        + "\n".join(drawn)
        + "\n</svg>\n"
    )


def _panel(figure: Figure, curve: Curve) -> Iterator[str]:
    lines = {
        "ours": [(x, value) for x, value, _ in curve.points],
        "floor": [(x, floor) for x, _, floor in curve.points if floor is not None],
    }
    right = max(x for x, _ in lines["ours"])
    rules = _rules(max(y for line in lines.values() for _, y in line))

    def place(x: float, y: float) -> tuple[str, str]:
        across = LEFT + x / right * (WIDTH - LEFT - RIGHT)
        return f"{across:.1f}", f"{TOP + HIGH * (1 - y / rules[-1]):.1f}"

    yield _text(16, 20, f"{curve.title}{figure.unit and f' ({figure.unit})'}")
    yield from _legend(curve)
    for y in rules:
        _, down = place(0, y)
        yield f'<path class="rule" d="M{LEFT} {down}H{WIDTH - RIGHT}"/>'
        yield _text(LEFT - 8, float(down) + 4, amount(y), "soft end")
    for x in _ticks(curve):
        across, _ = place(x, 0)
        yield _text(float(across), TOP + HIGH + 18, f"{x:g}", "soft middle")
    yield _text(WIDTH - RIGHT, TOP + HIGH + 33, AXES[curve.axis], "soft end")
    for name, line in lines.items():
        dots = [place(*point) for point in line]
        yield f'<polyline class="{name}" points="{" ".join(map(",".join, dots))}"/>'
        if len(line) <= 2 * STEPS:  # a line of few points shows where they are
            for across, down in dots:
                yield f'<circle class="{name}" r="3" cx="{across}" cy="{down}"/>'


def _legend(curve: Curve) -> Iterator[str]:
    left = 16
    for name, words in (("ours", curve.value), ("floor", curve.floor)):
        if words:
            yield f'<polyline class="{name}" points="{left},34 {left + 28},34"/>'
            yield _text(left + 34, 38, words, "soft")
            left += 60 + 7 * len(words)


def _rules(most: float) -> list[float]:
    """Round numbers from zero to the most, or just above."""
    rough = most / STEPS or 1
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * one for one in (1, 2, 2.5, 5, 10) if size * one >= rough)
    return [step * number for number in range(math.ceil(most / step) + 1)] or [0, 1]


def _ticks(curve: Curve) -> list[float]:
    """Where it was measured; of many points round numbers."""
    across = [x for x, _, _ in curve.points]
    return across if len(across) <= 2 * STEPS else [*_rules(max(across))[:-1], max(across)]


def _text(x: float, y: float, words: str, kind: str = "") -> str:
    given = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}"{given}>{escape(words)}</text>'
