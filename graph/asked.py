"""What a small model does unasked: nothing that stays, and nothing out of the blue.

Qwen2.5 1.5B notes down, remembers or lists what it is only told ("ayer me peleé con mi novio"), and
tells the time to whoever says goodbye. The words that ask for a tool are in its cue, or they are
like others that ask for it; what only reads may also be asked for in any words, and then takes up
one of them and no number of its own.
Larger models know better.
"""

from collections.abc import Mapping, Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall
from langchain_core.tools import BaseTool

from graph.frozen import own_words as words_of
from graph.requests import orders_an_act
from graph.wanted import possible
from graph.window import this_turn
from tools import facts
from tools.contract import Effect
from tools.cues import cued


def asked_for(
    calls: Sequence[ToolCall],
    tools: Mapping[str, BaseTool],
    messages: Sequence[AnyMessage],
    own_words: str,
) -> list[ToolCall]:
    """The calls without those that the owner did not ask for, now or before a question back."""
    before = led_to(messages)
    said = f"{own_words}\n{before}"
    asked = cued(tools.values(), said)
    if any((tools[name].metadata or {}).get("address") for name in asked):
        return [call for call in calls if call["name"] in asked]
    return [
        call
        for call in calls
        if call["name"] in asked
        or possible(call["name"], own_words, before)
        or _needs_no_cue(call, tools.get(call["name"]), said)
    ]


def _needs_no_cue(call: ToolCall, tool: BaseTool | None, said: str) -> bool:
    about = (tool.metadata or {}) if tool else {}
    if not about.get("cue"):
        return True
    if about.get("effect") is Effect.WRITE or orders_an_act(said):
        return False
    values, told = call["args"].values(), facts.telling(said)
    numbers = {f"{value:g}" for value in values if isinstance(value, int | float)}
    return numbers <= told and bool(facts.telling(" ".join(map(str, values))) & told)


def led_to(messages: Sequence[AnyMessage]) -> str:
    """What was said before a question of the assistant, and the question; "" where it asked none.

    "Recordame algo" - "¿Qué, y cuándo?" - "el turno, a las 8": the answer has no word of its own.
    """
    before = messages[: max(0, len(messages) - len(this_turn(messages)) - 1)]
    if not before or not isinstance(before[-1], AIMessage) or "?" not in before[-1].text:
        return ""
    owners = [words_of(one) for one in before if isinstance(one, HumanMessage)]
    return "\n".join([*owners[-1:], before[-1].text])
