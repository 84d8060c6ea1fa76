"""Units of measure, converted exactly."""

import asyncio
import math
from contextlib import suppress
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import WithJsonSchema

from tools import arithmetic, notation, unit_names
from tools.calculator import NO_SUM, write_number
from tools.contract import Context, Effect, tool
from tools.errors import BadArgument

if TYPE_CHECKING:  # pint takes a second to load: only for who converts
    from pint import UnitRegistry

UNIT = (
    r"\b(?:kilos?|kilogram\w*|kg|gram\w*|libras?|pounds?|lbs?|onzas?|ounces?|oz|millas?|miles?"
    r"|kilomet\w+|km|metros?|meters?|cm|centimet\w+|pulgadas?|inch(?:es)?|pies|foot|feet|yard\w*"
    r"|litros?|lit(?:er|re)s?|ml|galon(?:es)?|gallons?|tazas?|cups?|hectareas?|hectares?|acres?"
    r"|grados|degrees|fahrenheit|celsius|kelvin)\b"
)
# Two units and what joins them: "5 millas en km", "¿cuántos pies son 2 metros?"
CUE = rf"{UNIT}.{{0,20}}\b(?:a|en|son|equivalen?|in|to|are|is)\b.{{0,20}}{UNIT}"

# A number to the model; one that writes "3,5" or "1/2" all the same is understood.
Amount = Annotated[float | str, WithJsonSchema({"type": "number"})]


@tool(effect=Effect.READ, timeout_s=10, cue=CUE)
async def convert_units(value: Amount, from_unit: str, to_unit: str, context: Context) -> str:
    """Convert a measure: length, weight, volume, temperature, speed, area. Not money.

    Args:
        value: How many, for example 5.
        from_unit: The unit it is in, for example "miles".
        to_unit: The unit wanted, for example "km".
    """
    amount = _amount(value, context.language)
    for unit in (from_unit, to_unit):
        if unit_names.is_currency(unit):
            raise BadArgument("units_no_money")
    result = await asyncio.to_thread(convert, amount, from_unit, to_unit)
    written = [write_number(number, context.language) for number in (amount, result)]
    return f"{written[0]} {from_unit.strip()} = {written[1]} {to_unit.strip()}"


def convert(amount: Fraction, source: str, target: str) -> Fraction:
    """`amount` of the unit `source` in the unit `target`. Slow the first time: pint loads.

    Raises:
        BadArgument: no such unit, or they measure different things.
    """
    from pint import DimensionalityError

    registry = _registry()
    units = [_unit(registry, source), _unit(registry, target)]
    for powers in (units, [unit_names.second_reading(unit) for unit in units]):
        start, end = (registry.Unit(registry.UnitsContainer(unit)) for unit in powers)
        # TypeError: logarithmic units such as dBm, which no fraction can tell.
        with suppress(DimensionalityError, TypeError):
            return Fraction(registry.Quantity(amount, start).to(end).magnitude)
    raise BadArgument("units_differ", source=source.strip(), target=target.strip())


def _amount(value: float | str, language: str) -> Fraction:
    if isinstance(value, str):
        try:
            return arithmetic.evaluate(*notation.translate(value, language))
        except (*NO_SUM, BadArgument) as error:
            raise BadArgument("units_no_number", value=value[:40]) from error
    if not math.isfinite(value):
        raise BadArgument("units_no_number", value=str(value))
    return Fraction(str(value))


def _unit(registry: "UnitRegistry[Any]", text: str) -> dict[str, int]:
    from pint import UndefinedUnitError

    def known(name: str) -> str | None:
        try:
            return registry.get_name(name) or None
        except UndefinedUnitError:
            return None

    unit = unit_names.read(text, known)
    if unit is None:
        raise BadArgument("units_unknown", unit=text.strip()[:40])
    return unit


@cache
def _registry() -> "UnitRegistry[Any]":
    from pint import UnitRegistry

    registry: UnitRegistry[Any] = UnitRegistry(non_int_type=Fraction)
    for definition in unit_names.DEFINITIONS:
        registry.define(definition)
    return registry
