"""The passages of documents that answer a question best, by meaning and by words."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from store.documents import Found
from tools import facts
from tools.ports import Documents

if TYPE_CHECKING:  # it brings LangChain, a second that whoever reads a document need not wait for
    from tools.context import ToolCallContext

LOOKED_AT = 12  # of each ranking
# Of the words that tell something a passage has to have so many to be found by them: among a few
# passages a word such as "poner" is rare and would lead, though it tells nothing.
COVERED = 0.5
# Words that look for no passage in particular.
_ANY = (
    "documento documentos archivo archivos pdf word excel powerpoint planilla dice dicen"
    " document documents file files says say"
    " cuanta cuantas cuantos cuales que segun sobre busca buscame buscar fijate decime contame"
    " pagina habla hablan dime resumi resumime resumilo resumila resumir resumen trata contenido"
    " leelo leemelo according search look tell page about what which how much many does summarize"
    " summarise summary porfa porfis favor please dale podrias podes haceme haces hacer resumirlo"
    " resumimelo mande pase envie sent could"
)
ANY = frozenset(_ANY.split())


async def search(query: str, store: Documents, context: "ToolCallContext") -> Sequence[Found]:
    """By meaning and by words in turn: the nearest, the best by words, the second nearest, ..."""
    by_word = await store.with_words(context.sender, words(query), limit=LOOKED_AT)
    if (asked := await context.embed(query)) is None:
        return by_word
    nearest = await store.nearest(context.sender, asked.vector, asked.model, limit=LOOKED_AT)
    by_meaning = await _reread(query, nearest, context)
    covered = [one for one in by_word if is_covered(query, one)]
    pairs = zip_longest(by_meaning, covered)
    order = list(dict.fromkeys(one for pair in pairs for one in pair if one is not None))
    return order or by_word  # no vectors yet


async def _reread(
    query: str, nearest: Sequence[Found], context: "ToolCallContext"
) -> Sequence[Found]:
    """First those of which one sentence is near: a passage says more than what is asked for."""
    added = await context.best_sentences(query, [one.sentences for one in nearest])
    order = sorted(zip(nearest, added, strict=True), key=lambda pair: -(pair[0].near + pair[1]))
    return [one for one, _ in order]


async def nearness(query: str, store: Documents, context: "ToolCallContext") -> float:
    """How near the nearest sentence of all documents is to a question: a cosine and what
    `best_sentences` adds; 0 where nothing has a vector yet."""
    if (asked := await context.embed(query)) is None:
        return 0.0
    nearest = await store.nearest(context.sender, asked.vector, asked.model, limit=LOOKED_AT)
    added = await context.best_sentences(query, [one.sentences for one in nearest])
    return max((one.near + more for one, more in zip(nearest, added, strict=True)), default=0.0)


def words(query: str) -> frozenset[str]:
    """Those that tell a passage from another."""
    return facts.telling(query) - ANY


def is_covered(query: str, found: Found) -> bool:
    """Whether a passage has enough of its words, in any form, to be what is asked for."""
    lacking = facts.unsaid(query, found.whole) - ANY
    return len(lacking) <= (1 - COVERED) * len(words(query))
