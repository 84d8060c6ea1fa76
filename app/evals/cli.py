"""`wasap eval ...`."""

from typing import Annotated

import typer

from app.errors import WasapError

eval_cli = typer.Typer(no_args_is_help=True)


@eval_cli.callback()
def of_eval() -> None:
    """Measure prompts and models on cases."""


@eval_cli.command()
def add(
    from_feedback: Annotated[
        bool, typer.Option("--from-feedback", help="Of reactions to answers, and of /feedback.")
    ] = False,
) -> None:
    """Make cases of answers that you commented on: asks what the right answer was."""
    from app.evals.feedback import add_from_feedback

    if not from_feedback:
        raise WasapError("Say where the cases come from: wasap eval add --from-feedback")
    add_from_feedback()
