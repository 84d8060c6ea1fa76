"""Ollama's keep_alive: seconds as a number, or a Go duration such as "5m" or "1h30m"."""

import math
import re

_UNITS_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_TERM = r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)"
_DURATION = re.compile(rf"([+-]?)((?:{_TERM})+)")


def keep_alive_s(value: float | str) -> float:
    """The seconds `value` means; infinity for a negative one. ValueError in Go's words.

    As with Ollama, a string needs a unit: "-1" is refused, -1 and "-1s" mean for ever.
    """
    if not isinstance(value, str):
        return _seconds(float(value), value)
    if value == "0":
        return 0.0
    match = _DURATION.fullmatch(value)
    if match is None:
        if re.fullmatch(r"[+-]?\d+\.?\d*", value):
            raise ValueError(f'time: missing unit in duration "{value}"')
        raise ValueError(f'time: invalid duration "{value}"')
    total = sum(float(number) * _UNITS_S[unit] for number, unit in re.findall(_TERM, match[2]))
    return math.inf if match[1] == "-" and total else total


def _seconds(value: float, shown: object) -> float:
    if math.isnan(value):
        raise ValueError(f'time: invalid duration "{shown}"')
    return math.inf if value < 0 else value
