"""`wasap model`: what can be fetched, fetching it, and where it lies."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from app.embedded.catalogue import Speech, Weights, catalogue, weights_file
from app.embedded.errors import EmbeddedError, ModelNotOnDisk
from app.embedded.fetch import adopt, fetch, fetch_speech
from app.embedded.progress import report_on
from app.embedded.settings import EmbeddedSettings

INTERRUPTED = 130

model_cli = typer.Typer(
    name="model", help="The weights of the built-in model.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="A name from `wasap model list`.")]


@model_cli.command("list")
def list_models() -> None:
    """List the models that can be fetched, and what is here."""
    settings = EmbeddedSettings()
    table = Table("name", "model", "size", "licence", "here")
    known: list[Weights | Speech] = [*catalogue().models.values(), *catalogue().speech.values()]
    for weights in known:
        table.add_row(
            weights.name,
            weights.display_name,
            f"{weights.size_bytes / 1e6:,.0f} MB",
            weights.licence,
            "yes" if weights.on_disk(settings.models_dir) else "no",
        )
    console = Console()
    console.print(table)
    console.print(f"EMBEDDED_MODEL is {settings.embedded_model}", highlight=False)
    console.print(f"MODELS_DIR is {settings.models_dir}", highlight=False, soft_wrap=True)


@model_cli.command("fetch")
def fetch_model(
    name: Name = "",
    local: Annotated[
        Path | None,
        typer.Option(
            "--from", exists=True, dir_okay=False, help="Take this file instead of downloading."
        ),
    ] = None,
) -> None:
    """Fetch a model (without a name, the one in use) and check its sha256."""
    console = Console(stderr=True)
    try:
        settings = EmbeddedSettings()
        models_dir = settings.models_dir
        speech = catalogue().speech.get(name)
        weights = speech or catalogue().get(name or settings.embedded_model)
        with report_on(console, weights.name, weights.size_bytes) as report:
            if isinstance(weights, Speech):
                if local:
                    folder = weights.folder(models_dir)
                    raise EmbeddedError(f"{name} is a folder of files: put yours into {folder}.")
                path = fetch_speech(weights, models_dir, report=report)
            elif local:
                path = adopt(weights, models_dir, local=local, report=report)
            else:
                path = fetch(weights, models_dir, report=report)
    except EmbeddedError as error:
        _fail(console, str(error))
    except KeyboardInterrupt:
        console.print("Interrupted: run the same command again to go on from here.")
        raise typer.Exit(INTERRUPTED) from None
    typer.echo(path)


@model_cli.command("path")
def model_path(name: Name = "") -> None:
    """Print where a model lies; exit 1 when it is not here."""
    settings = EmbeddedSettings()
    speech = catalogue().speech.get(name)
    try:
        if speech is not None:
            if not speech.on_disk(settings.models_dir):
                raise ModelNotOnDisk(name)
            typer.echo(speech.folder(settings.models_dir))
            return
        typer.echo(weights_file(settings.models_dir, name or settings.embedded_model))
    except EmbeddedError as error:
        _fail(Console(stderr=True), str(error))


def _fail(console: Console, sentence: str) -> NoReturn:
    console.print(sentence, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1)
