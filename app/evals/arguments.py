"""Whether a tool was called with the arguments that a message asks for, however they are worded.

What is wanted of an argument is
  a number              the argument (an expression, a value) comes to it
  a list of strings     each must stand in it at the beginning of a word, accents and case aside;
                        "a|b" is a or b
  "=a|b"                it is a or b and no more; "=|a" may be left out too
An argument that is not named may be anything.
"""

import re
from collections.abc import Mapping
from typing import Any

from tools import arithmetic, notation
from tools.calculator import NO_SUM
from tools.errors import ToolError
from tools.folding import fold

Wanted = float | str | list[str]


def are_met(wanted: Mapping[str, Wanted], arguments: Mapping[str, Any], language: str) -> bool:
    """Are these the right arguments? Numbers are read as `language` writes them."""
    return all(holds(one, arguments.get(name, ""), language) for name, one in wanted.items())


def holds(wanted: Wanted, argument: Any, language: str) -> bool:
    """Is one argument as it is wanted?"""
    if isinstance(wanted, int | float):
        return _comes_to(wanted, str(argument), language)
    said = fold(", ".join(map(str, argument)) if isinstance(argument, list) else str(argument))
    if isinstance(wanted, str):
        return said in fold(wanted.removeprefix("=")).split("|")
    return all(any(stands_in(said, fold(word)) for word in words.split("|")) for words in wanted)


def stands_in(said: str, word: str) -> bool:
    """At the beginning of a word, both folded; a number whole: no "5" in "50"."""
    end = r"(?!\d)" if word[-1].isdigit() else ""
    return re.search(rf"(?<!\w){re.escape(word)}{end}", said) is not None


def _comes_to(wanted: float, expression: str, language: str) -> bool:
    """Read as the calculator reads it, and for JSON's numbers as Python does."""
    for in_language in (language, "en"):
        try:
            value = float(arithmetic.evaluate(*notation.translate(expression, in_language)))
        except (*NO_SUM, ArithmeticError, ToolError):
            continue
        if abs(value - wanted) < 1e-9 * max(1, abs(wanted)):
            return True
    return False
