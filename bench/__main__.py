"""`python -m bench [PART ...]`: run the parts (all of them), print the table.

Exit code 1 when a promise is not kept.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from bench import facts, foundation, growth, load, prefix, retrieval
from bench.figures import show

PARTS = {
    part.__name__.partition(".")[2]: part
    for part in (foundation, load, retrieval, facts, growth, prefix)
}


def main() -> int:
    """Run, show, judge."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    figures = []
    with tempfile.TemporaryDirectory() as temporary:
        for name in parser.parse_args().parts or PARTS:
            folder = Path(temporary) / name
            folder.mkdir()
            figures += PARTS[name].run(folder)
    show(figures)
    return 0 if all(figure.kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
