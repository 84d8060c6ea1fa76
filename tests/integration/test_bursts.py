"""Several messages, one answer: bursts, and mail that an outage held back."""

import time
from collections.abc import Iterator

import pytest

from tests.fake_ollama import echo
from tests.stack import OWNER, Stack

OLD_MAIL = "Perdón, tu mensaje me llegó recién ahora."
ONLY_TEXT = (
    "No leo ese tipo de mensaje: leo texto, notas de voz, imágenes y documentos. ¿Me lo escribís?"
)
FRIEND = "5491155550001"
VIDEO = {"id": "1", "mime_type": "video/mp4", "caption": "dos"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(
        tmp_path_factory.mktemp("bursts"), BURST_WINDOW_S="1.0", ALLOWED_NUMBERS=f"{OWNER},{FRIEND}"
    ) as stack:
        stack.ollama.fallback = echo
        yield stack


@pytest.fixture
def stack(shared: Stack) -> Stack:
    shared.calm()
    return shared


def test_a_burst_is_one_turn_in_order_with_its_media(stack: Stack) -> None:
    stack.write("uno")
    stack.write("", type="video", message={"video": VIDEO})
    stack.write("", type="sticker", message={"sticker": {"id": "2"}})
    stack.write("tres")
    assert stack.replies(1) == [f"re: uno\ndos\ntres\n\n{ONLY_TEXT}"]
    assert len(stack.ollama.chats) == 1


def test_one_post_with_many_messages_is_one_burst(stack: Stack) -> None:
    stack.write("a", count=5, batch=True, twice=True)
    assert stack.replies(1) == ["re: " + "\n".join("aaaaa")]
    assert len(stack.ollama.chats) == 1


def test_a_command_ends_a_burst_and_does_not_wait(stack: Stack) -> None:
    stack.write("uno")
    stack.write("/help")
    stack.write("dos")
    one, manual, two = stack.replies(3)
    assert (one, two) == ("re: uno", "re: dos")
    assert manual.startswith("Escribime")


def test_two_people_at_once_are_two_bursts(stack: Stack) -> None:
    for text in ("uno", "dos"):
        stack.write(f"mío {text}")
        stack.write(f"tuyo {text}", **{"from": FRIEND})
    assert set(stack.replies(2)) == {"re: mío uno\nmío dos", "re: tuyo uno\ntuyo dos"}


def test_a_message_deleted_from_a_burst_leaves_the_others(stack: Stack) -> None:
    stack.write("pan")
    wa_id = stack.write("vino")
    stack.write("queso")
    assert stack.replies(1) == ["re: pan\nvino\nqueso"]
    deleted = {"revoke": {"original_message_id": wa_id}}
    stack.write("", type="revoke", message=deleted)
    stack.write("¿qué compro?")
    stack.replies(1)
    told = [message["content"] for message in stack.ollama.chats[-1]["messages"][1:]]
    assert any(text.startswith("pan\nqueso\n") for text in told)
    assert not any("vino" in text for text in told if not text.startswith("re: "))


def test_old_mail_is_one_turn_that_says_so(stack: Stack) -> None:
    hours_ago = int(time.time()) - 2 * 3600
    for number, text in enumerate(("¿venís?", "dale", "avisame")):
        stack.write(text, timestamp=hours_ago + number)
    stack.write("ya fue")
    old, new = stack.replies(2)
    assert old.startswith(f"{OLD_MAIL}\n\nre: ")
    assert sorted(old.removeprefix(f"{OLD_MAIL}\n\nre: ").split("\n")) == sorted(
        ["¿venís?", "dale", "avisame"]
    )
    assert new == "re: ya fue"
    assert len(stack.ollama.chats) == 2
