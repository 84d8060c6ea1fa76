"""`python -m bench [PART ...]`: measure the parts (all that take minutes), print the whole table.

Each leaves its figures in bench/results and brings docs/performance.md up to date; `page` measures
nothing and does the latter. Exit code 1 when a promise is not kept by what was measured.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from bench import page
from bench.parts import PARTS, Part, named
from bench.report import keep, show
from bench.results import begin, read

HERE = {part.name: part for part in PARTS if not part.elsewhere}


def main() -> int:
    """Measure, keep, show, judge."""
    arguments = _arguments()
    if arguments.parts == [page.__name__.partition(".")[2]]:
        page.write()
        return 0
    names = arguments.parts or [name for name, part in HERE.items() if not part.long]
    if arguments.final:
        names = [f"{name}-final" if name == "choice" else name for name in names]
    options = {"runs": arguments.runs} if arguments.runs else {}
    measured = []
    for name in names:
        if _measure(named(name), **options):
            measured.append(name)
    found = read()
    show(measured, found)
    missed = any(figure.missed for name in measured for figure in found[name].figures)
    return 1 if missed else 0


def _measure(part: Part, **options: Path) -> bool:
    """Whether there was anything to measure: some need an extra or weights."""
    begun = begin(part.name, part.how)
    with tempfile.TemporaryDirectory() as folder:
        figures = part.run(Path(folder), **options)
    if figures:
        keep(begun, figures)
    return bool(figures)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join([*HERE, "page"]))
    parser.add_argument("--final", action="store_true", help="choice: the half that is kept back")
    parser.add_argument(
        "--runs", type=Path, help="eval: the newest runs of `wasap eval` here, and ask nothing"
    )
    given = parser.parse_args()
    if unknown := set(given.parts) - {*HERE, "page"}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if given.runs and given.parts != ["eval"]:
        parser.error("--runs is of eval alone")
    return given


if __name__ == "__main__":
    sys.exit(main())
