"""One file that holds a data folder: a tar of plain files, with a manifest as its last member.

A file that was cut short has no manifest. What is read may come from anywhere: only the names that
we write are taken, each once, plain files all, and nothing of a member's owner or mode.
"""

import contextlib
import gzip
import hashlib
import io
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from store.driver import MAGIC
from store.errors import BackupError
from store.snapshot import LEDGER

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_MAX_BYTES = 64 << 20
MEMBERS_MAX = 500_000
CHUNK_BYTES = 1 << 20
SPARE_BYTES = 64 << 20  # left on the disk when a backup is unpacked

_NAMES = re.compile(r"wasap\.db|checkpoints\.db|media/([0-9a-f]{2})/\1[0-9a-f]{62}")
_GZIP = b"\x1f\x8b"


class Member(BaseModel):
    """A file in the backup."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    size_bytes: int


class Manifest(BaseModel):
    """What a backup holds."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    wasap: str  # version of the product
    created_at: datetime
    migrations: tuple[str, ...]  # those that wasap.db has seen
    media: bool  # whether the files that came with messages are in it
    missing: tuple[str, ...] = ()  # sha256 of files that wasap.db names and that were not there
    members: dict[str, Member]


class Writer:
    """A new archive, mode 600. `finish` makes it whole."""

    def __init__(self, path: Path, *, compressed: bool) -> None:
        path.unlink(missing_ok=True)
        self._open = contextlib.ExitStack()
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = self._open.enter_context(os.fdopen(number, "wb"))
        stream: BinaryIO = self._file
        if compressed:
            packed = gzip.GzipFile("", "wb", compresslevel=6, fileobj=self._file)
            stream = self._open.enter_context(packed)  # type: ignore[assignment]
        self._tar = tarfile.TarFile(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT)
        self.members: dict[str, Member] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        with contextlib.suppress(OSError):  # a full disk, which was reported when it was met
            self._open.close()

    def add(self, name: str, source: Path) -> None:
        """Copy a file. Raises OSError, FileNotFoundError among them."""
        with source.open("rb") as file:
            size_bytes = os.fstat(file.fileno()).st_size
            summed = _Summed(file)
            self._tar.addfile(_info(name, size_bytes), summed)
        self.members[name] = Member(sha256=summed.sha256, size_bytes=size_bytes)

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest; all is on the disk when this returns."""
        text = manifest.model_dump_json(indent=1).encode()
        self._tar.addfile(_info(MANIFEST, len(text)), io.BytesIO(text))
        self._tar.close()
        number = os.dup(self._file.fileno())
        try:
            self._open.close()
            os.fsync(number)
        finally:
            os.close(number)


def read(archive: Path, into: Path | None = None, *, databases_only: bool = False) -> Manifest:
    """Read all of an archive and compare every sum; unpack it into a folder, if one is given.

    Raises BackupError for one that is not what we wrote; OSError when it cannot be unpacked.
    """
    found: dict[str, Member] = {}
    manifest: Manifest | None = None
    with _members(archive) as members:
        for name, size_bytes, file in members:
            if manifest is not None or name in found or len(found) == MEMBERS_MAX:
                raise BackupError(f"{archive} is not a backup of WasAP: {name} is out of place.")
            if name == MANIFEST:
                manifest = _manifest(archive, size_bytes, file)
                continue
            target = None
            if into is not None and not (databases_only and "/" in name):
                _find_room(archive, into, size_bytes)
                target = into / name
            found[name] = _copy(file, target)
    if manifest is None:
        raise BackupError(f"{archive} is not whole: it was cut short, or is no backup of WasAP.")
    for name in sorted(found.keys() | manifest.members.keys()):
        if found.get(name) != manifest.members.get(name):
            raise BackupError(f"{archive} is damaged: {name} is not what was put into it.")
    if LEDGER not in found:
        raise BackupError(f"{archive} is not a backup of WasAP: there is no {LEDGER} in it.")
    return manifest


def is_plain(archive: Path) -> bool:
    """Whether anybody can read the database in it, or what else it may be. Reads no further."""
    try:
        with _members(archive) as members:
            first = next(file.read(len(MAGIC)) for name, _, file in members if name == LEDGER)
    except (BackupError, StopIteration):
        return True
    return first == MAGIC


@contextlib.contextmanager
def _members(archive: Path) -> Iterator[Iterator[tuple[str, int, BinaryIO]]]:
    """Name, size and bytes of each file, in their order; errors have our name."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(archive.open("rb"))
        except OSError as error:
            raise BackupError(f"{archive} cannot be read: {error.strerror}.") from error
        stream: BinaryIO = file
        if file.read(len(_GZIP)) == _GZIP:
            stream = stack.enter_context(gzip.GzipFile(fileobj=file))  # type: ignore[assignment]
        file.seek(0)
        try:
            tar = stack.enter_context(tarfile.open(fileobj=stream, mode="r|", tarinfo=_PlainFile))
            yield _walk(archive, tar)
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BackupError(f"{archive} is damaged or no backup of WasAP: {error}.") from error


def _walk(archive: Path, tar: tarfile.TarFile) -> Iterator[tuple[str, int, BinaryIO]]:
    for info in tar:
        file = tar.extractfile(info)
        if file is None or not (info.name == MANIFEST or _NAMES.fullmatch(info.name)):
            raise BackupError(f"{archive} is not a backup of WasAP: it holds {info.name!r}.")
        yield info.name, info.size, file  # type: ignore[misc]


class _PlainFile(tarfile.TarInfo):
    """Refuses links, folders, devices and headers of unlimited size before anything is done."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        info = super().frombuf(buf, encoding, errors)
        if info.type != tarfile.REGTYPE:
            raise BackupError(f"This is not a backup of WasAP: {info.name!r} is no plain file.")
        return info


class _Summed:
    """A file that is summed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sum = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._sum.update(data)
        return data


def _info(name: str, size_bytes: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size_bytes, 0o600, int(datetime.now(UTC).timestamp())
    return info


def _manifest(archive: Path, size_bytes: int, file: BinaryIO) -> Manifest:
    if size_bytes > MANIFEST_MAX_BYTES:
        raise BackupError(f"{archive} is not a backup of WasAP: its manifest is too long.")
    try:
        manifest = Manifest.model_validate_json(file.read())
    except ValidationError as error:
        raise BackupError(f"{archive} is not a backup of WasAP: {MANIFEST} is none.") from error
    if manifest.format > FORMAT:
        raise BackupError(f"{archive} was made by a newer WasAP ({manifest.wasap}). Upgrade first.")
    return manifest


def _find_room(archive: Path, into: Path, size_bytes: int) -> None:
    free = shutil.disk_usage(into).free - SPARE_BYTES
    if size_bytes > free:
        raise BackupError(
            f"There is no room to unpack {archive}: {size_bytes >> 20} MB more would go to {into}."
        )


def _copy(file: BinaryIO, target: Path | None) -> Member:
    """Read to the end; into a new file of mode 600, on the disk when this returns."""
    summed, size_bytes = _Summed(file), 0
    with contextlib.ExitStack() as stack:
        copy: BinaryIO | None = None
        if target is not None:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            number = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            copy = stack.enter_context(os.fdopen(number, "wb"))
        while chunk := summed.read(CHUNK_BYTES):
            size_bytes += len(chunk)
            if copy is not None:
                copy.write(chunk)
        if copy is not None:
            copy.flush()
            os.fsync(copy.fileno())
    return Member(sha256=summed.sha256, size_bytes=size_bytes)
