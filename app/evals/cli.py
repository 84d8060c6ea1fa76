"""`wasap eval`: how well a model does with the prompts, in figures."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.errors import WasapError

eval_cli = typer.Typer(name="eval", invoke_without_command=True)


class Halves(StrEnum):
    """Which cases: those to tune with, those kept back, or both."""

    TUNING = "tuning"
    FINAL = "final"
    ALL = "all"


@eval_cli.callback()
def evaluate(
    context: typer.Context,
    half: Annotated[
        Halves, typer.Option(help="Which cases; never look at `final` while tuning.")
    ] = Halves.TUNING,
    area: Annotated[
        list[str], typer.Option(help="Only this area; may be given again.", show_default=False)
    ] = [],  # noqa: B006 - typer's
    case: Annotated[
        list[str], typer.Option(help="Only this case; may be given again.", show_default=False)
    ] = [],  # noqa: B006
    limit: Annotated[
        int | None, typer.Option(min=1, help="No more cases than this, spread over all.")
    ] = None,
    model: Annotated[str, typer.Option(help="Instead of OLLAMA_MODEL, or of EMBEDDED_MODEL.")] = "",
    prompts: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="A B", help="Compare two prompt folders on the same cases."),
    ] = None,
    cases: Annotated[
        Path | None, typer.Option(help="Folder of the scenario files.", show_default="evals/")
    ] = None,
    reports: Annotated[
        Path | None, typer.Option(help="Folder for the reports.", show_default="DATA_DIR/evals")
    ] = None,
) -> None:
    """Run scenario files through the real graph; exit 1 when a case that passed does so no more."""
    if context.invoked_subcommand is not None:
        return
    from app import logs
    from app.evals.command import Asked, evaluate_all

    logs.set_up("ERROR", "console")
    asked = Asked(half.value, tuple(area), tuple(case), limit, model, prompts, cases, reports)
    raise typer.Exit(0 if asyncio.run(evaluate_all(asked)) else 1)


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
