"""What holds us back: no merging, a sender who is too fast, a loop, the month's free messages."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator

import pytest

from tests.fake_ollama import echo
from tests.stack import OWNER, Stack

FAST, ROBOT = "5491155550001", "5491155550002"
PER_MINUTE = 45  # more than a loop takes to be noticed
STICKER = {"sticker": {"id": "1", "mime_type": "image/webp"}}
ONLY_TEXT = (
    "No leo ese tipo de mensaje: leo texto, notas de voz, imágenes y documentos. ¿Me lo escribís?"
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(
        tmp_path_factory.mktemp("limits"),
        BURST_WINDOW_S="0",
        RATE_LIMIT_PER_MINUTE=str(PER_MINUTE),
        ALLOWED_NUMBERS=f"{OWNER},{FAST},{ROBOT}",
    ) as stack:
        stack.ollama.fallback = echo
        yield stack


@pytest.fixture
def stack(shared: Stack) -> Stack:
    shared.calm()
    return shared


def test_without_a_window_every_message_is_a_turn_but_old_mail_is_one(stack: Stack) -> None:
    stack.write("a", count=3, batch=True)
    assert stack.replies(3) == ["re: a"] * 3
    stack.write("b", count=3, timestamp=int(time.time()) - 3600)
    (old,) = stack.replies(1)
    assert old.endswith("\n\nre: b\nb\nb")


def test_who_is_too_fast_is_told_so_once_and_twins_do_not_count(stack: Stack) -> None:
    fast = {"from": FAST, "type": "sticker", "message": STICKER}
    stack.write("", count=PER_MINUTE + 5, batch=True, twice=True, **fast)
    sentences = stack.replies(PER_MINUTE + 1)
    assert sentences.count(ONLY_TEXT) == PER_MINUTE
    assert sentences.count("Vas muy rápido para mí. Dame un minuto y seguimos.") == 1
    stack.write("yo no")
    assert stack.replies(1) == ["re: yo no"]


def test_two_programs_do_not_talk_for_ever(stack: Stack) -> None:
    said = []
    while not said or said[-1] == "re: Gracias por su mensaje":
        stack.write("Gracias por su mensaje", **{"from": ROBOT})
        said += stack.replies(1)
        assert len(said) <= PER_MINUTE
    assert "Parece que me está contestando un programa" in said[-1]
    stack.write("Gracias por su mensaje", **{"from": ROBOT})
    stack.write("yo no soy un programa")
    assert stack.replies(1) == ["re: yo no soy un programa"]


def test_status_says_what_it_costs_and_the_owner_is_warned_in_time(stack: Stack) -> None:
    stack.write("uno")
    stack.replies(1)
    all_delivered(stack)
    delivered = len(stack.rows("SELECT 1 FROM outbox WHERE delivered_at IS NOT NULL"))
    stack.write("/estado")
    (report,) = stack.replies(1)
    assert f"Mensajes entregados este mes: {delivered} de 1000 gratis." in report
    assert "En cola para enviar: 0." in report
    assert "Modelo: qwen3:8b." in report
    assert "Encendido hace" in report

    deliver(stack, 798 - delivered)  # with this report, one is missing
    stack.write("dos")
    warning = "Aviso: este mes ya te entregué 800 mensajes. Meta cobra los que pasen de 1000."
    assert sorted(stack.replies(2)) == sorted(["re: dos", warning])
    all_delivered(stack)
    stack.write("tres")
    assert stack.replies(1) == ["re: tres"]


def all_delivered(stack: Stack) -> None:
    on_the_way = "SELECT 1 FROM outbox WHERE state NOT IN ('delivered', 'read')"
    stack.until(lambda: not stack.rows(on_the_way))


def deliver(stack: Stack, count: int) -> None:
    """As many messages more, delivered earlier this month."""
    row = "INSERT INTO outbox (conversation_id, key, part, body, state, delivered_at, due_at,"
    row += " created_at, updated_at) VALUES (1, 'earlier', ?, '', 'read', ?, 0, 0, 0)"
    now = time.time_ns() // 1_000_000
    with contextlib.closing(sqlite3.connect(stack.folder / "data" / "wasap.db")) as db, db:
        db.executemany(row, [(number, now) for number in range(count)])
