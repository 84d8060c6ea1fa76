"""The tools that reach out, from a message to what the model gets to read, through the product."""

from collections.abc import Iterator

import pytest

from tests.fake_ollama import tool_call
from tests.open_meteo import FakeOpenMeteo
from tests.search_engines import FakeSearch
from tests.stack import Stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with FakeOpenMeteo() as weather, FakeSearch() as engines:
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
    stack.write("dale con http://127.0.0.1:8080/")
    assert stack.replies(1) == ["Listo."]
    result = stack.ollama.chats[-1]["messages"][-1]
    assert (result["role"], result["tool_name"]) == ("tool", tool)
    assert said in result["content"]
