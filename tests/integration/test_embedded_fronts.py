"""The front of the prompt is computed once: not at every start, nor for every conversation."""

import shutil
from pathlib import Path

import ollama
import pytest

from app.embedded.settings import EmbeddedSettings
from tests.integration.embedded_fixtures import MODEL, Process, embedded_process, small_model

BEGINS = "You are a helpful assistant. Answer briefly. "
SYSTEM = {"role": "system", "content": BEGINS * 20}
OTHER = {"role": "system", "content": f"{BEGINS * 8} Be kind."}  # as the front without tools
ONE = {"num_predict": 1, "temperature": 0}
FEW = 60  # tokens of a user message and the marks of the template


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    """The small weights, and a folder of fronts that nobody else writes."""
    small_model()
    for path in EmbeddedSettings().models_dir.glob(f"{MODEL}*"):
        (tmp_path / path.name).hardlink_to(path)
    return tmp_path


def ask(
    process: Process, *messages: dict[str, str], system: dict[str, str] = SYSTEM
) -> tuple[int, int]:
    """Tokens read and tokens found computed."""
    with ollama.Client(host=process.base_url, trust_env=False) as client:
        client.chat(MODEL, [system, *messages], options=ONE)
    line = process.wait_for("generated")
    return int(str(line["read_tokens"])), int(str(line["cached_tokens"]))


def said(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def test_a_new_process_finds_the_front_computed(models_dir: Path) -> None:
    with embedded_process(models_dir=models_dir) as process:
        whole, _ = ask(process)
        assert whole > 3 * FEW
    with embedded_process(models_dir=models_dir) as process:
        read, cached = ask(process, said("Hi, who are you?"))
        assert read < FEW
        assert cached > whole - FEW


def test_two_conversations_share_it(models_dir: Path) -> None:
    with embedded_process(models_dir=models_dir) as process:
        ask(process)
        for text in ("Hi, who are you?", "Tell me about foxes."):
            read, _ = ask(process, said(text))
            assert read < FEW


def test_it_comes_back_where_other_prompts_took_its_place(models_dir: Path) -> None:
    with embedded_process(models_dir=models_dir) as process:
        ask(process)
        for text in ("One talk.", "Another talk."):  # as many as there are places
            ask(process, said(text), system=OTHER)
        assert ask(process, said("Hi, who are you?"))[0] < FEW


def test_a_front_that_cannot_be_read_is_computed_again(models_dir: Path) -> None:
    with embedded_process(models_dir=models_dir) as process:
        whole, _ = ask(process)
    (front,) = (models_dir / "fronts").iterdir()
    front.write_bytes(front.read_bytes()[:1000])
    with embedded_process(models_dir=models_dir) as process:
        assert ask(process)[0] == whole
    with embedded_process(models_dir=models_dir) as process:  # and the good one was kept
        assert ask(process, said("Hi"))[0] < FEW


def test_words_of_the_owner_are_not_kept(models_dir: Path) -> None:
    with embedded_process(models_dir=models_dir) as process:
        ask(process, said("My secret is a canary."))
    fronts = models_dir / "fronts"
    assert not list(fronts.iterdir())
    shutil.rmtree(fronts)
