"""XLSX and CSV: rows as lines of "column: value", so that each says by itself what it is about."""

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import BinaryIO

from app.media.convert import kinds
from app.media.convert.limits import MAX_TEXT
from app.media.convert.package import opened
from app.media.convert.parts import Part

MAX_COLUMNS = 60
ROWS_A_PART = 200  # the time is looked at between parts
SHARED = "xl/sharedStrings.xml"
MAX_SHARED = 20 << 20  # bytes of them: openpyxl holds them all, a million in ten seconds


class Workbook:
    """An open XLSX, by openpyxl; `pages` are its sheets. Of formulas it has the last results."""

    def __init__(self, file: BinaryIO) -> None:
        with zipfile.ZipFile(file) as package:
            if SHARED in package.namelist():
                opened(package, SHARED, most=MAX_SHARED).close()
        import openpyxl

        self._book = openpyxl.load_workbook(
            file, read_only=True, data_only=True, keep_links=False, keep_vba=False
        )
        self.pages = len(self._book.worksheets)

    def parts(self) -> Iterator[Part]:
        """Sheet by sheet."""
        for sheet in self._book.worksheets:
            sheet.reset_dimensions()  # what it says of its size may be anything
            rows = (
                [_cell(value) for value in row[:MAX_COLUMNS]]
                for row in sheet.iter_rows(values_only=True)
            )
            for text in _tables(rows):
                yield Part(sheet.title, text)


class Csv:
    """A table in a text."""

    pages = 0

    def __init__(self, text: str) -> None:
        self._text = text

    def parts(self) -> Iterator[Part]:
        """The rows."""
        dialect = kinds.dialect_of(self._text) or csv.excel
        csv.field_size_limit(MAX_TEXT)
        rows = csv.reader(self._text.splitlines(keepends=True), dialect)
        for text in _tables([" ".join(cell.split()) for cell in row[:MAX_COLUMNS]] for row in rows):
            yield Part("", text)


def _tables(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of rows, some at a time. The first row that is full of words names the columns."""
    names: Sequence[str] | None = None
    lines: list[str] = []
    for count, row in enumerate(rows, 1):
        filled = [cell for cell in row if cell]
        if names is None and len(filled) > 1:
            names = row if _names_columns(filled) else ()
            lines.append(" | ".join(filled))
        elif filled:
            lines.append(_line(row, names or ()))
        if count % ROWS_A_PART == 0:
            yield "\n".join(lines)
            lines = []
    yield "\n".join(lines)


def _names_columns(cells: Sequence[str]) -> bool:
    return len(set(cells)) == len(cells) and not any(cell[:1].isdigit() for cell in cells)


def _line(row: Sequence[str], names: Sequence[str]) -> str:
    labels = [*names, *[""] * (len(row) - len(names))]
    pairs = zip(labels, row, strict=False)
    return " | ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat(*([" ", "minutes"] if isinstance(value, datetime) else []))
    return f"{value:.12g}" if isinstance(value, float) else " ".join(str(value).split())
