"""The time, here and elsewhere."""

from tools import places
from tools.contract import Context, Effect, tool
from tools.dates import clock_in_words, day_in_words
from tools.errors import BadArgument

# The hour or the day of a named place; the one here stands in the message.
CUE = (
    r"\b(?:que (?:hora|dia) (?:es|son|sera|hay|tienen)|hora es|time is it|what day is it)\b"
    r".{0,80}\b(?:en|in|alla|ahi|there)\b"
    r"|\b(?:decime|dime|pasame|tell me|give me) (?:la hora (?:de|en)|the time in)\b"
    r"|\b(?:en|in) [a-z]{3,}\b.{0,60}\b(?:que hora (?:es|son|sera)|what(?:'s| is) the time)\b"
)


@tool(
    effect=Effect.READ,
    timeout_s=2,
    cue=CUE,
)
async def clock(context: Context, place: str = "") -> str:
    """Current date and time in a city or country. Not for here: the message already tells it.

    Args:
        place: City or country, for example "Tokyo". Empty for the user's own place.
    """
    if place.strip():
        found = places.find(place, context.language)
        if found is None:
            raise BadArgument("clock_unknown_place", place=place.strip()[:60])
    else:
        name = places.city_of(context.timezone, context.language)
        found = places.Place(context.timezone, name)
    day = day_in_words(context.now, found.zone, context.language)
    hour = clock_in_words(context.now, found.zone, context.language)
    return f"{found.name}: {hour}, {day}"
