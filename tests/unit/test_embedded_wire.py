"""What a request of Ollama's API means for the built-in engine."""

import asyncio
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.embedded.catalogue import ToolStyle
from app.embedded.durations import keep_alive_s
from app.embedded.served import Served
from app.embedded.slots import Slots
from app.embedded.toolstyle import style_of
from app.embedded.wire import ChatRequest, chat_prompt

CALL = {"function": {"name": "clock", "arguments": {"place": "Córdoba"}}}
TALK = [
    {"role": "system", "content": "Sé breve."},
    {"role": "user", "content": "¿Qué hora es en Córdoba?"},
    {"role": "assistant", "content": "", "tool_calls": [CALL]},
    {"role": "tool", "content": "20:15", "tool_name": "clock"},
]


def _served(style: ToolStyle) -> Served:
    return Served(
        name="m",
        path=Path("m.gguf"),
        size_bytes=1,
        digest="d",
        modified_at=datetime(2026, 1, 1, tzinfo=UTC),
        family="qwen2",
        parameter_size="1.5B",
        quantization="Q4_K_M",
        context_length=8192,
        capabilities=("completion", "tools"),
        tool_style=style,
    )


def _body(style: ToolStyle = "native", **fields: Any) -> dict[str, Any]:
    request = ChatRequest.model_validate({"model": "m", "messages": TALK, **fields})
    return chat_prompt(request, _served(style), num_ctx=8192).body


def test_qwen_coder_sees_its_call_as_it_wrote_it() -> None:
    messages = _body("fenced")["messages"]
    assert messages[2]["content"] == (
        '```json\n{\n  "name": "clock",\n  "arguments": {\n    "place": "Córdoba"\n  }\n}\n```'
    )
    assert "tool_calls" not in messages[2]
    assert messages[3]["content"].startswith("20:15\n")
    assert "do not repeat the same call" in messages[3]["content"]


def test_the_style_of_an_unlisted_file_is_told_by_its_header() -> None:
    assert style_of("Qwen2.5 Coder 1.5B Instruct GGUF") == "fenced"
    assert style_of("Qwen2.5-Coder-7B-Instruct") == "fenced"
    assert style_of("Smollm2 135M 8k Lc100K Mix1 Ep2") == "native"


def test_other_models_get_the_form_of_their_template() -> None:
    messages = _body()["messages"]
    (call,) = messages[2]["tool_calls"]
    assert call["function"] == {"name": "clock", "arguments": '{"place": "Córdoba"}'}
    assert messages[3] == {
        "role": "tool",
        "content": "20:15",
        "name": "clock",
        "tool_call_id": call["id"],
    }


def test_results_answer_their_calls_in_order() -> None:
    two = {"role": "assistant", "content": "", "tool_calls": [CALL, CALL]}
    results = [{"role": "tool", "content": text} for text in ("a", "b")]
    messages = _body(messages=[*TALK, two, *results])["messages"]
    ids = [call["id"] for call in messages[4]["tool_calls"]]
    assert [message["tool_call_id"] for message in messages[5:]] == ids
    assert len({messages[3]["tool_call_id"], *ids}) == 3


def test_a_chat_is_kept_from_repeating_itself_and_json_is_not() -> None:
    assert _body()["repeat_penalty"] == 1.1
    assert _body()["repeat_last_n"] == 256
    assert _body(options={"repeat_penalty": 1.0})["repeat_penalty"] == 1.0
    assert "repeat_penalty" not in _body(format="json")


def test_options_have_the_engines_names() -> None:
    options = {"num_predict": 5, "temperature": 0, "top_k": 3, "seed": 7, "stop": ["x"]}
    unknown = {"num_gpu": 1, "made_up": True, "top_p": None}
    body = _body(options={**options, **unknown})
    assert {key: body[key] for key in ("max_tokens", "temperature", "top_k", "seed", "stop")} == {
        "max_tokens": 5,
        "temperature": 0.0,
        "top_k": 3,
        "seed": 7,
        "stop": ["x"],
    }
    assert not {"num_gpu", "made_up", "top_p", "num_predict"} & set(body)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0),
        ("0", 0),
        (2.5, 2.5),
        (-1, math.inf),
        ("-1s", math.inf),
        ("-1m", math.inf),
        ("5m", 300),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("0s", 0),
    ],
)
def test_keep_alive(value: float | str, seconds: float) -> None:
    assert keep_alive_s(value) == seconds


@pytest.mark.parametrize("value", ["", "5", "-1", "soon", "5 m", "m", "1h-5m", math.nan])
def test_a_keep_alive_that_ollama_refuses(value: float | str) -> None:
    with pytest.raises(ValueError, match="duration"):
        keep_alive_s(value)


async def test_a_conversation_keeps_its_slot() -> None:
    slots = Slots(2)

    async def turn(*parts: str) -> int:
        slot = await slots.acquire(parts, 2)
        slots.serves(slot, parts)
        slots.release(slot)
        return slot

    ana = await turn("system", "I am Ana")
    luis = await turn("system", "I am Luis")
    assert ana != luis
    assert await turn("system", "I am Ana", "hi", "more") == ana
    assert await turn("system", "I am Ana", "hi", "more", "x", "y") == ana
    # a third conversation takes the slot that was left alone longest
    assert await turn("system", "I am Eva") == luis


async def test_those_who_wait_are_served_in_order_and_may_leave() -> None:
    slots = Slots(1)
    slot = await slots.acquire(["a"], 1)
    order: list[str] = []

    async def wait(name: str) -> None:
        got = await slots.acquire([name], 1)
        order.append(name)
        slots.release(got)

    waiting = [asyncio.create_task(wait(name)) for name in ("b", "c", "d")]
    await asyncio.sleep(0)
    waiting[0].cancel()
    slots.release(slot)
    await asyncio.wait(waiting, timeout=5)
    assert order == ["c", "d"]
