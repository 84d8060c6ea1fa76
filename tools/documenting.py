"""Finds, lists and deletes documents, for tools and commands alike.

What stands in a document was written by others. Raises ToolError: a question to ask, or why not.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from store.documents import Document, Found
from tools import facts
from tools.choosing import matching
from tools.dates import day_in_words
from tools.errors import ToolError
from tools.passages import Passage, Passages
from tools.ports import Documents

if TYPE_CHECKING:  # it brings LangChain, a second that whoever reads a document need not wait for
    from tools.context import ToolCallContext

FOUND = 4  # passages that are given: some 900 tokens
LOOKED_AT = 12  # of each ranking
# Of the words that tell something a passage has to have so many to be found by them: among a few
# passages a word such as "poner" is rare and would lead, though it tells nothing.
COVERED = 0.5
SHOWN = 30  # documents of a list, the newest
# Words that look for no passage in particular.
_ANY = (
    "documento documentos archivo archivos pdf word excel powerpoint planilla dice dicen"
    " document documents file files says say"
)
ANY = frozenset(_ANY.split())
KINDS = {
    "pdf": "PDF",
    "docx": "Word",
    "xlsx": "Excel",
    "pptx": "PowerPoint",
    "txt": "TXT",
    "md": "Markdown",
    "csv": "CSV",
    "html": "HTML",
}
PLACES = {"pdf": "page", "pptx": "slide", "xlsx": "sheet"}  # the others have sections


async def find(query: str, context: "ToolCallContext") -> str:
    """The passages that answer best, each with the name of its document and where it stands."""
    store = _documents(context)
    if not _words(query):
        return await listed(context)
    found = await search(query, store, context)
    if not found:
        raise ToolError(
            "documents_nothing" if await store.all(context.sender) else "documents_none"
        )
    shown = [Passage(_place(one, context), one.content) for one in found[:FOUND]]
    # The nearest is always near to something: say when it is no more than that.
    is_near = not any(_is_covered(query, one) for one in found)
    return Passages.of(shown, intro=context.say("documents_near") if is_near else "")


async def search(query: str, store: Documents, context: "ToolCallContext") -> Sequence[Found]:
    """By meaning and by words in turn: the nearest, the best by words, the second nearest, ..."""
    by_word = await store.with_words(context.sender, _words(query), limit=LOOKED_AT)
    if (asked := await context.embed(query)) is None:
        return by_word
    nearest = await store.nearest(context.sender, asked.vector, asked.model, limit=LOOKED_AT)
    by_meaning = await _reread(query, nearest, context)
    covered = [one for one in by_word if _is_covered(query, one)]
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


async def listed(context: "ToolCallContext") -> str:
    """The newest, each with its own number, which does not shift when another one is gone."""
    documents = await _documents(context).all(context.sender)
    if not documents:
        return context.say("documents_none")
    names = Counter(one.name for one in documents)
    lines = [
        f"{one.id}. {one.name} ({described(one, context, dated=names[one.name] > 1)})"
        for one in documents[-SHOWN:]
    ]
    if (older := len(documents) - SHOWN) > 0:
        lines.append(context.say("documents_older", count=str(older)))
    return "\n".join([context.say("documents_intro"), *lines])


async def delete(which: str, context: "ToolCallContext") -> str:
    """Delete a document, named by its number or by words of its name that fit only one."""
    store = _documents(context)
    document = await store.deleted_by(context.sender, context.call_id)
    if document is None:
        document = await _picked(which, context)
        if not await store.delete(document, turn=context.call_id):
            raise ToolError("document_none", wanted=which)
    return context.say("document_deleted", name=document.name)


def described(document: Document, context: "ToolCallContext", *, dated: bool = False) -> str:
    """ "PDF, páginas: 3"; `dated`, where another has the same name, with the day it came."""
    parts = [KINDS[document.kind]]
    if document.pages and document.kind in PLACES:
        key = f"document_{PLACES[document.kind]}s"
        parts.append(context.say(key, count=str(document.pages)))
    if dated:
        parts.append(day_in_words(document.created_at, context.timezone, context.language))
    return ", ".join(parts)


def _words(query: str) -> frozenset[str]:
    """Those that tell a passage from another."""
    return facts.telling(query) - ANY


def _is_covered(query: str, found: Found) -> bool:
    """Whether a passage has enough of its words, in any form, to be what is asked for."""
    lacking = facts.unsaid(query, found.whole) - ANY
    return len(lacking) <= (1 - COVERED) * len(_words(query))


def _place(found: Found, context: "ToolCallContext") -> str:
    if not found.place:
        return found.name
    key = f"document_at_{PLACES.get(found.kind, 'section')}"
    return context.say(key, name=found.name, place=found.place)


def _documents(context: "ToolCallContext") -> Documents:
    if context.documents is None:
        raise ToolError("documents_unavailable")
    return context.documents


async def _picked(which: str, context: "ToolCallContext") -> Document:
    documents = await _documents(context).all(context.sender)
    found = matching(which, documents, lambda one: (one.id, one.name))
    if len(found) > 1:
        lines = "\n".join(f"{one.id}. {one.name}" for one in found[-SHOWN:])
        raise ToolError("document_several", documents=lines)
    if not found:
        raise ToolError("document_none", wanted=which)
    return found[0]
