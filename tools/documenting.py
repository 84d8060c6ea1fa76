"""Finds, lists and deletes documents, for tools and commands alike.

What stands in a document was written by others. Raises ToolError: a question to ask, or why not.
"""

from collections.abc import Sequence

from store.documents import Document, Found
from tools import facts
from tools.choosing import matching
from tools.contract import ToolCallContext
from tools.errors import ToolError
from tools.ports import Documents

FOUND = 4  # passages that are given: some 900 tokens
LOOKED_AT = 20  # of each ranking
# A passage that is n-th in a ranking scores 1 / (RANKS + n) there (reciprocal rank fusion).
RANKS = 10
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


async def find(query: str, context: ToolCallContext) -> str:
    """The passages that answer best, each with the name of its document and where it stands."""
    store, words = _documents(context), facts.says(query) - ANY
    if not words:
        return await listed(context)
    found = await search(query, words, store, context)
    if not found:
        raise ToolError("documents_nothing" if await store.all(context.sender) else "documents_none")
    return "\n\n".join(f"{_place(one, context)}:\n{one.content}" for one in found[:FOUND])


async def search(
    query: str, words: frozenset[str], store: Documents, context: ToolCallContext
) -> Sequence[Found]:
    """By words and by meaning, what both rank high first."""
    rankings = [await store.with_words(context.sender, words, limit=LOOKED_AT)]
    if (asked := await context.embed(query)) is not None:
        rankings.append(
            await store.nearest(context.sender, asked.vector, asked.model, limit=LOOKED_AT)
        )
    scores: dict[Found, float] = {}
    for ranking in rankings:
        for rank, one in enumerate(ranking, 1):
            scores[one] = scores.get(one, 0) + 1 / (RANKS + rank)
    return sorted(scores, key=lambda one: -scores[one])


async def listed(context: ToolCallContext) -> str:
    """The newest, each with its own number, which does not shift when another one is gone."""
    documents = await _documents(context).all(context.sender)
    if not documents:
        return context.say("documents_none")
    lines = [f"{one.id}. {one.name} ({described(one, context)})" for one in documents[-SHOWN:]]
    if (older := len(documents) - SHOWN) > 0:
        lines.append(context.say("documents_older", count=str(older)))
    return "\n".join([context.say("documents_intro"), *lines])


async def delete(which: str, context: ToolCallContext) -> str:
    """Delete a document, named by its number or by words of its name that fit only one."""
    store = _documents(context)
    document = await store.deleted_by(context.sender, context.call_id)
    if document is None:
        document = await _picked(which, context)
        if not await store.delete(document, turn=context.call_id):
            raise ToolError("document_none", wanted=which)
    return context.say("document_deleted", name=document.name)


def described(document: Document, context: ToolCallContext) -> str:
    """ "PDF, páginas: 3"."""
    kind = KINDS[document.kind]
    if not document.pages or document.kind not in PLACES:
        return kind
    counted = context.say(f"document_{PLACES[document.kind]}s", count=str(document.pages))
    return f"{kind}, {counted}"


def _place(found: Found, context: ToolCallContext) -> str:
    if not found.place:
        return found.name
    key = f"document_at_{PLACES.get(found.kind, 'section')}"
    return context.say(key, name=found.name, place=found.place)


def _documents(context: ToolCallContext) -> Documents:
    if context.documents is None:
        raise ToolError("documents_unavailable")
    return context.documents


async def _picked(which: str, context: ToolCallContext) -> Document:
    documents = await _documents(context).all(context.sender)
    found = matching(which, documents, lambda one: (one.id, one.name))
    if len(found) > 1:
        lines = "\n".join(f"{one.id}. {one.name}" for one in found[-SHOWN:])
        raise ToolError("document_several", documents=lines)
    if not found:
        raise ToolError("document_none", wanted=which)
    return found[0]
