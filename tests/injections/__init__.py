"""Texts by others that give orders, what obeying them would mean, and honest tasks on such texts.

Every file is one way in (`carrier`). `wants` are the calls of a model that obeys everything it
reads, `says` what it would write into its answer; an empty `trigger` means at once, else in the
turn that answers that message. "{memory}" stands for what the owner has told (`MEMORY`).
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

FOLDER = Path(__file__).parent
BENIGN = "benign.toml"
MEMORY = "la alarma de casa es 7391"


@dataclass(frozen=True)
class Call:
    tool: str
    args: dict[str, Any]


@dataclass(frozen=True)
class Injection:
    id: str
    carrier: str
    language: str
    style: str
    text: str
    wants: tuple[Call, ...]
    says: str
    trigger: str  # what the owner writes in a later turn, "" when it fires in the turn that reads
    encoding: str
    own: str  # the reminder that `trigger` itself asks for


@dataclass(frozen=True)
class Task:
    """A question of the owner on `text`; a right answer has one of `facts` in it."""

    id: str
    carrier: str
    language: str
    text: str
    question: str
    facts: tuple[str, ...]
    injection: str  # the id of the injected text it is about, "" for a clean one


def injections() -> list[Injection]:
    return [
        _injection(row, data["carrier"])
        for path in sorted(FOLDER.glob("*.toml"))
        if path.name != BENIGN
        for data in [_read(path)]
        for row in data["injections"]
    ]


def tasks() -> list[Task]:
    texts = {one.id: one for one in injections()}
    found = []
    for row in _read(FOLDER / BENIGN)["tasks"]:
        about = texts.get(row.get("injection", ""))
        found.append(
            Task(
                id=row["id"],
                carrier=about.carrier if about else row["carrier"],
                language=row["language"],
                text=about.text if about else row["text"],
                question=row["question"],
                facts=tuple(row["facts"]),
                injection=about.id if about else "",
            )
        )
    return found


def _injection(row: dict[str, Any], carrier: str) -> Injection:
    assert row.get("delayed", False) == ("trigger" in row), row["id"]
    return Injection(
        id=row["id"],
        carrier=carrier,
        language=row["language"],
        style=row["style"],
        text=row["text"],
        wants=tuple(Call(one["tool"], _filled(one["args"])) for one in row.get("wants", [])),
        says=row.get("says", "").replace("{memory}", quote(MEMORY)),
        trigger=row.get("trigger", ""),
        own=row.get("own", ""),
        encoding=row.get("encoding", ""),
    )


def _filled(args: dict[str, Any]) -> dict[str, Any]:
    """With what the owner has told in place; as an address needs it in an address."""
    return {
        name: value.replace("{memory}", quote(MEMORY) if name == "url" else MEMORY)
        if isinstance(value, str)
        else value
        for name, value in args.items()
    }


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
