"""What a claim of the assistant's may rest on.

A write of this turn, whose receipt the owner reads anyway. Or, where the owner asks for nothing
new ("gracias", "¿lo agendaste?"), what was stored before: receipts in the thread, what a tool has
read in this turn, memories in the note of the message. There a claim must share a word with it.
"""

from collections.abc import Collection, Iterator, Sequence

from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool

from graph.claims import Sentence, claims, passed_over, without
from graph.frozen import NOTE, own_words
from graph.receipts import RECEIPT
from graph.requests import asks
from graph.taint import DECLINED, NOT_DONE, OUTSIDE
from graph.window import this_turn
from tools import facts
from tools.contract import Effect
from tools.foreign import ForeignTool

# Words of the receipts themselves, and of thanks: they tell no write from another.
_COMMON = (
    "listo te aviso recuerdo recordatorio recordatorios lo cambie cancele si para entonces llevas"
    " 24 h sin escribirme doy proximo mensaje reemplaza done will remind you reminder remember"
    " changed cancelled it if by then have not written me hours get next replaces"
)
COMMON = frozenset(_COMMON.split())
_COURTESY = (
    "gracias muchas mil genial buenisimo perfecto excelente joya barbaro ok okay bien buena thanks"
    " thank you great perfect nice cool good awesome excellent ty"
)
COURTESY = frozenset(_COURTESY.split())


def acting(tools: Sequence[BaseTool]) -> frozenset[str]:
    """Names of the tools whose success may make a claim true.

    A tool of others that reaches outside may have done anything; ours say what they bring in, and
    only read.
    """
    found = set()
    for tool in tools:
        about = tool.metadata or {}
        effect = about.get("effect")
        of_others = isinstance(tool, ForeignTool) or about.get("outside_content") is None
        if effect is Effect.WRITE or (effect is Effect.OUTSIDE and of_others):
            found.add(tool.name)
    return frozenset(found)


def unfounded(
    answer: str,
    said: str,
    messages: Sequence[AnyMessage],
    acting: Collection[str],
    *,
    pressed: bool = False,
    ordered: bool = False,
) -> list[Sentence]:
    """What an answer to `said`, the newest message of a thread, claims and nobody has done.

    `pressed`: the model was asked to do it, so that "done." is a claim too. `ordered`: `said` asks
    for a write in words of its own ("y también lavandina en la misma lista").
    """
    turn = [one for one in this_turn(messages) if isinstance(one, ToolMessage)]
    if any(RECEIPT in one.additional_kwargs for one in turn):
        return []
    if any(one.name in acting and one.status == "success" for one in turn):
        return []
    found = claims(answer, said, asked=pressed or ordered)
    declined = any(one.additional_kwargs.get(NOT_DONE) == DECLINED for one in turn)
    if not found and not declined and (whole := passed_over(answer, said)):
        return [whole]
    if not found or ordered or asks(said):
        return found
    known = {word for text in _stored(messages) for word in facts.says(text)} - COMMON
    about = facts.says(said) - COURTESY or facts.says(_said_before(messages))
    return [one for one in found if not known & (about | facts.says(one.text))]


def corrected(answer: str, claimed: list[Sentence], sentence: str) -> str:
    """The answer with `sentence` in the place of what it claimed."""
    return "\n\n".join(filter(None, [sentence, without(answer, claimed)]))


def _stored(messages: Sequence[AnyMessage]) -> Iterator[str]:
    read = {id(one) for one in this_turn(messages) if OUTSIDE not in one.additional_kwargs}
    for one in messages:
        if isinstance(one, ToolMessage) and (RECEIPT in one.additional_kwargs or id(one) in read):
            yield one.text
    newest = next((one for one in reversed(messages) if isinstance(one, HumanMessage)), None)
    yield from (newest.additional_kwargs.get(NOTE) or {}).get("memories", ()) if newest else ()


def _said_before(messages: Sequence[AnyMessage]) -> str:
    """The owner's last message but one."""
    humans = [one for one in messages if isinstance(one, HumanMessage)]
    return own_words(humans[-2]) if len(humans) > 1 else ""
