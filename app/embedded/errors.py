"""Errors of the built-in model.

WasapError
└── EmbeddedError      one sentence for the person at the terminal
    ├── UnknownModel     no such name in the catalogue, no such file
    ├── ModelNotOnDisk   known, not fetched yet
    ├── NotAModel        the file is no GGUF model, or not the one it claims to be
    ├── SourceFailed     one source could not give the file; the next is tried
    └── FetchFailed      no source could
ApiError               an answer of the server other than 200
"""

from app.errors import WasapError


class EmbeddedError(WasapError):
    """Something the person at the terminal should read."""


class UnknownModel(EmbeddedError):
    """Neither a name of the catalogue nor a file."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no model called {name}: see `wasap model list`.")


class ModelNotOnDisk(EmbeddedError):
    """A name of the catalogue whose weights are not here."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not on this machine yet: run `wasap model fetch {name}`.")


class NotAModel(EmbeddedError):
    """The file cannot be what it should be."""


class SourceFailed(EmbeddedError):
    """One source could not give the file."""


class FetchFailed(EmbeddedError):
    """No source could give the file."""


class ApiError(Exception):
    """Becomes `{"error": text}` with this status, the way Ollama reports."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
