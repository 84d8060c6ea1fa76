"""The chat model: one long-lived ChatOllama, shared by every turn."""

import asyncio
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import ollama
import structlog
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    ToolMessage,
)
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_ollama import ChatOllama
from pydantic import PrivateAttr, model_validator

from graph.errors import ModelBroke, ModelRefused
from graph.gauge import Gauge
from graph.model_errors import CLIENT_ERRORS, model_error
from graph.settings import GraphSettings
from store import probes
from tools.connections import Connections

log = structlog.get_logger(__name__)

NUM_PREDICT = 1024  # tokens of an answer; a model that runs away stops here
# At 0.3 Qwen2.5 1.5B sometimes turned "345 por 27" into 345 / 27; 0 makes Qwen3 repeat itself.
TEMPERATURE = 0.1
# Of 84 fresh scenarios the built-in Qwen2.5 1.5B passed 60 at 0, and 58 at 0.1 with one seed.
BUILT_IN_TEMPERATURE = 0.0
# Without a penalty over a long window Qwen2.5 1.5B copies its own earlier greetings for ever
# (recall 0 of 5 against 5 of 5). Ollama applies 1.1 to every model anyway; only the window grows.
REPEAT_PENALTY = 1.1
REPEAT_LAST_N = 256  # tokens
CAPABILITIES_TIMEOUT_S = 5
SMALL_B = 3.0  # billions of parameters; smaller models do more than they are asked
UNITS_B = {"K": 1e-6, "M": 1e-3, "B": 1.0, "T": 1e3}
PROMPTS_KEPT = "wasap.prompts_kept"  # in `model_info` of our built-in server
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class _Reply(ollama.ChatResponse):
    """With what our built-in server tells beside what Ollama tells."""

    prompt_cached_count: int | None = None
    """Tokens of the prompt that did not have to be read again."""


class _Client(ollama.AsyncClient):
    """Ollama's client, which drops the fields that it does not know."""

    async def _request(self, cls: Any, *args: Any, **kwargs: Any) -> Any:
        known = _Reply if cls is ollama.ChatResponse else cls
        return await super()._request(known, *args, **kwargs)


