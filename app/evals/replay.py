"""`wasap replay`: a conversation of an export once more, through other models or other prompts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from app.errors import WasapError
from app.evals.command import patient, settings_for
from app.evals.conversation import Mind, open_conversation
from app.evals.page import page_of_talks
from app.evals.running import open_server
from app.evals.runs import now
from app.evals.scenarios import COMMAND, Case, Language, Turn
from app.evals.world import tools_of
from app.loading import open_embedder
from app.settings import Settings
from graph.errors import ModelError
from graph.prompts import Prompts

SEED = 1


@dataclass(frozen=True)
class Told:
    """A message of the owner's, and what was answered then."""

    said: str
    reply: str
    at: datetime


@dataclass(frozen=True)
class Talk:
    """Of an export: what was said, and what was remembered before it began."""

    told: Sequence[Told]
    memories: Sequence[str]

    def as_case(self, language: Language, zone: str) -> Case:
        """To be spoken to the graph; it expects nothing."""
        walls = [one.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for one in self.told]
        turns = [
            Turn(say=one.said, at=wall.isoformat())
            for one, wall in zip(self.told, walls, strict=True)
        ]
        return Case.model_construct(
            id="replay",
            half="tuning",
            language=language,
            area="chat",
            memories=list(self.memories),
            turns=turns,
        )


async def replay(
    file: Path, models: Sequence[str], folders: Sequence[Path], last: int, reports: Path | None
) -> None:
    """Each model with each folder of prompts, beside what was answered then. Raises WasapError."""
    console = Console()
    talk = read_talk(file, last)
    columns = {"then": [one.reply for one in talk.told]}
    for model in models or [""]:
        settings = settings_for(model)
        for folder in folders or [settings.prompts_dir]:
            name, replies = await _answered(settings, folder, talk, console)
            columns[f"{name}, {folder}" if folders else name] = replies
    said = [one.said for one in talk.told]
    console.print(_table(said, columns))
    target = reports or settings.data_dir / "evals"
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"replay-{datetime.fromisoformat(now()):%Y%m%dT%H%M%S%f}.html"
    path.write_text(page_of_talks(f"wasap replay: {file.name}", said, columns), encoding="utf-8")
    console.print(f"Report: {path}", highlight=False, markup=False, soft_wrap=True)


def read_talk(file: Path, last: int) -> Talk:
    """The `last` messages of an export that were answered; commands are left out. WasapError."""
    try:
        tables = json.loads(file.read_text(encoding="utf-8"))
        told = list(_told(tables["conversation"]))[-last:]
        memories = [
            str(row["content"])
            for row in tables["memories"]
            if told and not row["superseded_at"] and _moment(row) < told[0].at
        ]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise WasapError(f"{file} is no export such as /export sends: {error!r}") from error
    if not told:
        raise WasapError(f"{file} holds no message that was answered.")
    return Talk(told, memories)


def _told(rows: Sequence[Mapping[str, Any]]) -> Iterator[Told]:
    """Messages that came together got one answer; what was said without a message is no answer."""
    said: list[str] = []
    for row in rows:
        if row["role"] == "user":
            said.append(str(row["content"]))
            at = _moment(row)
        elif row["role"] == "assistant" and said:
            text = "\n".join(said).strip()
            if text and not text.startswith(COMMAND):
                yield Told(text, str(row["content"]), at)
            said = []


def _moment(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row["created_at"])


async def _answered(
    settings: Settings, folder: Path, talk: Talk, console: Console
) -> tuple[str, list[str]]:
    """The model's name, and what it says to each message."""
    zone = settings.owner_timezone
    case = talk.as_case(settings.owner_language, zone)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(open_server(settings))
        settings = patient(settings, server)
        embedder = await open_embedder(settings, server, stack)
        mind = Mind(settings, server, Prompts(folder), tools_of(settings), embedder, zone)
        scratch = stack.enter_context(TemporaryDirectory(prefix="wasap-replay-"))
        conversation = await stack.enter_async_context(
            open_conversation(case, mind, Path(scratch), seed=SEED)
        )
        replies = []
        with console.status(server.model):
            for turn in case.turns:
                try:
                    replies.append((await conversation.say(turn)).reply)
                except ModelError as error:
                    replies.append(f"({type(error).__name__}: {error})")
        return server.model, replies


def _table(said: Sequence[str], columns: Mapping[str, Sequence[str]]) -> Table:
    table = Table("you", *columns, show_lines=True)
    for row in zip(said, *columns.values(), strict=True):
        table.add_row(*row)
    return table
