"""The prompts folder: read at every use, so that an edit counts at the next message.

A prompt is a Markdown file with a front matter, which the model never reads:

    ---
    purpose: What it is for.
    variables: text, day
    ---

`{text}` is filled in where it stands; any other brace is left alone, so JSON may be quoted. The
variables are what our code fills in: with one that is missing or unknown an edit cannot be used,
and the last good version goes on (`graph.kept_file`); after a start that is the one that we ship.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from graph.errors import PromptError
from graph.kept_file import KeptFile
from graph.settings import HOME

SHIPPED = HOME / "prompts"
MESSAGES = "messages.toml"
FALLBACK_LANGUAGE = "en"
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
VERSION_CHARS = 7
# The variables of every prompt, as our code fills them in.
FILLED: Mapping[str, tuple[str, ...]] = {
    "call": ("tool",),
    "claim": (),
    "diary": ("messages",),
    "finish": (),
    "persona": ("tools",),
    "picture": ("question",),
    "router": ("tools",),
    "router_result": ("tool", "text"),
    "short": (),
    "short_memories": ("text", "memories"),
    "summary": ("summary", "messages"),
    "summary_here": (),
    "system_summary": ("summary",),
    "tools": (),
    "turn": ("text", "day", "time"),
    "turn_memories": ("text", "day", "time", "memories"),
    "turn_tool": ("text", "tool"),
}

_FRONT = re.compile(r"---\n(?P<front>.*?)^---\n(?P<text>.*)", re.DOTALL | re.MULTILINE)
_used: ContextVar[dict[str, str] | None] = ContextVar("prompts_used", default=None)


@dataclass(frozen=True)
class Prompt:
    """One version of a prompt."""

    purpose: str
    text: str  # what the model reads, with its braces
    version: str  # how the SHA-256 of the file begins, as `sha256sum` prints it


class Prompts:
    """One folder per language with `*.md` prompts and `messages.toml`."""

    def __init__(self, folder: Path) -> None:
        """Raises PromptError when there is no English, or a file that nothing can stand in for."""
        self._folder = folder
        languages = sorted(path.parent.name for path in folder.glob(f"*/{MESSAGES}"))
        if FALLBACK_LANGUAGE not in languages:
            raise PromptError(f"{folder}: holds no {FALLBACK_LANGUAGE}/{MESSAGES}")
        self.languages = tuple(languages)
        self._prompts: dict[tuple[str, str], KeptFile[Prompt]] = {}
        self._tables: dict[str, KeptFile[Mapping[str, str]]] = {}
        for language in languages:
            for name in FILLED:
                file = f"{language}/{name}.md"
                kept = KeptFile(folder / file, partial(_prompt, name), SHIPPED / file)
                self._prompts[language, name] = kept
            file = f"{language}/{MESSAGES}"
            self._tables[language] = KeptFile(folder / file, _table, SHIPPED / file)
        if any(not file.usable for file in self._files()):
            raise PromptError(f"{folder}: {'; '.join(self.problems())}")

    def system(self, language: str) -> str:
        """The front of every chat: the persona, with the hints about tools in it."""
        return self.render(language, "persona", tools=self.text(language, "tools"))

    def text(self, language: str, name: str) -> str:
        """A prompt that nothing is filled in."""
        return self.render(language, name)

    def render(self, language: str, name: str, **values: str) -> str:
        """A prompt with its braces filled in."""
        language = self._language(language)
        prompt = self._prompts[language, name].value()
        if (used := _used.get()) is not None:
            used[f"{language}/{name}"] = prompt.version
        return fill(prompt.text, values)

    def has_message(self, key: str) -> bool:
        return key in self._tables[FALLBACK_LANGUAGE].value()

    def message(self, language: str, key: str, **values: str) -> str:
        """A sentence of `messages.toml`, with its braces filled in.

        Raises:
            PromptError: no such key, or a brace without a value.
        """
        sentence = self._tables[self._language(language)].value().get(key)
        if sentence is None:
            raise PromptError(f"{MESSAGES} holds no {key!r} in {language}")
        return fill(sentence, values)

    def known(self) -> Mapping[str, Prompt]:
        """The version of every prompt that counts now, by its name: "es/turn"."""
        return {
            f"{language}/{name}": kept.value() for (language, name), kept in self._prompts.items()
        }

    def problems(self) -> list[str]:
        """A line for each file that is not used as it stands: "es/turn.md: ..."."""
        lines = []
        for file in self._files():
            file.refresh()
            if file.problem:
                lines.append(f"{file.path.parent.name}/{file.path.name}: {file.problem}")
        strays = [path for path in self._folder.glob("*/*.md") if path.stem not in FILLED]
        return lines + [f"{one.parent.name}/{one.name}: nothing reads it" for one in sorted(strays)]

    def _files(self) -> list[KeptFile[Prompt] | KeptFile[Mapping[str, str]]]:
        return [*self._prompts.values(), *self._tables.values()]

    def _language(self, language: str) -> str:
        return language if language in self.languages else FALLBACK_LANGUAGE


@contextmanager
def noted() -> Iterator[dict[str, str]]:
    """The versions of the prompts that are used meanwhile: "es/turn" -> "3fa2c1d"."""
    used: dict[str, str] = {}
    token = _used.set(used)
    try:
        yield used
    finally:
        _used.reset(token)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Replace each `{name}` once; what a value holds is never read again."""

    def value_of(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise PromptError(f"nothing fills {match[0]}")
        return values[match[1]]

    return PLACEHOLDER.sub(value_of, template)


def placeholders(template: str) -> set[str]:
    return set(PLACEHOLDER.findall(template))


def _prompt(name: str, content: bytes, _before: Prompt | None) -> Prompt:
    """Raises PromptError where the file does not say what it is for, or has not our variables."""
    found = _FRONT.fullmatch(content.decode("utf-8-sig").replace("\r\n", "\n"))
    if found is None:
        raise PromptError("has no front matter")
    text = found["text"].rstrip()
    if not text.strip():
        raise PromptError("is empty")
    front = _front(found["front"])
    declared = {one.strip() for one in front["variables"].split(",")} - {""}
    wanted = set(FILLED[name])
    for where, names in (("the text", placeholders(text)), ("variables", declared)):
        if unknown := names - wanted:
            raise PromptError(f"{where}: nothing fills {_listed(unknown)}")
        if missing := wanted - names:
            raise PromptError(f"{where}: {_listed(missing)} is missing")
    version = hashlib.sha256(content).hexdigest()[:VERSION_CHARS]
    return Prompt(front["purpose"], text, version)


def _front(text: str) -> dict[str, str]:
    lines = [line.partition(":") for line in text.splitlines() if line.strip()]
    front = {key.strip(): value.strip() for key, _, value in lines}
    if front.keys() != {"purpose", "variables"} or not front["purpose"]:
        raise PromptError("its front matter is not purpose and variables")
    return front


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _table(content: bytes, before: Mapping[str, str] | None) -> Mapping[str, str]:
    """The sentences of a file; older ones stand in for those that an edit dropped."""
    table = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    older = before or {}
    for key, sentence in table.items():
        if not isinstance(sentence, str) or not sentence.strip():
            raise PromptError(f"{key} is no sentence")
        if unknown := placeholders(sentence) - placeholders(older.get(key, sentence)):
            raise PromptError(f"{key}: nothing fills {_listed(unknown)}")
    return {**older, **table}
