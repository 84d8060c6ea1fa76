"""`wasap demo` as a person or a script runs it, with a scripted Ollama behind the real server."""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from app.demo.browser import has_screen
from graph.prompts import Prompts
from tests.fake_ollama import FakeOllama, fail, hang

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 60.0
MESSAGES = Prompts(ROOT / "prompts")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def fake() -> Iterator[FakeOllama]:
    with FakeOllama().serve() as running:
        yield running


@pytest.fixture
def demo_env(fake: FakeOllama, tmp_path: Path) -> Iterator[dict[str, str]]:
    folder = tmp_path / "demo"
    env = {
        **os.environ,
        "OLLAMA_BASE_URL": fake.url,
        "OLLAMA_MODEL": "qwen3:8b",
        "OWNER_LANGUAGE": "es",
        "OLLAMA_WARM_UP": "false",  # the script is for what is said
        "WASAP_DEMO_DIR": str(folder),
        "WASAP_DEMO_BROWSER": "no",  # a developer's would open at every test
        "TERM": "xterm",
        "COLUMNS": "200",
    }
    yield env
    assert processes_of(folder) == []


def processes_of(folder: Path) -> list[int]:
    """The processes that were started for this folder and still run."""
    mark = f"WASAP_DEMO_DIR={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):  # it ended, or it is not ours
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


def simulator_of(folder: Path) -> str:
    """The address of the stand-in for Meta that runs for this folder."""
    lines = [Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in processes_of(folder)]
    line = next(line for line in lines if "app.simulator" in line)
    port = next(word.removeprefix("--port=") for word in line if word.startswith("--port="))
    return f"http://127.0.0.1:{port}"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", "demo", *arguments]


def run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )


REAL_ACCOUNT = {
    "WHATSAPP_ACCESS_TOKEN": "the-real-token",
    "GRAPH_API_URL": "http://127.0.0.1:9",
    "ALLOWED_NUMBERS": "34600111222",
    "DATA_DIR": "/nonexistent/real",
}


def test_one_question_one_answer_on_standard_output_and_no_real_account_is_used(
    fake: FakeOllama, demo_env: dict[str, str]
) -> None:
    fake.script("Son **423**.")
    done = run(demo_env | REAL_ACCOUNT, "¿Cuánto es el 18% de 2350?")
    assert (done.returncode, done.stdout) == (0, "Son *423*.\n"), done.stderr
    assert "¿Cuánto es el 18% de 2350?" in fake.chats[0]["messages"][-1]["content"]


def test_a_short_conversation_where_there_is_no_terminal(
    fake: FakeOllama, demo_env: dict[str, str]
) -> None:
    fake.script("¡Hola! Acá estoy.", "Son 423.")
    done = run(demo_env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Vos: ¡Hola! ¿Cómo estás?",
        "WasAP: ¡Hola! Acá estoy.",
        "Vos: ¿Cuánto es el 18% de 2350?",
        "WasAP: Son 423.",
    ]


def test_it_speaks_the_owners_language(fake: FakeOllama, demo_env: dict[str, str]) -> None:
    done = run(demo_env | {"OWNER_LANGUAGE": "en"})
    assert done.stdout.startswith("You: Hi! How are you?\n")


def test_a_model_that_was_away_is_waited_for(fake: FakeOllama, demo_env: dict[str, str]) -> None:
    fake.script(*[fail(500)] * 2)
    fake.fallback = "Ya volví."
    done = run(demo_env, "hola")
    assert (done.returncode, done.stdout) == (0, "Ya volví.\n"), done.stderr


def test_a_server_that_cannot_start_says_why(demo_env: dict[str, str]) -> None:
    done = run(demo_env | {"BURST_WINDOW_S": "mucho"}, "hola")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "BURST_WINDOW_S" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_cannot_be_used_is_named(demo_env: dict[str, str]) -> None:
    done = run(demo_env | {"OWNER_TIMEZONE": "Mars/Olympus"}, "hola")
    assert done.returncode == 1
    assert "OWNER_TIMEZONE" in done.stderr
    assert "Traceback" not in done.stderr


def test_weights_that_cannot_be_fetched_end_it_with_a_sentence(
    demo_env: dict[str, str], tmp_path: Path
) -> None:
    env = demo_env | {"MODELS_DIR": str(tmp_path / "models"), "EMBEDDED_MODEL": "no-such-model"}
    del env["OLLAMA_BASE_URL"]
    done = run(env, "hola")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "No se pudo bajar el modelo incluido" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_in_the_middle_of_an_answer_leaves_nothing_running(
    fake: FakeOllama, demo_env: dict[str, str], number: signal.Signals
) -> None:
    fake.script(hang())
    process = subprocess.Popen(
        command("hola"),
        env=demo_env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # A suite in the background ignores SIGINT, and its children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    fake.wait_for_chats(1, DEADLINE_S)
    assert len(processes_of(Path(demo_env["WASAP_DEMO_DIR"]))) >= 3
    process.send_signal(number)
    output, _ = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, output) == (130, b"")


