"""From where an answer is: written by code, as models leave it out or make it up; and whether it is
from there at all.
"""

import re
from collections.abc import Callable, Sequence

from langchain_core.messages import AnyMessage, ToolMessage

from tools import facts
from tools.document_search import ANY
from tools.folding import fold
from tools.passages import Passage
from tools.when import english_words as english
from tools.when import spanish_words as spanish

SOURCES = (
    "sources"  # key in additional_kwargs of the tool's message: place and text of each passage
)

NOT_THERE = re.compile(
    r"\bno (?:se |lo |la )*(?:dice|figura|indica|aclara|menciona|encontr\w+|aparece|contiene|habla)"
    r"|\bno (?:hay|tiene|tengo|da) (?:nada|informacion|datos|ninguna? (?:dato|informacion|mencion))"
    r"|\bdoes(?:n'?t| not) (?:say|mention|contain|specify)|\b(?:no|not find|not have) (?:any )?"
    r"(?:information|mention)"
)
THERE = 0.75  # of the words that are asked for: a passage has it
QUOTE_MAX = 240  # characters
NEW_MIN = 2  # telling words that a quotation adds to an answer
HEAD_MAX = 4  # words
DIGITS_MAX = 40  # of a number; Python refuses to read thousands
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_MARKER = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)  # of a numbered list
_VALUES = {**english.NUMBERS, **spanish.NUMBERS}
_IN_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(_VALUES, key=len, reverse=True))})\b")
_COUNTED = re.compile(
    rf"({_IN_WORDS.pattern}|(?<![\d.,]){_FIGURE.pattern}) (?!y\b|de\b)([a-z]{{3,6}})"
)
_ARTICLES = frozenset((0, 1))  # "un", "a", and the minutes of "9:00"
_YES_OR_NO = re.compile(r"\W*(?:si|no|yes)\b")


def with_source(
    text: str, asked: str, turn: Sequence[AnyMessage], say: Callable[..., str], *, quoted: bool
) -> str:
    """The answer with the place of the passage that it is from; as it is where it says so itself,
    is from none, or says that it is not there.

    `quoted`: with the sentence that is nearest to it, too, for a small model may have misread it.
    """
    best, shared = _nearest(text, asked, turn)
    if best is None or not shared or NOT_THERE.search(fold(text)):
        return text
    quote = _quote(text, asked, best) if quoted and facts.telling(asked) - ANY else ""
    if quote:
        return f"{text}\n{say('source_quoted', text=quote, place=best.place)}"
    return text if _is_named(best.place, text) else f"{text}\n{say('source', place=best.place)}"


def excerpt(asked: str, turn: Sequence[AnyMessage], *, most: int) -> str:
    """The passage that has most of what is asked for, from the sentence on that has most of it; ""
    where none was found. `most`: characters."""
    found = _passages(turn)
    if not found:
        return ""
    best = max(found, key=lambda one: len(_shared(one.text, asked)))
    text = best.text
    if len(text) > most:
        start = text.index(max(_sentences(text), key=lambda one: len(_shared(one, asked))))
        rest = text[start:]
        rest = rest if len(rest) <= most else f"{rest[:most].rsplit(maxsplit=1)[0]} …"
        text = f"… {rest}" if start else rest
    return f"{best.place}:\n{text}"


def _nearest(text: str, asked: str, turn: Sequence[AnyMessage]) -> tuple[Passage | None, int]:
    found = _passages(turn)
    told, numbers = facts.unsaid(text, asked), _numbers(text) - _numbers(asked) - _ARTICLES
    shared = {
        one: len(told - facts.unsaid(text, one.text)) + len(numbers & _numbers(one.text))
        for one in found
    }
    best = max(found, key=lambda one: shared[one], default=None)
    return best, shared[best] if best else 0


def _quote(text: str, asked: str, passage: Passage) -> str:
    """The sentence of a passage with most of the question, and of the answer; "" where the answer
    has said it all."""
    numbers = _numbers(text) - _ARTICLES

    def fits(sentence: str) -> int:
        own = len(_shared(sentence, text)) + 2 * len(numbers & _numbers(sentence))
        return 2 * len(_shared(sentence, asked)) + own

    best = max(_sentences(passage.text), key=fits, default="")
    if not best or len(facts.unsaid(best, text)) < NEW_MIN:
        return ""
    return best if len(best) <= QUOTE_MAX else f"{best[:QUOTE_MAX].rsplit(maxsplit=1)[0]} …"


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


def strays(text: str, asked: str, turn: Sequence[AnyMessage]) -> bool:
    """Whether passages were found, and an answer has a number that is not in them, or not a word.

    Of a recipe for "cuatro docenas" Qwen2.5 1.5B made three.
    """
    found = " ".join(f"{one.place} {one.text}" for one in _passages(turn))
    if not found:
        return False
    if NOT_THERE.search(fold(text)):
        return _has_it(asked, turn)
    said = _MARKER.sub(" ", text)
    if _numbers(said) - _numbers(f"{found} {asked}") - _ARTICLES or _miscounts(said, found):
        return True
    shared = facts.unsaid(text, asked) - facts.unsaid(text, found)
    return not shared and not _numbers(text) - _ARTICLES and not _YES_OR_NO.match(fold(text))


def _miscounts(text: str, found: str) -> bool:
    """Whether it has another number of a thing: "tres docenas" where there are four."""
    there = _counted(found)
    counted = _counted(text)
    return any(thing in there and not there[thing] & counted[thing] for thing in counted)


def _counted(text: str) -> dict[str, set[int]]:
    counted: dict[str, set[int]] = {}
    for number, thing in _COUNTED.findall(fold(text)):
        counted.setdefault(thing, set()).update(_numbers(number))
    return counted


def _has_it(asked: str, turn: Sequence[AnyMessage]) -> bool:
    """Whether a passage has nearly all that is asked for, whatever an answer says."""
    names = " ".join(one.place for one in _passages(turn))
    words = facts.unsaid(asked, names) - ANY
    lacking = [len(facts.unsaid(" ".join(words), one.text)) for one in _passages(turn)]
    return bool(words) and min(lacking) <= (1 - THERE) * len(words)


def _passages(turn: Sequence[AnyMessage]) -> list[Passage]:
    return [
        Passage(*one)
        for message in turn
        if isinstance(message, ToolMessage)
        for one in message.additional_kwargs.get(SOURCES, ())
    ]


def _numbers(text: str) -> set[int]:
    """In digits or in words: "480.000", "sesenta"."""
    figures = {int(re.sub(r"[.,]", "", one)[:DIGITS_MAX]) for one in _FIGURE.findall(text)}
    return figures | {_VALUES[one] for one in _IN_WORDS.findall(fold(text))}


def _is_named(place: str, text: str) -> bool:
    name, _, where = fold(place).partition(", ")
    stem = name.rpartition(".")[0] or name
    number = re.search(r"\d+", where)
    says = fold(text)
    return stem in says and (number is None or re.search(rf"\b{number[0]}\b", says) is not None)
