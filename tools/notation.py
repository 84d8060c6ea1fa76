"""How people (and small models) write sums, turned into one Python-like expression.

"18% de 2.350", "18 por ciento de 2350", "0.18 * 2350", "$ 1.250,50 x 3", "√16", "200 + 10%".
"""

import re
from fractions import Fraction

from tools.errors import BadArgument
from tools.folding import fold

MAX_LENGTH = 200  # characters of an expression

# One number with its separators; the exponent of 1e6 only where no letter follows.
NUMBER = r"\d+(?:[.,]\d+)*(?:e[+-]?\d{1,2}(?![\w.,]))?|[.,]\d+"
# In a call a comma parts the arguments, so it cannot be a decimal comma: max(3,5).
NUMBER_IN_CALL = r"\d+(?:\.\d+)*(?:e[+-]?\d{1,2}(?![\w.]))?|\.\d+"
MANY_ARGUMENTS = re.compile(r"\b(?:max|min|round|pow|sum)\s*\(")
SYMBOL = r"\*\*|//|[-+*/()%!,;]|[a-z_]\w*"

# Longest first where one begins another; after folding, so without accents.
PHRASES = (
    ("raiz cuadrada de", "sqrt "), ("raiz de", "sqrt "), ("square root of", "sqrt "),
    ("raiz cuadrada", "sqrt "), ("elevado a la", "**"), ("elevado a", "**"),
    ("to the power of", "**"), ("al cuadrado", "**2"), ("al cubo", "**3"), ("squared", "**2"),
    ("por ciento", "%"), ("porciento", "%"), ("per cent", "%"), ("percent", "%"),
    ("multiplicado por", "*"), ("multiplied by", "*"), ("dividido por", "/"),
    ("dividido entre", "/"), ("divided by", "/"), ("dividido", "/"),
    ("mas", "+"), ("menos", "-"), ("por", "*"), ("entre", "/"), ("plus", "+"), ("minus", "-"),
    ("times", "*"), ("over", "/"), ("mod", " mod "), ("de", " de "), ("of", " de "),
)  # fmt: skip
FILLERS = ("cuanto es", "what is", "calcular", "calculate", "calcula", "el", "la", "the", "pesos",
           "dolares", "euros", "usd", "ars", "eur")  # fmt: skip
SIGNS = str.maketrans(
    {"×": "*", "·": "*", "÷": "/", ":": "/", "−": "-", "–": "-", "—": "-", "√": " sqrt ",
     "π": " pi ", "[": "(", "]": ")", "{": "(", "}": ")"}
)  # fmt: skip
SQUARED = (("²", "**2"), ("³", "**3"), ("^", "**"))  # before folding, which makes a 2 of ²
NOISE = re.compile(r"[$€£¿?=\s]+$|[$€£¿?¡]")
FUNCTIONS = {"sqrt", "raiz", "abs", "round", "floor", "ceil", "factorial", "pow", "min", "max",
             "sum"}  # fmt: skip
PI = Fraction("3.14159265358979323846264338327950288")


def translate(text: str, language: str) -> tuple[str, dict[str, Fraction]]:
    """The expression with every number replaced by a name, and what the names stand for.

    Raises:
        BadArgument: too long, or holds something that is no number, operator or known function.
    """
    if len(text) > MAX_LENGTH:
        raise BadArgument("calculator_too_long")
    plain = _plain(text)
    in_call = bool(MANY_ARGUMENTS.search(plain)) and ";" not in plain
    number = NUMBER_IN_CALL if in_call else NUMBER
    tokens = re.findall(rf"(?P<number>{number})|(?P<symbol>{SYMBOL})|(?P<other>\S)", plain)
    builder = _Builder(language)
    for index, (digits, symbol, other) in enumerate(tokens):
        if other:
            raise BadArgument("calculator_unclear", expression=text)
        following = tokens[index + 1] if index + 1 < len(tokens) else ("", "", "")
        if digits:
            builder.number(digits)
        elif not builder.symbol(symbol, following):
            raise BadArgument("calculator_unclear", expression=text)
    return builder.expression(), builder.names


