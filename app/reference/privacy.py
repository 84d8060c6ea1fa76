"""docs/privacy.md: every table and column that there is, what it holds and for how long.

The sentences are in tables.toml. One that is missing there, and one of something that is gone, is
an error: nobody adds a table without saying when its rows go.
"""

import asyncio
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.chores import COPIES_KEPT_S, LOG_S, PAUSE_S
from app.reference.page import Asked, table
from app.settings import Settings
from graph.settings import HOME
from store import approvals, backup, undo
from store.schema import Tables, newest

TEXTS = Path(__file__).with_name("tables.toml")
_HEADS = {
    "en": ("columns", "what they hold", "how long"),
    "es": ("columnas", "qué tienen", "hasta cuándo"),
}
# What the sentences say in figures is as long as the code says.
FIGURES = {
    "answer_minutes": approvals.VALID_MS // 60_000,
    "copies": backup.UPGRADES_KEPT,
    "copies_days": round(COPIES_KEPT_S / 86_400),
    "minutes": round((PAUSE_S + LOG_S) / 60),
    "picture_hours": f"{Settings.model_fields['picture_keep_hours'].default:g}",
    "quota_mb": Settings.model_fields["media_quota_mb"].default,
    "undo_minutes": undo.KEPT_MS // 60_000,
}


class Undescribed(Exception):
    """What the schema has and tables.toml has not, or the other way round."""


def privacy(asked: Asked) -> str:
    """A section for each table of both databases; the part's argument is one of its names."""
    [part] = asked.arguments
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    if part == "files":
        return _files(texts, asked.language)
    return databases(_schema(), texts, asked.language)


def databases(schema: Mapping[str, Tables], texts: Mapping[str, Any], language: str) -> str:
    """What the databases hold. Raises Undescribed."""
    tables = {name: columns for one in schema.values() for name, columns in one.items()}
    _compare("tables", tables, texts["tables"])
    for name, columns in tables.items():
        _compare(f"columns of {name}", columns, _named(texts["tables"][name]))
    sections = []
    for database, held in schema.items():
        sections.append(f"### {database}")
        for name, about in texts["tables"].items():
            if name not in held:
                continue
            rows = [
                (
                    ", ".join(f"`{column}`" for column in part["names"]),
                    _filled(part[language]),
                    _kept(texts, part, language),
                )
                for part in about["columns"]
            ]
            title = f"**`{name}`**: {_filled(about[language])}"
            sections.append(f"{title}\n\n{table(_HEADS[language], rows)}")
    return "\n\n".join(sections)


def _files(texts: Mapping[str, Any], language: str) -> str:
    heads = {"en": ("file", *_HEADS["en"][1:]), "es": ("archivo", *_HEADS["es"][1:])}
    rows = [
        (
            ", ".join(f"`{name}`" for name in one["names"]),
            _filled(one[language]),
            _kept(texts, one, language),
        )
        for one in texts["files"]
    ]
    return table(heads[language], rows)


@cache
def _schema() -> Mapping[str, Tables]:
    with tempfile.TemporaryDirectory(prefix="wasap-") as folder:
        return asyncio.run(newest(Path(folder)))


def _compare(what: str, there: Iterable[str], described: Iterable[str]) -> None:
    there, described = list(there), list(described)
    missing, gone = set(there) - set(described), set(described) - set(there)
    twice = {name for name in described if described.count(name) > 1}
    if missing or gone or twice:
        raise Undescribed(
            f"{TEXTS.relative_to(HOME)}, {what}: missing {sorted(missing)},"
            f" not there any more {sorted(gone)}, twice {sorted(twice)}"
        )


def _named(about: Mapping[str, Any]) -> list[str]:
    return [name for part in about["columns"] for name in part["names"]]


def _kept(texts: Mapping[str, Any], part: Mapping[str, Any], language: str) -> str:
    return _filled(texts["kept"][part["kept"]][language])


def _filled(text: str) -> str:
    return text.format(**FIGURES)
