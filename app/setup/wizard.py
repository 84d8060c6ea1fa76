"""The questions, in the order in which Meta's portal shows the answers."""

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from app.channels.cloud_api.account import GraphRefusal, GraphUnreachable
from app.checks import (
    graph_api,
    number,
    ollama,
    storage,
    subscription,
    token,
    tunnel,
    values,
    webhook,
)
from app.checks.doctor import show
from app.checks.finding import Finding, Level, Lines
from app.checks.opening import open_subject, read_settings
from app.checks.run import Check, run
from app.checks.subject import Subject
from app.env_example import render
from app.errors import WasapError
from app.setup.answers import Answers
from app.setup.asking import Asking, guessed_language, masked
from app.setup.pull import PullFailed, pull

T = TypeVar("T")
Offered = list[tuple[str, str]]

INTERRUPTED = 130
VERIFY, ACCOUNT = "WHATSAPP_VERIFY_TOKEN", "WHATSAPP_WABA_ID"


@dataclass(frozen=True)
class Question:
    """One value that only the owner has."""

    name: str  # of the setting; its sentences are named after it
    checks: tuple[Check, ...]
    secret: bool = False
    offers: Callable[[Subject], Awaitable[Offered]] | None = None


async def _accounts(subject: Subject) -> Offered:
    if not await token.is_valid(subject):
        return []
    return [(one, "") for one in (await subject.meta.token()).accounts]


async def _numbers(subject: Subject) -> Offered:
    found: Offered = []
    if await token.is_valid(subject):
        for account in await number.accounts(subject):
            numbers = await subject.meta.numbers(account)
            found += [(one.id, f"{one.display} {one.name}") for one in numbers]
    return found


QUESTIONS = (
    Question(
        "WHATSAPP_ACCESS_TOKEN",
        (graph_api.graph_api, graph_api.clock, token.token, token.scopes),
        secret=True,
    ),
    Question(ACCOUNT, (number.account_id,), offers=_accounts),
    Question("WHATSAPP_PHONE_NUMBER_ID", (number.phone_number_id, number.number), offers=_numbers),
    Question("WHATSAPP_APP_SECRET", (token.app_secret,), secret=True),
    Question("ALLOWED_NUMBERS", (number.owners,)),
)
MODELS = ("model_missing", "vision_missing", "embed_missing")  # what a pull can mend


def run_setup(env: Path) -> int:
    """Ask, check, write `env`; the exit code. Raises WasapError where there is no terminal."""
    answers = Answers(env)
    language = answers.get("OWNER_LANGUAGE") or guessed_language()
    asking = Asking(Console(highlight=False), language)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WasapError(asking.line("no_terminal"))
    try:
        return _Wizard(answers, asking).finish()
    except (KeyboardInterrupt, EOFError):
        asking.console.print()
        asking.say("interrupted", file=answers.partial.name)
        return INTERRUPTED


