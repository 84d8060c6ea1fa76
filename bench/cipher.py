"""What encryption costs: the same commit and the same turn with a key and without, in turn."""

import asyncio
import contextlib
import time
from pathlib import Path

import httpx

from app import logs
from bench.figures import Figure, median
from bench.foundation import doubles, post
from store.cipher import make_key
from store.database import Database
from store.driver import KeyFile
from store.memories import MemoryStore
from tests.stack import Stack

COMMITS = 200
TURNS = 18  # short of the first summary, which is a model call of its own
WARM_UP = 4  # not counted, of either


def run(folder: Path) -> list[Figure]:
    """A commit and a turn; the floor is the same without encryption."""
    logs.set_up("ERROR", "console")
    key = KeyFile(folder / "wasap.key")
    make_key(key.path)
    plain, encrypted = asyncio.run(_commits(folder, key))
    figures = [_figure("commit, encrypted, median", plain, encrypted, "one memory, fsync included")]
    plain, encrypted = _turns(folder, key)
    note = "webhook to Graph API call, instant model"
    return [*figures, _figure("plain turn, encrypted, median", plain, encrypted, note)]


def _figure(name: str, plain: list[float], encrypted: list[float], note: str) -> Figure:
    value, floor = median(encrypted[WARM_UP:]), median(plain[WARM_UP:])
    return Figure(name, value, "ms", "<= 1.5x plain", value <= 1.5 * floor, floor, note)


async def _commits(folder: Path, key: KeyFile) -> tuple[list[float], list[float]]:
    """Seconds of each, in turn, so that a slow moment hits both."""
    databases = [Database(folder / "plain.db"), Database(folder / "encrypted.db", key)]
    seconds: tuple[list[float], list[float]] = ([], [])
    for database in databases:
        await database.open()
    for number in range(COMMITS):
        for database, measured in zip(databases, seconds, strict=True):
            begun = time.perf_counter()
            await MemoryStore(database).add("carla", f"el dato número {number}")
            measured.append(time.perf_counter() - begun)
    for database in databases:
        await database.close()
    return seconds


def _turns(folder: Path, key: KeyFile) -> tuple[list[float], list[float]]:
    seconds: tuple[list[float], list[float]] = ([], [])
    with contextlib.ExitStack() as open_, httpx.Client(trust_env=False) as client:
        houses = []
        for name, settings in (("plain", {}), ("encrypted", {"DATABASE_KEY_FILE": str(key.path)})):
            (folder / name).mkdir()
            url = open_.enter_context(doubles())
            settings |= {"OLLAMA_BASE_URL": url, "GRAPH_API_URL": url}
            houses.append((open_.enter_context(Stack(folder / name, **settings)), url))
        for _ in range(TURNS):
            for (stack, url), measured in zip(houses, seconds, strict=True):
                measured.append(_turn(client, stack, url))
    return seconds


def _turn(client: httpx.Client, stack: Stack, url: str) -> float:
    """Seconds from a webhook to the send call for it."""
    before = client.get(f"{url}/last").json()["count"]
    begun = time.time()
    post(client, stack.url)
    while (last := client.get(f"{url}/last").json())["count"] == before:
        time.sleep(0.001)
    return float(last["at"]) - begun
