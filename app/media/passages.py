"""Cuts the text of a document into passages: large enough to answer, small enough to be found."""

from collections.abc import Iterable, Iterator

from app.media.convert.parts import Part
from store.documents import Passage

SIZE = 800  # characters, some 200 tokens: an embedder of 512 takes it whole
OVERLAP = 120  # characters that a passage shares with the one before it, of running text
ENDS = ("\n\n", ". ", ".\n", "? ", "! ", "; ", "\n", " ")  # where a cut hurts least, best first
TABLES = frozenset({"xlsx", "csv"})


def passages(kind: str, parts: Iterable[Part]) -> Iterator[Passage]:
    """In their order; none goes over the end of a page or section."""
    for part in parts:
        if kind in TABLES:
            texts = _cut(part.text, overlap=0, ends=("\n", " "))
        else:
            texts = _cut(part.text, overlap=OVERLAP, ends=ENDS)
        for text in texts:
            yield Passage(part.place, text)


def _cut(text: str, *, overlap: int, ends: tuple[str, ...]) -> Iterator[str]:
    start = 0
    while len(text) - start > SIZE:
        stop = _end(text, start, ends)
        if passage := text[start:stop].strip():
            yield passage
        start = max(_word(text, stop - overlap), start + 1) if overlap else stop
    if passage := text[start:].strip():
        yield passage


def _end(text: str, start: int, ends: tuple[str, ...]) -> int:
    """The best place to cut in the second half of what fits."""
    half = start + SIZE // 2
    for end in ends:
        if (found := text.rfind(end, half, start + SIZE)) >= 0:
            return found + len(end)
    return start + SIZE


def _word(text: str, near: int) -> int:
    """Where the next word begins."""
    found = text.find(" ", near, near + 40)
    return found + 1 if found >= 0 else near
