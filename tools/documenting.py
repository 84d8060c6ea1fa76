"""Finds, lists and deletes documents, for tools and commands alike.

What stands in a document was written by others. Raises ToolError: a question to ask, or why not.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from store.documents import Document, Found
from tools.about_documents import asks_for_list, asks_for_whole, besides, named, pointed_at
from tools.choosing import matching
from tools.dates import day_in_words
from tools.document_search import is_covered, search, words
from tools.errors import ToolError
from tools.passages import Passage, Passages
from tools.ports import Documents

if TYPE_CHECKING:  # it brings LangChain, a second that whoever reads a document need not wait for
    from tools.context import ToolCallContext

FOUND = 3  # passages that are given: some 700 tokens
BEGINNING = 5  # of a document that is asked about as a whole
SHOWN = 30  # documents of a list, the newest
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
    documents = await store.all(context.sender)
    if not documents and words(query):
        raise ToolError("documents_none")
    came = [one for one in documents if one.source in context.message_ids]
    if document := _meant_whole(query, came or documents):
        return await _beginning(document, store, context)
    if asks_for_list(query) or not words(query):
        return await listed(context)
    found = await search(query, store, context)
    # What is named comes first; beside a document of this very message no other counts, and it may
    # have no vectors yet.
    meant = {one.id for one in came or pointed_at(query, documents)}
    found = sorted(found, key=lambda one: one.document not in meant)
    if came:
        own = [one for one in found if one.document in meant]
        found = own or await store.beginning(came[-1], limit=FOUND)
    if not found:
        raise ToolError("documents_nothing")
    shown = [Passage(_place(one, context), one.content) for one in found[:FOUND]]
    # The nearest is always near to something: say when it is no more than that.
    is_near = not any(is_covered(query, one) for one in found)
    return Passages.of(shown, intro=context.say("documents_near") if is_near else "")


def _meant_whole(query: str, documents: Sequence[Document]) -> Document | None:
    """The document that is asked about as a whole: one that is named, or else the newest."""
    meant = named(query, documents)
    if not documents or besides(query, meant) or not asks_for_whole(query):
        return None
    return meant[0] if meant else documents[-1]


async def _beginning(document: Document, store: Documents, context: "ToolCallContext") -> Passages:
    found = await store.beginning(document, limit=BEGINNING + 1)
    is_more = document.cut or len(found) > BEGINNING
    intro = context.say("document_begins", name=document.name) if is_more else ""
    return Passages.of(
        [Passage(_place(one, context), one.content) for one in found[:BEGINNING]], intro=intro
    )


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
