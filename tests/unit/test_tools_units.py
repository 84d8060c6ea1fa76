"""Measures, as people name them in Spanish and English, converted exactly."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.contract import ToolCallContext
from tools.errors import ToolError
from tools.unit_names import DEFINITIONS, NAMES
from tools.units import _registry, convert_units

NOON = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)


async def ask(value: float | str, source: str, target: str, language: str = "es") -> str:
    context = ToolCallContext(
        call_id="call-1",
        sender="5491122334455",
        language=language,
        timezone="America/Argentina/Buenos_Aires",
        sent_at=NOON,
        now=NOON,
    )
    arguments = {"value": value, "from_unit": source, "to_unit": target, "context": context}
    return str(await convert_units.ainvoke(arguments))


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        (5, "millas", "km", "8,04672"),
        (42.195, "kilómetros", "millas", "26,2187574565"),
        (100, "kilos", "libras", "220,4622621849"),
        (250, "gramos", "onzas", "8,8184904874"),
        (1, "tonelada", "kilos", "1000"),
        (12, "pulgadas", "cm", "30,48"),
        (6, "pies", "metros", "1,8288"),
        (10, "hectáreas", "metros cuadrados", "100000"),
        (1, "metro cúbico", "litros", "1000"),
        (70, "m²", "pies cuadrados", "753,4737291697"),
        (3, "millas náuticas", "kilómetros", "5,556"),
        (5, "galones", "litros", "18,92705892"),
        # Spanish-speaking kitchens: 250, 15 and 5 ml. A cup in English is the American one.
        (2, "tazas", "ml", "500"),
        (3, "cucharadas", "cucharaditas", "9"),
        (2, "cups", "ml", "473,176473"),
        # Temperatures have an offset, and "grados" alone are Celsius beside another temperature.
        (98.6, "°F", "°C", "37"),
        (30, "grados", "Fahrenheit", "86"),
        (20, "grados centígrados", "grados Fahrenheit", "68"),
        (-40, "celsius", "fahrenheit", "-40"),
        (300, "K", "C", "26,85"),
        (180, "grados", "radianes", "3,1415926536"),
        # An ounce weighs, unless the other side is a volume.
        (8, "onzas", "gramos", "226,796185"),
        (8, "onzas", "ml", "236,5882365"),
        (100, "km/h", "mph", "62,1371192237"),
        (100, "kilómetros por hora", "millas por hora", "62,1371192237"),
        (10, "nudos", "km/h", "18,52"),
        (3, "horas", "minutos", "180"),
        (1, "GB", "MB", "1000"),
        (1, "kWh", "kJ", "3600"),
        (1, "atmósfera", "hPa", "1013,25"),
        # Case and abbreviations as people type them.
        (5, "KM", "Millas", "3,1068559612"),
        (1, "Kg.", "lbs", "2,2046226218"),
        # Exact, however the model writes the number.
        (0.1, "km", "m", "100"),
        ("3,5", "km", "m", "3500"),
        ("1/2", "kilo", "gramos", "500"),
        (10.125, "kg", "gramos", "10125"),
    ],
)
async def test_spanish(value: float | str, source: str, target: str, result: str) -> None:
    assert (await ask(value, source, target)).endswith(f" = {result} {target}")


async def test_the_answer_repeats_the_question_in_the_signs_of_the_language() -> None:
    assert await ask(3.5, "millas", "km") == "3,5 millas = 5,632704 km"
    assert await ask(3.5, "miles", "km", "en") == "3.5 miles = 5.632704 km"
    assert await ask("1,250", "feet", "meters", "en") == "1250 feet = 381 meters"


@pytest.mark.parametrize(
    ("value", "source", "target", "key"),
    [
        (100, "dólares", "pesos", "units_no_money"),
        (100, "USD", "ARS", "units_no_money"),
        (100, "km", "US$", "units_no_money"),
        (10, "libras esterlinas", "euros", "units_no_money"),
        (5, "bananas", "km", "units_unknown"),
        (5, "", "km", "units_unknown"),
        (5, "km", "m" * 500, "units_unknown"),
        (5, "meter**9**9**9", "km", "units_unknown"),
        (5, "__import__('os')", "km", "units_unknown"),
        (5, "kilos", "litros", "units_differ"),
        (5, "dBm", "W", "units_differ"),  # no fraction can tell a logarithm
        (5, "km/h", "km", "units_differ"),
        ("muchos", "km", "m", "units_no_number"),
        (float("nan"), "km", "m", "units_no_number"),
        (float("inf"), "km", "m", "units_no_number"),
        (1e300, "km", "m", "calculator_too_big"),
    ],
)
async def test_what_cannot_be_converted_is_said(
    value: float | str, source: str, target: str, key: str
) -> None:
    with pytest.raises(ToolError) as refused:
        await ask(value, source, target)
    assert refused.value.text == key


def test_every_unit_of_the_table_is_one_of_pints_own() -> None:
    own = {definition.split()[0] for definition in DEFINITIONS}
    registry = _registry()
    assert own < NAMES.keys()
    assert all(registry.get_name(name) == name for name in NAMES)


@given(st.text(max_size=45))
async def test_any_text_is_a_unit_or_one_refusal(text: str) -> None:
    try:
        answer = await ask(1, text, "km")
    except ToolError as refused:
        answer = refused.text
    assert answer.startswith(("units_", "1 "))
