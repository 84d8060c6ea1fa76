"""Whether an answer strays from the passages of documents that were found for it.

Of a recipe for "cuatro docenas" Qwen2.5 1.5B made three, and of a clause before its eyes it said
that it was not there. What is worked out from a passage goes as well: a small model's sums are no
better.
"""

import re
from collections.abc import Sequence

from langchain_core.messages import AnyMessage

from graph.sources import NOT_THERE, ONLY_YES_OR_NO, is_guessed, passages_of
from tools import facts
from tools.document_search import ANY
from tools.folding import fold
from tools.when import english_words as english
from tools.when import spanish_words as spanish

THERE = 0.75  # of the words that are asked for: a passage has it
SMALL = 10  # numbers up to it are said without standing anywhere: "hay tres puntos"
DIGITS_MAX = 40  # of a number; Python refuses to read thousands
_HUNDREDS = (
    "cien doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos"
    " novecientos"
)
_VALUES = {
    **english.NUMBERS,
    **spanish.NUMBERS,
    **{word: 100 * number for number, word in enumerate(_HUNDREDS.split(), 1)},
    "ciento": 100,
}
_WORDS = rf"\b(?:{'|'.join(sorted(_VALUES, key=len, reverse=True))})\b"
_FIGURE = r"(?<![\d.,])\d+(?:[.,]\d+)*"
_IN_WORDS, _FIGURES = re.compile(_WORDS), re.compile(_FIGURE)
_COUNTED = re.compile(rf"({_WORDS}|{_FIGURE}) ([a-z]{{3,6}})")
_TIME = re.compile(r"\d{1,2}[.:]\d\d")
# "1." before an item of a list, dates in figures, and what looks like a number and is none.
_NO_NUMBER = re.compile(
    r"^\W*\d{1,2}[.)](?=\W)|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b"
    r"|\bonce (?=(?:the|you|it|a|we|i|they)\b)"
    r"|\bten (?=(?:en cuenta|cuidado|presente)\b)",
    re.MULTILINE | re.IGNORECASE,
)
_ENGLISH = re.compile(r"\b(?:the|is|of|and|to|you|in|for|are)\b")
_SPANISH = re.compile(r"\b(?:el|la|de|que|los|las|en|un|una|se|es|y)\b")


def strays(text: str, asked: str, turn: Sequence[AnyMessage], known: str) -> bool:
    """Whether passages were found, and an answer has a number that is not in them, or not a word,
    or says that what is in them is not there.

    `known`: what else it may be from: the message with its note, and what other tools found.
    """
    passages = passages_of(turn)
    if not passages:
        return False
    found = " ".join(f"{one.place} {one.text}" for one in passages)
    said = _NO_NUMBER.sub(" ", text)
    yes_or_no = ONLY_YES_OR_NO.match(fold(text))
    if NOT_THERE.search(fold(text)) and not yes_or_no and not NOT_THERE.search(fold(found)):
        return _has_it(asked, turn)
    numbers = {one for one in _numbers(said) if one > SMALL}
    if numbers - _numbers(f"{found} {known}", loosely=True) or _miscounts(said, found):
        return True
    shared = facts.unsaid(text, asked) - facts.unsaid(text, f"{found} {known}")
    is_said = shared or numbers or yes_or_no or _is_english(text) != _is_english(found)
    return not is_said and not is_guessed(turn)


def _has_it(asked: str, turn: Sequence[AnyMessage]) -> bool:
    """Whether a passage has nearly all that is asked for, whatever an answer says."""
    found = passages_of(turn)
    words = facts.unsaid(asked, " ".join(one.place for one in found)) - ANY
    lacking = [len(facts.unsaid(" ".join(words), one.text)) for one in found]
    return bool(words) and min(lacking) <= (1 - THERE) * len(words)


def _miscounts(text: str, found: str) -> bool:
    """Whether it has another number of a thing: "tres docenas" where there are four."""
    there, counted = _counted(found), _counted(text)
    return any(thing in there and not there[thing] & counted[thing] for thing in counted)


def _counted(text: str) -> dict[str, set[int]]:
    """Numbers of things, without "un" and "a", which are articles."""
    counted: dict[str, set[int]] = {}
    for number, thing in _COUNTED.findall(fold(text)):
        if values := _numbers(number) - {1}:
            counted.setdefault(thing, set()).update(values)
    return counted


def _numbers(text: str, *, loosely: bool = False) -> set[int]:
    """In digits or in words: "480.000,00", "sesenta"; `loosely`: the parts of a time, too."""
    found = {_VALUES[one] for one in _IN_WORDS.findall(fold(text))}
    for figure in _FIGURES.findall(text):
        whole = re.sub(r"(?<=\d)[.,]0{1,2}$", "", figure)
        whole = re.sub(r"([.,]\d)0$", r"\1", whole)  # "1,50"
        found.add(int(re.sub(r"[.,]", "", whole)[:DIGITS_MAX]))
        if loosely and _TIME.fullmatch(figure):
            found |= {int(one) for one in re.split(r"[.:]", figure)}
    return found


def _is_english(text: str) -> bool:
    folded = fold(text)
    return len(_ENGLISH.findall(folded)) > len(_SPANISH.findall(folded))
