"""llama.cpp in this process: one model in memory, loaded on demand and unloaded when idle."""

import asyncio
import contextlib
import gc
import math
import os
import secrets
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import structlog

from app.embedded.errors import ApiError
from app.embedded.fetch import verified
from app.embedded.fronts import Fronts, engine_client
from app.embedded.served import Served
from app.embedded.slots import SLOTS, Slots
from app.embedded.wire import DEFAULT_KEEP_ALIVE_S, Prompt

log = structlog.get_logger()

# Prompts that lost their slot wait here: 250 of 512 MiB are some five chats of 1,700 tokens.
PROMPT_CACHE_MIB = 512
# llama.cpp looks whether the client is still there between batches: 4 s at most on two cores.
BATCH_TOKENS = 256
MAX_THREADS = 8
LONGEST_KEEP_ALIVE_S = 10 * 365 * 86_400.0

Chunk = dict[str, Any]


@dataclass(frozen=True)
class EngineOptions:
    """How a model is loaded."""

    num_ctx: int
    threads: int
    slots: int = SLOTS
    cache: bool = True  # keep what is computed of a prompt for the next one
    fronts: Path | None = None  # where computed prompt fronts are kept; None keeps none


def usable_cores() -> int:
    """Cores this process may use. More threads than that are catastrophic: they spin."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with contextlib.suppress(OSError, ValueError):  # a container's share, such as "200000 100000"
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        cores = min(cores or 1, max(1, int(quota) // int(period)))
    return max(1, min(cores or 1, MAX_THREADS))


class Engine:
    """Generates text with the models it is handed."""

    def __init__(self, options: EngineOptions) -> None:
        self.options = options
        self.model: Served | None = None
        self.expires_at: datetime | None = None
        self._server: Any = None
        self._key = secrets.token_urlsafe(32)  # of the port that the engine opens on 127.0.0.1
        self._http: httpx.AsyncClient
        self._slots = Slots(options.slots)
        self._fronts = Fronts(options.fronts) if options.fronts else None
        self._reading = asyncio.Lock()  # a front is being computed: wait, rather than do it twice
        # A turnstile: whoever waits for another model to leave is not overtaken.
        self._door = asyncio.Lock()
        self._active = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._loading: asyncio.Task[None] | None = None
        self._uses = 0
        self._reaper: asyncio.TimerHandle | None = None
        self._background: set[asyncio.Task[None]] = set()
        self._jobs: set[_Job] = set()
        # One more thread than slots: to load and unload.
        self._threads = ThreadPoolExecutor(options.slots + 1, thread_name_prefix="engine")

    async def generate(
        self, model: Served, prompt: Prompt, *, keep_alive_s: float
    ) -> AsyncGenerator[Chunk, None]:
        """Chunks in OpenAI's streaming form, or one with `error`. Closing it stops the engine."""
        with contextlib.ExitStack() as undo:
            await self._enter(model)
            undo.callback(self._leave, keep_alive_s)
            slot = await self._slot_for(prompt, undo)
            body = {**prompt.body, "id_slot": slot, "cache_prompt": self.options.cache}
            # Progress chunks are how an abort is noticed while a long prompt is computed.
            body |= {"stream": True, "return_progress": True}
            job = _Job(self._server, body)
            self._jobs.add(job)
            undo.callback(self._jobs.discard, job)
            # Not before the engine has really stopped may the slot be used again.
            release = undo.pop_all().close
            job.start(self._threads, done=lambda: self._done(job, prompt, slot, release))
        try:
            async for chunk in job.chunks():
                yield chunk
        finally:
            job.stop()

    async def load(self, model: Served, *, keep_alive_s: float) -> None:
        """Have the model in memory."""
        await self._enter(model)
        self._leave(keep_alive_s)

    async def unload(self) -> None:
        """Give the memory back once nothing is being generated."""
        async with self._at_the_door():
            await self._idle.wait()
            await self._drop()

    async def close(self) -> None:
        """Stop everything and unload."""
        for job in self._jobs:
            job.stop()
        await self.unload()
        self._threads.shutdown(wait=False)

    async def _slot_for(self, prompt: Prompt, undo: contextlib.ExitStack) -> int:
        """A slot for the prompt, with its front in it when that was computed before."""
        await self._reading.acquire()
        if prompt.said:
            self._reading.release()
        else:
            undo.callback(self._reading.release)
        slot = await self._slots.acquire(prompt.front, prompt.head)
        undo.callback(self._slots.release, slot)
        # What served another front, as the one without tools, would read this one again from where
        # they part.
        if self._fronts is not None and not self._slots.holds(slot, prompt.static):
            await self._fronts.restore(self._http, slot, self._front_name(prompt))
        self._slots.serves(slot, prompt.front)
        return slot

    def _done(self, job: "_Job", prompt: Prompt, slot: int, release: Callable[[], object]) -> None:
        if prompt.said or self._fronts is None or not job.whole:
            release()
            return
        self._spawn(self._keep_front(self._fronts, prompt, slot, release), "embedded-front")

    async def _keep_front(
        self, fronts: Fronts, prompt: Prompt, slot: int, release: Callable[[], object]
    ) -> None:
        """Save a front that was computed, and give the other slots a copy."""
        name = self._front_name(prompt)
        try:
            if fronts.has(name) or await fronts.save(self._http, slot, name):
                for other in self._slots.empty():
                    if await fronts.restore(self._http, other, name):
                        self._slots.serves(other, prompt.front)
        finally:
            release()

    def _front_name(self, prompt: Prompt) -> str:
        assert self._fronts is not None and self.model is not None  # noqa: S101, PT018 - by callers
        return self._fronts.name(self.model.digest, self.options.num_ctx, prompt.static)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    @contextlib.asynccontextmanager
    async def _at_the_door(self) -> AsyncIterator[None]:
        async with self._door:
            if self._loading is not None:  # left behind by a client that hung up
                await asyncio.wait({self._loading})
            yield

    async def _enter(self, model: Served) -> None:
        """Load `model` unless it is there, and keep it from being unloaded."""
        async with self._at_the_door():
            if self.model is None or self.model.digest != model.digest:
                await self._idle.wait()
                self._loading = asyncio.create_task(self._replace(model), name="embedded-load")
                # Shielded: a thread cannot be stopped, and the next request will want the model.
                await asyncio.shield(self._loading)
            self._active += 1
            self._uses += 1
            self._idle.clear()

    def _leave(self, keep_alive_s: float) -> None:
        self._active -= 1
        if not self._active:
            self._idle.set()
            self._expire_in(keep_alive_s)

    def _expire_in(self, keep_alive_s: float) -> None:
        if self._reaper is not None:
            self._reaper.cancel()
        self._reaper = self.expires_at = None
        if math.isfinite(keep_alive_s):
            seconds = min(keep_alive_s, LONGEST_KEEP_ALIVE_S)
            self.expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
            loop = asyncio.get_running_loop()
            self._reaper = loop.call_later(seconds, self._expire, self._uses)

    def _expire(self, uses: int) -> None:
        self._spawn(self._unload_unless_used(uses), "embedded-unload")

    async def _unload_unless_used(self, uses: int) -> None:
        async with self._at_the_door():
            if self._uses == uses:
                await self._drop()

    async def _replace(self, model: Served) -> None:
        await self._drop()
        began = time.perf_counter()
        loop = asyncio.get_running_loop()
        self._server = await loop.run_in_executor(
            self._threads, _load, model, self.options, self._key
        )
        self._http = engine_client(self._server.listening_address, self._key)
        self.model = model
        self._expire_in(DEFAULT_KEEP_ALIVE_S)  # if the client hung up meanwhile
        log.info("model_loaded", model=model.name, seconds=round(time.perf_counter() - began, 1))

    async def _drop(self) -> None:
        if self._server is None:
            return
        name = self.model.name if self.model else ""
        server, self._server, self.model, self.expires_at = [self._server], None, None, None
        self._slots.forget()
        await self._http.aclose()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, _free, server)
        log.info("model_unloaded", model=name)


