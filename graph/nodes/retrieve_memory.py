"""retrieve_memory: freezes the time and what is remembered into the newest message."""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from langgraph.runtime import Runtime

from graph.context import TurnContext
from graph.frozen import NOTE, freeze
from graph.nodes.contract import Node
from graph.recall import recall
from graph.services import Services
from graph.state import State
from graph.window import newest_human
from store.errors import StoreError
from tools.contract import cued

log = structlog.get_logger(__name__)

MAX_MEMORIES = 5  # in one message; more and a small model loses the question
TIMEOUT_S = 5


def make_retrieve_memory(services: Services) -> Node:
    async def retrieve_memory(state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        message = newest_human(state)
        if message is None or NOTE in message.additional_kwargs:
            return {}
        memories = await _relevant(services, runtime.context.sender, message.text)
        frozen = freeze(
            message,
            prompts=services.prompts,
            context=runtime.context,
            memories=memories,
            tools=cued(services.tools, message.text),
        )
        return {"messages": [frozen]}

    return retrieve_memory


async def _relevant(services: Services, sender: str, text: str) -> Sequence[str]:
    """The memories for this message; none when they cannot be had, for the turn goes on."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            found = await recall(
                services.memories, services.embedder, sender, text, limit=MAX_MEMORIES
            )
    except (StoreError, TimeoutError) as error:
        log.warning("memories_unavailable", reason=type(error).__name__)
        return []
    return [memory.content for memory in found]
