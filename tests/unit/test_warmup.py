"""The front of the prompt is read before the first message, and again when the model was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from app.warmup import Warmup
from tests.brain import Brain
from tests.fake_ollama import DEFAULT_CAPABILITIES, FakeOllama


@asynccontextmanager
async def warmed(brain: Brain) -> AsyncIterator[None]:
    warmup = Warmup(brain.services, "es", look_s=0.01)
    warmup.start()
    try:
        yield
    finally:
        await warmup.stop()


async def chats(ollama: FakeOllama, count: int) -> None:
    await asyncio.to_thread(ollama.wait_for_chats, count)


async def looks(ollama: FakeOllama, more: int) -> None:
    """Until /api/ps was asked `more` times again."""
    await asyncio.to_thread(ollama.wait_for, "/api/ps", len(ollama.bodies("/api/ps")) + more)


async def test_the_first_prompt_begins_with_what_was_read(brain: Brain) -> None:
    async with warmed(brain):
        await chats(brain.ollama, 1)
    await brain.say("Hola")
    read, asked = brain.chats
    assert asked["messages"][0] == read["messages"][0]
    assert asked["tools"] == read["tools"]
    assert [one["role"] for one in read["messages"]] == ["system"]
    # Nothing that would make Ollama load the model again, and no answer that nobody reads.
    assert read["options"]["num_ctx"] == asked["options"]["num_ctx"]
    assert read["keep_alive"] == asked["keep_alive"]
    assert read["options"]["num_predict"] == 1


async def test_a_model_that_was_thrown_out_is_read_to_again(brain: Brain) -> None:
    async with warmed(brain):
        await chats(brain.ollama, 1)
        await looks(brain.ollama, 2)
        brain.ollama.loaded.clear()
        await chats(brain.ollama, 2)


async def test_a_model_that_left_because_nobody_wrote_stays_away(brain: Brain) -> None:
    async with warmed(brain):
        await chats(brain.ollama, 1)
        brain.ollama.loaded["qwen3:8b"] = datetime.now(UTC) + timedelta(seconds=5)
        await looks(brain.ollama, 2)
        brain.ollama.loaded.clear()
        await looks(brain.ollama, 3)
        assert len(brain.chats) == 1


async def test_it_is_tried_until_it_works(brain: Brain) -> None:
    brain.ollama.models.clear()  # not pulled yet
    async with warmed(brain):
        await looks(brain.ollama, 3)
        brain.ollama.models["qwen3:8b"] = DEFAULT_CAPABILITIES
        tried = len(brain.chats)
        await chats(brain.ollama, tried + 1)
        await looks(brain.ollama, 3)
    assert brain.ollama.loaded
