"""One document on standard input; its text on standard output, a JSON value a line.

First the kind, then the parts, last how it ended: {"pages", "cut"} or {"error"}.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Protocol

from app.media.convert import kinds, limits
from app.media.convert.parts import Part, Unreadable

GAPS = re.compile(r"[^\S\n]+")
BLANK = re.compile(r"\n\s*\n\s*")


class Document(Protocol):
    """What each family of files is."""

    pages: int

    def parts(self) -> Iterator[Part]:
        """In their order."""
        ...


def opened(kind: str, file: BinaryIO) -> Document:
    """The document in a file of this kind. Imports no more than that takes."""
    if kind == "pdf":
        from app.media.convert.pdf import Pdf

        return Pdf(file)
    if kind == "docx":
        from app.media.convert.word import Word

        return Word(file)
    if kind == "pptx":
        from app.media.convert.slides import Slides

        return Slides(file)
    if kind in ("xlsx", "csv"):
        from app.media.convert.tables import Csv, Workbook

        return Workbook(file) if kind == "xlsx" else Csv(kinds.text_of(file))
    from app.media.convert.texts import Markdown, Page, Plain

    families: dict[str, Callable[[str], Document]] = {"md": Markdown, "html": Page, "txt": Plain}
    return families[kind](kinds.text_of(file))


def told(file: BinaryIO) -> Iterator[dict[str, Any]]:
    """What is printed. Raises whatever the parsers raise."""
    ends_at = time.monotonic() + limits.SOFT_S
    kind = kinds.kind_of(file)
    yield {"kind": kind}
    document, left = opened(kind, file), limits.MAX_TEXT
    cut = kind in ("txt", "md", "csv", "html") and kinds.is_cut(file)
    for part in document.parts():
        if left <= 0 or time.monotonic() > ends_at:
            cut = True
            break
        text = BLANK.sub("\n\n", GAPS.sub(" ", part.text.replace("\x00", ""))).strip()
        if text:
            cut = cut or len(text) > left
            yield {"place": part.place[:200], "text": text[:left]}
            left -= len(text)
    if left == limits.MAX_TEXT and cut:
        raise Unreadable("heavy")
    if left == limits.MAX_TEXT:
        raise Unreadable("scanned" if kind == "pdf" and document.pages else "empty")
    yield {"pages": document.pages, "cut": cut}


def main() -> int:
    """0 where there is text."""
    limits.confine()
    try:
        for line in told(sys.stdin.buffer):
            print(json.dumps(line))
    except Unreadable as error:
        print(json.dumps({"error": error.reason}))
    except MemoryError:
        print(json.dumps({"error": "heavy"}))
    except Exception:  # noqa: BLE001 - a file may make a parser raise anything; it ends here
        print(json.dumps({"error": "broken"}))
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
