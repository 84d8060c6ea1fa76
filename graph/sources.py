"""From where an answer is: written by code, as models leave it out or make it up."""

import re
from collections.abc import Callable, Sequence

from langchain_core.messages import AnyMessage, ToolMessage

from graph.shrinking import cut_short
from tools import facts
from tools.document_search import ANY
from tools.folding import fold
from tools.passages import Passage

# Key in additional_kwargs of the tool's message: place and text of each passage.
SOURCES = "sources"
# Key in additional_kwargs of a call by code for a message that names no document: it may be about
# none.
GUESSED = "guessed"
NOT_THERE = re.compile(
    r"\bno (?:se |lo |la )*(?:dice|figura|indica|aclara|menciona|encontr\w+|aparece|contiene|habla)"
    r"|\bno (?:hay|tiene|tengo|da) (?:nada|informacion|datos|ninguna? (?:dato|informacion|mencion))"
    r"|\bdoes(?:n'?t| not) (?:say|mention|contain|specify)|\b(?:no|not find|not have) (?:any )?"
    r"(?:information|mention)"
)
QUOTE_MAX = 240  # characters
NEW_MIN = 2  # telling words that a quotation adds to an answer
HEAD_MAX = 4  # words
SHARED_BY_CHANCE = 1  # words of an answer and a passage
_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\bSr\.)(?<!\bSra\.)(?<!\bDr\.)(?<!\bDra\.)(?<!\bart\.)(?<!\binc\.)(?<!\bAv\.)\s+|\n"
)
ONLY_YES_OR_NO = re.compile(r"\W*(?:si|no|yes)\b(?=\W*$|[,.;:!])")


def with_source(
    text: str, asked: str, turn: Sequence[AnyMessage], say: Callable[..., str], *, quoted: bool
) -> str:
    """The answer with the place of the passage that it is from; as it is where it says so itself,
    is from none, or says that it is not there.

    `quoted`: with the sentence that is nearest to it, too, for a small model may have misread it.
    """
    best = _nearest(text, asked, turn)
    if best is None or NOT_THERE.search(fold(text)):
        return text
    quote = _quote(text, asked, best) if quoted else ""
    if quote:
        return f"{text}\n{say('source_quoted', text=quote, place=best.place)}"
    return text if _is_named(best.place, text) else f"{text}\n{say('source', place=best.place)}"


def has_asked(asked: str, turn: Sequence[AnyMessage]) -> bool:
    """Whether a passage that was found has a word of the question, beyond the name of its file."""
    found = passages_of(turn)
    return any(_asked_for(asked, one) - facts.unsaid(asked, one.text) for one in found)


def excerpt(asked: str, turn: Sequence[AnyMessage], *, most: int) -> str:
    """The passage that has most of what is asked for, from the sentence on that has most of it; ""
    where none was found. `most`: characters."""
    found = passages_of(turn)
    if not found:
        return ""
    best = max(found, key=lambda one: len(_shared(f"{one.place} {one.text}", asked)))
    text = best.text
    if len(text) > most:
        start = text.index(max(_sentences(text), key=lambda one: len(_shared(one, asked))))
        rest = cut_short(text[start:], most)
        text = f"… {rest}" if start else rest
    return f"{best.place}:\n{text}"


def _nearest(text: str, asked: str, turn: Sequence[AnyMessage]) -> Passage | None:
    """The passage that an answer is from: that shares most with it beyond the question; a "sí" says
    only as much as the question does."""
    found = passages_of(turn)
    told = facts.unsaid(text, asked)
    shared = [len(told - facts.unsaid(text, one.text)) for one in found]
    if not any(shared) and ONLY_YES_OR_NO.match(fold(text)):
        shared = [len(_asked_for(asked, one) - facts.unsaid(asked, one.text)) for one in found]
    least = SHARED_BY_CHANCE if is_guessed(turn) else 0
    return found[shared.index(max(shared))] if shared and max(shared) > least else None


def _asked_for(asked: str, passage: Passage) -> frozenset[str]:
    """The words of a question that tell one passage of a document from another."""
    return facts.unsaid(asked, passage.place) - ANY


def _quote(text: str, asked: str, passage: Passage) -> str:
    """The sentence of a passage with most of the question, and of the answer; "" where the answer
    has said it all, or where nothing is asked for in particular."""
    words = " ".join(_asked_for(asked, passage))

    def fits(sentence: str) -> int:
        return 2 * len(_shared(sentence, words)) + len(_shared(sentence, text))

    best = max(_sentences(passage.text), key=fits, default="")
    if not words or not best or len(facts.unsaid(best, text)) < NEW_MIN:
        return ""
    return cut_short(best, QUOTE_MAX)


def _shared(text: str, other: str) -> frozenset[str]:
    return facts.telling(text) - facts.unsaid(text, other)


def _sentences(text: str) -> list[str]:
    """With "CUARTA. Depósito." before the sentence that it is the head of."""
    found: list[str] = []
    for one in map(str.strip, _SENTENCE_END.split(text)):
        is_head = found and len(found[-1].split()) < HEAD_MAX and found[-1].endswith(".")
        if is_head and f"{found[-1]} {one}" in text:
            found[-1] = f"{found[-1]} {one}"
        elif one:
            found.append(one)
    return found


def passages_of(turn: Sequence[AnyMessage]) -> list[Passage]:
    """What a turn found in documents, the best first."""
    return [
        Passage(*one)
        for message in turn
        if isinstance(message, ToolMessage)
        for one in message.additional_kwargs.get(SOURCES, ())
    ]


def is_guessed(turn: Sequence[AnyMessage]) -> bool:
    """Whether nobody said that the answer is in a document."""
    return any(GUESSED in one.additional_kwargs for one in turn)


def _is_named(place: str, text: str) -> bool:
    name, _, where = fold(place).partition(", ")
    stem = name.rpartition(".")[0] or name
    number = re.search(r"\d+", where)
    says = fold(text)
    return stem in says and (number is None or re.search(rf"\b{number[0]}\b", says) is not None)
