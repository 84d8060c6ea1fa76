"""Sums as people and small models write them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.calculator import calculate
from tools.errors import ToolError


@pytest.mark.parametrize(
    ("text", "result"),
    [
        # Percentages: of something, alone, and on top of something.
        ("18% de 2350", "423"),
        ("18% of 2350", "423"),
        ("el 18 por ciento de 2.350", "423"),
        ("¿Cuánto es el 18% de 2350?", "423"),
        ("2350 * 18%", "423"),
        ("(10 + 8)% de 2350", "423"),
        ("15%", "0,15"),
        ("200 + 10%", "220"),
        ("200 - 10%", "180"),
        ("200 * 2 + 10%", "440"),
        ("10% + 5%", "0,15"),
        # What models write: Python, with or without its modules and its equals sign.
        ("0.18 * 2350", "423"),
        ("2350 * 18 / 100 =", "423"),
        ("math.sqrt(16)", "4"),
        ("2**10", "1024"),
        ("7 // 2", "3"),
        ("10 % 3", "1"),
        ("round(3.14159, 2)", "3,14"),
        ("max(3,5)", "5"),
        # Spanish numbers: decimal comma, thousands points.
        ("3,5 + 1", "4,5"),
        ("1.250.000 / 2", "625000"),
        ("1.250 + 300", "1550"),
        ("$ 1.250,50 x 3", "3751,5"),
        ("0.125 * 8", "1"),  # no group of thousands begins with a zero
        ("1,250.50 + 1", "1251,5"),  # both separators: the last is the decimal one
        # Signs and words.
        ("10 ÷ 4", "2,5"),
        ("12 × 3", "36"),
        ("2^10", "1024"),
        ("25²", "625"),
        ("√16 + 1", "5"),
        ("raíz cuadrada de 144", "12"),
        ("5!", "120"),
        ("2(3+4)", "14"),
        ("5 más 3 por 2", "11"),
        # Exact, whole where it is whole, never an exponent.
        ("0.1 + 0.2", "0,3"),
        ("1/3*3", "1"),
        ("1/3", "0,3333333333"),
        ("27**(1/3)", "3"),
        ("1e6 * 2", "2000000"),
        ("1 / 1000000000000", "0,000000000001"),
        ("factorial(20)", "2432902008176640000"),
        ("-5 + 5", "0"),
    ],
)
def test_spanish_sums(text: str, result: str) -> None:
    assert calculate(text, "es") == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1,250 * 2", "2500"),  # the comma parts thousands
        ("1.250 * 2", "2.5"),  # and the point is decimal
        ("0.1 + 0.2", "0.3"),
        ("square root of 2", "1.4142135624"),
    ],
)
def test_english_sums(text: str, result: str) -> None:
    assert calculate(text, "en") == result


def test_a_result_goes_back_in_as_it_came_out() -> None:
    """1,125 must not come back as 1125: models chain calls with the result of the one before."""
    first = calculate("9 / 8", "es")
    assert calculate(f"{first} * 8", "es") == "9"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("9**9**9", "calculator_too_big"),
        ("10**10**10", "calculator_too_big"),
        ("(10**300)**300", "calculator_too_big"),
        ("2**0.5**-999", "calculator_too_big"),
        ("100000!", "calculator_too_big"),
        ("1e99", "calculator_too_big"),
        ("1/0", "calculator_zero"),
        ("0**-1", "calculator_zero"),
        ("5 % 0 + (3 // (2-2))", "calculator_zero"),
        ("sqrt(-4)", "calculator_negative_root"),
        ("9" * 201, "calculator_too_long"),
        ("(" * 99 + "1" + ")" * 98, "calculator_unclear"),
        ("", "calculator_unclear"),
        ("hola", "calculator_unclear"),
        ("5 +", "calculator_unclear"),
        ("10 20", "calculator_unclear"),
        ("__import__('os').system('id')", "calculator_unclear"),
        ("'a' * 1000000", "calculator_unclear"),
        ("[0, 1] * 1000000", "calculator_unclear"),
        ("lambda: 1", "calculator_unclear"),
        ("sqrt(1, 2)", "calculator_unclear"),
    ],
)
def test_what_cannot_be_computed_is_refused_at_once(text: str, key: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ToolError) as refused:
        calculate(text, "es")
    assert refused.value.text == key
    assert time.perf_counter() - started < 0.5


@given(st.text(alphabet="0123456789.,+-*/%()!^eE √πxde ", max_size=60))
def test_any_text_is_a_sum_or_one_refusal(text: str) -> None:
    try:
        answer = calculate(text, "es")
    except ToolError as refused:
        answer = refused.text
    assert answer.startswith("calculator_") or set(answer) <= set("-0123456789,")
