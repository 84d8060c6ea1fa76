"""Pictures in words, by the model that Ollama has for them."""

import asyncio

import ollama
import structlog

from graph.errors import ModelBadReply, ModelBroke
from graph.model import CAPABILITIES_TIMEOUT_S, client_options, read_keep_alive
from graph.model_errors import CLIENT_ERRORS, model_error
from graph.settings import GraphSettings
from store import probes

log = structlog.get_logger(__name__)

NUM_PREDICT = 400  # tokens of a description; a model that runs away stops here
TEMPERATURE = 0.1  # llava makes things up at its own 0.8
ANSWER_TIMEOUT_S = 240.0  # for a whole description; a 7B without a graphics card takes two minutes


class OllamaVision:
    """The vision model of the owner's Ollama."""

    def __init__(self, settings: GraphSettings, *, base_url: str) -> None:
        """Opens no connection."""
        self.name = settings.ollama_vision_model
        self._client = ollama.AsyncClient(
            host=base_url, **client_options(base_url, settings.ollama_timeout_s)
        )
        self._keep_alive = read_keep_alive(settings.ollama_keep_alive)
        self._answer_timeout_s = min(settings.ollama_answer_timeout_s, ANSWER_TIMEOUT_S)
        self._options = {
            "num_ctx": settings.ollama_num_ctx,  # as the chat model's: they may be the same one
            "num_predict": NUM_PREDICT,
            "temperature": TEMPERATURE,
        }
        self._abilities: frozenset[str] = frozenset()

    async def can_see(self) -> bool:
        """Whether Ollama says that the model takes pictures; asked until it does.

        Raises:
            ModelError: ModelMissing where Ollama lacks it; others where nothing was said.
        """
        if "vision" not in self._abilities:
            try:
                async with asyncio.timeout(CAPABILITIES_TIMEOUT_S):
                    probes.reach("call:vision.show:before")
                    shown = await self._client.show(self.name)
                    probes.reach("call:vision.show:after")
            except CLIENT_ERRORS as error:
                raise model_error(error, model=self.name) from error
            self._abilities = frozenset(shown.capabilities or ())
            log.info("model_abilities", model=self.name, abilities=sorted(self._abilities))
        return "vision" in self._abilities

    async def describe(self, jpeg: bytes, request: str) -> str:
        """What the model says about a picture when it is asked `request`.

        Raises:
            ModelError: no description came; which one says why.
        """
        probes.reach("call:vision.chat:before")
        try:
            async with asyncio.timeout(self._answer_timeout_s):
                text = await self._ask(jpeg, request)
        except CLIENT_ERRORS as error:
            self._abilities = frozenset()  # the model behind the name may have been replaced
            raise model_error(error, model=self.name) from error
        probes.reach("call:vision.chat:after")
        if not text:
            raise ModelBadReply("an empty description", model=self.name)
        return text

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client._client.aclose()  # the client's own close() has no types

    async def _ask(self, jpeg: bytes, request: str) -> str:
        # Sent to a model without the ability `think` is an error; with it, the default is true.
        think = False if "thinking" in self._abilities else None
        message = ollama.Message(role="user", content=request, images=[ollama.Image(value=jpeg)])
        said, done = "", False
        # Streamed, so that the timeout of a read is for a sign of life and not for the whole.
        async for part in await self._client.chat(
            self.name,
            [message],
            stream=True,
            options=self._options,
            keep_alive=self._keep_alive,
            think=think,
        ):
            said += part.message.content or ""
            done = done or bool(part.done)
        if not done:
            raise ModelBroke("the stream ended before the description did", model=self.name)
        return said.strip()
