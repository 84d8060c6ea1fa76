"""The weather, from a stand-in that speaks Open-Meteo's HTTP."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial

import pytest
from starlette.responses import JSONResponse, Response

from graph.prompts import Prompts
from graph.settings import HOME as FOLDER
from tests.open_meteo import FakeOpenMeteo
from tools.contract import ToolCallContext
from tools.errors import ToolError
from tools.open_meteo import OpenMeteo
from tools.ports import Here
from tools.weather import make_weather, meant
from tools.weather_days import days_meant

MONDAY = date(2026, 11, 23)
SENT = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
HERE = "America/Argentina/Buenos_Aires"
PIN = Here(-34.58367, -58.39284, "Plaza Francia 2")
LATE = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # still Monday in Buenos Aires


class Clock:
    """Seconds, as far as the test says."""

    def __init__(self) -> None:
        self.time = 1_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture(scope="module")
def running() -> Iterator[FakeOpenMeteo]:
    with FakeOpenMeteo() as service:
        yield service


@pytest.fixture
def service(running: FakeOpenMeteo) -> FakeOpenMeteo:
    running.asked.clear()
    running.broken = None
    return running


async def ask(
    service: FakeOpenMeteo | OpenMeteo,
    place: str = "",
    when: str = "hoy",
    *,
    language: str = "es",
    zone: str = HERE,
    sent_at: datetime = SENT,
    here: Here | None = None,
) -> str:
    context = ToolCallContext(
        call_id="call-1",
        sender="5491122334455",
        language=language,
        timezone=zone,
        sent_at=sent_at,
        now=sent_at,
        here=here,
        say=partial(Prompts(FOLDER / "prompts").message, language),
    )
    client = OpenMeteo(service.settings) if isinstance(service, FakeOpenMeteo) else service
    arguments = {"place": place, "when": when, "context": context}
    return str(await make_weather(client).ainvoke(arguments))


async def test_today_here(service: FakeOpenMeteo) -> None:
    assert await ask(service) == (
        "Buenos Aires, Argentina (Open-Meteo)\n"
        "Ahora: 21 °C, parcialmente nublado, viento 12 km/h\n"
        "Hoy, lunes 23 de noviembre: 18 a 29 °C, parcialmente nublado, 5% de probabilidad de"
        " lluvia, viento hasta 22 km/h"
    )


async def test_another_day_elsewhere(service: FakeOpenMeteo) -> None:
    assert await ask(service, "Rosario", "mañana") == (
        "Rosario, Santa Fe, Argentina (Open-Meteo)\n"
        "Mañana, martes 24 de noviembre: 15 a 22 °C, lluvia, 80% de probabilidad de lluvia"
        " (12,4 mm), viento hasta 35 km/h"
    )
    assert await ask(service, "Rosario", "tomorrow", language="en") == (
        "Rosario, Santa Fe, Argentina (Open-Meteo)\n"
        "Tomorrow, Tuesday, November 24: 15 to 22 °C, rain, 80% chance of rain (12.4 mm),"
        " wind up to 35 km/h"
    )


async def test_the_service_is_asked_in_the_owners_language_and_for_the_places_own_days(
    service: FakeOpenMeteo,
) -> None:
    await ask(service, "Rosario")
    search, forecast = service.asked
    assert (search["name"], search["language"]) == ("Rosario", "es")
    assert (forecast["latitude"], forecast["timezone"]) == ("-32.9", "auto")


async def test_days_count_from_when_the_message_was_sent_in_the_owners_zone(
    service: FakeOpenMeteo,
) -> None:
    assert "Mañana, martes 24" in await ask(service, when="mañana", sent_at=LATE)


@pytest.mark.parametrize(
    ("asked", "zone", "meant"),
    [
        ("Córdoba", "America/Argentina/Buenos_Aires", "Córdoba, Argentina"),
        ("Córdoba", "Europe/Madrid", "Córdoba, Andalucía, España"),
        ("cordoba, españa", "America/Argentina/Buenos_Aires", "Córdoba, Andalucía, España"),
        ("Córdoba (España)", "America/Argentina/Buenos_Aires", "Córdoba, Andalucía, España"),
        # Smaller, but of the owner's country; a village is no match for the city all mean.
        ("San Juan", "America/Argentina/Buenos_Aires", "San Juan, Argentina"),
        ("San Juan", "America/Puerto_Rico", "San Juan, Puerto Rico"),
        ("Londres", "America/Argentina/Buenos_Aires", "Londres, Inglaterra, Reino Unido"),
        ("Londres, Catamarca", "America/Argentina/Buenos_Aires", "Londres, Catamarca, Argentina"),
        ("acá", "America/Argentina/Buenos_Aires", "Buenos Aires, Argentina"),
        # What the gazetteer says is read as ours: letters only.
        ("Trampa", "America/Argentina/Buenos_Aires", "Trampa hacé clic bb"),
    ],
)
async def test_the_place_that_is_meant(
    service: FakeOpenMeteo, asked: str, zone: str, meant: str
) -> None:
    answer = await ask(service, asked, zone=zone)
    assert answer.partition(" (Open-Meteo)")[0] == meant


@pytest.mark.parametrize(
    ("asked", "pin", "told"),
    [
        ("", PIN, "Plaza Francia"),
        ("acá", PIN, "Plaza Francia"),
        ("plaza francia 2", PIN, "Plaza Francia"),
        ("-34.58, -58.39", PIN, "Plaza Francia"),
        ("here", PIN._replace(name=""), "Donde estás"),
        ("", PIN._replace(name="[1](2)"), "Donde estás"),
    ],
)
async def test_a_shared_place_is_here(
    service: FakeOpenMeteo, asked: str, pin: Here, told: str
) -> None:
    answer = await ask(service, asked, here=pin)
    assert answer.splitlines()[0] == f"{told} (Open-Meteo)"
    (forecast,) = service.asked  # and nothing of where exactly
    assert (forecast["latitude"], forecast["longitude"]) == ("-34.58", "-58.39")


@pytest.mark.parametrize(
    ("asked", "told"),
    [("Rosario", "Rosario"), ("mi casa", "Buenos Aires"), ("home", "Buenos Aires")],
)
async def test_what_is_named_is_not_where_the_pin_is(
    service: FakeOpenMeteo, asked: str, told: str
) -> None:
    assert (await ask(service, asked, here=PIN)).startswith(told)


@pytest.mark.parametrize(
    ("when", "days"),
    [
        ("", ["23"]), ("hoy", ["23"]), ("ahora", ["23"]), ("esta noche", ["23"]),
        ("hoy a la mañana", ["23"]), ("today", ["23"]), ("this afternoon", ["23"]),
        ("mañana", ["24"]), ("mañana a la tarde", ["24"]), ("tomorrow morning", ["24"]),
        ("pasado", ["25"]), ("pasado mañana", ["25"]), ("the day after tomorrow", ["25"]),
        ("el miércoles", ["25"]), ("viernes", ["27"]), ("Friday", ["27"]), ("el domingo", ["29"]),
        ("el lunes", ["30"]),  # said on a Monday: the next one
        ("2026-11-26", ["26"]),
        ("el finde", ["28", "29"]), ("fin de semana", ["28", "29"]), ("weekend", ["28", "29"]),
        ("esta semana", ["23", "24", "25", "26", "27", "28", "29"]),
        ("los próximos días", ["23", "24", "25", "26", "27", "28", "29"]),
        ("this week", ["23", "24", "25", "26", "27", "28", "29"]),
        ("todos los días", ["23", "24", "25", "26", "27", "28", "29"]),
        ("la semana que viene", ["30", "01", "02", "03", "04", "05", "06"]),
        ("next week", ["30", "01", "02", "03", "04", "05", "06"]),
        ("hoy lunes", ["23"]), ("this Monday", ["30"]), ("this weekend", ["28", "29"]),
        ("hoy y mañana", ["23", "24"]), ("sábado o domingo", ["28", "29"]),
        ("el martes, miércoles y viernes", ["24", "25", "27"]), ("mañana o pasado", ["24", "25"]),
        ("en 3 días", ["26"]), ("el 27", ["27"]), ("el 5 de diciembre", ["05"]),
        ("el martes de la semana que viene", ["01"]), ("esta tarde a las 6", ["23"]),
    ],
)  # fmt: skip
def test_the_days_that_are_meant(when: str, days: list[str]) -> None:
    meant = days_meant(when, MONDAY, zone=HERE, language="es")
    assert [f"{day:%d}" for day in meant] == days


async def test_a_week_has_a_line_for_each_day(service: FakeOpenMeteo) -> None:
    lines = (await ask(service, when="semana")).splitlines()
    assert len(lines) == 9  # the place, now, and seven days
    assert lines[-1].startswith("Domingo 29 de noviembre: 16 a 26 °C")


@pytest.mark.parametrize(
    ("place", "when", "key"),
    [
        ("Atlantis", "hoy", "weather_place"),
        ("Rosario, Chile", "hoy", "weather_place"),
        ("Rosario", "algún día", "weather_when"),
        ("Rosario", "2026-13-45", "weather_when"),
        ("Rosario", "2027-03-01", "weather_too_far"),
        ("Rosario", "2026-11-01", "weather_too_far"),
        ("Rosario", "ayer", "weather_too_far"),
        ("Rosario", "2026-12-05", "weather_too_far"),  # a day without figures
    ],
)
async def test_what_cannot_be_told_is_said(
    service: FakeOpenMeteo, place: str, when: str, key: str
) -> None:
    with pytest.raises(ToolError) as refused:
        await ask(service, place, when)
    assert refused.value.text == key


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"error": True, "reason": "Daily API request limit exceeded"}, 429),
        Response("<html>Bad gateway</html>", 502),
        Response("<html>Hola</html>"),
        JSONResponse({"results": [{"name": "Rosario"}]}),
        JSONResponse({"results": "Rosario"}),
    ],
)
async def test_trouble_of_the_service_is_one_sentence(
    service: FakeOpenMeteo, answer: Response
) -> None:
    service.broken = answer
    with pytest.raises(ToolError) as refused:
        await ask(service, "Rosario")
    assert refused.value.text == "weather_unavailable"


async def test_nobody_listening_is_one_sentence() -> None:
    with FakeOpenMeteo() as gone:
        client = OpenMeteo(gone.settings)
    with pytest.raises(ToolError) as refused:
        await ask(client, "Rosario")
    assert refused.value.text == "weather_unavailable"


async def test_an_answer_is_given_again_for_ten_minutes(service: FakeOpenMeteo) -> None:
    clock = Clock()
    client = OpenMeteo(service.settings, clock)
    await ask(client, "Rosario")
    await ask(client, "Rosario", "mañana")
    assert len(service.asked) == 2  # one search, one forecast
    clock.time += 601
    await ask(client, "Rosario")
    assert len(service.asked) == 4


async def test_a_failure_is_not_kept(service: FakeOpenMeteo) -> None:
    client = OpenMeteo(service.settings, Clock())
    service.broken = Response(status_code=500)
    with pytest.raises(ToolError):
        await ask(client, "Rosario")
    service.broken = None
    assert "Rosario" in await ask(client, "Rosario")


@pytest.mark.parametrize(
    ("said", "place", "when"),
    [
        ("el jueves me voy a tandil, va a llover o zafo?", "tandil", "el jueves"),
        (
            "nos vamos a San Martín de los Andes el finde, ¿nieva?",
            "San Martín de los Andes",
            "finde",
        ),
        ("I'm going to Bariloche tomorrow, will it rain?", "Bariloche", "tomorrow"),
        ("voy a Mar del Plata el sábado, ¿llueve?", "Mar del Plata", "el sabado"),
        ("me voy a san juan mañana, ¿hace frío?", "san juan", "manana"),
        ("nos vamos a mar del plata, ¿hay viento?", "mar del plata", "hoy"),
        ("voy a salir, ¿llevo paraguas?", "", "hoy"),
        ("me voy a bañar, ¿hace frío?", "", "hoy"),
        ("me voy a casa, ¿llueve?", "", "hoy"),
        ("is it going to rain tomorrow?", "", "tomorrow"),
        ("I'm going to bed, will it be cold?", "", "hoy"),
        ("¿llueve hoy? el martes salgo", "", "hoy"),
        ("¿esta mañana llueve?", "", "hoy"),
        ("vamos a la playa, ¿hace calor?", "", "hoy"),
        ("¿llueve mañana a la mañana?", "", "manana"),
        ("¿va a llover el sábado o el domingo?", "", "hoy"),
    ],
)
def test_what_the_model_left_out_is_taken_from_the_message(
    said: str, place: str, when: str
) -> None:
    assert meant({"place": "", "when": "hoy"}, said, "es") == {"place": place, "when": when}


def test_what_the_model_has_named_stays() -> None:
    named = {"place": "Mar del Plata", "when": "mañana"}
    assert meant(named, "el jueves me voy a tandil", "es") == named
