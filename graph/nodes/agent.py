"""agent: the model answers, or asks for tools. One call for a plain message."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import structlog
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    SystemMessage,
    ToolCall,
    ToolMessage,
)
from langgraph.runtime import Runtime
from langgraph.types import RetryPolicy, Send

from graph import router
from graph.asked import asked_for
from graph.claims import promises
from graph.context import TurnContext
from graph.errors import ModelBadReply, ModelError
from graph.frozen import in_short, own_words, typed, without_echo
from graph.grounds import acting, corrected, unfounded
from graph.meant import as_meant
from graph.model import answer_tokens
from graph.nodes.contract import Node
from graph.non_answers import (
    excerpt_in_hand,
    is_no_answer,
    result_in_hand,
    says_nothing,
    what_is_known,
)
from graph.offline import without_model
from graph.orders import ORDERS
from graph.prompts import noted
from graph.receipts import RECEIPT, with_receipts, without_old_receipts
from graph.replies import cleaned, same_call, sendable, without_repeats
from graph.requests import is_own_fact, only_tells, orders_an_act
from graph.services import Services
from graph.state import State
from graph.taint import (
    RETOLD,
    closed_turn,
    others_had_a_say,
    retells,
    task,
    without_made_up_queries,
)
from graph.window import fitted, mended, newest_human, this_turn
from tools.cues import cued
from tools.foreign import ForeignTool

log = structlog.get_logger(__name__)

MAX_TOOL_ROUNDS = 6  # a turn; then the model answers with what it has
FEW_STEPS = 4  # of LangGraph's recursion limit: a tool round takes two, the answer and summary two
ASKED_AGAIN = (
    "asked_again"  # key in additional_kwargs: calls of a model that had claimed without one
)
EXCHANGE = 2  # messages before the newest one, for "¿y en inglés?"
SHOWN_OF_TOO_LONG = 300  # characters that the thread keeps of a message larger than the window


def _worth_another_try(error: Exception) -> bool:
    return isinstance(error, ModelError) and error.transient


RETRY = RetryPolicy(max_attempts=2, initial_interval=0.5, retry_on=_worth_another_try)


def make_agent(services: Services) -> Node:
    schemas = services.schemas
    may_act = acting(services.tools)

    async def agent(state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        try:
            with noted() as used:
                change = await answer(state, runtime)
            return {**change, "versions": {**state.get("versions", {}), **used}}
        except ModelError as error:
            # What was done is said, whatever fails after it.
            if not error.passes and with_receipts("", this_turn(state["messages"])):
                return _ended(services, state, runtime.context, AIMessage(""))
            said = await without_model(state, runtime.context, services) if error.passes else ""
            if not said:
                raise
            by_code = {"intent": "offline", "versions": {}}
            return {"messages": [AIMessage(said)], "reply": said, **by_code}

    async def answer(state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        language = runtime.context.language
        prompt = _Prompt(services, state, language)
        if (message := newest_human(state)) and not prompt.has_room_for(message, schemas):
            return _refusal(message, services.prompts.message(language, "too_long_message"))
        turn = this_turn(state.get("messages", []))
        may_call = _may_call(state, turn)
        reply = await prompt.ask_readably(schemas) if may_call else AIMessage("")
        if calls := _new_calls(prompt, runtime.context, reply):
            return {"messages": [reply.model_copy(update={"tool_calls": calls})]}
        reply = await _answering(prompt, runtime.context, reply)
        reply = await _honest(prompt, runtime.context, reply, schemas if may_call else (), may_act)
        if reply.tool_calls:
            return {"messages": [reply]}
        return _ended(services, state, runtime.context, reply)

    return agent


async def _answering(prompt: "_Prompt", context: TurnContext, reply: AIMessage) -> AIMessage:
    """The reply without calls, and one that answers: the model is asked once more for it."""
    newest, turn = newest_human(prompt.state), this_turn(prompt.state.get("messages", []))
    said = typed(newest, context) if newest else ""
    text = "" if reply.tool_calls else sendable(reply.text, prompt.tool_names)
    if prompt.is_beyond(said):  # a second try costs half a minute and ends in a promise
        if prompt.lacks_answer(text, is_no_answer) or promises(text):
            text = prompt.services.prompts.message(context.language, "cannot_do")
    elif prompt.lacks_answer(text, is_no_answer):
        is_small = prompt.services.model.is_small
        reply = await (prompt.ask_in_short() if is_small else prompt.ask((), finish=True))
        text = sendable(reply.text, prompt.tool_names)
        if prompt.lacks_answer(text, is_no_answer):
            kept = "" if prompt.lacks_answer(text, says_nothing) else text
            text = result_in_hand(turn) or kept or prompt.in_hand(turn) or prompt.instead(said)
    return reply.model_copy(update={"content": text, "tool_calls": []})


async def _honest(
    prompt: "_Prompt",
    context: TurnContext,
    reply: AIMessage,
    offered: Sequence[dict[str, Any]],
    may_act: Collection[str],
) -> AIMessage:
    """The reply, or what takes its place where it says that something was done and was not.

    The model is asked once more, and may call the tool then; what it says stays if it is true.
    """
    messages, newest = prompt.state.get("messages", []), newest_human(prompt.state)
    turn, said = this_turn(messages), typed(newest, context) if newest else ""
    pressed = any(ASKED_AGAIN in one.additional_kwargs for one in turn)
    claimed = unfounded(reply.text, said, messages, may_act, pressed=pressed)
    if claimed and not pressed:
        log.info("claim_without_write", then="asked")
        again = await prompt.ask_readably(offered, claimed=" ".join(one.text for one in claimed))
        if calls := _new_calls(prompt, context, again):
            marks = {**again.additional_kwargs, ASKED_AGAIN: True}
            return again.model_copy(update={"tool_calls": calls, "additional_kwargs": marks})
        if not again.tool_calls and (text := sendable(again.text, prompt.tool_names)):
            reply = again.model_copy(update={"content": text})
            claimed = unfounded(text, said, messages, may_act, pressed=True)
    if claimed:
        log.info("claim_without_write", then="corrected")
        key = "cannot_do" if prompt.is_beyond(said) else "claim_corrected"
        sentence = prompt.services.prompts.message(context.language, key)
        reply = reply.model_copy(update={"content": corrected(reply.text, claimed, sentence)})
    return reply


def _ended(
    services: Services, state: State, context: TurnContext, reply: AIMessage
) -> dict[str, Any]:
    """The turn's end: the reply as it may be said, and a stub for what others had a say in."""
    newest, turn = newest_human(state), this_turn(state["messages"])
    asked = own_words(newest) if newest else ""
    text = without_made_up_queries(reply.text, state["messages"], context, said=asked)
    text = without_old_receipts(without_echo(text, newest), state["messages"], turn)
    text = without_repeats(text, of_result=any(isinstance(one, ToolMessage) for one in turn))
    text = with_receipts(text, turn)
    if text and any(ORDERS in one.additional_kwargs for one in turn):
        text = f"{text}\n\n{services.prompts.message(context.language, 'orders_left_out')}"
    text = text or services.prompts.message(context.language, "empty_answer")
    end = closed_turn([*filter(None, [newest]), *turn], services.prompts, context.language)
    if context.answer:
        end.append(HumanMessage(context.answer, id=context.answer_id))
    is_theirs = others_had_a_say(turn, context) or retells(text, state["messages"])
    marks = {RETOLD: True} if is_theirs else {}
    said = AIMessage(
        text, id=reply.id, usage_metadata=reply.usage_metadata, additional_kwargs=marks
    )
    return {"messages": [*end, said], "reply": text}


