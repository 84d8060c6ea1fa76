"""Five hundred turns: does anything grow that should not?"""

import statistics
import time
from pathlib import Path

import httpx

from bench.figures import Curve, Figure
from bench.foundation import doubles, post
from tests.stack import Stack

TURNS = 500
SAMPLE = 40  # turns at each end
EARLY = 20
STEP = 20  # turns that are one point of the curve
CHECKPOINTS_KB, TIMES_SLOWER = 200, 1.2


def run(folder: Path) -> list[Figure]:
    """Turn time at both ends, and the two files."""
    seconds: list[float] = []
    data = folder / "data"
    with (
        doubles() as url,
        Stack(folder, OLLAMA_BASE_URL=url, GRAPH_API_URL=url) as stack,
        httpx.Client(trust_env=False) as client,
    ):
        for number in range(TURNS):
            began = time.time()
            post(client, stack.url)
            while (last := client.get(f"{url}/last").json())["count"] <= number:
                time.sleep(0.002)
            seconds.append(last["at"] - began)
    # Closed by now: the write-ahead logs are part of the files.
    checkpoints_kb = (data / "checkpoints.db").stat().st_size / 1024
    ledger_kb = (data / "wasap.db").stat().st_size / 1024 / TURNS
    early = 1000 * statistics.median(seconds[EARLY : EARLY + SAMPLE])
    late = 1000 * statistics.median(seconds[-SAMPLE:])
    return [
        Figure(
            f"a turn after {TURNS} turns, median",
            late,
            "ms",
            f"<= {TIMES_SLOWER}x turn {EARLY}",
            late <= TIMES_SLOWER * early,
            early,
            f"floor: turns {EARLY} to {EARLY + SAMPLE}; instant model",
            _curve(seconds),
        ),
        Figure(
            f"checkpoints.db after {TURNS} turns",
            checkpoints_kb,
            "kB",
            f"<= {CHECKPOINTS_KB} kB a phone",
            checkpoints_kb <= CHECKPOINTS_KB,
        ),
        Figure(
            "wasap.db, a turn",
            ledger_kb,
            "kB",
            "<= 4 kB: message, answer, payload",
            ledger_kb <= 4,
        ),
    ]


def _curve(seconds: list[float]) -> Curve:
    parts = [seconds[at : at + STEP] for at in range(0, len(seconds), STEP)]
    points = (
        (STEP * (number + 1), 1000 * statistics.median(part), None)
        for number, part in enumerate(parts)
    )
    return Curve("turns", "A turn, instant model", tuple(points), f"median of {STEP} turns")
