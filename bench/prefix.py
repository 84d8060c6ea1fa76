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
from bench.figures import Curve, Figure, Point
from bench.talk import Body, as_text, common, is_summary, shared, talk
from tests.integration.embedded_fixtures import Process, embedded_process

TURNS = 60
NUM_CTX = 8192
MODEL = "qwen2.5-coder-1.5b"
EVERY_COLD = 20  # turns; without the cache each takes a minute, beside other work several
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
        ),
        _new(bodies),
    ]
    if find_weights(EmbeddedSettings().models_dir, MODEL):
        figures += _built_in(bodies)
    return figures


def _new(bodies: Sequence[Body]) -> Figure:
    """What the first call of each turn has that the call before had not."""
    prompts = [as_text(body) for body in bodies]
    firsts = _firsts(bodies)
    whole = [len(prompts[index]) for index in firsts]
    new = [
        size - (common(prompts[index - 1], prompts[index]) if index else 0)
        for index, size in zip(firsts, whole, strict=True)
    ]
    curve = Curve(
        "turns",
        "Characters of a prompt",
        _points(new, whole),
        "new to the model",
        "the whole prompt",
    )
    note = f"the first call of each turn; floor: the whole prompt, {statistics.median(whole):,.0f}"
    return Figure(
        "characters of a prompt that are new, median",
        statistics.median(new), "", "", True, statistics.median(whole), note, curve,
    )  # fmt: skip


def _firsts(bodies: Sequence[Body]) -> list[int]:
    """The first call of each turn: the owner has spoken last."""
    return [
        index
        for index, body in enumerate(bodies)
        if body["messages"][-1]["role"] == "user" and not is_summary(body)
    ]


def _points(values: Sequence[float], floors: Sequence[float | None]) -> tuple[Point, ...]:
    """By turn."""
    pairs = zip(values, floors, strict=True)
    return tuple((turn, *pair) for turn, pair in enumerate(pairs, 1))


def _built_in(bodies: Sequence[Body]) -> list[Figure]:
    """The same prompts read by the 1.5B, with the cache and without."""
    cores = usable_cores()
    firsts = _firsts(bodies)
    chosen = firsts[EVERY_COLD - 1 :: EVERY_COLD]
    with embedded_process(model=MODEL, num_ctx=NUM_CTX, threads=cores) as process:
        warm = [_read(process, body) for body in bodies]
    with embedded_process(
        model=MODEL, num_ctx=NUM_CTX, threads=cores, flags=["--no-prompt-cache"]
    ) as process:
        cold = {index: _read(process, bodies[index])[1] for index in chosen}
    read = statistics.median(tokens for tokens, _ in warm)
    first = statistics.median(seconds for _, seconds in warm)
    slow = statistics.median(cold.values())
    floors = [1000 * cold[index] if index in cold else None for index in firsts]
    times = _points([1000 * warm[index][1] for index in firsts], floors)
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
            Curve(
                "turns",
                "Time to the first token, built-in 1.5B",
                times,
                "with the cache",
                "without it",
            ),
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
