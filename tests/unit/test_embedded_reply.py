"""What a client of the built-in server sees of a tool call, however the model wrote it."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

from app.embedded.errors import ApiError
from app.embedded.reply import Line, Reply, chat_shape, collected

FENCED = ["```", "json\n", '{"name": "cl', 'ock", "arguments": ', '{"place": "Tokyo"}}', "\n```"]
CALL = {"function": {"name": "clock", "arguments": {"place": "Tokyo"}}}
TIMINGS = {"prompt_n": 5, "cache_n": 95, "prompt_ms": 2.5, "predicted_n": 7, "predicted_ms": 9}


async def _chunks(
    pieces: Sequence[Any], *, finish: str | None = "stop"
) -> AsyncGenerator[dict[str, Any], None]:
    for piece in pieces:
        delta = {"content": piece} if isinstance(piece, str) else piece
        yield {"choices": [{"finish_reason": None, "delta": delta}]}
    if finish:
        yield {"choices": [{"finish_reason": finish, "delta": {}}], "timings": TIMINGS}


async def _lines(
    pieces: Sequence[Any], *, offered: tuple[str, ...] = ("clock",), finish: str | None = "stop"
) -> list[Line]:
    reply = Reply("m", chat_shape, frozenset(offered))
    return [line async for line in reply.lines(_chunks(pieces, finish=finish))]


def _texts(lines: list[Line]) -> list[str]:
    return [line["message"]["content"] for line in lines if line["message"]["content"]]


async def test_a_call_written_as_text_arrives_as_a_call() -> None:
    lines = await _lines(FENCED)
    assert _texts(lines) == []  # no half call is shown
    assert [line["message"].get("tool_calls") for line in lines] == [[CALL], None]
    assert [line["done"] for line in lines] == [False, True]


async def test_without_tools_it_stays_text_and_flows() -> None:
    lines = await _lines(FENCED, offered=())
    assert _texts(lines) == FENCED


async def test_prose_flows_at_once_with_tools_on_offer() -> None:
    pieces = ["Hola", ", son", " las 8."]
    assert _texts(await _lines(pieces)) == pieces


async def test_a_call_with_prose_after_it_stays_text() -> None:
    lines = await _lines([*FENCED, "\nSon las 8."])
    assert "".join(_texts(lines)) == "".join([*FENCED, "\nSon las 8."])
    assert not any(line["message"].get("tool_calls") for line in lines)


async def test_json_that_is_no_call_stays_text() -> None:
    pieces = ['{"name": ', '"Carla"}']
    assert "".join(_texts(await _lines(pieces))) == "".join(pieces)


async def test_a_call_the_engine_recognised_is_put_together() -> None:
    pieces = [
        {"tool_calls": [{"index": 0, "function": {"name": "clock", "arguments": ""}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"place": '}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '"Tokyo"}'}}]},
    ]
    lines = await _lines(pieces, finish="tool_calls")
    assert lines[0]["message"]["tool_calls"] == [CALL]
    assert lines[-1]["done_reason"] == "stop"
    with pytest.raises(ApiError, match="error parsing tool call: clock"):
        await _lines(pieces[:2], finish="length")


async def test_the_whole_answer_as_one_object() -> None:
    reply = Reply("m", chat_shape, frozenset({"clock"}))
    whole = await collected(reply.lines(_chunks(FENCED)))
    assert whole["message"] == {"role": "assistant", "content": "", "tool_calls": [CALL]}
    assert whole["done"]
    assert whole["prompt_eval_count"] == 100  # cached tokens count, as with Ollama
    assert whole["prompt_cached_count"] == 95  # which Ollama does not tell
    assert whole["prompt_eval_duration"] == 2_500_000
    assert (whole["eval_count"], whole["eval_duration"]) == (7, 9_000_000)


async def test_an_answer_that_breaks_off_is_an_error() -> None:
    with pytest.raises(ApiError, match="stopped"):
        await _lines(["Hola"], finish=None)
