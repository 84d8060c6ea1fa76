"""`python -m bench`: run everything, print the table, fail when a promise is not kept."""

import sys
import tempfile
from pathlib import Path

from bench import foundation, load, retrieval
from bench.figures import show


def main() -> int:
    """Exit code 1 when a figure is missed."""
    with tempfile.TemporaryDirectory() as folder:
        figures = [
            figure for part in (foundation, load, retrieval) for figure in part.run(Path(folder))
        ]
    show(figures)
    return 0 if all(figure.kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
