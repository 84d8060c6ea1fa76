"""Runs the graph for a turn, and goes on with a turn that a crash cut short."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog

from app import metrics
from app.logs import tail
from app.reading import here, holds_documents, is_mixed, is_only_documents, own_words
from app.turns import Reply
from graph.approvals import Question, fingerprint, question
from graph.choices import Choice
from graph.context import TurnContext
from graph.prompts import Prompts
from store.clock import from_ms
from store.ledger import Ledger, Past, Turn

log = structlog.get_logger()

PUT_OFF_MOST = 3  # summaries in a row that give way to the sender's next message
HEALED_TURNS = 20  # the newest; a summary would have folded older ones anyway

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import StateSnapshot

    Graph = CompiledStateGraph[Any, TurnContext, Any, Any]

Change = dict[str, Any]  # of the graph's state; or "question", where the run stopped at one
Load = Callable[[contextlib.AsyncExitStack], Coroutine[Any, Any, "Graph"]]


@dataclass(frozen=True)
class Owner:
    """What every turn knows about the owner."""

    language: str
    timezone: str


class GraphBrain:
    """The compiled graph, which may still be loading: turns wait for it, webhooks do not."""

    def __init__(self, load: Load, owner: Owner, ledger: Ledger, prompts: Prompts) -> None:
        self._resources = contextlib.AsyncExitStack()  # closed after the last turn
        self._loading = asyncio.create_task(load(self._resources), name="graph-loading")
        self._owner = owner
        self._ledger = ledger
        self._prompts = prompts
        self._looked_at: set[int] = set()  # conversations whose thread is known to be whole
        self._put_off: Counter[int] = Counter()  # summaries in a row, by conversation

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

    async def answer(
        self,
        turn: Turn,
        text: str,
        finish: Reply,
        *,
        resumed: bool,
        wanted: Callable[[], Awaitable[None]],
    ) -> bool:
        """Run the turn, or the rest of it; see app.turns.Brain."""
        graph = await self._graph()
        is_command = turn.messages[0].kind == "command"
        said = ""
        choices: tuple[Choice, ...] = ()
        by_model = not is_command
        async with contextlib.aclosing(self._replies(graph, turn, text, resumed=resumed)) as found:
            while change := await self._next(found, turn, wanted if said else None):
                if asked := change.get("question"):
                    await finish(asked)
                    break
                said = change["reply"]
                choices = tuple(Choice(*one) for one in change.get("choices") or ())
                by_model = by_model and change.get("intent") != "offline"
                if not is_command:
                    await finish(said)
        # A command is done when the thread says so too: /clear and /forget change what is in it.
        if is_command and said:
            await finish(said, choices)
            # It may quote what was deleted, and the thread keeps no commands.
            await graph.aupdate_state(_run_config(turn), {"reply": ""}, as_node="command")
        return by_model

    async def _next(
        self,
        replies: AsyncGenerator[Change, None],
        turn: Turn,
        wanted: Callable[[], Awaitable[None]] | None,
    ) -> Change:
        """The next reply; {} at the end, or when what is left gives way to the next message."""
        owner = turn.conversation.id
        following = asyncio.ensure_future(anext(replies, Change()))
        waiting = {following}
        if wanted is not None and self._put_off[owner] < PUT_OFF_MOST:
            waiting.add(asyncio.ensure_future(_nothing_after(wanted())))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                if wanted is not None:
                    self._put_off.pop(owner, None)
                return following.result()
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        log.info("summary_put_off", turn=tail(turn.id))
        self._put_off[owner] += 1
        self._looked_at.discard(owner)  # a step was cut short
        return {}

    async def rewrite(self, turn: Turn, said: str) -> None:
        """Change the owner's message in the thread; see app.turns.Brain."""
        from graph.frozen import rewritten  # loaded with the graph

        graph = await self._graph()
        config = _run_config(turn)
        snapshot = await graph.aget_state(config)
        found = [one for one in snapshot.values.get("messages", []) if one.id == turn.id]
        changes: dict[str, Any]
        if found:
            changes = {"messages": [rewritten(found[0], said, self._prompts)]}
        else:
            changes = {"summary": ""}  # it is folded in there, and nobody knows where
            await self._ledger.keep_summary(turn.conversation.thread_id, "")
        await graph.aupdate_state(config, changes, as_node="summarize")

    async def look_back(self, past: Past) -> dict[str, Any]:
        """What a turn did, see app.hindsight; waits for the graph to be loaded."""
        from app.hindsight import hindsight  # loaded with the graph

        snapshot = await (await self._graph()).aget_state(_run_config(past.turn))
        return hindsight(past, snapshot.values.get("messages", []))

    async def _graph(self) -> "Graph":
        await asyncio.wait([self._loading])
        if self._loading.exception() is not None:
            # The server ends over this. The message is not to blame: the next start answers it.
            await asyncio.Event().wait()
        return self._loading.result()

    async def _replies(
        self, graph: "Graph", turn: Turn, text: str, *, resumed: bool
    ) -> AsyncGenerator[Change, None]:
        """The change with the "reply" as soon as it is there, perhaps twice; the thread is whole
        when this ends, but for a question."""
        config = _run_config(turn)
        given: Any = _new_turn(turn, text)
        if resumed or turn.request or turn.conversation.id not in self._looked_at:
            snapshot = await graph.aget_state(config)
            begun = snapshot.values.get("turn") == (turn.request or turn).id
            answer = _answer(turn, snapshot)
            if begun and snapshot.values.get("reply"):  # only the end was missing
                yield snapshot.values
                if not snapshot.tasks:
                    return
            if answer is not None:
                given = answer
            elif begun and snapshot.tasks and (resumed or not turn.request):
                given = None  # goes on where it stopped: finished tools are not run again
            else:
                await self._heal(graph, turn, snapshot)
                if turn.request:  # the thread lost what was asked about: nothing can be done
                    late = self._prompts.message(self._owner.language, "approval_late")
                    yield {"reply": late, "intent": "offline"}
                    return
            self._looked_at.add(turn.conversation.id)
        async with contextlib.aclosing(self._run(graph, turn, given)) as found:
            async for change in found:
                yield change

    async def _run(self, graph: "Graph", turn: Turn, given: Any) -> AsyncGenerator[Change, None]:
        """The changes that matter of one run of the graph."""
        config = _run_config(turn)
        stream = graph.astream(
            given,
            config,
            context=await self._context(turn),
            stream_mode="updates",
            durability="async",
        )
        stopped = False
        async for update in stream:
            stopped = stopped or "__interrupt__" in update
            for node, change in update.items():
                if not isinstance(change, dict):
                    continue
                if node == "agent":
                    metrics.RESCUED_CALLS.inc(_rescued(change))
                if change.get("reply"):
                    yield change
        if stopped:
            self._looked_at.discard(turn.conversation.id)  # whatever comes next finds it so
            yield {"question": self._question(await graph.aget_state(config))}

    def _question(self, snapshot: "StateSnapshot") -> Question:
        """About all that the run stopped at; what was done before it is said with it."""
        from graph.receipts import with_receipts  # loaded with the graph
        from graph.window import this_turn

        done = with_receipts("", this_turn(snapshot.values["messages"]))
        calls = [one.value for one in snapshot.interrupts]
        return question(calls, done, self._prompts, self._owner.language)

    async def _heal(self, graph: "Graph", turn: Turn, snapshot: "StateSnapshot") -> None:
        """Append what the ledger has and the thread lost; looked at once a process."""
        from graph.healing import missing  # loaded with the graph
        from graph.taint import closed_turn

        config = _run_config(turn)
        told = await self._ledger.told(turn.conversation.id, HEALED_TURNS)
        lost = missing(snapshot.values, told)
        if lost and turn.settled is None:
            log.warning("thread_healed", messages=len(lost.get("messages", ())))
        if snapshot.tasks:
            # A step of an earlier turn was cut short, or waits for a yes that it does not get. What
            # its tasks gave is in the snapshot, but a new input would drop it: make it part of the
            # thread, and leave nothing to run and nothing of what others wrote.
            await graph.aupdate_state(config, None, as_node="__end__")
            before = snapshot.values.get("messages", [])
            left = closed_turn(before, self._prompts, self._owner.language)
            lost = {**lost, "messages": [*left, *lost.get("messages", [])]}
        if any(lost.values()):
            # As if summarize, the last node, had written it: nothing is left to run.
            await graph.aupdate_state(config, lost, as_node="summarize")

    async def _context(self, turn: Turn) -> TurnContext:
        if turn.request:
            said = turn.messages[0].text.strip()
            return replace(await self._context(turn.request), answer=said, answer_id=turn.id)
        return TurnContext(
            sender=turn.conversation.thread_id,
            sent_at=from_ms(turn.messages[-1].sent_at),
            name=turn.conversation.name,
            language=self._owner.language,
            timezone=self._owner.timezone,
            message_ids=tuple(message.wa_id for message in turn.messages),
            own_words=own_words(turn),
            mixed=is_mixed(turn),
            documents=holds_documents(turn),
            only_documents=is_only_documents(turn),
            here=await here(turn, self._ledger),
        )


