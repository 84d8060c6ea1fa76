"""summarize: folds the front of a long thread into the summary, after the answer has left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

from graph import router
from graph.asking import system_text
from graph.context import TurnContext
from graph.errors import ModelError
from graph.frozen import own_words
from graph.model import answer_tokens
from graph.nodes.contract import Node
from graph.replies import sendable, without_thinking
from graph.services import Services
from graph.state import State
from graph.window import cut_index, is_long, mended

log = structlog.get_logger(__name__)

MAX_SUMMARY = 3_000  # characters; it stands in every prompt
OWN_WORDS_TOKENS = 400  # the summary prompt itself


def make_is_due(services: Services) -> Callable[[State, str], bool]:
    schemas = services.schemas

    def is_due(state: State, language: str) -> bool:
        gauge = services.model.gauge
        system = SystemMessage(system_text(services, state, language))
        return is_long(
            state["messages"],
            overhead=gauge.tokens([system], schemas),
            num_ctx=services.model.num_ctx or 0,
            gauge=gauge,
        )

    return is_due


def make_summarize(services: Services) -> Node:
    schemas = services.schemas

    async def summarize(state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        messages = state["messages"]
        model = services.model
        cut = cut_index(messages, num_ctx=model.num_ctx or 0, gauge=model.gauge)
        if not cut:
            return {}
        task = _Summary(services, state, runtime.context.language, messages[:cut])
        try:
            summary = await task.in_place(schemas) or await task.apart()
        except ModelError as error:
            log.warning("summary_failed", kind=error.kind)
            return {}
        if not summary:
            log.warning("summary_failed", kind="empty")
            return {}
        log.info("summarized", removed=cut, kept=len(messages) - cut)
        await services.history.keep_summary(
            runtime.context.sender, summary, ends_at=str(messages[cut].id)
        )
        removal = RemoveMessage(id=REMOVE_ALL_MESSAGES)
        return {"summary": summary, "messages": [removal, *messages[cut:]]}

    return summarize


@dataclass(frozen=True)
class _Summary:
    """What is to be folded away, and the two ways of asking for it."""

    services: Services
    state: State
    language: str
    folded: Sequence[AnyMessage]

    async def in_place(self, schemas: Sequence[dict[str, Any]]) -> str:
        """Asked at the end of the chat itself: the model has all of that computed already.

        Empty when it does not fit, or when the model goes on with the chat by calling a tool.
        """
        prompts = self.services.prompts
        missing = prompts.message(self.language, "tool_cancelled")
        messages = [
            SystemMessage(system_text(self.services, self.state, self.language)),
            *mended(self.folded, missing=missing),
            HumanMessage(prompts.text(self.language, "summary_here")),
        ]
        if self.services.model.gauge.tokens(messages, schemas) > self._room():
            return ""
        reply = await router.ask(self.services, self.language, messages, schemas)
        return "" if reply.tool_calls else _cleaned(reply)

    async def apart(self) -> str:
        """Asked as a prompt of its own, with as much of the newest text as fits."""
        # The same num_ctx as every call: another one would make Ollama load the model again.
        room = self.services.model.gauge.characters(self._room() - OWN_WORDS_TOKENS)
        prompt = self.services.prompts.render(
            self.language,
            "summary",
            summary=self.state.get("summary") or "-",
            messages=_as_text(self.folded)[-max(MAX_SUMMARY, room - MAX_SUMMARY) :],
        )
        return _cleaned(await self.services.model.answer([HumanMessage(prompt)]))

    def _room(self) -> int:
        num_ctx = self.services.model.num_ctx or 0
        return num_ctx - answer_tokens(num_ctx)


def _cleaned(reply: AIMessage) -> str:
    return sendable(without_thinking(reply.text), ())[:MAX_SUMMARY]


def _as_text(messages: Sequence[AnyMessage]) -> str:
    """What people said and tools gave, one line each; our notes and empty replies left out."""
    marks = {"human": ">", "ai": "WasAP:", "tool": "="}
    lines = []
    for message in messages:
        text = own_words(message) if isinstance(message, HumanMessage) else message.text
        if text and not (isinstance(message, AIMessage) and message.tool_calls):
            lines.append(f"{marks.get(message.type, '')} {text}")
    return "\n".join(lines)
