"""retrieve_memory: freezes the time and what is remembered into the newest message."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.runtime import Runtime

from graph.context import TurnContext
from graph.frozen import NOTE, brought, freeze, typed
from graph.nodes.contract import Node
from graph.orders import without_orders
from graph.past_days import past_days
from graph.prompts import noted
from graph.recall import QUERY_MAX, recall, said
from graph.services import Services
from graph.state import State
from graph.taint import closed_turn
from graph.wanted import wanted
from graph.window import newest_human
from store.clock import to_ms
from store.diary import CATEGORY
from store.errors import StoreError
from tools import facts
from tools.choice import usable

log = structlog.get_logger(__name__)

MAX_MEMORIES = 5  # in one message; more and a small model loses the question
NEAREST = 2  # of them that a message gets, even where one of the last turns brought them
RECENT = 4  # turns whose memories the model still has before its eyes
MAX_ENTRIES = 3  # of the diary; they are longer than other memories
NOTES = 3  # that are looked at for the one that the message is about
NOTE_MAX = 300  # characters of it
SHARED = 2  # telling words: "¿cuál es la clave del wifi?" of "la clave del wifi es 1234"
TIMEOUT_S = 5


def make_retrieve_memory(services: Services) -> Node:
    async def retrieve_memory(state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        message = newest_human(state)
        if message is None or NOTE in message.additional_kwargs:
            return {}
        # What came with the message or is quoted in it is there: nothing to look at once more.
        tools = usable(services.tools, ports=()) if runtime.context.mixed else services.tools
        before = [one for one in state["messages"] if one.id != message.id]
        memories = await _relevant(services, runtime.context, message.text, before)
        own = typed(message, runtime.context)
        if runtime.context.mixed and services.model.is_small:
            message = _without_orders(message, own)
        with noted() as used:
            frozen = freeze(
                message,
                prompts=services.prompts,
                context=runtime.context,
                memories=memories,
                said=said(before, own),
                tools=wanted(tools, own, small=services.model.is_small),
            )
        # A turn that did not come to its end has left there what it read.
        left = closed_turn(before, services.prompts, runtime.context.language)
        return {"messages": [*left, frozen], "versions": used}

    return retrieve_memory


def _without_orders(message: HumanMessage, own: str) -> HumanMessage:
    """The message without orders in what others wrote of it."""
    before, said, after = message.text.rpartition(own) if own else (message.text, "", "")
    text = f"{without_orders(before)}{said}{without_orders(after)}"
    return message.model_copy(update={"content": text})


async def _relevant(
    services: Services, context: TurnContext, text: str, before: Sequence[AnyMessage]
) -> Sequence[str]:
    """The memories for this message; none when they cannot be had, for the turn goes on."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            told = await _told_on_days(services, context, text)
            found = await recall(
                services.memories, services.embedder, context.sender, text, limit=MAX_MEMORIES
            )
            noted = await _noted(services, context, text)
    except (StoreError, TimeoutError) as error:
        log.warning("memories_unavailable", reason=type(error).__name__)
        return []
    entries = [one.content for one in found if one.category == CATEGORY]
    known = [one.content for one in found if one.category != CATEGORY]
    return [*dict.fromkeys([*told, *entries][:MAX_ENTRIES]), *_fresh(known, before), *noted]


def _fresh(known: Sequence[str], before: Sequence[AnyMessage]) -> list[str]:
    """Without what a recent turn brought: most memories are far from most messages, and to read
    the same five every turn takes an ordinary computer a second.
    """
    asked = [one for one in before if isinstance(one, HumanMessage)][-RECENT:]
    seen = {one for message in asked for one in brought(message)}
    return [*known[:NEAREST], *(one for one in known[NEAREST:] if one not in seen)]


async def _noted(services: Services, context: TurnContext, text: str) -> list[str]:
    """The note that a message is about: who asks for what they wrote down does not always say so.

    Where the whole note is what they have just typed, it tells the model nothing.
    """
    words = facts.telling(text[:QUERY_MAX])
    if len(words) < SHARED:
        return []
    for note in await services.notes.with_words(context.sender, words, limit=NOTES):
        if (
            facts.unsaid(note.content, text)
            and len(words - facts.unsaid(text, note.content)) >= SHARED
        ):
            return [note.content[:NOTE_MAX]]
    return []


async def _told_on_days(services: Services, context: TurnContext, text: str) -> list[str]:
    """Diary entries of the days that the message asks about."""
    zone = ZoneInfo(context.timezone)
    told: list[str] = []
    for first, last in past_days(text, context.sent_at.astimezone(zone).date()):
        since = datetime.combine(first, time(), zone)
        before = datetime.combine(last + timedelta(days=1), time(), zone)
        entries = await services.diary.entries(
            context.sender, since=to_ms(since), before=to_ms(before), most=MAX_ENTRIES
        )
        told += [entry.content for entry in entries]
    return told
