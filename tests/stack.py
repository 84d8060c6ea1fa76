"""The whole product on loopback: `wasap serve` as a process, the stand-in for Meta, a fake Ollama.

with Stack(tmp_path) as stack:
    stack.ollama.script("¡Hola!")
    stack.write("hola")
    assert stack.answers(1) == ["¡Hola!"]
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import httpx

from app.simulator import SimulatorConfig, create_app
from app.simulator.serving import BackgroundServer
from tests.fake_ollama import FakeOllama
from tests.lives import ROOT, Life, Nursery
from tools.certificates import authorities

OWNER = "5491122223333"
PHONE_NUMBER_ID = "106540352242922"
TOKEN = "canary-access-token"
SECRET = "canary-app-secret"
VERIFY = "canary-verify-token"

START_TIMEOUT_S = 30.0
# Where lives are forked from; None (all but the tests): every start is one from nothing.
NURSERY: Nursery | None = None
ANSWER_TIMEOUT_S = 30.0
COMMAND_TIMEOUT_S = 60.0


class Stack:
    """Settings are environment variables: `Stack(path, BURST_WINDOW_S="0")`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.log = folder / "serve.log"
        self.port, self.admin_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ollama = FakeOllama()
        self.process: subprocess.Popen[bytes] | Life | None = None
        self.settings = settings  # may change between two starts
        self._seen = 0  # the newest event of the chat that `replies` has given
        self._open = contextlib.ExitStack()
        self._meta: httpx.Client
        self._admin: httpx.Client

    def __enter__(self) -> Self:
        self._open.enter_context(self.ollama.serve())
        config = SimulatorConfig(
            access_token=TOKEN,
            app_secret=SECRET,
            verify_token=VERIFY,
            phone_number_id=PHONE_NUMBER_ID,
            webhook_url=f"{self.url}/webhook",
            owner_number=OWNER,
            redelivery_backoff_s=(0.1, 0.2, 0.5, 1.0),
        )
        self.meta = self._open.enter_context(BackgroundServer(create_app(config)))
        self._meta = self._open.enter_context(
            httpx.Client(
                base_url=self.meta.url,
                timeout=ANSWER_TIMEOUT_S + 5,
                trust_env=False,
                verify=authorities(),
            )
        )
        admin = f"http://127.0.0.1:{self.admin_port}"
        self._admin = self._open.enter_context(
            httpx.Client(base_url=admin, trust_env=False, verify=authorities())
        )
        self._open.callback(self.stop)
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._open.close()

    @property
    def environment(self) -> dict[str, str]:
        """What `wasap serve` is started with: nothing of the developer's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {
            **kept,
            "WHATSAPP_ACCESS_TOKEN": TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
            "WHATSAPP_VERIFY_TOKEN": VERIFY,
            "WHATSAPP_APP_SECRET": SECRET,
            "ALLOWED_NUMBERS": "+54 9 11 2222-3333",
            "GRAPH_API_URL": self.meta.url,
            "OLLAMA_BASE_URL": self.ollama.url,
            "PORT": str(self.port),
            "ADMIN_PORT": str(self.admin_port),
            "DATA_DIR": str(self.folder / "data"),
            "BURST_WINDOW_S": "0",
            "OLLAMA_WARM_UP": "false",  # tests count the calls of the model
            **self.settings,
        }

    def start(self) -> None:
        """Start the server and wait until it takes webhooks."""
        if NURSERY is not None:
            self.process = NURSERY.fork(self.environment, self.log)
        else:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "app.cli", "serve"],
                    env=self.environment,
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                )
        wait_healthy(self.url, self.process, self.log)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(timeout=15)
        self.process = None
        return code

    def wasap(self, *command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """A command on our data, to its end; of one that serves the ports are others."""
        ports = {"PORT": "0", "ADMIN_PORT": "0"}
        return wasap(*command, settings={**self.environment, **ports, **settings})

    def write(self, text: str, **fields: Any) -> str:
        """The owner writes; the message's id, once it was taken: Meta promises no order of others.

        `fields` are those of the simulator's phone; `wait=False` where the server is not there.
        """
        asked = {"text": text, "wait": True, **fields}
        answer = self._meta.post("/_phone/messages", json=asked)
        answer.raise_for_status()
        return str(answer.json()["messages"][0]["id"])

    def send(self, type_: str, content: bytes, mime_type: str, **fields: Any) -> str:
        """The owner sends a file; `fields` are those of the message's own object, like caption."""
        file = {"file": (fields.get("filename", "file"), content, mime_type)}
        about = self._meta.post("/_phone/media", files=file).raise_for_status().json()
        return self.write("", type=type_, message={type_: {**about, **fields}})

    def voice(self, content: bytes, **fields: Any) -> str:
        """The owner sends a voice note."""
        return self.send("audio", content, "audio/ogg; codecs=opus", voice=True, **fields)

    def files(self) -> list[Path]:
        """What is kept of what was sent."""
        folder = self.folder / "data" / "media"
        return sorted(path for path in folder.glob("??/*") if path.is_file())

    def newest(self) -> dict[str, Any]:
        """The last message on the owner's phone that is not theirs."""
        return next(event for event in reversed(self.chat()) if event["kind"] == "outbound")

    def buttons(self, message: dict[str, Any]) -> dict[str, dict[str, str]]:
        """The replies under a message, by their titles."""
        action = message["message"]["interactive"]["action"]
        rows = [row for section in action.get("sections", ()) for row in section["rows"]]
        replies = rows or [button["reply"] for button in action["buttons"]]
        return {reply["title"]: reply for reply in replies}

    def tap(self, message: dict[str, Any], title: str, **fields: Any) -> None:
        """The owner taps a button under a message, or a row of its list."""
        kind = (
            "list_reply" if message["message"]["interactive"]["type"] == "list" else "button_reply"
        )
        tapped = {"interactive": {"type": kind, kind: self.buttons(message)[title]}}
        self.write("", type="interactive", message=tapped, context=message["wamid"], **fields)

    def fault(self, **rule: Any) -> None:
        """A fault of Meta's, see app.simulator.faults."""
        self._meta.post("/_control/faults", json=rule).raise_for_status()

    def answers(self, count: int, timeout_s: float = ANSWER_TIMEOUT_S) -> list[str]:
        """The texts on the owner's phone, as soon as there are `count`."""
        deadline = time.monotonic() + timeout_s
        texts, seen = self._texts(0, 0)
        while len(texts) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                tail = self.log.read_text()[-3000:]
                raise TimeoutError(f"{len(texts)} of {count} answers: {texts}\n{tail}")
            more, seen = self._texts(seen, left)
            texts += more
        return texts

    def _texts(self, after: int, wait_s: float) -> tuple[list[str], int]:
        query = {"after": after, "wait_s": wait_s}
        chat = self._meta.get("/_phone/chat", params=query).json()
        return [e["text"] for e in chat["events"] if e["kind"] == "outbound"], chat["last_seq"]

    def replies(self, count: int) -> list[str]:
        """The next `count` texts on a phone, those that `replies` has not given yet."""
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        found: list[str] = []
        while len(found) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                tail = self.log.read_text()[-3000:]
                raise TimeoutError(f"{len(found)} of {count} replies: {found}\n{tail}")
            query = {"after": self._seen, "wait_s": left}
            for event in self._meta.get("/_phone/chat", params=query).json()["events"]:
                self._seen = event["seq"]
                if event["kind"] == "outbound":
                    found.append(event["text"])
                if len(found) == count:
                    break
        return found

    def calm(self) -> None:
        """Forget faults and scripts, and wait until all is answered: for tests that share us."""
        self.clear_faults()
        self.switch(send_statuses=True)
        self.ollama.forget()
        self.until(self.is_idle)
        self._seen = max((event["seq"] for event in self.chat()), default=0)

    def clear_faults(self) -> None:
        """Meta is well again."""
        self._meta.delete("/_control/faults").raise_for_status()

    def switch(self, **switches: bool) -> None:
        """Change how Meta behaves, see app.simulator.control."""
        self._meta.patch("/_control/switches", json=switches).raise_for_status()

    def webhook(self, **value: Any) -> None:
        """Meta delivers this: `messages`, `statuses`, `contacts`; back when it was taken."""
        head = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": PHONE_NUMBER_ID}}
        change = {"field": "messages", "value": {**head, **value}}
        body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
        self._meta.post("/_phone/webhooks", json=body, params={"wait": True}).raise_for_status()

    def health(self) -> dict[str, Any]:
        """What the admin port says, with the HTTP status under "http"."""
        answer = self._admin.get("/health")
        return {**answer.json(), "http": answer.status_code}

    def is_idle(self) -> bool:
        """Whether all is answered and sent."""
        health = self.health()
        return not health["inbox"] and not health["outbox"]

    def metrics(self) -> str:
        """Prometheus' text format."""
        return self._admin.get("/metrics").text

    def until(self, holds: Callable[[], Any], timeout_s: float = ANSWER_TIMEOUT_S) -> Any:
        """Wait for what nobody tells us about; what `holds` gave when it was true."""
        deadline = time.monotonic() + timeout_s
        while not (found := holds()):
            if time.monotonic() > deadline:
                raise TimeoutError(self.log.read_text()[-3000:])
            time.sleep(0.02)
        return found

    def logged(self, action: str) -> list[dict[str, Any]]:
        """The lines of the log about one action."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if line["action"] == action]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds, for what no outside can show."""
        with contextlib.closing(sqlite3.connect(self.folder / "data" / "wasap.db")) as db:
            return db.execute(query, values).fetchall()

    def sends(self, text: str) -> list[dict[str, Any]]:
        """The Graph calls that tried to send this text, with their answer's status."""
        calls = [call for call in self.graph_calls() if call["body"].get("type") == "text"]
        return [call for call in calls if call["body"]["text"]["body"] == text]

    def chat(self) -> list[dict[str, Any]]:
        """The conversation so far, as the phone saw it."""
        found: list[dict[str, Any]] = self._meta.get("/_phone/chat").json()["events"]
        return found

    def graph_calls(self, after: int = 0) -> list[dict[str, Any]]:
        """What WasAP asked of the Graph API so far."""
        found: list[dict[str, Any]] = self._meta.get(
            "/_control/requests", params={"after": after}
        ).json()["requests"]
        return found


