"""The engine's chunks as Ollama's answer, with calls written as text turned into real ones."""

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from app.embedded.engine import Chunk
from app.embedded.errors import ApiError
from graph.rescue import may_become_call, rescue

log = structlog.get_logger()

Line = dict[str, Any]

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000


@dataclass
class Reply:
    """One answer on its way. `shape` puts a piece of text where the endpoint wants it."""

    model: str
    shape: Callable[[str], Line]
    offered: frozenset[str] = frozenset()
    began: float = field(default_factory=time.perf_counter)
    _held: str = ""
    _holding: bool = False
    _native: dict[int, dict[str, str]] = field(default_factory=dict)
    _load_ns: int = 0

    def __post_init__(self) -> None:
        self._holding = bool(self.offered)

    async def lines(self, chunks: AsyncGenerator[Chunk, None]) -> AsyncGenerator[Line, None]:
        """Ollama's lines, the last with `done`. Raises ApiError for what the engine refuses."""
        last: Chunk = {}
        async with aclosing(chunks):  # closing this stops the engine
            async for chunk in chunks:
                self._load_ns = self._load_ns or self._elapsed_ns()
                if "error" in chunk:
                    raise _refusal(chunk["error"])
                text = self._take(chunk)
                if text:
                    yield self.line(**self.shape(text))
                last = chunk
        if not _finish_reason(last):
            raise ApiError(503, "the model was stopped")
        for line in self._rest(cut=_finish_reason(last) == "length"):
            yield line
        timings = last.get("timings") or {}
        log.info(
            "generated",
            read_tokens=timings.get("prompt_n"),
            cached_tokens=timings.get("cache_n"),
            tokens=timings.get("predicted_n"),
            read_ms=round(timings.get("prompt_ms", 0)),
        )
        yield self.line(**self.shape(""), **self._totals(last))

    def line(self, **fields: Any) -> Line:
        """A line of the answer, not the last unless `fields` say so."""
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        return {"model": self.model, "created_at": now, "done": False, **fields}

    def _take(self, chunk: Chunk) -> str:
        """The text that can be shown now. What may be a call is held back."""
        choice = chunk["choices"][0]
        delta = choice.get("delta") or {}
        for call in delta.get("tool_calls") or ():
            self._gather(call)
        text: str = delta.get("content") or choice.get("text") or ""
        if not self._holding:
            return text
        self._held += text
        if may_become_call(self._held):
            return ""
        self._holding = False
        released, self._held = self._held, ""
        return released

    def _gather(self, call: dict[str, Any]) -> None:
        """llama.cpp recognised a call by itself: it sends the arguments in pieces."""
        made = self._native.setdefault(call.get("index", 0), {"name": "", "arguments": ""})
        function = call.get("function") or {}
        for key in made:
            made[key] += function.get(key) or ""

    def _rest(self, *, cut: bool) -> list[Line]:
        """What was held back, as calls where the whole of it is calls."""
        found = rescue(self._held, self.offered)
        calls = [_call(made["name"], _arguments(made, cut=cut)) for made in self._native.values()]
        if found.whole:
            calls += [_call(call.name, call.arguments) for call in found.calls]
        lines = []
        if self._held and not found.whole:
            lines.append(self.line(**self.shape(self._held)))
        if calls:
            message = {"role": "assistant", "content": "", "tool_calls": calls}
            lines.append(self.line(message=message))
        return lines

    def _totals(self, last: Chunk) -> Line:
        timings = last.get("timings") or {}
        return {
            "done": True,
            "done_reason": "length" if _finish_reason(last) == "length" else "stop",
            "total_duration": self._elapsed_ns(),
            "load_duration": self._load_ns,
            "prompt_eval_count": timings.get("prompt_n", 0) + timings.get("cache_n", 0),
            "prompt_cached_count": timings.get("cache_n", 0),  # ours: Ollama does not tell
            "prompt_eval_duration": int(timings.get("prompt_ms", 0) * NS_PER_MS),
            "eval_count": timings.get("predicted_n", 0),
            "eval_duration": int(timings.get("predicted_ms", 0) * NS_PER_MS),
        }

    def _elapsed_ns(self) -> int:
        return int((time.perf_counter() - self.began) * NS_PER_S)


def chat_shape(text: str) -> Line:
    """A piece of a chat answer."""
    return {"message": {"role": "assistant", "content": text}}


def generate_shape(text: str) -> Line:
    """A piece of a /api/generate answer."""
    return {"response": text}


async def collected(lines: AsyncIterator[Line]) -> Line:
    """The whole answer as one object, for `"stream": false`."""
    content, response = "", ""
    calls: list[Any] = []
    last: Line = {}
    async for line in lines:
        message = line.get("message", {})
        content += message.get("content", "")
        calls += message.get("tool_calls", [])
        response += line.get("response", "")
        last = line
    if "message" in last:
        last["message"] = {"role": "assistant", "content": content}
        if calls:
            last["message"]["tool_calls"] = calls
    else:
        last["response"] = response
    return last


def _finish_reason(chunk: Chunk) -> str | None:
    choices = chunk.get("choices") or [{}]
    reason: str | None = choices[0].get("finish_reason")
    return reason


def _call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments}}


def _arguments(made: dict[str, str], *, cut: bool) -> dict[str, Any]:
    try:
        arguments = json.loads(made["arguments"] or "{}")
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        why = " (num_predict was reached)" if cut else ""
        raise ApiError(500, f"error parsing tool call: {made['name']}{why}")
    return arguments


def _refusal(error: dict[str, Any]) -> ApiError:
    code = error.get("code", 500)
    return ApiError(code if 400 <= code < 600 else 500, str(error.get("message", error)))
