"""A conversation that goes quiet is in the diary, and the diary is recalled by day."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.settings import HOME
from tests.fake_ollama import Answer, Json, say
from tests.stack import Stack

ENTRY = "Carla contó que en enero viaja a Salta con Bruno."


def is_for_the_diary(body: Json) -> bool:
    return "entrada de diario" in body["messages"][-1]["content"]


def ask(stack: Stack, text: str) -> str:
    before = len(stack.answers(0))
    stack.write(text)
    return stack.answers(before + 1)[-1]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path, DIARY_AFTER_S="1") as running:
        running.ollama.fallback = lambda body: ENTRY if is_for_the_diary(body) else "Entendido."
        yield running


def test_what_was_said_is_found_by_its_day(stack: Stack) -> None:
    assert "Todavía" in ask(stack, "/diario")
    ask(stack, "en enero me voy a Salta")
    ask(stack, "voy con Bruno")
    stack.until(lambda: stack.logged("diary_written"))
    told = next(filter(is_for_the_diary, stack.ollama.chats))
    assert "> en enero me voy a Salta" in told["messages"][-1]["content"]
    listed = ask(stack, "/diario")
    assert ENTRY in listed
    assert "Todavía" in ask(stack, "/memorias")  # it has its own list
    ask(stack, "/limpiar")
    ask(stack, "¿Qué hablamos hoy?")
    assert ENTRY.rstrip(".") in stack.ollama.chats[-1]["messages"][-1]["content"]
    number = listed.splitlines()[1].partition(".")[0]
    assert "olvidé" in ask(stack, f"/olvidar {number}")
    assert "Todavía" in ask(stack, "/diario")


def test_it_waits_for_nobody_and_nobody_waits_for_it(stack: Stack) -> None:
    """A message in the middle of an entry is answered; the entry comes when it is quiet again."""
    written = threading.Event()

    def answer(body: Json) -> Answer:
        return say(ENTRY, hold=written) if is_for_the_diary(body) else say("Entendido.")

    stack.ollama.fallback = answer
    ask(stack, "en enero me voy a Salta")
    ask(stack, "voy con Bruno")
    stack.ollama.wait_for_chats(3)  # the entry has begun
    assert ask(stack, "¿qué llevo?") == "Entendido."
    assert not stack.logged("diary_written")
    written.set()
    stack.until(lambda: stack.logged("diary_written"))
    told = list(filter(is_for_the_diary, stack.ollama.chats))[-1]
    assert "> ¿qué llevo?" in told["messages"][-1]["content"]


def test_a_broken_prompt_ends_no_diary(tmp_path: Path) -> None:
    """What was broken before the start is written with the prompt that we ship."""
    prompts = shutil.copytree(HOME / "prompts", tmp_path / "prompts")
    path = prompts / "es" / "diary.md"
    path.write_text(path.read_text("utf-8") + "{nobody_fills_this}", "utf-8")
    with Stack(tmp_path, DIARY_AFTER_S="0.2", PROMPTS_DIR=str(prompts)) as stack:
        stack.ollama.fallback = lambda body: ENTRY if is_for_the_diary(body) else "Entendido."
        ask(stack, "en enero me voy a Salta")
        ask(stack, "voy con Bruno")
        stack.until(lambda: stack.logged("diary_written"))
        for asked in filter(is_for_the_diary, stack.ollama.chats):
            assert "nobody_fills_this" not in asked["messages"][-1]["content"]


def test_only_greetings_make_no_entry(stack: Stack) -> None:
    stack.ollama.fallback = lambda body: "-" if is_for_the_diary(body) else "¡Hola!"
    ask(stack, "hola")
    ask(stack, "buenas")
    stack.until(lambda: stack.logged("diary_written"))
    assert "Todavía" in ask(stack, "/diario")
