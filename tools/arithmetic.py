"""Exact sums: what the calculator's evaluator is allowed to do, and how big a number may get.

Numbers are `Fraction`, so 0.1 + 0.2 is 0.3 and 1/3*3 is 1; only roots of no square are rounded.
"""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from simpleeval import SimpleEval

from tools.errors import ToolError

MAX_BITS = 1_000  # of a numerator or denominator: some 300 digits, computed in no time
MAX_EXPONENT = 1_000
MAX_FACTORIAL = 150
ROOT_DIGITS = 40


@dataclass(frozen=True)
class Percent:
    """`18%`: a hundredth anywhere, but a share of the left side after + and -."""

    value: Fraction


Number = Fraction | Percent


def evaluate(expression: str, names: Mapping[str, Fraction]) -> Fraction:
    """The value of a Python-like expression whose numbers are all `names`.

    Raises:
        ToolError: too big, divided by zero, or a root of a negative number.
        ValueError: not an expression this calculator knows.
    """
    evaluator = SimpleEval(operators=OPERATORS, functions=FUNCTIONS, names=dict(names))
    evaluator.nodes = {kind: evaluator.nodes[kind] for kind in ALLOWED_NODES}
    return _plain(evaluator.eval(expression))


def _plain(number: Any) -> Fraction:
    if isinstance(number, Percent):
        return number.value / 100
    if isinstance(number, Fraction):
        return number
    raise ValueError("not a number")


def _sized(number: Fraction) -> Fraction:
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > MAX_BITS:
        raise ToolError("calculator_too_big")
    return number


def _add(left: Number, right: Number) -> Fraction:
    if isinstance(right, Percent) and isinstance(left, Fraction):
        return _sized(left * (1 + _plain(right)))
    return _sized(_plain(left) + _plain(right))


def _subtract(left: Number, right: Number) -> Fraction:
    if isinstance(right, Percent) and isinstance(left, Fraction):
        return _sized(left * (1 - _plain(right)))
    return _sized(_plain(left) - _plain(right))


def _multiply(left: Number, right: Number) -> Fraction:
    return _sized(_plain(left) * _plain(right))


def _divide(left: Number, right: Number) -> Fraction:
    if not _plain(right):
        raise ToolError("calculator_zero")
    return _sized(_plain(left) / _plain(right))


def _floor_divide(left: Number, right: Number) -> Fraction:
    return Fraction(math.floor(_divide(left, right)))


def _modulo(left: Number, right: Number) -> Fraction:
    return _plain(left) - _plain(right) * _floor_divide(left, right)


def _power(left: Number, right: Number) -> Fraction:
    base, exponent = _plain(left), _plain(right)
    if exponent.denominator != 1:
        return _root_power(base, exponent)
    # Measured before it is computed: 10**10**10 must not start.
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(exponent) > MAX_EXPONENT or bits * abs(exponent) > 2 * MAX_BITS:
        raise ToolError("calculator_too_big")
    if not base and exponent < 0:
        raise ToolError("calculator_zero")
    return _sized(base**exponent.numerator)


def _root_power(base: Fraction, exponent: Fraction) -> Fraction:
    if base < 0:
        raise ToolError("calculator_negative_root")
    if exponent == Fraction(1, 2):
        return _sqrt(base)
    if not base:
        return base
    with localcontext(prec=ROOT_DIGITS):
        logarithm = _decimal(base).ln() * _decimal(exponent)
        if abs(logarithm) > MAX_BITS:
            raise ToolError("calculator_too_big")
        rounded = round(logarithm.exp(), 12)  # 27**(1/3) is 3, not 2.99...
    return Fraction(rounded)


def _sqrt(number: Number) -> Fraction:
    value = _plain(number)
    if value < 0:
        raise ToolError("calculator_negative_root")
    above, below = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if above**2 == value.numerator and below**2 == value.denominator:
        return Fraction(above, below)
    with localcontext(prec=ROOT_DIGITS):
        return Fraction(_decimal(value).sqrt())


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def _factorial(number: Number) -> Fraction:
    value = _plain(number)
    if value.denominator != 1 or value < 0:
        raise ValueError("a factorial of no whole number")
    if value > MAX_FACTORIAL:
        raise ToolError("calculator_too_big")
    return Fraction(math.factorial(value.numerator))


def _round(number: Number, digits: Number = Fraction(0)) -> Fraction:
    places = int(_plain(digits))
    scale = Fraction(10) ** max(-100, min(places, 100))
    # Half away from zero, as people round; Python's round() goes to the even neighbour.
    rounded = Fraction(math.floor(abs(_plain(number)) * scale + Fraction(1, 2))) / scale
    return rounded if _plain(number) >= 0 else -rounded


OPERATORS: dict[type[ast.AST], Callable[..., Fraction]] = {
    ast.Add: _add,
    ast.Sub: _subtract,
    ast.Mult: _multiply,
    ast.Div: _divide,
    ast.FloorDiv: _floor_divide,
    ast.Mod: _modulo,
    ast.Pow: _power,
    ast.USub: lambda number: -_plain(number),
    ast.UAdd: lambda number: _plain(number),
}
FUNCTIONS: dict[str, Callable[..., Number]] = {
    "percent": lambda number: Percent(_plain(number)),
    "sqrt": _sqrt,
    "abs": lambda number: abs(_plain(number)),
    "round": _round,
    "floor": lambda number: Fraction(math.floor(_plain(number))),
    "ceil": lambda number: Fraction(math.ceil(_plain(number))),
    "factorial": _factorial,
    "pow": _power,
    "min": lambda *numbers: min(map(_plain, numbers)),
    "max": lambda *numbers: max(map(_plain, numbers)),
    "sum": lambda *numbers: _sized(sum(map(_plain, numbers), Fraction(0))),
}
ALLOWED_NODES = (ast.Expr, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name)
