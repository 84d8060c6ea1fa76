"""`python -m app.reference` writes the generated parts of docs/ anew; with `--check` it changes
nothing, shows what is not as the code has it, and exits with 1 when there is any."""

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from app.reference.commands import chat, terminal
from app.reference.findings import findings
from app.reference.graph import graph
from app.reference.page import filled
from app.reference.privacy import privacy
from app.reference.settings import settings
from graph.settings import HOME

DOCS = HOME / "docs"
MAKERS = {
    "chat": chat,
    "findings": findings,
    "graph": graph,
    "privacy": privacy,
    "settings": settings,
    "terminal": terminal,
}


def main(arguments: Sequence[str], docs: Path = DOCS) -> int:
    """The exit code."""
    checks, stale = "--check" in arguments, False
    for path in sorted(docs.glob("*.md")):
        old = path.read_text(encoding="utf-8")
        new = filled(old, "es" if path.name.endswith(".es.md") else "en", MAKERS)
        if new == old:
            continue
        if not checks:
            path.write_text(new, encoding="utf-8")
            continue
        stale = True
        lines = (old.splitlines(), new.splitlines())
        print(*difflib.unified_diff(*lines, str(path), "as the code has it", lineterm=""), sep="\n")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
