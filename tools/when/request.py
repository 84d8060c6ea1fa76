"""Splits a sentence such as "recordame pagar la luz el viernes a las 18" into what and when."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tools.when.folded import fold
from tools.when.grammar import Grammar
from tools.when.understanding import understand

_EDGES = " \t\r\n,;:.-!¡?¿()*_~"


@dataclass(frozen=True)
class Request:
    """A sentence in two."""

    text: str  # "pagar la luz"; "" when the sentence is nothing but a time
    phrase: str  # "el viernes a las 18"; "" when there is no time in it
    asked: bool  # it says "recordame" or the like


def split(sentence: str, language: str) -> Request:
    """What to remind of, and when, as the person wrote them.

    Raises:
        Ambiguous: the sentence has more than one time.
        OutOfBounds: it is too long.
    """
    understood = understand(sentence, language)
    spans = _joined(sentence, understood.spans)
    text, asked = _without_verb(_without(sentence, spans), understood.grammar)
    phrase = " ".join(sentence[start:end] for start, end in spans)
    return Request(_trimmed(text, understood.grammar), phrase, asked)


def _joined(sentence: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans with nothing but spaces and commas between them are one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and not sentence[joined[-1][1] : start].strip(_EDGES):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _without(sentence: str, spans: Iterable[tuple[int, int]]) -> str:
    kept, position = [], 0
    for start, end in spans:
        kept.append(sentence[position:start].rstrip(" ,"))
        position = end
    kept.append(sentence[position:].lstrip(" ,"))
    return " ".join(part for part in kept if part.strip(_EDGES))


def _without_verb(text: str, grammar: Grammar) -> tuple[str, bool]:
    stripped = text.strip(_EDGES)
    folded = fold(stripped, {})
    verb = grammar.request.match(folded.text)
    if not verb or not verb.end():
        return stripped, False
    return stripped[folded.span(0, verb.end())[1] :], True


def _trimmed(text: str, grammar: Grammar) -> str:
    """Without the little words that the time or the verb left hanging."""
    text = text.strip(_EDGES)
    while hanging := grammar.opening.match(text) or grammar.closing.search(text):
        text = (text[: hanging.start()] + text[hanging.end() :]).strip(_EDGES)
    return re.sub(r"\s+", " ", text)