class WasapChat(ChatOllama):
    """ChatOllama that names the tool of each result and never sends old thinking back."""

    answer_timeout_s: float | None = None
    """For a whole answer; each read of it has the HTTP client's own timeout."""
    _capabilities: frozenset[str] | None = PrivateAttr(default=None)
    _size_b: float = PrivateAttr(default=math.inf)
    _prompts_kept: int = PrivateAttr(default=1)
    _gauge: Gauge = PrivateAttr(default_factory=Gauge)

    @model_validator(mode="after")
    def _keep_what_is_told(self) -> Self:
        # ChatOllama offers no way to bring one's own.
        self._async_client.__class__ = _Client
        return self

    @property
    def gauge(self) -> Gauge:
        """Estimates what a prompt takes of the window; learns from every answer."""
        return self._gauge

    @property
    def is_small(self) -> bool:
        """Whether it is one of those that do too much; no, until Ollama has said its size."""
        return self._size_b < SMALL_B

    @property
    def keeps_prompts(self) -> bool:
        """Whether a prompt of another kind leaves the one of the talk computed. Ollama keeps one,
        or does not tell; the built-in server several."""
        return self._prompts_kept > 1

    async def answer(
        self,
        messages: Sequence[AnyMessage],
        *,
        tools: Sequence[dict[str, Any]] = (),
        shape: dict[str, Any] | None = None,
    ) -> AIMessage:
        """One streamed call. Tools are left out for a model that Ollama says cannot use them.

        `shape` is a JSON schema that the reply is held to.

        Raises:
            ModelError: no answer came; which one says why.
        """
        offered = await self._offered(tools)
        reply = await self._ask(messages, offered, shape)
        counted = reply.usage_metadata["input_tokens"] if reply.usage_metadata else 0
        if not self._gauge.learn(messages, offered, counted):
            expected = self._gauge.tokens(messages, offered)
            log.warning("prompt_was_cut", counted_tokens=counted, expected_tokens=expected)
        return reply

    async def read_front(self, system: AnyMessage, tools: Sequence[dict[str, Any]]) -> None:
        """Have the model loaded and the front of every prompt computed, before somebody waits.

        Raises:
            ModelError: as `answer` does.
        """
        offered = await self._offered(tools)
        await self.model_copy(update={"num_predict": 1})._ask([system], offered)

    async def stays_until(self) -> datetime | None:
        """When the model will leave the memory; None when it is not there. Raises ModelError."""
        try:
            loaded = await self._async_client.ps()
        except CLIENT_ERRORS as error:
            raise model_error(error, model=self.model) from error
        ours = self.model.removesuffix(":latest")
        for one in loaded.models:
            if (one.model or "").removesuffix(":latest") == ours:
                return one.expires_at or datetime.max.replace(tzinfo=UTC)
        return None

    async def takes_tools(self) -> bool:
        """Whether tools may be offered: Ollama refuses them for a model without the ability."""
        abilities = await self.capabilities()
        return not abilities or "tools" in abilities

    async def _offered(self, tools: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        return tools if await self.takes_tools() else ()

    async def _ask(
        self,
        messages: Sequence[AnyMessage],
        tools: Sequence[dict[str, Any]],
        shape: dict[str, Any] | None = None,
    ) -> AIMessage:
        abilities = await self.capabilities()
        options: dict[str, Any] = {"tools": list(tools)} if tools else {}
        if shape:
            options["format"] = shape
        # Sent to a model without the ability `think` is an error; with it, the default is true.
        if "thinking" in abilities:
            options["reasoning"] = False
        probes.reach("call:model.chat:before")
        try:
            async with asyncio.timeout(self.answer_timeout_s):
                reply = await self.ainvoke(list(messages), **options)
        except CLIENT_ERRORS as error:
            raised = model_error(error, model=self.model)
            if isinstance(raised, ModelRefused):
                self._capabilities = None  # the model behind the name may have been replaced
            raise raised from error
        probes.reach("call:model.chat:after")
        if not reply.response_metadata.get("done"):
            raise ModelBroke("the stream ended before the answer did", model=self.model)
        cached = reply.response_metadata.get("prompt_cached_count")
        if cached is not None and reply.usage_metadata:
            reply.usage_metadata["input_token_details"] = {"cache_read": cached}
        return reply

    async def capabilities(self) -> frozenset[str]:
        """What Ollama says the model can do, asked once; empty when it cannot say."""
        if self._capabilities is None:
            try:
                async with asyncio.timeout(CAPABILITIES_TIMEOUT_S):
                    probes.reach("call:model.show:before")
                    shown = await self._async_client.show(self.model)
                    probes.reach("call:model.show:after")
            except CLIENT_ERRORS as error:
                # The chat call that follows will meet the same trouble and name it.
                log.warning(
                    "model_abilities_unknown", model=self.model, reason=type(error).__name__
                )
                return frozenset()
            self._capabilities = frozenset(shown.capabilities or ())
            self._size_b = _billions(shown.details.parameter_size if shown.details else None)
            self._prompts_kept = int((shown.modelinfo or {}).get(PROMPTS_KEPT, 1))
            if self.keeps_prompts:
                self.temperature = BUILT_IN_TEMPERATURE
            log.info("model_abilities", model=self.model, abilities=sorted(self._capabilities))
        return self._capabilities

    async def aclose(self) -> None:
        """Close the connections."""
        await self._async_client._client.aclose()  # the client's own close() has no types
        self._client._client.close()

    def _convert_messages_to_ollama_messages(
        self, messages: list[BaseMessage]
    ) -> Sequence[ollama.Message]:
        converted: Sequence[Any] = super()._convert_messages_to_ollama_messages(messages)
        names = {
            call["id"]: call["name"]
            for message in messages
            if isinstance(message, AIMessage)
            for call in message.tool_calls
        }
        for message, wire in zip(messages, converted, strict=True):
            wire.pop("thinking", None)
            if isinstance(message, ToolMessage):
                wire["tool_name"] = message.name or names.get(message.tool_call_id, "")
        return converted


def build_model(
    settings: GraphSettings, *, base_url: str | None = None, model: str | None = None
) -> WasapChat:
    """The model of the settings; `base_url` and `model` where the built-in one stands in.

    Opens no connection.
    """
    url = base_url or str(settings.ollama_base_url)
    return WasapChat(
        model=model or settings.ollama_model,
        base_url=url,
        num_ctx=settings.ollama_num_ctx,
        num_predict=NUM_PREDICT,
        temperature=TEMPERATURE,
        repeat_penalty=REPEAT_PENALTY,
        repeat_last_n=REPEAT_LAST_N,
        keep_alive=read_keep_alive(settings.ollama_keep_alive),
        answer_timeout_s=settings.ollama_answer_timeout_s,
        client_kwargs=client_options(url, settings.ollama_timeout_s),
        async_client_kwargs=own_connections(url),
    )


def _billions(size: str | None) -> float:
    """Of "1.5B" or "135M"; infinite where it cannot be read."""
    try:
        return float(str(size)[:-1]) * UNITS_B[str(size)[-1:].upper()]
    except (ValueError, KeyError):
        return math.inf


def answer_tokens(num_ctx: int) -> int:
    """Room in the window that the answer needs."""
    return min(NUM_PREDICT, num_ctx // 4)


def wire_schemas(tools: Sequence[BaseTool]) -> list[dict[str, Any]]:
    """The tools as the model is told about them, in the order given."""
    return [convert_to_openai_tool(tool) for tool in tools]


def read_keep_alive(value: str) -> int | str:
    """Ollama reads "30m" as a string, but a bare number such as -1 only as a number."""
    try:
        return int(value)
    except ValueError:
        return value


def own_connections(url: str) -> dict[str, Any]:
    """Of an async client, beside `client_options`: none where a proxy may have to be asked, or a
    certificate."""
    parts = urlsplit(url)
    is_plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    return {"transport": Connections(verify=False)} if is_plain else {}


def client_options(url: str, read_timeout_s: float) -> dict[str, Any]:
    parts = urlsplit(url)
    # Per read, not per answer: it covers loading the model and reading the prompt, then each token.
    timeout = httpx.Timeout(connect=5, read=read_timeout_s, write=30, pool=5)
    options: dict[str, Any] = {"timeout": timeout}
    if parts.scheme == "http":
        options["verify"] = False  # nothing to verify, and the TLS context costs 40 ms
    if parts.hostname in LOOPBACK:
        options["trust_env"] = False  # a proxy cannot reach this machine's loopback
    return options
