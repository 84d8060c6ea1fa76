"""Tools for a model that has none: it writes JSON of a given shape, an answer or one call.

Ollama's `/api/show` says what a model can do; to one without "tools" they cannot be offered. But
any model can be held to a JSON schema (`format`), so the tools stand in the system text, and the
schema allows either {"answer": text} or {"tool": name, "arguments": {...}}. It is the same single
call. The thread keeps calls and results as it does for other models; here they become text.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    SystemMessage,
    ToolCall,
    ToolMessage,
)

from graph.services import Services

Schema = dict[str, Any]

_DECODER = json.JSONDecoder(strict=False)  # models put raw newlines into strings
_ANSWER_BEGUN = '{"answer":'


async def ask(
    services: Services, language: str, messages: Sequence[AnyMessage], schemas: Sequence[Schema]
) -> AIMessage:
    """One call of the model, which may call the tools of `schemas`, whatever it is able to.

    Raises:
        ModelError: as `WasapChat.answer` does.
    """
    if not services.tools or await services.model.takes_tools():
        return await services.model.answer(messages, tools=schemas)
    told = shown(services, language, messages)
    reply = await services.model.answer(told, shape=shape(schemas))
    return read(reply)


def shape(schemas: Sequence[Schema]) -> Schema:
    """The JSON schema of a reply: an answer, or a call of one of the tools."""
    answer = _object(answer={"type": "string"})
    functions = [schema["function"] for schema in schemas]
    calls = [_object(tool={"const": one["name"]}, arguments=one["parameters"]) for one in functions]
    return {"anyOf": [answer, *calls]} if calls else answer


def shown(services: Services, language: str, messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The messages as such a model reads them; what stands in front never changes."""
    prompts = services.prompts
    told: list[AnyMessage] = []
    for message in messages:
        if isinstance(message, SystemMessage):
            static = prompts.system(language)
            tools = "\n".join(map(described, services.schemas))
            part = prompts.render(language, "router", tools=tools)
            told.append(SystemMessage(f"{static}\n\n{part}{message.text.removeprefix(static)}"))
        elif isinstance(message, AIMessage):
            told.append(AIMessage(_written(message)))
        elif isinstance(message, ToolMessage):
            told.append(HumanMessage(_result(services, language, message)))
        else:
            told.append(message)
    return told


def read(reply: AIMessage) -> AIMessage:
    """The reply with its answer as text, or with its call; as it is where it is neither."""
    text = reply.text.strip()
    try:
        value, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return reply.model_copy(update={"content": _begun(text)})
    if not isinstance(value, dict):
        return reply
    name, arguments = value.get("tool"), value.get("arguments")
    if isinstance(name, str) and isinstance(arguments, dict):
        return _calling(reply, name, arguments)
    answer = value.get("answer")
    return reply.model_copy(update={"content": answer}) if isinstance(answer, str) else reply


def filled(reply: AIMessage, name: str) -> AIMessage:
    """The call of a tool whose arguments are the reply; without a call where it is no object."""
    try:
        arguments, _ = _DECODER.raw_decode(reply.text.strip())
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        return reply.model_copy(update={"content": "", "tool_calls": []})
    return _calling(reply, name, arguments)


def _calling(reply: AIMessage, name: str, arguments: dict[str, Any]) -> AIMessage:
    call = ToolCall(name=name, args=arguments, id=str(uuid4()), type="tool_call")
    return reply.model_copy(update={"content": "", "tool_calls": [call]})


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def described(schema: Schema) -> str:
    """ "- clock(place: ...): The time in a place." """
    function = schema["function"]
    properties = function["parameters"].get("properties", {})
    arguments = "; ".join(
        f"{name}: {about.get('description', about.get('type', ''))}"
        for name, about in properties.items()
    )
    return f"- {function['name']}({arguments}): {function['description']}"


def _written(message: AIMessage) -> str:
    """What the model wrote, as it was held to: its calls, or its answer."""
    calls = [{"tool": call["name"], "arguments": call["args"]} for call in message.tool_calls]
    parts = calls or [{"answer": message.text}]
    return "\n".join(json.dumps(part, ensure_ascii=False) for part in parts)


def _result(services: Services, language: str, message: ToolMessage) -> str:
    name = message.name or ""
    return services.prompts.render(language, "router_result", tool=name, text=message.text)


def _begun(text: str) -> str:
    """The words of an answer that was cut short; any other text as it is."""
    if not text.startswith(_ANSWER_BEGUN):
        return text
    words = text.removeprefix(_ANSWER_BEGUN).strip().removeprefix('"')
    try:
        return str(_DECODER.decode(f'"{words.rstrip(chr(92))}"'))
    except ValueError:
        return words