class Terminal:
    """A demo with a terminal of its own."""

    def __init__(self, env: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command(), env=env, cwd=ROOT, stdin=slave, stdout=slave, stderr=slave
        )
        os.close(slave)
        self._raw = b""
        self._looked_up_to = 0  # characters of what is on the screen

    def wait_for(self, text: str) -> None:
        """Read until this shows up after what was waited for before."""
        deadline = time.monotonic() + DEADLINE_S
        while (found := self._screen().find(text, self._looked_up_to)) < 0:
            left = deadline - time.monotonic()
            assert left > 0, f"no {text!r} in {self._screen()[self._looked_up_to :]!r}"
            if select.select([self._master], [], [], left)[0]:
                self._raw += os.read(self._master, 4096)
        self._looked_up_to = found + len(text)

    def _screen(self) -> str:
        # A read may end in the middle of a letter.
        return ESCAPES.sub("", self._raw.decode(errors="ignore"))

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def ended(self) -> int:
        """Wait for the end, reading so that nothing blocks, and give the exit code."""
        with contextlib.suppress(OSError):  # Linux: EIO when the other side is gone
            while os.read(self._master, 4096):
                pass
        return self.process.wait(DEADLINE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.process.terminate()
        self.process.wait(DEADLINE_S)
        os.close(self._master)


def test_a_chat_in_a_terminal_that_remembers_the_last_one(
    fake: FakeOllama, demo_env: dict[str, str]
) -> None:
    fake.fallback = lambda body: f"Oí {len(body['messages'])} mensajes."
    with Terminal(demo_env) as first:
        first.wait_for("qwen3:8b")  # who answers is said first
        first.wait_for("Vos: ")
        first.type("hola, ¿estás?\n")
        first.wait_for("WasAP: Oí ")
        first.wait_for("Vos: ")
        first.type("/recordar soy celíaca\n")
        first.wait_for("WasAP: Listo, lo recuerdo")
        first.wait_for("Vos: ")
        first.type("/salir\n")
        first.wait_for("Hasta luego")
        assert first.ended() == 0

    with Terminal(demo_env) as second:
        second.wait_for("Seguimos la conversación anterior")
        second.wait_for("Vos: hola, ¿estás?")
        second.wait_for("Vos: /recordar soy celíaca")
        second.wait_for("Vos: ")
        second.type("/memorias\n")
        second.wait_for("soy celíaca")
        second.wait_for("Vos: ")
        second.type("\x04")  # Ctrl-D
        second.wait_for("Hasta luego")
        assert second.ended() == 0


def test_the_page_of_the_chat_is_named_and_opens_where_there_is_a_screen(
    demo_env: dict[str, str], tmp_path: Path
) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.new && mv {opened}.new {opened}\n')
    browser.chmod(0o755)
    screen = {"DISPLAY": ":99", "BROWSER": str(browser), "SSH_CONNECTION": ""}
    with Terminal(demo_env | screen | {"WASAP_DEMO_BROWSER": "yes"}) as demo:
        demo.wait_for("en el navegador: http://127.0.0.1:")
        demo.wait_for("Vos: ")
        deadline = time.monotonic() + DEADLINE_S
        while not opened.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        page = httpx.get(opened.read_text().strip(), trust_env=False)
        assert page.status_code == 200
        assert "<title>WasAP" in page.text
        demo.type("/salir\n")
        assert demo.ended() == 0


@pytest.mark.parametrize(
    ("environment", "platform", "has"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "linux", False),
    ],
)
def test_where_there_is_a_screen(environment: dict[str, str], platform: str, has: bool) -> None:
    assert has_screen(environment, platform) is has


@pytest.fixture
def open_question(fake: FakeOllama, demo_env: dict[str, str]) -> None:
    """A demo was stopped in the middle of an answer, which comes in the next run."""
    fake.script(hang())
    first = subprocess.Popen(
        command("pregunta vieja"),
        env=demo_env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    fake.wait_for_chats(1, DEADLINE_S)
    first.terminate()
    first.wait(DEADLINE_S)

    def say(body: dict[str, Any]) -> str:
        if "pregunta nueva" in str(body["messages"][-1]):
            return "Va la nueva."
        # On its way for so long that the ticks of the new question come first.
        slow = {"kind": "slow", "on": "send", "delay_s": 1.0}
        simulator = simulator_of(Path(demo_env["WASAP_DEMO_DIR"]))
        httpx.post(f"{simulator}/_control/faults", json=slow, trust_env=False).raise_for_status()
        return "Va la vieja."

    fake.fallback = say


@pytest.mark.usefixtures("open_question")
def test_an_answer_left_from_the_last_run_is_not_taken_for_the_new_one(
    demo_env: dict[str, str],
) -> None:
    done = run(demo_env, "pregunta nueva")
    assert done.stdout == "Va la nueva.\n", done.stderr


@pytest.mark.usefixtures("open_question")
def test_a_chat_shows_the_answer_left_from_the_last_run_before_the_new_one(
    demo_env: dict[str, str],
) -> None:
    with Terminal(demo_env) as demo:
        demo.wait_for("Vos: ")
        demo.wait_for("Vos: ")  # the first is the question that was left
        demo.type("pregunta nueva\n")
        demo.wait_for("WasAP: Va la vieja.")
        demo.wait_for("WasAP: Va la nueva.")
        demo.wait_for("Vos: ")
