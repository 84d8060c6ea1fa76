"""Webhook latency, start-up, what the framework costs, model calls per message."""

import contextlib
import hashlib
import hmac
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.bare_turn import bare_turn
from bench.figures import Figure, median
from tests.fake_ollama import say
from tests.stack import OWNER, PHONE_NUMBER_ID, SECRET, Stack, free_port, wait_healthy

ROUNDS = 20  # of each, in turn, so that a slow moment hits both
POSTS = 25  # webhooks a round
STARTS = 5
TURNS = 18  # short of the first summary, which is a model call of its own
WARM_UP = 4  # turns not counted
EMBEDDED = 4  # turns whose embedding calls are counted
HELLO = "hola, ¿cómo estás?"

_ids = itertools.count()


def webhook(folder: Path) -> Figure:
    """Ours against the bare route, one after the other, while a turn waits for the model."""
    with Stack(folder) as stack, bare() as bare_url, httpx.Client(trust_env=False) as client:
        stack.ollama.script(say("", delay_s=3600))
        stack.write("hola")
        stack.ollama.wait_for_chats(1)
        ours: list[float] = []
        floor: list[float] = []
        for round_ in range(ROUNDS + 1):
            for url, seconds in ((stack.url, ours), (bare_url, floor)):
                measured = [post(client, url) for _ in range(POSTS)]
                if round_:  # the first one warms up
                    seconds += measured
    value, below = median(ours), median(floor)
    return Figure(
        "webhook answered, model busy, median",
        value,
        "ms",
        "<= 3x a bare route",
        value <= 3 * below,
        below,
        f"fsync included, {len(ours)} posts each",
    )


def start(folder: Path) -> Figure:
    """From exec to the first 200 of /health, best understood as the median of a few."""
    seconds = []
    with Stack(folder) as stack:
        for _ in range(STARTS):
            stack.stop()
            begun = time.perf_counter()
            stack.start()
            seconds.append(time.perf_counter() - begun)
    value = median(seconds) / 1000
    return Figure("start to healthy, median", value, "s", "<= 2.0 s", value <= 2, note="warm disk")


def turn(folder: Path) -> list[Figure]:
    """From the webhook leaving to the send call arriving, with a model that answers at once.

    The floor is what the libraries take alone, turn and floor one after the other.
    """
    bare_folder = folder / "bare"
    bare_folder.mkdir()
    with (
        doubles() as url,
        doubles() as bare_url,
        Stack(folder, OLLAMA_BASE_URL=url, GRAPH_API_URL=url) as stack,
        httpx.Client(trust_env=False) as client,
        bare_turn(bare_folder, bare_url) as alone,
    ):
        begun, floor = [], []
        for number in range(TURNS):
            floor.append(alone())
            begun.append(time.time())
            post(client, stack.url)
            while len(client.get(f"{url}/sent").json()["sent"]) <= number:
                time.sleep(0.001)
        seen = client.get(f"{url}/sent").json()
        embeds = _embeds(client, stack.url, url)
    seconds = [sent - start for start, sent in zip(begun, seen["sent"], strict=True)]
    value, below = median(seconds[WARM_UP:]), median(floor[WARM_UP:])
    each = seen["chats"] / TURNS
    return [
        Figure(
            "framework cost of a plain turn, median",
            value,
            "ms",
            "<= 15 ms",
            value <= 15,
            below,
            "instant model; floor: LangGraph, ChatOllama, httpx and two commits alone",
        ),
        Figure("model calls for a plain message", each, "", "exactly 1", each == 1),
        Figure("embedding calls for a plain message", embeds, "", "exactly 1", embeds == 1),
    ]


def _embeds(client: httpx.Client, ours: str, doubles: str) -> float:
    """Embedding calls for a plain message of somebody who is known."""

    def say(text: str, embeds: int = 0) -> int:
        """All embedding calls so far, when it is answered and there are at least so many."""
        answered = len(client.get(f"{doubles}/sent").json()["sent"])
        post(client, ours, text)
        while True:
            seen = client.get(f"{doubles}/sent").json()
            if len(seen["sent"]) > answered and seen["embeds"] >= embeds:
                return int(seen["embeds"])
            time.sleep(0.001)

    begun = say("/recordar soy celíaca", 1)  # the memory's own
    for _ in range(EMBEDDED):
        counted = say(HELLO) - begun
    return counted / EMBEDDED


def run(folder: Path) -> list[Figure]:
    """All of them."""
    parts = {name: folder / name for name in ("webhook", "start", "turn")}
    for part in parts.values():
        part.mkdir()
    return [webhook(parts["webhook"]), start(parts["start"]), *turn(parts["turn"])]


def post(client: httpx.Client, url: str, text: str = HELLO) -> float:
    """One signed webhook with a new message; seconds until its 200."""
    body = signed_body(f"wamid.bench-{next(_ids)}", text=text)
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    begun = time.perf_counter()
    answer = client.post(
        f"{url}/webhook", content=body, headers={"X-Hub-Signature-256": f"sha256={digest}"}
    )
    seconds = time.perf_counter() - begun
    answer.raise_for_status()
    return seconds


def signed_body(wa_id: str, number: str = OWNER, *, text: str = HELLO) -> bytes:
    """A text message as Meta posts it."""
    message = {
        "from": number,
        "id": wa_id,
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": f"{text} ({wa_id})"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID},
        "contacts": [{"wa_id": number, "profile": {"name": "Carla"}}],
        "messages": [message],
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def bare() -> contextlib.AbstractContextManager[str]:
    """The bare route."""
    return _module("bench.bare")


def doubles(*options: str) -> contextlib.AbstractContextManager[str]:
    """The cheap doubles."""
    return _module("bench.doubles", *options)


@contextlib.contextmanager
def _module(name: str, *options: str) -> Iterator[str]:
    """A server in a process of its own; its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, "-m", name, str(port), *options])
    try:
        wait_healthy(url, process, Path("/dev/null"))
        yield url
    finally:
        process.terminate()
        process.wait()
