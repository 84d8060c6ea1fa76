"""What a file is, by its bytes: names and types come from whoever sent it."""

import csv
import re
import zipfile
from typing import BinaryIO

from app.media.convert.parts import Unreadable

HEAD = 1024  # bytes in which a PDF may begin, as readers have it
TEXT_BYTES = 8 << 20  # of a text that are looked at
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
MARKUP = re.compile(
    r"(?:\s|<!--.*?-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body)\b", re.S | re.I
)
HEADING = re.compile(r"^#{1,6} +\S", re.M)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
DELIMITERS = ";,\t|"
ROWS = 30  # of a table that have to agree
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def kind_of(file: BinaryIO) -> str:
    """pdf, docx, xlsx, pptx, html, csv, md or txt. Raises Unreadable."""
    file.seek(0)
    head = file.read(HEAD)
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _package(file)
    if head.startswith(OLE):
        file.seek(0)
        locked = ENCRYPTED_PACKAGE in file.read(TEXT_BYTES)
        raise Unreadable("encrypted" if locked else "old_office")
    if not head.strip():
        raise Unreadable("empty")
    if head.startswith(b"{\\rtf"):
        raise Unreadable("unknown")
    return _text_kind(text_of(file))


def text_of(file: BinaryIO) -> str:
    """What a text says, from its beginning. Raises Unreadable for what is none."""
    file.seek(0)
    raw = file.read(TEXT_BYTES)
    text = _decoded(raw)
    if text is None or CONTROL.search(text):
        raise Unreadable("unknown")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_cut(file: BinaryIO) -> bool:
    """Whether there is more than `text_of` looks at."""
    file.seek(TEXT_BYTES)
    return bool(file.read(1))


def dialect_of(text: str) -> type[csv.Dialect] | None:
    """How a table in a text is written; None where it is prose: not every row has its cells."""
    lines = [line for line in text[:100_000].split("\n") if line.strip()][: ROWS + 1]
    if len(lines) > ROWS or len(text) > 100_000:
        lines.pop()  # it may be half a row
    for delimiter in DELIMITERS:
        dialect = type("Found", (csv.excel,), {"delimiter": delimiter})
        widths = {len(row) for row in csv.reader(lines, dialect)}
        if len(lines) > 1 and len(widths) == 1 and widths.pop() > 1:
            return dialect
    return None


def _package(file: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(file) as package:
            names = {info.filename: info for info in package.infolist()}
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise Unreadable("broken") from error
    for name, kind in PARTS.items():
        if name in names:
            if names[name].flag_bits & 1:
                raise Unreadable("encrypted")
            return kind
    raise Unreadable("unknown")


def _decoded(raw: bytes) -> str | None:
    for bom, encoding in BOMS:
        if raw.startswith(bom):
            return raw.decode(encoding, errors="replace")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        if len(raw) == TEXT_BYTES and error.start > TEXT_BYTES - 4:  # cut within a letter
            return raw[: error.start].decode()
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _text_kind(text: str) -> str:
    if not text.strip():
        raise Unreadable("empty")
    if MARKUP.match(text[:20_000]):
        return "html"
    if dialect_of(text):
        return "csv"
    return "md" if HEADING.search(text) else "txt"
