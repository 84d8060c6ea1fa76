"""A scripted Ollama: its HTTP API on a free loopback port, with answers the test decides.

    with FakeOllama().serve() as ollama:
        ollama.script(tool_call("calculator", expression="18% of 2350"), "Son 423.")
        ...  # point OLLAMA_BASE_URL at ollama.url
        assert ollama.chats[0]["messages"][-1]["content"] == "..."

What is not scripted is answered by `fallback`. It speaks the wire of Ollama 0.12: NDJSON streams,
nanosecond durations, `{"error": ...}` bodies, 404 for a model that is not pulled, 400 for tools or
thinking asked of a model that has neither or for a `format` that is none; what is scripted for a
`format` has to keep to it. Also runs alone: `python -m tests.fake_ollama --port N`.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import math
import re
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from app.simulator.serving import BackgroundServer, drop_connection, server
from tests import fake_sight
from tests.ollama_answers import (
    NANOSECONDS,
    Answer,
    Json,
    answered,
    cut,
    drop,
    fail,
    final,
    hang,
    now,
    routed,
    say,
    stream,
    tool_call,
    tool_calls,
)

__all__ = [
    "Answer",
    "FakeOllama",
    "Json",
    "answered",
    "cut",
    "drop",
    "echo",
    "fail",
    "hang",
    "routed",
    "say",
    "tool_call",
    "tool_calls",
]

EMBEDDING_SIZE = 64
SIZE = re.compile(r":(\d+(?:\.\d+)?[bm])\b")  # of a model, in its name
DEFAULT_CAPABILITIES = ("completion", "tools")


def echo(body: Json) -> str:
    """A function for `fallback`: says what the owner wrote last, without WasAP's note."""
    return "re: " + str(body["messages"][-1]["content"]).split("\n\n[Nota: ")[0]


Script = Answer | str | Callable[[Json], "Answer | str"]


@dataclass(frozen=True)
class Call:
    """One request as it came in."""

    path: str
    body: Json
    at: float