def _plain(text: str) -> str:
    for sign, operator in SQUARED:
        text = text.replace(sign, operator)
    text = fold(NOISE.sub(" ", text.translate(SIGNS))).replace("math.", "")
    for phrase in FILLERS:
        text = re.sub(rf"(?<![^\W\d_]){phrase}\b", " ", text)
    for phrase, operator in PHRASES:
        text = re.sub(rf"(?<![^\W\d_]){phrase}\b", operator, text)
    # "x" between two numbers is a product: 3 x 4, 3x4.
    return re.sub(r"(?<=[\d)%])\s*x\s*(?=[\d(.$])", "*", text)


class _Builder:
    """Collects the Python-like expression and where its last operand begins."""

    def __init__(self, language: str) -> None:
        self.names: dict[str, Fraction] = {}
        self._parts: list[str] = []
        self._open: list[int] = []
        self._operand: int | None = None  # index in _parts where the last operand starts
        self._pending_root = False  # "sqrt 16": the next operand is its argument
        self._language = language

    def expression(self) -> str:
        return " ".join(self._parts)

    def number(self, digits: str) -> None:
        name = f"n{len(self.names)}"
        self.names[name] = read_number(digits, self._language)
        self._add_operand(name)

    def symbol(self, symbol: str, following: tuple[str, str, str]) -> bool:
        """Take one token that is no number; False when it means nothing here."""
        if symbol in FUNCTIONS:
            self._function("sqrt" if symbol == "raiz" else symbol, following)
        elif symbol == "pi":
            self.names["pi"] = PI
            self._add_operand("pi")
        elif symbol == "(":
            self._open_group()
        elif symbol == ")":
            return self._close_group()
        elif symbol in ("%", "!"):
            return self._postfix(symbol, following)
        elif symbol in ("+", "-", "*", "/", "//", "**", "de", "mod", ",", ";"):
            self._operator({"de": "*", "mod": "%", ";": ","}.get(symbol, symbol))
        else:
            return False
        return True

    def _add_operand(self, part: str) -> None:
        start = len(self._parts)
        if self._pending_root:
            self._parts[-1] = f"{self._parts[-1]}({part})"
            self._pending_root = False
            start -= 1
        else:
            self._parts.append(part)
        self._operand = start

    def _function(self, name: str, following: tuple[str, str, str]) -> None:
        if self._operand is not None:
            self._parts.append("*")
        self._operand = None
        self._parts.append(name)
        self._pending_root = following[1] != "("

    def _open_group(self) -> None:
        if self._operand is not None:  # 2(3+4)
            self._parts.append("*")
        start = len(self._parts)
        if self._parts and self._parts[-1] in FUNCTIONS:
            start -= 1
        self._open.append(start)
        self._parts.append("(")
        self._operand = None

    def _close_group(self) -> bool:
        if not self._open:
            return False
        self._parts.append(")")
        self._operand = self._open.pop()
        return True

    def _postfix(self, symbol: str, following: tuple[str, str, str]) -> bool:
        if self._operand is None:
            return False
        if symbol == "%" and (following[0] or following[1] == "("):  # 10 % 3
            self._operator("%")
            return True
        function = "percent" if symbol == "%" else "factorial"
        self._parts[self._operand :] = [f"{function}({' '.join(self._parts[self._operand :])})"]
        return True

    def _operator(self, operator: str) -> None:
        self._parts.append(operator)
        self._operand = None


def read_number(digits: str, language: str) -> Fraction:
    """A number with its separators, as people of that language mean it.

    With both separators the last one is the decimal one. One that repeats parts thousands. A single
    point or comma: "1.250" is 1250 in Spanish and 1.25 in English, "1,250" the other way round;
    where the groups do not fit ("1.25", "0.125", "12,5") it is the decimal one in both.
    """
    mantissa, _, exponent = digits.partition("e")
    last = max(mantissa.rfind("."), mantissa.rfind(","))
    if last >= 0:
        separator = mantissa[last]
        if _parts_thousands(mantissa, separator, language):
            mantissa = mantissa.replace(".", "").replace(",", "")
        else:
            whole = mantissa[:last].replace(".", "").replace(",", "") or "0"
            mantissa = f"{whole}.{mantissa[last + 1 :]}"
    return Fraction(f"{mantissa}e{exponent or 0}")


def _parts_thousands(mantissa: str, separator: str, language: str) -> bool:
    if "." in mantissa and "," in mantissa:
        return False
    if mantissa.count(separator) > 1:
        return True
    of_thousands = "." if language == "es" else ","
    fits = re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", mantissa) is not None
    return separator == of_thousands and fits
