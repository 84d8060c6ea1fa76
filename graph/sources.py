"""From where an answer is: written by code, as models leave it out or make it up."""

import re
from collections.abc import Sequence

from langchain_core.messages import AnyMessage, ToolMessage

from graph.claim_words import DENIAL
from tools import facts
from tools.folding import fold
from tools.passages import Passage

SOURCES = (
    "sources"  # key in additional_kwargs of the tool's message: place and text of each passage
)


def source_of(text: str, asked: str, turn: Sequence[AnyMessage]) -> str:
    """The place of the passage that an answer is from; "" where it says so itself, is from none, or
    says that it is not there."""
    found = [
        Passage(*one)
        for message in turn
        if isinstance(message, ToolMessage)
        for one in message.additional_kwargs.get(SOURCES, ())
    ]
    told = facts.unsaid(text, asked)
    shared = {one: len(told - facts.unsaid(text, one.text)) for one in found}
    best = max(found, key=lambda one: shared[one], default=None)
    if best is None or not shared[best] or DENIAL.search(text.lower()):
        return ""
    return "" if _is_named(best.place, text) else best.place


def _is_named(place: str, text: str) -> bool:
    name, _, where = fold(place).partition(", ")
    stem = name.rpartition(".")[0] or name
    number = re.search(r"\d+", where)
    says = fold(text)
    return stem in says and (number is None or re.search(rf"\b{number[0]}\b", says) is not None)
