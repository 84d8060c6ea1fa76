"""Two databases, copied as they were at one instant."""

import threading
from pathlib import Path

from store.snapshot import copy_databases
from tests.histories import sqlite


def test_both_databases_are_copied_at_one_instant(tmp_path: Path) -> None:
    """Somebody writes to one and then to the other, without a pause."""
    names = ("checkpoints.db", "wasap.db")
    ending = threading.Event()
    for name in names:
        with sqlite(tmp_path / name) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("CREATE TABLE ballast AS SELECT randomblob(4000000) AS x")  # takes a while
            db.execute("CREATE TABLE counter AS SELECT 0 AS n")

    def write() -> None:
        with sqlite(tmp_path / names[0]) as first, sqlite(tmp_path / names[1]) as second:
            for db in (first, second):
                db.execute("PRAGMA synchronous = OFF")
            while not ending.is_set():
                for db in (first, second):
                    db.execute("UPDATE counter SET n = n + 1")

    writer = threading.Thread(target=write)
    writer.start()
    pairs = []
    try:
        for number in range(10):
            into = tmp_path / str(number)
            into.mkdir()
            copy_databases(tmp_path, into)
            pairs.append(tuple(_count(into / name) for name in names))
    finally:
        ending.set()
        writer.join()
    assert all(threads - ledger in (0, 1) for threads, ledger in pairs), pairs
    assert len(set(pairs)) > 1  # it did write meanwhile


def _count(path: Path) -> int:
    with sqlite(path) as db:
        return int(db.execute("SELECT n FROM counter").fetchone()[0])
