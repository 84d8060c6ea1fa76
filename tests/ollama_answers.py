"""What the scripted Ollama answers to one chat call, and how that goes over the wire."""

import asyncio
import itertools
import json
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from app.simulator.serving import drop_connection

Json = dict[str, Any]

NANOSECONDS = 10**9
CHARS_PER_TOKEN = 4  # of a prompt, as a real vocabulary about has it


@dataclass(frozen=True)
class Answer:
    """What one chat call gets. Build it with the functions below."""

    content: str = ""
    thinking: str = ""
    tool_calls: tuple[Json, ...] = ()
    done_reason: str = "stop"
    prompt_eval_count: int | None = None
    """None: a rough count of the words that came in, so that a larger prompt counts more."""
    prompt_cached_count: int | None = None
    """What our built-in server tells beside what Ollama tells."""
    delay_s: float = 0.0
    """Before the first byte."""
    hold: threading.Event | None = None
    """No byte leaves before the test sets it."""
    chunk_delay_s: float = 0.0
    status: int = 200
    error: str = ""
    drop: bool = False
    """Close the connection instead of answering."""
    cut_after: int | None = None
    """Close the connection after this many chunks of the stream."""
    error_after: int | None = None
    """After this many chunks an `{"error": ...}` line, as Ollama does when the model crashes."""


def say(content: str, **more: Any) -> Answer:
    """A text."""
    return Answer(content=content, **more)


def tool_call(name: str, /, **arguments: Any) -> Answer:
    """One call of a tool."""
    return tool_calls((name, arguments))


def tool_calls(*calls: tuple[str, Json], content: str = "") -> Answer:
    """Several calls in one message."""
    return Answer(
        content=content,
        tool_calls=tuple(
            {"function": {"index": index, "name": name, "arguments": arguments}}
            for index, (name, arguments) in enumerate(calls)
        ),
    )


def routed(name: str, /, **arguments: Any) -> Answer:
    """A call by a model that was asked for JSON (`format`), because it has no tools."""
    return say(json.dumps({"tool": name, "arguments": arguments}, ensure_ascii=False))


def answered(text: str) -> Answer:
    """A text by such a model."""
    return say(json.dumps({"answer": text}, ensure_ascii=False))


def fail(status: int = 500, error: str = "model runner has unexpectedly stopped") -> Answer:
    """An error with Ollama's body."""
    return Answer(status=status, error=error)


def hang() -> Answer:
    """No answer until the caller gives up or the fake stops."""
    return Answer(hold=threading.Event())


def drop() -> Answer:
    """The connection closes with no answer."""
    return Answer(drop=True)


def cut(content: str, after: int = 1) -> Answer:
    """A stream that breaks off after some chunks."""
    return Answer(content=content, cut_after=after)


async def stream(body: Json, answer: Answer, request: Request) -> AsyncIterator[str]:
    for number, message in enumerate(_messages(answer)):
        if number == answer.cut_after:
            drop_connection(request)
            return
        if number == answer.error_after:
            yield json.dumps({"error": answer.error or "an error was encountered"}) + "\n"
            return
        if answer.chunk_delay_s:
            await asyncio.sleep(answer.chunk_delay_s)
        yield json.dumps({**head(body), "message": message, "done": False}) + "\n"
    if answer.cut_after is not None:
        drop_connection(request)
        return
    # The calls already left in a chunk of their own.
    yield json.dumps(final(body, replace(answer, tool_calls=(), thinking=""), content="")) + "\n"


def _messages(answer: Answer) -> Iterator[Json]:
    """The chunks of a stream: thoughts, words, then the tool calls in one."""
    for piece in _pieces(answer.thinking):
        yield {"role": "assistant", "content": "", "thinking": piece}
    for piece in _pieces(answer.content):
        yield {"role": "assistant", "content": piece}
    if answer.tool_calls:
        yield {"role": "assistant", "content": "", "tool_calls": list(answer.tool_calls)}


def _pieces(text: str) -> list[str]:
    """The text in parts that end after a space; joined they are the text."""
    spaces = [index + 1 for index, letter in enumerate(text) if letter == " "]
    bounds = [0, *spaces, len(text)]
    return [text[start:end] for start, end in itertools.pairwise(bounds) if start < end]


def final(body: Json, answer: Answer, *, content: str) -> Json:
    message: Json = {"role": "assistant", "content": content}
    if answer.thinking:
        message["thinking"] = answer.thinking
    if answer.tool_calls:
        message["tool_calls"] = list(answer.tool_calls)
    counted = answer.prompt_eval_count
    told = answer.prompt_cached_count
    return {
        **head(body),
        "message": message,
        "done": True,
        "done_reason": answer.done_reason,
        "total_duration": NANOSECONDS // 10,
        "load_duration": NANOSECONDS // 1000,
        "prompt_eval_count": len(json.dumps(body)) // CHARS_PER_TOKEN
        if counted is None
        else counted,
        **({} if told is None else {"prompt_cached_count": told}),
        "prompt_eval_duration": NANOSECONDS // 100,
        "eval_count": max(1, len(answer.content.split())),
        "eval_duration": NANOSECONDS // 20,
    }


def head(body: Json) -> Json:
    return {"model": body["model"], "created_at": now()}


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
