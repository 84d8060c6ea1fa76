"""Files as people's programs write them, from the parts of bench/documents.toml."""

import io
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).parents[2] / "bench" / "documents.toml"


class Part(NamedTuple):
    """A page, section, sheet or slide."""

    heading: str
    text: str


@dataclass(frozen=True)
class Made:
    """A file, and what it was made of."""

    name: str
    parts: tuple[Part, ...]

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return MAKERS[self.name.rpartition(".")[2]](self.parts)


@dataclass(frozen=True)
class Question:
    """What is asked about a document; `says` is what the passage that answers holds."""

    kind: str
    ask: str
    document: str
    says: str


def documents() -> list[Made]:
    """The twenty."""
    return [
        Made(row["name"], tuple(Part(one["heading"], one["text"].strip()) for one in row["parts"]))
        for row in tomllib.loads(SOURCE.read_text("utf-8"))["documents"]
    ]


def questions(which: str = "questions") -> list[Question]:
    """What is asked about them; the search was tuned on neither "kept_back" nor "natural"."""
    return [Question(**row) for row in tomllib.loads(SOURCE.read_text("utf-8"))[which]]


def pdf(parts: tuple[Part, ...]) -> bytes:
    """A page a part, lines broken and justified as a word processor does."""
    from fpdf import FPDF

    paper = FPDF(format="A4")
    paper.set_title("prueba")
    for part in parts:
        paper.add_page()
        if part.heading:
            paper.set_font("helvetica", "B", 15)
            paper.multi_cell(0, 9, part.heading, new_x="LMARGIN", new_y="NEXT")
        paper.set_font("helvetica", size=11)
        for line in part.text.split("\n"):
            paper.multi_cell(0, 6, line, align="J", new_x="LMARGIN", new_y="NEXT")
            paper.ln(2)
    return bytes(paper.output())


def docx(parts: tuple[Part, ...]) -> bytes:
    """Headings and paragraphs."""
    import docx as word

    paper = word.Document()
    for part in parts:
        paper.add_heading(part.heading, level=1)
        for line in part.text.split("\n"):
            paper.add_paragraph(line)
    return _saved(paper)


def xlsx(parts: tuple[Part, ...]) -> bytes:
    """A sheet a part; numbers are numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for part in parts:
        sheet = book.create_sheet(part.heading)
        for line in part.text.split("\n"):
            sheet.append([int(cell) if cell.isdigit() else cell for cell in line.split(" | ")])
    return _saved(book)


def pptx(parts: tuple[Part, ...]) -> bytes:
    """A slide a part: title and body."""
    import pptx as slides

    deck = slides.Presentation()
    for part in parts:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = part.heading
        slide.placeholders[1].text = part.text
    return _saved(deck)


def text(parts: tuple[Part, ...]) -> bytes:
    """As Windows' editor saves it."""
    return "\r\n".join("\r\n".join(part.text.split("\n")) for part in parts).encode("cp1252")


def markdown(parts: tuple[Part, ...]) -> bytes:
    """Headings of the second level."""
    return "\n\n".join(f"## {part.heading}\n\n{part.text}" for part in parts).encode()


def csv(parts: tuple[Part, ...]) -> bytes:
    """As Excel exports it here: semicolons, with a byte order mark."""
    return parts[0].text.replace("\n", "\r\n").encode("utf-8-sig")


def html(parts: tuple[Part, ...]) -> bytes:
    """A page with a script, which is no text."""
    body = "".join(f"<h2>{escape(part.heading)}</h2><p>{escape(part.text)}</p>" for part in parts)
    head = "<meta charset=utf-8><title>Bases</title><script>alert('no es texto')</script>"
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


MAKERS = {
    "pdf": pdf,
    "docx": docx,
    "xlsx": xlsx,
    "pptx": pptx,
    "txt": text,
    "md": markdown,
    "csv": csv,
    "html": html,
}


def _saved(paper: object) -> bytes:
    buffer = io.BytesIO()
    paper.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()
