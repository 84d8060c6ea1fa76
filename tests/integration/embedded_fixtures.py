"""The built-in server as its clients see it: a real process on loopback, with SmolLM2-135M."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

from rich.console import Console

from app.embedded.catalogue import catalogue
from app.embedded.fetch import fetch
from app.embedded.progress import report_on
from app.embedded.settings import EmbeddedSettings

MODEL = "smollm2-135m"
NUM_CTX = 1024
START_TIMEOUT_S = 30
HOME = Path(__file__).resolve().parents[2]


def small_model() -> Path:
    """SmolLM2-135M from MODELS_DIR, fetched through the catalogue the first time."""
    weights = catalogue().get(MODEL)
    with report_on(Console(stderr=True), weights.name, weights.size_bytes) as report:
        return fetch(weights, EmbeddedSettings().models_dir, report=report)


@dataclass
class Process:
    """A running `python -m app.embedded`."""

    base_url: str
    popen: subprocess.Popen[str]
    log: Queue[dict[str, object]]

    def wait_for(self, action: str, timeout_s: float = 20) -> dict[str, object]:
        """The next log line with this action."""
        try:
            while (line := self.log.get(timeout=timeout_s)).get("action") != action:
                pass
        except Empty:
            raise AssertionError(f"{action} was not logged") from None
        return line


@contextmanager
def embedded_process(
    *,
    model: str = MODEL,
    models_dir: Path | None = None,
    num_ctx: int = NUM_CTX,
    threads: int = 1,
    flags: Sequence[str] = (),
) -> Iterator[Process]:
    """Start the server on a free port, wait until it listens, end it afterwards.

    One thread: llama.cpp's spin while they wait for each other, which beside the other test worker
    is many times slower.
    """
    command = [sys.executable, "-m", "app.embedded", "--port", "0", "--model", model]
    command += ["--num-ctx", str(num_ctx), "--threads", str(threads), "--exit-with-parent", *flags]
    folder = models_dir or EmbeddedSettings().models_dir
    popen = subprocess.Popen(
        command,
        cwd=HOME,
        env={**os.environ, "MODELS_DIR": str(folder), "LOG_LEVEL": "INFO", "LOG_FORMAT": "json"},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines: Queue[dict[str, object]] = Queue()
    reader = threading.Thread(target=_read_log, args=(popen, lines))
    reader.start()
    try:
        process = Process("", popen, lines)
        process.base_url = f"http://127.0.0.1:{process.wait_for('embedded_listening')['port']}"
        yield process
    finally:
        popen.terminate()
        popen.wait(timeout=START_TIMEOUT_S)
        reader.join()
        assert popen.stdin is not None
        popen.stdin.close()
        assert popen.stderr is not None
        popen.stderr.close()


def _read_log(popen: subprocess.Popen[str], lines: Queue[dict[str, object]]) -> None:
    assert popen.stderr is not None
    for line in popen.stderr:
        if line.startswith("{"):
            lines.put(json.loads(line))
        else:
            sys.stderr.write(line)
