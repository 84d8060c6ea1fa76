"""Errors of the app package.

WasapError
├── SettingsError      the configuration cannot be used
├── AlreadyRunning     another process serves this data folder
└── SendError          a message was not, or may not have been, accepted
"""

from collections.abc import Sequence
from enum import Enum


class WasapError(Exception):
    """Something the person at the terminal should read."""


class SettingsError(WasapError):
    """The configuration cannot be used; `problems` says what to fix, in words, no values."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(["Cannot start. Fix these settings:", *map("- {}".format, problems)])
        )


class AlreadyRunning(WasapError):
    """Another process serves this data folder."""


class Outcome(Enum):
    """What a failed send means for the message."""

    RETRY = "retry"  # soon, with backoff
    SLOW = "slow"  # minutes
    OPERATOR = "operator"  # nothing goes out until somebody changes a setting
    MESSAGE = "message"  # this message will never be accepted
    UNKNOWN = "unknown"  # it may have been accepted


class SendError(WasapError):
    """A message was not, or may not have been, accepted."""

    def __init__(
        self,
        text: str,
        *,
        outcome: Outcome,
        code: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(text)
        self.outcome = outcome
        self.code = code  # Graph API error code
        self.retry_after_s = retry_after_s
