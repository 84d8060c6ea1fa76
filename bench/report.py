"""What becomes of figures: the results, the page, the table at the terminal."""

from collections.abc import Collection, Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import page, results
from bench.figures import Figure, amount
from bench.results import Begun


def keep(
    begun: Begun,
    figures: Sequence[Figure],
    *,
    folder: Path = results.RESULTS,
    docs: Path = page.DOCS,
) -> None:
    """In the place of the last result of this part; the page follows."""
    results.write(begun.ended(figures), folder)
    page.write(folder, docs)


def show(measured: Collection[str], found: page.Results, console: Console | None = None) -> None:
    """One table: what is promised, and all of those parts that were measured just now."""
    table = Table(title="WasAP's own figures")
    for column in ("figure", "measured", "floor, same run", "ratio", "promised", "kept", "note"):
        table.add_column(column)
    for part, lines in groupby(page.figures_of(found), key=lambda line: line[0]):
        figures = [figure for _, figure in lines if figure]
        table.add_section()
        when = f"{found[part.name].at[:10]}, {part.how}" if figures else f"not measured: {part.how}"
        table.add_row(part.measures, "", "", "", "", "", when, style="bold")
        for figure in figures:
            if figure.promised or part.name in measured:
                table.add_row(*_cells(figure))
    (console or Console(width=150)).print(table, markup=False)


def _cells(figure: Figure) -> list[str]:
    return [
        figure.name,
        amount(figure.value, figure.unit),
        amount(figure.floor, figure.unit) if figure.floor else "",
        amount(figure.ratio) if figure.ratio else "",
        figure.promised,
        ("yes" if figure.kept else "NO") if figure.promised else "",
        figure.note,
    ]
