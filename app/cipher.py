"""`wasap encrypt` and `wasap decrypt`, and a key that does not fit: what the owner reads."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import typer

from app.checks.finding import Level, Lines
from app.errors import AlreadyRunning, SettingsError, WasapError
from app.settings import graph_settings
from graph.prompts import Prompts
from store import cipher
from store.backup import forget_copies
from store.driver import KeyFile
from store.errors import KeyRefused, StoreError
from store.instance import FolderInUse


def encrypt() -> None:
    """Encrypt the databases and say what else is not. Raises WasapError, KeyRefused."""
    folder, key, say = _opened()
    is_new = not key.path.exists()
    with _in_words(folder, say):
        done = cipher.encrypt(folder, key)
        forget_copies(folder, older_than_s=0)
    if is_new:
        typer.echo(say("key_made", file=str(key.path)))
    typer.echo(say("encrypted" if done else "encrypted_before"))
    for path in cipher.plain_leftovers(folder):
        typer.echo(say("encrypted_not", path=str(path)), err=True)


def decrypt() -> None:
    """Take the encryption away. Raises WasapError, KeyRefused."""
    folder, key, say = _opened()
    with _in_words(folder, say):
        done = cipher.decrypt(folder, key)
    typer.echo(say("decrypted" if done else "decrypted_before"))


def refusal(error: KeyRefused) -> str:
    """Why a key was refused and what to do, in the owner's language."""
    try:
        lines = Lines(graph_settings().owner_language)
    except SettingsError:
        return str(error)
    found = lines.finding(Level.FAIL, f"key_{error.reason}", file=error.path, why=error.why)
    return f"{found.says} {found.fix}"


def _opened() -> tuple[Path, KeyFile, Callable[..., str]]:
    settings = graph_settings()
    say = partial(Prompts(settings.prompts_dir).message, settings.owner_language)
    if settings.database_key is None:
        raise WasapError(say("key_unset"))
    return settings.data_dir, settings.database_key, say


@contextlib.contextmanager
def _in_words(folder: Path, say: Callable[..., str]) -> Iterator[None]:
    try:
        yield
    except KeyRefused:
        raise  # `app.cli` asks for `refusal`
    except FolderInUse as error:
        raise AlreadyRunning(say("recode_in_use", folder=str(folder))) from error
    except (StoreError, OSError) as error:
        raise WasapError(say("recode_failed", why=str(error))) from error
