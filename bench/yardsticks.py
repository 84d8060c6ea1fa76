"""The hand-written questions and requests, and what counts as right."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import arithmetic, notation
from tools.calculator import NO_SUM
from tools.errors import ToolError
from tools.folding import fold

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Pair:
    """A question and the one memory that answers it; `kind` is explained in the file."""

    query: str
    memory: str
    kind: str


def memories() -> list[str]:
    """Everything there is to find, as it was told."""
    return list(_read("recall_pairs.toml")["memories"].values())


def pairs() -> list[Pair]:
    data = _read("recall_pairs.toml")
    return [
        Pair(row["query"], data["memories"][row["memory"]], kind)
        for kind, rows in data["pairs"].items()
        for row in rows
    ]


@dataclass(frozen=True)
class Request:
    """A message and the tool it calls for ("": none); `args` is explained in the file."""

    text: str
    language: str
    tool: str
    args: Mapping[str, float | str | list[str]]
    final: bool  # never looked at while tuning

    def is_met_by(self, tool: str, arguments: Mapping[str, Any]) -> bool:
        """Is this call the right one, with the right arguments?"""
        return tool == self.tool and all(
            _holds(wanted, arguments.get(name, ""), self.language)
            for name, wanted in self.args.items()
        )


def requests() -> list[Request]:
    return [
        Request(
            text=row["text"],
            language=language,
            tool="" if tool == "none" else tool,
            args=row.get("args", {}),
            final=final,
        )
        for name, final in (("tool_choice.toml", False), ("tool_choice_final.toml", True))
        for tool, languages in _read(name).items()
        for language, rows in languages.items()
        for row in rows
    ]


def _holds(wanted: float | str | list[str], argument: Any, language: str) -> bool:
    if isinstance(wanted, int | float):
        return _comes_to(wanted, str(argument), language)
    said = fold(", ".join(map(str, argument)) if isinstance(argument, list) else str(argument))
    if isinstance(wanted, str):
        return said in wanted.removeprefix("=").split("|")
    return all(any(_stands_in(said, word) for word in words.split("|")) for words in wanted)


def _stands_in(said: str, word: str) -> bool:
    """At the beginning of a word; a number whole: no "5" in "50"."""
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


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
