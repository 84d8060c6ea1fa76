"""`python -m bench [PART ...]`: measure the parts (all that take minutes), print the whole table.

Each leaves its figures in bench/results and brings docs/performance.md up to date; `page` measures
nothing and does the latter. Exit code 1 when a promise is not kept by what was measured.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import page
from bench.parts import PARTS, Part, named
from bench.report import keep, show
from bench.results import begin, read

HERE = {part.name: part for part in PARTS if not part.elsewhere}
PAGE = "page"
# What one part takes and no other.
OPTIONS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "runs": ("eval", {"type": Path, "help": "take the newest runs of `wasap eval` from here"}),
    "limit": ("bfcl", {"type": int, "help": "only so many cases"}),
    "resume": ("bfcl", {"type": Path, "help": "the outcomes of a run to go on with"}),
}


def main() -> int:
    """Measure, keep, show, judge."""
    names, options = _asked()
    if names == [PAGE]:
        page.write()
        return 0
    measured = [name for name in names if _measure(named(name), options)]
    found = read()
    show(measured, found)
    missed = any(figure.missed for name in measured for figure in found[name].figures)
    return 1 if missed else 0


def _measure(part: Part, options: Mapping[str, Any]) -> bool:
    """Whether there was anything to measure: some need an extra or weights."""
    given = (f"--{name} {getattr(one, 'name', one)}" for name, one in options.items())
    begun = begin(part.name, " ".join([part.how, *given]))
    with tempfile.TemporaryDirectory() as folder:
        figures = part.run(Path(folder), **options)
    if figures:
        keep(begun, figures)
    return bool(figures)


def _asked() -> tuple[list[str], dict[str, Any]]:
    """The parts, and the options of the only one."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join([*HERE, PAGE]))
    parser.add_argument("--final", action="store_true", help="choice: the half that is kept back")
    for option, (part, about) in OPTIONS.items():
        parser.add_argument(f"--{option}", **{**about, "help": f"{part}: {about['help']}"})
    given = parser.parse_args()
    if unknown := set(given.parts) - {*HERE, PAGE}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    options = {name: getattr(given, name) for name in OPTIONS if getattr(given, name)}
    if any(given.parts != [OPTIONS[name][0]] for name in options):
        parser.error("an option of one part goes with that part alone")
    names = given.parts or [name for name, part in HERE.items() if not part.long]
    if given.final:
        names = ["choice-final" if name == "choice" else name for name in names]
    return names, options


if __name__ == "__main__":
    sys.exit(main())
