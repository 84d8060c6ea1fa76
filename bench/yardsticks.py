"""The hand-written questions and requests, and what counts as right."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.evals.arguments import Wanted, are_met

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
    """A message and the tool it calls for ("": none); `args` is explained in
    app/evals/arguments.py."""

    text: str
    language: str
    tool: str
    args: Mapping[str, Wanted]
    final: bool  # never looked at while tuning

    def is_met_by(self, tool: str, arguments: Mapping[str, Any]) -> bool:
        """Is this call the right one, with the right arguments?"""
        return tool == self.tool and are_met(self.args, arguments, self.language)


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


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
