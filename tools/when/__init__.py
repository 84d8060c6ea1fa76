"""Time phrases: "el viernes a las 18", "cada 6 horas", "in an hour and a half".

Reads what a person wrote and gives instants. `docs/time-phrases.md` decides what phrases mean.
No input or output, no clock of its own, no model.
"""

from tools.when.errors import Ambiguous, NoTime, OutOfBounds, Past, WhenError
from tools.when.phrase import When, next_after, read
from tools.when.request import Request, split
from tools.when.wording import in_words

__all__ = [
    "Ambiguous",
    "NoTime",
    "OutOfBounds",
    "Past",
    "Request",
    "When",
    "WhenError",
    "in_words",
    "next_after",
    "read",
    "split",
]
