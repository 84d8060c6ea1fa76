"""A text as the grammar reads it: folded, misspellings mended, quoted titles blanked."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from tools.when.errors import TOO_LONG, OutOfBounds

MAX_LENGTH = (
    600  # characters: the slowest such text takes a tenth of a second, a phrase half a millisecond
)
BLANK = "ǁ"  # a word character that no pattern knows
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”|«[^»]*»')
_GAP = re.compile(r"[\s*_~]+")  # WhatsApp's bold, italics and strikethrough are no part of a word
_WORDS = re.compile(rf"{_GAP.pattern}|[^\W_]+|.", re.DOTALL)


@dataclass(frozen=True)
class Folded:
    """Folded text that knows where each of its characters stands in the original."""

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The piece of the original that a stretch of the folded text came from."""
        return self.starts[start], self.ends[end - 1]


def fold(original: str, typos: Mapping[str, str]) -> Folded:
    """Lower case, no accents, single spaces, common misspellings mended.

    Raises:
        OutOfBounds: the text is too long.
    """
    if len(original) > MAX_LENGTH:
        raise OutOfBounds(TOO_LONG)
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    blanked = _QUOTED.sub(lambda quoted: BLANK * len(quoted[0]), original)
    for word in _WORDS.finditer(blanked):
        folded = _fold_word(word[0])
        mended = typos.get(folded, folded)
        last = len(mended) - 1
        for place, letter in enumerate(mended):
            letters.append(letter)
            starts.append(min(word.start() + place, word.end() - 1))
            ends.append(word.end() if place == last else min(word.start() + place + 1, word.end()))
    return Folded(original, "".join(letters), tuple(starts), tuple(ends))


def _fold_word(word: str) -> str:
    if _GAP.fullmatch(word):
        return " "
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def swaps(words: Mapping[str, str] | tuple[str, ...]) -> dict[str, str]:
    """Each word with two neighbouring letters in the wrong order: "vierens" -> "viernes"."""
    found: dict[str, str] = {}
    for word in words:
        for place in range(len(word) - 1):
            swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
            if swapped not in words:
                found[swapped] = word
    return found
