"""`python -m bench [PART ...]`: run the parts, print the table.

Without a name all but `bfcl`, `choice` and `speech`. Exit code 1 when a promise is not kept.
"""

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench import (
    backup,
    choice,
    cipher,
    documents,
    facts,
    foundation,
    growth,
    load,
    phone,
    pictures,
    prefix,
    prompts,
    retrieval,
    speech,
)
from bench.bfcl import run as bfcl
from bench.figures import show

PARTS = {
    part.__name__.partition(".")[2]: part.run
    for part in (
        foundation,
        load,
        retrieval,
        documents,
        facts,
        growth,
        prefix,
        prompts,
        pictures,
        backup,
        cipher,
        phone,
    )
}


def main() -> int:
    """Run, show, judge."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=", ".join([*PARTS, "bfcl", "choice", "speech"])
    )
    parser.add_argument("--final", action="store_true", help="choice: the half that is kept back")
    parser.add_argument("--limit", type=int, help="bfcl: only so many cases")
    parser.add_argument(
        "--resume", type=Path, help="bfcl: the results/ file of a run to go on with"
    )
    arguments = parser.parse_args()
    parts = {
        **PARTS,
        "bfcl": partial(bfcl.run, limit=arguments.limit, resume=arguments.resume),
        "choice": partial(choice.run, final=arguments.final),
        "speech": speech.run,  # needs espeak-ng and the weights
    }
    figures = []
    with tempfile.TemporaryDirectory() as temporary:
        for name in arguments.parts or PARTS:
            folder = Path(temporary) / name
            folder.mkdir()
            figures += parts[name](folder)
    show(figures)
    return 0 if all(figure.kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
