"""`wasap eval` from the settings to the reports."""

import os
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Console

from app.embedded.catalogue import catalogue, is_path, plain_name
from app.errors import SettingsError
from app.evals.conversation import SENDER
from app.evals.errors import PromptsUnusable
from app.evals.page import page, page_beside
from app.evals.running import answered, fingerprint, open_server
from app.evals.runs import Run, earlier, last_results, now, turned, write
from app.evals.scenarios import Case, chosen, load
from app.evals.tables import following, show, show_beside
from app.model_server import ModelServer
from app.settings import Settings, in_words
from graph.prompts import Prompts
from graph.settings import HOME
from tools.scan import scan

PATIENCE_S = 1800  # for the built-in model, which may read a front beside other work
# Nothing is sent: no account is needed, and one in .env is not touched.
NO_ACCOUNT: dict[str, Any] = {
    "whatsapp_access_token": "none",
    "whatsapp_phone_number_id": "00000",
    "whatsapp_verify_token": "none",
    "whatsapp_app_secret": "none",
    "allowed_numbers": (SENDER,),
    "whatsapp_reminder_template": "",
}


@dataclass(frozen=True)
class Asked:
    """What the command line says."""

    half: str
    areas: tuple[str, ...]
    ids: tuple[str, ...]
    limit: int | None
    model: str  # "": the settings'
    prompts: tuple[Path, Path] | None
    cases: Path | None
    reports: Path | None


async def evaluate_all(asked: Asked) -> bool:
    """Run, show, keep; whether nothing that passed before fails now. Raises WasapError."""
    os.environ.setdefault("LOG_LEVEL", "ERROR")  # of the built-in model's own process
    settings = settings_for(asked.model)
    cases = chosen(
        load(asked.cases or HOME / "evals", {tool.name: tool for tool in scan()}),
        half=asked.half,
        areas=asked.areas,
        ids=asked.ids,
        limit=asked.limit,
    )
    for folder in asked.prompts or [settings.prompts_dir]:
        if problems := Prompts(folder).problems():
            raise PromptsUnusable(folder, problems)
    reports = asked.reports or settings.data_dir / "evals"
    async with open_server(settings) as server:
        evaluation = Evaluation(patient(settings, server), server, cases, reports, Console())
        if asked.prompts is None:
            return await evaluation.against_the_last()
        return await evaluation.beside(*asked.prompts)


def patient(settings: Settings, server: ModelServer) -> Settings:
    """With all the time that the built-in model may take; one's own Ollama has that of .env."""
    limits = {"ollama_timeout_s": PATIENCE_S, "ollama_answer_timeout_s": PATIENCE_S}
    return settings.model_copy(update=limits) if server.embedded else settings


def settings_for(model: str) -> Settings:
    """The settings, with another model where one is named.

    A name from `wasap model list` or a GGUF file is the built-in one, any other is Ollama's.
    Raises SettingsError.
    """
    given = dict(NO_ACCOUNT)
    if model and (is_path(model) or plain_name(model) in catalogue().models):
        given |= {"embedded_model": model, "embedded": "always"}
    elif model:
        given |= {"ollama_model": model, "embedded": "never"}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError([in_words(one) for one in error.errors()]) from None


@dataclass(frozen=True)
class Evaluation:
    """Cases, who answers them, and where the reports go."""

    settings: Settings
    server: ModelServer
    cases: Sequence[Case]
    reports: Path
    console: Console

    async def against_the_last(self) -> bool:
        """The settings' prompts against what this model answered before."""
        past = earlier(self.reports, self.server.model)
        run = self._new(self.settings.prompts_dir)
        try:
            await self._fill(run)
        finally:  # what was answered until somebody stopped it, or the model went away
            changed = turned(last_results(past), run.cases)
            if run.cases:
                self._keep([run], page(run, changed, past))
                show(self.console, run, changed, compared=bool(past))
        return not changed.broken

    async def beside(self, one: Path, other: Path) -> bool:
        """The second folder against the first, on the same cases."""
        first, second = self._new(one, "A"), self._new(other, "B")
        await self._fill(first)
        await self._fill(second)
        changed = turned(last_results([first]), second.cases)
        self._keep([first, second], page_beside(first, second, changed))
        show_beside(self.console, first, second, changed)
        return not changed.broken

    def _new(self, folder: Path, side: str = "") -> Run:
        model, asked = self.server.model, len(self.cases)
        return Run(now(), model, str(folder), fingerprint(folder), side=side, asked=asked)

    async def _fill(self, run: Run) -> None:
        name = f"{run.model} {run.side}".strip()
        results = answered(self.settings, self.server, Path(run.prompts), self.cases)
        with following(self.console, name, len(self.cases)) as tell:
            async with aclosing(results):
                async for case in results:
                    run.cases.append(case)
                    write(run, self.reports)  # a kill in the second hour costs one case
                    tell(case)

    def _keep(self, runs: Sequence[Run], html: str) -> None:
        """The page beside the JSON of the last of them."""
        path = write(runs[-1], self.reports).with_suffix(".html")
        path.write_text(html, encoding="utf-8")
        self.console.print(f"Report: {path}", highlight=False, markup=False, soft_wrap=True)
