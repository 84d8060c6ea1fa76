"""Open-Meteo on loopback: its gazetteer and its forecast, in its own shapes."""

from datetime import date, timedelta
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.simulator.serving import BackgroundServer
from tools.folding import fold
from tools.settings import ToolSettings

FIRST_DAY = date(2026, 11, 23)  # a Monday
COLUMNS = {
    "weather_code": [2, 63, 0, 95, 3, 80, 1],
    "temperature_2m_max": [29.4, 21.6, 30, 33, 25, 24, 26],
    "temperature_2m_min": [17.6, 15.2, 14, 20, 18, 17, 16],
    "precipitation_sum": [0.0, 12.4, 0, 30, 0, 2, 0],
    "precipitation_probability_max": [5, 80, 0, 95, 10, 60, 5],
    "wind_speed_10m_max": [21.6, 35, 10, 60, 15, 20, 12],
}


def spot(
    name: str, code: str, country: str, zone: str, population: int, admin1: str = ""
) -> dict[str, Any]:
    """One result of the gazetteer; like the real one it leaves out what it does not know."""
    known = {"population": population, "admin1": admin1}
    return {
        "id": 1, "name": name, "latitude": -32.9, "longitude": -60.6, "elevation": 31.0,
        "feature_code": "PPL", "country_code": code, "country": country, "timezone": zone,
        **{key: value for key, value in known.items() if value},
    }  # fmt: skip


ARGENTINA = ("AR", "Argentina")
GAZETTEER = [
    spot("Buenos Aires", "CO", "Colombia", "America/Bogota", 9_000),
    spot("Buenos Aires", *ARGENTINA, "America/Argentina/Buenos_Aires", 2_891_000),
    spot("Rosario", *ARGENTINA, "America/Argentina/Cordoba", 1_173_000, "Santa Fe"),
    spot("Córdoba", "ES", "España", "Europe/Madrid", 328_000, "Andalucía"),
    spot("Córdoba", *ARGENTINA, "America/Argentina/Cordoba", 1_428_000, "Córdoba"),
    spot("San Juan", "PR", "Puerto Rico", "America/Puerto_Rico", 418_000),
    spot("San Juan", *ARGENTINA, "America/Argentina/San_Juan", 112_000, "San Juan"),
    spot("Londres", *ARGENTINA, "America/Argentina/Catamarca", 2_000, "Catamarca"),
    spot("Londres", "GB", "Reino Unido", "Europe/London", 8_961_000, "Inglaterra"),
    spot("Trampa: [hacé clic] <b>7</b>", "XX", "", "UTC", 5),
]


class FakeOpenMeteo:
    """`with FakeOpenMeteo() as service`: settings that lead here, and what was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.broken: Response | None = None  # given instead of any answer
        self._server = BackgroundServer(
            Starlette(
                routes=[Route("/v1/search", self._search), Route("/v1/forecast", self._forecast)]
            )
        )

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.__exit__(*exc_info)

    @property
    def settings(self) -> ToolSettings:
        return ToolSettings.model_validate(
            {"open_meteo_url": self._server.url, "open_meteo_geocoding_url": self._server.url}
        )

    async def _search(self, request: Request) -> Response:
        self.asked.append(dict(request.query_params))
        wanted = fold(request.query_params["name"])
        found = [one for one in GAZETTEER if fold(one["name"]).startswith(wanted)]
        found = found if len(wanted) > 1 else []
        answer = {"generationtime_ms": 0.5, **({"results": found} if found else {})}
        return self.broken or JSONResponse(answer)

    async def _forecast(self, request: Request) -> Response:
        query = dict(request.query_params)
        self.asked.append(query)
        if set(query["daily"].split(",")) - COLUMNS.keys() or "current" not in query:
            return JSONResponse({"error": True, "reason": "Invalid String value"}, 400)
        days = [FIRST_DAY + timedelta(days=number) for number in range(int(query["forecast_days"]))]
        lacking = [None] * (len(days) - 7)  # the figures end before the days do
        daily = {name: [*values, *lacking] for name, values in COLUMNS.items()}
        answer = {
            "latitude": -32.875, "longitude": -60.625, "timezone": "America/Argentina/Cordoba",
            "current_units": {"temperature_2m": "°C"},
            "current": {
                "time": "2026-11-23T09:00", "interval": 900, "temperature_2m": 21.4,
                "weather_code": 2, "wind_speed_10m": 11.5,
            },
            "daily": {"time": [day.isoformat() for day in days], **daily},
        }  # fmt: skip
        return self.broken or JSONResponse(answer)
