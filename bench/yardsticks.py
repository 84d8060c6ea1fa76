"""The hand-written questions and requests, and what counts as right."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
