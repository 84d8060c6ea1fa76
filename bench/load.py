"""Many senders at once: the webhook while the model is busy, and turns a second."""

import asyncio
import itertools
import math
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from app.channels.cloud_api.signature import sign
from bench.figures import Figure
from bench.foundation import bare, doubles, signed_body
from tests.stack import OWNER, SECRET, Stack

SENDERS_POSTING = 50
ROUNDS = 6  # ours and the bare route in turn, so that a slow moment hits both
POSTS = 20  # of each sender in a round, each over a connection of its own

SENDERS_TALKING = 20
TURNS = 15  # of each sender: short of the first summary, which is a model call of its own
WARM_UP = 4  # turns of each sender, not counted

PATIENCE_S = 120.0
P99_MS = 60.0
P99_TIMES_BARE = 10
TURNS_A_SECOND = 100.0

_ids = itertools.count()


def run(folder: Path) -> list[Figure]:
    """Both figures."""
    parts = {name: folder / name for name in ("posting", "talking")}
    for part in parts.values():
        part.mkdir()
    return [posting(parts["posting"]), talking(parts["talking"])]


def posting(folder: Path) -> Figure:
    """p99 of the webhook when 50 senders post without a pause and each waits for the model."""
    numbers = _numbers(SENDERS_POSTING)
    ours: list[float] = []
    floor: list[float] = []
    with (
        doubles("hang") as model,
        bare() as bare_url,
        Stack(folder, ALLOWED_NUMBERS=",".join(numbers), OLLAMA_BASE_URL=model) as stack,
    ):
        asyncio.run(_post_all(stack.url, numbers, 1))
        _wait_for(model, "chats", SENDERS_POSTING)
        for _ in range(ROUNDS):
            ours += asyncio.run(_post_all(stack.url, numbers, POSTS))
            floor += asyncio.run(_post_all(bare_url, numbers, POSTS))
    value, below = _p99(ours), _p99(floor)
    limit = max(P99_MS, P99_TIMES_BARE * below)
    return Figure(
        f"webhook answered, {SENDERS_POSTING} senders at once, p99",
        value,
        "ms",
        f"<= {P99_MS:.0f} ms or {P99_TIMES_BARE}x a bare route",
        value <= limit,
        below,
        f"a new connection each, {len(ours)} posts, all of them waiting for the model",
    )


def talking(folder: Path) -> Figure:
    """Turns a second: all messages are posted at once, each is a turn of its own.

    The floor is what a bare route takes in a second from as many senders: a machine that others use
    is slower in both.
    """
    numbers = _numbers(SENDERS_TALKING)
    with (
        doubles() as url,
        bare() as bare_url,
        Stack(
            folder, ALLOWED_NUMBERS=",".join(numbers), OLLAMA_BASE_URL=url, GRAPH_API_URL=url
        ) as stack,
    ):
        asyncio.run(_post_all(stack.url, numbers, WARM_UP))
        warm = SENDERS_TALKING * WARM_UP
        _wait_for(url, "sent", warm)
        begun = time.time()
        asyncio.run(_post_all(stack.url, numbers, TURNS))
        sent = _wait_for(url, "sent", warm + SENDERS_TALKING * TURNS)
        bare_begun = time.time()
        asyncio.run(_post_all(bare_url, numbers, TURNS))
        below = SENDERS_TALKING * TURNS / (time.time() - bare_begun)
    value = SENDERS_TALKING * TURNS / (sent[-1] - begun)
    return Figure(
        f"turns a second, {SENDERS_TALKING} senders, instant model",
        value,
        "/s",
        f">= {TURNS_A_SECOND:.0f} /s",
        value >= TURNS_A_SECOND,
        below,
        f"{SENDERS_TALKING * TURNS} turns, webhook to Graph API call; floor: webhooks a second",
    )


def _numbers(count: int) -> list[str]:
    return [str(int(OWNER) + n) for n in range(count)]


async def _post_all(url: str, numbers: Sequence[str], posts: int) -> list[float]:
    """Each number posts one after the other, all numbers at once; the seconds of each post."""
    host = urlsplit(url)

    async def one(number: str) -> list[float]:
        requests = [_request(number) for _ in range(posts)]
        return [await _exchange(str(host.hostname), int(host.port or 0), each) for each in requests]

    each = await asyncio.gather(*map(one, numbers))
    return [seconds for one_sender in each for seconds in one_sender]


def _request(number: str) -> bytes:
    body = signed_body(f"wamid.load-{next(_ids)}", number)
    head = (
        "POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Connection: close\r\nX-Hub-Signature-256: {sign(body, SECRET)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _exchange(host: str, port: int, request: bytes) -> float:
    """Connect, post, read to the end; seconds. Bytes on a socket: a client costs more than that."""
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(request)
    answer = await reader.read()
    seconds = time.perf_counter() - begun
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"the webhook answered {answer[:40]!r}")
    return seconds


def _wait_for(url: str, key: str, count: int) -> list[float]:
    """Until the doubles have seen `count`; the times of the sends."""
    deadline = time.monotonic() + PATIENCE_S
    with httpx.Client(trust_env=False) as client:
        while time.monotonic() < deadline:
            seen = client.get(f"{url}/sent").json()
            if (seen["chats"] if key == "chats" else len(seen["sent"])) >= count:
                return list(seen["sent"])
            time.sleep(0.02)
    raise TimeoutError(f"the doubles saw {len(seen['sent'])} sends and {seen['chats']} chats")


def _p99(seconds: Sequence[float]) -> float:
    """In milliseconds."""
    return sorted(seconds)[math.ceil(len(seconds) * 0.99) - 1] * 1000
