"""What the owner thought of an answer is kept with it, goes with it, and becomes a case."""

import asyncio
import sqlite3
import stat
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.evals.own_cases import append
from store import feedback, history, outbox
from store.conversations import ensure_thread
from store.database import Database
from store.erasure import Erasures
from store.export import Exports
from store.feedback import FeedbackStore
from store.ledger import Ledger
from tests.brain import OWNER, Brain


async def talk(database: Database, *exchanges: tuple[str, str]) -> int:
    """Turns that were answered; the answer to turn-1 is the message ours-1."""

    def job(db: sqlite3.Connection) -> int:
        owner = ensure_thread(db, OWNER)
        for number, (said, reply) in enumerate(exchanges, 1):
            turn = f"turn-{number}"
            history.add(db, owner, role="user", content=said, turn_id=turn)
            history.add(db, owner, role="assistant", content=reply, turn_id=turn)
            outbox.add(db, owner, outbox.OF_TURN + turn, [reply])
            db.execute(
                "UPDATE outbox SET wa_id = ? WHERE key = ?", (f"ours-{number}", f"turn:{turn}")
            )
        return owner

    return await database.write("test", job)


async def react(database: Database, owner: int, wa_id: str, emoji: str) -> None:
    await database.write("test", lambda db: feedback.set_reaction(db, owner, wa_id, emoji))


async def waiting(database: Database) -> list[tuple[str, str, str]]:
    """The answer, the emoji and the words of each."""
    found = await FeedbackStore(database).waiting()
    return [(one.exchanges[-1].reply, one.emoji, one.text) for one in found]


async def test_a_comment_is_about_the_newest_answer_and_is_kept_with_its_reaction(
    brain: Brain, database: Database
) -> None:
    assert "👎" in await brain.say("/comentario")
    assert "mal" not in await brain.say("/comentario mal")  # there was no answer yet
    assert await waiting(database) == []
    owner = await talk(database, ("hola", "¡Hola!"), ("¿cuánto es 2 + 2?", "Son 5."))
    assert "son 4" in await brain.say("/comentario son 4")
    await react(database, owner, "ours-2", "👎")
    await react(database, owner, "ours-1", "👍")
    await react(database, owner, "somebody-elses", "👎")
    assert await waiting(database) == [("Son 5.", "👎", "son 4"), ("¡Hola!", "👍", "")]
    await react(database, owner, "ours-1", "")  # taken back
    await react(database, owner, "ours-2", "")
    assert await waiting(database) == [("Son 5.", "", "son 4")]


async def test_it_goes_with_what_it_is_about(database: Database) -> None:
    await talk(database, ("hola", "¡Hola!"))
    ledger, exports = Ledger(database), Exports(database)

    async def kept() -> list[object]:
        return [row["text"] for row in (await exports.everything(OWNER)).tables["reactions"]]

    assert await ledger.comment(OWNER, "dice zanahorio")
    await Erasures(database).redact(OWNER, "x", lambda text: text.replace("zanahorio", ""))
    assert await kept() == ["dice "]
    await ledger.clear(OWNER)
    assert await kept() == []
    await talk(database, ("hola", "¡Hola!"))
    assert await ledger.comment(OWNER, "dice zanahorio")
    await Erasures(database).everything(OWNER, "x")
    assert await kept() == []


@pytest.fixture
def answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """DATA_DIR with a talk of two turns, of which the second got a 👎."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("OWNER_LANGUAGE", "es")

    async def prepare() -> None:
        database = Database(tmp_path / "data" / "wasap.db")
        await database.open()
        owner = await talk(
            database,
            ("¿qué me falta para el guiso?", "Te falta leche."),
            ('agregala a la lista del "súper"\n', "No puedo."),
        )
        await react(database, owner, "ours-2", "👎")
        await database.close()

    asyncio.run(prepare())
    return tmp_path / "data"


def add(*lines: str) -> str:
    """What the terminal shows when these lines are typed."""
    result = CliRunner().invoke(
        cli, ["eval", "add", "--from-feedback"], input="\n".join([*lines, ""])
    )
    return result.stdout


def test_the_right_answer_is_asked_for_and_becomes_a_case(answered: Path) -> None:
    shown = add(
        "y", "1", "list_ad", "list_add", "súper", "leche,pan", "leche | la leche; listo", "no puedo"
    )
    assert "👎" in shown
    assert "No puedo." in shown
    assert "There is no tool list_ad" in shown
    file = answered / "evals" / "own.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [case] = tomllib.loads(file.read_text("utf-8"))["case"]
    assert case == {
        "id": "es-own-agregala-a-la-lista-del",
        "half": "tuning",
        "language": "es",
        "area": "tools",
        "turns": [
            {"say": "¿qué me falta para el guiso?"},
            {
                "say": 'agregala a la lista del "súper"\n',
                "tool": "list_add",
                "arguments": {"list": ["súper"], "items": ["leche", "pan"]},
                "contains": ["leche|la leche", "listo"],
                "lacks": ["no puedo"],
            },
        ],
    }
    assert "comment: 0." in add()  # nobody is asked twice


def test_what_is_passed_over_is_no_case_and_is_not_asked_again(answered: Path) -> None:
    assert "Passed over." in add("n")
    assert "comment: 0." in add()
    assert not (answered / "evals").exists()


def test_stopped_at_a_question_it_is_asked_again(answered: Path) -> None:
    add("y", "0")  # and the terminal is gone
    assert "👎" in add("n")


def test_no_tool_may_be_called_is_something_to_be_wrong_about(answered: Path) -> None:
    add("y", "0", "-", "", "")
    [case] = tomllib.loads((answered / "evals" / "own.toml").read_text("utf-8"))["case"]
    assert (case["area"], case["turns"][0]["tool"]) == ("chat", "")


def test_cases_are_added_to_those_there_are(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    row = {"language": "es", "turns": [{"say": "hola\x7f\t{x}", "arguments": {"a b": 2.5}}]}
    ids = [append(file, row) for _ in range(3)]
    assert ids == ["es-own-hola-x", "es-own-hola-x-2", "es-own-hola-x-3"]
    cases = tomllib.loads(file.read_text("utf-8"))["case"]
    assert cases == [{"id": one, **row} for one in ids]
