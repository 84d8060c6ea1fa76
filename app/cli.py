"""The `wasap` command. Commands import what they run: `--help` stays quick."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from app.embedded.cli import model_cli
from app.errors import WasapError
from app.evals.cli import eval_cli
from graph.errors import PromptError
from store.errors import KeyRefused

cli = typer.Typer(
    name="wasap",
    help="A personal assistant on WhatsApp that runs on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals hold secrets
)
cli.add_typer(model_cli, name="model", help="Weights of the built-in model.")
cli.add_typer(eval_cli, name="eval")


@cli.command()
def serve() -> None:
    """Run the assistant: the webhook for Meta and everything behind it."""
    from app import logs
    from app.serve import serve as serve_forever
    from app.settings import Settings

    settings = Settings.load()
    logs.set_up(settings.log_level, settings.log_format)
    with asyncio.Runner(loop_factory=event_loop()) as runner:
        runner.run(serve_forever(settings))


def event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where there is one: a turn costs a tenth less."""
    try:
        import uvloop
    except ImportError:  # Windows
        return None
    return uvloop.new_event_loop


@cli.command()
def demo(
    message: Annotated[str | None, typer.Argument(help="Ask this one thing and exit.")] = None,
) -> None:
    """Chat in the terminal: no account and no Ollama needed."""
    from app.demo import run_demo

    raise typer.Exit(run_demo(message))


@cli.command()
def setup() -> None:
    """Connect to WhatsApp: asks for each value, checks it at once, and writes .env."""
    from app import logs
    from app.setup.wizard import run_setup

    logs.set_up("ERROR", "console")
    raise typer.Exit(run_setup(Path(".env")))


@cli.command()
def pull() -> None:
    """Have Ollama pull the models that the settings name; what it has stays as it is."""
    from app.checks.opening import read_settings
    from app.setup.pull import pull_missing

    settings, _ = read_settings()  # Meta's values may be missing yet
    pull_missing(Console(stderr=True), settings)


@cli.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    send: Annotated[
        bool, typer.Option("--send", help="Send the owner a message and see it arrive.")
    ] = False,
    wait_s: Annotated[
        float, typer.Option("--wait", help="Seconds to wait for it, with --send.")
    ] = 120.0,
) -> None:
    """Check everything, change nothing: Meta, the webhook, the models, the database."""
    from app import logs
    from app.checks.doctor import run_doctor

    logs.set_up("ERROR", "console")
    raise typer.Exit(run_doctor(as_json=as_json, send=send, wait_s=wait_s))


@cli.command()
def rebuild() -> None:
    """Make the assistant's threads again from wasap.db; stop it first."""
    from app.rebuild import rebuild as rebuild_threads
    from app.settings import Settings

    threads, messages = asyncio.run(rebuild_threads(Settings.load()))
    typer.echo(f"{threads} threads made again, with {messages} messages.")


@cli.command()
def backup(
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to: a name (.tar or .tar.gz) or a folder. DATA_DIR/backups."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
) -> None:
    """Back up both databases and the media into one file, beside a running server or without."""
    from app.backup import back_up

    back_up(file, force=force)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `wasap backup` made.")],
    discard: Annotated[
        bool, typer.Option("--discard", help="Delete the present data instead of keeping it.")
    ] = False,
) -> None:
    """Put a backup in the place of the data; stop the assistant first."""
    from app.backup import put_back

    put_back(file, discard=discard)


@cli.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="A backup. Without it: the data.")] = None,
) -> None:
    """Look for damage in a backup or in the data; exit 1 and a line a problem when there is any."""
    from app.backup import verify as look

    if not look(file):
        raise typer.Exit(1)


@cli.command()
def encrypt() -> None:
    """Encrypt both databases with the key in DATABASE_KEY_FILE; stop the assistant first."""
    from app.cipher import encrypt as encrypt_data

    encrypt_data()


@cli.command()
def decrypt() -> None:
    """Take the encryption away again; stop the assistant first."""
    from app.cipher import decrypt as decrypt_data

    decrypt_data()


@cli.command()
def tools(
    name: Annotated[str, typer.Argument(help="Show what the model is told about this one.")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="What the model is told about all that are on.")
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="docs/tools.md: the built-in tools.")
    ] = False,
) -> None:
    """List the tools: what a call changes, where each comes from, and which are on."""
    from app import logs
    from app.tools_cli import show_tools

    logs.set_up("ERROR", "console")
    show_tools(name, as_json=as_json, as_markdown=as_markdown)


@cli.command()
def replay(
    file: Annotated[Path, typer.Argument(help="The JSON file that /export sends.")],
    model: Annotated[
        list[str], typer.Option(help="This one; may be given again.", show_default=False)
    ] = [],  # noqa: B006 - typer's
    prompts: Annotated[
        list[Path], typer.Option(help="This folder; may be given again.", show_default=False)
    ] = [],  # noqa: B006
    last: Annotated[int, typer.Option(min=1, help="How many messages, the newest.")] = 20,
    reports: Annotated[
        Path | None, typer.Option(help="Folder for the page.", show_default="DATA_DIR/evals")
    ] = None,
) -> None:
    """Go through a talk once more with other models or prompts, the answers side by side."""
    from app import logs
    from app.evals.replay import replay as go_through

    logs.set_up("ERROR", "console")
    asyncio.run(go_through(file, model, prompts, last, reports))


@cli.command()
def prompts(
    folder: Annotated[Path | None, typer.Argument(help="Without it: PROMPTS_DIR.")] = None,
) -> None:
    """List the prompts with their versions; exit 1 and a line a problem when there is any."""
    from app import logs
    from app.prompts_cli import show_prompts
    from app.settings import graph_settings

    logs.set_up("CRITICAL", "console")  # what it has to say it prints
    if not show_prompts(folder or graph_settings().prompts_dir):
        raise typer.Exit(1)


@cli.command("env-example")
def env_example() -> None:
    """Print .env.example, made from the settings."""
    from app.env_example import render

    typer.echo(render(), nl=False)


def main() -> None:
    """Entry point: what the owner can fix is a sentence, not a traceback."""
    try:
        cli()
    except (WasapError, PromptError) as error:
        _end(str(error))
    except KeyRefused as error:
        from app.cipher import refusal

        _end(refusal(error))


def _end(sentence: str) -> NoReturn:
    Console(stderr=True).print(
        sentence, style="bold red", highlight=False, markup=False, soft_wrap=True
    )  # a path that was broken in two could not be copied
    raise SystemExit(1) from None


if __name__ == "__main__":
    main()