def tool_tasks(state: State, context: TurnContext) -> list[Send]:
    """One task for each call the newest reply asks for: a crash repeats only unfinished ones."""
    last = state["messages"][-1]
    calls = last.tool_calls if isinstance(last, AIMessage) else []
    return [Send("tool_executor", task(call, state["messages"], context)) for call in calls]


@dataclass(frozen=True)
class _Prompt:
    """What the model reads: system text, summary, history. Its front is the same every turn."""

    services: Services
    state: State
    language: str

    @property
    def tool_names(self) -> list[str]:
        return [tool.name for tool in self.services.tools]

    def lacks_answer(self, text: str, judge: Callable[..., bool]) -> bool:
        """Whether there is no text, or one of a small model that will not do."""
        if not text or not self.services.model.is_small:
            return not text
        prompts = self.services.prompts
        frame = prompts.message(self.language, "outside_content", name="", text="")
        told = f"{prompts.system(self.language)}\n{frame}"
        summary = SystemMessage(self.state.get("summary", ""))
        return judge(text, [summary, *self.state["messages"]], prompts=told)

    async def ask(
        self, schemas: Sequence[dict[str, Any]], *, finish: bool = False, claimed: str = ""
    ) -> AIMessage:
        """One model call.

        `finish` adds the request to answer with what is there; `claimed`, what the model has said
        that it did, the request to do it or to say that it did not.
        """
        messages = self._messages(schemas)
        if finish:
            hint = self.services.prompts.text(self.language, "finish")
            messages.append(HumanMessage(hint))
        if claimed:
            hint = self.services.prompts.text(self.language, "claim")
            messages += [AIMessage(claimed), HumanMessage(hint)]
        reply = await router.ask(self.services, self.language, messages, schemas)
        return cleaned(reply, [schema["function"]["name"] for schema in schemas])

    async def ask_readably(
        self, schemas: Sequence[dict[str, Any]], *, claimed: str = ""
    ) -> AIMessage:
        """One model call; empty when the model broke the syntax of its own calls."""
        try:
            return await self.ask(schemas, claimed=claimed)
        except ModelBadReply as error:
            # Ollama answers 500 "error parsing tool call" then.
            log.warning("tool_call_unreadable", reason=type(error.__cause__).__name__)
            return AIMessage("")

    async def ask_in_short(self) -> AIMessage:
        """One model call with the last exchange, the newest message and what its tools found.

        Nothing distracts there: asked who of all it was told about looks after the owner's eyes,
        Qwen2.5 1.5B described itself under its whole prompt, and named the oculist under this one.
        """
        prompts, history = self.services.prompts, self.state.get("messages", [])
        turn = this_turn(history)
        before = [one for one in history[: -len(turn) - 1] if not _has_calls(one)]
        newest = newest_human(self.state)
        parts = [in_short(newest, prompts, self.language)] if newest else []
        parts += [one.text for one in turn if isinstance(one, ToolMessage)]
        short = prompts.text(self.language, "short")
        start = SystemMessage(_with_summary(short, self.services, self.state, self.language))
        messages = [start, *before[-EXCHANGE:], HumanMessage("\n\n".join(parts))]
        return cleaned(await self.services.model.answer(messages), [])

    def is_beyond(self, said: str) -> bool:
        """Whether an act is ordered that no tool does or did, as far as a small model knows."""
        tools = self.services.tools
        if not self.services.model.is_small or any(isinstance(one, ForeignTool) for one in tools):
            return False
        did = any(isinstance(one, ToolMessage) for one in this_turn(self.state["messages"]))
        return orders_an_act(said) and not did and not cued(tools, said)

    def in_hand(self, turn: Sequence[AnyMessage]) -> str:
        """What a tool has read, or the owner told, where a small model made nothing of it."""
        if not self.services.model.is_small:
            return ""
        say = self.services.prompts.message
        if text := excerpt_in_hand(turn):
            return say(self.language, "excerpt", text=text)
        told = "; ".join(what_is_known(self.state.get("messages", [])))
        return say(self.language, "told", text=told) if told else ""

    def instead(self, said: str) -> str:
        """A sentence of ours for a message that the model twice found no answer to."""
        key = "not_told" if is_own_fact(said) else "heard" if only_tells(said) else ""
        if not key or not self.services.model.is_small:
            return ""
        return self.services.prompts.message(self.language, key)

    def has_room_for(self, message: AnyMessage, schemas: Sequence[dict[str, Any]]) -> bool:
        """Whether the window takes the message alone."""
        return self.services.model.gauge.tokens([message]) <= self._budget(schemas)

    def _messages(self, schemas: Sequence[dict[str, Any]]) -> list[AnyMessage]:
        missing = self.services.prompts.message(self.language, "tool_cancelled")
        history = mended(self.state.get("messages", []), missing=missing)
        gauge = self.services.model.gauge
        return [self.system, *fitted(history, budget=self._budget(schemas), gauge=gauge)]

    def _budget(self, schemas: Sequence[dict[str, Any]]) -> int:
        """Tokens that the history may take."""
        num_ctx = self.services.model.num_ctx or 0
        front = self.services.model.gauge.tokens([self.system], schemas)
        return num_ctx - answer_tokens(num_ctx) - front

    @cached_property
    def system(self) -> SystemMessage:
        return SystemMessage(system_text(self.services, self.state, self.language))


