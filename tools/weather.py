"""The weather, here and elsewhere."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.tools import BaseTool

from tools import places
from tools.contract import Context, Effect, ToolCallContext, tool
from tools.errors import BadArgument
from tools.folding import fold
from tools.open_meteo import DAYS, OpenMeteo, Spot
from tools.ports import Here
from tools.settings import ToolSettings
from tools.weather_days import NOW_WORDS, day_said, days_meant
from tools.weather_words import forecast_in_words

CUE = (
    r"\b(?:que clima|el clima (?:en|para|hoy|manana)|como (?:esta|estara|va a estar) el (?:clima"
    r"|tiempo)|pronostico|temperatura hace|va a llover|llovera|va a hacer (?:frio|calor)"
    r"|weather|forecast|(?:will|going to) (?:it )?(?:be )?(?:rain|snow|windy|hot|cold|sunny)"
    r"|how (?:hot|cold|warm|windy) is it|(?:va a|puede) nevar"
    r"|(?:llev\w+|sal(?:ir|go) con|necesito|hace falta) (?:el |un )?paraguas"
    r"|(?:need|take|bring) (?:an|my|the) umbrella)\b"
)
# Where somebody goes: "voy a Tandil". Without its capital only where nothing else can follow: "me
# voy a tandil", but "voy a salir".
_NAME = r"[A-ZÁÉÍÓÚÑ][^\W\d_]+"
_LONGER = r"(?:san|santa|mar|villa|puerto|r[ií]o|bah[ií]a|buenos|general|las|los)"
GOING_TO = (
    re.compile(
        rf"\b(?i:voy|vamos|viajo|viajamos|salgo|salimos|going|off|heading|headed|travell?ing|flying"
        rf"|driving)\s+(?i:a|para|to)\s+({_NAME}(?:(?:\s+(?:del?|la|las|los)){{1,2}}\s+{_NAME}|\s+{_NAME})*)"
    ),
    re.compile(
        r"\b(?:me voy|nos vamos|viajo|viajamos)\s+(?:a|para)\s+"
        r"(?!(?:la|el|un|una|mi|casa|misa|clases?|pie|all[aá]|ir|ver)\b)"
        r"(?!(?!mar\b)\w+[aei]r(?:me|te|nos|lo|la)?\b)"
        rf"((?:{_LONGER}\s+(?:del?\s+)?)?[^\W\d_]+)",
        re.IGNORECASE,
    ),
)
TODAY = re.compile(r"\b(?:hoy|ahora|today|tonight|now)\b")
HERE = {"", "aca", "aqui", "here", "mi ciudad", "mi casa", "casa", "my city", "home"}
# Of these, what means a place that was shared just now rather than where the owner lives.
NEAR = {"", "aca", "aqui", "here"}
DECIMALS = 2  # of a degree, about a kilometre: no more of where the owner is leaves this machine
# A place of the owner's own country counts as this much larger: Córdoba, San Juan. But no village
# called Londres takes the place of London.
OWN_COUNTRY = 10


def meant(arguments: dict[str, Any], own_words: str, _language: str) -> dict[str, Any]:
    """With the day and the place that the owner named, where the model left them out."""
    mended = dict(arguments)
    is_now = fold(str(arguments.get("when", ""))) in NOW_WORDS
    if is_now and not TODAY.search(fold(own_words)) and (day := day_said(own_words)):
        mended["when"] = day
    going = filter(None, (pattern.search(own_words) for pattern in GOING_TO))
    if not str(arguments.get("place", "")).strip() and (goes := next(going, None)):
        mended["place"] = goes[1]
    return mended


def make_weather(service: OpenMeteo) -> BaseTool:
    """The tool, asking `service`."""

    @tool(
        effect=Effect.OUTSIDE, timeout_s=20, cue=CUE, outside_content=False, meant=meant, whole=True
    )
    async def weather(context: Context, place: str = "", when: str = "hoy") -> str:
        """Weather now and forecast. Use it for every question about rain, cold or temperature.

        Args:
            place: City, for example "Rosario". Empty for the user's own place.
            when: "hoy", "mañana", "pasado mañana", a weekday or "semana".
        """
        today = context.sent_at.astimezone(ZoneInfo(context.timezone)).date()
        days = days_meant(when, today, zone=context.timezone, language=context.language)
        spot = _shared(place, context) or await _spot(service, place, context)
        forecast = await service.forecast(spot)
        lines = forecast_in_words(forecast, days, today, context.language)
        if not lines:
            raise BadArgument("weather_too_far", days=str(DAYS))
        return "\n".join([f"{_name(spot)} (Open-Meteo)", *lines])

    return weather


def _shared(place: str, context: ToolCallContext) -> Spot | None:
    """The place that the owner shared, where it is meant."""
    here = context.here
    if here is None or not _means(place, here):
        return None
    return Spot(
        name=_letters(here.name).strip() or context.say("weather_here"),
        latitude=round(here.latitude, DECIMALS),
        longitude=round(here.longitude, DECIMALS),
    )


def _means(place: str, here: Here) -> bool:
    """Models write its coordinates too, with no letter in them, or its name."""
    wanted = fold(place)
    no_name = not any(map(str.isalpha, wanted))
    return wanted in NEAR or no_name or wanted == fold(here.name)


async def _spot(service: OpenMeteo, place: str, context: ToolCallContext) -> Spot:
    """The place that is meant: the named one, else the owner's own by the time zone."""
    here = fold(place) in HERE
    asked = places.city_of(context.timezone, context.language) if here else place
    name, *more = (part.strip() for part in re.split(r"[,(]", asked.rstrip(") ")))
    spots = await service.spots(name[:60], context.language)
    wanted = [fold(part) for part in more if part]
    spots = [spot for spot in spots if all(_lies_in(spot, part) for part in wanted)]
    if not spots:
        raise BadArgument("weather_place", place=asked.strip()[:60])
    own = places.territory_of(context.timezone)

    def size(spot: Spot) -> tuple[bool, int]:
        at_home = here and spot.timezone == context.timezone
        weight = OWN_COUNTRY if spot.country_code == own else 1
        return at_home, (spot.population + 1) * weight

    return max(spots, key=size)


def _lies_in(spot: Spot, part: str) -> bool:
    names = (spot.admin1, spot.country, spot.country_code)
    return any(part in fold(name) for name in names if name)


def _name(spot: Spot) -> str:
    """With province and country, so that a wrong guess is seen at once. Letters only: the
    gazetteer can be edited by anybody, and this is read as ours."""
    parts = dict.fromkeys((spot.name, spot.admin1, spot.country))
    return ", ".join(part[:40] for part in map(_letters, parts) if part)


def _letters(name: str) -> str:
    return "".join(sign for sign in name if sign.isalpha() or sign in " .'-")


weather = make_weather(OpenMeteo(ToolSettings()))
