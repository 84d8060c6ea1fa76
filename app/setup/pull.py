"""Has Ollama pull a model, and shows how far it is."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

SILENCE_S = 300.0  # Ollama checks the sum of a large file without a word
CONNECT_S = 5.0


class PullFailed(Exception):
    """In Ollama's words."""


def pull(console: Console, base_url: str, model: str) -> None:
    """Blocks until the model is there. Raises PullFailed; Ollama goes on where it stopped."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(model, total=None)
        for step in _steps(base_url, model):
            if "total" in step:  # of one layer; the model itself is by far the largest
                progress.update(task, total=step["total"], completed=step.get("completed", 0))


def _steps(base_url: str, model: str) -> Iterator[dict[str, Any]]:
    timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S)
    done = False
    try:
        with (
            httpx.Client(timeout=timeout, trust_env=False) as http,
            http.stream("POST", f"{base_url}/api/pull", json={"model": model}) as answer,
        ):
            for line in answer.iter_lines():
                step = json.loads(line) if line.strip() else {}
                if "error" in step:
                    raise PullFailed(str(step["error"]))
                done = done or step.get("status") == "success"
                yield step
            answer.raise_for_status()
    except (httpx.HTTPError, ValueError) as error:
        raise PullFailed(type(error).__name__) from error
    if not done:
        raise PullFailed("the stream ended early")