class _Job:
    """One generation: a thread inside llama.cpp, and a queue to the event loop."""

    def __init__(self, server: Any, body: Mapping[str, Any]) -> None:
        self._server = server
        self._body = dict(body)
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Chunk | None] = asyncio.Queue()
        self._stopped = threading.Event()
        self.whole = False  # it ran to its end, and no error came

    def start(self, threads: ThreadPoolExecutor, *, done: Callable[[], object]) -> None:
        future = self._loop.run_in_executor(threads, self._run)
        future.add_done_callback(lambda _: done())

    def stop(self) -> None:
        """Make the engine stop at its next token or batch."""
        self._stopped.set()

    async def chunks(self) -> AsyncIterator[Chunk]:
        while (chunk := await self._queue.get()) is not None:
            yield chunk

    def _run(self) -> None:
        handle = self._server.handle_completions
        if "messages" in self._body:
            handle = self._server.handle_chat_completions
        try:
            if not self._stopped.is_set():
                handle(self._body, self._on_chunk)
        except (RuntimeError, ValueError, TypeError) as error:
            self._put({"error": {"code": 500, "message": str(error)}})
        finally:
            self._server = None  # a finished job must not keep the engine in memory
            self._put(None)

    def _on_chunk(self, chunk: Chunk) -> bool:
        """Called by llama.cpp; True means stop."""
        if not self._stopped.is_set():
            self.whole = "error" not in chunk
            self._put(chunk)
            return False
        self.whole = False
        return True

    def _put(self, chunk: Chunk | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the process is ending
            self._loop.call_soon_threadsafe(self._queue.put_nowait, chunk)


def _load(model: Served, options: EngineOptions, key: str) -> Any:
    if model.weights is not None and not verified(model.weights, model.path):
        raise ApiError(
            500,
            f"the sha256 of {model.path.name} is wrong: run `wasap model fetch {model.name}`",
        )
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model.path)
    params.n_ctx = options.num_ctx * options.slots  # divided among them
    params.n_parallel = options.slots
    params.n_batch = params.n_ubatch = BATCH_TOKENS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options.threads
    params.cache_ram_mib = PROMPT_CACHE_MIB if options.cache else 0
    params.warmup = False
    params.verbosity = 0
    if options.fronts is not None:
        params.slot_save_path = f"{options.fronts}{os.sep}"
    # The engine opens a port of its own on 127.0.0.1, which only the fronts need: lock it.
    params.api_keys = [key]
    params.cors_origins = ""
    params.ui = False
    params.endpoint_slots = False
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ApiError(500, f"unable to load model: {model.path.name}: {error}") from error


def _free(holder: list[Any]) -> None:
    """Destroy the engine here, in a thread: it takes a moment."""
    holder.clear()
    gc.collect()
