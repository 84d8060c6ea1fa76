"""Errors of the evals.

WasapError
├── ScenarioError      scenario files cannot be used
├── PromptsUnusable    a folder of prompts would be measured by what stands in for it
└── EvalStopped        the model went away: what it would have said is not known
"""

from collections.abc import Sequence
from pathlib import Path

from app.errors import WasapError


class ScenarioError(WasapError):
    """Scenario files cannot be used; `problems` name file, case and field, one a line."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(["Fix these cases:", *map("- {}".format, problems)]))


class PromptsUnusable(WasapError):
    """Prompts that are not used as they stand: what we ship would be measured in their place."""

    def __init__(self, folder: Path, problems: Sequence[str]) -> None:
        lines = [f"Fix these prompts in {folder}:", *map("- {}".format, problems)]
        super().__init__("\n".join(lines))


class EvalStopped(WasapError):
    """The model went away: what it would have said is not known."""
