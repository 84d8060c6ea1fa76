"""An installation that `wasap doctor` looks at: the stand-in for Meta, a fake Ollama, settings."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner

from app.cli import cli
from app.settings import Settings
from app.simulator import SimulatorConfig, create_app
from app.simulator.serving import BackgroundServer
from tests.fake_ollama import FakeOllama
from tests.stack import OWNER, PHONE_NUMBER_ID, free_port
from tools.certificates import authorities

TOKEN = "EAAcanaryAccessToken0123456789"
SECRET = "0123456789abcdef0123456789abcdef"
VERIFY = "canary-verify-token"
SECRETS = (TOKEN, SECRET, VERIFY)
ACCOUNT = "102290129340398"


NOBODY = "http://127.0.0.1:9"
"""Where nobody listens."""


def ears(folder: Path) -> str:
    """A voice model, as far as can be seen from outside."""
    (folder / "ears").mkdir(exist_ok=True)
    (folder / "ears" / "model.bin").touch()
    return str(folder / "ears")


def way_in() -> Starlette:
    """The tunnel's end on the internet, with a server that has our verify token behind it."""

    async def challenge(request: Request) -> Response:
        if request.query_params.get("hub.verify_token") != VERIFY:
            return Response(status_code=403)
        return PlainTextResponse(request.query_params["hub.challenge"])

    async def elsewhere(request: Request) -> Response:
        return PlainTextResponse("Welcome to nginx!")

    return Starlette(routes=[Route("/webhook", challenge), Route("/other/webhook", elsewhere)])


@dataclass(frozen=True)
class Report:
    """What doctor said."""

    exit_code: int
    checks: list[dict[str, str]]
    output: str

    @property
    def troubles(self) -> list[dict[str, str]]:
        """All lines that are not well, but for the server that these tests do not run."""
        return [c for c in self.checks if c["level"] != "ok" and c["key"] != "server_down"]


class House:
    """Good settings and good surroundings, for a test to spoil."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ollama = FakeOllama()
        self._open = ExitStack()
        self.environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._open.enter_context(self.ollama.serve())
        self.tunnel = self._open.enter_context(BackgroundServer(way_in()))
        config = SimulatorConfig(
            access_token=TOKEN,
            app_secret=SECRET,
            verify_token=VERIFY,
            phone_number_id=PHONE_NUMBER_ID,
            waba_id=ACCOUNT,
            owner_number=OWNER,
            webhook_url=f"{self.tunnel.url}/webhook",
        )
        self.meta = self._open.enter_context(BackgroundServer(create_app(config)))
        self.http = self._open.enter_context(
            httpx.Client(base_url=self.meta.url, timeout=10, trust_env=False, verify=authorities())
        )
        self.environment = {
            "WHATSAPP_ACCESS_TOKEN": TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
            "WHATSAPP_VERIFY_TOKEN": VERIFY,
            "WHATSAPP_APP_SECRET": SECRET,
            "WHATSAPP_WABA_ID": ACCOUNT,
            "ALLOWED_NUMBERS": "+54 9 11 2222-3333",
            "GRAPH_API_URL": self.meta.url,
            "OLLAMA_BASE_URL": self.ollama.url,
            "NGROK_API_URL": NOBODY,
            "PORT": str(free_port()),
            "ADMIN_PORT": str(free_port()),
            "DATA_DIR": str(self.folder / "data"),
            "WHISPER_MODEL": ears(self.folder),
            "OWNER_LANGUAGE": "en",
        }
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._open.close()

    def account(self, **changes: Any) -> None:
        """Something of the account goes wrong, see app.simulator.account."""
        self.http.patch("/_control/account", json=changes).raise_for_status()

    def switch(self, **switches: Any) -> None:
        """See app.simulator.control."""
        self.http.patch("/_control/switches", json=switches).raise_for_status()

    def doctor(self, *options: str, **settings: str | None) -> Report:
        """`wasap doctor --json` with these settings changed; None takes one away."""
        return doctor(*options, **{**self.environment, **settings})


def doctor(*options: str, **settings: str | None) -> Report:
    """`wasap doctor --json` with these settings and no others."""
    nothing = {name.upper(): None for name in Settings.model_fields}
    result = CliRunner().invoke(
        cli, ["doctor", "--json", *options], env={**nothing, **settings}, catch_exceptions=False
    )
    return Report(result.exit_code, json.loads(result.stdout)["checks"], result.output)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house of the test's own, in a folder without a .env."""
    monkeypatch.chdir(tmp_path)
    with House(tmp_path) as running:
        yield running
