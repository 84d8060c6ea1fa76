"""Full-text twins: `<table>_fts`, which the triggers of its table keep."""

import sqlite3
from typing import Literal

STEM_MIN, ENDING = 4, 2  # characters that two forms of a word share at least, and may end with


def rebuild(db: sqlite3.Connection, table: Literal["memories", "notes", "chunks"]) -> None:
    """Write the index anew: FTS5 only marks deleted words as deleted."""
    db.execute(f"INSERT INTO {table}_fts ({table}_fts) VALUES ('rebuild')")  # noqa: S608 - a literal


def any_ending(word: str) -> str:
    """What FTS5 is asked for: "llaves" finds "llave"; numbers and short words only themselves."""
    if len(word) <= STEM_MIN or not word.isalpha():
        return f'"{word}"'
    return f'"{word[: max(STEM_MIN, len(word) - ENDING)]}" *'
