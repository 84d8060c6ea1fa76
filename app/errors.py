"""Errors of the app package.

WasapError
├── SettingsError      the configuration cannot be used
├── AlreadyRunning     another process serves this data folder
├── PictureError       a file cannot be used as a picture
├── OcrError           no text could be read out of a picture
├── VoiceError         a text could not be said aloud
├── SendError          a message was not, or may not have been, accepted
└── DownloadError      the file of a message did not come
    ├── FileGone         the channel does not have it (any more)
    └── FileTooBig       it is larger than we take
"""

from collections.abc import Sequence
from dataclasses import dataclass
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


class PictureError(WasapError):
    """A file cannot be used as a picture; `key` is that of the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class OcrError(WasapError):
    """No text could be read out of a picture: the reader died, or took too long."""


class VoiceError(WasapError):
    """A text could not be said aloud: who speaks died, took too long, or had nothing to say."""


class Outcome(Enum):
    """What a failed send means for the message."""

    RETRY = "retry"  # soon, with backoff
    SLOW = "slow"  # later, with a longer backoff
    OPERATOR = "operator"  # nothing goes out until somebody changes a setting
    MESSAGE = "message"  # this message will never be accepted
    WINDOW = "window"  # not now, but once the owner has written again
    TEMPLATE = "template"  # not in this form; as a text, once the owner has written again
    UNKNOWN = "unknown"  # it may have been accepted


@dataclass(frozen=True)
class Backoff:
    """Seconds between tries: first, first * growth, ... up to cap; less a random share."""

    first_s: float = 1.0
    growth: float = 2.0
    cap_s: float = 300.0


@dataclass(frozen=True)
class Problem:
    """Something only the owner can change."""

    code: int | None  # the channel's error code
    setting: str
    fix: str


class SendError(WasapError):
    """A message was not, or may not have been, accepted."""

    def __init__(
        self,
        text: str,
        *,
        outcome: Outcome,
        code: int | None = None,
        retry_after_s: float | None = None,
        backoff: Backoff | None = None,
        tries: int | None = None,
        problem: Problem | None = None,
        unlisted: bool = False,
    ) -> None:
        super().__init__(text)
        self.outcome = outcome
        self.code = code  # the channel's error code
        self.retry_after_s = retry_after_s  # as the channel asked
        self.backoff = backoff or Backoff()
        self.tries = tries  # in all, then the message has failed; None: as long as it takes
        self.problem = problem  # with Outcome.OPERATOR and Outcome.TEMPLATE
        self.unlisted = unlisted  # the number may be known in its other spelling


class DownloadError(WasapError):
    """The file of a message did not come; it may at another try."""


class FileGone(DownloadError):
    """The channel does not have the file, or not any more."""


class FileTooBig(DownloadError):
    """The file is larger than we take."""
