"""One try of a case: the product's own graph over a scratch database, spoken to as the app does."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, HumanMessage, ToolCall
from langchain_core.outputs import ChatGeneration, LLMResult
from langchain_core.tools import BaseTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from app.evals.errors import EvalStopped
from app.evals.scenarios import Case, Turn
from app.evals.world import with_given
from app.loading import assemble
from app.model_server import ModelServer
from app.settings import Settings
from graph.approvals import consent, question
from graph.build import build, run_config
from graph.context import TurnContext
from graph.errors import EmbeddingError, ModelError
from graph.prompts import Prompts
from graph.receipts import with_receipts
from graph.services import Embedder, Services
from graph.warmup import read_front
from graph.window import this_turn
from store.database import Database
from store.ledger import Ledger
from store.memories import MemoryStore
from tools import facts

SENDER = "5491100000000"
MOST_MEMORIES = 100  # of a case
ZONE = "America/Argentina/Buenos_Aires"  # of the owner of all cases


@dataclass(frozen=True)
class Mind:
    """What answers: a model, prompts, tools. The same for every case of a run."""

    settings: Settings
    server: ModelServer
    prompts: Prompts
    tools: tuple[BaseTool, ...]
    embedder: Embedder | None
    zone: str = ZONE
    warm: set[str] = field(default_factory=set)  # languages whose front the model has read


@dataclass(frozen=True)
class Said:
    """What came of one message."""

    reply: str
    calls: Sequence[ToolCall]


@dataclass
class Cost(BaseCallbackHandler):
    """Adds up what the model read and wrote, in every call of the try."""

    tokens_in: int = 0
    tokens_out: int = 0

    def on_llm_end(self, response: LLMResult, **_: Any) -> None:
        for [generation, *_rest] in response.generations:
            message = generation.message if isinstance(generation, ChatGeneration) else None
            if isinstance(message, AIMessage) and (used := message.usage_metadata):
                self.tokens_in += used["input_tokens"]
                self.tokens_out += used["output_tokens"]


@dataclass
class Conversation:
    """Takes one message at a time; a question with buttons is answered by the next message."""

    case: Case
    mind: Mind
    services: Services
    memories: MemoryStore
    cost: Cost = field(default_factory=Cost)

    def __post_init__(self) -> None:
        services = replace(self.services, now=lambda: self._now)
        self._graph = build(services).compile(checkpointer=InMemorySaver())
        self._config: Any = {**run_config(SENDER), "callbacks": [self.cost]}
        self._count = 0
        self._wall = self.case.starts_at
        self._calls: set[str] = set()  # ids of those that were told
        self._asked: TurnContext | None = None  # the turn that ended with a question

    async def say(self, turn: Turn) -> Said:
        """One message and its answer. Raises EvalStopped, ModelError for what the model broke."""
        after = timedelta(minutes=1) if self._count else timedelta()
        self._wall = turn.written_at or self._wall + after
        self._count += 1
        await self._embed()
        context = self._context(turn)
        try:
            given, context = await self._given(turn, context)
            return await self._run(given, context)
        except ModelError as error:
            if error.passes:
                raise EvalStopped(
                    f"{self.mind.server.model} at {self.mind.server.base_url} went away: {error}"
                ) from error
            raise

    async def kept(self) -> list[str]:
        """What is remembered now."""
        return [memory.content for memory in await self.memories.all(SENDER)]

    async def _given(self, turn: Turn, context: TurnContext) -> tuple[Any, TurnContext]:
        """What the graph is given: a message, or the answer to its question."""
        asked, self._asked = self._asked, None
        if asked is not None:
            if verdict := consent(turn.say):
                waiting = (await self._graph.aget_state(self._config)).interrupts
                command: Any = Command(resume={one.id: verdict == "yes" for one in waiting})
                return command, replace(asked, answer=turn.say, answer_id=f"turn-{self._count}")
            # Anything else is a no: what waits is dropped, as app.brain does.
            await self._graph.aupdate_state(self._config, None, as_node="__end__")
        text = turn.say
        if turn.forwarded:
            language = self.case.language
            quote = self.mind.prompts.message(language, "quoted", text=turn.forwarded)
            text = f"{quote}\n{text}"
        turn_id = f"turn-{self._count}"
        message = HumanMessage(text, id=turn_id)
        return {"messages": [message], "turn": turn_id, "reply": "", "choices": []}, context

    async def _run(self, given: Any, context: TurnContext) -> Said:
        reply, calls = "", list[ToolCall]()
        stream = self._graph.astream(given, self._config, context=context, stream_mode="updates")
        async for update in stream:
            for change in update.values():
                if not isinstance(change, Mapping):
                    continue
                if change.get("intent") == "offline":
                    raise EvalStopped(f"{self.mind.server.model} went away: code answered for it")
                reply = change.get("reply") or reply
                calls += self._new_calls(change)
        state = await self._graph.aget_state(self._config)
        if state.interrupts:
            self._asked = context
            done = with_receipts("", this_turn(state.values["messages"]))
            shown = [one.value for one in state.interrupts]
            reply = question(shown, done, self.mind.prompts, context.language).text
        return Said(reply, calls)

    def _new_calls(self, change: Mapping[str, Any]) -> list[ToolCall]:
        """The end of a turn, or a yes to it, brings its calls again, some as stubs."""
        replies = [one for one in change.get("messages", ()) if isinstance(one, AIMessage)]
        calls = [call for reply in replies for call in reply.tool_calls]
        new = [call for call in calls if (call["id"] or "") not in self._calls]
        self._calls |= {call["id"] or "" for call in new}
        return new

    def _context(self, turn: Turn) -> TurnContext:
        return TurnContext(
            SENDER,
            self._now,
            language=self.case.language,
            timezone=self.mind.zone,
            message_ids=(f"turn-{self._count}",),
            own_words=turn.say,
            mixed=bool(turn.forwarded),
        )

    @property
    def _now(self) -> datetime:
        """When the newest message was written; nothing passes until the next."""
        return self._wall.replace(tzinfo=ZoneInfo(self.mind.zone)).astimezone(UTC)

    async def _embed(self) -> None:
        """Vectors for what was kept, which the app makes while nobody writes."""
        embedder = self.mind.embedder
        if embedder is None:
            return
        todo = await self.memories.without_vector(embedder.name, limit=MOST_MEMORIES)
        if not todo:
            return
        with contextlib.suppress(EmbeddingError):  # then their words find them, as in the app
            found = await embedder.embed_documents([one.content for one in todo])
            vectors = dict(zip((one.id for one in todo), found, strict=True))
            await self.memories.set_vectors(embedder.name, vectors)


@asynccontextmanager
async def open_conversation(
    case: Case, mind: Mind, folder: Path, *, seed: int
) -> AsyncIterator[Conversation]:
    """A conversation whose database lies in `folder`; the same seed gives the same answers."""
    database = Database(folder / "wasap.db")
    await database.open()
    services = assemble(
        mind.settings,
        mind.server,
        database,
        Ledger(database),
        mind.prompts,
        mind.embedder,
        with_given(mind.tools, case.gives),
    )
    services.model.seed = seed
    memories = MemoryStore(database)
    try:
        if mind.settings.ollama_warm_up and case.language not in mind.warm:  # as the app does
            mind.warm.add(case.language)
            with contextlib.suppress(ModelError):  # the first message meets the same trouble
                await read_front(services, case.language)
        for number, memory in enumerate(case.memories):
            await memories.keep(SENDER, facts.read(memory), source=f"told-{number}")
        yield Conversation(case, mind, services, memories)
    finally:
        await services.model.aclose()
        await database.close()
