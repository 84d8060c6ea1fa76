"""What the assistant was told outlives the graph's own file."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.brain import PUT_OFF_MOST
from tests.fake_ollama import Answer, Json, say
from tests.stack import Stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path) as running:
        yield running


def talk(stack: Stack, turns: int) -> None:
    """So many turns; the last of more than twenty brings a summary."""
    for turn in range(turns):
        before = len(stack.answers(0))
        stack.write(f"mensaje {turn}")
        stack.answers(before + 1)


def throw_away(stack: Stack) -> None:
    for path in (stack.folder / "data").glob("checkpoints.db*"):
        path.unlink()


def told(stack: Stack) -> str:
    """All the model was told in the newest call."""
    return "\n".join(message["content"] for message in stack.ollama.chats[-1]["messages"])


def test_checkpoints_thrown_away_lose_nothing(stack: Stack) -> None:
    stack.ollama.fallback = lambda body: (
        "Se llama Carla." if "resumen" in body["messages"][-1]["content"] else "Entendido."
    )
    talk(stack, 21)
    # It would give way to the next message and keep other turns.
    stack.until(lambda: stack.rows("SELECT 1 FROM conversations WHERE summary <> ''"))
    talk(stack, 2)
    stack.stop()
    throw_away(stack)
    stack.start()
    talk(stack, 1)
    everything = told(stack)
    assert "Se llama Carla." in everything
    assert "mensaje 1\n" in everything  # of the two after the summary
    assert "mensaje 15" in everything
    assert "mensaje 14" not in everything  # in the summary


def test_rebuild_makes_the_threads_again(stack: Stack) -> None:
    talk(stack, 2)
    refused = stack.wasap("rebuild")
    assert refused.returncode == 1
    assert "in use" in refused.stderr
    stack.stop()
    throw_away(stack)
    done = stack.wasap("rebuild")
    assert done.stdout == "1 threads made again, with 4 messages.\n"
    stack.start()
    talk(stack, 1)
    assert "mensaje 1" in told(stack)


def test_the_model_reads_the_front_before_anybody_writes(tmp_path: Path) -> None:
    with Stack(tmp_path, OLLAMA_WARM_UP="true") as stack:
        stack.ollama.wait_for_chats(1)
        talk(stack, 1)
        front, asked = stack.ollama.chats
        assert asked["messages"][0] == front["messages"][0]
        assert asked["tools"] == front["tools"]


def test_the_next_message_does_not_wait_for_a_summary_but_the_summary_comes(stack: Stack) -> None:
    done = threading.Event()

    def answer(body: Json) -> Answer:
        if "resumen" in body["messages"][-1]["content"]:
            return say("Se llama Carla.", hold=done)
        return say("Entendido.")

    stack.ollama.fallback = answer
    talk(stack, 21)
    for turn in range(PUT_OFF_MOST):
        stack.ollama.wait_for_chats(22 + 2 * turn)  # the summary has begun
        talk(stack, 1)
    calls = 22 + 2 * PUT_OFF_MOST
    stack.ollama.wait_for_chats(calls)
    stack.write("¿y ahora?")  # waits: this summary is not put off
    done.set()
    stack.answers(21 + PUT_OFF_MOST + 1)
    assert "Se llama Carla." in told(stack)
    assert len(stack.ollama.chats) == calls + 1
