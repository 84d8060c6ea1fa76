"""The fake Ollama keeps the contract: driven by the official client and by ChatOllama."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import ollama
import pytest
from langchain_core.messages import AIMessageChunk
from langchain_ollama import ChatOllama, OllamaEmbeddings

from tests.drawing import halves, saved
from tests.fake_ollama import (
    Answer,
    FakeOllama,
    answered,
    cut,
    drop,
    embedding,
    fail,
    hang,
    routed,
    say,
    tool_call,
    tool_calls,
)

MODEL = "qwen3:8b"
HELLO = [{"role": "user", "content": "hola"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


@pytest.fixture
def fake() -> Iterator[FakeOllama]:
    with FakeOllama().serve() as running:
        yield running


@pytest.fixture
def client(fake: FakeOllama) -> Iterator[ollama.Client]:
    client = ollama.Client(fake.url, timeout=10, trust_env=False)
    yield client
    client._client.close()


@contextlib.asynccontextmanager
async def chat_model(fake: FakeOllama, **options: Any) -> AsyncIterator[ChatOllama]:
    model = ChatOllama(model=MODEL, base_url=fake.url, **options)
    yield model
    model._client._client.close()
    await model._async_client._client.aclose()


def test_the_client_sees_what_is_installed(fake: FakeOllama, client: ollama.Client) -> None:
    assert [model.model for model in client.list().models] == [
        "qwen3:8b",
        "llava:7b",
        "embeddinggemma:latest",
    ]
    shown = client.show(MODEL)
    assert shown.capabilities == ["completion", "tools"]
    assert shown.modelinfo is not None
    assert shown.modelinfo["fake.context_length"] == 32768
    assert client.ps().models == []
    assert httpx.get(f"{fake.url}/api/version").json()["version"]


def test_an_answer_whole_and_in_pieces(fake: FakeOllama, client: ollama.Client) -> None:
    fake.script("¡Hola! ¿Qué tal todo?", say("En pedazos, uno  por uno.", thinking="Hmm, a ver"))
    whole = client.chat(MODEL, HELLO)
    assert whole.message.content == "¡Hola! ¿Qué tal todo?"
    assert whole.done_reason == "stop"
    assert whole.total_duration
    chunks = list(client.chat(MODEL, HELLO, stream=True))
    assert "".join(chunk.message.content or "" for chunk in chunks) == "En pedazos, uno  por uno."
    assert "".join(chunk.message.thinking or "" for chunk in chunks) == "Hmm, a ver"
    assert len(chunks) > 3
    assert [chunk.done for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].eval_count


@pytest.mark.parametrize("stream", [False, True])
def test_tool_calls_arrive_once(fake: FakeOllama, client: ollama.Client, stream: bool) -> None:
    fake.script(tool_calls(("weather", {"city": "Salta"}), ("weather", {"city": "Jujuy"})))
    if stream:
        parts = list(client.chat(MODEL, HELLO, tools=[WEATHER], stream=True))
    else:
        parts = [client.chat(MODEL, HELLO, tools=[WEATHER])]
    calls = [call for part in parts for call in part.message.tool_calls or []]
    assert [call.function.arguments["city"] for call in calls] == ["Salta", "Jujuy"]


def test_what_was_asked_is_kept(fake: FakeOllama, client: ollama.Client) -> None:
    client.chat(MODEL, HELLO, options={"num_ctx": 8192}, keep_alive="10m", tools=[WEATHER])
    body = fake.chats[0]
    assert body["messages"] == HELLO
    assert body["options"] == {"num_ctx": 8192}
    assert body["keep_alive"] == "10m"
    assert body["tools"][0]["function"]["name"] == "weather"


def test_beyond_the_script_the_fallback_answers(fake: FakeOllama, client: ollama.Client) -> None:
    fake.fallback = lambda body: f"Dijiste: {body['messages'][-1]['content']}"
    fake.script("uno")
    answers = [client.chat(MODEL, HELLO).message.content for _ in range(2)]
    assert answers == ["uno", "Dijiste: hola"]
    assert fake.unused == 0


def test_a_model_that_is_not_pulled(fake: FakeOllama, client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="model 'nope' not found") as caught:
        client.chat("nope", HELLO)
    assert caught.value.status_code == 404
    with pytest.raises(ollama.ResponseError, match="not found"):
        client.show("nope")


@pytest.mark.parametrize(
    ("model", "extra", "missing"),
    [
        (MODEL, {"think": True}, "thinking"),
        ("llava:7b", {"tools": [WEATHER]}, "tools"),
    ],
)
def test_what_a_model_cannot_do_is_refused(
    fake: FakeOllama, client: ollama.Client, model: str, extra: dict[str, Any], missing: str
) -> None:
    with pytest.raises(ollama.ResponseError, match=f"does not support {missing}") as caught:
        client.chat(model, HELLO, **extra)
    assert caught.value.status_code == 400


SHAPE = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}


async def test_an_answer_in_a_given_shape(fake: FakeOllama, client: ollama.Client) -> None:
    fake.script(answered("¡Hola!"), routed("weather", city="Salta"))
    said = client.chat(MODEL, HELLO, format=SHAPE).message.content or ""
    assert json.loads(said) == {"answer": "¡Hola!"}
    async with chat_model(fake) as model:
        reply = await model.ainvoke("hola", format=SHAPE)
    assert json.loads(reply.text) == {"tool": "weather", "arguments": {"city": "Salta"}}
    assert [body["format"] for body in fake.chats] == [SHAPE, SHAPE]


def test_a_format_that_is_none_is_refused(fake: FakeOllama) -> None:
    body = {"model": MODEL, "messages": HELLO, "format": "yaml"}
    refused = httpx.post(f"{fake.url}/api/chat", json=body)
    assert refused.status_code == 400
    assert refused.json()["error"].startswith('invalid format: "yaml"; expected "json"')


def test_pictures_only_for_a_model_that_sees(fake: FakeOllama, client: ollama.Client) -> None:
    picture = [{"role": "user", "content": "¿qué ves?", "images": [saved(halves())]}]
    with pytest.raises(ollama.ResponseError, match="does not support vision"):
        client.chat(MODEL, picture)
    assert "vision" in (client.show("llava:7b").capabilities or ())
    fake.script("for later")
    fake.sees = "Rojo y azul."
    assert client.chat("llava:7b", picture).message.content == "Rojo y azul."
    parts = [part.message.content for part in client.chat("llava:7b", picture, stream=True)]
    assert "".join(filter(None, parts)) == "Rojo y azul."
    assert fake.pictures == [saved(halves())] * 3  # the refused one, too
    assert fake.unused == 1


def test_what_is_no_picture_is_refused(fake: FakeOllama, client: ollama.Client) -> None:
    message = {"role": "user", "content": "¿qué ves?", "images": [b"%PDF-1.7"]}
    with pytest.raises(ollama.ResponseError, match="unknown format"):
        client.chat("llava:7b", [message])
    body = {"model": "llava:7b", "messages": [{**message, "images": ["no base64"]}]}
    assert httpx.post(f"{fake.url}/api/chat", json=body).status_code == 400


def test_load_and_unload(fake: FakeOllama, client: ollama.Client) -> None:
    fake.script("for later")
    assert client.chat(MODEL, [], keep_alive=0).done_reason == "unload"
    assert client.chat(MODEL, []).done_reason == "load"
    assert fake.unused == 1


@pytest.mark.parametrize("status", [500, 503, 404])
def test_scripted_errors(fake: FakeOllama, client: ollama.Client, status: int) -> None:
    fake.script(fail(status, "out of memory"), "Ya está.")
    with pytest.raises(ollama.ResponseError, match="out of memory") as caught:
        client.chat(MODEL, HELLO)
    assert caught.value.status_code == status
    assert client.chat(MODEL, HELLO).message.content == "Ya está."


@pytest.mark.parametrize("answer", [drop(), cut("se corta acá mismo", after=2)])
def test_a_broken_connection(fake: FakeOllama, client: ollama.Client, answer: Answer) -> None:
    fake.script(answer)
    with pytest.raises(httpx.TransportError):
        list(client.chat(MODEL, HELLO, stream=True))


def test_an_error_in_the_middle_of_a_stream(fake: FakeOllama, client: ollama.Client) -> None:
    fake.script(say("una frase que no termina", error_after=2, error="runner crashed"))
    stream = client.chat(MODEL, HELLO, stream=True)
    assert next(stream).message.content == "una "
    with pytest.raises(ollama.ResponseError, match="runner crashed"):
        list(stream)


def test_a_hang_ends_with_the_callers_patience(fake: FakeOllama) -> None:
    fake.script(hang())
    hasty = ollama.Client(fake.url, timeout=0.2, trust_env=False)
    with pytest.raises(httpx.ReadTimeout):
        hasty.chat(MODEL, HELLO)
    hasty._client.close()


async def test_a_held_answer_leaves_when_the_test_says(fake: FakeOllama) -> None:
    gate = threading.Event()
    fake.script(say("ahora sí", hold=gate))
    async with chat_model(fake) as model:
        waiting = asyncio.create_task(model.ainvoke("hola"))
        await asyncio.to_thread(fake.wait_for_chats, 1)
        assert not waiting.done()
        gate.set()
        assert (await waiting).text == "ahora sí"


def test_embeddings_put_like_texts_together(fake: FakeOllama, client: ollama.Client) -> None:
    near, far = client.embed("embeddinggemma", ["me gusta el mate", "llueve"]).embeddings
    asked = client.embed("embeddinggemma", "¿me gusta el mate?").embeddings[0]

    def likeness(one: Any, other: Any) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))

    assert likeness(asked, near) > likeness(asked, far)
    embedder = OllamaEmbeddings(model="embeddinggemma", base_url=fake.url)
    assert embedder.embed_query("hola") == pytest.approx(embedding("hola"))
    assert embedder._client is not None
    embedder._client._client.close()


async def test_chat_ollama_streams_text_and_tool_calls(fake: FakeOllama) -> None:
    fake.script(tool_call("weather", city="Salta"), "Hay sol en Salta.")
    total: AIMessageChunk | None = None
    async with chat_model(fake, validate_model_on_init=True, num_ctx=8192) as plain:
        model = plain.bind_tools([WEATHER])
        first = await model.ainvoke("¿cómo está Salta?")
        async for chunk in model.astream("¿y?"):
            assert isinstance(chunk, AIMessageChunk)
            total = chunk if total is None else total + chunk
    assert [(call["name"], call["args"]) for call in first.tool_calls] == [
        ("weather", {"city": "Salta"})
    ]
    assert total is not None
    assert total.text == "Hay sol en Salta."
    assert total.usage_metadata
    assert total.response_metadata["done_reason"] == "stop"
    assert fake.chats[0]["options"]["num_ctx"] == 8192
