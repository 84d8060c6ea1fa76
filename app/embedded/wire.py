"""Requests of Ollama's API, checked, and what they mean for llama.cpp."""

import json
import math
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from app.embedded.durations import keep_alive_s
from app.embedded.errors import ApiError
from app.embedded.served import Served
from app.embedded.toolstyle import engine_messages

log = structlog.get_logger()

DEFAULT_KEEP_ALIVE_S = 300.0  # Ollama's own default

# Without a penalty the 1.5B ends up copying its own greeting: recall after 14 turns 0 of 5, with it
# 5 of 5. It spoils JSON, which repeats its keys by nature.
CHAT_PENALTY = {"repeat_penalty": 1.1, "repeat_last_n": 256}

_INTEGERS = {
    "num_predict": "max_tokens",
    "top_k": "top_k",
    "seed": "seed",
    "repeat_last_n": "repeat_last_n",
    "mirostat": "mirostat",
}
_NUMBERS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "min_p": "min_p",
    "typical_p": "typical_p",
    "repeat_penalty": "repeat_penalty",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "mirostat_tau": "mirostat_tau",
    "mirostat_eta": "mirostat_eta",
}


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore")

    model: str
    keep_alive: float | str | None = None

    @field_validator("keep_alive")
    @classmethod
    def _duration(cls, value: float | str | None) -> float | str | None:
        if value is not None:
            keep_alive_s(value)
        return value

    @property
    def keep_alive_s(self) -> float:
        """How long the model stays after this request, in seconds."""
        return DEFAULT_KEEP_ALIVE_S if self.keep_alive is None else keep_alive_s(self.keep_alive)


class Function(BaseModel):
    """A tool call an assistant made earlier."""

    name: str
    arguments: dict[str, Any] = {}


class ToolCall(BaseModel):
    """Ollama's wrapping of it."""

    function: Function


