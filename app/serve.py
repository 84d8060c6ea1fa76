"""`wasap serve`: the public and the admin port in one process, and a clean end."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator

import structlog
import uvicorn
from fastapi import FastAPI

from app.errors import AlreadyRunning, SettingsError, WasapError
from app.main import Wasap
from app.settings import Settings
from store.errors import KeyRefused, StoreError
from store.instance import FolderInUse

log = structlog.get_logger()

SIGNALS = (signal.SIGINT, signal.SIGTERM)
BACKLOG = 2048  # connections waiting to be accepted


class _Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to us: there are two of them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(app: FastAPI) -> _Server:
    config = uvicorn.Config(
        app,
        lifespan="off",
        access_log=False,  # the verify token is in a query string
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    return _Server(config)


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Raises WasapError for what the owner can fix."""
    wasap = Wasap(settings)
    servers = [_server(wasap.public), _server(wasap.admin)]
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, ending.set)
    with contextlib.ExitStack() as sockets:
        public = sockets.enter_context(_listen(settings.host, settings.port, "PORT"))
        admin = sockets.enter_context(_listen("127.0.0.1", settings.admin_port, "ADMIN_PORT"))
        try:
            async with wasap.open():
                log.info("serving", port=public.getsockname()[1], admin=admin.getsockname()[1])
                await _run(wasap, dict(zip(servers, (public, admin), strict=True)), ending)
        except FolderInUse as error:
            raise AlreadyRunning(str(error)) from error
        except KeyRefused:
            raise  # `app.cli` says it in the owner's language
        except StoreError as error:
            raise WasapError(f"The database cannot be used: {error}") from error
    log.info("stopped")


def _listen(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise WasapError(f"{setting} {port} on {host} cannot be used: {error.strerror}") from error


async def _run(wasap: Wasap, servers: dict[_Server, socket.socket], ending: asyncio.Event) -> None:
    """Serve until `ending`, the end of a server, or a brain that does not load.

    What runs is finished before the ports close: meanwhile webhooks get their 503.
    """
    tasks = [asyncio.create_task(one.serve([sock])) for one, sock in servers.items()]
    loading = asyncio.create_task(wasap.loaded())
    for task in tasks:
        task.add_done_callback(lambda _: ending.set())
    loading.add_done_callback(lambda task: ending.set() if _failed(task) else None)
    try:
        await ending.wait()
        await wasap.finish()
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks)
        loading.cancel()
    if _failed(loading):
        cause = loading.exception()
        if isinstance(cause, SettingsError | KeyRefused):
            raise cause
        if not isinstance(cause, StoreError | WasapError):
            log.error("brain_not_loaded", exc_info=cause)
        raise WasapError(f"The assistant's brain did not load: {cause}") from cause


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None
