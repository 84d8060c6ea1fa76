"""How earlier tool calls and their results are shown to a model.

"native" leaves them to the chat template inside the weights. "fenced" is for Qwen2.5-Coder, which
never writes the `<tool_call>` tags of its own template and, shown its call in that form, makes the
same call again instead of reading the result (4 of 4 questions at 1.5B, temperature 0). Shown the
call as it wrote it, with a line under the result that says what to do next, it answers (8 of 8).
The call also stays byte-identical to what was generated, which keeps the computed prompt valid.
"""

import json
from collections.abc import Sequence
from typing import Any

from app.embedded.catalogue import ToolStyle

AFTER_RESULT = (
    "\n\n(This is the result. Tell it to the user in one sentence in their language;"
    " do not repeat the same call.)"
)


def style_of(name: str) -> ToolStyle:
    """The style for a file of the owner's, by the name its header gives."""
    plain = name.lower().replace("-", " ")
    return "fenced" if plain.startswith("qwen2.5 coder") else "native"


def engine_messages(messages: Sequence[dict[str, Any]], style: ToolStyle) -> list[dict[str, Any]]:
    """Ollama's messages as llama.cpp takes them."""
    shown = [_shown(message, style) for message in messages]
    _link_results(shown)
    return shown


def _shown(message: dict[str, Any], style: ToolStyle) -> dict[str, Any]:
    role, content = message["role"], message.get("content") or ""
    calls = [call["function"] for call in message.get("tool_calls") or ()]
    if role == "tool":
        result = content + AFTER_RESULT if style == "fenced" else content
        return {"role": role, "content": result, "name": message.get("tool_name") or ""}
    if not calls:
        return {"role": role, "content": content}
    if style == "fenced":
        return {"role": role, "content": "\n".join([*filter(None, [content]), *map(_fence, calls)])}
    return {"role": role, "content": content, "tool_calls": [_openai(call) for call in calls]}


def _fence(call: dict[str, Any]) -> str:
    written = {"name": call["name"], "arguments": call["arguments"]}
    return f"```json\n{json.dumps(written, indent=2, ensure_ascii=False)}\n```"


def _openai(call: dict[str, Any]) -> dict[str, Any]:
    arguments = json.dumps(call["arguments"], ensure_ascii=False)
    return {"type": "function", "function": {"name": call["name"], "arguments": arguments}}


def _link_results(messages: list[dict[str, Any]]) -> None:
    """Ollama's wire knows no call ids: results answer the calls before them in order."""
    waiting: list[str] = []
    made = 0
    for message in messages:
        if "tool_calls" in message:
            waiting = []
            for call in message["tool_calls"]:
                made += 1
                call["id"] = f"call_{made}"
                waiting.append(call["id"])
        elif message["role"] == "tool":
            message["tool_call_id"] = waiting.pop(0) if waiting else "call_0"
