"""Documents: converted, kept in passages that are found later, begun to be read in their turn."""

import asyncio
import re
from dataclasses import replace

from app.media.base import Seen
from app.media.convert.limits import WALL_S
from app.media.convert.parts import Unreadable
from app.media.converting import Converted, convert
from app.media.passages import passages
from graph.frames import unframed
from graph.prompts import Prompts
from store.documents import MAX_DOCUMENTS, Document, DocumentStore
from store.errors import DocumentsFull
from store.media import MediaFile
from tools.documenting import KINDS, PLACES

MAX_NAME = 100  # characters
BEGINNING = 1_500  # characters of a document that its turn has; the tool finds the rest


class DocumentReader:
    """Reads documents, one at a time: a large one takes a core and half a gigabyte."""

    def __init__(
        self,
        documents: DocumentStore,
        prompts: Prompts,
        language: str,
        *,
        limit_s: float = WALL_S,
    ) -> None:
        """`limit_s`: for taking the text out of one."""
        self._documents = documents
        self._prompts = prompts
        self._language = language
        self._limit_s = limit_s
        self._one = asyncio.Lock()

    async def read(self, file: MediaFile, *, question: str) -> Seen:
        """The beginning of the document, framed; or a sentence that says why there is none."""
        file = replace(file, name=_clean(file.name) or self._say("document_unnamed"))
        try:
            async with self._one:
                converted = await convert(file.path, limit_s=self._limit_s)
            kept = await self._documents.add(
                file,
                kind=converted.kind,
                pages=converted.pages,
                cut=converted.cut,
                passages=passages(converted.kind, converted.parts),
            )
        except Unreadable as error:
            return Seen("", self._say(f"document_{error.reason}", name=file.name))
        except DocumentsFull:
            return Seen("", self._say("documents_full", name=file.name, most=str(MAX_DOCUMENTS)))
        if kept is None:  # deleted while it was read
            return Seen("", self._say("media_deleted"))
        remark = self._say("document_cut", name=file.name) if kept.document.cut else ""
        return Seen(self._framed(kept.document, converted, known=kept.known), remark)

    async def aclose(self) -> None:
        """Nothing is held between two documents."""

    def _framed(self, document: Document, converted: Converted, *, known: bool) -> str:
        what = KINDS[document.kind]
        if document.pages and document.kind in PLACES:
            key = f"document_{PLACES[document.kind]}s"
            what = f"{what}, {self._say(key, count=str(document.pages))}"
        key = "document_heard_again" if known else "document_heard"
        text = unframed(self._beginning(document.name, converted))
        return self._say(key, name=document.name, what=what, text=text)

    def _beginning(self, name: str, converted: Converted) -> str:
        text = ""
        for part in converted.parts:
            head = part.place
            if head and converted.kind in ("pdf", "pptx"):
                head = self._say(f"document_at_{PLACES[converted.kind]}", name=name, place=head)
            text += f"{head}\n{part.text}\n\n" if head else f"{part.text}\n\n"
            if len(text) > BEGINNING:
                return f"{text[:BEGINNING].rsplit(maxsplit=1)[0]}…"
        return text.strip()

    def _say(self, key: str, **values: str) -> str:
        return self._prompts.message(self._language, key, **values)


def _clean(name: str) -> str:
    """As it may stand in a sentence: whoever sent the file may have called it anything."""
    return " ".join(re.sub(r"[^\w.,()@&+' -]+", " ", name).split())[-MAX_NAME:]
