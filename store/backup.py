"""Backups of a data folder: made beside a running server, looked at, and put back.

A backup is written under another name, read back from the disk, and only then gets its own.
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from store import archive, cipher, driver, probes, soundness, swap
from store.archive import Manifest
from store.driver import KeyFile
from store.errors import BackupError, KeyRefused, StoreError, StoreUnavailable
from store.instance import BACKUPS, FolderInUse, hold, hold_backups
from store.migrate import applied
from store.snapshot import LEDGER, MEDIA, THREADS, copy_databases, media_path
from store.soundness import Report

WORKING = ".working"  # in the folder for backups: copies of the databases, while they are looked at
PARTIALS = ".wasap-*.partial"  # beside the backup that one is to become
COMPRESSED = (".gz", ".tgz")

UPGRADE = "before-upgrade-"  # the copies that nobody asked for
UPGRADES_KEPT = 2


@dataclass(frozen=True)
class Made:
    """A backup that was made."""

    path: Path
    size_bytes: int
    manifest: Manifest
    report: Report


@dataclass(frozen=True)
class Restored:
    """A backup that was put back."""

    manifest: Manifest
    report: Report
    former: Path | None  # what was there before


def default_name() -> str:
    """Of a backup made now; UTC."""
    return f"wasap-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"


def make(
    folder: Path,
    target: Path,
    key: KeyFile | None = None,
    *,
    force: bool = False,
    media: bool = True,
) -> Made:
    """Back up a data folder; compressed if the name ends in .gz or .tgz.

    What is encrypted stays so in the backup. Raises BackupError, KeyRefused, FolderInUse while
    another process is at it, StoreUnavailable, OSError.
    """
    _spare(target, force=force)
    # One name a data folder: what a kill leaves is written over by the next backup.
    mark = zlib.crc32(os.fsencode(folder.absolute()))
    partial = target.parent / PARTIALS.replace("*", f"{mark:08x}")
    with _copies(folder, key) as copies, contextlib.ExitStack() as stack:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        stack.callback(partial.unlink, missing_ok=True)
        probes.reach("backup:copied")
        with archive.Writer(partial, compressed=target.suffix in COMPRESSED) as writer:
            manifest = _write(writer, folder, copies, key, media=media)
        probes.reach("backup:written")
        report = soundness.inspect(copies, soundness.in_backup(manifest), key)
        if report.damaged:
            raise BackupError(
                "\n".join(["The data is damaged; no backup was made:", *report.problems])
            )
        if archive.read(partial) != manifest:
            raise BackupError(f"{partial} is not what was written. Is the disk failing?")
        probes.reach("backup:verified")
        _spare(target, force=force)
        size_bytes = partial.stat().st_size
        partial.replace(target)
        swap.sync(target.parent)
        probes.reach("backup:named")
    return Made(target, size_bytes, manifest, report)


def restore(
    source: Path, folder: Path, key: KeyFile | None = None, *, discard: bool = False
) -> Restored:
    """Put a backup in the place of the data, which stays as a dated folder unless `discard`.

    With the key it is encrypted there, whether it was in the backup or not. A kill leaves the data
    as it was, or the next start finishes what is left to do. Raises BackupError, KeyRefused,
    RecodeError, OSError; FolderInUse while the assistant runs or a backup is made.
    """
    with contextlib.closing(hold(folder)), hold_backups(folder), contextlib.ExitStack() as stack:
        new = swap.begin(folder)
        stack.callback(shutil.rmtree, new, ignore_errors=True)
        manifest = archive.read(source, new)
        probes.reach("restore:unpacked")
        if manifest.media:
            (new / MEDIA).mkdir(mode=0o700, exist_ok=True)
        own = _key_of(source, new, key)
        report = soundness.inspect(new, soundness.in_backup(manifest), own)
        if report.newer:
            raise BackupError(
                f"{source} was made by a newer WasAP ({manifest.wasap}). Upgrade first."
            )
        if report.damaged:
            raise BackupError("\n".join([f"{source} is damaged:", *report.problems]))
        if own is not key:
            for name in (THREADS, LEDGER):
                cipher.recode_in_place(new / name, own, key)
        probes.reach("restore:checked")
        former = swap.commit(folder, discard=discard)
    return Restored(manifest, report, former)


def look_at(source: Path, key: KeyFile | None = None) -> tuple[Manifest, Report]:
    """What a backup holds, all of it read. Raises BackupError, KeyRefused, OSError."""
    with tempfile.TemporaryDirectory(prefix="wasap-") as copies:
        manifest = archive.read(source, Path(copies), databases_only=True)
        own = _key_of(source, Path(copies), key)
        return manifest, soundness.inspect(Path(copies), soundness.in_backup(manifest), own)


def look_at_data(folder: Path, key: KeyFile | None = None) -> Report:
    """What a data folder holds, a running server or not. Raises as `make` does."""
    try:
        with _copies(folder, key) as copies:
            return soundness.inspect(copies, soundness.on_disk(folder), key)
    except KeyRefused:
        raise
    except StoreUnavailable as error:
        return Report((str(error),), damaged=True)


def before_upgrade(folder: Path, newest: str, key: KeyFile | None = None) -> Path:
    """A copy of both databases, before what follows the migration `newest` is applied.

    A start that fails again and again writes over its own copy, not over an older one. Raises
    BackupError: then nothing may be migrated.
    """
    target = folder / BACKUPS / f"{UPGRADE}{newest.partition('_')[0]}.tar"
    try:
        made = make(folder, target, key, force=True, media=False)
    except (StoreError, OSError) as error:
        raise BackupError(
            f"it has to be upgraded, and the copy before that failed. Nothing was changed. {error}"
        ) from error
    for old in _upgrade_copies(folder)[UPGRADES_KEPT:]:
        old.unlink(missing_ok=True)
    return made.path


def forget_copies(folder: Path, older_than_s: float) -> None:
    """Delete copies that nobody asked for: they hold what the owner has deleted since.

    Those of before an upgrade, by their age, and what a killed backup left. Raises OSError.
    """
    for path in _upgrade_copies(folder):
        if time.time() - path.stat().st_mtime >= older_than_s:
            path.unlink(missing_ok=True)
    backups = folder / BACKUPS
    if (backups / WORKING).exists() or any(backups.glob(PARTIALS)):
        with contextlib.suppress(FolderInUse), hold_backups(folder):  # in use: not killed at all
            shutil.rmtree(backups / WORKING, ignore_errors=True)
            for path in backups.glob(PARTIALS):
                path.unlink(missing_ok=True)


def _upgrade_copies(folder: Path) -> list[Path]:
    """The newest first."""
    found = (folder / BACKUPS).glob(f"{UPGRADE}*.tar")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


@contextlib.contextmanager
def _copies(folder: Path, key: KeyFile | None) -> Iterator[Path]:
    """A folder with copies of the databases, of one instant, for as long as this lasts."""
    if not (folder / LEDGER).exists() and not (folder / swap.READY).exists():
        raise BackupError(f"There is no {LEDGER} in {folder}: is DATA_DIR right?")
    with hold_backups(folder):
        if (folder / swap.READY).exists():  # a restore was killed: it is finished first
            with contextlib.suppress(FolderInUse):  # by a server that starts
                hold(folder).close()
        working = folder / BACKUPS / WORKING
        shutil.rmtree(working, ignore_errors=True)  # of a process that was killed
        working.mkdir(mode=0o700)
        try:
            copy_databases(folder, working, key)
            if (folder / swap.READY).exists():
                raise BackupError("A restore is being finished. Try again.")
            yield working
        finally:
            shutil.rmtree(working, ignore_errors=True)


def _write(
    writer: archive.Writer, folder: Path, copies: Path, key: KeyFile | None, *, media: bool
) -> Manifest:
    """Fill an archive. A file whose row was deleted after the copy is noted as missing."""
    with contextlib.closing(driver.connect(copies / LEDGER, key)) as db:
        migrations = tuple(sorted(applied(db)))
        named = soundness.media_files(db) if media else {}
    for name in (THREADS, LEDGER):
        if (copies / name).exists():
            writer.add(name, copies / name)
    missing = []
    for sha256 in named:
        try:
            writer.add(media_path(sha256), folder / media_path(sha256))
        except FileNotFoundError:
            missing.append(sha256)
        probes.reach("backup:file")
    manifest = Manifest(
        wasap=_version(),
        created_at=datetime.now(UTC),
        migrations=migrations,
        media=media,
        missing=tuple(missing),
        members=writer.members,
    )
    writer.finish(manifest)
    return manifest


def _spare(target: Path, *, force: bool) -> None:
    if target.is_dir() or (target.exists() and not force):
        raise BackupError(f"{target} exists. --force writes over a file.")


def _key_of(source: Path, copies: Path, key: KeyFile | None) -> KeyFile | None:
    """What opens an unpacked backup: nothing, or the key. Raises KeyRefused."""
    if driver.is_plain(copies / LEDGER):
        return None
    try:
        driver.connect(copies / LEDGER, key).close()
    except KeyRefused as error:
        raise KeyRefused(error.reason, source, error.why) from error
    except sqlite3.Error:  # `soundness` says what it is
        return None
    return key


def _version() -> str:
    try:
        return version("wasap")
    except PackageNotFoundError:  # run from a source tree that nobody has installed
        return ""
