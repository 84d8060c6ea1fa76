"""Errors of the store package.

StoreError
├── StoreUnavailable   the database cannot take or give anything now
│   └── KeyRefused       it is encrypted and the key is not there, or not its own; or it is not
├── RecodeError        the databases could not be encrypted or decrypted
├── MigrationError     a migration did not apply
├── DocumentsFull      a person has as many documents as are kept
└── BackupError        a backup cannot be made, read or put back
"""

from pathlib import Path
from typing import Literal


class StoreError(Exception):
    """Something about the data at rest."""


class StoreUnavailable(StoreError):
    """The database cannot be used now: locked, full, read-only, closed or broken."""


class KeyRefused(StoreUnavailable):
    """A database does not open with the key that is set, or without one."""

    def __init__(
        self,
        reason: Literal["unreadable", "empty", "unusable", "missing", "wrong", "unneeded"],
        path: Path,
        why: str = "",
    ) -> None:
        super().__init__(f"{path}: the key of the database is {reason}{why and f' ({why})'}")
        self.reason = reason
        self.path = path  # the file that it is about
        self.why = why


class RecodeError(StoreError):
    """The databases could not be encrypted or decrypted; they are as they were."""


class MigrationError(StoreError):
    """A migration did not apply; the database is as it was before it."""


class DocumentsFull(StoreError):
    """A person has as many documents, or as much text in them, as is kept."""


class BackupError(StoreError):
    """A backup cannot be made, read or put back; the data is as it was."""
