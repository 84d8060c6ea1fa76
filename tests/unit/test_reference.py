"""The pages of docs/: what is made from the code is as the code has it, and the twins are twins."""

import re
import tomllib
from pathlib import Path

import pytest

from app.reference.__main__ import DOCS, main
from app.reference.privacy import TEXTS, Undescribed, databases
from app.setup.wizard import QUESTIONS
from graph.settings import HOME

MADE = re.compile(r"<!-- made: (.*?) -->")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|srcset)=\"([^\"]+)\"")
PAGES = [*HOME.glob("*.md"), *DOCS.glob("*.md")]


def test_every_page_is_as_the_code_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_a_stale_page_is_shown_and_then_made_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, stale = (
        tmp_path / "page.es.md",
        "A\n<!-- made: findings clock_off -->\nold\n<!-- end -->\nB\n",
    )
    page.write_text(stale)
    assert main(["--check"], tmp_path) == 1
    assert "-old" in capsys.readouterr().out
    assert page.read_text() == stale
    assert main([], tmp_path) == 0
    assert "| El reloj de esta máquina difiere … minutos" in page.read_text()
    assert main(["--check"], tmp_path) == 0


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"pets": ("id",)}, id="a new table"),
        pytest.param({"notes": ("id", "colour")}, id="a new column"),
        pytest.param({}, id="a table that is gone"),
    ],
)
def test_what_the_privacy_page_does_not_tell_is_an_error(
    schema: dict[str, tuple[str, ...]],
) -> None:
    about = {"en": "", "es": "", "columns": [{"names": ["id"], "kept": "k", "en": "", "es": ""}]}
    texts = {"kept": {"k": {"en": "a day", "es": "un día"}}, "tables": {"notes": about}}
    assert "a day" in databases({"wasap.db": {"notes": ("id",)}}, texts, "en")
    with pytest.raises(Undescribed):
        databases({"wasap.db": schema}, texts, "en")


def test_every_sentence_on_how_long_is_used() -> None:
    texts = tomllib.loads(TEXTS.read_text("utf-8"))
    parts = [part for about in texts["tables"].values() for part in about["columns"]]
    assert {part["kept"] for part in [*parts, *texts["files"]]} == texts["kept"].keys()


@pytest.mark.parametrize("spanish", sorted(DOCS.glob("*.es.md")), ids=lambda path: path.name)
def test_twins_have_the_same_parts(spanish: Path) -> None:
    pages = [spanish, spanish.with_name(spanish.name.replace(".es.md", ".md"))]
    texts = [page.read_text("utf-8") for page in pages]
    parts, sections, rows = zip(
        *((MADE.findall(one), one.count("\n#"), one.count("\n|")) for one in texts), strict=True
    )
    assert parts[0] == parts[1]
    assert sections[0] == sections[1]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("name", ["setup-meta.md", "setup-meta.es.md"])
def test_the_guide_asks_what_setup_asks_in_its_order(name: str) -> None:
    text = (DOCS / name).read_text("utf-8")
    found = re.findall(r"^\| (\d) \|.*\| `(\w+)` \|$", text, re.MULTILINE)
    assert found == [(str(place), one.name) for place, one in enumerate(QUESTIONS, 1)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in filter(None, (one or two for one, two in LINK.findall(page.read_text("utf-8")))):
        assert (page.parent / target).exists(), target
