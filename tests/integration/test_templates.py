"""Reminders due when the owner has not written for 24 hours, through the real process."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack import OWNER, Stack, running

PEOPLE = [f"54911555500{number:02}" for number in range(6)]  # one a test: their 24 hours are over
WHILE_AWAY = "Mientras no estabas:"
FIX = "WHATSAPP_REMINDER_TEMPLATE"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(
        tmp_path_factory.mktemp("templates"),
        ALLOWED_NUMBERS=",".join([OWNER, *PEOPLE]),
        WHATSAPP_REMINDER_TEMPLATE="aviso:es_AR",
        SEND_SETTLE_S="1.5",
        SEND_RETRY_S="0.6",
    ) as stack:
        yield stack


@pytest.fixture
def stack(shared: Stack) -> Stack:
    shared.calm()
    return shared


def remind(stack: Stack, person: str, text: str) -> None:
    """A reminder that is due in seconds, set by a message of 25 hours ago."""
    sent_at = int(time.time()) - 25 * 3600
    command = f"/recordame {text} en {25 * 3600 + 2} segundos"
    stack.write(command, **{"from": person}, timestamp=sent_at)


def templates(stack: Stack, text: str) -> list[dict[str, Any]]:
    """The calls that tried to send a template with this text in it, with their answers' status."""
    calls = [call for call in stack.graph_calls() if call["body"].get("type") == "template"]
    return [call for call in calls if text in str(call["body"])]


def given(stack: Stack, person: str, count: int) -> list[str]:
    """What a person is told once they write again."""
    stack.write("Hola", **{"from": person})
    return stack.replies(count)


def test_it_goes_out_as_the_template_and_what_is_held_stays_held(stack: Stack) -> None:
    person = PEOPLE[0]
    remind(stack, person, "regar")
    assert stack.replies(1) == ["regar"]
    sent = stack.newest()["message"]
    assert (sent["type"], sent["template"]["name"]) == ("template", "aviso")
    assert sent["template"]["language"] == {"code": "es_AR"}
    stack.until(lambda: not stack.health()["outbox"])
    assert stack.health()["status"] == "ok"
    receipt, answer = given(stack, person, 2)
    assert receipt.startswith(WHILE_AWAY)
    assert "Listo, te aviso: regar" in receipt
    assert "te llega igual, con la plantilla de WhatsApp" in receipt
    assert answer == "Entendido."
    assert len(templates(stack, "regar")) == 1


def test_within_the_24_hours_it_is_a_text(stack: Stack) -> None:
    stack.write("/recordame estirar en 1 segundo")
    assert "⏰ estirar" in stack.replies(2)
    assert templates(stack, "estirar") == []


# Refused by the response, or by a status after it was accepted; the last is about this message.
FOR_GOOD = [
    {"code": 132001},
    {"kind": "failed_status", "code": 132015},
    {"code": 131026},
    {"kind": "failed_status", "code": 131049},
]


@pytest.mark.parametrize(("person", "fault"), list(zip(PEOPLE[1:5], FOR_GOOD, strict=True)))
def test_what_the_template_does_not_bring_waits_for_the_next_message(
    stack: Stack, person: str, fault: dict[str, Any]
) -> None:
    stack.fault(**fault)
    text = f"llamar a {person}"
    remind(stack, person, text)
    held = "SELECT 1 FROM outbox WHERE state = 'held' AND body LIKE '⏰ ' || ? || '%'"
    stack.until(lambda: stack.rows(held, text))
    of_template = fault["code"] in range(132000, 133000)
    stack.until(
        lambda: [one["setting"] for one in stack.health()["problems"]] == [FIX][:of_template]
    )
    if fault.get("kind"):
        stack.replies(1)  # it is on the stand-in's list, and did not reach the phone
    *_, reminder, answer = given(stack, person, 3)
    assert reminder.startswith(f"⏰ {text}\n(Te lo digo con demora: era para ")
    assert answer == "Entendido."
    assert len(templates(stack, text)) == 1
    # A template that is taken ends the alarm.
    remind(stack, PEOPLE[5], f"avisar por {person}")
    assert stack.replies(1) == [f"avisar por {person}"]
    stack.until(lambda: stack.health()["status"] == "ok")


def test_an_unknown_outcome_is_settled_by_its_status(stack: Stack) -> None:
    stack.fault(kind="close", accept=True)
    remind(stack, PEOPLE[5], "cerrar el gas")
    assert stack.replies(1) == ["cerrar el gas"]
    stack.until(lambda: not stack.health()["outbox"])
    assert len(templates(stack, "cerrar el gas")) == 1
