"""Puts other data in the place of a folder's own, so that a kill at any moment costs neither.

A restore does it, and who encrypts or decrypts the databases.

restore.partial/  is being made, and worth nothing
restore.ready/    is whole, checked and on the disk. Renaming the one into the other decides: from
                  then on whoever takes the folder next (store.instance) finishes the exchange.
former-<date>/    what was there before
"""

import contextlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from store import probes
from store.errors import BackupError
from store.snapshot import LEDGER, MEDIA, SIDE_FILES, THREADS

PARTIAL, READY = "restore.partial", "restore.ready"
PLAN = "plan.json"
# wasap.db is the last: as long as it is in restore.ready, that is not finished.
ORDER = (THREADS, MEDIA, LEDGER)
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Plan:
    """How the exchange is to end."""

    former: str  # folder for what was there before, in the data folder
    discard: bool  # delete it at the end


def begin(folder: Path) -> Path:
    """An empty folder to put the new data into: wasap.db, checkpoints.db and maybe media/.

    Raises BackupError for what could not be exchanged at the end, OSError.
    """
    for path in (folder / name for name in ORDER):
        if path.is_mount() or path.is_symlink():  # not to be renamed
            raise BackupError(f"{path} is a mount or a link. Put a plain one in its place first.")
    partial = folder / PARTIAL
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    return partial


def commit(folder: Path, *, discard: bool) -> Path | None:
    """Exchange the data; where the former is now, None when there is none.

    Raises OSError: then nothing has changed; BackupError: then the next start goes on from here.
    """
    partial, ready = folder / PARTIAL, folder / READY
    (partial / THREADS).touch(mode=0o600)  # none: an empty one, so that the former leaves
    plan = Plan(_new_name(folder), discard)
    with (partial / PLAN).open("w", encoding="utf-8") as file:
        json.dump(asdict(plan), file)
        file.flush()
        os.fsync(file.fileno())
    for path, _, _ in os.walk(partial):
        sync(Path(path))
    probes.reach("restore:ready:before")
    partial.rename(ready)
    sync(folder)
    probes.reach("restore:ready:after")
    try:
        finish(folder)
    except OSError as error:
        raise BackupError(
            f"The next start goes on with it, once this is mended: {error}"
        ) from error
    former = folder / plan.former
    return former if former.exists() else None


def finish(folder: Path) -> None:
    """Throw away an exchange that was not ready; finish one that was. Raises OSError."""
    shutil.rmtree(folder / PARTIAL, ignore_errors=True)
    ready = folder / READY
    if not ready.exists():
        return
    if (ready / PLAN).exists():
        plan = Plan(**json.loads((ready / PLAN).read_bytes()))
        former = folder / plan.former
        for name in ORDER:
            if (ready / name).exists():
                _exchange(folder, name, former)
        probes.reach("restore:exchanged")
        if plan.discard and former.exists():
            _wipe(former)
        probes.reach("restore:discarded")
        (ready / PLAN).unlink()
    shutil.rmtree(ready)
    sync(folder)
    probes.reach("restore:finished")


def sync(folder: Path) -> None:
    """What was renamed in it stays so. Windows has no such thing and does without."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _exchange(folder: Path, name: str, former: Path) -> None:
    """While the new file is in restore.ready, what lies in its place is the former one."""
    for old in (folder / f"{name}{end}" for end in ("", *SIDE_FILES)):
        if old.exists():
            former.mkdir(mode=0o700, exist_ok=True)
            old.rename(former / old.name)
            sync(former)
            sync(folder)
            probes.reach("restore:moved_out")
    (folder / READY / name).rename(folder / name)
    sync(folder)
    probes.reach("restore:moved_in")


def _wipe(former: Path) -> None:
    """Delete what was there; the databases are overwritten, as SQLite does with their rows."""
    for path in former.glob("*.db*"):
        with contextlib.suppress(OSError), path.open("r+b") as file:  # as well as it can be done
            left = path.stat().st_size
            while left > 0:
                left -= file.write(bytes(min(left, CHUNK_BYTES)))
            file.flush()
            os.fsync(file.fileno())
    shutil.rmtree(former)


def _new_name(folder: Path) -> str:
    name = base = f"former-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    number = 1
    while (folder / name).exists():
        number += 1
        name = f"{base}-{number}"
    return name
