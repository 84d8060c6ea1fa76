"""The tools that reach out, from a message to what the model gets to read, through the product."""

from collections.abc import Iterator

import pytest

from tests.fake_ollama import tool_call
from tests.open_meteo import FakeOpenMeteo
from tests.search_engines import FakeSearch
from tests.stack import Stack


@pytest.fixture(scope="module")
def weather() -> Iterator[FakeOpenMeteo]:
    with FakeOpenMeteo() as service:
        yield service


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, weather: FakeOpenMeteo) -> Iterator[Stack]:
    with FakeSearch() as engines:
        engines.found["duckduckgo"] = [("Mate", "https://es.example/mate", "Una infusión.")]
        settings = {
            "OPEN_METEO_URL": str(weather.settings.open_meteo_url),
            "OPEN_METEO_GEOCODING_URL": str(weather.settings.open_meteo_geocoding_url),
            "SEARCH_URL": str(engines.settings.search_url),
        }
        with Stack(tmp_path_factory.mktemp("web"), **settings) as running:
            yield running


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("weather", {"place": "Rosario", "when": "hoy"}, "Rosario, Santa Fe, Argentina"),
        ("web_search", {"query": "mate"}, "https://es.example/mate"),
        ("convert_units", {"value": 5, "from_unit": "millas", "to_unit": "km"}, "= 8,04672 km"),
        ("convert_units", {"value": 5, "from_unit": "dólares", "to_unit": "pesos"}, "monedas"),
        ("read_page", {"url": "http://127.0.0.1:8080/"}, "127.0.0.1 no está en la internet"),
        ("read_page", {"url": "https://es.example/?clave=4471"}, "Solo leo direcciones"),
    ],
)
def test_what_the_model_reads(
    stack: Stack, tool: str, arguments: dict[str, object], said: str
) -> None:
    stack.ollama.forget()
    stack.ollama.script(tool_call(tool, **arguments), "Listo.")
    stack.write("dale con mate y http://127.0.0.1:8080/")
    assert stack.replies(1) == ["Listo."]
    result = stack.ollama.chats[-1]["messages"][-1]
    assert (result["role"], result["tool_name"]) == ("tool", tool)
    assert said in result["content"]


def share(stack: Stack, latitude: float, name: str = "", **fields: object) -> None:
    """The owner shares a place."""
    place = {"latitude": latitude, "longitude": -58.4, **({"name": name} if name else {})}
    stack.write("", type="location", message={"location": place, **fields})


def asked_here(stack: Stack) -> str:
    """The first line of the forecast for "acá"."""
    stack.ollama.script(tool_call("weather", place="acá"), "Está lindo.")
    stack.write("¿Cómo está el clima acá?")
    assert stack.replies(1) == ["Está lindo."]
    content: str = stack.ollama.chats[-1]["messages"][-1]["content"]
    return content.splitlines()[0]


def test_the_weather_is_that_of_the_newest_place_the_owner_shared(
    stack: Stack, weather: FakeOpenMeteo
) -> None:
    stack.ollama.forget()
    share(stack, -34.5837, "Plaza Francia")
    stack.replies(1)
    assert asked_here(stack) == "Plaza Francia (Open-Meteo)"
    assert weather.asked[-1]["latitude"] == "-34.58"
    share(stack, -31.4, "Cordobazo", context={"forwarded": True})  # where somebody else is
    stack.replies(1)
    assert asked_here(stack) == "Plaza Francia (Open-Meteo)"
    stack.ollama.script(tool_call("weather"), "Está lindo.")
    share(stack, -32.95)  # a position alone asks, and nothing in it is anybody's words
    assert stack.replies(1) == ["Está lindo."]
    content = stack.ollama.chats[-1]["messages"][-1]["content"]
    assert content.startswith("Donde estás (Open-Meteo)")
    stack.write("/limpiar")
    stack.replies(1)
    assert asked_here(stack) == "Buenos Aires, Argentina (Open-Meteo)"
