"""`wasap pull`: what Ollama lacks, told in lines that a log can hold."""

import io

import pytest
from rich.console import Console

from app.checks.opening import read_settings
from app.errors import WasapError
from app.setup.pull import pull_missing
from tests.fake_ollama import FakeOllama


def pulled(ollama: FakeOllama, **names: str) -> list[str]:
    """The log. Nothing is known of Meta yet."""
    log = io.StringIO()
    settings, _ = read_settings(ollama_base_url=ollama.url, **names)
    pull_missing(Console(file=log), settings)
    return log.getvalue().splitlines()


def test_what_is_missing_is_pulled_and_the_log_says_how_far(ollama: FakeOllama) -> None:
    ollama.library["qwen3:8b"] = ollama.models.pop("qwen3:8b")
    assert pulled(ollama) == [
        "pulling qwen3:8b",
        "qwen3:8b: 25 % (1 of 4 MB)",
        "qwen3:8b: 50 % (2 of 4 MB)",
        "qwen3:8b: 75 % (3 of 4 MB)",
        "qwen3:8b: 100 % (4 of 4 MB)",
        "embeddinggemma is here",
        "llava:7b is here",
        "all models are here",
    ]
    assert "qwen3:8b" in ollama.models


def test_one_that_does_not_exist_holds_no_other_up(ollama: FakeOllama) -> None:
    ollama.library["llava:7b"] = ollama.models.pop("llava:7b")
    with pytest.raises(
        WasapError, match=r"^qwen9 could not be pulled from .*: pull model manifest"
    ):
        pulled(ollama, ollama_model="qwen9")
    assert "llava:7b" in ollama.models


def test_an_ollama_that_is_away_is_named() -> None:
    ollama = FakeOllama()
    ollama.url = "http://127.0.0.1:9"
    with pytest.raises(WasapError, match="qwen3:8b could not be pulled"):
        pulled(ollama)
