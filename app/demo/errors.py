"""Errors of the demo.

DemoError
├── CannotStart   one of the processes did not come up, or ended
└── NoAnswer      the question was not answered in time
"""

from app.errors import WasapError


class DemoError(WasapError):
    """The demo cannot go on; the text says why."""


class CannotStart(DemoError):
    """One of the processes did not come up, or ended."""


class NoAnswer(DemoError):
    """The question was not answered in time."""