def _refusal(message: HumanMessage, sentence: str) -> dict[str, Any]:
    """The turn's end for a message larger than the window: the thread keeps its beginning."""
    beginning = f"{own_words(message)[:SHOWN_OF_TOO_LONG]}…"
    kept = HumanMessage(beginning, id=message.id)
    return {"messages": [kept, AIMessage(sentence)], "reply": sentence}


def system_text(services: Services, state: State, language: str) -> str:
    """The static text, then the summary, which changes only when `summarize` has run."""
    return _with_summary(services.prompts.system(language), services, state, language)


def _with_summary(text: str, services: Services, state: State, language: str) -> str:
    summary = state.get("summary")
    if not summary:
        return text
    return f"{text}\n\n{services.prompts.render(language, 'system_summary', summary=summary)}"


def _has_calls(message: AnyMessage) -> bool:
    return isinstance(message, ToolMessage) or bool(getattr(message, "tool_calls", None))


def _may_call(state: State, turn: Sequence[AnyMessage]) -> bool:
    rounds = sum(isinstance(message, AIMessage) for message in turn)
    return rounds < MAX_TOOL_ROUNDS and state.get("remaining_steps", FEW_STEPS + 1) > FEW_STEPS


def _new_calls(prompt: "_Prompt", context: TurnContext, reply: AIMessage) -> list[ToolCall]:
    newest = newest_human(prompt.state)
    said = typed(newest, context) if newest else ""
    tools = {tool.name: tool for tool in prompt.services.tools}
    calls = as_meant(reply.tool_calls, tools, said, context.language)
    messages = prompt.state.get("messages", [])
    if prompt.services.model.is_small:
        calls = asked_for(calls, tools, messages, said)
    done = _done(this_turn(messages))
    return [call for call in calls if not any(same_call(call, other) for other in done)]


def _done(turn: Sequence[AnyMessage]) -> list[ToolCall]:
    """What is not done again: the round before, for a model that goes in circles, and all writes.

    Two orders that read alike once they are put in the owner's own words are one.
    """
    rounds = [message for message in turn if isinstance(message, AIMessage)]
    written = {
        message.tool_call_id
        for message in turn
        if isinstance(message, ToolMessage) and message.additional_kwargs.get(RECEIPT)
    }
    return [
        call
        for number, message in enumerate(rounds, 1)
        for call in message.tool_calls
        if number == len(rounds) or call["id"] in written
    ]
