"""Which memories a message calls for: by meaning, and those that hold one of its rare words.

The vectors lead. Merging both rankings by rank made paraphrases worse (words such as "mi" match
everywhere), so full text has a say only through words that few memories hold: names, codes,
numbers. The cosines of small models lie close together, so there is no threshold, only the best.
"""

import asyncio
import re
from collections.abc import Sequence

import structlog
from langchain_core.messages import AnyMessage

from graph.errors import EmbeddingError
from graph.frozen import NOTE
from graph.services import Embedder, Memories
from store.memories import Memory
from tools import facts
from tools.folding import fold
from tools.ports import Meaning

log = structlog.get_logger(__name__)

LEADS = 2  # by meaning, before what shares a rare word
QUERY_MAX = 2_000  # characters of a message that are looked at
SAID = 2  # sentences of this talk
SAID_MAX = 200  # characters of one; longer ones are no facts
CORRECTS = re.compile(
    r"\W*(?:(?:uh|ah|ay|uy|che|perdon|oh|oops|sorry|wait)\W+)*"
    r"(?:no\b(?! (?:se|sabes|gracias))|al final|mejor\b|me equivoque|corrijo|en realidad"
    r"|actually|i mean)"
    r"|.*\b(?:l[oa]s?|se|me|nos) (?:cambi|pas|movi|corri|adelant|posterg|reprogram)"
    r"(?:aron|eron|o) (?:para|al?)\b"
    r"|.*\b(?:so|now) (?:it'?s|at) \d"
    r"|.*\b(?:was|got|been|they) (?:moved|changed|pushed)(?: it)? to\b"
)
TIMEOUT_S = 2.0  # for the vector of the message; full text answers alone then


async def recall(
    memories: Memories, embedder: Embedder | None, sender: str, text: str, *, limit: int
) -> Sequence[Memory]:
    """The memories for a message, the best first."""
    known = await memories.all(sender)
    if not known:
        return []
    text = text[:QUERY_MAX]
    asked = await meaning(embedder, text)
    by_word = await memories.with_rare_words(sender, facts.telling(text), limit=limit)
    by_meaning: Sequence[Memory] = ()
    if asked is not None:
        by_meaning = await memories.nearest(sender, asked.vector, asked.model, limit=limit)
    order = [*by_meaning[:LEADS], *by_word[:1], *by_meaning[LEADS:], *by_word[1:]]
    order += reversed(known)  # no vectors, or not yet
    return list({memory.id: memory for memory in order}.values())[:limit]


def said(messages: Sequence[AnyMessage], text: str) -> list[str]:
    """What the owner told in this talk and asks about now, the best first.

    A small model does not find it by itself: Qwen2.5 1.5B, eight turns later, answered four such
    questions alike.
    """
    words = facts.telling(text[:QUERY_MAX])
    if "?" not in text or not words:
        return []
    notes = (message.additional_kwargs.get(NOTE) for message in reversed(messages))
    owns = [str(note.get("own", "")) for note in notes if note]
    stated = [facts.QUESTION.sub(" ", one).strip() for one in owns]
    told = dict.fromkeys(one for one in stated if 0 < len(one) <= SAID_MAX)
    shared = {one: len(words - facts.lacking(words, one)) for one in told}
    best = sorted(filter(shared.get, shared), key=lambda one: -shared[one])[:SAID]
    return ["; ".join([one, *_corrected(one, stated)]) for one in best]


def _corrected(told: str, owns: Sequence[str]) -> list[str]:
    """What the owner wrote next, where it takes that back: "uh no, al final es el domingo"."""
    following = owns[owns.index(told) - 1] if owns.index(told) else ""
    return [following] if CORRECTS.match(fold(following)) and len(following) <= SAID_MAX else []


async def meaning(embedder: Embedder | None, text: str) -> Meaning | None:
    """What a question means; None where there is no model for it, or not in time."""
    if embedder is None:
        return None
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return Meaning(embedder.name, await embedder.embed_query(text[:QUERY_MAX]))
    except (EmbeddingError, TimeoutError) as error:
        log.warning("embedding_failed", model=embedder.name, reason=type(error).__name__)
        return None


async def best_sentences(
    embedder: Embedder | None, question: str, passages: Sequence[Sequence[str]]
) -> Sequence[float]:
    """What the sentence nearest to a question adds to the cosine of each passage; zeros where
    there is no model for it, or not in time."""
    nothing = [0.0] * len(passages)
    if embedder is None:
        return nothing
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await embedder.best_sentences(question[:QUERY_MAX], passages)
    except (EmbeddingError, TimeoutError) as error:
        log.warning("embedding_failed", model=embedder.name, reason=type(error).__name__)
        return nothing
