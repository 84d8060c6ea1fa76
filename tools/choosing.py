"""Which of several things is meant: by its number, or by words that fit."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from tools.folding import fold

T = TypeVar("T")

NUMBER = re.compile(r"(?:(?:el|la|the|numero|number|nro|n) )?#?(\d{1,9})[.)º°]?")
# Words that do not tell one thing from another.
_EMPTY = (
    "a al con de del el la las lo los mi para por que sobre un una recordatorio aviso nota lista"
    " about for my of on reminder note list that the to"
)
EMPTY = frozenset(_EMPTY.split())


def matching(wanted: str, things: Iterable[T], label: Callable[[T], tuple[int, str]]) -> list[T]:
    """Those that may be meant; `label` gives a thing's number and its words.

    Those with these very words, or else that hold them, or all that tell something in any order.
    """
    labels = [(one, *label(one)) for one in things]
    wanted = fold(wanted)
    if number := NUMBER.fullmatch(wanted):
        return [one for one, own, _ in labels if own == int(number[1])]
    telling = set(re.findall(r"\w+", wanted)) - EMPTY
    tests = (
        lambda text: text == wanted,
        lambda text: bool(wanted) and wanted in text,
        lambda text: bool(telling) and telling <= set(re.findall(r"\w+", text)),
    )
    for fits in tests:
        if found := [one for one, _, text in labels if fits(fold(text))]:
            return found
    return []
