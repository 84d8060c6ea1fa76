"""What stands in an answer, however it is worded, and which language it is in."""

import re
from collections.abc import Iterator

from tools.folding import fold

ROUNDED = 0.005  # of a number that is wanted with decimals; one without is exact
NUMBER = re.compile(r"\d+(?:[., \u00a0\u202f']\d+)*")
GROUPED = re.compile(r"\d{1,3}(?:[., \u00a0\u202f']\d{3})+")
LETTERS = re.compile(r"[^\W\d_]+")
EVIDENCE = 3  # words of one language, so that a name or a quotation proves nothing
# What every sentence is made of, folded, and no word of the other language.
_OF = {
    "es": (
        "que de el la los las un una del al en por para con sin es son esta estan hay tu tus te lo"
        " le se si pero como mas muy ya podes queres tenes sos estoy soy puedo cuando donde"
        " porque tambien listo hola gracias este eso esto algo nada"
    ),
    "en": (
        "the of and to in is are was you your it that this for with on at have has can not but my"
        " i be do does will would if what how there they from by as an or here hello hi sure"
        " let"
    ),
}
OF = {name: frozenset(words.split()) for name, words in _OF.items()}


def stands(wanted: str | int | float, text: str) -> bool:
    """One of the alternatives "a|b" at the beginning of a word; a number in any notation."""
    if not isinstance(wanted, str):
        return any(_is(wanted, value) for value in numbers(text))
    said = fold(text)
    return any(_word(fold(one), said) for one in wanted.split("|"))


def numbers(text: str) -> Iterator[float]:
    """Every number of a text, in each way that it can be read: 1.234 is 1234, and 1.234."""
    for found in NUMBER.findall(text):
        if GROUPED.fullmatch(found):
            yield float(re.sub(r"\D", "", found))
        for one in re.split(r"[^\d.,]", found):  # a space may also part two numbers
            *whole, last = re.split(r"[.,]", one)
            yield float(f"{''.join(whole)}.{last}" if whole else last)


def language_of(text: str) -> str:
    """ "es", "en", or "" where the text does not say: too short, or of both."""
    words = LETTERS.findall(fold(text))
    count = {name: sum(word in known for word in words) for name, known in OF.items()}
    best, other = sorted(count, key=lambda name: -count[name])
    return best if count[best] >= EVIDENCE and count[best] > 2 * count[other] else ""


def _is(wanted: int | float, value: float) -> bool:
    margin = abs(wanted) * (ROUNDED if isinstance(wanted, float) else 1e-9)
    return abs(value - wanted) <= margin


def _word(word: str, said: str) -> bool:
    """Digits whole: no "12" in "3,12", "112" or "12.500"."""
    begin = r"(?<!\w)(?<!\d[.,])" if word[0].isdigit() else r"(?<!\w)"
    end = r"(?![.,]?\d)" if word[-1].isdigit() else ""
    return re.search(begin + re.escape(word) + end, said) is not None
