"""Open-Meteo: where a place is, and its weather. No key; CC BY 4.0, so answers name it."""

import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from tools.certificates import authorities
from tools.errors import ToolError
from tools.settings import ToolSettings

TIMEOUT_S = 8.0
KEPT_S = 600.0  # how long an answer is given again
MAX_KEPT = 100
DAYS = 16  # the longest forecast there is
CURRENT = "temperature_2m,weather_code,wind_speed_10m"
DAILY = (
    "weather_code,temperature_2m_max,temperature_2m_min,precipitation_sum"
    ",precipitation_probability_max,wind_speed_10m_max"
)


class Spot(BaseModel):
    """A place of the gazetteer."""

    name: str
    latitude: float
    longitude: float
    timezone: str = ""
    country: str = ""
    country_code: str = ""
    admin1: str = ""  # province or state
    population: int = 0


class _Spots(BaseModel):
    results: list[Spot] = []


class Current(BaseModel):
    """Now. Degrees Celsius, km/h, and the WMO's code for the sky."""

    temperature_2m: float
    weather_code: int
    wind_speed_10m: float


class Daily(BaseModel):
    """One column a day, of the place's own days; the last ones may lack figures."""

    time: list[date]
    weather_code: list[int | None]
    temperature_2m_max: list[float | None]
    temperature_2m_min: list[float | None]
    precipitation_sum: list[float | None]  # mm
    precipitation_probability_max: list[float | None]  # percent
    wind_speed_10m_max: list[float | None]


class Forecast(BaseModel):
    """Of one place."""

    current: Current
    daily: Daily


Answer = TypeVar("Answer", bound=BaseModel)


class OpenMeteo:
    """The two services, each answer kept for ten minutes. `clock` counts seconds."""

    def __init__(self, settings: ToolSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._forecast_url = f"{settings.open_meteo_url}v1/forecast"
        self._search_url = f"{settings.open_meteo_geocoding_url}v1/search"
        self._clock = clock
        self._kept: dict[str, tuple[float, Any]] = {}

    async def spots(self, name: str, language: str) -> list[Spot]:
        """Places of that name, the best known first. ToolError when it does not answer."""
        query = {"name": name, "count": 20, "language": language, "format": "json"}
        return (await self._ask(_Spots, self._search_url, query)).results

    async def forecast(self, spot: Spot) -> Forecast:
        """Now and the next days. ToolError when it does not answer."""
        query = {
            "latitude": spot.latitude,
            "longitude": spot.longitude,
            "current": CURRENT,
            "daily": DAILY,
            "timezone": "auto",
            "forecast_days": DAYS,
        }
        return await self._ask(Forecast, self._forecast_url, query)

    async def _ask(self, kind: type[Answer], url: str, query: Mapping[str, Any]) -> Answer:
        address = str(httpx.URL(url, params=query))
        until, kept = self._kept.get(address, (0.0, None))
        if kept is None or until <= self._clock():
            kept = await _get(kind, address)
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[address] = (self._clock() + KEPT_S, kept)
        answer: Answer = kept
        return answer


async def _get(kind: type[Answer], address: str) -> Answer:
    try:
        async with httpx.AsyncClient(
            timeout=TIMEOUT_S, trust_env=False, verify=authorities()
        ) as http:
            answer = await http.get(address)
            return kind.model_validate_json(answer.raise_for_status().content)
    except (httpx.HTTPError, ValueError) as error:  # pydantic's errors are ValueErrors
        raise ToolError("weather_unavailable") from error
