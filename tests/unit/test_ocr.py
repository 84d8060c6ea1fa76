"""Text read out of pictures, and a reader that dies, hangs or goes to rest."""

import asyncio
import sys

import pytest

from app.errors import OcrError
from app.media.ocr import Ocr
from app.media.ocr_child import in_rows
from tests.drawing import saved, written

WAIT_S = 10
# Children that speak as ours does: they answer with what they were sent, or not at all.
READS = "import sys, json; i = sys.stdin.buffer\nwhile head := i.read(4): "
ECHO = f"{READS}print(json.dumps([i.read(int.from_bytes(head, 'big')).decode()]), flush=True)"
DIES = f"{READS}sys.exit(3)"
HANGS = f"{READS}i.read()"
BABBLES = f"{READS}i.read(int.from_bytes(head, 'big')); print('no JSON', flush=True)"


def child(script: str) -> tuple[str, ...]:
    return (sys.executable, "-c", script)


async def test_a_spanish_sign_is_read_with_its_accents() -> None:
    sign = saved(
        written(["PANADERÍA LA ESPAÑOLA", "¿Mañana? Sí: de 9:30 a 18 h", "Medialunas $ 1.250"])
    )
    reader = Ocr(timeout_s=100)
    try:
        rows = (await reader.read(sign)).split("\n")
        assert rows[0] == "PANADERÍA LA ESPAÑOLA"
        assert {"¿Mañana?", "Sí:", "9:30", "18"} <= set(rows[1].split())
        assert "Medialunas" in rows[2]
        assert "1.250" in rows[2]
        assert await reader.read(saved(written([" "]))) == ""
    finally:
        await reader.aclose()
    assert not reader.running


def box(left: float, top: float, height: float = 20) -> list[list[float]]:
    right, low = left + 50, top + height
    return [[left, top], [right, top], [right, low], [left, low]]


@pytest.mark.parametrize(
    ("found", "rows"),
    [
        ([], []),
        # A dish and its price, found in any order.
        ([(box(300, 13), "$ 9.800"), (box(10, 10), "Milanesa")], ["Milanesa $ 9.800"]),
        ([(box(10, 40), "abajo"), (box(10, 10), "arriba")], ["arriba", "abajo"]),
        # Lines that nearly touch stay lines.
        ([(box(10, 10), "uno"), (box(60, 28), "dos")], ["uno", "dos"]),
    ],
)
def test_texts_become_rows(found: list[tuple[list[list[float]], str]], rows: list[str]) -> None:
    assert in_rows(found) == rows


async def test_one_child_serves_all_and_leaves_when_idle() -> None:
    reader = Ocr(idle_s=0.05, child=child(ECHO))
    assert not reader.running  # nothing before the first picture
    assert await asyncio.gather(reader.read(b"uno"), reader.read(b"dos")) == ["uno", "dos"]
    assert reader.running
    async with asyncio.timeout(WAIT_S):
        while reader.running:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
    assert await reader.read(b"tres") == "tres"
    await reader.aclose()


@pytest.mark.parametrize("script", [DIES, HANGS, BABBLES, "raise SystemExit(1)"])
async def test_a_child_in_trouble_is_an_error_and_is_gone(script: str) -> None:
    reader = Ocr(timeout_s=1.0, child=child(script))
    for _ in range(2):  # the next picture gets a new one
        with pytest.raises(OcrError):
            await reader.read(b"uno")
        assert not reader.running
    await reader.aclose()


async def test_a_look_that_is_broken_off_spoils_nothing() -> None:
    reader = Ocr(child=child(HANGS))
    look = asyncio.create_task(reader.read(b"uno"))
    async with asyncio.timeout(WAIT_S):
        while not reader.running:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
    look.cancel()
    await asyncio.gather(look, return_exceptions=True)
    assert not reader.running
    await reader.aclose()


async def test_a_child_that_cannot_start_is_an_error() -> None:
    reader = Ocr(child=("/nowhere/python",))
    with pytest.raises(OcrError):
        await reader.read(b"uno")
    await reader.aclose()
