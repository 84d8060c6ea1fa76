"""What counts as being in an answer, and which language it is in."""

import pytest

from app.evals.wording import language_of, stands


@pytest.mark.parametrize(
    ("wanted", "text", "there"),
    [
        # Case and accents aside, at the beginning of a word, either alternative.
        ("garcia marquez", "La escribió Gabriel GARCÍA MÁRQUEZ.", True),
        ("doce|12", "Son doce.", True),
        ("doce|12", "Son 12.", True),
        ("alergi", "Sos alérgica a las nueces", True),
        ("pan", "Compré champán", False),
        # Digits whole.
        ("12", "Son 112 pesos", False),
        ("12", "Son 12.500 pesos", False),
        ("12", "Son 3,12 pesos", False),
        ("12", "Son 12, más o menos", True),
        ("18:00", "(vie 27 nov, 18:00)", True),
        # A number in any notation; rounded only where decimals are wanted.
        (66492, "Da 66.492.", True),
        (66492, "It is 66,492", True),
        (66492, "Son 66 492 en total", True),
        (66492, "66492,00", True),
        (66492, "66.493", False),
        (1595, "Son $1.595,00 por persona", True),
        (41.84, "unos 41,8 km", True),
        (41.84, "unos 42 km", True),
        (41.84, "unos 45 km", False),
        (12, "entre 10 y 12", True),
        (12, "el 1/2", False),
        (7, "ninguna", False),
    ],
)  # fmt: skip
def test_what_stands_in_an_answer(wanted: str | float, text: str, there: bool) -> None:
    assert stands(wanted, text) is there


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¡Hola! Todo bien, ¿y vos? ¿En qué te puedo ayudar?", "es"),
        ("Listo, te aviso: pagar la luz (vie 27 nov, 18:00)", "es"),
        ("Sure! The capital of Peru is Lima.", "en"),
        ("I can't do that, but you can call them.", "en"),
        # Too little, or some of both.
        ("Library", ""),
        ("Picasso.", ""),
        ("En inglés se dice «see you on Tuesday at the station».", ""),
    ],
)
def test_the_language_of_an_answer(text: str, language: str) -> None:
    assert language_of(text) == language
