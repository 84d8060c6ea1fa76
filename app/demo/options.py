"""What this run of the demo is: folder, ports, identities, and who answers."""

import os
import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from app.demo.errors import DemoError
from app.demo.lines import ES, Lines, lines_in
from app.embedded.settings import EmbeddedSettings
from graph.settings import GraphSettings

FOLDER = ".demo"  # in the current folder, so that a conversation goes on at the next run
OFF = ("no", "never", "off", "false", "0")  # WASAP_DEMO_BROWSER
OWNER_NUMBER = "5491122223333"


class _Settings(GraphSettings, EmbeddedSettings):
    """The settings the demo shares with the server."""


@dataclass(frozen=True)
class DemoOptions:
    """One run. The secrets are new each time: nothing outside this run can use them."""

    settings: _Settings
    folder: Path
    own_ollama: str | None
    """OLLAMA_BASE_URL when the person set it: then the built-in model stays out of it."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    app_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    verify_token: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)
    phone_number_id: str = "106540352242922"
    waba_id: str = "102290129340398"
    ports: tuple[int, int, int] = field(default_factory=lambda: _free_ports())
    """Simulator, public, admin."""

    @classmethod
    def from_environment(cls) -> "DemoOptions":
        """Read the environment and .env. DemoError names a setting that cannot be used."""
        try:
            settings = _Settings()
        except ValidationError as error:
            first = error.errors()[0]
            raise DemoError(
                ES.bad_setting.format(name=str(first["loc"][0]).upper(), problem=first["msg"])
            ) from None
        return cls(
            settings=settings,
            folder=Path(os.environ.get("WASAP_DEMO_DIR") or FOLDER).absolute(),
            own_ollama=os.environ.get("OLLAMA_BASE_URL") or None,
        )

    @property
    def lines(self) -> Lines:
        """What we say, in the owner's language."""
        return lines_in(self.settings.owner_language)

    @property
    def log_file(self) -> Path:
        """Where the output of the processes goes."""
        return self.folder / "demo.log"

    @property
    def simulator_url(self) -> str:
        """The stand-in for Meta."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def server_url(self) -> str:
        """The public port of the server."""
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def admin_url(self) -> str:
        """The owner's port of the server."""
        return f"http://127.0.0.1:{self.ports[2]}"

    @property
    def page_url(self) -> str:
        """The chat in the browser."""
        return f"{self.admin_url}/phone"

    @property
    def opens_browser(self) -> bool:
        """Whether the page opens by itself: not when told so."""
        return os.environ.get("WASAP_DEMO_BROWSER", "").lower() not in OFF

    def environment(self) -> dict[str, str]:
        """What the processes get. A real account in the environment or in .env is overridden."""
        _, port, admin_port = self.ports
        own = {
            "WHATSAPP_ACCESS_TOKEN": self.token,
            "WHATSAPP_PHONE_NUMBER_ID": self.phone_number_id,
            "WHATSAPP_VERIFY_TOKEN": self.verify_token,
            "WHATSAPP_APP_SECRET": self.app_secret,
            "WHATSAPP_WABA_ID": self.waba_id,
            "ALLOWED_NUMBERS": OWNER_NUMBER,
            "GRAPH_API_URL": self.simulator_url,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "ADMIN_PORT": str(admin_port),
            "DATA_DIR": str(self.folder),
            "EMBEDDED": "never" if self.own_ollama else "always",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "PYTHONUNBUFFERED": "1",
        }
        # The chat asks one thing at a time: there is no burst to wait for.
        defaults = {"BURST_WINDOW_S": "0", "LOG_FORMAT": "json"}
        return {**defaults, **os.environ, **own}


def _free_ports() -> tuple[int, int, int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    first, second, third = (int(probe.getsockname()[1]) for probe in probes)
    for probe in probes:
        probe.close()
    return first, second, third
