"""What the model said, cleaned: no thinking, no server figures, no tool call written as text."""

import json
import re
from collections.abc import Collection, Sequence
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage, ToolCall

from graph.rescue import rescue_calls

REPEAT_MIN = 10  # characters; shorter ones may stand again
PUNCTUATION = " .:;,!¡*_\n"
MAX_CALLS = 8  # in one reply; a model in a loop writes many

THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
LOST_END = re.compile(
    r"\A.*</think(?:ing)?>", re.DOTALL
)  # templates that open the block themselves
CALL_TAG = re.compile(r"</?(?:tool_calls?|tools|function_call)>|<\|python_tag\|>")
CALL_HEAD = re.compile(
    r"""\{\s*["'](?:name|function|tool|tool_name)["']\s*:\s*["'](\w+)(?:["']|\Z)"""
    r"""(\s*,\s*["'](?:arguments|parameters|args)["']\s*:)?"""
)
DECODER = json.JSONDecoder(strict=False)  # models put raw newlines into strings
ANSWER_KEYS = frozenset(
    ("response", "answer", "reply", "message", "text", "content", "respuesta", "mensaje", "texto")
)
FENCE = re.compile(r"\A```\w*\s*(.*?)\s*```\Z", re.DOTALL)


def cleaned(reply: AIMessage, offered: Collection[str]) -> AIMessage:
    """The reply as it is stored: text, calls and the token counts the summary needs.

    A call of an offered tool written as text becomes a real one, marked `rescued`.
    """
    text = without_thinking(reply.text)
    calls = _first_of_each(reply.tool_calls)
    marks: dict[str, Any] = {}
    if not calls and (found := rescue_calls(text, offered)):
        calls = [_new_call(one.name, one.arguments) for one in found][:MAX_CALLS]
        marks = {"rescued": True}
        text = ""
    return AIMessage(
        text,
        id=reply.id,
        tool_calls=calls,
        additional_kwargs=marks,
        usage_metadata=reply.usage_metadata,
    )


def without_thinking(text: str) -> str:
    return LOST_END.sub("", THINKING.sub("", text)).strip()


def sendable(text: str, tools: Collection[str]) -> str:
    """The text, or nothing where a tool call is in it that nobody can run."""
    is_call = CALL_TAG.search(text) or _is_call(text) or _holds_broken_call(text, tools)
    return "" if is_call else text


def unwrapped(text: str) -> str:
    """The answer of a small model that wraps it in JSON: {"response": "Agregué leche."}."""
    value = _json(text)
    if not isinstance(value, dict) or len(value) != 1 or not ANSWER_KEYS.issuperset(value):
        return text
    (answer,) = value.values()
    return answer.strip() if isinstance(answer, str) else text


def without_repeats(text: str, *, of_result: bool) -> str:
    """Without paragraphs that say again what has just been said.

    Qwen2.5 1.5B says twice what it makes of a tool's result: "¡Perfecto! Son 423." and "Son 423.".
    Where it is not `of_result` only a paragraph like the one before it goes: a song has a chorus.
    """
    kept, said = [], ""
    for paragraph in text.split("\n\n"):
        if not says_again(paragraph, said) or not (of_result or bare(paragraph) == said):
            kept.append(paragraph)
        said = f"{said}\n{bare(paragraph)}" if of_result else bare(paragraph)
    return "\n\n".join(kept)


def says_again(paragraph: str, said: str) -> bool:
    """Whether a paragraph stands in what was `said`, as `bare` has it."""
    return len(bare(paragraph)) >= REPEAT_MIN and bare(paragraph) in said


def bare(text: str) -> str:
    """As what is said is compared."""
    return text.strip(PUNCTUATION).casefold()


def same_call(one: ToolCall, other: ToolCall) -> bool:
    return one["name"] == other["name"] and one["args"] == other["args"]


def _json(text: str) -> object:
    """What a text is that is JSON from end to end, fenced or not; None where it is none."""
    fenced = FENCE.match(text)
    try:
        return DECODER.decode(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return None


def _is_call(text: str) -> bool:
    value = _json(text)
    first = value[0] if isinstance(value, list) and value else value
    return (
        isinstance(first, dict)
        and isinstance(first.get("name", first.get("function")), str | dict)
        and bool({"arguments", "parameters", "args", "function"} & first.keys())
    )


def _holds_broken_call(text: str, tools: Collection[str]) -> bool:
    """Whether a call begins somewhere that is not JSON: cut short, or with a quote too many."""
    for head in CALL_HEAD.finditer(text):
        if head[2] or head[1] in tools:
            try:
                DECODER.raw_decode(text, head.start())
            except (ValueError, RecursionError):
                return True
    return False


def _first_of_each(calls: Sequence[ToolCall]) -> list[ToolCall]:
    kept: list[ToolCall] = []
    for call in calls:
        if not any(same_call(call, other) for other in kept):
            kept.append(call)
    return kept[:MAX_CALLS]


def _new_call(name: str, arguments: dict[str, Any]) -> ToolCall:
    return ToolCall(name=name, args=arguments, id=str(uuid4()), type="tool_call")