def wasap(
    *command: str, settings: Mapping[str, str], folder: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    """A command with these settings and no others, to its end."""
    if NURSERY is not None:
        return NURSERY.run(*command, settings=settings, folder=folder, timeout_s=COMMAND_TIMEOUT_S)
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *command],
        env={**kept, "PYTHONPATH": str(ROOT), **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT_S,
        check=False,
    )


def wait_healthy(url: str, process: "subprocess.Popen[bytes] | Life", log: Path) -> None:
    """Until /health answers 200; a process that died is an error with the end of its log."""
    deadline = time.monotonic() + START_TIMEOUT_S
    with httpx.Client(base_url=url, timeout=1, trust_env=False, verify=authorities()) as client:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise RuntimeError(f"exit code {process.returncode}\n{log.read_text()[-3000:]}")
            with contextlib.suppress(httpx.TransportError):
                if client.get("/health").is_success:
                    return
            time.sleep(0.01)
    raise TimeoutError(log.read_text()[-3000:])


def free_port() -> int:
    """A loopback port that nobody listens on.

    Below those that systems hand out: a connection of somebody else's may take one of them before
    the server does that it is meant for.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[Stack]:
    """A Stack as a context manager function, for fixtures."""
    with Stack(folder, **settings) as stack:
        yield stack