class Message(BaseModel):
    """One message of a chat."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str | None = ""
    images: list[Any] | None = None
    tool_calls: list[ToolCall] | None = None
    tool_name: str | None = None


class ToolFunction(BaseModel):
    """What a tool is called and takes."""

    model_config = ConfigDict(extra="allow")

    name: str
    description: str = ""
    parameters: dict[str, Any] = {"type": "object", "properties": {}}


class Tool(BaseModel):
    """A tool on offer."""

    type: Literal["function"] = "function"
    function: ToolFunction


class Asking(_Request):
    """What /api/chat and /api/generate have in common."""

    stream: bool | None = None
    options: dict[str, Any] | None = None
    format: str | dict[str, Any] | None = None
    think: bool | str | None = None

    @property
    def streamed(self) -> bool:
        """Ollama streams unless told not to."""
        return self.stream is not False


class ChatRequest(Asking):
    """Body of /api/chat."""

    messages: list[Message] | None = None
    tools: list[Tool] | None = None


class GenerateRequest(Asking):
    """Body of /api/generate."""

    prompt: str | None = None
    system: str | None = None
    suffix: str | None = None
    template: str | None = None
    raw: bool | None = None
    images: list[Any] | None = None


class EmbedRequest(_Request):
    """Body of /api/embed."""

    input: str | list[str] = []
    dimensions: int | None = None


class ShowRequest(BaseModel):
    """Body of /api/show; old clients say `name`."""

    model: str = ""
    name: str = ""


Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True)
class Prompt:
    """A request for the engine."""

    body: dict[str, Any]
    front: tuple[str, ...]  # the parts of the prompt in order, to tell conversations apart
    head: int  # how many of them name the conversation
    offered: frozenset[str] = frozenset()  # tools
    said: bool = True  # somebody says something; without it the prompt is all front

    @property
    def static(self) -> tuple[str, ...]:
        """What stands before the first word of the conversation."""
        return self.front[: self.head - 1] if self.said else self.front


def parse(kind: type[Body], raw: bytes) -> Body:
    """A body as `kind`. Raises ApiError 400."""
    if not raw.strip():
        raise ApiError(400, "missing request body")
    try:
        return kind.model_validate_json(raw)
    except ValidationError as error:
        raise ApiError(400, _in_words(error)) from error


def chat_prompt(request: ChatRequest, model: Served, *, num_ctx: int) -> Prompt:
    """What the engine should do for a chat. Raises ApiError 400."""
    asked = [message.model_dump() for message in request.messages or ()]
    _refuse_what_it_cannot(request, model, images=any(m["images"] for m in asked))
    messages = engine_messages(asked, model.tool_style)
    # A grammar for the answer leaves no room for calls.
    tools = [] if request.format else [tool.model_dump() for tool in request.tools or ()]
    body = {"messages": messages, **_format(request), **_options(request, num_ctx=num_ctx)}
    if tools:
        body["tools"] = tools
    parts = [_plain(tools), *map(_plain, messages)]
    users = [n for n, message in enumerate(messages) if message["role"] == "user"]
    head = users[0] + 2 if users else len(parts)
    offered = frozenset(tool["function"]["name"] for tool in tools)
    return Prompt(body, tuple(parts), head, offered, said=bool(users))


def generate_prompt(request: GenerateRequest, model: Served, *, num_ctx: int) -> Prompt:
    """What the engine should do for /api/generate. Raises ApiError 400."""
    if request.suffix:
        raise ApiError(400, f'"{model.name}" does not support insert')
    if request.template:
        raise ApiError(400, f'"{model.name}" does not support a template of the request')
    if request.raw:
        _refuse_what_it_cannot(request, model, images=bool(request.images))
        text = request.prompt or ""
        body = {"prompt": text, **_format(request), **_options(request, num_ctx=num_ctx)}
        return Prompt(body, (text,), 1)
    messages = [Message(role="system", content=request.system)] if request.system else []
    messages.append(Message(role="user", content=request.prompt, images=request.images))
    same = request.model_dump(include=set(Asking.model_fields))
    chat = ChatRequest.model_validate({**same, "messages": messages})
    return chat_prompt(chat, model, num_ctx=num_ctx)


def _refuse_what_it_cannot(request: Asking, model: Served, *, images: bool) -> None:
    if request.think:
        raise ApiError(400, f'"{model.name}" does not support thinking')
    if images:
        raise ApiError(400, f'"{model.name}" does not support vision')


def _format(request: Asking) -> dict[str, Any]:
    if not request.format:
        return {}
    if request.format == "json":
        return {"response_format": {"type": "json_object"}}
    if isinstance(request.format, str):
        raise ApiError(
            400,
            f'invalid format: "{request.format}"; expected "json" or a valid JSON Schema object',
        )
    return {"response_format": {"type": "json_schema", "json_schema": {"schema": request.format}}}


def _options(request: Asking, *, num_ctx: int) -> dict[str, Any]:
    options = request.options or {}
    body: dict[str, Any] = {} if request.format else dict(CHAT_PENALTY)
    for name, value in options.items():
        if value is None:
            continue
        if name in _INTEGERS:
            body[_INTEGERS[name]] = _number(name, value, int)
        elif name in _NUMBERS:
            body[_NUMBERS[name]] = _number(name, value, float)
        elif name == "stop":
            body["stop"] = _stops(value)
        elif name == "num_ctx" and _number(name, value, int) != num_ctx:
            # Loading the model again would throw away every computed prompt.
            log.warning("num_ctx_kept", asked=value, num_ctx=num_ctx)
    return body


def _number(name: str, value: Any, kind: type[int] | type[float]) -> Any:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    if not fits or not math.isfinite(value) or (kind is int and value != int(value)):
        words = "integer" if kind is int else "float32"
        raise ApiError(400, f'option "{name}" must be of type {words}')
    return kind(value)


def _stops(value: Any) -> list[str]:
    stops = [value] if isinstance(value, str) else value
    if not isinstance(stops, list) or not all(isinstance(stop, str) for stop in stops):
        raise ApiError(400, 'option "stop" must be of type array')
    return stops


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _in_words(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(step) for step in first["loc"])
    what = first["msg"].removeprefix("Value error, ")
    return what if where in ("", "keep_alive") else f"{where}: {what}"
