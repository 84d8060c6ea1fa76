"""`python -m app.embedded` as a process: how it starts, refuses to, and ends."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import ollama
import pytest

from tests.integration.embedded_fixtures import (
    HOME,
    MODEL,
    NUM_CTX,
    embedded_process,
    small_model,
)

DEADLINE_S = 30


def _run(*arguments: str, models_dir: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app.embedded", *arguments],
        cwd=HOME,
        env={**os.environ, "MODELS_DIR": str(models_dir)},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )


def test_a_missing_model_is_one_sentence(tmp_path: Path) -> None:
    done = _run("--port", "0", "--model", MODEL, models_dir=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"{MODEL} is not on this machine yet: run `wasap model fetch {MODEL}`."
    ]
    unknown = _run("--port", "0", "--model", "llama9", models_dir=tmp_path)
    assert unknown.returncode == 1
    assert unknown.stderr.startswith("There is no model called llama9")


def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"GGUF\x03\x00\x00\x00" + b"\xff" * 64)
    done = _run("--port", "0", "--model", str(wrong), models_dir=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"{wrong} is not a model in GGUF format."]


def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = _run("--port", port, "--model", MODEL, models_dir=small_model().parent)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"The built-in model cannot listen on 127.0.0.1:{port}: Address already in use."
    ]


@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_when_its_parent_is_gone(busy: bool) -> None:
    """Its standard input is a pipe of the parent's, which closes however the parent dies."""
    small_model()
    with embedded_process() as process:
        question = {"role": "user", "content": "Tell me a very long story."}
        body = {"model": MODEL, "messages": [question], "options": {"num_predict": 900}}
        with httpx.Client(base_url=process.base_url, timeout=DEADLINE_S, trust_env=False) as http:
            request = http.build_request("POST", "/api/chat", json=body)
            streams = [http.send(request, stream=True)] if busy else []
            assert process.popen.stdin is not None
            process.popen.stdin.close()
            assert process.popen.wait(timeout=DEADLINE_S) == 0
            for stream in streams:
                stream.close()


def test_any_gguf_file_can_be_served(tmp_path: Path) -> None:
    mine = tmp_path / "Mine.gguf"
    mine.symlink_to(small_model())
    with (
        embedded_process(model=str(mine)) as process,
        ollama.Client(host=process.base_url, trust_env=False) as client,
    ):
        listed = [model.model for model in client.list().models]
        assert listed[0] == "mine:latest"
        shown = client.show("mine").details
        assert shown is not None
        assert (shown.family, shown.parameter_size, shown.quantization_level) == (
            "llama",
            "135M",
            "Q4_1",
        )
        question = [{"role": "user", "content": "Say hello."}]
        for name in ("mine", "mine:latest", str(mine)):
            answer = client.chat(name, question, options={"num_predict": 4, "num_ctx": NUM_CTX})
            assert answer.message.content


def test_damaged_weights_are_not_used(tmp_path: Path) -> None:
    whole = small_model()
    damaged = tmp_path / whole.name
    damaged.write_bytes(whole.read_bytes()[:-1] + b"\x00")
    with (
        embedded_process(models_dir=tmp_path) as process,
        ollama.Client(host=process.base_url, trust_env=False) as client,
        pytest.raises(ollama.ResponseError, match=r"sha256 of .* is wrong"),
    ):
        client.chat(MODEL, [{"role": "user", "content": "hi"}])
