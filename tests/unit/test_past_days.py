"""Days that questions about the past mean, on Tuesday 24 November 2026."""

from datetime import date

import pytest

from graph.past_days import past_days

TODAY = date(2026, 11, 24)


def november(day: int) -> date:
    return date(2026, 11, day)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("¿Qué hablamos ayer?", november(23), november(23)),
        ("¿de qué charlamos anteayer?", november(22), november(22)),
        ("¿Qué te dije anoche?", november(23), november(23)),
        ("¿Qué hablamos el lunes?", november(23), november(23)),
        # said on a Tuesday: the last one, not today
        ("¿Qué hablamos el martes?", november(17), november(17)),
        ("¿Qué te había contado el miércoles?", november(18), november(18)),
        ("¿qué hablamos hoy?", TODAY, TODAY),
        ("¿Qué hablamos la semana pasada?", november(16), november(22)),
        ("¿En qué quedamos el 12 de noviembre?", november(12), november(12)),
        # no year: the newest that has been
        ("¿Qué te conté el 3 de diciembre?", date(2025, 12, 3), date(2025, 12, 3)),
        ("What did we talk about on Friday?", november(20), november(20)),
        ("what had I told you on November 12?", november(12), november(12)),
        ("what did you say on November 3rd?", november(3), november(3)),
    ],
)
def test_a_question_about_a_day(text: str, first: date, last: date) -> None:
    assert past_days(text, TODAY) == [(first, last)]


@pytest.mark.parametrize(
    "text",
    [
        "El martes viajo a Salta",  # to come
        "¿Qué hago el viernes?",
        "Recordame el jueves llamar a Domingo",
        "¿Qué te había contado de mi viaje?",  # no day: found by meaning
        "¿Qué te dije el 31 de febrero?",
        "hola",
    ],
)
def test_no_day_of_the_past(text: str) -> None:
    assert past_days(text, TODAY) == []
