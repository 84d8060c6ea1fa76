"""Sentences split into what and when."""

from datetime import UTC, datetime

import pytest

from tools.when import Ambiguous, WhenError, read, split

NOW = datetime(2026, 11, 25, 13, 15, tzinfo=UTC)
ZONE = "America/Argentina/Buenos_Aires"

SPANISH = [
    ("recordame pagar la luz el viernes a las 18", "pagar la luz", "el viernes a las 18"),
    ("Recordame que el viernes tengo dentista", "tengo dentista", "el viernes"),
    ("recuérdame mañana a las 9 llamar a mamá", "llamar a mamá", "mañana a las 9"),
    ("acordate de comprar pan a la tarde", "comprar pan", "a la tarde"),
    ("avisame en 20 minutos que saque la pizza", "saque la pizza", "en 20 minutos"),
    ("en 20 minutos avisame que saque la pizza", "saque la pizza", "en 20 minutos"),
    ("haceme acordar mañana de llevar 3 kilos de pan", "llevar 3 kilos de pan", "mañana"),
    ("que no se me pase pagar el alquiler el 5", "pagar el alquiler", "el 5"),
    ("no me dejes olvidar las llaves mañana a las 8", "las llaves", "mañana a las 8"),
    ("poneme una alarma a las 6:45", "", "a las 6:45"),
    ("che, recordame a las 7 que ponga la ropa a lavar", "ponga la ropa a lavar", "a las 7"),
    ("recordame: turno con la Dra. Pérez, jueves 15:30", "turno con la Dra. Pérez", "jueves 15:30"),
    # in two places
    (
        "recordame el jueves que llame a mi vieja a las 6",
        "llame a mi vieja",
        "el jueves a las 6",
    ),
    (
        "mañana recordame mandar el mail a las 14 a Martín",
        "mandar el mail a Martín",
        "mañana a las 14",
    ),
    # what belongs to the text stays in it
    (
        "recordame mañana a las 9 que el viernes tengo dentista",
        "el viernes tengo dentista",
        "mañana a las 9",
    ),
    (
        "avisame a las 21:30 que empieza el partido del domingo",
        "empieza el partido del domingo",
        "a las 21:30",
    ),
    ("recordame el sábado buscar a Domingo", "buscar a Domingo", "el sábado"),
    ("recordame pasar por 9 de Julio 850 el lunes", "pasar por 9 de Julio 850", "el lunes"),
    ("recordame mañana a las 9 leer Juan 3:16", "leer Juan 3:16", "mañana a las 9"),
    (
        "recordame mañana llamar y después comprar pan",
        "llamar y después comprar pan",
        "mañana",
    ),
    ("mañana contarle lo que pasó ayer", "contarle lo que pasó ayer", "mañana"),
    # capitals, accents and line breaks of the person stay
    ("RECORDAME PAGAR LA LUZ MAÑANA", "PAGAR LA LUZ", "MAÑANA"),
    ("recordame\nComprar:\nleche mañana", "Comprar: leche", "mañana"),
    # recurrences
    (
        "recordame todos los días hábiles a las 8 fichar",
        "fichar",
        "todos los días hábiles a las 8",
    ),
    (
        "tomar el antibiótico cada 8 horas por 7 días",
        "tomar el antibiótico",
        "cada 8 horas por 7 días",
    ),
    # no time, nothing but a time
    ("recordame pagar la luz", "pagar la luz", ""),
    ("recordame mañana", "", "mañana"),
]
ENGLISH = [
    ("remind me to call mom on Thursday at 6pm", "call mom", "on Thursday at 6pm"),
    ("Remind me tomorrow at 9 to pay the rent", "pay the rent", "tomorrow at 9"),
    ("please remind me about the dentist on Friday", "the dentist", "on Friday"),
    ("in 20 minutes tell me to take the pizza out", "take the pizza out", "in 20 minutes"),
    ("don't let me forget the keys tomorrow at 8", "the keys", "tomorrow at 8"),
    ("remind me tomorrow that Bob comes on Friday", "Bob comes on Friday", "tomorrow"),
    ("set a reminder for tomorrow at noon", "", "tomorrow at noon"),
    ("remind me to water the plants every 3 days", "water the plants", "every 3 days"),
]
ALL = [("es", *row) for row in SPANISH] + [("en", *row) for row in ENGLISH]


@pytest.mark.parametrize(("language", "sentence", "text", "phrase"), ALL)
def test_a_sentence_is_split(language: str, sentence: str, text: str, phrase: str) -> None:
    request = split(sentence, language)
    assert (request.text, request.phrase) == (text, phrase)


@pytest.mark.parametrize(("language", "sentence", "text", "phrase"), ALL)
def test_the_phrase_alone_means_what_the_sentence_means(
    language: str, sentence: str, text: str, phrase: str
) -> None:
    if not phrase:
        with pytest.raises(WhenError):
            read(sentence, now=NOW, zone=ZONE, language=language)
        return
    whole = read(sentence, now=NOW, zone=ZONE, language=language)
    alone = read(phrase, now=NOW, zone=ZONE, language=language)
    assert (alone.due_at, alone.rule) == (whole.due_at, whole.rule)


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("recordame mañana", True),
        ("/recordame mañana", True),
        ("por favor avisame mañana", True),
        ("el lunes haceme acordar", True),
        ("mañana voy al cine", False),
        ("qué tengo mañana?", False),
        ("me acordé de vos", False),
    ],
)
def test_what_asks_for_a_reminder_is_told_from_what_does_not(sentence: str, asked: bool) -> None:
    assert split(sentence, "es").asked is asked


def test_two_times_are_asked() -> None:
    with pytest.raises(Ambiguous):
        split("recordame comprar entradas a las 8 o a las 9", "es")
