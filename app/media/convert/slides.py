"""PPTX: the text of each slide, its tables and its notes."""

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from app.media.convert.package import forget, local, related, walked
from app.media.convert.parts import Part, Unreadable

MAIN = "ppt/presentation.xml"
# Placeholders that say the same on every slide.
FURNITURE = frozenset({"sldNum", "dt", "ftr", "hdr"})


class Slides:
    """An open file; `pages` are its slides."""

    def __init__(self, file: BinaryIO) -> None:
        self._package = zipfile.ZipFile(file)
        relations = related(self._package, MAIN)
        shown = [
            relations[found][1]
            for event, element in walked(self._package, MAIN)
            if event == "end" and local(element.tag) == "sldId"
            for name, found in element.items()
            if name.endswith("}id") and found in relations
        ]
        self._names = list(dict.fromkeys(shown))  # one that is shown twice says the same
        self.pages = len(self._names)
        if not self._names:
            raise Unreadable("empty")

    def parts(self) -> Iterator[Part]:
        """Slide by slide."""
        for number, name in enumerate(self._names, 1):
            lines = list(self._lines(name))
            for kind, notes in related(self._package, name).values():
                if kind == "notesSlide":
                    lines += self._lines(notes)
            yield Part(str(number), "\n".join(lines))

    def _lines(self, name: str) -> Iterator[str]:
        row: list[str] | None = None
        furniture = False
        for event, element in walked(self._package, name):
            tag = local(element.tag)
            if event == "start" and tag in ("sp", "tr"):
                furniture, row = False, [] if tag == "tr" else row
            elif event == "start" and tag == "ph":
                furniture = element.get("type") in FURNITURE
            elif event == "end" and tag == "p":
                text = _text(element)
                forget(element)
                if text and row is not None:
                    row.append(text)
                elif text and not furniture:
                    yield text
            elif event == "end" and tag == "tr":
                if row:
                    yield " | ".join(row)
                row = None


def _text(paragraph: object) -> str:
    found = []
    for one in paragraph.iter():  # type: ignore[attr-defined]
        tag = local(one.tag)
        found.append((one.text or "") if tag == "t" else "\n" if tag == "br" else "")
    return "".join(found).strip()
