"""What it costs a message that every prompt was edited just before it, and whether it counts."""

import shutil
import statistics
import time
from pathlib import Path

from bench.figures import Figure
from graph.settings import HOME
from tests.fake_ollama import say
from tests.stack import Stack

ROUNDS = 20  # short of the first summary, which is a model call of its own
EXTRA_MS = 50


def run(folder: Path) -> list[Figure]:
    """Two figures. Messages with and without an edit alternate: a slow moment hits both."""
    prompts = Path(shutil.copytree(HOME / "prompts", folder / "prompts"))
    plain: list[float] = []
    edited: list[float] = []
    live = 0
    with Stack(folder, PROMPTS_DIR=str(prompts)) as stack:
        stack.ollama.fallback = lambda body: say("Entendido.")
        _answer(stack)  # warms up
        for number in range(ROUNDS):
            if number % 2:
                _edit(prompts, f"Edición {number}.")
                edited.append(_answer(stack))
                system = stack.ollama.chats[-1]["messages"][0]["content"]
                live += system.endswith(f"Edición {number}.")
            else:
                plain.append(_answer(stack))
    extra = 1000 * (statistics.median(edited) - statistics.median(plain))
    return [
        Figure(
            "edits that the next message was answered with",
            live,
            "",
            f"{len(edited)} of {len(edited)}",
            live == len(edited),
        ),
        Figure(
            "extra for an answer after all prompts were edited, median",
            extra,
            "ms",
            f"< {EXTRA_MS} ms",
            extra < EXTRA_MS,
            1000 * statistics.median(plain),
            note=f"{len(edited)} messages, scripted model: a real one reads its new front besides",
        ),
    ]


def _answer(stack: Stack) -> float:
    """Seconds from a message to its answer on the phone."""
    began = time.perf_counter()
    stack.write("hola")
    stack.replies(1)
    return time.perf_counter() - began


def _edit(prompts: Path, words: str) -> None:
    """All files of the owner's language, those with the sentences too."""
    for file in prompts.glob("es/*.md"):
        file.write_text(f"{file.read_text(encoding='utf-8')}{words}\n", encoding="utf-8")
    messages = prompts / "es" / "messages.toml"
    messages.write_text(f"{messages.read_text(encoding='utf-8')}# {words}\n", encoding="utf-8")
