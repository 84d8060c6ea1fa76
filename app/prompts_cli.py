"""`wasap prompts`: every prompt with its version and purpose, and what is wrong with them."""

from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from graph.prompts import FILLED, Prompts


def show_prompts(folder: Path) -> bool:
    """Print a prompts folder; problems go to stderr. Whether there are none. Raises PromptError."""
    prompts = Prompts(folder)
    table = Table("prompt", "version", "variables", "purpose")
    for name, prompt in prompts.known().items():
        variables = ", ".join(FILLED[name.rpartition("/")[2]])
        table.add_row(f"{name}.md", prompt.version, variables, prompt.purpose)
    Console().print(table)
    problems = prompts.problems()
    for problem in problems:
        typer.echo(problem, err=True)
    return not problems
