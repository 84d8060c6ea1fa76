"""The owner's own cases, not among the versioned ones: DATA_DIR/evals/own.toml."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.setup import env_file
from tools.folding import fold

FILE = Path("evals") / "own.toml"  # in DATA_DIR
ID_WORDS = 5
_HEADER = """\
# Made by `wasap eval add`; run with `wasap eval --cases` and this folder. These are your own words:
# delete here what shall not be kept, /forgetme does not reach them.
"""
_BARE = re.compile(r"[A-Za-z0-9_-]+")

Row = Mapping[str, Any]  # a [[case]] without its id


def append(file: Path, row: Row) -> str:
    """Add a case to the file, whole or not at all; the id it got."""
    text = file.read_text(encoding="utf-8") if file.exists() else _HEADER
    taken = {one["id"] for one in tomllib.loads(text).get("case", ())}
    case_id = next(one for one in _ids(row) if one not in taken)
    whole = f"{text.rstrip()}\n\n{_as_toml({'id': case_id, **row})}"
    tomllib.loads(whole)  # a file that cannot be read would cost the cases before this one
    file.parent.mkdir(parents=True, exist_ok=True)
    env_file.write(file, whole)
    return case_id


def _ids(row: Row) -> Iterator[str]:
    """ "es-own-agrega-leche-a-la", and should it be taken the same with 2, 3, ..."""
    words = re.findall(r"[a-z0-9]+", fold(row["turns"][-1]["say"]))[:ID_WORDS]
    base, number = "-".join([row["language"], "own", *words]), 1
    while True:
        yield base if number == 1 else f"{base}-{number}"
        number += 1


def _as_toml(row: Row) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in row.items() if key != "turns"]
    turns = [f"  {_value(turn)}," for turn in row["turns"]]
    return "\n".join(["[[case]]", *lines, "turns = [", *turns, "]"]) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    # JSON's strings and numbers are TOML's too, but for the delete character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)
