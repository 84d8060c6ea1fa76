"""What becomes of an answer when Meta does not simply take it."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_ollama import echo
from tests.stack import OWNER, Stack

FRIEND = "5491155550001"
MEXICAN = "5215512345678"
WHILE_AWAY = "Mientras no estabas:"
UNDELIVERED = "(Tu respuesta anterior no me llegó: WhatsApp no la entregó.)"
SETTLE_S = 1.5


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(
        tmp_path_factory.mktemp("sending"),
        ALLOWED_NUMBERS=f"{OWNER},{FRIEND},{MEXICAN}",
        SEND_SETTLE_S=str(SETTLE_S),
        SEND_RETRY_S="0.6",
    ) as stack:
        stack.ollama.fallback = echo
        yield stack


@pytest.fixture
def stack(shared: Stack) -> Stack:
    shared.calm()
    return shared


# Faults of the next sends; the answer comes once all the same.
PASSING: dict[str, list[dict[str, Any]]] = {
    "busy": [{"code": 131016, "status": 503}],
    "a proxy's page, then an odd body": [
        {"kind": "html", "status": 502},
        {"status": 500, "body": []},
    ],
}


@pytest.mark.parametrize("faults", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_until_it_works(stack: Stack, faults: list[dict[str, Any]]) -> None:
    for fault in faults:
        stack.fault(**fault)
    stack.write(f"hola {faults}")
    stack.write("y después")
    assert stack.replies(2) == [f"re: hola {faults}", "re: y después"]
    assert len(stack.sends(f"re: hola {faults}")) == len(faults) + 1


def test_retry_after_is_honoured(stack: Stack) -> None:
    before = len(stack.logged("send_retry"))
    stack.fault(code=130429, status=429, retry_after_s=2)
    stack.write("sin apuro")
    stack.replies(1)
    (retry,) = stack.logged("send_retry")[before:]
    assert (retry["outcome"], retry["code"], retry["in_s"]) == ("retry", 130429, 2)


def test_too_much_for_one_person_delays_nobody_else(stack: Stack) -> None:
    before = len(stack.logged("send_retry"))
    stack.fault(code=131056)
    stack.write("para mí")
    stack.until(lambda: len(stack.logged("send_retry")) > before)
    stack.write("para otro", **{"from": FRIEND})
    assert stack.replies(2) == ["re: para otro", "re: para mí"]


# Code, HTTP status, and the setting that /health names.
OPERATOR = [
    (190, 401, "WHATSAPP_ACCESS_TOKEN"),
    (131005, 403, "WHATSAPP_ACCESS_TOKEN"),
    (131030, 400, "ALLOWED_NUMBERS"),
    (131042, 400, "WHATSAPP_WABA_ID"),
    (133010, 400, "WHATSAPP_PHONE_NUMBER_ID"),
]


@pytest.mark.parametrize(("code", "status", "setting"), OPERATOR)
def test_what_only_the_owner_can_fix_turns_health_red(
    stack: Stack, code: int, status: int, setting: str
) -> None:
    stack.fault(code=code, status=status, times=1000)
    stack.write(f"pese a {code}")
    red = stack.until(lambda: (health := stack.health())["status"] == "red" and health)
    assert red["http"] == 503
    (problem,) = red["problems"]
    assert (problem["code"], problem["setting"]) == (code, setting)
    assert problem["fix"]
    stack.clear_faults()
    assert stack.replies(1) == [f"re: pese a {code}"]
    stack.until(lambda: stack.health()["status"] == "ok")
    assert stack.health()["problems"] == []


def test_payment_trouble_that_comes_by_status_turns_health_red_until_something_arrives(
    stack: Stack,
) -> None:
    stack.fault(kind="failed_status", code=131042, times=2)
    stack.write("¿sin pagar?")
    red = stack.until(lambda: (health := stack.health())["status"] == "red" and health)
    assert [problem["setting"] for problem in red["problems"]] == ["WHATSAPP_WABA_ID"]
    # Each try is on the stand-in's list; only the last one reached the phone.
    assert stack.replies(3) == ["re: ¿sin pagar?"] * 3
    stack.until(lambda: stack.health()["status"] == "ok")


# Refused by the response, or by a status after it was accepted.
FOR_GOOD = [
    {"code": 131026},
    {"code": 100},
    {"code": 131009, "status": 500},
    {"code": 999999},
    {"kind": "failed_status", "code": 131026},
]


@pytest.mark.parametrize("fault", FOR_GOOD, ids=str)
def test_what_is_wrong_with_one_message_stops_only_that_one(
    stack: Stack, fault: dict[str, Any]
) -> None:
    stack.fault(**fault)
    stack.write("este no")
    newest = "SELECT state FROM outbox ORDER BY id DESC LIMIT 1"
    stack.until(lambda: stack.rows(newest) == [("failed",)])
    stack.write("este sí")
    assert stack.replies(2 if fault.get("kind") else 1)[-1] == f"re: {UNDELIVERED}\neste sí"
    (failed, code) = stack.rows("SELECT state, error_code FROM outbox ORDER BY id DESC LIMIT 2")[1]
    assert (failed, code) == ("failed", fault["code"])
    assert stack.health()["status"] == "ok"
    # The model is told once, and the history does not say that it was said.
    stack.write("gracias")
    assert stack.replies(1) == ["re: gracias"]
    said = stack.rows("SELECT content FROM messages ORDER BY id DESC LIMIT 6")[::-1]
    assert [content for (content,) in said][:3] == ["este no", "…", "este sí"]


def test_the_other_parts_of_an_answer_go_all_the_same(stack: Stack) -> None:
    parts = long_answer(stack)
    stack.fault(code=131009)
    stack.write("contame todo")
    assert [part[0] for part in stack.replies(2)] == ["b", "c"]
    assert len(parts) == 3


def long_answer(stack: Stack) -> list[str]:
    """An answer that takes three messages, which begin with a, b and c."""
    parts = [f"{letter} " * 1500 for letter in "abc"]
    stack.ollama.script("\n\n".join(part.strip() for part in parts))
    return parts


def test_parts_of_an_answer_never_overtake_each_other(stack: Stack) -> None:
    long_answer(stack)
    stack.fault(code=131016, status=503)
    stack.fault(kind="slow", delay_s=0.3)
    stack.fault(kind="close")  # the outcome is unknown
    stack.write("contame todo")
    stack.write("¿y?")
    assert [part[0] for part in stack.replies(4)] == ["a", "b", "c", "r"]


def test_after_the_24_hours_an_answer_is_kept_for_the_next_message(stack: Stack) -> None:
    long_answer(stack)
    stack.fault(code=131047)
    stack.write("contame todo")
    stack.until(lambda: stack.rows("SELECT 1 FROM outbox WHERE state = 'held'"))
    stack.until(lambda: not stack.health()["outbox"])
    stack.write("acá estoy")
    first, *rest = stack.replies(4)
    assert first.startswith(f"{WHILE_AWAY}\na a")
    assert [part[0] for part in rest] == ["b", "c", "r"]


def test_the_24_hours_may_be_over_by_a_status_too(stack: Stack) -> None:
    stack.fault(kind="failed_status", code=131047)
    stack.write("hola")
    stack.until(lambda: stack.rows("SELECT 1 FROM outbox WHERE state = 'held'"))
    stack.write("acá estoy")
    assert stack.replies(3) == ["re: hola", f"{WHILE_AWAY}\nre: hola", "re: acá estoy"]


def test_nothing_is_sent_after_the_24_hours(stack: Stack) -> None:
    stack.write("de ayer", **{"from": MEXICAN}, timestamp=int(time.time()) - 25 * 3600)
    stack.until(lambda: stack.rows("SELECT 1 FROM outbox WHERE state = 'held'"))
    stack.write("de hoy", **{"from": MEXICAN})
    late, now = stack.replies(2)
    assert late.startswith(WHILE_AWAY)
    assert late.endswith("re: de ayer")
    assert now == "re: de hoy"
    assert not stack.sends(late.removeprefix(f"{WHILE_AWAY}\n"))


def test_an_unknown_outcome_is_settled_by_a_status(stack: Stack) -> None:
    stack.fault(kind="close", accept=True)
    stack.write("llegó")
    stack.fault(status=200, body={"ok": True}, accept=True)  # no id in it
    stack.write("también")
    assert stack.replies(2) == ["re: llegó", "re: también"]
    stack.until(lambda: not stack.health()["outbox"])
    assert len(stack.sends("re: llegó")) == len(stack.sends("re: también")) == 1


def test_an_unknown_outcome_without_a_status_is_sent_once_more(stack: Stack) -> None:
    stack.switch(send_statuses=False)
    stack.fault(kind="close")
    stack.write("¿llegó?")
    stack.write("después")
    assert stack.replies(2) == ["re: ¿llegó?", "re: después"]
    assert len(stack.sends("re: ¿llegó?")) == 2


# Argentine and Mexican mobiles: the spelling Meta gives, and the one a test number wants.
SPELLINGS = [(FRIEND, "54" + FRIEND[3:]), (MEXICAN, "52" + MEXICAN[3:])]


@pytest.mark.parametrize(("given", "other"), SPELLINGS)
def test_the_other_spelling_of_a_number_is_tried_once_and_remembered(
    stack: Stack, given: str, other: str
) -> None:
    stack.fault(code=131030)
    stack.write("uno", **{"from": given})
    stack.write("dos", **{"from": given})
    assert stack.replies(2) == ["re: uno", "re: dos"]
    assert [call["body"]["to"] for call in stack.sends("re: uno")][-2:] == [
        f"+{given}",
        f"+{other}",
    ]
    assert [call["body"]["to"] for call in stack.sends("re: dos")][-1:] == [f"+{other}"]
    assert stack.health()["status"] == "ok"


# Statuses of one message as they come, and what is known in the end.
STATUSES = [
    (["sent", "delivered", "read"], "read"),
    (["read", "delivered", "sent"], "read"),
    (["delivered", "delivered", "sent", "sent"], "delivered"),
    (["read", "failed"], "read"),
]


@pytest.mark.parametrize(("order", "known"), STATUSES)
def test_statuses_in_any_order_move_a_message_only_forward(
    stack: Stack, order: list[str], known: str
) -> None:
    stack.switch(send_statuses=False)
    text = f"estados {order}"
    stack.write(text)
    stack.replies(1)
    (callback,) = {call["body"]["biz_opaque_callback_data"] for call in stack.sends(f"re: {text}")}
    wa_id = next(event["wamid"] for event in stack.chat() if event.get("text") == f"re: {text}")
    stack.until(lambda: not stack.health()["outbox"])
    for status in order:  # without contacts
        item = {"id": wa_id, "status": status, "timestamp": "1795400000"}
        stack.webhook(statuses=[item | {"biz_opaque_callback_data": callback}])
    assert stack.rows("SELECT state FROM outbox WHERE wa_id = ?", wa_id) == [(known,)]


def test_a_status_faster_than_the_response(stack: Stack) -> None:
    stack.fault(kind="slow", accept=True, delay_s=0.7)
    stack.write("despacio")
    stack.until(lambda: stack.rows("SELECT 1 FROM outbox WHERE state = 'read'"))
    stack.write("después")
    assert stack.replies(2) == ["re: despacio", "re: después"]
    states = stack.rows("SELECT state FROM outbox WHERE body = 're: despacio'")
    assert states == [("read",)]
