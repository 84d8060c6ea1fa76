"""The prompts folder: two languages with the same keys, edited while the assistant runs."""

import os
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from graph.errors import GraphError, ModelError, PromptError
from graph.prompts import Prompts, placeholders
from graph.settings import HOME

PROMPTS = HOME / "prompts"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))


def edit(path: Path, text: str | bytes) -> None:
    """Write a file with a new modification time, even within one tick of the clock."""
    before = path.stat().st_mtime_ns
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


def sentences(language: str) -> dict[str, str]:
    return tomllib.loads((PROMPTS / language / "messages.toml").read_text(encoding="utf-8"))


def test_both_languages_say_the_same_things() -> None:
    spanish, english = sentences("es"), sentences("en")
    assert spanish.keys() == english.keys()
    for key, sentence in spanish.items():
        assert placeholders(sentence) == placeholders(english[key]), key


def test_what_the_tools_of_the_house_refuse_has_a_sentence() -> None:
    raised = re.compile(r'(?:ToolError|BadArgument|Refused)\(\s*"([a-z_]+)"')
    keys = {
        key
        for folder in ("tools", "graph/nodes")
        for path in (HOME / folder).glob("*.py")
        for key in raised.findall(path.read_text(encoding="utf-8"))
    }
    assert {"calculator_too_big", "tool_timeout"} <= keys <= sentences("es").keys()


def test_both_languages_have_the_same_prompts() -> None:
    spanish = {path.name: path for path in (PROMPTS / "es").glob("*.md")}
    english = {path.name: path for path in (PROMPTS / "en").glob("*.md")}
    assert spanish.keys() == english.keys()
    for name, path in spanish.items():
        here = placeholders(path.read_text(encoding="utf-8"))
        assert here == placeholders(english[name].read_text(encoding="utf-8")), name


def model_errors(parent: type[GraphError] = ModelError) -> list[type[ModelError]]:
    return [
        found
        for child in parent.__subclasses__()
        if issubclass(child, ModelError)
        for found in (child, *model_errors(child))
    ]


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_model_error_has_a_sentence(language: str) -> None:
    prompts = Prompts(PROMPTS)
    assert len({prompts.message(language, error.kind) for error in model_errors()}) == 7


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_system_prompt_never_changes_by_itself(language: str) -> None:
    """A date, a name or a memory in front would make the model read everything again."""
    text = Prompts(PROMPTS).text(language, "system")
    assert not placeholders(text)
    assert len(text) < 450 * 3.5


def test_an_edit_counts_at_the_next_message(folder: Path) -> None:
    prompts = Prompts(folder)
    assert "WasAP" in prompts.text("es", "system")
    edit(folder / "es" / "system.md", "Sos un loro.\n")
    edit(folder / "es" / "messages.toml", 'model_down = "Vuelvo enseguida."\n')
    assert prompts.text("es", "system") == "Sos un loro."
    assert prompts.message("es", "model_down") == "Vuelvo enseguida."
    # The sentences that the edit left out stay as they were.
    assert prompts.message("es", "clear_done").startswith("Listo")


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("system.md", b"\xff\xfe no text"),
        ("system.md", b"   \n"),
        ("messages.toml", b'model_down = "open\n'),
        ("messages.toml", b"model_down = 3\n"),
        ("messages.toml", b'model_down = "Vuelvo a las {hour}"\n'),
    ],
)
def test_a_broken_edit_keeps_the_last_good_version(folder: Path, name: str, broken: bytes) -> None:
    prompts = Prompts(folder)
    before = (prompts.text("es", "system"), prompts.message("es", "model_down"))
    edit(folder / "es" / name, broken)
    assert (prompts.text("es", "system"), prompts.message("es", "model_down")) == before


def test_a_template_with_a_brace_nobody_fills_keeps_the_last_good_version(folder: Path) -> None:
    prompts = Prompts(folder)
    values = {"text": "hola", "day": "lunes", "time": "9:00"}
    before = prompts.render("es", "turn", **values)
    edit(folder / "es" / "turn.md", "{text} {weather}\n")
    assert prompts.render("es", "turn", **values) == before
    edit(folder / "es" / "turn.md", "{day}: {text}\n")
    assert prompts.render("es", "turn", **values) == "lunes: hola"


def test_what_the_owner_writes_is_never_read_as_a_template(folder: Path) -> None:
    edit(folder / "es" / "turn.md", '{text} | {"json": {day}} | $5 {}\n')
    rendered = Prompts(folder).render("es", "turn", text="{day} {x}", day="lunes", time="9:00")
    assert rendered == '{day} {x} | {"json": lunes} | $5 {}'


def test_an_unknown_language_falls_back_to_english() -> None:
    prompts = Prompts(PROMPTS)
    assert prompts.message("fr", "clear_done") == prompts.message("en", "clear_done")


def test_a_missing_folder_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=re.escape(str(tmp_path))):
        Prompts(tmp_path)
