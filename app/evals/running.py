"""Runs cases, one after the other, and judges them."""

import contextlib
import hashlib
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from app.embedded.catalogue import weights_file
from app.evals.conversation import Conversation, Mind, open_conversation
from app.evals.judging import wrong_in_memory, wrong_in_turn
from app.evals.runs import CaseResult, Exchange, Try
from app.evals.scenarios import Case
from app.evals.world import tools_of
from app.loading import open_embedder
from app.model_server import EmbeddedServer, ModelServer, choose
from app.settings import Settings
from graph.errors import ModelError
from graph.prompts import Prompts


@asynccontextmanager
async def open_server(settings: Settings) -> AsyncIterator[ModelServer]:
    """The owner's Ollama, or the built-in model, chosen as `wasap serve` does."""
    if server := await choose(settings):
        yield server
        return
    weights_file(settings.models_dir, settings.embedded_model)  # raises where they are not here
    embedded = EmbeddedServer(settings)
    await embedded.start()
    try:
        yield embedded.address
    finally:
        await embedded.stop()


async def answered(
    settings: Settings, server: ModelServer, folder: Path, cases: Sequence[Case]
) -> AsyncGenerator[CaseResult, None]:
    """The cases in their order with the prompts of a folder, each as it ends.

    Raises EvalStopped when the model goes away.
    """
    async with contextlib.AsyncExitStack() as stack:
        embedder = await open_embedder(settings, server, stack)
        mind = Mind(settings, server, Prompts(folder), tools_of(settings), embedder)
        for case in cases:
            yield await run_case(case, mind)


async def run_case(case: Case, mind: Mind) -> CaseResult:
    """All the tries of a case; it stops at one that fails, for the case has failed then."""
    tries: list[Try] = []
    for seed in range(1, case.passes + 1):
        tries.append(await _try(case, mind, seed))
        if tries[-1].wrong:
            break
    return CaseResult.of(case, tries)


def fingerprint(folder: Path) -> str:
    """The same for the same prompts, wherever they lie."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.*")):
        if path.suffix in (".md", ".toml"):
            whole.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return whole.hexdigest()[:12]


async def _try(case: Case, mind: Mind, seed: int) -> Try:
    with tempfile.TemporaryDirectory(prefix="wasap-eval-") as folder:
        async with open_conversation(case, mind, Path(folder), seed=seed) as conversation:
            return await _talk(case, conversation)


async def _talk(case: Case, conversation: Conversation) -> Try:
    began = time.perf_counter()
    wrong: list[str] = []
    exchanges: list[Exchange] = []
    for number, turn in enumerate(case.turns, 1):
        where = f"turn {number}: " if len(case.turns) > 1 else ""
        try:
            said = await conversation.say(turn)
        except ModelError as error:  # its fault, and the rest of the talk makes no sense
            wrong.append(f"{where}the model failed: {type(error).__name__}: {error}")
            break
        calls = [(call["name"], dict(call["args"])) for call in said.calls]
        exchanges.append(Exchange(turn.say, said.reply, calls))
        found = wrong_in_turn(turn, case.language, said.reply, said.calls)
        wrong += [f"{where}{one}" for one in found]
    else:
        wrong += wrong_in_memory(case, await conversation.kept())
    cost = conversation.cost
    return Try(wrong, exchanges, time.perf_counter() - began, cost.tokens_in, cost.tokens_out)
