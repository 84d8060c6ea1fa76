"""How much of a prompt the model has computed already, in characters, tokens and seconds."""

import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from app.embedded.catalogue import find_weights
from app.embedded.engine import usable_cores
from app.embedded.settings import EmbeddedSettings
from bench.figures import Figure
from bench.talk import Body, shared, talk
from tests.integration.embedded_fixtures import Process, embedded_process

TURNS = 60
NUM_CTX = 8192
MODEL = "qwen2.5-coder-1.5b"
EVERY_COLD = 20  # chats; without the cache each takes a minute, beside other work several
PATIENCE_S = 1800
SHARED, READ_TOKENS, TIMES_FASTER = 0.94, 150, 20


def run(folder: Path) -> list[Figure]:
    """All of them; those of the built-in model where its weights are on this machine."""
    bodies, _ = talk(folder, TURNS)
    share = shared(bodies)
    figures = [
        Figure(
            "prompt shared with the one before",
            100 * share,
            "%",
            f">= {100 * SHARED:.0f} %",
            share >= SHARED,
            note=f"characters, {TURNS} turns, {len(bodies)} calls, memories, a sum every 4th",
        )
    ]
    if find_weights(EmbeddedSettings().models_dir, MODEL):
        figures += _built_in(bodies)
    return figures


def _built_in(bodies: Sequence[Body]) -> list[Figure]:
    """The same prompts read by the 1.5B, with the cache and without."""
    cores = usable_cores()
    with embedded_process(model=MODEL, num_ctx=NUM_CTX, threads=cores) as process:
        warm = [_read(process, body) for body in bodies]
    with embedded_process(
        model=MODEL, num_ctx=NUM_CTX, threads=cores, flags=["--no-prompt-cache"]
    ) as process:
        cold = [_read(process, body)[1] for body in bodies[EVERY_COLD - 1 :: EVERY_COLD]]
    read = statistics.median(tokens for tokens, _ in warm)
    first = statistics.median(seconds for _, seconds in warm)
    slow = statistics.median(cold)
    return [
        Figure(
            "tokens read a prompt, built-in 1.5B, median",
            read,
            "",
            f"<= {READ_TOKENS}",
            read <= READ_TOKENS,
            note=f"{len(warm)} prompts of {TURNS} turns",
        ),
        Figure(
            "time to the first token, built-in 1.5B, median",
            1000 * first,
            "ms",
            f"{TIMES_FASTER}x better than without the cache",
            slow >= TIMES_FASTER * first,
            1000 * slow,
            f"floor: no cache, {len(cold)} of the prompts; it is {slow / first:.0f}x slower",
        ),
    ]


def _read(process: Process, body: Body) -> tuple[int, float]:
    """Tokens that had to be read for one prompt, and the seconds until the first token."""
    short = {**body, "model": MODEL, "options": {**body["options"], "num_predict": 1}}
    began = time.perf_counter()
    with httpx.stream(
        "POST", f"{process.base_url}/api/chat", json=short, timeout=PATIENCE_S, trust_env=False
    ) as answer:
        lines = answer.iter_lines()
        json.loads(next(lines))
        seconds = time.perf_counter() - began
        for _ in lines:
            pass
    return int(str(process.wait_for("generated", PATIENCE_S)["read_tokens"])), seconds
