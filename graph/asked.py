"""What a small model does unasked: nothing that stays.

Qwen2.5 1.5B notes down, remembers or lists what it is only told ("ayer me peleé con mi novio"); the
words that ask for it are in the tools' cues. Larger models know better than a list of words.
"""

from collections.abc import Mapping, Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall
from langchain_core.tools import BaseTool

from graph.frozen import own_words as words_of
from graph.window import this_turn
from tools.contract import Effect
from tools.cues import cued


def asked_for(
    calls: Sequence[ToolCall],
    tools: Mapping[str, BaseTool],
    messages: Sequence[AnyMessage],
    own_words: str,
) -> list[ToolCall]:
    """The calls without writes that the owner did not ask for, now or before a question back."""
    asked = cued(tools.values(), f"{own_words}\n{_led_to(messages)}")
    return [call for call in calls if call["name"] in asked or not _stays(tools.get(call["name"]))]


def _stays(tool: BaseTool | None) -> bool:
    about = (tool.metadata or {}) if tool else {}
    return about.get("effect") is Effect.WRITE and bool(about.get("cue"))


def _led_to(messages: Sequence[AnyMessage]) -> str:
    """What was said before a question of the assistant, and the question; "" where it asked none.

    "Recordame algo" - "¿Qué, y cuándo?" - "el turno, a las 8": the answer has no word of its own.
    """
    before = messages[: max(0, len(messages) - len(this_turn(messages)) - 1)]
    if not before or not isinstance(before[-1], AIMessage) or "?" not in before[-1].text:
        return ""
    owners = [words_of(one) for one in before if isinstance(one, HumanMessage)]
    return "\n".join([*owners[-1:], before[-1].text])
