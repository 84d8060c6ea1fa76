"""Errors of the evals.

WasapError
├── ScenarioError      scenario files cannot be used
└── EvalStopped        the model went away: what it would have said is not known
"""

from collections.abc import Sequence

from app.errors import WasapError


class ScenarioError(WasapError):
    """Scenario files cannot be used; `problems` name file, case and field, one a line."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(["Fix these cases:", *map("- {}".format, problems)]))


class EvalStopped(WasapError):
    """The model went away: what it would have said is not known."""
