"""`wasap replay`: a talk of an export once more, its answers beside those of then."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.errors import WasapError
from tests.fake_ollama import FakeOllama, tool_call


def row(role: str, content: str, minute: int) -> dict[str, str]:
    return {"role": role, "content": content, "created_at": f"2026-11-24T13:{minute:02}:00+00:00"}


def memory(content: str, minute: int, ended: str | None = None) -> dict[str, Any]:
    return {**row("", content, minute), "superseded_at": ended}


EXPORT = {
    "conversation": [
        row("user", "recordame pagar la luz mañana a las 9", 10),
        row("assistant", "Listo, te aviso.", 11),
        row("assistant", "⏰ regar", 12),
        row("user", "/memorias", 13),
        row("assistant", "Esto es lo que recuerdo:", 14),
        row("user", "hola", 20),
        row("user", "qué tal?", 20),
        row("assistant", "¡Bien!", 21),
        row("user", "y esto?", 30),
    ],
    "memories": [
        memory("soy celíaco", 1),
        memory("vivo en Córdoba", 2, "2026-11-24T13:03:00+00:00"),
        memory("juego al tenis", 25),
    ],
}


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "wasap.json"
    file.write_text(json.dumps(EXPORT), encoding="utf-8")
    return file


def replay(ollama: FakeOllama, *arguments: str) -> str:
    env = {
        "OLLAMA_BASE_URL": ollama.url,
        "OLLAMA_WARM_UP": "false",
        "DATA_DIR": "data",
        "COLUMNS": "160",
    }
    result = CliRunner().invoke(cli, ["replay", *arguments], env=env, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_answers_of_then_and_of_now_stand_side_by_side(
    ollama: FakeOllama, export: Path, tmp_path: Path
) -> None:
    ollama.models["other:1b"] = ("completion", "tools")
    remind = tool_call("set_reminder", text="pagar la luz", when="mañana a las 9")
    small = ("Bueno.", "no sé", "Ahora no puedo.", "Acá andamos.")  # asked for the call, then again
    ollama.script(remind, "Dale.", "Todo bien por acá.", *small)
    shown = replay(ollama, str(export), "--model", "qwen3:8b", "--model", "other:1b")
    assert re.search(r"you\s+┃\s+then\s+┃\s+qwen3:8b\s+┃\s+other:1b", shown)
    assert re.search(r"hola\s+│\s+¡Bien!\s+│\s+Todo bien por acá\.\s+│\s+Acá andamos\.", shown)
    assert "mié 25 nov, 9:00" in shown or "25 nov" in shown  # counted from when it was written
    assert "⏰" not in shown
    assert "memorias" not in shown
    assert "y esto?" not in shown
    [page] = (tmp_path / "data" / "evals").glob("replay-*.html")
    assert "Todo bien por acá." in page.read_text(encoding="utf-8")


def test_it_knows_what_was_remembered_before_it_began(ollama: FakeOllama, export: Path) -> None:
    replay(ollama, str(export), "--last", "1")
    [chat] = ollama.chats
    told = chat["messages"][-1]["content"]
    assert "hola\nqué tal?" in told
    assert "soy celíaco" in told
    assert "Córdoba" not in told
    assert "tenis" not in told


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"conversation": 5}'])
def test_a_file_that_is_no_export_is_said(ollama: FakeOllama, export: Path, text: str) -> None:
    export.write_text(text, encoding="utf-8")
    with pytest.raises(WasapError, match="is no export"):
        replay(ollama, str(export))
    assert not ollama.calls
