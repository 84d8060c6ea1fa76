"""The data folder and what lies in it."""

import asyncio
import stat
import tempfile
from pathlib import Path

from app.checks.finding import Finding
from app.checks.subject import Subject
from store.errors import KeyRefused, StoreUnavailable
from store.inspection import Inspection

FREE_FAIL_BYTES = 200_000_000
FREE_WARN_BYTES = 1_000_000_000
QUICK_CHECK_S = 20.0


async def data_folder(subject: Subject) -> Finding:
    """DATA_DIR can be written to. Tried with a file that has no name: nothing is left behind."""
    folder = subject.settings.data_dir
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            pass
        if subject.database.exists():
            with (folder / "wasap.db").open("r+b"):
                pass
    except OSError as error:
        return subject.fail("folder_read_only", folder=folder, why=error.strerror or error)
    return subject.ok("folder_ok", folder=folder)


async def disk(subject: Subject) -> Finding:
    """There is room."""
    free = subject.free_bytes(_existing(subject.settings.data_dir))
    values = {"free": f"{free / 1e9:.1f} GB", "folder": subject.settings.data_dir}
    if free < FREE_FAIL_BYTES:
        return subject.fail("disk_full", **values)
    if free < FREE_WARN_BYTES:
        return subject.warn("disk_low", **values)
    return subject.ok("disk_ok", **values)


async def encryption(subject: Subject) -> Finding | None:
    """The key opens the database, and a thief of the disk has not got it."""
    key = subject.settings.database_key
    try:
        if key is not None:
            await asyncio.to_thread(key.check)
        await asyncio.to_thread(subject.database.unlock)
    except KeyRefused as error:
        return subject.fail(f"key_{error.reason}", file=error.path, why=error.why)
    except StoreUnavailable:
        return None  # `database` says so
    if key is None:
        return None
    if stat.S_IMODE(key.path.stat().st_mode) & 0o077:
        return subject.warn("env_open", file=key.path)
    if key.path.resolve().is_relative_to(subject.settings.data_dir.resolve()):
        return subject.warn("key_beside", file=key.path)
    return subject.ok("key_ok")


async def database(subject: Subject) -> Finding | None:
    """wasap.db is whole."""
    if not subject.database.exists():
        return subject.ok("database_new")
    try:
        damage = await asyncio.to_thread(subject.database.damage, QUICK_CHECK_S)
    except TimeoutError:
        return subject.warn("database_large")
    except KeyRefused:
        return None  # `encryption` says so
    except StoreUnavailable as error:
        damage = str(error)
    if damage:
        return subject.fail("database_damaged", why=damage)
    return subject.ok("database_ok")


async def threads(subject: Subject) -> Finding | None:
    """checkpoints.db is whole; it can be made again from wasap.db."""
    file = Inspection(subject.settings.data_dir / "checkpoints.db", subject.settings.database_key)
    if not file.exists():
        return None
    try:
        await asyncio.to_thread(subject.database.unlock)
    except KeyRefused:
        return None  # `encryption` says so
    except StoreUnavailable:
        pass
    try:
        damage = await asyncio.to_thread(file.damage, QUICK_CHECK_S)
    except TimeoutError:
        return None
    except StoreUnavailable as error:
        damage = str(error)
    return subject.fail("threads_damaged") if damage else subject.ok("threads_ok")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())
