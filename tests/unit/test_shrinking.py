"""Long tool results: what is kept is what the model needs to go on."""

import json

import pytest

from graph.shrinking import shrunk


def test_a_short_result_is_left_alone() -> None:
    assert shrunk("18 °C, nublado", 100) == "18 °C, nublado"


def test_json_keeps_ids_names_and_addresses() -> None:
    found = [
        {"id": n, "name": f"Bar {n}", "url": f"https://bar.example/{n}", "about": "x" * 900}
        for n in range(5)
    ]
    short = shrunk(json.dumps({"results": found}), 1200)
    assert len(short) <= 1200
    kept = json.loads(short)["results"]
    assert [(one["id"], one["name"], one["url"]) for one in kept] == [
        (n, f"Bar {n}", f"https://bar.example/{n}") for n in range(5)
    ]


def test_a_long_list_says_how_much_is_missing() -> None:
    short = shrunk(json.dumps([{"id": n, "text": "y" * 80} for n in range(500)]), 2000)
    assert len(short) <= 2000
    *kept, more = json.loads(short)
    assert kept[0]["id"] == 0
    assert more == f"… {500 - len(kept)}"


def test_prose_keeps_its_beginning_and_the_addresses_of_the_rest() -> None:
    text = "El bar abre a las nueve. " + "bla " * 900 + "Ver https://bar.example/carta y más."
    short = shrunk(text, 500)
    assert len(short) <= 500
    assert short.startswith("El bar abre a las nueve.")
    assert short.endswith("https://bar.example/carta")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5000,
        "[" * 5000,
        "[" * 600 + "1" * 4000 + "]" * 600,
        '{"a": ' * 900,
        "https://a.example/" * 300,
    ],
)
def test_whatever_it_is_it_fits(text: str) -> None:
    assert len(shrunk(text, 300)) <= 300
