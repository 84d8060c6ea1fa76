"""summarize: folds the front of a long thread into the summary, after the answer has left."""

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
)
from langgraph.graph.message import REMOVE_ALL_MESSAGES
from langgraph.runtime import Runtime

from graph.context import TurnContext
from graph.errors import ModelError
from graph.frozen import own_words
from graph.model import answer_tokens, wire_schemas
from graph.nodes.agent import overhead, system_text
from graph.nodes.contract import Node
from graph.replies import sendable, without_thinking
from graph.services import Services
from graph.state import State
from graph.window import CHARS_PER_TOKEN, cut_index, is_long

log = structlog.get_logger(__name__)

MAX_SUMMARY = 3_000  # characters; it stands in every prompt
OWN_WORDS_TOKENS = 400  # the summary prompt itself


def make_is_due(services: Services) -> Callable[[State, str], bool]:
    schemas = wire_schemas(services.tools)

    def is_due(state: State, language: str) -> bool:
        system = SystemMessage(system_text(services, state, language))
        return is_long(
            state["messages"],
            overhead=overhead([system], schemas),
            num_ctx=services.model.num_ctx or 0,
        )

    return is_due


def make_summarize(services: Services) -> Node:
    async def summarize(state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        messages = state["messages"]
        num_ctx = services.model.num_ctx or 0
        cut = cut_index(messages, num_ctx=num_ctx)
        if not cut:
            return {}
        # The same num_ctx as every call: another one would make Ollama load the model again.
        room_tokens = num_ctx - answer_tokens(num_ctx) - OWN_WORDS_TOKENS
        room = max(MAX_SUMMARY, int(room_tokens * CHARS_PER_TOKEN) - MAX_SUMMARY)
        prompt = services.prompts.render(
            runtime.context.language,
            "summary",
            summary=state.get("summary") or "-",
            messages=_as_text(messages[:cut])[-room:],
        )
        try:
            reply = await services.model.answer([HumanMessage(prompt)])
        except ModelError as error:
            log.warning("summary_failed", kind=error.kind)
            return {}
        summary = sendable(without_thinking(reply.text), ())[:MAX_SUMMARY]
        if not summary:
            log.warning("summary_failed", kind="empty")
            return {}
        log.info("summarized", removed=cut, kept=len(messages) - cut)
        removal = RemoveMessage(id=REMOVE_ALL_MESSAGES)
        return {"summary": summary, "messages": [removal, *messages[cut:]]}

    return summarize


def _as_text(messages: Sequence[AnyMessage]) -> str:
    """What people said and tools gave, one line each; our notes and empty replies left out."""
    marks = {"human": ">", "ai": "WasAP:", "tool": "="}
    lines = []
    for message in messages:
        text = own_words(message) if isinstance(message, HumanMessage) else message.text
        if text and not (isinstance(message, AIMessage) and message.tool_calls):
            lines.append(f"{marks.get(message.type, '')} {text}")
    return "\n".join(lines)
