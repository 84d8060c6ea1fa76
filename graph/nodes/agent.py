"""agent: the model answers, or asks for tools. One call for a plain message."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

import structlog
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall, ToolMessage
from langgraph.runtime import Runtime
from langgraph.types import RetryPolicy, Send

from graph.ahead import ahead
from graph.asked import asked_for
from graph.asking import Prompt
from graph.context import TurnContext
from graph.errors import ModelError
from graph.frames import without_frames
from graph.frozen import own_part, own_words, without_echo
from graph.grounds import acting, corrected, unfounded
from graph.knowledge import is_known, language_of
from graph.meant import as_meant
from graph.nodes.contract import Node
from graph.offline import without_model
from graph.orders import ORDERS
from graph.prompts import noted
from graph.receipts import RECEIPT, with_receipts, without_old_receipts
from graph.refusals import is_beyond, is_dose
from graph.replies import same_call, sendable, without_repeats
from graph.second_try import (
    answer_in_hand,
    answered,
    is_told,
    orders_a_write,
    reads,
    uncalled,
)
from graph.services import Services
from graph.sources import with_source
from graph.state import State
from graph.taint import (
    RETOLD,
    closed_turn,
    others_had_a_say,
    retells,
    task,
    without_made_up_queries,
)
from graph.window import newest_human, this_turn

log = structlog.get_logger(__name__)

MAX_TOOL_ROUNDS = 6  # a turn; then the model answers with what it has
FEW_STEPS = 4  # of LangGraph's recursion limit: a tool round takes two, the answer and summary two
ASKED_AGAIN = (
    "asked_again"  # key in additional_kwargs: calls of a model that had claimed without one
)
SHOWN_OF_TOO_LONG = 300  # characters that the thread keeps of a message larger than the window


def _worth_another_try(error: Exception) -> bool:
    return isinstance(error, ModelError) and error.transient


RETRY = RetryPolicy(max_attempts=2, initial_interval=0.5, retry_on=_worth_another_try)


def make_agent(services: Services) -> Node:
    may_act = acting(services.tools)

    async def agent(state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        try:
            with noted() as used:
                change = await _answer(services, state, runtime.context, may_act)
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

    return agent


async def _answer(
    services: Services, state: State, context: TurnContext, may_act: Collection[str]
) -> dict[str, Any]:
    prompt, schemas = Prompt(services, state, context), services.schemas
    if (message := prompt.newest) and not prompt.has_room_for(message, schemas):
        return _refusal(message, prompt.sentence("too_long_message"))
    if text := answer_in_hand(prompt):
        return _ended(services, state, context, AIMessage(text))
    if (first := await ahead(prompt)) is not None:
        if first.tool_calls:
            return {"messages": [first]}
        return _ended(services, state, context, first)
    may_call = _may_call(state, prompt.turn)
    reply = await _asked(prompt, schemas) if may_call else AIMessage("")
    calls = _new_calls(prompt, reply)
    if not calls and may_call and (schema := uncalled(prompt, reply)):
        calling = await prompt.ask_for_call(schema)
        calls = [call for call in _new_calls(prompt, calling) if is_told(prompt, call)]
        reply = calling if calls else reply
    if calls:
        return {"messages": [reply.model_copy(update={"tool_calls": calls})]}
    reply = await answered(prompt, reply)
    reply = await _honest(prompt, reply, schemas if may_call else (), may_act)
    if reply.tool_calls:
        return {"messages": [reply]}
    return _ended(services, state, context, reply)


async def _asked(prompt: Prompt, schemas: Sequence[dict[str, Any]]) -> AIMessage:
    if is_known(prompt):
        return await prompt.ask_alone(language_of(prompt.said))
    return await prompt.ask_readably(schemas)


async def _honest(
    prompt: Prompt,
    reply: AIMessage,
    offered: Sequence[dict[str, Any]],
    may_act: Collection[str],
) -> AIMessage:
    """The reply, or what takes its place where it says that something was done and was not.

    The model is asked once more, and may call the tool then; what it says stays if it is true.
    """
    messages, said = prompt.messages, prompt.said
    pressed = any(ASKED_AGAIN in one.additional_kwargs for one in prompt.turn)
    ordered = orders_a_write(prompt)
    claimed = unfounded(reply.text, said, messages, may_act, pressed=pressed, ordered=ordered)
    if claimed and not pressed:
        log.info("claim_without_write", then="asked")
        again = await prompt.ask_readably(offered, claimed=" ".join(one.text for one in claimed))
        if calls := _new_calls(prompt, again):
            marks = {**again.additional_kwargs, ASKED_AGAIN: True}
            return again.model_copy(update={"tool_calls": calls, "additional_kwargs": marks})
        if not again.tool_calls and (text := sendable(again.text, prompt.tool_names)):
            reply = again.model_copy(update={"content": text})
            claimed = unfounded(text, said, messages, may_act, pressed=True)
    if claimed:
        log.info("claim_without_write", then="corrected")
        sentence = prompt.sentence("cannot_do" if is_beyond(prompt) else "claim_corrected")
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
    text = without_frames(text)
    say = partial(services.prompts.message, context.language)
    told = say("orders_left_out") if any(ORDERS in one.additional_kwargs for one in turn) else ""

    def ended(answer: str) -> str:
        whole = with_receipts(answer, turn)
        return "\n\n".join(filter(None, [whole, whole and told])) or say("empty_answer")

    is_small = services.model.is_small
    sourced = with_source(text, own_part(newest) if newest else "", turn, say, quoted=is_small)
    # A small model that reads a source in the thread writes one of its own under other answers.
    text = ended(text if is_small else sourced)
    end = closed_turn([*filter(None, [newest]), *turn], services.prompts, context.language)
    if context.answer:
        end.append(HumanMessage(context.answer, id=context.answer_id))
    is_theirs = (
        RETOLD in reply.additional_kwargs
        or others_had_a_say(turn, context)
        or retells(text, state["messages"])
    )
    marks = {RETOLD: True} if is_theirs else {}
    said = AIMessage(
        text, id=reply.id, usage_metadata=reply.usage_metadata, additional_kwargs=marks
    )
    return {"messages": [*end, said], "reply": ended(sourced)}


def tool_tasks(state: State, context: TurnContext) -> list[Send]:
    """One task for each call the newest reply asks for: a crash repeats only unfinished ones."""
    last = state["messages"][-1]
    calls = last.tool_calls if isinstance(last, AIMessage) else []
    return [Send("tool_executor", task(call, state["messages"], context)) for call in calls]


def _refusal(message: HumanMessage, sentence: str) -> dict[str, Any]:
    """The turn's end for a message larger than the window: the thread keeps its beginning."""
    beginning = f"{own_words(message)[:SHOWN_OF_TOO_LONG]}…"
    kept = HumanMessage(beginning, id=message.id)
    return {"messages": [kept, AIMessage(sentence)], "reply": sentence}


def _may_call(state: State, turn: Sequence[AnyMessage]) -> bool:
    rounds = sum(isinstance(message, AIMessage) for message in turn)
    return rounds < MAX_TOOL_ROUNDS and state.get("remaining_steps", FEW_STEPS + 1) > FEW_STEPS


def _new_calls(prompt: Prompt, reply: AIMessage) -> list[ToolCall]:
    tools = {tool.name: tool for tool in prompt.services.tools}
    calls = as_meant(reply.tool_calls, tools, prompt.said, prompt.language)
    if prompt.services.model.is_small:
        calls = asked_for(calls, tools, prompt.messages, prompt.said)
        if is_beyond(prompt) or is_dose(prompt):
            calls = [call for call in calls if reads(prompt, call)]
    done = _done(prompt.turn)
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
