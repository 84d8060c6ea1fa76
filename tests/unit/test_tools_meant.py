"""What a small model gets wrong in a call, and what the owner's words make of it."""

from typing import Any

import pytest

from tools.scan import scan

TOOLS = {tool.name: tool for tool in scan(plugins=())}


@pytest.mark.parametrize(
    ("tool", "said", "asked", "meant"),
    [
        # "por" taken for a division
        ("calculator", "¿Cuánto es 1847 por 36?", {"expression": "1847 / 36"}, "1847 por 36"),
        # No sum as it stands: the model has understood it
        (
            "calculator",
            "la cuenta fue 200 y dejamos 10%",
            {"expression": "200 * 1.1"},
            {"expression": "200 * 1.1"},
        ),
        # Another day than the owner's
        (
            "remember",
            "Tené en cuenta que los jueves tengo coro. ¿Dale?",
            {"fact": "Tengo coro el viernes"},
            {"fact": "los jueves tengo coro"},
        ),
        (
            "remember",
            "acordate de que mi gata es Michi",
            {"fact": "Mi gata es Michi"},
            {"fact": "Mi gata es Michi"},
        ),
        # Other numbers: something said before is meant
        ("calculator", "y por 3?", {"expression": "51 * 3"}, {"expression": "51 * 3"}),
        # An earlier reminder, copied
        (
            "set_reminder",
            "avisame en 40 minutos que saque la tarta del horno",
            {"text": "pagar la luz", "when": "el viernes a las 18"},
            {"text": "saque la tarta del horno", "when": "en 40 minutos"},
        ),
        # Not at the front of the sentence: the time is the owner's all the same
        (
            "set_reminder",
            "Puse la torta en el horno, avisame en 40 minutos",
            {"text": "sacar la torta", "when": "a las 15"},
            {"text": "sacar la torta", "when": "en 40 minutos"},
        ),
        # No request: the day belongs to what was said before
        (
            "set_reminder",
            "sí, pero mejor el martes",
            {"text": "dentista", "when": "el martes a las 9"},
            {"text": "dentista", "when": "el martes a las 9"},
        ),
        # The hour left in the text
        (
            "set_reminder",
            "Recordame sacar turno mañana a las 10",
            {"text": "sacar turno mañana a las 10", "when": "mañana"},
            {"text": "sacar turno", "when": "mañana a las 10"},
        ),
        # Two times: nobody can tell which
        (
            "set_reminder",
            "Recordame el pan a las 5 y la leche a las 6",
            {"text": "la leche", "when": "a las 6"},
            {"text": "la leche", "when": "a las 6"},
        ),
        # Said before, and only pointed at now
        (
            "set_reminder",
            "sí, ponelo mañana a las 9",
            {"text": "llamar a Ana", "when": "mañana a las 9"},
            {"text": "llamar a Ana", "when": "mañana a las 9"},
        ),
        (
            "cancel_reminder",
            "cancelá el recordatorio de la pastilla, por favor",
            {"which": "el recordatorio"},
            {"which": "pastilla"},
        ),
        ("cancel_reminder", "cancelá el aviso 3", {"which": "3"}, {"which": "3"}),
        (
            "list_add",
            "sumá pilas a la lista de la ferretería",
            {"list": "súper", "items": "pilas"},
            {"list": "ferretería", "items": "pilas"},
        ),
        (
            "list_add",
            "add nails to my hardware list",
            {"list": "groceries", "items": "nails"},
            {"list": "hardware", "items": "nails"},
        ),
        # Named otherwise, by the owner too
        (
            "list_add",
            "poné clavos en la lista de la casa de fin de semana",
            {"list": "fin de semana", "items": "clavos"},
            {"list": "fin de semana", "items": "clavos"},
        ),
        ("list_show", "mostrame la lista de tareas", {"list": "súper"}, {"list": "tareas"}),
        ("list_show", "¿qué listas tengo?", {}, {}),
    ],
)
def test_what_the_owner_said_decides(
    tool: str, said: str, asked: dict[str, Any], meant: dict[str, Any] | str
) -> None:
    language = "en" if said.startswith("add") else "es"
    arguments = TOOLS[tool].metadata["meant"](asked, said, language)  # type: ignore[index]
    if isinstance(meant, str):  # any wording that the calculator reads the same way
        assert meant in arguments["expression"]
    else:
        assert arguments == meant
