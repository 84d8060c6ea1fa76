"""How many questions for what stands in the owner's documents are looked up for a small model, and
how many other messages are, too. The model is never asked: what comes before it is measured."""

import asyncio
import tomllib
from pathlib import Path

from app.embedded.nano import NanoEmbedder
from bench.figures import Figure
from bench.requests import HELD_OUT
from store.database import Database
from tests.brain import Brain, open_brain
from tests.documents import made
from tests.documents.sent import Post
from tests.fake_ollama import FakeOllama
from tools.likeness import NONE

SMALL = "qwen2.5:1.5b"
NOTE = "twenty documents"


def run(folder: Path) -> list[Figure]:
    """Of documents of days ago, and of some that have just come."""
    return asyncio.run(_run(folder))


async def _run(folder: Path) -> list[Figure]:
    database, nano = Database(folder / "lookups.db"), NanoEmbedder()
    await database.open()
    post = Post(database, folder)
    for document in made.documents():
        await post.send(document.name, document.content)
    while todo := await post.documents.without_vector(nano.name, limit=8):
        vectors = await nano.embed_passages([passage.whole for passage in todo])
        found = dict(zip((passage.id for passage in todo), vectors, strict=True))
        await post.documents.set_vectors(nano.name, found)
    natural = [one.ask for one in made.questions("natural")]
    others = [one for kind in ("questions", "kept_back") for one in made.questions(kind)]
    shared = [one.ask for one in others if one.kind == "shared"]
    idle = tomllib.loads(HELD_OUT.read_text("utf-8"))[NONE]
    figures = []
    with FakeOllama().serve() as ollama:
        ollama.models[SMALL] = ollama.models["qwen3:8b"]
        async with open_brain(ollama, database, embedder=nano, ollama_model=SMALL) as brain:
            for when in ("that have just come", "of days ago"):
                for name, asked in (("questions", natural + shared), ("other messages", idle)):
                    looked_up = [await _is_looked_up(brain, ollama, one) for one in asked]
                    figures.append(
                        Figure(
                            f"{name} looked up in documents {when}, of {len(asked)}",
                            sum(looked_up),
                            "",
                            "",
                            True,
                            note=NOTE,
                        )
                    )
                change = "UPDATE documents SET created_at = 0"
                await database.write("bench", lambda db, change=change: db.execute(change) and None)
    nano.close()
    await database.close()
    return figures


async def _is_looked_up(brain: Brain, ollama: FakeOllama, text: str) -> bool:
    """Whether the first that a new talk does is to search."""
    before = len(ollama.chats)
    await Brain(brain.services, ollama).say(text)
    first = ollama.chats[before]["messages"][-1] if len(ollama.chats) > before else {}
    return first.get("role") == "tool" and first.get("tool_name") == "search_documents"
