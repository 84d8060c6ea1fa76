"""Errors of the store package.

StoreError
├── StoreUnavailable   the database cannot take or give anything now
├── MigrationError     a migration did not apply
├── DocumentsFull      a person has as many documents as are kept
└── BackupError        a backup cannot be made, read or put back
"""


class StoreError(Exception):
    """Something about the data at rest."""


class StoreUnavailable(StoreError):
    """The database cannot be used now: locked, full, read-only, closed or broken."""


class MigrationError(StoreError):
    """A migration did not apply; the database is as it was before it."""


class DocumentsFull(StoreError):
    """A person has as many documents, or as much text in them, as is kept."""


class BackupError(StoreError):
    """A backup cannot be made, read or put back; the data is as it was."""
