"""The prompts folder."""

from app.checks.finding import Finding
from app.checks.subject import Subject
from graph.errors import PromptError
from graph.prompts import Prompts


async def prompts(subject: Subject) -> Finding | tuple[Finding, ...]:
    """Every prompt and every sentence is used as it stands in its file."""
    folder = subject.settings.prompts_dir
    try:
        problems = Prompts(folder).problems()
    except PromptError as error:
        return subject.fail("prompts_unusable", why=error)
    found = tuple(subject.warn("prompt_rejected", problem=problem) for problem in problems)
    return found or subject.ok("prompts_ok", folder=folder)
