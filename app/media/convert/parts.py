"""What comes out of a document, and what keeps it from coming out."""

from typing import NamedTuple


class Part(NamedTuple):
    """A stretch of text and where it stands."""

    place: str  # number of the page or slide, name of the sheet, headings of the section; or ""
    text: str


class Unreadable(Exception):
    """There is no text to be had.

    `reason`: unknown (no kind that is read), old_office, encrypted, broken, empty, scanned or
    heavy (it takes too much memory or time).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
