"""What is asked or refused instead of setting a time.

WhenError
├── Ambiguous      more than one time fits, or half of it is missing: one short question
├── Past           the time is gone
├── NoTime         nothing in the text is a time
└── OutOfBounds    too far away, too often, too long a text
"""

from tools.errors import BadArgument


class WhenError(BadArgument):
    """No time was set. `text` is a key of `messages.toml`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"when_{reason}")
        self.reason = reason


class Ambiguous(WhenError):
    """The reason is the question to ask: one of `QUESTIONS`."""


class Past(WhenError):
    """The time is gone."""

    def __init__(self) -> None:
        super().__init__("past")


class NoTime(WhenError):
    """Nothing in the text is a time."""

    def __init__(self) -> None:
        super().__init__("no_time")


class OutOfBounds(WhenError):
    """The reason says which bound: one of `BOUNDS`."""


WHICH_HOUR = "which_hour"
WHICH_DAY = "which_day"
ONE_TIME = "one_time"  # several times at once: one reminder each
UNCLEAR = "unclear"
NO_SUCH_DAY = "no_such_day"
DAY_MISMATCH = "day_mismatch"
QUESTIONS = (WHICH_HOUR, WHICH_DAY, ONE_TIME, UNCLEAR, NO_SUCH_DAY, DAY_MISMATCH)

TOO_FAR = "too_far"
TOO_OFTEN = "too_often"
TOO_LONG = "too_long"
BOUNDS = (TOO_FAR, TOO_OFTEN, TOO_LONG)
