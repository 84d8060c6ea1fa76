"""Many senders at once: the webhook while the model is busy, and turns a second.

Both are promised of one number of senders and measured for several.
"""

import asyncio
import itertools
import math
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from app.channels.cloud_api.signature import sign
from bench.bare_turn import bare_turns
from bench.figures import Curve, Figure, Point
from bench.foundation import bare, doubles, signed_body
from tests.stack import OWNER, SECRET, Stack

SENDERS = (1, 5, 20, 50)

SENDERS_POSTING = 50
ROUNDS = 6  # ours and the bare route in turn, so that a slow moment hits both
POSTS = 20  # of each sender in a round, each over a connection of its own
POSTS_LEAST = 200  # of all together in a round: a p99 of few is a chance

SENDERS_TALKING = 20
TURNS = 15  # of each sender: short of the first summary, which is a model call of its own
RUNS = 5  # with so many, each with a server of its own; the middle one counts
WARM_UP = 4  # turns of each sender, not counted

PATIENCE_S = 120.0
P99_MS = 60.0
P99_TIMES_BARE = 10
TURNS_A_SECOND = 100.0

_ids = itertools.count()


def run(folder: Path) -> list[Figure]:
    """Both figures."""
    posted: dict[int, Point] = {}
    talked: dict[int, Point] = {}
    for senders in SENDERS:
        for name, measure, points in (("posting", posting, posted), ("talking", talking, talked)):
            part = folder / f"{name}-{senders}"
            part.mkdir()
            points[senders] = (senders, *measure(part, senders))
    talked[SENDERS_TALKING] = _middle(folder, talked[SENDERS_TALKING])
    return [
        _posting(posted[SENDERS_POSTING], tuple(posted.values())),
        _talking(talked[SENDERS_TALKING], tuple(talked.values())),
    ]


def _middle(folder: Path, first: Point) -> Point:
    """Of some runs: one takes three seconds, and the machine has its moods."""
    runs = [first]
    for number in range(1, RUNS):
        part = folder / f"talking-again-{number}"
        part.mkdir()
        runs.append((SENDERS_TALKING, *talking(part, SENDERS_TALKING)))
    return sorted(runs, key=lambda run: run[1])[RUNS // 2]


def _posting(promised: Point, points: tuple[Point, ...]) -> Figure:
    senders, value, below = promised
    assert below is not None
    return Figure(
        f"webhook answered, {senders} senders at once, p99",
        value,
        "ms",
        f"<= {P99_MS:.0f} ms or {P99_TIMES_BARE}x a bare route",
        value <= max(P99_MS, P99_TIMES_BARE * below),
        below,
        "a new connection each, all of them waiting for the model",
        Curve("senders", "Webhook answered, p99", points, "WasAP", "a bare route"),
    )


def _talking(promised: Point, points: tuple[Point, ...]) -> Figure:
    senders, value, below = promised
    return Figure(
        f"turns a second, {senders} senders, instant model",
        value,
        "/s",
        f">= {TURNS_A_SECOND:.0f} /s",
        value >= TURNS_A_SECOND,
        below,
        f"the middle one of {RUNS} runs, webhook to Graph API call; floor: LangGraph, ChatOllama,"
        " httpx and two commits alone",
        Curve("senders", "Turns a second, instant model", points, "WasAP", "the libraries alone"),
    )


def posting(folder: Path, senders: int) -> tuple[float, float]:
    """p99 in ms when so many post without a pause and each waits for the model; of a bare route."""
    numbers = _numbers(senders)
    posts = max(POSTS, POSTS_LEAST // senders)
    ours: list[float] = []
    floor: list[float] = []
    with (
        doubles("hang") as model,
        bare() as bare_url,
        Stack(folder, ALLOWED_NUMBERS=",".join(numbers), OLLAMA_BASE_URL=model) as stack,
    ):
        asyncio.run(_post_all(stack.url, numbers, 1))
        _wait_for(model, "chats", senders)
        for _ in range(ROUNDS):
            ours += asyncio.run(_post_all(stack.url, numbers, posts))
            floor += asyncio.run(_post_all(bare_url, numbers, posts))
    return _p99(ours), _p99(floor)


def talking(folder: Path, senders: int) -> tuple[float, float]:
    """Turns a second: all messages are posted at once, each is a turn of its own.

    The floor is what the libraries do in a second for as many senders, in this process: a machine
    that others use is slower in both.
    """
    numbers = _numbers(senders)
    with (
        doubles() as url,
        Stack(
            folder, ALLOWED_NUMBERS=",".join(numbers), OLLAMA_BASE_URL=url, GRAPH_API_URL=url
        ) as stack,
    ):
        asyncio.run(_post_all(stack.url, numbers, WARM_UP))
        warm = senders * WARM_UP
        _wait_for(url, "sent", warm)
        begun = time.time()
        asyncio.run(_post_all(stack.url, numbers, TURNS))
        sent = _wait_for(url, "sent", warm + senders * TURNS)
    alone = folder / "alone"
    alone.mkdir()
    with doubles() as url:
        below = bare_turns(alone, url, senders, TURNS, WARM_UP)
    return senders * TURNS / (sent[-1] - begun), below


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
