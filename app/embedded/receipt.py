"""A note beside the weights that says they were checked, so that 1.1 GB is hashed only once."""

import hashlib
import json
from pathlib import Path


def sha256_of(path: Path) -> str:
    """The sum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_receipt(path: Path, sha256: str) -> None:
    """Note that `path`, as it is now, has this sum."""
    _note(path).write_text(json.dumps({"sha256": sha256, **_mark(path)}) + "\n", encoding="utf-8")


def has_receipt(path: Path, sha256: str) -> bool:
    """Whether `path` was seen to have this sum and has not been touched since."""
    try:
        return bool(json.loads(_note(path).read_bytes()) == {"sha256": sha256, **_mark(path)})
    except (OSError, ValueError):
        return False


def remove_receipt(path: Path) -> None:
    """Forget what was noted about `path`."""
    _note(path).unlink(missing_ok=True)


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _mark(path: Path) -> dict[str, int]:
    status = path.stat()
    return {"size_bytes": status.st_size, "mtime_ns": status.st_mtime_ns}
