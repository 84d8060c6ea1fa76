"""Finds the language of a time, and its pieces."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tools.when.english import ENGLISH
from tools.when.errors import Ambiguous
from tools.when.folded import Folded, fold
from tools.when.grammar import Grammar
from tools.when.reading import Reading, read_pieces
from tools.when.spanish import SPANISH

GRAMMARS: Mapping[str, Grammar] = {"es": SPANISH, "en": ENGLISH}


@dataclass(frozen=True)
class Understood:
    """A text, the grammar that fits it, and what that found."""

    folded: Folded
    grammar: Grammar
    reading: Reading

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where in the original the time stands."""
        return tuple(self.folded.span(*span) for span in self.reading.spans)

    @property
    def covered(self) -> int:
        """How much of the text is time, in characters."""
        return sum(end - start for start, end in self.spans)


@lru_cache(maxsize=8)  # a sentence is split into what and when, and then its time is read
def understand(text: str, language: str) -> Understood:
    """In the person's language, or in the other one where that finds more.

    The 1.5B model at times hands over "tomorrow at 9" for a message in Spanish.

    Raises:
        Ambiguous: two times, or half of one.
        OutOfBounds: the text is too long.
    """
    own = GRAMMARS.get(language, ENGLISH)
    best = _understand(text, own)
    for other in GRAMMARS.values():
        if other is own:
            continue
        try:
            translated = _understand(text, other)
        except Ambiguous:
            continue  # a word that means something there by chance
        if translated.covered > best.covered:
            best = translated
    return best


def _understand(text: str, grammar: Grammar) -> Understood:
    folded = fold(text, grammar.typos)
    return Understood(folded, grammar, read_pieces(folded, grammar))
