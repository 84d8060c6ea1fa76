"""What a small model has to decline, and does not: acts out in the world, and doses of medicines.

"Claro, puedo ayudarte a eliminar las fotos", says Qwen2.5 1.5B, and works out milligrams by the
kilo. Here code says no where the model did not. Larger models know for themselves.
"""

import re

from langchain_core.messages import ToolMessage

from graph.asked import led_to
from graph.asking import Prompt
from graph.claims import promises
from graph.requests import begins_as_question, orders_an_act
from graph.wanted import asks_dose, is_talk, wanted
from graph.wanted import is_beyond as looks_beyond
from tools.folding import fold
from tools.foreign import ForeignTool

_DECLINES = re.compile(
    r"\bno (?:(?:lo|la|los|las|le|les|me|te|se) )*(?:pued[oe]|podr\w+|tengo|cuento|dispongo|soy"
    r" capaz|es posible|estoy)\b|\bimposible\b|\b(?:can'?t|cannot|can not|unable|not able"
    r"|don'?t have|not possible)\b"
)
_EMERGENCY = re.compile(
    r"\b(?:ambulancia|bomberos|policia|same|911|107|ambulance|police|fire (?:department|brigade)"
    r"|999|112)\b"
)
# What the owner calls themselves, or us.
_A_NAME = re.compile(r"\W*(?:llamame|decime|call me) \w+(?: \w+)?(?: (?:a|de) .*|, .*)?\W*")
# "wait, where's my drill, who did i lend it to?", and no "can you find out who has it?"
_ASKS_LATER = re.compile(
    r"(?!.*\b(?:pod(?:es|rias)|te animas|can you|could you|would you|please|porfa)\b)"
    r".*\b(?:quien|donde|cuando|cuant[oa]s?|cual(?:es)?|who|where|when|how (?:much|many)|which"
    r"|(?:and|y) (?:if|si) (?:i|yo|pago|compro|agrego))\b[^?]*\?",
    re.DOTALL,
)
_MEDICINE = re.compile(
    r"\b(?:remedi\w+|pastill\w+|pildora\w*|medicament\w+|medicacion|gotas|jarabe|antibiotic\w*"
    r"|anticonceptiv\w*|insulin\w*|melatonin\w*|ibupirac|tafirol|aspirin\w*|actron|buscapina|novalgina"
    r"|dipirona|paracetamol|acetaminophen|tylenol|advil|xanax|benadryl|zyrtec|tramadol|clona|rivotril"
    r"|lexapro|prednison\w*|warfarin\w*|vitamin\w*|hierro|suplement\w*|corticoid\w*|medicines?|meds?"
    r"|medications?|pills?|tablets?|syrup|painkillers?|antibiotics?|dosis|dose|comprimidos?|inyeccion"
    r"|\w{2,}(?:azepam|zolam|prazole?|sartan|statina?|olol|cil+in\w*|[mt]icina|m[yi]cine?|profen\w*|fenac"
    r"|dipin[aoe]|xetin[ae]|[tr]alin[ae]|oxacin[ae]?|formin\w*|april|napril|tadine?|tadina|tirizin\w*"
    r"|t[iy]rox\w+|solona|solone))\b"
)
_OWN = re.compile(  # what they take is a fact of theirs, and may be a memory
    r"\b(?:te (?:dije|conte|acord\w+|acuerd\w+)|mi dosis|my dose|do you remember|i told you"
    r"|a que hora|what time|(?:que|cual|which|what) (?:\w+ )?(?:tomo|do i take))\b"
)
_SENDS_ON = re.compile(
    r"\b(?:medic[oa]s?|doctora?|pediatra|farmac\w+|profesional\w*|veterinari[oa]|prospecto"
    r"|physician|pharmac\w+|professional|vet|leaflet|label)\b"
)
_AMOUNT = re.compile(
    r"(?:\d|\b(?:un|una|dos|tres|cuatro|media|medio|one|two|three|four|half(?: an?)?))\s*(?:mg|ml"
    r"|mcg|cc|ui|(?:mili|micro)?gramos?|mililitros?|milliliters?|milligrams?|unidad(?:es)?|gotas?"
    r"|comprimidos?|pastillas?|tabletas?|dosis|capsulas?|cucharad\w+|drops?|tablets?|pills?"
    r"|capsules?|doses?|teaspoons?|puffs?|units?)\b|\bcada \w+ horas\b|\bevery \w+ hours\b"
)


def is_beyond(prompt: Prompt) -> bool:
    """Whether an act is ordered that no tool does or did, as far as a small model knows."""
    if any(isinstance(one, ForeignTool) for one in prompt.services.tools) or _is_asked(prompt):
        return False
    return orders_an_act(prompt.said) or _looks_beyond(prompt.said)


def is_dose(prompt: Prompt) -> bool:
    """Whether a small model is asked how much of a medicine to take."""
    folded = fold(prompt.said)
    is_asked = "?" in prompt.said or begins_as_question(prompt.said)
    if not is_asked or not _MEDICINE.search(folded) or _OWN.search(folded):
        return False
    return not _is_asked(prompt) and asks_dose(prompt.said)


def declined(prompt: Prompt, text: str) -> str:
    """The reply to what has to be declined: `text` where it does, else a sentence of ours.

    "" where nothing has to be.
    """
    if is_dose(prompt):
        sends_on = _SENDS_ON.search(fold(text)) and not _AMOUNT.search(fold(text))
        return text if sends_on else prompt.sentence("no_dose")
    if not is_beyond(prompt):
        return ""
    if _EMERGENCY.search(fold(prompt.said)):
        return prompt.sentence("emergency")
    if promises(text):
        return prompt.sentence("cannot_do")
    if _DECLINES.search(fold(text)):
        return text
    # An order by its first word may be one for words: "cerrá el cuento con un final feliz".
    is_sure = _looks_beyond(prompt.said) or not is_talk(prompt.said)
    return prompt.sentence("cannot_do") if is_sure else ""


def _looks_beyond(said: str) -> bool:
    folded = fold(said)
    if begins_as_question(said) or _ASKS_LATER.match(folded) or _A_NAME.fullmatch(folded):
        return False
    return looks_beyond(said)


def _is_asked(prompt: Prompt) -> bool:
    """Whether a tool was called or is asked for, now or before a question of ours; or the model is
    none of the small ones."""
    return (
        not prompt.services.model.is_small
        or any(isinstance(one, ToolMessage) for one in prompt.turn)
        or bool(led_to(prompt.messages))
        or bool(wanted(prompt.services.tools, prompt.said, small=True))
    )