@dataclass
class FakeOllama:
    """The fake. Change its fields before or while it runs; all methods are safe in any thread."""

    models: dict[str, Sequence[str]] = field(
        default_factory=lambda: {
            "qwen3:8b": DEFAULT_CAPABILITIES,
            "llava:7b": ("completion", "vision"),
            "embeddinggemma": ("embedding",),
        }
    )
    """What is pulled, with its capabilities."""
    library: dict[str, Sequence[str]] = field(default_factory=dict)
    """What can be pulled."""
    fallback: Script = "Entendido."
    """For calls beyond the script: an answer, a text, or a function of the request body."""
    sees: Script = "Una foto cualquiera."
    """For calls that show a picture: they take nothing from the script."""
    model_info: Json = field(default_factory=dict)
    """What /api/show tells beside what Ollama does."""
    calls: list[Call] = field(default_factory=list)
    loaded: dict[str, datetime] = field(default_factory=dict)
    """What is in memory and until when: a chat puts its model there for an hour."""
    url: str = ""
    _script: deque[Script] = field(default_factory=deque)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def script(self, *answers: Script) -> None:
        """Queue answers for the next chat calls, in order."""
        self._script.extend(answers)

    def forget(self) -> None:
        """Drop the script and the calls so far."""
        with self._changed:
            self._script.clear()
            self.calls.clear()

    @property
    def pictures(self) -> list[bytes]:
        """What it was shown so far."""
        return fake_sight.pictures(self.chats)

    @property
    def unused(self) -> int:
        """Scripted answers that nobody asked for."""
        return len(self._script)

    @property
    def chats(self) -> list[Json]:
        """The bodies of the chat calls so far."""
        return self.bodies("/api/chat")

    def bodies(self, path: str) -> list[Json]:
        """The bodies that came in at one path."""
        with self._changed:
            return [call.body for call in self.calls if call.path == path]

    def wait_for_chats(self, count: int, timeout_s: float = 20.0) -> list[Json]:
        """Block until this many chat calls came in, and give them. For async tests use a thread."""
        return self.wait_for("/api/chat", count, timeout_s)

    def wait_for(self, path: str, count: int, timeout_s: float = 20.0) -> list[Json]:
        """Block until this many calls came in at one path, and give their bodies."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.bodies(path)) >= count, timeout_s):
                seen = len(self.bodies(path))
                raise TimeoutError(f"{seen} calls of {path} in {timeout_s} s, not {count}")
            return self.bodies(path)

    @contextlib.contextmanager
    def serve(self, port: int = 0) -> Iterator["FakeOllama"]:
        """Run in a thread; `url` says where."""
        self._stopping.clear()
        with BackgroundServer(self.app(), port=port) as running:
            self.url = running.url
            try:
                yield self
            finally:
                self._stopping.set()

    def app(self) -> Starlette:
        """The ASGI app."""
        return Starlette(
            routes=[
                Route("/", self._root),
                Route("/api/version", self._version),
                Route("/api/tags", self._tags),
                Route("/api/ps", self._ps),
                Route("/api/show", self._show, methods=["POST"]),
                Route("/api/chat", self._chat, methods=["POST"]),
                Route("/api/embed", self._embed, methods=["POST"]),
                Route("/api/pull", self._pull, methods=["POST"]),
            ]
        )

    async def _root(self, request: Request) -> Response:
        return PlainTextResponse("Ollama is running")

    async def _version(self, request: Request) -> Response:
        return JSONResponse({"version": "0.12.9"})

    async def _tags(self, request: Request) -> Response:
        return JSONResponse({"models": [_listed(_tagged(name)) for name in self.models]})

    async def _ps(self, request: Request) -> Response:
        await self._note(request)
        models = [
            {**_listed(_tagged(name)), "size_vram": 0, "expires_at": expiry.isoformat()}
            for name, expiry in self.loaded.items()
        ]
        return JSONResponse({"models": models})

    async def _show(self, request: Request) -> Response:
        body = await self._note(request)
        name = str(body.get("model") or body.get("name"))
        capabilities = self._capabilities(name)
        if capabilities is None:
            return _not_found(name)
        return JSONResponse(
            {
                "license": "Apache-2.0",
                "modelfile": f"FROM {name}",
                "parameters": "",
                "template": "{{ .Prompt }}",
                "details": _details(name),
                "model_info": {
                    "general.architecture": "fake",
                    "fake.context_length": 32768,
                    "fake.embedding_length": EMBEDDING_SIZE,
                    **self.model_info,
                },
                "capabilities": list(capabilities),
                "modified_at": now(),
            }
        )

    async def _pull(self, request: Request) -> Response:
        name = str((await self._note(request)).get("model"))
        return StreamingResponse(self._pulling(name), media_type="application/x-ndjson")

    async def _pulling(self, name: str) -> AsyncIterator[str]:
        yield json.dumps({"status": "pulling manifest"}) + "\n"
        if name not in self.library:
            yield json.dumps({"error": "pull model manifest: file does not exist"}) + "\n"
            return
        for part in range(5):
            layer = {"status": "pulling 6a0746a1ec1a", "digest": "sha256:6a0746a1ec1a"}
            yield json.dumps({**layer, "total": 4_000_000, "completed": part * 1_000_000}) + "\n"
        self.models[name] = self.library[name]
        yield json.dumps({"status": "success"}) + "\n"

    async def _embed(self, request: Request) -> Response:
        body = await self._note(request)
        name = str(body.get("model"))
        if self._capabilities(name) is None:
            return _not_found(name)
        given = body.get("input", [])
        texts = [given] if isinstance(given, str) else given
        return JSONResponse(
            {
                "model": name,
                "embeddings": [embedding(text) for text in texts],
                "total_duration": NANOSECONDS // 100,
                "load_duration": NANOSECONDS // 1000,
                "prompt_eval_count": sum(len(text.split()) for text in texts),
            }
        )

    async def _chat(self, request: Request) -> Response:
        body = await self._note(request)
        refused = self._refusal(body)
        if refused:
            return refused
        if not body.get("messages"):  # how Ollama is asked to load or unload a model
            reason = "unload" if body.get("keep_alive") == 0 else "load"
            return JSONResponse(final(body, Answer(done_reason=reason), content=""))
        self.loaded[str(body["model"])] = datetime.now(UTC) + timedelta(hours=1)
        answer = self._next(body)
        await self._wait(answer, request)
        if answer.drop:
            drop_connection(request)
            return Response()
        if answer.error and answer.error_after is None:
            return JSONResponse({"error": answer.error}, answer.status)
        if body.get("stream", True):
            return StreamingResponse(
                stream(body, answer, request), media_type="application/x-ndjson"
            )
        if answer.cut_after is not None:
            drop_connection(request)
        return JSONResponse(final(body, answer, content=answer.content))

    def _next(self, body: Json) -> Answer:
        if fake_sight.shown(body):
            scripted = self.sees
        else:
            scripted = self._script.popleft() if self._script else self.fallback
        answer = scripted(body) if callable(scripted) else scripted
        return say(answer) if isinstance(answer, str) else answer

    def _refusal(self, body: Json) -> Response | None:
        name = str(body.get("model"))
        capabilities = self._capabilities(name)
        if capabilities is None:
            return _not_found(name)
        form = body.get("format")
        if form and form != "json" and not isinstance(form, dict):
            expected = 'expected "json" or a valid JSON Schema object'
            return JSONResponse({"error": f'invalid format: "{form}"; {expected}'}, 400)
        has_images = any(message.get("images") for message in body.get("messages", []))
        asked = {"tools": body.get("tools"), "thinking": body.get("think"), "vision": has_images}
        for capability, wanted in asked.items():
            if wanted and capability not in capabilities:
                error = f'"{name}" does not support {capability}'
                return JSONResponse({"error": error}, 400)
        return fake_sight.refusal(body)

    def _capabilities(self, name: str) -> Sequence[str] | None:
        known = {_tagged(model): capabilities for model, capabilities in self.models.items()}
        return known.get(_tagged(name))

    async def _wait(self, answer: Answer, request: Request) -> None:
        if answer.delay_s:
            await asyncio.sleep(answer.delay_s)
        if answer.hold is None:
            return
        while not (answer.hold.is_set() or self._stopping.is_set()):
            if await request.is_disconnected():
                return
            await asyncio.sleep(0.01)

    async def _note(self, request: Request) -> Json:
        body = json.loads(await request.body() or b"{}")
        with self._changed:
            self.calls.append(Call(request.url.path, body, time.monotonic()))
            self._changed.notify_all()
        return dict(body)


def embedding(text: str) -> list[float]:
    """A unit vector; texts that share words are near each other."""
    vector = [0.0] * EMBEDDING_SIZE
    for word in text.lower().split():
        digest = hashlib.sha256(word.strip(".,;:¿?¡!").encode()).digest()
        vector[digest[0] % EMBEDDING_SIZE] += 1.0
    length = math.sqrt(sum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]


def _listed(name: str) -> Json:
    return {
        "name": name,
        "model": name,
        "modified_at": now(),
        "size": 1,
        "digest": hashlib.sha256(name.encode()).hexdigest(),
        "details": _details(name),
    }


def _details(name: str) -> Json:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": "fake",
        "families": ["fake"],
        "parameter_size": found[1].upper() if (found := SIZE.search(name)) else "8B",
        "quantization_level": "Q4_K_M",
    }


def _tagged(name: str) -> str:
    return name if ":" in name else f"{name}:latest"


def _not_found(name: str) -> Response:
    return JSONResponse({"error": f"model '{name}' not found"}, 404)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A fake Ollama that says one thing.")
    parser.add_argument("--port", type=int, default=11434)
    parser.add_argument("--say", default="Entendido.")
    arguments = parser.parse_args()
    server(FakeOllama(fallback=arguments.say).app(), port=arguments.port).run()