async def _nothing_after(event: Awaitable[None]) -> Change:
    await event
    return {}


def _answer(turn: Turn, snapshot: "StateSnapshot") -> Any:
    """What resumes the calls that wait, when the turn answers the question about them; else None.

    By the id of each: nothing but these calls, as they were shown, ever gets a yes.
    """
    settled = turn.settled
    if turn.request is None or settled is None or settled.approval is None:
        return None
    shown = settled.approval.calls
    waiting = snapshot.interrupts
    if not waiting or any(fingerprint(one.value) not in shown for one in waiting):
        return None  # not the calls of this question
    from langgraph.types import Command  # loaded with the graph

    return Command(resume={one.id: settled.verdict == "yes" for one in waiting})


def _rescued(change: Change) -> int:
    """How many calls of a reply were found in its text."""
    replies = [one for one in change.get("messages", ()) if one.additional_kwargs.get("rescued")]
    return sum(len(one.tool_calls) for one in replies)


def _run_config(turn: Turn) -> Any:
    from graph.build import run_config  # loaded with the graph

    return run_config(turn.conversation.thread_id)


def _new_turn(turn: Turn, text: str) -> dict[str, Any]:
    from langchain_core.messages import HumanMessage  # loaded with the graph

    return {
        "messages": [HumanMessage(text, id=turn.id)],
        "turn": turn.id,
        "reply": "",
        "choices": [],
    }
