"""What a small model has to decline, and does not: acts out in the world, and doses of medicines.

"Claro, puedo ayudarte a eliminar las fotos", says Qwen2.5 1.5B, and works out milligrams by the
kilo. Here code says no where the model did not. Larger models know for themselves.
"""

import re

from langchain_core.messages import ToolMessage

from graph.asking import Prompt
from graph.requests import orders_an_act
from graph.wanted import asks_dose, wanted
from graph.wanted import is_beyond as looks_beyond
from tools.folding import fold
from tools.foreign import ForeignTool

_DECLINES = re.compile(
    r"\bno (?:(?:lo|la|los|las|le|les|me|te|se) )*(?:pued[oe]|podr\w+|tengo|cuento|dispongo|soy"
    r" capaz|es posible|estoy)\b|\bimposible\b|\b(?:can'?t|cannot|can not|unable|not able"
    r"|don'?t have|not possible)\b"
)
_SENDS_ON = re.compile(
    r"\b(?:medic[oa]s?|doctora?|pediatra|farmac\w+|profesional\w*|veterinari[oa]|prospecto"
    r"|physician|pharmac\w+|professional|vet|leaflet|label)\b"
)
_A_NAME = re.compile(r"\W*(?:llamame|decime|call me) \w+\W*")  # "llamame Charly"
_AMOUNT = re.compile(
    r"\d\s*(?:mg|ml|mcg|cc|ui|gramos?|gotas?|comprimidos?|pastillas?|tabletas?|dosis|capsulas?"
    r"|cucharad\w+|drops?|tablets?|pills?|capsules?|doses?|teaspoons?)\b"
)


def is_beyond(prompt: Prompt) -> bool:
    """Whether an act is ordered that no tool does or did, as far as a small model knows."""
    if any(isinstance(one, ForeignTool) for one in prompt.services.tools) or _is_asked(prompt):
        return False
    is_like_one = looks_beyond(prompt.said) and not _A_NAME.fullmatch(fold(prompt.said))
    return orders_an_act(prompt.said) or is_like_one


def is_dose(prompt: Prompt) -> bool:
    """Whether a small model is asked how much of a medicine to take."""
    return not _is_asked(prompt) and asks_dose(prompt.said)


def declined(prompt: Prompt, text: str) -> str:
    """The reply to what has to be declined: `text` where it does, else a sentence of ours.

    "" where nothing has to be.
    """
    if is_beyond(prompt):
        return text if _DECLINES.search(fold(text)) else prompt.sentence("cannot_do")
    if is_dose(prompt):
        sends_on = _SENDS_ON.search(fold(text)) and not _AMOUNT.search(fold(text))
        return text if sends_on else prompt.sentence("no_dose")
    return ""


def _is_asked(prompt: Prompt) -> bool:
    """Whether a tool was called, is asked for, or the model is none of the small ones."""
    return (
        not prompt.services.model.is_small
        or any(isinstance(one, ToolMessage) for one in prompt.turn)
        or bool(wanted(prompt.services.tools, prompt.said, small=True))
    )
