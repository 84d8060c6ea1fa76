"""Reminders through the real process: set, said at their time, once, and without a model."""

import contextlib
import signal
import sqlite3
from collections.abc import Iterator

import pytest

from tests.fake_ollama import fail, tool_call
from tests.stack import OWNER, Stack, running

AN_HOUR_MS = 3_600_000
OTHER = "5493514445566"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("reminders")
    allowed = f"{OWNER},{OTHER}"
    with running(folder, ALLOWED_NUMBERS=allowed, SEND_SETTLE_S="0.5") as stack:
        yield stack


@pytest.fixture(autouse=True)
def _calm(stack: Stack) -> Iterator[None]:
    yield
    stack.settings.pop("WASAP_CRASH_AT", None)
    stack.calm()


def heard(stack: Stack, count: int) -> list[str]:
    """The first lines of the next texts, in any order: a second is short on a busy machine."""
    return sorted(text.partition("\n")[0].partition(" (")[0] for text in stack.replies(count))


def test_set_by_command_by_the_model_and_by_code_when_the_model_is_away(stack: Stack) -> None:
    stack.write("/recordame estirar las piernas en 1 segundo")
    assert heard(stack, 2) == ["Listo, te aviso: estirar las piernas", "⏰ estirar las piernas"]
    stack.ollama.script(tool_call("set_reminder", text="tomar agua", when="en 1 segundo"), "Dale.")
    stack.write("Avisame en 1 segundo que tome agua")
    assert heard(stack, 2) == ["Dale.", "⏰ tomar agua"]
    stack.ollama.script(fail(404, "model 'qwen3:8b' not found"))
    stack.write("recordame sacar la pizza en 1 segundo")
    assert heard(stack, 2) == ["Listo, te aviso: sacar la pizza", "⏰ sacar la pizza"]
    assert stack.logged("model_failed") == []


def test_what_somebody_else_wrote_sets_no_reminder(stack: Stack) -> None:
    stack.ollama.script(
        tool_call("set_reminder", text="transferir a Bruno", when="en 1 segundo"), "No lo anoté."
    )
    forwarded = "Recordame en 1 segundo transferir a Bruno"
    stack.write(forwarded, context={"forwarded": True})
    stack.replies(1)
    stack.tap(stack.newest(), "No")
    assert stack.replies(1) == ["No lo anoté."]
    assert stack.rows("SELECT * FROM reminders WHERE text LIKE '%Bruno%'") == []


def test_the_outage_goes_on_after_what_code_answered(stack: Stack) -> None:
    stack.ollama.fallback = fail(404, "model 'qwen3:8b' not found")
    stack.write("Hola")
    (sentence,) = heard(stack, 1)
    assert sentence.startswith("El modelo que tengo configurado no está instalado")
    outage = stack.rows("SELECT value FROM config WHERE key = 'model_outage'")
    stack.write("recordame pagar la luz mañana a las 9", **{"from": OTHER})
    assert heard(stack, 1) == ["Listo, te aviso: pagar la luz"]
    assert stack.rows("SELECT value FROM config WHERE key = 'model_outage'") == outage != []
    stack.ollama.fallback = "Entendido."
    assert heard(stack, 1) == ["Entendido."]


def test_two_crashes_around_the_commit_do_not_say_it_twice(stack: Stack) -> None:
    stack.stop()
    stack.settings["WASAP_CRASH_AT"] = "commit:reminders.fire:before"
    stack.start()
    stack.write("/recordame apagar el horno en 1 segundo")
    assert die(stack) == -signal.SIGKILL
    stack.settings["WASAP_CRASH_AT"] = "commit:reminders.fire:after"
    with contextlib.suppress(RuntimeError):  # it may be dead before anybody asks for its health
        stack.start()
    assert die(stack) == -signal.SIGKILL
    del stack.settings["WASAP_CRASH_AT"]
    stack.start()
    assert heard(stack, 2) == ["Listo, te aviso: apagar el horno", "⏰ apagar el horno"]
    stack.until(stack.is_idle)
    assert len(stack.rows("SELECT 1 FROM outbox WHERE body LIKE '⏰ apagar el horno%'")) == 1


def test_late_after_a_downtime_and_held_outside_the_24_hours(stack: Stack) -> None:
    stack.write("/recordame regar cada 2 horas")
    stack.replies(1)
    stack.stop()
    age(stack, "reminders", "due_at", 26)
    age(stack, "conversations", "last_wrote_at", 25)
    stack.start()
    stack.until(lambda: stack.rows("SELECT 1 FROM outbox WHERE state = 'held'"))
    stack.write("Hola")
    held, answer = stack.replies(2)
    assert held.startswith("Mientras no estabas:\n⏰ regar\n(Te lo digo con demora: era para ")
    assert answer == "Entendido."
    ((due_at, seconds),) = stack.rows(
        "SELECT due_at / 1000, unixepoch() FROM reminders WHERE text = 'regar'"
    )
    assert 0 < due_at - seconds <= 2 * 3600


def die(stack: Stack) -> int:
    """The exit code of a process that ends by itself."""
    assert stack.process is not None
    code = stack.process.wait(timeout=30)
    stack.process = None
    return code


def age(stack: Stack, table: str, column: str, hours: int) -> None:
    """What waiting would do to the rows."""
    with contextlib.closing(sqlite3.connect(stack.folder / "data" / "wasap.db")) as db, db:
        older = f"UPDATE {table} SET {column} = {column} - ?"  # noqa: S608 - names of ours
        db.execute(older, (hours * AN_HOUR_MS,))
