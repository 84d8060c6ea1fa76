"""A forecast in words, in the owner's language."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from babel.dates import format_date

from tools.calculator import write_number
from tools.dates import locale_of
from tools.open_meteo import Current, Daily, Forecast

# The WMO's codes (table 4677) that Open-Meteo uses.
SKIES = {
    0: ("despejado", "clear sky"), 1: ("mayormente despejado", "mainly clear"),
    2: ("parcialmente nublado", "partly cloudy"), 3: ("nublado", "overcast"),
    45: ("niebla", "fog"), 48: ("niebla con escarcha", "freezing fog"),
    51: ("llovizna leve", "light drizzle"), 53: ("llovizna", "drizzle"),
    55: ("llovizna intensa", "heavy drizzle"), 56: ("llovizna helada", "freezing drizzle"),
    57: ("llovizna helada intensa", "heavy freezing drizzle"),
    61: ("lluvia leve", "light rain"), 63: ("lluvia", "rain"), 65: ("lluvia fuerte", "heavy rain"),
    66: ("lluvia helada", "freezing rain"), 67: ("lluvia helada fuerte", "heavy freezing rain"),
    71: ("nevada leve", "light snow"), 73: ("nevada", "snow"), 75: ("nevada fuerte", "heavy snow"),
    77: ("granos de nieve", "snow grains"), 80: ("chaparrones leves", "light showers"),
    81: ("chaparrones", "showers"), 82: ("chaparrones fuertes", "violent showers"),
    85: ("chaparrones de nieve", "snow showers"),
    86: ("chaparrones fuertes de nieve", "heavy snow showers"),
    95: ("tormenta", "thunderstorm"), 96: ("tormenta con granizo", "thunderstorm with hail"),
    99: ("tormenta con granizo fuerte", "thunderstorm with heavy hail"),
}  # fmt: skip


def forecast_in_words(
    forecast: Forecast, days: Sequence[date], today: date, language: str
) -> list[str]:
    """One line a day that is forecast; before today's, one about now."""
    columns = {day: column for column, day in enumerate(forecast.daily.time)}
    lines = [
        _day(day, forecast.daily, columns[day], today, language) for day in days if day in columns
    ]
    lines = [line for line in lines if line]
    return [_now(forecast.current, language), *lines] if lines and days[0] == today else lines


def _now(current: Current, language: str) -> str:
    spanish = language == "es"
    sky = _sky(current.weather_code, language)
    wind = f"{'viento' if spanish else 'wind'} {round(current.wind_speed_10m)} km/h"
    return ", ".join(
        part
        for part in (
            f"{'Ahora' if spanish else 'Now'}: {round(current.temperature_2m)} °C",
            sky,
            wind,
        )
        if part
    )


def _day(day: date, daily: Daily, column: int, today: date, language: str) -> str:
    """ "Mañana, martes 24: 18 a 27 °C, lluvia, 60 % de probabilidad de lluvia (4,5 mm)" """
    low, high = daily.temperature_2m_min[column], daily.temperature_2m_max[column]
    if low is None or high is None:
        return ""
    spanish = language == "es"
    parts = [f"{round(low)} {'a' if spanish else 'to'} {round(high)} °C"]
    parts.append(_sky(daily.weather_code[column], language))
    chance, rain = daily.precipitation_probability_max[column], daily.precipitation_sum[column]
    if chance is not None:
        said = "% de probabilidad de lluvia" if spanish else "% chance of rain"
        amount = write_number(Fraction(str(rain or 0)), language)
        parts.append(f"{round(chance)}{said}" + (f" ({amount} mm)" if rain else ""))
    wind = daily.wind_speed_10m_max[column]
    if wind is not None:
        parts.append(f"{'viento hasta' if spanish else 'wind up to'} {round(wind)} km/h")
    return f"{_day_name(day, today, language)}: " + ", ".join(part for part in parts if part)


def _day_name(day: date, today: date, language: str) -> str:
    """ "Mañana, martes 24 de noviembre": a relative word and a day, so that both can be checked."""
    spanish = language == "es"
    pattern = "EEEE d 'de' MMMM" if spanish else "EEEE, MMMM d"
    name = format_date(day, format=pattern, locale=locale_of(language))
    near = {0: ("Hoy", "Today"), 1: ("Mañana", "Tomorrow")}.get((day - today).days)
    return f"{near[0 if spanish else 1]}, {name}" if near else name.capitalize()


def _sky(code: int | None, language: str) -> str:
    spanish, english = SKIES.get(code, ("", "")) if code is not None else ("", "")
    return spanish if language == "es" else english
