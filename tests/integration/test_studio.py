"""LangGraph Studio's server takes our graph as it is: `langgraph dev` on loopback."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from graph.settings import HOME
from tests.fake_ollama import FakeOllama, tool_call
from tests.stack import free_port

START_TIMEOUT_S = 60
NODES = {"route", "command", "retrieve_memory", "agent", "tool_executor", "summarize"}


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama().serve() as running:
        yield running


@pytest.fixture
def studio(ollama: FakeOllama, tmp_path: Path) -> Iterator[httpx.Client]:
    """`langgraph dev` with the repository's langgraph.json, its state in a folder of its own."""
    for name in ("langgraph.json", "graph", "tools", "store", "prompts"):
        (tmp_path / name).symlink_to(HOME / name)
    port = free_port()
    command = [Path(sys.executable).with_name("langgraph"), "dev", "--no-browser", "--no-reload"]
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path / "data"),
        "OLLAMA_BASE_URL": ollama.url,
        "OLLAMA_MODEL": "qwen3:8b",
        "OWNER_LANGUAGE": "es",
        "LANGSMITH_TRACING": "false",
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            cwd=tmp_path,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False
            ) as client:
                wait_until_up(client, process, tmp_path / "log")
                yield client
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_until_up(client: httpx.Client, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """The server tells nobody when it is ready, so it is asked until it answers."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if client.get("/ok").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"langgraph dev did not start:\n{log.read_text(errors='replace')[-3000:]}")


def test_studio_shows_the_six_nodes_and_runs_a_thread(
    studio: httpx.Client, ollama: FakeOllama
) -> None:
    assistant = studio.post("/assistants/search", json={}).json()[0]["assistant_id"]
    drawing = studio.get(f"/assistants/{assistant}/graph").json()
    shown = {node["id"] for node in drawing["nodes"]}
    assert shown == {*NODES, "__start__", "__end__"}

    thread = studio.post("/threads", json={}).json()["thread_id"]
    ollama.script(tool_call("calculator", expression="18% de 2350"), "Son 423.")

    def say(text: str) -> dict[str, object]:
        given = {"messages": [{"role": "user", "content": text}]}
        run = {"assistant_id": assistant, "input": given}
        return dict(studio.post(f"/threads/{thread}/runs/wait", json=run).json())

    assert say("/remember soy celíaca")["reply"] == "Listo, lo recuerdo: soy celíaca"
    answer = say("¿Cuánto es el 18% de 2350?")
    assert answer["reply"] == "Son 423."
    # The command left no message; the tool call and its result are there to be looked at.
    messages = answer["messages"]
    assert isinstance(messages, list)
    assert [message["type"] for message in messages] == ["human", "ai", "tool", "ai"]
    assert messages[2]["content"] == "423"
    assert "soy celíaca" in messages[0]["content"]
