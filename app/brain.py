"""Runs the graph for a turn, and goes on with a turn that a crash cut short."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from app.reading import own_words
from app.turns import Reply
from graph.context import TurnContext
from store.clock import from_ms
from store.ledger import Ledger, Turn

log = structlog.get_logger()

HEALED_TURNS = 12  # the newest; a summary would have folded older ones anyway

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import StateSnapshot

    Graph = CompiledStateGraph[Any, TurnContext, Any, Any]

Load = Callable[[contextlib.AsyncExitStack], Coroutine[Any, Any, "Graph"]]


@dataclass(frozen=True)
class Owner:
    """What every turn knows about the owner."""

    language: str
    timezone: str


class GraphBrain:
    """The compiled graph, which may still be loading: turns wait for it, webhooks do not."""

    def __init__(self, load: Load, owner: Owner, ledger: Ledger) -> None:
        self._resources = contextlib.AsyncExitStack()  # closed after the last turn
        self._loading = asyncio.create_task(load(self._resources), name="graph-loading")
        self._owner = owner
        self._ledger = ledger
        self._looked_at: set[int] = set()  # conversations whose thread is known to be whole

    @property
    def ready(self) -> bool:
        """Whether turns can run now."""
        return self._loading.done() and not self._loading.cancelled()

    async def loaded(self) -> "Graph":
        """The graph, as soon as it is there."""
        return await asyncio.shield(self._loading)

    async def close(self) -> None:
        """Stop loading, if that still goes on, and give back what loading opened."""
        self._loading.cancel()
        await asyncio.gather(self._loading, return_exceptions=True)
        await self._resources.aclose()

    async def answer(self, turn: Turn, text: str, finish: Reply, *, resumed: bool) -> None:
        """Run the turn, or the rest of it; see app.turns.Brain."""
        graph = await self._graph()
        is_command = turn.messages[0].kind == "command"
        said = ""
        async with contextlib.aclosing(self._replies(graph, turn, text, resumed=resumed)) as found:
            async for reply in found:
                said = reply
                if not is_command:
                    await finish(reply)
        # A command is done when the thread says so too: /clear and /forget change what is in it.
        if is_command and said:
            await finish(said)
            # It may quote what was deleted, and the thread keeps no commands.
            await graph.aupdate_state(_run_config(turn), {"reply": ""}, as_node="command")

    async def _graph(self) -> "Graph":
        await asyncio.wait([self._loading])
        if self._loading.exception() is not None:
            # The server ends over this. The message is not to blame: the next start answers it.
            await asyncio.Event().wait()
        return self._loading.result()

    async def _replies(
        self, graph: "Graph", turn: Turn, text: str, *, resumed: bool
    ) -> AsyncGenerator[str, None]:
        """The answer as soon as it is there, perhaps twice; the thread is whole when this ends."""
        config = _run_config(turn)
        given: dict[str, Any] | None = _new_turn(turn, text)
        if resumed or turn.conversation.id not in self._looked_at:
            snapshot = await graph.aget_state(config)
            begun = snapshot.values.get("turn") == turn.id
            if begun and (reply := snapshot.values.get("reply")):  # only the end was missing
                yield reply
                if not snapshot.tasks:
                    return
            if begun and snapshot.tasks:
                given = None  # goes on where it stopped: finished tools are not run again
            else:
                await self._heal(graph, turn, snapshot)
            self._looked_at.add(turn.conversation.id)
        stream = graph.astream(
            given,
            config,
            context=self._context(turn),
            stream_mode="updates",
            durability="async",
        )
        async for update in stream:
            for change in update.values():
                if isinstance(change, dict) and (reply := change.get("reply")):
                    yield reply

    async def _heal(self, graph: "Graph", turn: Turn, snapshot: "StateSnapshot") -> None:
        """Append what the ledger has and the thread lost; looked at once a process."""
        from graph.healing import missing_messages  # loaded with the graph

        config = _run_config(turn)
        if snapshot.tasks:
            # A step of an earlier turn was cut short. What its tasks gave is in the snapshot, but
            # a new input would drop it: make it part of the thread, and leave nothing to run.
            await graph.aupdate_state(config, None, as_node="__end__")
        exchanges = await self._ledger.exchanges(turn.conversation.id, HEALED_TURNS)
        if missing := missing_messages(snapshot.values.get("messages", []), exchanges):
            log.warning("thread_healed", messages=len(missing))
            # As if summarize, the last node, had written it: nothing is left to run.
            await graph.aupdate_state(config, {"messages": missing}, as_node="summarize")

    def _context(self, turn: Turn) -> TurnContext:
        return TurnContext(
            sender=turn.conversation.thread_id,
            sent_at=from_ms(turn.messages[-1].sent_at),
            name=turn.conversation.name,
            language=self._owner.language,
            timezone=self._owner.timezone,
            message_ids=tuple(message.wa_id for message in turn.messages),
            own_words=own_words(turn),
        )


def _run_config(turn: Turn) -> Any:
    from graph.build import run_config  # loaded with the graph

    return run_config(turn.conversation.thread_id)


def _new_turn(turn: Turn, text: str) -> dict[str, Any]:
    from langchain_core.messages import HumanMessage  # loaded with the graph

    return {"messages": [HumanMessage(text, id=turn.id)], "turn": turn.id, "reply": ""}
