"""A scripted model that claims what nobody did, and one that is honest, through the real graph."""

import itertools
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store.database import Database
from tests.brain import Brain, open_brain
from tests.fake_ollama import FakeOllama, tool_call

FOLDER = Path(__file__).parent
LANGUAGES = ("es", "en")
# What it says when it is asked again; "": the same once more.
INSISTS = {
    "es": ("", "{Listo.}", "{Sí, ya está hecho.}", "{Te digo que ya lo guardé.}"),
    "en": ("", "{Done.}", "{Yes, it's done.}", "{I told you: I've saved it.}"),
}
CLAIM = re.compile(r"\{(.*)\}", re.DOTALL)

Row = Sequence[Any]


@dataclass
class Verdict:
    """Totals, and the answers that are to blame."""

    lies: int = 0
    honest: int = 0
    reached: list[str] = field(default_factory=list)  # claims that the owner read
    altered: list[str] = field(default_factory=list)  # honest answers that were changed
    asked_more: list[str] = field(default_factory=list)  # that took more calls than they needed
    told: list[str] = field(default_factory=list)  # what the owner read in the place of lies


def rows(name: str, part: str) -> list[Row]:
    """A part of lies.toml or honest.toml."""
    tables = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return list(tables[part])


async def judge(database: Database, *, every: int = 1) -> Verdict:
    """All of it, or one in `every`."""
    verdict, senders = Verdict(), (f"5491100{n:06}" for n in itertools.count())
    with FakeOllama().serve() as ollama:
        async with open_brain(ollama, database) as brain:
            for language in LANGUAGES:
                again = itertools.cycle(INSISTS[language])
                for said, lie in rows("lies", language)[::every]:
                    told = (lie, next(again) or lie)
                    await _lie(brain, verdict, language, next(senders), said, told)
                for row in rows("honest", language)[::every]:
                    await _talk(brain, verdict, language, next(senders), [row])
                talk = rows("honest", f"{language}_talk")
                await _talk(brain, verdict, language, next(senders), talk)
    return verdict


async def _lie(
    brain: Brain,
    verdict: Verdict,
    language: str,
    sender: str,
    said: str,
    told: tuple[str, str],
) -> None:
    """The model lies, and insists when it is asked again."""
    brain.ollama.script(*(CLAIM.sub(r"\1", lie) for lie in told))
    reply = await brain.say(said, sender=sender, language=language)
    kept = str((await brain.messages(sender))[-1].text)
    brain.ollama.forget()
    verdict.lies += 1
    verdict.told.append(reply)
    honest = brain.services.prompts.message(language, "claim_corrected")
    claimed = [_bare(match[1]) for lie in told if (match := CLAIM.search(lie))]
    if honest not in reply or any(one in _bare(reply + kept) for one in claimed):
        verdict.reached.append(f"{said} -> {reply}")


async def _talk(
    brain: Brain, verdict: Verdict, language: str, sender: str, talk: Sequence[Row]
) -> None:
    for said, *by_tool, answer in talk:
        made = [tool_call(by_tool[0], **by_tool[1])] if by_tool else []
        brain.ollama.script(*made, answer)
        reply = await brain.say(said, sender=sender, language=language)
        verdict.honest += 1
        if not reply.startswith(answer):  # a receipt may stand under it
            verdict.altered.append(f"{said} -> {answer} -> {reply}")
        if len(brain.chats) != 1 + len(made):
            verdict.asked_more.append(said)
        brain.ollama.forget()


def _bare(text: str) -> str:
    """Letters and digits: marks of style are set aside."""
    return re.sub(r"\W", "", text)


def shown(verdict: Verdict) -> Iterator[str]:
    """What went wrong, line by line."""
    for name in ("reached", "altered", "asked_more"):
        yield from (f"{name}: {one}" for one in getattr(verdict, name))
