"""What the model reads in a turn, and how it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import structlog
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import BaseTool

from graph import router
from graph.context import TurnContext
from graph.errors import ModelBadReply
from graph.frozen import in_short, typed
from graph.model import answer_tokens
from graph.replies import cleaned, unwrapped
from graph.services import Services
from graph.state import State
from graph.window import fitted, mended, newest_human, this_turn
from tools.choice import usable
from tools.folding import fold

log = structlog.get_logger(__name__)

EXCHANGE = 2  # messages before the newest one, for "¿y en inglés?"


@dataclass(frozen=True)
class Prompt:
    """System text, summary, history. Its front is the same every turn."""

    services: Services
    state: State
    context: TurnContext

    @property
    def language(self) -> str:
        return self.context.language

    @property
    def tools(self) -> Sequence[BaseTool]:
        """Those that the message may ask for; what came with it, or is quoted in it, is there."""
        offered = self.services.tools
        return usable(offered, ports=()) if self.context.mixed else offered

    @property
    def tool_names(self) -> list[str]:
        return [tool.name for tool in self.services.tools]

    @property
    def messages(self) -> Sequence[AnyMessage]:
        return self.state.get("messages", [])

    @cached_property
    def newest(self) -> HumanMessage | None:
        return newest_human(self.state)

    @cached_property
    def said(self) -> str:
        """What the owner typed."""
        return typed(self.newest, self.context) if self.newest else ""

    @cached_property
    def turn(self) -> Sequence[AnyMessage]:
        """What came after the owner's message."""
        return this_turn(self.messages)

    def sentence(self, key: str, **values: str) -> str:
        """One of ours."""
        return self.services.prompts.message(self.language, key, **values)

    async def ask(
        self, schemas: Sequence[dict[str, Any]], *, finish: bool = False, claimed: str = ""
    ) -> AIMessage:
        """One model call.

        `finish` adds the request to answer with what is there; `claimed`, what the model has said
        that it did, the request to do it or to say that it did not.
        """
        messages = self._fitted(schemas)
        if finish:
            hint = self.services.prompts.text(self.language, "finish")
            messages.append(HumanMessage(hint))
        if claimed:
            hint = self.services.prompts.text(self.language, "claim")
            messages += [AIMessage(claimed), HumanMessage(hint)]
        reply = await router.ask(self.services, self.language, messages, schemas)
        return self._cleaned(reply, schemas)

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

    async def ask_for_call(self, schema: dict[str, Any]) -> AIMessage:
        """One model call, held to the arguments of one tool: the reply calls it, or is empty."""
        function = schema["function"]
        start = self.services.prompts.render(self.language, "call", tool=router.described(schema))
        newest = [self.newest] if self.newest else []
        messages = [SystemMessage(start), *self._exchange(), *newest]
        try:
            reply = await self.services.model.answer(messages, shape=function["parameters"])
        except ModelBadReply:
            return AIMessage("")
        return router.filled(reply, function["name"])

    async def ask_in_short(self) -> AIMessage:
        """One model call with the last exchange, the newest message and what its tools found.

        Nothing distracts there: asked who of all it was told about looks after the owner's eyes,
        Qwen2.5 1.5B described itself under its whole prompt, and named the oculist under this one.
        """
        prompts = self.services.prompts
        parts = [in_short(self.newest, prompts, self.language)] if self.newest else []
        parts += [one.text for one in self.turn if isinstance(one, ToolMessage)]
        short = prompts.text(self.language, "short")
        start = SystemMessage(_with_summary(short, self.services, self.state, self.language))
        messages = [start, *self._exchange(), HumanMessage("\n\n".join(parts))]
        return self._cleaned(await self.services.model.answer(messages), ())

    async def ask_alone(self, language: str) -> AIMessage:
        """One model call with what the owner typed and nothing besides."""
        start = SystemMessage(self.services.prompts.text(language, "short"))
        reply = await self.services.model.answer([start, HumanMessage(self.said)])
        return self._cleaned(reply, ())

    def _cleaned(self, reply: AIMessage, schemas: Sequence[dict[str, Any]]) -> AIMessage:
        clean = cleaned(reply, [schema["function"]["name"] for schema in schemas])
        if self.services.model.is_small and "json" not in fold(self.said):
            return clean.model_copy(update={"content": unwrapped(clean.text)})
        return clean

    def _exchange(self) -> Sequence[AnyMessage]:
        before = self.messages[: -len(self.turn) - 1]
        return [one for one in before if not _has_calls(one)][-EXCHANGE:]

    def has_room_for(self, message: AnyMessage, schemas: Sequence[dict[str, Any]]) -> bool:
        """Whether the window takes the message alone."""
        return self.services.model.gauge.tokens([message]) <= self._budget(schemas)

    def _fitted(self, schemas: Sequence[dict[str, Any]]) -> list[AnyMessage]:
        missing = self.sentence("tool_cancelled")
        history = mended(self.messages, missing=missing)
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
