"""The vision model's wire and its errors."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
from graph.vision import NUM_PREDICT, OllamaVision
from tests.brain import settings
from tests.drawing import halves, saved
from tests.fake_ollama import Answer, FakeOllama, cut, drop, fail, hang, say

JPEG = saved(halves())


@pytest.fixture
async def vision(ollama: FakeOllama, tmp_path: Path) -> AsyncIterator[OllamaVision]:
    vision = OllamaVision(settings(ollama, tmp_path), base_url=ollama.url)
    yield vision
    await vision.aclose()


async def test_the_picture_and_the_request_reach_the_model(
    vision: OllamaVision, ollama: FakeOllama
) -> None:
    ollama.sees = "  Un perro.\nUn gato. "
    assert await vision.can_see()
    assert await vision.describe(JPEG, "¿Qué se ve?") == "Un perro.\nUn gato."
    (body,) = ollama.chats
    assert body["model"] == "llava:7b"
    (message,) = body["messages"]
    assert (message["role"], message["content"]) == ("user", "¿Qué se ve?")
    assert [base64.b64decode(one) for one in message["images"]] == [JPEG]
    # As the chat model's window: Ollama loads a model again when it changes.
    assert body["options"]["num_ctx"] == 8192
    assert body["options"]["num_predict"] == NUM_PREDICT
    assert body["keep_alive"] == "30m"
    assert "think" not in body  # an error for a model without the ability


async def test_a_model_that_thinks_does_not_think_about_pictures(
    vision: OllamaVision, ollama: FakeOllama
) -> None:
    ollama.models["llava:7b"] = ("completion", "vision", "thinking")
    assert await vision.can_see()
    await vision.describe(JPEG, "¿Qué se ve?")
    assert ollama.chats[0]["think"] is False


async def test_it_is_asked_once_whether_it_sees(vision: OllamaVision, ollama: FakeOllama) -> None:
    for _ in range(3):
        assert await vision.can_see()
    assert ollama.bodies("/api/show") == [{"model": "llava:7b"}]


async def test_a_model_that_is_pulled_meanwhile_is_found(
    vision: OllamaVision, ollama: FakeOllama
) -> None:
    abilities = ollama.models.pop("llava:7b")
    with pytest.raises(ModelMissing):
        await vision.can_see()
    ollama.models["llava:7b"] = ("completion",)
    assert not await vision.can_see()
    ollama.models["llava:7b"] = abilities
    assert await vision.can_see()


async def test_after_a_failure_it_is_asked_again(vision: OllamaVision, ollama: FakeOllama) -> None:
    assert await vision.can_see()
    del ollama.models["llava:7b"]
    with pytest.raises(ModelMissing):
        await vision.describe(JPEG, "¿Qué se ve?")
    with pytest.raises(ModelMissing):
        await vision.can_see()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (fail(400, '"llava:7b" does not support vision'), ModelRefused),
        (fail(404, "model 'llava:7b' not found"), ModelMissing),
        (fail(503, "server busy"), ModelBusy),
        (fail(500, "failed to process inputs"), ModelBroke),
        (fail(502, "bad gateway"), ModelDown),
        (drop(), ModelBroke),
        (cut("Un perro en la", after=2), ModelBroke),
        (say(""), ModelBadReply),
        (say("  \n"), ModelBadReply),
    ],
)
async def test_every_failure_is_an_error_of_ours(
    vision: OllamaVision, ollama: FakeOllama, answer: Answer, error: type[ModelError]
) -> None:
    ollama.sees = answer
    with pytest.raises(error) as raised:
        await vision.describe(JPEG, "¿Qué se ve?")
    assert raised.value.model == "llava:7b"


@pytest.mark.parametrize("limit", ["ollama_timeout_s", "ollama_answer_timeout_s"])
async def test_a_model_without_a_sign_of_life_is_left(
    ollama: FakeOllama, tmp_path: Path, limit: str
) -> None:
    ollama.sees = hang()
    vision = OllamaVision(settings(ollama, tmp_path, **{limit: 0.2}), base_url=ollama.url)
    with pytest.raises(ModelTimeout):
        await vision.describe(JPEG, "¿Qué se ve?")
    await vision.aclose()


async def test_nobody_there_is_no_answer_to_whether_it_sees(
    ollama: FakeOllama, tmp_path: Path
) -> None:
    vision = OllamaVision(settings(ollama, tmp_path), base_url="http://127.0.0.1:9")
    with pytest.raises(ModelDown):
        await vision.can_see()
    await vision.aclose()
