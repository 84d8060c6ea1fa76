"""Which answers stray from the passages that were found, and which only put them in other words."""

import pytest
from langchain_core.messages import ToolMessage

from graph.sources import SOURCES
from graph.straying import strays


def found(text: str) -> list[ToolMessage]:
    marks = {SOURCES: [["contrato.pdf, pág. 2", text]]}
    return [ToolMessage(text, tool_call_id="1", additional_kwargs=marks)]


@pytest.mark.parametrize(
    ("passage", "asked", "answer"),
    [
        ("Se paga $480.000 por mes.", "¿cuánto se paga?", "$480.000,00"),
        ("La fiesta es a las 21.30 hs.", "¿a qué hora es?", "A las 21:30."),
        ("Vence el 15 de marzo de 2027.", "¿cuándo vence?", "El 15/03/2027."),
        ("Lleva doscientos gramos de grasa.", "¿cuánta grasa lleva?", "200 gramos."),
        ("Lleva 1,50 litros de leche.", "¿cuánta leche?", "1,5 litros."),
        ("Hay recargo por mora.", "¿y si pago tarde?", "Ten en cuenta que hay recargo."),
        ("Keys: when the deposit is paid.", "when?", "Once the deposit is paid."),
        ("Plazo. Precio. Depósito.", "¿qué temas trata?", "Trata tres temas: plazo y precio."),
        ("Plazo de un año. Precio fijo.", "resumilo", "**1. Plazo** de un año\n**2. Precio** fijo"),
        ("El micro es para 40 personas.", "¿sirve?", "Para una persona sobra: el micro es grande."),
        ("Keep the red button pressed.", "¿cómo se apaga?", "Mantené apretado el que es rojo."),
        ("La torta no contiene gluten.", "¿contiene gluten?", "La torta no contiene gluten."),
        ("No se permiten taladros.", "¿puedo usar el taladro?", "No."),
        ("Sexta. Rescisión con aviso.", "¿qué dice de mascotas?", "No dice nada de mascotas."),
    ],
)
def test_what_is_in_them_may_be_said_in_other_words(passage: str, asked: str, answer: str) -> None:
    assert not strays(answer, asked, found(passage), "")


@pytest.mark.parametrize(
    ("passage", "asked", "answer"),
    [
        ("Salen cuatro docenas.", "¿cuántas docenas salen?", "Salen tres docenas."),
        ("Se paga $480.000 por mes.", "¿cuánto se paga?", "Se paga $450.000."),
        ("Rescisión con aviso.", "¿qué dice de la rescisión?", "No menciona la rescisión."),
        ("Rescisión con aviso.", "¿qué dice de la rescisión?", "Consultá con un abogado."),
        ("Aviso de sesenta días.", "¿con cuánto aviso?", "Con treinta días."),
    ],
)
def test_what_is_not_in_them_strays(passage: str, asked: str, answer: str) -> None:
    assert strays(answer, asked, found(passage), "")


def test_what_the_message_brought_is_known() -> None:
    turn = found("Cláusulas.")
    assert strays("Son 120 páginas.", "¿cuántas hojas?", turn, "")
    assert not strays("Son 120 páginas.", "¿cuántas hojas?", turn, "páginas: 120")


def test_a_number_of_thousands_of_digits_is_read() -> None:
    assert strays("9" * 10_000, "¿cuánto?", found("Nada."), "")
