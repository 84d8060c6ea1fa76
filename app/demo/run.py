"""The demo from start to end: weights, processes, chat, and the way out."""

import contextlib
import importlib.util
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

import httpx
from rich.console import Console

from app.demo import terminal
from app.demo.children import Children
from app.demo.errors import CannotStart, DemoError
from app.demo.options import OWNER_NUMBER, DemoOptions
from app.demo.phone import Phone
from app.demo.session import Session
from app.embedded.catalogue import find_weights
from tools.certificates import authorities

SIMULATOR_DEADLINE_S = 30.0
SERVER_DEADLINE_S = 60.0
BRAIN_DEADLINE_S = 120.0
INTERRUPTED = 130


def run_demo(message: str | None) -> int:
    """Chat, or ask one thing; gives the exit code."""
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    message = (message or "").strip()
    try:
        options = DemoOptions.from_environment()
        with _signals_end_us():
            _weights(options, errors)
            with _running(options, errors) as session:
                if message:
                    return terminal.ask_one(session, message, errors)
                if sys.stdin.isatty() and sys.stdout.isatty():
                    return terminal.chat(session)
                return terminal.sample(session)
    except DemoError as error:
        errors.print(str(error), style="bold red", markup=False)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _weights(options: DemoOptions, errors: Console) -> None:
    """Fetch the weights of the built-in model when they are needed and not here."""
    settings = options.settings
    if options.own_ollama:
        return
    if importlib.util.find_spec("xllamacpp") is None:
        raise CannotStart(options.lines.no_engine)
    if find_weights(settings.models_dir, settings.embedded_model) is not None:
        return
    errors.print(options.lines.fetching)
    # Its standard output is not ours: only the answer goes there.
    fetch = subprocess.run(
        [sys.executable, "-m", "app.cli", "model", "fetch"], stdout=sys.stderr, check=False
    )
    if fetch.returncode:
        raise CannotStart(options.lines.no_weights)


@contextlib.contextmanager
def _running(options: DemoOptions, errors: Console) -> Iterator[Session]:
    """The simulator and the server, up and joined; both end with the block."""
    lines = options.lines
    children = Children(options.log_file, options.environment(), lines)
    phone = Phone(options.simulator_url)
    try:
        with errors.status(lines.starting) as status:
            _note(errors, lines.starting)
            children.start("simulator", "app.simulator", _simulator_arguments(options))
            children.start("server", "app.cli", ["serve"])
            start = _Start(options, children)
            start.wait_for("simulator", f"{options.simulator_url}/_control/health", _is_up)
            start.wait_for("server", f"{options.server_url}/health", _is_up, SERVER_DEADLINE_S)
            if not phone.verify_webhook():
                raise CannotStart(lines.not_verified.format(log=options.log_file))
            status.update(lines.loading)
            start.wait_for("server", f"{options.admin_url}/health", _has_brain, BRAIN_DEADLINE_S)
        yield Session(options, phone, children)
    except httpx.HTTPError:
        children.check()  # says which of them ended, and why
        raise
    finally:
        children.stop()
        phone.close()


def _simulator_arguments(options: DemoOptions) -> list[str]:
    return [
        f"--port={options.ports[0]}",
        f"--webhook-url={options.server_url}/webhook",
        f"--owner-number={OWNER_NUMBER}",
        f"--chat-file={options.folder / 'chat.jsonl'}",
    ]


class _Start:
    """Waits for the processes to come up."""

    def __init__(self, options: DemoOptions, children: Children) -> None:
        self._options = options
        self._children = children

    def wait_for(
        self,
        name: str,
        url: str,
        ready: Callable[[httpx.Response], bool],
        deadline_s: float = SIMULATOR_DEADLINE_S,
    ) -> None:
        """Return once `url` answers as `ready` wants. CannotStart: too late, or a child ended."""
        deadline = time.monotonic() + deadline_s
        with httpx.Client(timeout=2.0, trust_env=False, verify=authorities()) as http:
            while time.monotonic() < deadline:
                self._children.check()
                with contextlib.suppress(httpx.TransportError):
                    if ready(http.get(url)):
                        return
                time.sleep(0.1)
        raise CannotStart(
            self._options.lines.late.format(
                name=name, seconds=round(deadline_s), log=self._options.log_file
            )
        )


def _is_up(answer: httpx.Response) -> bool:
    return answer.is_success


def _has_brain(answer: httpx.Response) -> bool:
    return answer.is_success and bool(answer.json()["brain_ready"])


def _note(errors: Console, line: str) -> None:
    """What a spinner says, for those who cannot see one."""
    if not errors.is_terminal:
        errors.print(line)


@contextlib.contextmanager
def _signals_end_us() -> Iterator[None]:
    """SIGTERM and SIGHUP take the same way out as Ctrl-C, so that no process stays behind."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, _interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
