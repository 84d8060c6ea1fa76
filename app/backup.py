"""`wasap backup`, `restore` and `verify`: what the owner reads about them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import typer

from app.errors import AlreadyRunning, WasapError
from app.settings import graph_settings
from store import backup
from store.archive import Manifest
from store.errors import KeyRefused, StoreError
from store.instance import BACKUPS, FolderInUse
from store.soundness import Report

_PRIVATE = "It holds your messages, and nothing in it is encrypted: keep it where only you read it."
_SEALED = (
    "The databases in it are encrypted with your key, which is not in it. The files that came with"
    " messages are not encrypted: keep it where only you read it."
)


def back_up(target: Path | None, *, force: bool) -> None:
    """Make a backup and say what is in it. Raises WasapError."""
    settings = graph_settings()
    folder, key = settings.data_dir, settings.database_key
    if target is None:
        target = folder / BACKUPS / backup.default_name()
    elif target.is_dir():
        target = target / backup.default_name()
    with _in_words("No backup was made"):
        made = backup.make(folder, target, key, force=force)
    typer.echo(f"{made.path}: {_mb(made.size_bytes)}, {_holds(made.report)}.")
    typer.echo(_SEALED if key else _PRIVATE)
    if missing := made.manifest.missing:
        _warn(f"{len(missing)} files that came with messages were not there any more.")
    if made.report.problems:
        _warn("The backup is true to the data, and the data has problems:")
        for problem in made.report.problems:
            _warn(f"- {problem}")


def put_back(source: Path, *, discard: bool) -> None:
    """Restore a backup and say what comes next. Raises WasapError."""
    settings = graph_settings()
    folder = settings.data_dir
    with _in_words("The restore failed"):
        done = backup.restore(source, folder, settings.database_key, discard=discard)
    typer.echo(f"{folder} is as it was at {_when(done.manifest)}: {_holds(done.report)}.")
    if done.former is not None:
        typer.echo(f"What was there before is in {done.former}. Delete it when you are sure.")
    if done.report.inbox_open or done.report.outbox_open:
        typer.echo(
            f"At that time {done.report.inbox_open} messages waited for an answer and"
            f" {done.report.outbox_open} parts of answers to be sent: the next start does that."
        )
    typer.echo("What you deleted after that time is back. Reminders that were due since fire late.")
    for problem in done.report.problems:
        _warn(f"- {problem}")


def verify(source: Path | None) -> bool:
    """Look at a backup, or at the data; print what was found. Whether all is well.

    Raises WasapError for what could not be looked at.
    """
    settings = graph_settings()
    key = settings.database_key
    if source is None:
        with _in_words("The data could not be looked at"):
            name, report = str(settings.data_dir), backup.look_at_data(settings.data_dir, key)
    else:
        with _in_words("Not a sound backup"):
            manifest, report = backup.look_at(source, key)
        name = f"{source} of {_when(manifest)}"
    for problem in report.problems:
        typer.echo(problem)
    if not report.damaged:
        typer.echo(f"{name}: {_holds(report)}, {len(report.problems) or 'no'} problems.")
    return not report.problems


@contextlib.contextmanager
def _in_words(failed: str) -> Iterator[None]:
    try:
        yield
    except KeyRefused:
        raise  # `app.cli` says it in the owner's language
    except FolderInUse as error:
        raise AlreadyRunning(f"{failed}: {error}. Stop that first.") from error
    except (StoreError, OSError) as error:
        raise WasapError(f"{failed}. {error}") from error


def _holds(report: Report) -> str:
    return (
        f"{report.inbox} messages in ({report.inbox_open} open),"
        f" {report.outbox} parts out ({report.outbox_open} open), {report.media} files"
    )


def _when(manifest: Manifest) -> str:
    return f"{manifest.created_at:%Y-%m-%d %H:%M} UTC"


def _mb(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB"


def _warn(sentence: str) -> None:
    typer.echo(sentence, err=True)
