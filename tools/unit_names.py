"""Units by the names people use, in Spanish and English, as names that pint knows."""

import re
from collections.abc import Callable, Iterator, Mapping

from tools.folding import fold

MAX_LENGTH = 40  # characters of a unit

# Looked up before pint's own names, folded and in the singular: without accents and in lower case
# "mb" is no megabarn here, "c" no coulomb and "g" never gauss.
NAMES: Mapping[str, tuple[str, ...]] = {
    # Length and area
    "kilometer": ("km", "kilometro", "kilometre"), "meter": ("m", "mt", "metro", "metre"),
    "decimeter": ("dm", "decimetro"), "centimeter": ("cm", "centimetro"),
    "millimeter": ("mm", "milimetro"), "micrometer": ("micron", "micra"),
    "mile": ("milla",), "nautical_mile": ("milla nautica", "milla marina", "nautical mile"),
    "yard": ("yarda",), "foot": ("pie", "ft", "feet"), "inch": ("pulgada", "in", "pulg", '"'),
    "league": ("legua",), "light_year": ("ano luz", "light year"),
    "hectare": ("ha", "hectarea"), "acre": (),
    # Weight
    "kilogram": ("kg", "kilo", "kilogramo", "kgs"), "gram": ("g", "gr", "gramo"),
    "milligram": ("mg", "miligramo"), "pound": ("lb", "lbs", "libra"),
    "ounce": ("oz", "onza"),
    "metric_ton": ("t", "tonelada", "tonelada metrica", "metric ton"),
    # Volume. A cup is the 250 ml of the recipes of Spanish-speaking kitchens only in Spanish.
    "liter": ("l", "lt", "lts", "litro", "litre"), "deciliter": ("dl", "decilitro"),
    "centiliter": ("cl", "centilitro"), "milliliter": ("ml", "mililitro"),
    "cubic_centimeter": ("cc",), "gallon": ("gal", "galon"), "quart": ("cuarto de galon",),
    "pint": ("pinta",), "fluid_ounce": ("onza liquida", "fl oz", "fluid ounce"),
    "taza": ("taza",), "cucharada": ("cucharada", "cda", "cucharada sopera"),
    "cucharadita": ("cucharadita", "cdita", "cucharada de te"),
    "cup": (), "tablespoon": ("tbsp",), "teaspoon": ("tsp",), "oil_barrel": ("barril", "barrel"),
    # Temperature and angle
    "degree_Celsius": ("c", "°c", "ºc", "grado c", "celsius", "centigrado", "grado celsius",
                       "grado centigrado", "degree celsius", "degree c"),
    "degree_Fahrenheit": ("f", "°f", "ºf", "grado f", "fahrenheit", "grado fahrenheit",
                          "degree fahrenheit", "degree f"),
    "kelvin": ("k", "grado kelvin"), "degree": ("grado", "°", "º"), "radian": ("rad",),
    # Time
    "second": ("s", "seg", "sec", "segundo"), "minute": ("min", "minuto"),
    "hour": ("h", "hs", "hr", "hrs", "hora"), "day": ("d", "dia"), "week": ("semana",),
    "month": ("mes",), "year": ("ano",), "century": ("siglo",),
    # Speed
    "kilometer_per_hour": ("kmh", "kph", "km h"), "mile_per_hour": ("mph",),
    "knot": ("nudo",),
    # Energy, power, pressure
    "joule": ("j", "julio"), "kilojoule": ("kj", "kilojulio"), "calorie": ("cal", "caloria"),
    "kilocalorie": ("kcal", "kilocaloria"), "kilowatt_hour": ("kwh", "kilovatio hora"),
    "watt": ("w", "vatio"), "kilowatt": ("kw", "kilovatio"),
    "horsepower": ("hp", "caballo de fuerza"), "metric_horsepower": ("cv", "caballo de vapor"),
    "pascal": ("pa",), "hectopascal": ("hpa",), "kilopascal": ("kpa",),
    "standard_atmosphere": ("atm", "atmosfera", "atmosphere"), "millimeter_Hg": ("mmhg",),
    # Data
    "bit": (), "byte": ("b", "octeto"), "kilobyte": ("kb", "kilobyte"), "megabyte": ("mb", "mega"),
    "gigabyte": ("gb", "giga"), "terabyte": ("tb", "tera"),
}  # fmt: skip
# What pint does not define: measures of the kitchen.
DEFINITIONS = (
    "taza = 250 * milliliter",
    "cucharada = 15 * milliliter",
    "cucharadita = 5 * milliliter",
)
# A second reading, for when the first does not fit the other unit: ounces of milk, 30 degrees.
SECOND_READING = {"ounce": "fluid_ounce", "degree": "degree_Celsius"}

_BY_NAME = {alias: unit for unit, aliases in NAMES.items() for alias in (fold(unit), *aliases)}
_POWERS = (
    (re.compile(r"^(?:square|sq)\s+|\s*(?:\^?2|²)$|\s+cuadrad[oa]s?$"), 2),
    (re.compile(r"^(?:cubic|cu)\s+|\s*(?:\^?3|³)$|\s+c[uú]bic[oa]s?$"), 3),
)
_PER = re.compile(r"\s*/\s*|\s+(?:por|per)\s+")
_CURRENCY = re.compile(
    r"[$€£¥]|\b(?:pesos?|dolar(?:es)?|dollars?|euros?|real(?:es)?|reais|yen(?:es)?|yuan(?:es)?"
    r"|guarani(?:es)?|soles|bolivianos?|libras? esterlinas?|pounds? sterling|bitcoins?"
    r"|usd|ars|eur|brl|mxn|clp|uyu|cop|pen|pyg|bob|gbp|jpy|cny|btc|usdt)\b"
)


def is_currency(text: str) -> bool:
    """Whether this names money: "dólares", "US$", "ARS"."""
    return _CURRENCY.search(fold(text)) is not None


def read(text: str, known: Callable[[str], str | None]) -> dict[str, int] | None:
    """The powers of pint's units in "kilómetros por hora" or "m²"; None when it is no unit.

    `known` is pint's own lookup: its name for a unit, or None.
    """
    if len(text) > MAX_LENGTH:
        return None
    powers: dict[str, int] = {}
    for index, part in enumerate(_PER.split(text.strip(" ."), maxsplit=1)):
        name, power = _base_and_power(part)
        unit = _unit(name, known)
        if unit is None:
            return None
        powers[unit] = powers.get(unit, 0) + (power if index == 0 else -power)
    return powers


def second_reading(powers: Mapping[str, int]) -> dict[str, int]:
    return {SECOND_READING.get(unit, unit): power for unit, power in powers.items()}


def _base_and_power(text: str) -> tuple[str, int]:
    for pattern, power in _POWERS:
        bare, found = pattern.subn("", text.strip(), count=1)
        if found:
            return bare, power
    return text.strip(), 1


def _unit(text: str, known: Callable[[str], str | None]) -> str | None:
    for name in _forms(fold(text).strip(".")):
        if name in _BY_NAME:
            return _BY_NAME[name]
    return known(text) or known(text.lower())


def _forms(name: str) -> Iterator[str]:
    """As written, then in the singular: "millas náuticas", "grados celsius", "galones"."""
    yield name
    yield " ".join(re.sub(r"(?<=\w{2})s$", "", word) for word in name.split())
    yield re.sub(r"(?<=\w{2})s\b", "", name, count=1)
    yield re.sub(r"(?<=\w{2})es\b", "", name, count=1)
