"""What the two databases can hold: their tables and columns, as a new installation has them."""

import contextlib
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from store.checkpoints import open_checkpoints
from store.database import connect
from store.migrate import migrate
from store.snapshot import LEDGER, THREADS

Tables = Mapping[str, tuple[str, ...]]  # name of a table -> its columns


async def newest(folder: Path) -> Mapping[str, Tables]:
    """Of each database, by its name; made in an empty `folder` with all migrations."""
    with contextlib.closing(connect(folder / LEDGER)) as db:
        migrate(db)
        ledger = _tables(db)
    async with open_checkpoints(folder / THREADS):
        pass
    with contextlib.closing(connect(folder / THREADS)) as db:
        return {LEDGER: ledger, THREADS: _tables(db)}


def _tables(db: sqlite3.Connection) -> Tables:
    """Those that somebody made: not SQLite's own, nor what a full-text index is made of."""
    found = db.execute(
        "SELECT l.name AS of_table, c.name FROM pragma_table_list l, pragma_table_info(l.name) c"
        " WHERE l.schema = 'main' AND l.type IN ('table', 'virtual')"
        " AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY l.name, c.cid"
    ).fetchall()
    names = dict.fromkeys(row["of_table"] for row in found)
    return {name: tuple(row["name"] for row in found if row["of_table"] == name) for name in names}
