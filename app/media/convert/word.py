"""DOCX: paragraphs and tables in their order, each under its headings.

By ourselves on lxml: python-docx leaves out what stands in content controls (every contract made
from a template) and in text boxes.
"""

import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from app.media.convert.headings import Headings
from app.media.convert.package import forget, local, walked
from app.media.convert.parts import Part

MAIN = "word/document.xml"
NOTES = ("word/footnotes.xml", "word/endnotes.xml")
HEADING = re.compile(r"heading (\d)", re.I)
LEVELS = 9


class Word:
    """An open file. It has no pages: Word makes them when it shows it."""

    pages = 0

    def __init__(self, file: BinaryIO) -> None:
        self._package = zipfile.ZipFile(file)
        names = set(self._package.namelist())
        self._names = [name for name in (MAIN, *NOTES) if name in names]
        self._levels = _levels(self._package) if "word/styles.xml" in names else {}

    def parts(self) -> Iterator[Part]:
        """Section by section."""
        for name in self._names:
            sections = Headings()
            for level, text in self._blocks(name):
                if level:
                    yield from sections.under(level, text)
                else:
                    sections.add(text)
            yield from sections.end()

    def _blocks(self, name: str) -> Iterator[tuple[int, str]]:
        """Level of the heading or 0, and the text of each paragraph or row of a table."""
        tables, fallback = _Tables(), 0
        for event, element in walked(self._package, name):
            tag = local(element.tag)
            if tag == "Fallback":  # the same again, for old programs
                fallback += 1 if event == "start" else -1
            elif event == "start":
                tables.begin(tag)
            elif tag == "p":
                text = "" if fallback else _text(element)
                level = self._level(element)
                forget(element)
                if text and not tables.take(text):
                    yield level, text
            elif (line := tables.end(tag)) and not tables.take(line):
                yield 0, line

    def _level(self, paragraph: Any) -> int:
        for one in paragraph.iterfind("./{*}pPr/{*}pStyle"):
            return self._levels.get(_value(one), 0)
        return 0


class _Tables:
    """The tables that are open, the innermost last: a cell may hold one."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []
        self._cells: list[list[str]] = []

    def begin(self, tag: str) -> None:
        if tag == "tr":
            self._rows.append([])
        elif tag == "tc":
            self._cells.append([])

    def take(self, text: str) -> bool:
        """Whether the text stands in a cell."""
        if self._cells:
            self._cells[-1].append(text)
        return bool(self._cells)

    def end(self, tag: str) -> str:
        """The line of a row that is whole."""
        if tag == "tc" and self._rows and self._cells:
            self._rows[-1].append(" ".join(self._cells.pop()))
        return " | ".join(self._rows.pop()).strip(" |") if tag == "tr" and self._rows else ""


def _text(paragraph: Any) -> str:
    """Its words; what was deleted with changes tracked, and codes of fields, are other elements."""
    found = []
    for one in paragraph.iter():
        tag = local(one.tag)
        if tag == "t":
            found.append(one.text or "")
        elif tag in ("tab", "br", "cr") and local(one.getparent().tag) == "r":
            found.append(" " if tag == "tab" else "\n")
    return "".join(found).strip()


def _levels(package: zipfile.ZipFile) -> dict[str, int]:
    """Id of a style -> level of heading. Names are English in every language; ids are not."""
    levels: dict[str, int] = {}
    for event, style in walked(package, "word/styles.xml"):
        if event == "end" and local(style.tag) == "style":
            name = "".join(_value(one) for one in style.iterfind("./{*}name"))
            outline = [_value(one) for one in style.iterfind("./{*}pPr/{*}outlineLvl")]
            level = 1 if name.lower() == "title" else 0
            if named := HEADING.fullmatch(name):
                level = int(named[1])
            elif outline and outline[0].isdigit() and int(outline[0]) < LEVELS:
                level = int(outline[0]) + 1
            levels[next((v for k, v in style.items() if local(k) == "styleId"), "")] = level
    return levels


def _value(element: Any) -> str:
    return next((str(value) for name, value in element.items() if local(name) == "val"), "")
