"""Backup, wipe, restore: a hundred histories; and kills in the middle of both."""

import asyncio
import shutil
import statistics
import time
from pathlib import Path

from app import logs
from bench.figures import Figure
from store import backup
from tests.crash.backups import Drill, leave_logs
from tests.fake_ollama import FakeOllama
from tests.histories import contents, live

HISTORIES = 100
TURNS = 12


def run(folder: Path) -> list[Figure]:
    """Histories that came back equal, kills that cost nothing."""
    logs.set_up("ERROR", "console")
    with FakeOllama().serve() as ollama:
        equal, seconds = _round_trips(folder, ollama)
        drill = _drill(folder / "drill", ollama)
    return [
        Figure(
            "histories equal after backup, wipe, restore",
            equal,
            f"of {HISTORIES}",
            "all",
            equal == HISTORIES,
            note=f"{TURNS} turns each; a backup takes {1000 * statistics.median(seconds):.0f} ms",
        ),
        Figure(
            "kills in backup and restore that cost data",
            len(drill.defects),
            f"of {drill.kills}",
            "0",
            not drill.defects,
            note="; ".join(drill.defects[:3]) or f"at {len(drill.reached)} points, logs not empty",
        ),
    ]


def _round_trips(folder: Path, ollama: FakeOllama) -> tuple[int, list[float]]:
    equal, seconds = 0, []
    for seed in range(HISTORIES):
        data, target = folder / "data", folder / f"{seed}.tar"
        asyncio.run(live(data, seed, ollama, turns=TURNS))
        before = contents(data)
        began = time.perf_counter()
        backup.make(data, target)
        seconds.append(time.perf_counter() - began)
        shutil.rmtree(data)
        backup.restore(target, data)
        equal += contents(data) == before and not backup.look_at_data(data).problems
        shutil.rmtree(data)
        target.unlink()
    return equal, seconds


def _drill(folder: Path, ollama: FakeOllama) -> Drill:
    for seed, name in enumerate(("first", "second")):
        asyncio.run(live(folder / name, seed, ollama, turns=TURNS))
    leave_logs(folder / "second", folder / "now")
    drill = Drill(folder, folder / "first", folder / "now")
    drill.run()
    return drill
