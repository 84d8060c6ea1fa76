"""A tool of our folder, or of another package, from where it lies to the owner's phone."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import tools
from app.toolbox import Toolbox
from store.database import Database
from tests.brain import Brain, open_brain, settings
from tests.fake_ollama import FakeOllama, tool_call
from tools.scan import find

LAMP = '''
from tools.contract import Context, Effect, tool

lit = {}

async def put_out(context, place):
    del lit[context.call_id]
    if place == "hall":
        raise OSError("canary")
    return f"Apagada otra vez: {place}"

@tool(effect=Effect.WRITE, undo=put_out)
async def light_lamp(place: str, context: Context) -> str:
    """Light a lamp.

    Args:
        place: Where it stands.
    """
    lit[context.call_id] = place
    return f"Prendida: {place}"
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Another package is installed; the lamps that it has lit."""
    about = tmp_path / "wasap_lamp-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: wasap-lamp\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[wasap.tools]\nlamp = wasap_lamp:light_lamp\n")
    (tmp_path / "wasap_lamp.py").write_text(LAMP, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    import wasap_lamp  # type: ignore[import-not-found]

    yield wasap_lamp.lit
    del sys.modules["wasap_lamp"]


@pytest.fixture
async def brain(
    ollama: FakeOllama, database: Database, tmp_path: Path, installed: dict[str, str]
) -> AsyncIterator[Brain]:
    async with Toolbox.opened(settings(ollama, tmp_path)) as opened:
        offered = await opened.offered()
    async with open_brain(ollama, database, tools=offered) as brain:
        yield brain


def told(ollama: FakeOllama) -> list[str]:
    return [tool["function"]["name"] for tool in ollama.chats[0]["tools"]]


async def test_a_tool_of_another_package_is_offered_run_and_undone(
    brain: Brain, ollama: FakeOllama, installed: dict[str, str]
) -> None:
    ollama.script(tool_call("light_lamp", place="patio"), "Hecho.")
    ollama.script(tool_call("light_lamp", place="living"), "Hecho.")
    assert await brain.say("prendé la del patio") == "Hecho."
    assert await brain.say("y la del living") == "Hecho."
    assert "light_lamp" in told(ollama)
    assert list(installed.values()) == ["patio", "living"]
    assert await brain.say("/undo") == "Apagada otra vez: living"
    assert list(installed.values()) == ["patio"]
    assert await brain.say("/deshacer") == "Apagada otra vez: patio"
    assert "No hay" in await brain.say("/deshacer")


async def test_an_undo_that_fails_is_said(
    brain: Brain, ollama: FakeOllama, installed: dict[str, str]
) -> None:
    ollama.script(tool_call("light_lamp", place="hall"), "Hecho.")
    await brain.say("prendé la del hall")
    assert await brain.say("/deshacer") == "No pude deshacer lo que hizo light_lamp."


async def test_what_was_only_asked_cannot_be_undone(brain: Brain, ollama: FakeOllama) -> None:
    ollama.script(tool_call("light_lamp", room="patio"), "No pude.")
    await brain.say("prendé la del patio")
    assert "No hay" in await brain.say("/deshacer")


def test_it_is_shown_with_the_package_it_comes_from(installed: dict[str, str]) -> None:
    [row] = [row for row in find() if row.name == "light_lamp"]
    assert row.source == "entry point: wasap-lamp"


async def test_a_file_in_our_folder_is_all_a_new_tool_needs(
    ollama: FakeOllama, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lamp.py").write_text(LAMP, encoding="utf-8")
    monkeypatch.setattr(tools, "__path__", [*tools.__path__, str(tmp_path)])
    try:
        async with Toolbox.opened(settings(ollama, tmp_path)) as opened:
            offered = await opened.offered()
        async with open_brain(ollama, database, tools=offered) as brain:
            ollama.script(tool_call("light_lamp", place="patio"), "Hecho.")
            assert await brain.say("prendé la del patio") == "Hecho."
            assert ollama.chats[-1]["messages"][-1]["content"] == "Prendida: patio"
            assert await brain.say("/deshacer") == "Apagada otra vez: patio"
    finally:
        sys.modules.pop("tools.lamp", None)
        vars(tools).pop("lamp", None)
