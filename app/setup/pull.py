"""Has Ollama pull models, and shows how far it is."""

import json
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import httpx
from rich.console import Console

from app.embedded.progress import report_on
from app.errors import WasapError
from graph.settings import GraphSettings
from tools.certificates import authorities

SILENCE_S = 300.0  # Ollama checks the sum of a large file without a word
CONNECT_S = 5.0
TOLD_BYTES = 1_000_000  # layers below it are licences and parameters


class PullFailed(Exception):
    """In Ollama's words."""


def pull_missing(console: Console, settings: GraphSettings) -> None:
    """Blocks until Ollama has all models that the settings name; what it has stays as it is.

    Raises WasapError when some could not be pulled; the others are there then.
    """
    base_url = str(settings.ollama_base_url).rstrip("/")
    names = (settings.ollama_model, settings.ollama_embed_model, settings.ollama_vision_model)
    failed = []
    for model in dict.fromkeys(names):
        try:
            if _is_there(base_url, model):
                console.print(f"{model} is here", highlight=False)
                continue
            console.print(f"pulling {model}", highlight=False)
            pull(console, base_url, model)
        except PullFailed as error:
            failed.append(f"{model} could not be pulled from {base_url}: {error}")
    if failed:
        raise WasapError("\n".join(failed))
    console.print("all models are here", highlight=False)


def pull(console: Console, base_url: str, model: str) -> None:
    """Blocks until the model is there. Raises PullFailed; Ollama goes on where it stopped."""
    layers = (step for step in _steps(base_url, model) if step.get("total", 0) >= TOLD_BYTES)
    for total, steps in groupby(layers, key=itemgetter("total")):  # one layer after the other
        with report_on(console, model, total) as report:
            for step in steps:
                report.at(step.get("completed", 0))


def _is_there(base_url: str, model: str) -> bool:
    try:
        with httpx.Client(timeout=CONNECT_S, trust_env=False, verify=authorities()) as http:
            return http.post(f"{base_url}/api/show", json={"model": model}).is_success
    except httpx.HTTPError as error:
        raise PullFailed(type(error).__name__) from error


def _steps(base_url: str, model: str) -> Iterator[dict[str, Any]]:
    timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S)
    done = False
    try:
        with (
            httpx.Client(timeout=timeout, trust_env=False, verify=authorities()) as http,
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
