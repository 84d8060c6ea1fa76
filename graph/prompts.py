"""The prompts folder: read at every use, so that an edit counts at the next message.

`{name}` is filled in where it stands; any other brace is left alone, so JSON may be quoted.
An edit that cannot be used (unreadable, broken TOML, a brace nobody fills) keeps the last good
version and is logged once.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from graph.errors import PromptError

log = structlog.get_logger(__name__)

MESSAGES = "messages.toml"
FALLBACK_LANGUAGE = "en"
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

Signature = tuple[int, int]  # mtime in ns, size in bytes
T = TypeVar("T")


@dataclass
class _Version(Generic[T]):
    signature: Signature
    value: T
    last_good: T | None = None


class Prompts:
    """One folder per language with `*.md` prompts and `messages.toml`."""

    def __init__(self, folder: Path) -> None:
        """Raises PromptError when a language's sentences are missing or cannot be read."""
        self._folder = folder
        self._texts: dict[Path, _Version[str]] = {}
        self._tables: dict[Path, _Version[Mapping[str, str]]] = {}
        languages = sorted(path.parent.name for path in folder.glob(f"*/{MESSAGES}"))
        if FALLBACK_LANGUAGE not in languages:
            raise PromptError(f"{folder}: holds no {FALLBACK_LANGUAGE}/{MESSAGES}")
        self.languages = tuple(languages)
        for language in languages:
            self._messages(language)

    def text(self, language: str, name: str) -> str:
        """A prompt as it stands in `name`.md, without the last newline."""
        return self._version(language, name).value

    def render(self, language: str, name: str, **values: str) -> str:
        """A prompt with its braces filled in."""
        version = self._version(language, name)
        try:
            rendered = fill(version.value, values)
        except PromptError as error:
            if version.last_good is None:
                raise PromptError(f"{name}.md: {error}") from error
            log.error("prompt_rejected", prompt=f"{language}/{name}.md", reason=str(error))
            return fill(version.last_good, values)
        version.last_good = version.value
        return rendered

    def has_message(self, key: str) -> bool:
        return key in self._messages(FALLBACK_LANGUAGE)

    def message(self, language: str, key: str, **values: str) -> str:
        """A sentence of `messages.toml`, with its braces filled in.

        Raises:
            PromptError: no such key, or a brace without a value.
        """
        sentence = self._messages(self._language(language)).get(key)
        if sentence is None:
            raise PromptError(f"{MESSAGES} holds no {key!r} in {language}")
        return fill(sentence, values)

    def _version(self, language: str, name: str) -> _Version[str]:
        path = self._folder / self._language(language) / f"{name}.md"
        return _fresh(self._texts, path, _read_text)

    def _messages(self, language: str) -> Mapping[str, str]:
        path = self._folder / language / MESSAGES
        old = self._tables.get(path)

        def read(path: Path) -> Mapping[str, str]:
            return _read_table(path, old.value if old else {})

        return _fresh(self._tables, path, read).value

    def _language(self, language: str) -> str:
        return language if language in self.languages else FALLBACK_LANGUAGE


def fill(template: str, values: Mapping[str, str]) -> str:
    """Replace each `{name}` once; what a value holds is never read again."""

    def value_of(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise PromptError(f"nothing fills {match[0]}")
        return values[match[1]]

    return PLACEHOLDER.sub(value_of, template)


def placeholders(template: str) -> set[str]:
    return set(PLACEHOLDER.findall(template))


def _fresh(cache: dict[Path, _Version[T]], path: Path, read: Callable[[Path], T]) -> _Version[T]:
    known = cache.get(path)
    try:
        status = path.stat()
        signature = (status.st_mtime_ns, status.st_size)
        if known is not None and known.signature == signature:
            return known
        fresh = read(path)
    except (OSError, ValueError, PromptError) as error:  # UnicodeDecodeError, TOMLDecodeError
        if known is None:
            raise PromptError(f"{path.name} in {path.parent}: {error}") from error
        log.error("prompt_rejected", prompt=f"{path.parent.name}/{path.name}", reason=str(error))
        return known
    cache[path] = _Version(signature, fresh, known.last_good if known else None)
    return cache[path]


def _read_text(path: Path) -> str:
    text = path.read_text(encoding="utf-8").rstrip()
    if not text.strip():
        raise PromptError("is empty")
    return text


def _read_table(path: Path, older: Mapping[str, str]) -> Mapping[str, str]:
    """The sentences of a file; the older ones stand in for those an edit dropped or broke."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    for key, sentence in table.items():
        if not isinstance(sentence, str) or not sentence.strip():
            raise PromptError(f"{key} is no sentence")
        unknown = placeholders(sentence) - placeholders(older.get(key, sentence))
        if unknown:
            raise PromptError(f"{key}: nothing fills {', '.join(sorted(unknown))}")
    return {**older, **table}
