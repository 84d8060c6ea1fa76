"""docs/troubleshooting.md: what `wasap doctor` says of a trouble and what to do about it."""

import re
import tomllib

from app.checks.finding import FILE
from app.reference.page import Asked, table
from graph.prompts import PLACEHOLDER
from graph.settings import HOME

_ALL = "*"  # asks for what the rest of the page does not name
_BRACES = re.compile(rf"{PLACEHOLDER.pattern}\.?")
_HEAD = {"en": ("`wasap doctor` says", "do"), "es": ("`wasap doctor` dice", "hacé")}


def findings(asked: Asked) -> str:
    """A row for each key that is asked for. KeyError for one that is no finding."""
    path = HOME / "prompts" / asked.language / FILE
    known = tomllib.loads(path.read_text(encoding="utf-8"))
    keys = asked.arguments
    if _ALL in keys:
        troubles = [key for key, entry in known.items() if "fix" in entry]
        keys = [key for key in troubles if key not in asked.on_page]
    rows = [(_open(known[key]["says"]), _open(known[key].get("fix", ""))) for key in keys]
    return table(_HEAD[asked.language], rows)


def _open(sentence: str) -> str:
    """With "…" for what doctor fills in."""
    return _BRACES.sub("…", sentence)
