"""Sums in words: what is worked out, and what is left to the model."""

import pytest

from tools.calculator import calculate, meant
from tools.word_sums import in_words


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("fuimos 7 a cenar y salió 98.700, cuánto pone cada uno?", "14100"),
        ("somos 4 y gastamos 45 lucas, ¿cuánto es por cabeza?", "11250"),
        ("la cuenta fue 46.200 y dejamos 10% de propina, cuánto es en total?", "50820"),
        ("son 12.000 más 21 % de IVA, ¿cuánto pago?", "14520"),
        ("unas zapas de 89.000 con 20% de descuento cuanto quedan", "71200"),
        ("tengo 150 dolares, si me los toman a 1480 cuántos pesos son?", "222000"),
        ("¿cuántos dólares son 1,5 palos, o sea 1.480.000 pesos, a 1480?", ""),
        ("con 296.000 pesos cuántos dólares compro a 1480", "200"),
        ("a 1.480 el dólar, cuántos pesos me dan por 20 dólares?", "29600"),
        ("tengo 100 mil pesos, a 1000 cuántos euros son?", "100"),
        ("compré 3 remeras a 4500 cada una, cuánto es?", "13500"),
        ("3 kilos de papa a 1200 el kilo y un maple de huevos a 3500, cuánto gasté?", "7100"),
        ("compré medio kilo de pan a 2.000 el kilo, cuánto es?", "1000"),
        ("2 entradas a 5 lucas y 3 gaseosas a 800, ¿cuánto sale todo?", "12400"),
        ("¿cuántos minutos son una hora y cuarto?", "75"),
        ("cuantos minutos son dos horas y media", "150"),
        ("cuántos minutos son 2 horas y 20 minutos?", "140"),
        # Each of these asks for something else.
        ("¿cuánto dejo de propina si es el 10% de 46.200?", ""),
        ("con 20 % de descuento en 89.000 ¿cuánto me ahorro?", ""),
        ("a las 20 en el bar de Corrientes 3247, ¿cuánto sale?", ""),
        ("somos 4 desde el 15/3 y pusimos 200 y 300, cuánto le toca a cada uno", ""),
        ("¿cuánto es 18% de 2350?", ""),
        ("3 kilos de papa a 1200 y me dieron 500 de vuelto, ¿cuánto gasté?", ""),
        ("compré 3 remeras a 4500, ¿son caras?", ""),
        ("si el dólar sube a 1500 pesos, ¿cuántos dólares compro con 300000?", "200"),
        ("con 300 mil ¿cuántos dólares compro si cada uno está a 1500 pesos?", "200"),
        ("150 dólares más 200 dólares ¿cuántos pesos son?", ""),
        ("tengo 150 dólares y 1480 pesos, ¿cuánto es en pesos?", ""),
        ("con IVA de 21% incluido salió 12.100, ¿cuánto queda sin IVA?", ""),
        ("dejé 10% de propina en 46.200, ¿cuánto pago de propina?", ""),
        ("pagué 71.200 con 20% de descuento, ¿cuánto sale sin descuento?", ""),
        ("si somos 8 y cada plato salió 12.000, ¿cuánto pone cada uno?", ""),
        ("somos 3 y salió 98.700 más 300 de pan, ¿cuánto pone cada uno?", ""),
        ("salió 3 y somos 4, ¿cuánto pone cada uno?", "0,75"),
    ],
)
def test_spanish(said: str, result: str) -> None:
    found = in_words(said)
    assert (calculate(found, "es") if found else "") == result


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("dinner was 98.70 for 7 people, how much does each of us pay?", "14.1"),
        ("dinner was 98.70 and we are 7, how much is that per person?", "14.1"),
        ("the bill is 46.20 plus a 10% tip, how much in total?", "50.82"),
        ("shoes are 89 with 20% off, how much do I pay?", "71.2"),
        ("how many pesos is 150 dollars at 1480?", "222000"),
    ],
)
def test_english(said: str, result: str) -> None:
    found = in_words(said)
    assert (calculate(found, "en") if found else "") == result


def test_the_calculator_takes_it_for_what_the_model_wrote() -> None:
    said = "fuimos 7 a cenar y salió 98.700, cuánto pone cada uno?"
    mended = meant({"expression": "(98.700 / 7) * 2"}, said, "es")
    assert calculate(mended["expression"], "es") == "14100"
