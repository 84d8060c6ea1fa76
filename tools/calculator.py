"""Sums, for models that cannot be trusted with them."""

import re
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from simpleeval import InvalidExpression

from tools import arithmetic, notation
from tools.contract import Context, Effect, tool
from tools.errors import BadArgument, ToolError
from tools.word_sums import in_words

_HOW_MUCH = (
    r"\b(?:cuanto (?:es|da|suma|queda|me queda|sale|seria|hay que pagar|pago|toca|nos toca)"
    r"|how much (?:is|does that make|do i))\b"
)
_AMOUNT = r"\d[\d.,]*\d(?:\s*%)?|\d\s*%"
_AMOUNT = rf"(?<![\d/:-])(?:{_AMOUNT})(?![\d/:-])"
# A clear sum. "-" and "/" need spaces, for dates and phone numbers have them too.
CUE = (
    r"\d\s*(?:%|por ?ciento|percent)\s*(?:de|of)\W*\d"
    r"|\d\s*(?:[+*×÷^x]|por|mas|menos|entre|dividido|multiplicado|times|plus|minus"
    r"|divided)[\s$a-z]{0,8}\d"
    r"|\d\s+[-/]\s+\d"
    r"|(?:raiz|square root)\D{1,20}\d"
    r"|\b(?:dividi(?:me|r|mos)?|split|divide) \D{0,10}\d.{0,40}"
    r"\b(?:entre|between|by|among)\b\D{0,10}\d"
    r"|\b(?:add up|to the power of)\b.{0,20}\d"
    r"|\bcuantos minutos (?:son|hay en|tienen?|es) .{0,20}\bhoras?\b"
    # A question about two amounts, of which one may be a percentage.
    rf"|{_HOW_MUCH}.{{0,60}}{_AMOUNT}.{{0,60}}{_AMOUNT}|{_AMOUNT}.{{0,60}}{_AMOUNT}.{{0,60}}{_HOW_MUCH}"
)
MAX_DIGITS = 60  # of a result; nobody reads more in a chat
# What simpleeval and Python's parser raise for what is no expression: half a sum, wrong argument
# counts, too deep a nesting.
NO_SUM = (InvalidExpression, SyntaxError, ValueError, TypeError, KeyError, RecursionError)
DECIMALS = 10  # of a result that does not end


def meant(arguments: dict[str, Any], own_words: str, language: str) -> dict[str, Any]:
    """A message that is a sum counts as it stands: Qwen2.5 1.5B divides "1847 por 36"."""
    expression = str(arguments.get("expression", ""))
    if said := in_words(own_words):
        return {**arguments, "expression": said}
    if sorted(re.findall(r"\d+", own_words)) != sorted(re.findall(r"\d+", expression)):
        return arguments
    try:
        meant = calculate(own_words, language)
        if calculate(expression, language) == meant:
            return arguments
    except ToolError:
        return arguments
    return {**arguments, "expression": own_words.strip()}


@tool(effect=Effect.READ, timeout_s=2, cue=CUE, meant=meant)
async def calculator(expression: str, context: Context) -> str:
    """Exact result of an arithmetic expression. Use it for every sum and percentage.

    Args:
        expression: Numbers and operators, for example "18% of 2350" or "(1200 + 350) * 3".
    """
    return calculate(expression, context.language)


def calculate(text: str, language: str) -> str:
    """The result in plain digits, with the decimal sign of the language.

    Raises:
        ToolError: no sum, too big, or impossible.
    """
    try:
        expression, names = notation.translate(text, language)
        result = arithmetic.evaluate(expression, names)
    except NO_SUM as error:
        raise BadArgument("calculator_unclear", expression=text[:80]) from error
    return write_number(result, language)


def write_number(number: Fraction, language: str) -> str:
    """All the digits of a number that ends, ten decimals of one that does not."""
    with localcontext(prec=MAX_DIGITS + DECIMALS + 10):
        value = Decimal(number.numerator) / Decimal(number.denominator)
        if value.adjusted() >= MAX_DIGITS:
            raise ToolError("calculator_too_big")
        decimals = DECIMALS if value == 0 else max(DECIMALS, DECIMALS - value.adjusted() - 1)
        text = f"{value:.{min(decimals, MAX_DIGITS)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text == "-0" else text
    return text.replace(".", ",") if language == "es" else text
