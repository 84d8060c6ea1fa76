"""Ollama's HTTP API. The shapes: https://github.com/ollama/ollama/blob/main/docs/api.md"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import aclosing, asynccontextmanager
from importlib.metadata import version
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from app.embedded.embedder import Embedder
from app.embedded.engine import Engine, EngineOptions
from app.embedded.errors import ApiError
from app.embedded.reply import NS_PER_S, Line, Reply, chat_shape, collected, generate_shape
from app.embedded.served import Served, Shelf
from app.embedded.wire import (
    Asking,
    ChatRequest,
    EmbedRequest,
    GenerateRequest,
    Prompt,
    ShowRequest,
    chat_prompt,
    generate_prompt,
    parse,
)

log = structlog.get_logger()

NDJSON = "application/x-ndjson"
ELSEWHERE = (
    "the built-in model server cannot {verb}: use `wasap model fetch`, or install Ollama"
    " (https://ollama.com) and set OLLAMA_BASE_URL"
)
CLIENT_GONE = 499  # nobody reads it


class OllamaApi:
    """The endpoints, over one engine, one embedder and the models on the shelf."""

    def __init__(self, shelf: Shelf, options: EngineOptions, *, rescues: bool) -> None:
        self._shelf = shelf
        self._rescues = rescues
        self._engine = Engine(options)
        self._embedder = Embedder(threads=options.threads)

    async def close(self) -> None:
        """Stop the engine and free the memory."""
        await self._engine.close()
        self._embedder.close()

    async def alive(self, _: Request) -> Response:
        """What browsers and health checks see."""
        return PlainTextResponse("Ollama is running")

    async def version(self, _: Request) -> Response:
        """A version that tells this server from Ollama."""
        return JSONResponse({"version": f"{version('wasap')}-wasap-embedded"})

    async def tags(self, _: Request) -> Response:
        """The models that can answer."""
        return JSONResponse({"models": [served.entry() for served in self._shelf.all()]})

    async def show(self, request: Request) -> Response:
        """What one model is and can do."""
        asked = parse(ShowRequest, await request.body())
        return JSONResponse(self._model(asked.model or asked.name).show())

    async def ps(self, _: Request) -> Response:
        """The model in memory."""
        engine = self._engine
        if engine.model is None:
            return JSONResponse({"models": []})
        expires = engine.expires_at.isoformat() if engine.expires_at else "9999-12-31T23:59:59Z"
        loaded = {
            **engine.model.entry(),
            "expires_at": expires,
            "size_vram": 0,
            "context_length": engine.options.num_ctx,
        }
        return JSONResponse({"models": [loaded]})

    async def chat(self, request: Request) -> Response:
        """One answer to a conversation."""
        asked = parse(ChatRequest, await request.body())
        model = self._talker(asked.model, "chat")
        if not asked.messages:
            return await self._load_or_unload(asked, model, chat_shape)
        prompt = chat_prompt(asked, model, num_ctx=self._engine.options.num_ctx)
        offered = prompt.offered if self._rescues else frozenset()
        reply = Reply(asked.model, chat_shape, offered)
        return await self._answer(request, asked, model, prompt, reply)

    async def generate(self, request: Request) -> Response:
        """One answer to one prompt."""
        asked = parse(GenerateRequest, await request.body())
        model = self._talker(asked.model, "generate")
        if not asked.prompt:
            return await self._load_or_unload(asked, model, generate_shape)
        prompt = generate_prompt(asked, model, num_ctx=self._engine.options.num_ctx)
        return await self._answer(request, asked, model, prompt, Reply(asked.model, generate_shape))

    async def embed(self, request: Request) -> Response:
        """Vectors."""
        began = time.perf_counter()
        asked = parse(EmbedRequest, await request.body())
        model = self._model(asked.model)
        if model.chats:
            raise ApiError(400, f'"{model.name}" does not support embeddings')
        inputs = [asked.input] if isinstance(asked.input, str) else asked.input
        vectors, tokens = await self._embedder.embed(inputs, dimensions=asked.dimensions)
        return JSONResponse(
            {
                "model": asked.model,
                "embeddings": vectors,
                "total_duration": int((time.perf_counter() - began) * NS_PER_S),
                "load_duration": 0,
                "prompt_eval_count": tokens,
            }
        )

    async def elsewhere(self, request: Request) -> Response:
        """Pulling, making and deleting models belong to the catalogue, or to a real Ollama."""
        verb = request.url.path.rsplit("/", 1)[-1]
        raise ApiError(501, ELSEWHERE.format(verb=verb))

    def _model(self, name: str) -> Served:
        if not name:
            raise ApiError(400, "model is required")
        served = self._shelf.get(name)
        if served is None:
            raise ApiError(404, f"model '{name}' not found")
        return served

    def _talker(self, name: str, verb: str) -> Served:
        model = self._model(name)
        if not model.chats:
            raise ApiError(400, f'"{model.name}" does not support {verb}')
        return model

    async def _load_or_unload(self, asked: Asking, model: Served, shape: Any) -> Response:
        """An empty request loads the model, or unloads it with `"keep_alive": 0`."""
        if asked.keep_alive_s:
            await self._engine.load(model, keep_alive_s=asked.keep_alive_s)
        elif self._engine.model is not None and self._engine.model.digest == model.digest:
            await self._engine.unload()
        reason = "load" if asked.keep_alive_s else "unload"
        line = Reply(asked.model, shape).line(**shape(""), done=True, done_reason=reason)
        return JSONResponse(line)

    async def _answer(
        self, request: Request, asked: Asking, model: Served, prompt: Prompt, reply: Reply
    ) -> Response:
        chunks = self._engine.generate(model, prompt, keep_alive_s=asked.keep_alive_s)
        lines = reply.lines(chunks)
        if not asked.streamed:
            return JSONResponse(await _unless_gone(request, _collect(lines)))
        # The status waits for the first line, so that a refusal is not a 200.
        try:
            first = await _unless_gone(request, anext(lines))
        except (ApiError, ClientDisconnect):
            await lines.aclose()
            raise
        return StreamingResponse(_ndjson(first, lines), media_type=NDJSON)


async def _collect(lines: AsyncGenerator[Line, None]) -> Line:
    async with aclosing(lines):
        return await collected(lines)


async def _ndjson(first: Line, lines: AsyncGenerator[Line, None]) -> AsyncIterator[bytes]:
    async with aclosing(lines):
        yield _encoded(first)
        try:
            async for line in lines:
                yield _encoded(line)
        except ApiError as error:  # too late for a status
            yield _encoded({"error": error.text})


def _encoded(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


async def _unless_gone(request: Request, work: Awaitable[Line]) -> Line:
    """Await `work`, but stop it when the client hangs up. Raises ClientDisconnect then."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_hang_up(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        gone.cancel()
        task.cancel()
        await asyncio.wait({task, gone})


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _api_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, ApiError):
        raise error
    return JSONResponse({"error": error.text}, status_code=error.status)


async def _http_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"error": error.detail}, status_code=error.status_code)


async def _client_gone(_: Request, __: Exception) -> Response:
    log.info("client_gone")
    return Response(status_code=CLIENT_GONE)


def create_app(shelf: Shelf, options: EngineOptions, *, rescues: bool = True) -> Starlette:
    """The server as an ASGI application. `rescues`: calls written as text become real ones."""
    api = OllamaApi(shelf, options, rescues=rescues)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await api.close()

    routes = [
        Route("/", api.alive),
        Route("/api/version", api.version),
        Route("/api/tags", api.tags),
        Route("/api/ps", api.ps),
        Route("/api/show", api.show, methods=["POST"]),
        Route("/api/chat", api.chat, methods=["POST"]),
        Route("/api/generate", api.generate, methods=["POST"]),
        Route("/api/embed", api.embed, methods=["POST"]),
        Route("/api/delete", api.elsewhere, methods=["DELETE"]),
        *(
            Route(f"/api/{verb}", api.elsewhere, methods=["POST"])
            for verb in ("pull", "push", "create", "copy")
        ),
    ]
    handlers = {
        ApiError: _api_error,
        HTTPException: _http_error,
        ClientDisconnect: _client_gone,
    }
    return Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
