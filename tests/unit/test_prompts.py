"""The prompts folder: two languages with the same keys, edited while the assistant runs."""

import hashlib
import os
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from graph.errors import GraphError, ModelError, PromptError
from graph.prompts import FILLED, Prompts, noted, placeholders
from graph.settings import HOME

PROMPTS = HOME / "prompts"
PERSONA = "---\npurpose: Quién sos.\nvariables: tools\n---\n"
TURN = "---\npurpose: El mensaje.\nvariables: text, day, time\n---\n"


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
    assert {Path(name).stem for name in spanish} == FILLED.keys()
    assert Prompts(PROMPTS).problems() == []


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
    text = Prompts(PROMPTS).system(language)
    assert not placeholders(text)
    assert len(text) < 450 * 3.5


def test_an_edit_counts_at_the_next_message(folder: Path) -> None:
    prompts = Prompts(folder)
    before = prompts.system("es")
    assert "WasAP" in before
    edit(folder / "es" / "persona.md", f"{PERSONA}Sos un loro.\n{{tools}}\n")
    edit(folder / "es" / "messages.toml", 'model_down = "Vuelvo enseguida."\n')
    hints = prompts.text("es", "tools")
    assert prompts.system("es") == f"Sos un loro.\n{hints}"
    assert hints in before
    assert prompts.message("es", "model_down") == "Vuelvo enseguida."
    # The sentences that the edit left out stay as they were.
    assert prompts.message("es", "clear_done").startswith("Listo")


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("persona.md", b"\xff\xfe no text"),
        ("persona.md", b"   \n"),
        ("persona.md", b"Sos un loro. {tools}\n"),  # no front matter
        ("persona.md", b"---\nvariables: tools\n---\nSos un loro. {tools}\n"),  # no purpose
        ("persona.md", b"---\npurpose: x\nvariables: tools\n---\n"),  # no text
        ("persona.md", f"{PERSONA}Sos un loro.\n".encode()),
        ("persona.md", f"{PERSONA}Sos un loro. {{tools}} {{weather}}\n".encode()),
        ("persona.md", b"---\npurpose: x\nvariables:\n---\nSos un loro. {tools}\n"),
        ("persona.md", b"---\npurpose: x\nvariables: tools, y\n---\nSos un loro. {tools}\n"),
        ("messages.toml", b'model_down = "open\n'),
        ("messages.toml", b"model_down = 3\n"),
        ("messages.toml", b'model_down = "Vuelvo a las {hour}"\n'),
    ],
)
def test_a_broken_edit_keeps_the_last_good_version(folder: Path, name: str, broken: bytes) -> None:
    prompts = Prompts(folder)
    before = (prompts.system("es"), prompts.message("es", "model_down"))
    good = (folder / "es" / name).read_bytes()
    edit(folder / "es" / name, broken)
    assert (prompts.system("es"), prompts.message("es", "model_down")) == before
    [problem] = prompts.problems()
    assert problem.startswith(f"es/{name}: ")
    # So it goes after a start, too, when nobody knows the version before the edit.
    started = Prompts(folder)
    assert (started.system("es"), started.message("es", "model_down")) == before
    edit(folder / "es" / name, good)
    assert prompts.problems() == []


def test_a_file_that_is_away_keeps_the_last_good_version(folder: Path) -> None:
    prompts = Prompts(folder)
    before = prompts.system("es")
    (folder / "es" / "persona.md").unlink()
    assert prompts.system("es") == before
    assert prompts.problems() == ["es/persona.md: No such file or directory"]


def test_the_front_matter_is_not_read_by_the_model_however_the_file_was_saved(
    folder: Path,
) -> None:
    prompts = Prompts(folder)
    text = f"{TURN}{{text}}\n---\n{{day}} {{time}}\n"
    edit(folder / "es" / "turn.md", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    values = {"text": "hola", "day": "lunes", "time": "9:00"}
    assert prompts.render("es", "turn", **values) == "hola\n---\nlunes 9:00"


def test_the_version_is_what_sha256sum_says_of_the_file(folder: Path) -> None:
    prompts = Prompts(folder)
    with noted() as used:
        prompts.system("es")
    file = folder / "es" / "persona.md"
    assert used.keys() == {"es/persona", "es/tools"}
    assert hashlib.sha256(file.read_bytes()).hexdigest().startswith(used["es/persona"])
    edit(file, file.read_text(encoding="utf-8") + "Sé breve.\n")
    assert prompts.known()["es/persona"].version != used["es/persona"]


def test_a_file_that_nobody_reads_is_said(folder: Path) -> None:
    (folder / "es" / "persona.md").rename(folder / "es" / "personas.md")
    assert Prompts(folder).problems() == [
        "es/persona.md: No such file or directory",
        "es/personas.md: nothing reads it",
    ]


@pytest.mark.parametrize("edited", ["Sos un loro.\n", "{tools} {weather}\n"])
def test_the_command_fails_where_a_variable_is_missing_or_unknown(
    folder: Path, edited: str
) -> None:
    def prompts() -> Result:
        return CliRunner().invoke(cli, ["prompts", str(folder)], catch_exceptions=False)

    assert prompts().exit_code == 0
    edit(folder / "es" / "persona.md", PERSONA + edited)
    result = prompts()
    assert result.exit_code == 1
    assert "es/persona.md" in result.stderr


def test_what_the_owner_writes_is_never_read_as_a_template(folder: Path) -> None:
    edit(folder / "es" / "turn.md", f'{TURN}{{text}} | {{"json": {{day}}}} {{time}}| $5 {{}}\n')
    rendered = Prompts(folder).render("es", "turn", text="{day} {x}", day="lunes", time="9:00")
    assert rendered == '{day} {x} | {"json": lunes} 9:00| $5 {}'


def test_an_unknown_language_falls_back_to_english() -> None:
    prompts = Prompts(PROMPTS)
    assert prompts.message("fr", "clear_done") == prompts.message("en", "clear_done")


def test_a_missing_folder_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=re.escape(str(tmp_path))):
        Prompts(tmp_path)
