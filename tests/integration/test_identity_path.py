"""Who is who, from the webhook to the recipient of the answer."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.simulator.config import user_id_of
from tests.fake_ollama import echo
from tests.stack import Stack

NAMELESS = "AR.150200000000001"  # known by a user id only


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    allowed = f"011 15 2222-3333, +52 55 1234 5678, 0054 9 351 555-0001, +34 600 000 001,{NAMELESS}"
    with Stack(tmp_path_factory.mktemp("identity"), ALLOWED_NUMBERS=allowed) as stack:
        stack.ollama.fallback = echo
        yield stack


@pytest.fixture
def stack(shared: Stack) -> Stack:
    shared.calm()
    return shared


def say(stack: Stack, text: str, **fields: Any) -> dict[str, Any]:
    """Somebody writes; the call that sent the answer."""
    stack.write(text, **fields)
    assert stack.replies(1) == [f"re: {text}"]
    body: dict[str, Any] = stack.sends(f"re: {text}")[-1]["body"]
    return body


def heard(stack: Stack) -> str:
    """All that the model was told in the last call."""
    return str([message["content"] for message in stack.ollama.chats[-1]["messages"][1:]])


# The list is in the owner's spelling, the webhook in Meta's, with the digit or without.
SPELLINGS = ["5491122223333", "541122223333", "5215512345678", "525512345678", "5493515550001"]


@pytest.mark.parametrize("number", SPELLINGS)
def test_the_list_is_read_in_any_spelling(stack: Stack, number: str) -> None:
    say(stack, f"soy {number}", **{"from": number})


def test_two_spellings_are_one_person(stack: Stack) -> None:
    first = say(stack, "con quince", **{"from": "5491122223333"})
    second = say(stack, "sin quince", **{"from": "541122223333"})
    assert first["to"] == second["to"]
    assert "con quince" in heard(stack)


@pytest.mark.parametrize("number", ["5491122223334", "5491199999999", "34600000002", "1"])
def test_strangers_are_not_heard(stack: Stack, number: str) -> None:
    stack.write("ajeno", **{"from": number})
    say(stack, "propio")
    assert "ajeno" not in heard(stack)
    assert not stack.rows("SELECT 1 FROM conversations WHERE send_to = ?", number)


def test_somebody_who_hides_their_number_later_is_still_known(stack: Stack) -> None:
    mexican = "5215512345678"
    say(stack, "me llamo Frida", **{"from": mexican})
    answer = say(stack, "sin número", **{"from": mexican}, hide_number=True)
    assert "me llamo Frida" in heard(stack)
    assert answer["to"].endswith("5512345678")


def test_a_new_user_id_moves_the_conversation(stack: Stack) -> None:
    number, new_id = "5493515550001", "AR.77"
    say(stack, "antes", **{"from": number})
    system = {
        "type": "user_changed_user_id",
        "previous_user_id": user_id_of(number),
        "user_id": new_id,
    }
    event = {"id": "wamid.newid", "timestamp": "1795400000", "type": "system", "system": system}
    stack.webhook(messages=[event])
    hidden = {"from": number, "hide_number": True, "message": {"from_user_id": new_id}}
    say(stack, "después", **hidden)
    assert "antes" in heard(stack)


def test_a_new_number_moves_the_conversation(stack: Stack) -> None:
    old, new = "34600000001", "34600000099"
    say(stack, "desde el viejo", **{"from": old})
    stack.write("", type="system", **{"from": old}, message={"system": changed_to(new)})
    answer = say(stack, "desde el nuevo", **{"from": new})  # which is not on the list
    assert "desde el viejo" in heard(stack)
    assert answer["to"] == f"+{new}"


def changed_to(number: str) -> dict[str, str]:
    return {"type": "user_changed_number", "body": "User changed", "wa_id": number}


def test_somebody_without_a_phone(stack: Stack) -> None:
    nameless = {"from": "34999", "hide_number": True, "message": {"from_user_id": NAMELESS}}
    answer = say(stack, "sin teléfono", **nameless)
    assert answer["recipient"] == NAMELESS
    assert "to" not in answer
    # The number shows one day: it is the same person, and known by it from then on.
    number = "34700000007"
    say(stack, "con teléfono", **{"from": number}, message={"from_user_id": NAMELESS})
    assert "sin teléfono" in heard(stack)
    say(stack, "otra vez", **{"from": number}, message={"from_user_id": ""})
    assert "sin teléfono" in heard(stack)
