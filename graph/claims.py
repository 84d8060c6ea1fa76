"""Sentences in which the assistant says that it has done something, or that it will at a time.

Models say "listo, te agendé el turno" whether or not they called the tool. What is looked for is
the first person ("guardé", "te aviso mañana", "I've set") and the passive of what a tool stores
("recordatorio creado", "it's saved"). Left alone are questions, offers ("si querés, lo anoto"),
explanations ("escribí /recordar y queda guardado"), quotations, denials ("no lo anoté"), and what
others did ("anotaste", "Messi anotó").

Some words claim nothing by themselves: "agregué una coma". They count where the sentence names
something that is stored, or where the owner has asked for something to be stored or done.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from graph import claim_words as words
from graph.requests import asks, is_for_an_explanation, wants


@dataclass(frozen=True)
class Sentence:
    """A part of an answer, from `start` to `end`."""

    start: int
    end: int
    text: str


def claims(answer: str, said: str, *, asked: bool = False) -> list[Sentence]:
    """The sentences of an answer to `said` that claim something was or will be done.

    `asked`: something was asked for, whatever `said` looks like.
    """
    if is_for_an_explanation(said):
        return []
    asked = asked or asks(said)
    sentences = list(_sentences(answer))
    found = [one for one in sentences if _claims(one.text, asked)]
    told = [one for one in sentences if not one.text.rstrip().endswith("?")]
    if asked and not found and all(words.BARE.fullmatch(one.text) for one in told):
        return [one for one in told if words.SAYS_DONE.search(one.text.lower())]
    return found


def promises(answer: str) -> bool:
    """Whether an answer says that its writer does or will do something, and not that it cannot."""
    text = _plain(answer, whole_quotes=True)
    return bool(words.ANY_PROMISE.search(text)) and not words.DENIAL.search(text)


def passed_over(answer: str, said: str) -> Sentence | None:
    """The answer, where `said` plainly asks for something to be kept and the answer neither asks
    back nor says no, so that it reads as if it had been.

    Empty where `said` asks a question besides, which it may answer.
    """
    text = words.REASSURANCE.sub("", _plain(answer, whole_quotes=True))
    if not wants(said) or "?" in text or words.DENIAL.search(text) or words.OFFER.search(text):
        return None
    alone = "?" not in said or len(list(_sentences(said))) == 1
    return Sentence(0, len(answer) if alone else 0, answer)


def without(answer: str, gone: list[Sentence]) -> str:
    """The answer without some of its sentences, and without a "¡Listo!" that led to them."""
    kept = [
        answer[one.start : one.end]
        for one in _sentences(answer, whole=True)
        if not any(one.start < bad.end and bad.start < one.end for bad in gone)
        and not words.BARE.fullmatch(one.text)
    ]
    return re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip()


# How a sentence or clause is found.
_BREAK = re.compile(r"(?<=[.!?…])[\"»”)*_~]*\s+(?=[^a-záéíóúüñ\s])|\n+|\s+(?=¿)")
_CLAUSE = re.compile(r"[,;:()—–]|\s-\s|\bpero\b|\bbut\b")
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"\n]*\"|‘[^’]*’|(?<!\w)'[^'\n]*'(?!\w)")
_QUOTES = "«»“”\"'‘’ "
_DECORATION = re.compile(r"[*_~`{}\[\]]")
_ENGLISH_QUESTION = re.compile(
    r"(?:and |so |but )?(?:have|has|had|did|do|does|should|shall|would|can|could|may|is|are|was"
    r"|what|which|when|where|who|how|why|want)\b"
)
# A clause about a time or case that may never come.
_IF = re.compile(
    r"(?:y |o |pero )?(?:si|cuando|una vez que|en cuanto|apenas|como|antes de que|despu[eé]s de que"
    r"|cada vez que|if|when|once|as soon as|until|unless|whenever|as|before|after)\b"
)


@cache
def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _sentences(answer: str, *, whole: bool = False) -> Iterator[Sentence]:
    """Its sentences in order; with `whole` each goes on to where the next begins."""
    start = 0
    for found in [*_BREAK.finditer(answer), None]:
        end = found.start() if found else len(answer)
        if answer[start:end].strip():
            text = answer[start:end]
            yield Sentence(start, found.end() if whole and found else end, text)
        start = found.end() if found else start


def _claims(sentence: str, asked: bool) -> bool:
    text = _plain(sentence, whole_quotes=asked)
    pieces = [*_CLAUSE.split(text)]
    marks = [*_CLAUSE.findall(text), ""]
    if text.endswith("?"):  # only its end asks: "I've set it, anything else?"
        if text.startswith("¿") or _ENGLISH_QUESTION.match(text):
            return False
        pieces, marks = pieces[:-1], marks[:-1]
    named = asked or bool(words.NOUN.search(text))
    timed = asked or bool(words.TIME.search(text))
    offered = bool(words.OFFER.search(text))
    for clause, mark in zip(map(str.strip, pieces), marks, strict=True):
        if _IF.match(clause) or (mark == ":" and words.COMPOSED.search(clause)):
            continue
        kinds = [(words.DONE, True), (words.DONE_OF_OURS, named), (words.DONE_AS_ASKED, asked)]
        if not offered:
            kinds += [(words.WILL, True), (words.WILL_IN_TIME, timed), (words.WILL_OF_OURS, named)]
        shown = clause + mark.strip(" -")
        if any(counts and _any(patterns).search(shown) for patterns, counts in kinds):
            return True
    return False


def _plain(sentence: str, *, whole_quotes: bool) -> str:
    """In lower case, without marks of style and without what it quotes.

    A small model also puts its whole answer between quotes; that counts with `whole_quotes`.
    """
    text = _DECORATION.sub("", sentence).strip().lower()
    said = _QUOTED.sub("", text).strip()
    return text.strip(_QUOTES) if whole_quotes and not said.strip(" .") else said
