"""SIGTERM in the middle of everything: what runs is finished or left for the next start."""

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from app.channels.cloud_api.signature import sign
from tests.fake_ollama import echo, hang
from tests.stack import OWNER, SECRET, Stack

SENDING, REFUSED = "5491155550001", "5491155550002"


@dataclass
class Ending:
    """What a SIGTERM looked like from outside."""

    stack: Stack
    code: int = -1
    seconds: float = 0.0
    webhooks: set[int] = field(default_factory=set)  # statuses of webhooks from then on
    health: set[str] = field(default_factory=set)
    replies: list[str] = field(
        default_factory=list
    )  # all that reached the phones, restart included


@pytest.fixture(scope="module")
def ending(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ending]:
    """One turn waits for its model, one answer is on the wire, one was refused; then SIGTERM."""
    allowed = f"{OWNER},{SENDING},{REFUSED}"
    with Stack(tmp_path_factory.mktemp("shutdown"), ALLOWED_NUMBERS=allowed) as stack:
        stack.ollama.fallback = echo
        stack.fault(code=190, status=401)
        stack.write("rechazado", **{"from": REFUSED})
        stack.until(lambda: stack.health()["status"] == "red")
        stack.fault(kind="slow", delay_s=0.7, accept=True)
        stack.write("en el cable", **{"from": SENDING})
        stack.replies(1)
        stack.ollama.script(hang())
        stack.write("pensando")
        stack.ollama.wait_for_chats(3)
        ending = Ending(stack)
        terminate(ending)
        stack.start()
        ending.replies = ["re: en el cable", *stack.replies(3)]
        stack.until(stack.is_idle)
        yield ending


def terminate(ending: Ending) -> None:
    stack, process = ending.stack, ending.stack.process
    assert process is not None
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    stack.until(lambda: httpx.get(f"{stack.url}/health").json()["status"] == "closing")
    stack.write(
        "llega justo", wait=False, **{"from": SENDING}
    )  # Meta keeps it, as it does with every 503
    stack.until(lambda: not stack.rows("SELECT 1 FROM outbox WHERE state = 'sending'"))
    ending.webhooks.add(webhook(stack))  # the ports stay open as long as something runs
    while process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            ending.webhooks.add(webhook(stack))
            ending.health.add(stack.health()["status"])
    ending.seconds = time.monotonic() - began
    ending.code = stack.stop()


def webhook(stack: Stack) -> int:
    """The status of a well-signed webhook."""
    headers = {"X-Hub-Signature-256": sign(b"{}", SECRET)}
    return httpx.post(f"{stack.url}/webhook", content=b"{}", headers=headers).status_code


def test_it_ends(ending: Ending) -> None:
    print(f"SIGTERM to exit: {ending.seconds:.1f} s")
    assert ending.code == 0
    assert "Traceback" not in ending.stack.log.read_text()


def test_webhooks_get_503_until_the_end(ending: Ending) -> None:
    assert ending.webhooks == {503}
    assert ending.health == {"closing"}


def test_every_message_is_answered_exactly_once(ending: Ending) -> None:
    texts = ("rechazado", "en el cable", "pensando", "llega justo")
    assert sorted(ending.replies) == sorted(f"re: {text}" for text in texts)
    said = [event["text"] for event in ending.stack.chat() if event["kind"] == "outbound"]
    assert sorted(said) == sorted(ending.replies)


def test_what_was_on_the_wire_was_finished(ending: Ending) -> None:
    assert len(ending.stack.sends("re: en el cable")) == 1


def test_what_was_refused_is_tried_at_once_by_the_next_start(ending: Ending) -> None:
    # Without a new start it would have waited for a minute: the owner may have changed the token.
    assert len(ending.stack.sends("re: rechazado")) == 2
    assert ending.stack.health()["status"] == "ok"


def test_a_start_that_is_ended_at_once_is_no_failure(ending: Ending) -> None:
    stack = ending.stack
    stack.stop()
    stack.start()  # the brain is still loading
    assert stack.stop() == 0
    assert "Traceback" not in stack.log.read_text()
