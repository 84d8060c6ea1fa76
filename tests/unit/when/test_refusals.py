"""Every refusal has a sentence, in both languages."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from graph.prompts import Prompts
from graph.settings import HOME
from tests.unit.when.table import FILES, rows
from tools.errors import ToolError
from tools.when import OutOfBounds, WhenError, errors, read

NOW = datetime(2026, 11, 25, 13, 15, tzinfo=UTC)
REASONS = (*errors.QUESTIONS, *errors.BOUNDS, "past", "no_time")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_reason_is_a_sentence_of_its_own(language: str) -> None:
    prompts = Prompts(HOME / "prompts")
    sentences = {prompts.message(language, WhenError(reason).text) for reason in REASONS}
    assert len(sentences) == len(REASONS)


def test_the_tables_have_every_reason() -> None:
    refused = {row.refused for name in FILES for row in rows(name)}
    assert refused - {""} == {*REASONS} - {errors.TOO_LONG}


def test_a_refusal_is_an_error_of_a_tool() -> None:
    with pytest.raises(ToolError):
        read("ayer", now=NOW, zone="UTC", language="es")


def test_a_text_too_long_to_search_is_refused_at_once() -> None:
    with pytest.raises(OutOfBounds):
        read("mañana a las 8 y " * 100, now=NOW, zone="UTC", language="es")


@pytest.mark.parametrize(
    "unit", ["a las 8 y ", "treinta y ", "lunes y ", "2 horas y ", "1", "de ", "A ", "« "]
)
def test_repetitions_are_read_in_no_time(unit: str) -> None:
    """A pattern that backtracks without end would run into the time limit of the test."""
    for language in ("es", "en"):
        with suppress(WhenError):
            read((unit * 600)[:599] + "?", now=NOW, zone="UTC", language=language)
