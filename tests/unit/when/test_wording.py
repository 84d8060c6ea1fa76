"""The echo, and that it means what it echoes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.schedules.schedule import generate
from tests.unit.when.table import FILES, rows
from tools.when import When, WhenError, english_words, in_words, read, spanish_words

NOW = datetime(2026, 11, 25, 13, 15, tzinfo=UTC)
ZONE = "America/Argentina/Buenos_Aires"


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("el viernes a las 18", "vie 27 nov, 18:00"),
        ("mañana a las 6am", "jue 26 nov, 06:00"),
        ("el 3 de mayo", "lun 3 may 2027, 09:00"),
        ("todos los días a las 8", "todos los días a las 8:00"),
        ("todos los días a la 1", "todos los días a la 1:00"),
        ("todos los días hábiles a las 8", "todos los días hábiles a las 8:00"),
        ("todos los fines de semana", "los fines de semana a las 9:00"),
        ("los lunes y sábados a las 20", "todos los lunes y sábados a las 20:00"),
        ("día por medio a las 8", "cada 2 días a las 8:00, desde el jue 26 nov"),
        ("cada 2 semanas", "cada 2 semanas los miércoles a las 9:00, desde el mié 9 dic"),
        ("el 31 de cada mes", "el 31 de cada mes a las 9:00"),
        ("el último día de cada mes", "el último día de cada mes a las 9:00"),
        ("el primer lunes de cada mes", "el primer lunes de cada mes a las 9:00"),
        ("el último día hábil de cada mes", "el último día hábil de cada mes a las 9:00"),
        ("cada 3 meses", "cada 3 meses el 25 a las 9:00, desde el jue 25 feb 2027"),
        ("cada año el 29 de febrero", "todos los años el 29 de febrero a las 9:00"),
        ("cada 6 horas", "cada 6 horas, desde el mié 25 nov, 16:15"),
        ("cada minuto", "cada minuto, desde el mié 25 nov, 10:16"),
        # a beginning later than the next time, and an end
        ("todos los días a las 8 desde el lunes", "todos los días a las 8:00, desde el lun 30 nov"),
        (
            "todos los días a las 8 hasta el viernes",
            "todos los días a las 8:00, hasta el vie 27 nov",
        ),
        ("todos los días a las 8 por 7 días", "todos los días a las 8:00, hasta el mié 2 dic"),
        (
            "cada 8 horas por 7 días",
            "cada 8 horas, desde el mié 25 nov, 18:15, hasta el mié 2 dic, 10:15",
        ),
    ],
)
def test_spanish(phrase: str, words: str) -> None:
    when = read(phrase, now=NOW, zone=ZONE, language="es")
    assert in_words(when, now=NOW, language="es") == words


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("Friday at 6pm", "Fri, Nov 27, 6:00 PM"),
        ("May 3 at 10", "Mon, May 3, 2027, 10:00 AM"),
        ("every weekday at 8", "every weekday at 8:00 AM"),
        ("on weekends", "on weekends at 9:00 AM"),
        ("every Monday and Thursday", "every Monday and Thursday at 9:00 AM"),
        ("every other day", "every 2 days at 9:00 AM, starting Thu, Nov 26"),
        ("every 2 weeks on Friday", "every 2 weeks on Friday at 9:00 AM, starting Fri, Nov 27"),
        ("the 22nd of every month", "on the 22nd of every month at 9:00 AM"),
        ("the last Friday of every month", "the last Friday of every month at 9:00 AM"),
        ("every year on March 5", "every year on March 5 at 9:00 AM"),
        ("every 90 minutes", "every 90 minutes, starting Wed, Nov 25, 11:45 AM"),
    ],
)
def test_english(phrase: str, words: str) -> None:
    when = read(phrase, now=NOW, zone=ZONE, language="en")
    assert in_words(when, now=NOW, language="en") == words


@given(
    ahead=st.timedeltas(timedelta(minutes=1), timedelta(days=700)),
    zone=st.sampled_from([ZONE, "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "UTC"]),
    language=st.sampled_from(["es", "en"]),
)
def test_the_echo_of_one_time_is_read_as_that_time(
    ahead: timedelta, zone: str, language: str
) -> None:
    due_at = (NOW + ahead).replace(second=0, microsecond=0)
    when = When(due_at, "", zone, ())
    try:
        read_back = read(
            in_words(when, now=NOW, language=language), now=NOW, zone=zone, language=language
        )
    except WhenError:  # the minute that is already running
        assert due_at <= NOW
        return
    # Of an hour that comes twice, words can only say the first.
    assume(due_at - read_back.due_at != timedelta(hours=1))
    assert read_back.due_at == due_at


def test_the_echo_of_a_rule_is_read_as_that_rule() -> None:
    rules = 0
    for schedule in generate(seed=1, count=150):
        now, zone, language = schedule.now, schedule.zone, schedule.language
        try:
            when = read(schedule.phrase, now=now, zone=zone, language=language)
        except WhenError:
            continue
        if not when.rule or "UNTIL" in when.rule:
            continue
        words = in_words(when, now=now, language=language)
        back = read(words, now=now, zone=zone, language=language)
        if "HOURLY" not in when.rule and "MINUTELY" not in when.rule:  # their hour may come twice
            assert (back.due_at, back.rule) == (when.due_at, when.rule), words
            rules += 1
    assert rules > 50


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_rule_of_the_tables_is_said_in_both_languages_and_read_as_itself(
    language: str,
) -> None:
    """A rule set in one language is listed in the other as well."""
    rules = 0
    for row in (row for name in FILES for row in rows(name) if not row.refused):
        when = read(row.phrase, now=row.now, zone=row.zone, language=row.language)
        words = in_words(when, now=row.now, language=language)
        if when.rule and "UNTIL" not in when.rule:
            back = read(words, now=row.now, zone=row.zone, language=language)
            assert (back.due_at, back.rule) == (when.due_at, when.rule), words
            rules += 1
    assert rules > 150


@pytest.mark.parametrize("heard", ["es", "en"])
@pytest.mark.parametrize("said", ["es", "en"])
def test_every_place_in_a_month_is_said_in_both_languages(heard: str, said: str) -> None:
    ordinals, kinds, every = {
        "es": (spanish_words.WORDS.ordinals, "día hábil", "el {} {} de cada mes"),
        "en": (english_words.WORDS.ordinals, "working day", "the {} {} of every month"),
    }[heard]
    for ordinal, place in ordinals.items():
        if place > 23:
            continue
        phrase = every.format(ordinal, kinds)
        when = read(phrase, now=NOW, zone=ZONE, language=heard)
        words = in_words(when, now=NOW, language=said)
        assert read(words, now=NOW, zone=ZONE, language=said).rule == when.rule, words
