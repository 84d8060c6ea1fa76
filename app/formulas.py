"""LaTeX, as models write it in a sum, in the signs that a phone shows."""

import re

SIGNS = {
    "times": "×",
    "cdot": "·",
    "div": "÷",
    "pm": "±",
    "approx": "≈",
    "neq": "≠",
    "leq": "≤",
    "le": "≤",
    "geq": "≥",
    "ge": "≥",
    "infty": "∞",
    "pi": "π",
    "circ": "°",
    "rightarrow": "→",
    "to": "→",
    "implies": "⇒",
    "Rightarrow": "⇒",
    "ldots": "…",
    "dots": "…",
    # Space and size
    "quad": " ",
    "qquad": " ",
    "left": "",
    "right": "",
    "displaystyle": "",
}
POWERS = str.maketrans("0123456789n-", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ⁻")

# The innermost braces first, until none is left.
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
_WORDS = re.compile(r"\\(?:text|textbf|mathrm|mathbf|boxed|operatorname)\s*\{([^{}]*)\}")
_POWER = re.compile(r"\^(?:\{([0-9n-]+)\}|([0-9n]))")
_DEGREES = re.compile(r"\^(?:\{\\circ\}|\\circ(?![A-Za-z]))")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_SPACE = re.compile(r"\\[,;:! ]")
_ESCAPED = re.compile(r"\\([%$&#_{}])")
_LINE_END = re.compile(r"\s*\\\\\s*")


def readable(formula: str) -> str:
    """The formula in one line's signs; a command that is not known stays as it is."""
    text = _LINE_END.sub("\n", formula)
    text = _DEGREES.sub("°", text)
    text = _POWER.sub(lambda found: (found[1] or found[2]).translate(POWERS), text)
    before = None
    while before != text:
        before = text
        text = _WORDS.sub(r"\1", text)
        text = _ROOT.sub(lambda found: f"√{_grouped(found[1])}", text)
        text = _FRACTION.sub(lambda found: f"{_grouped(found[1])}/{_grouped(found[2])}", text)
    text = _COMMAND.sub(lambda found: SIGNS.get(found[1], found[0]), text)
    text = _ESCAPED.sub(r"\1", _SPACE.sub(" ", text))
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))


def _grouped(text: str) -> str:
    """In brackets, where it would be read otherwise without them."""
    return text if re.fullmatch(r"[\w.,]+", text.strip()) else f"({text.strip()})"
