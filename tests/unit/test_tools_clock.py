"""The time in places, by the names people use."""

from datetime import UTC, datetime

import pytest

from tools.clock import clock
from tools.contract import ToolCallContext
from tools.errors import ToolError

NOON = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)


async def ask(place: str, language: str = "es") -> str:
    context = ToolCallContext(
        call_id="call-1",
        sender="5491122334455",
        language=language,
        timezone="America/Argentina/Buenos_Aires",
        sent_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
        now=NOON,
    )
    return str(await clock.ainvoke({"place": place, "context": context}))


@pytest.mark.parametrize(
    ("place", "hour"),
    [
        ("", "09:05"),  # the owner's own zone
        ("Tokio", "21:05"),
        ("tokyo", "21:05"),
        ("Tokyo, Japan", "21:05"),
        ("Asia/Tokyo", "21:05"),
        ("Nueva York", "07:05"),
        ("new york", "07:05"),
        ("Madrid", "13:05"),
        ("Barcelona", "13:05"),
        ("España", "13:05"),
        ("Córdoba", "09:05"),  # the Argentine one has a zone of its own
        ("cordoba, argentina", "09:05"),
        ("México", "06:05"),
        ("Ciudad de México", "06:05"),
        ("Mexico City", "06:05"),
        ("Londres", "12:05"),
        ("Alemania", "13:05"),
        ("India", "17:35"),
        ("UTC", "12:05"),
    ],
)
async def test_places(place: str, hour: str) -> None:
    assert f": {hour}, lunes, 23 de noviembre de 2026" in await ask(place)


async def test_the_answer_is_in_the_owners_language_and_names_the_country() -> None:
    assert await ask("Tokio") == "Tokio (Japón): 21:05, lunes, 23 de noviembre de 2026"
    assert await ask("Tokyo", "en") == "Tokyo (Japan): 9:05 PM, Monday, November 23, 2026"


async def test_an_unknown_place_is_named() -> None:
    with pytest.raises(ToolError) as refused:
        await ask("Atlantis")
    assert (refused.value.text, refused.value.values) == (
        "clock_unknown_place",
        {"place": "Atlantis"},
    )
