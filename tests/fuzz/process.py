"""A slice of the same bodies over HTTP, through the real process and its turns."""

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from app.channels.cloud_api.signature import sign
from bench.foundation import doubles
from tests.fuzz import shapes
from tests.fuzz.intake import memory_mb
from tests.fuzz.mutators import Bodies
from tests.stack import SECRET, Stack

WARM_UP = 500  # bodies before memory is measured
SETTLE_S = 60.0  # for the turns of what was posted last


@dataclass
class Served:
    """What the process did."""

    bodies: int
    not_200: int = 0
    unanswered: int = -1
    errors: list[str] = field(default_factory=list)
    growth_mb: float = 0.0

    @property
    def violations(self) -> list[str]:
        """What must not be, in words."""
        found = {
            f"over HTTP, answers other than 200: {self.not_200}": self.not_200 > 0,
            f"over HTTP, messages without an outcome: {self.unanswered}": self.unanswered != 0,
            f"over HTTP, in the log: {self.errors[:3]}": bool(self.errors),
        }
        return [words for words, is_so in found.items() if is_so]


def run(folder: Path, bodies: int, seed: int) -> Served:
    """Post, wait until all that was stored has its outcome, and read the log."""
    served = Served(bodies)
    source = Bodies(seed)
    allowed = f"{shapes.OWNER},{shapes.FRIEND}"
    with (
        doubles() as url,
        Stack(
            folder,
            ALLOWED_NUMBERS=allowed,
            OLLAMA_BASE_URL=url,
            GRAPH_API_URL=url,
            BURST_WINDOW_S="0.2",
        ) as stack,
    ):
        assert stack.process
        with httpx.Client(base_url=stack.url, trust_env=False, timeout=30) as client:
            before_mb = 0.0
            for number in range(bodies):
                if number == WARM_UP:
                    before_mb = memory_mb(stack.process.pid)
                body = source.next()
                headers = {"X-Hub-Signature-256": sign(body, SECRET)}
                answer = client.post("/webhook", content=body, headers=headers)
                served.not_200 += answer.status_code != 200
        served.unanswered = _settled(folder / "data" / "wasap.db")
        if before_mb:
            served.growth_mb = memory_mb(stack.process.pid) - before_mb
        stack.stop()
        served.errors = [line for line in stack.log.read_text().splitlines() if _is_error(line)]
    return served


def _settled(path: Path) -> int:
    """Messages still open after a while; turns have to end, whatever they hold."""
    deadline = time.monotonic() + SETTLE_S
    query = "SELECT count(*) FROM inbox WHERE state <> 'done'"
    while True:
        with closing(sqlite3.connect(path)) as db:
            (waiting,) = db.execute(query).fetchone()
        if not waiting or time.monotonic() > deadline:
            return int(waiting)
        time.sleep(0.1)


def _is_error(line: str) -> bool:
    """An error of ours: the bodies also report that messages of ours failed, which is logged."""
    try:
        event = json.loads(line)
    except ValueError:
        return True
    return event["level"] in ("error", "critical") and event["action"] != "send_failed"