class _Wizard:
    def __init__(self, answers: Answers, asking: Asking) -> None:
        self._answers = answers
        self._asking = asking
        self._lines = Lines(asking.language)

    def finish(self) -> int:
        """All questions, then the rest; the exit code."""
        self._asking.say("welcome", style="bold")
        if self._answers.resumed:
            self._asking.say("resumed", file=self._answers.partial.name)
        if not self._answers.get("OWNER_LANGUAGE"):
            self._answers.put("OWNER_LANGUAGE", self._asking.language)
        for place, question in enumerate(QUESTIONS, 1):
            self._asking.console.rule(f"{place}/{len(QUESTIONS)}  {question.name}")
            self._ask(question)
        if not self._answers.get(VERIFY):
            self._answers.put(VERIFY, secrets.token_urlsafe(24))
        self._asking.console.rule(self._asking.line("rest"))
        self._subscribe()
        self._models()
        self._check(storage.data_folder, storage.disk)
        if not self._write():
            return 1
        self._way_in()
        return 0

    def _ask(self, question: Question) -> None:
        if question.name in self._answers.resumed and not self._fails(question):
            return
        self._asking.say(f"about_{question.name}")
        offered = self._offered(question)
        while True:
            typed = self._typed(question, offered)
            if not typed:
                continue
            self._answers.put(question.name, typed)
            if not self._fails(question) or not self._asking.agrees("again"):
                return

    def _offered(self, question: Question) -> Offered:
        """What Meta knows that may be the answer; nothing where it does not say."""
        if question.offers is not None:
            with suppress(GraphRefusal, GraphUnreachable):
                return self._with_subject(question.offers)
        return []

    def _typed(self, question: Question, offered: Offered) -> str:
        kept = self._answers.get(question.name)
        if question.offers:
            return self._asking.choice("id", offered, kept=kept)
        key = "hidden" if question.secret else "numbers"
        return self._asking.value(key, secret=question.secret, kept=kept)

    def _fails(self, question: Question) -> bool:
        """Check what was answered, and say what was found."""
        value = self._answers.get(question.name)
        shown = masked(value) if question.secret else value
        self._asking.console.print(Text(f"  {question.name} {shown}"))
        name = question.name.lower()

        async def shape(subject: Subject) -> Finding | None:
            return values.shape(subject, name)

        found = self._check(shape, *question.checks)
        return any(finding.level is Level.FAIL for finding in found)

    def _subscribe(self) -> None:
        found = self._check(subscription.subscribed)
        if not any(one.key == "app_not_subscribed" for one in found):
            return
        if not self._asking.agrees("subscribe"):
            return

        async def subscribe(subject: Subject) -> None:
            for account in await number.accounts(subject):
                await subject.meta.subscribe(account)

        try:
            self._with_subject(subscribe)
        except (GraphRefusal, GraphUnreachable) as error:
            self._asking.say("not_subscribed", why=error)
        self._check(subscription.subscribed)

    def _models(self) -> None:
        checks = (ollama.chat_model, ollama.vision_model, ollama.embed_model)
        found = self._check(ollama.ollama, *checks)
        settings, _ = read_settings(**self._answers.given)
        names = {
            "model_missing": settings.ollama_model,
            "vision_missing": settings.ollama_vision_model,
            "embed_missing": settings.ollama_embed_model,
        }
        for model in dict.fromkeys(names[one.key] for one in found if one.key in MODELS):
            if not self._asking.agrees("pull", model=model):
                continue
            try:
                base_url = str(settings.ollama_base_url).rstrip("/")
                pull(self._asking.console, base_url, model)
                self._asking.say("pulled", model=model)
            except PullFailed as error:
                self._asking.say("not_pulled", model=model, why=error)

    def _write(self) -> bool:
        """Into .env, when the owner agrees to what that changes."""
        changes, env = self._answers.changes, self._answers.env
        if changes and not self._asking.agrees("replace", names=", ".join(changes), file=env.name):
            self._asking.say("not_written", file=self._answers.partial.name)
            return False
        self._answers.save(render())
        self._asking.say("written", file=env.name)
        return True

    def _way_in(self) -> None:
        url = self._with_subject(tunnel.public_url) or self._asking.line("your_domain")
        self._asking.say("portal", url=f"{url}/webhook", file=self._answers.env.name)
        self._check(subscription.field, webhook.public_webhook)
        self._asking.say("finished", style="bold")

    def _check(self, *checks: Check) -> list[Finding]:
        async def checked(subject: Subject) -> list[Finding]:
            return await run(subject, checks)

        found = self._with_subject(checked)
        show(self._asking.console, found)
        return found

    def _with_subject(self, ask: Callable[[Subject], Awaitable[T]]) -> T:
        """Open what was answered so far for one question to Meta or Ollama."""

        async def opened() -> T:
            settings, broken = read_settings(**self._answers.given)
            async with open_subject(settings, broken, self._lines) as subject:
                return await ask(subject)

        return asyncio.run(opened())
