"""What a small model does unasked: nothing that stays.

Qwen2.5 1.5B notes down, remembers or lists what it is only told ("ayer me peleé con mi novio"); the
words that ask for it are in the tools' cues. Larger models know better than a list of words.
"""

from collections.abc import Mapping, Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall
from langchain_core.tools import BaseTool

from graph.window import this_turn
from tools.contract import Effect
from tools.cues import cued


def asked_for(
    calls: Sequence[ToolCall],
    tools: Mapping[str, BaseTool],
    messages: Sequence[AnyMessage],
    own_words: str,
) -> list[ToolCall]:
    """The calls without writes that the owner did not ask for."""
    if _answers_a_question(messages):  # "a las 8" asks for a reminder, too
        return list(calls)
    asked = cued(tools.values(), own_words)
    return [call for call in calls if call["name"] in asked or not _stays(tools.get(call["name"]))]


def _stays(tool: BaseTool | None) -> bool:
    about = (tool.metadata or {}) if tool else {}
    return about.get("effect") is Effect.WRITE and bool(about.get("cue"))


def _answers_a_question(messages: Sequence[AnyMessage]) -> bool:
    before = messages[: len(messages) - len(this_turn(messages))]
    said = [one for one in before if not isinstance(one, HumanMessage)]
    return bool(said) and isinstance(said[-1], AIMessage) and "?" in said[-1].text
