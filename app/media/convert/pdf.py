"""PDF: the text of each page, by pypdf. Scripts, links and attachments in it are left alone."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from pypdf import PasswordType, PdfReader
from pypdf.errors import FileNotDecryptedError, PyPdfError

from app.media.convert.parts import Part, Unreadable

# "resci-" at the end of a line and "sión" at the next: a word that was cut to fit the line.
HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u00ad\ufffe]\n(?=[a-zà-öø-ÿ])")
# A line that goes on in the next one.
BROKEN = re.compile(r"(?<=[^.:;!?\n])\n(?=[a-zà-öø-ÿ])")


class Pdf:
    """An open file. Many need a password for changing alone: those are read."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._reader = PdfReader(file)
            if self._reader.is_encrypted and self._reader.decrypt("") is PasswordType.NOT_DECRYPTED:
                raise Unreadable("encrypted")
            self.pages = len(self._reader.pages)
        except FileNotDecryptedError as error:
            raise Unreadable("encrypted") from error

    def parts(self) -> Iterator[Part]:
        """Page by page; one that is damaged says nothing. Raises Unreadable where all are."""
        damaged = 0
        for number in range(self.pages):
            try:
                text = self._reader.pages[number].extract_text()
            except (PyPdfError, ValueError, LookupError, TypeError, AttributeError):
                damaged += 1  # pypdf's own habits with pages that are no pages
                continue
            yield Part(str(number + 1), BROKEN.sub(" ", HYPHENATED.sub("", text)))
        if damaged == self.pages:
            raise Unreadable("broken")
