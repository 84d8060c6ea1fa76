"""The model's wire and its errors."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import ollama as ollama_client
import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from starlette.responses import JSONResponse

from graph.errors import (
    ModelBadReply,
    ModelBroke,
    ModelBusy,
    ModelDown,
    ModelError,
    ModelMissing,
    ModelRefused,
    ModelTimeout,
)
from graph.model import WasapChat, build_model, wire_schemas
from graph.model_errors import CLIENT_ERRORS, model_error
from tests.brain import open_model, settings
from tests.fake_ollama import Answer, FakeOllama, cut, drop, fail, hang, say
from tools.scan import scan


@pytest.fixture
async def model(ollama: FakeOllama, tmp_path: Path) -> AsyncIterator[WasapChat]:
    async with open_model(settings(ollama, tmp_path)) as model:
        yield model


async def test_results_name_their_tool_and_old_thoughts_stay_home(
    model: WasapChat, ollama: FakeOllama
) -> None:
    calls = [{"name": "clock", "args": {"place": "Tokio"}, "id": "c1"}]
    await model.answer(
        [
            HumanMessage("¿Hora?"),
            AIMessage("", tool_calls=calls, additional_kwargs={"reasoning_content": "hmm"}),
            ToolMessage("21:05", tool_call_id="c1"),
        ]
    )
    asked, result = ollama.chats[0]["messages"][1:]
    assert asked["tool_calls"][0]["function"] == {"name": "clock", "arguments": {"place": "Tokio"}}
    assert "thinking" not in asked
    assert result == {"role": "tool", "content": "21:05", "tool_name": "clock"}


async def test_what_was_read_before_is_known_where_the_server_tells_it(
    model: WasapChat, ollama: FakeOllama
) -> None:
    ollama.script(say("uno", prompt_eval_count=900, prompt_cached_count=800), say("dos"))
    told, silent = [await model.answer([HumanMessage("Hola")]) for _ in range(2)]
    assert told.usage_metadata is not None
    assert told.usage_metadata["input_tokens"] == 900
    assert told.usage_metadata["input_token_details"] == {"cache_read": 800}
    assert silent.usage_metadata is not None
    assert "input_token_details" not in silent.usage_metadata  # Ollama


async def test_abilities_are_asked_once(model: WasapChat, ollama: FakeOllama) -> None:
    assert ollama.calls == []  # nothing at construction
    for _ in range(3):
        await model.answer([HumanMessage("Hola")])
    assert len(ollama.bodies("/api/show")) == 1


async def test_a_server_that_cannot_say_what_it_can_do_still_answers(tmp_path: Path) -> None:
    class Reticent(FakeOllama):
        async def _show(self, request: object) -> object:  # type: ignore[override]
            return JSONResponse({"error": "no such thing"}, 500)

    with Reticent().serve() as ollama:
        async with open_model(settings(ollama, tmp_path)) as model:
            reply = await model.answer([HumanMessage("Hola")], tools=wire_schemas(scan()))
            assert reply.text == "Entendido."
            assert ollama.chats[0]["tools"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (fail(400, '"qwen3:8b" does not support tools'), ModelRefused),
        (fail(404, "model 'qwen3:8b' not found"), ModelMissing),
        (fail(429, "too many requests"), ModelBusy),
        (fail(500, "error parsing tool call: raw='{', err=unexpected end"), ModelBadReply),
        (fail(500), ModelBroke),
        (fail(502, "bad gateway"), ModelDown),
        (fail(503, "server busy, please try again"), ModelBusy),
        (drop(), ModelBroke),
        (cut("una respuesta que se corta", after=2), ModelBroke),
        (say("una respuesta que falla", error_after=2), ModelBroke),
        (say("", done_reason="load"), ModelBusy),
        (
            Answer(tool_calls=({"function": {"name": "clock", "arguments": "{broken"}},)),
            ModelBadReply,
        ),
    ],
)
async def test_what_goes_wrong_has_a_name(
    model: WasapChat, ollama: FakeOllama, answer: Answer, error: type[ModelError]
) -> None:
    ollama.script(answer)
    with pytest.raises(error) as raised:
        await model.answer([HumanMessage("Hola")])
    assert raised.value.model == "qwen3:8b"


async def test_a_silent_model_is_given_up(ollama: FakeOllama) -> None:
    impatient = {"timeout": httpx.Timeout(0.2), "verify": False}
    model = WasapChat(model="qwen3:8b", base_url=ollama.url, client_kwargs=impatient)
    ollama.script(hang())
    with pytest.raises(ModelTimeout):
        await model.answer([HumanMessage("Hola")])
    await model.aclose()


async def test_an_answer_without_end_is_given_up(ollama: FakeOllama, tmp_path: Path) -> None:
    ollama.script(say("sin parar " * 100, chunk_delay_s=0.1))
    async with open_model(settings(ollama, tmp_path, ollama_answer_timeout_s=0.3)) as model:
        with pytest.raises(ModelTimeout):
            await model.answer([HumanMessage("Hola")])


async def test_nobody_listens(ollama: FakeOllama, tmp_path: Path) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        options = settings(ollama, tmp_path)
        model = build_model(options, base_url=f"http://127.0.0.1:{port}")
        with pytest.raises(ModelDown):
            await model.answer([HumanMessage("Hola")])
        await model.aclose()


async def test_a_model_that_is_not_there(ollama: FakeOllama, tmp_path: Path) -> None:
    async with open_model(settings(ollama, tmp_path, ollama_model="nowhere:1b")) as model:
        with pytest.raises(ModelMissing):
            await model.answer([HumanMessage("Hola")])


def leaves(parent: type[Exception]) -> list[type[Exception]]:
    children = parent.__subclasses__()
    return [leaf for child in children for leaf in leaves(child)] if children else [parent]


HTTPX_ERRORS = [one for one in leaves(httpx.HTTPError) if one.__module__.startswith("httpx")]


@pytest.mark.parametrize("kind", HTTPX_ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_of_the_http_client_becomes_ours(kind: type[Exception]) -> None:
    error = kind.__new__(kind)
    error.args = ("text",)
    assert isinstance(error, CLIENT_ERRORS)
    mapped = model_error(error, model="m")
    assert type(mapped) is not ModelError
    expected = {
        httpx.ConnectError: ModelDown,
        httpx.ConnectTimeout: ModelDown,
        httpx.ReadTimeout: ModelTimeout,
        httpx.PoolTimeout: ModelBusy,
        httpx.RemoteProtocolError: ModelBroke,
    }
    assert isinstance(mapped, expected.get(kind, ModelError))


def test_the_clients_other_errors_become_ours() -> None:
    cases: list[tuple[Exception, type[ModelError]]] = [
        (ConnectionError("Failed to connect to Ollama."), ModelDown),
        (ollama_client.RequestError("no model"), ModelRefused),
        (ollama_client.ResponseError("odd", 418), ModelRefused),
        (ValueError("No data received from Ollama stream."), ModelBusy),
        (ValueError("not JSON"), ModelBadReply),
        (httpx.StreamConsumed(), ModelBroke),
    ]
    for error, kind in cases:
        assert isinstance(error, CLIENT_ERRORS)
        assert type(model_error(error, model="m")) is kind


@pytest.mark.parametrize(
    ("written", "sent"), [("30m", "30m"), ("-1", -1), ("0", 0), ("24h", "24h")]
)
async def test_keep_alive_reaches_ollama_in_a_form_it_reads(
    ollama: FakeOllama, tmp_path: Path, written: str, sent: int | str
) -> None:
    async with open_model(settings(ollama, tmp_path, ollama_keep_alive=written)) as model:
        await model.answer([HumanMessage("Hola")])
    assert ollama.chats[0]["keep_alive"] == sent
