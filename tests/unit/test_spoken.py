"""Answers as one says them aloud, and those that have to be read."""

import pytest

from app.spoken import SPOKEN_MAX, spoken

SAID = [
    # Markup goes, its words stay
    ("Son **423** pesos.", "Son 423 pesos."),
    ("*ojo* con _eso_", "ojo con eso."),
    ("***ojo*** con **eso**.", "ojo con eso."),
    ("# Receta\nHarina y agua", "Receta.\nHarina y agua."),
    ("> lo que dijiste\n\nSí.", "lo que dijiste.\nSí."),
    ("---\nHola", "Hola."),
    # Words between backticks are only words
    ("Se llama `Lola`.", "Se llama Lola."),
    # Lists are sentences; numbers stay, as one may choose by them
    ("Comprá:\n- pan\n- leche", "Comprá:\npan.\nleche."),
    ("1. pan\n2. leche", "1. pan.\n2. leche."),
    ("1. pan\n1. leche", "1. pan.\n2. leche."),
    ("3. pan\n   integral", "3. pan.\nintegral."),
    ("- frutas\n  - peras\n  - uvas", "frutas.\nperas.\nuvas."),
    # A line ends with a pause, but not with two
    ("Lunes: sol\nMartes: lluvia", "Lunes: sol.\nMartes: lluvia."),
    ("Hola,\n¿cómo andás?", "Hola,\n¿cómo andás?"),
    ("Dijo «no.»\nY (bueno!)", "Dijo «no.»\nY (bueno!)"),
    ("uno<br>dos", "uno.\ndos."),
    # Pictures go, with all that belongs to them; signs stay
    ("¡Listo! 🎉", "¡Listo!"),
    ("👩🏽‍🍳 Cociná 🇦🇷 hoy", "Cociná hoy."),
    ("1️⃣ pan", "1 pan."),
    ("✅ Hecho ❤️", "Hecho."),
    ("🎉", ""),
    ("Hace 21 °C, 60 % y $ 1.250", "Hace 21 °C, 60 % y $ 1.250."),
    # Numbers, dates and sums are the voice's business
    ("El 3/12/2026 a las 18:30.", "El 3/12/2026 a las 18:30."),
    ("5*3 = 15", "5 × 3 = 15."),
    (r"\( \frac{1}{2} \times 4 = 2 \)", "1/2 × 4 = 2."),
    ("Van 3 * 4 y 2*5", "Van 3 × 4 y 2 × 5."),
    # Nothing to say
    ("", ""),
    ("---", ""),
    ("…", ""),
]
READ = {
    "code": "Poné:\n```sh\nls\n```",
    "code without an end": "```\nls",
    "indented code": "Así:\n\n    ls -l",
    "a command": "Corré `pip install -e '.[voice]'`.",
    "a path": "Está en `~/voces`",
    "a table": "| a | b |\n|---|---|\n| 1 | 2 |",
    "a link": "Mirá [esto](/x)",
    "an address": "Mirá https://example.org/a_b",
    "an address without http": "Mirá www.example.org",
    "an address in angles": "<https://example.org>",
    "a mail": "Escribí a ana@example.org",
    "a picture": "![gato](gato.png)",
    "what is crossed out": "Sale ~~$100~~ $80",
    "a ticked thing": "1. ~pan~ ✓\n2. leche",
    "boxes": "☐ pan\n☑ leche",
    "too long": "Bla. " * (SPOKEN_MAX // 5 + 1),
    "too deep": "> " * 200 + "x",
}


@pytest.mark.parametrize(("markdown", "words"), SAID)
def test_what_is_said(markdown: str, words: str) -> None:
    assert spoken(markdown) == words


@pytest.mark.parametrize("markdown", READ.values(), ids=READ)
def test_what_has_to_be_read(markdown: str) -> None:
    assert spoken(markdown) == ""


def test_the_limit_is_of_what_is_said() -> None:
    assert len(spoken("**a** " * (SPOKEN_MAX // 2 - 1))) <= SPOKEN_MAX
    assert spoken("**a** " * (SPOKEN_MAX // 2 - 1))
