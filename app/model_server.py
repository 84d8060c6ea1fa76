"""Which model server answers: the owner's Ollama, or the built-in one as a child process."""

import asyncio
import contextlib
import importlib.util
import socket
import sys
from dataclasses import dataclass

import httpx
import structlog

from app.embedded.catalogue import find_weights
from app.settings import Settings

log = structlog.get_logger()

PROBE_TIMEOUT_S = 1.0
START_TIMEOUT_S = 60.0
RESTART_S = 2.0
STOP_TIMEOUT_S = 3.0


@dataclass(frozen=True)
class ModelServer:
    """Where ChatOllama finds its model."""

    base_url: str
    model: str
    embedded: bool


async def choose(settings: Settings) -> ModelServer | None:
    """The owner's Ollama, or None when the built-in model should be started.

    An OLLAMA_BASE_URL that was written down is meant: if it does not answer now it will later.
    """
    url = str(settings.ollama_base_url).rstrip("/")
    ollama = ModelServer(url, settings.ollama_model, embedded=False)
    if settings.embedded == "always":
        return None
    if settings.embedded == "never" or "ollama_base_url" in settings.model_fields_set:
        return ollama
    if await _answers(url) or not _can_embed(settings):
        return ollama
    return None


class EmbeddedServer:
    """The built-in model server in a process of its own: it may die, the webhook may not."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._port = _free_port()
        self._keeper: asyncio.Task[None] | None = None
        self.address = ModelServer(
            f"http://127.0.0.1:{self._port}", settings.embedded_model, embedded=True
        )

    async def start(self) -> None:
        """Start the child and keep it running; returns when it answers or START_TIMEOUT_S passed.

        A model that is late is like an Ollama that is down: turns wait for it.
        """
        log.warning(
            "embedded_model",
            model=self._settings.embedded_model,
            note="small built-in model; for better answers install Ollama and set OLLAMA_BASE_URL",
        )
        self._keeper = asyncio.create_task(self._keep(), name="embedded-server")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_TIMEOUT_S):
                while not await _answers(self.address.base_url):  # noqa: ASYNC110 - a process
                    await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """End the child."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "app.embedded",
                "--port",
                str(self._port),
                "--model",
                self._settings.embedded_model,
                "--num-ctx",
                str(self._settings.ollama_num_ctx),
                "--exit-with-parent",
                stdin=asyncio.subprocess.PIPE,  # its end tells the child that we are gone
            )
            try:
                code = await process.wait()
            finally:
                await _end(process)
            log.error("embedded_exited", code=code)
            await asyncio.sleep(RESTART_S)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _answers(base_url: str) -> bool:
    async with httpx.AsyncClient(timeout=PROBE_TIMEOUT_S, trust_env=False, verify=False) as http:  # noqa: S501 - plain http on loopback
        try:
            return (await http.get(f"{base_url}/api/version")).is_success
        except httpx.HTTPError:
            return False


def _can_embed(settings: Settings) -> bool:
    installed = importlib.util.find_spec("xllamacpp") is not None
    return installed and find_weights(settings.models_dir, settings.embedded_model) is not None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
