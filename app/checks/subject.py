"""What the checks look at."""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import httpx

from app.channels.cloud_api.account import Account
from app.checks.finding import Finding, Level, Lines
from app.settings import Settings
from store.inspection import Inspection

LOCAL_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Broken:
    """A setting that cannot be used."""

    kind: str  # pydantic's name of what is wrong
    problem: str  # in pydantic's words, without the value
    value: object = field(repr=False)  # may be a secret


@dataclass(frozen=True)
class Subject:
    """One installation. `http` is for addresses of this machine, and for the tunnel's."""

    settings: Settings  # defaults and blanks stand where a setting is broken
    broken: Mapping[str, Broken]  # by the field's name
    lines: Lines
    meta: Account
    http: httpx.AsyncClient
    env_file: Path = Path(".env")
    now: Callable[[], float] = time.time
    free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free

    def ok(self, key: str, /, **values: object) -> Finding:
        """All is well."""
        return self.lines.finding(Level.OK, key, **values)

    def warn(self, key: str, /, **values: object) -> Finding:
        """It works, but not as well as it could, or not for long."""
        return self.lines.finding(Level.WARN, key, **values)

    def fail(self, key: str, /, **values: object) -> Finding:
        """It does not work."""
        return self.lines.finding(Level.FAIL, key, **values)

    def has(self, *names: str) -> bool:
        """Whether these settings can be used; if not, another line says why."""
        return not any(name in self.broken for name in names)

    @property
    def token(self) -> str:
        """The access token."""
        return self.settings.whatsapp_access_token.get_secret_value()

    @property
    def app_secret(self) -> str:
        """The app secret."""
        return self.settings.whatsapp_app_secret.get_secret_value()

    @property
    def verify_token(self) -> str:
        """The verify token."""
        return self.settings.whatsapp_verify_token.get_secret_value()

    @property
    def local_url(self) -> str:
        """The public port, from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(  # noqa: S104 - compared, not bound
            self.settings.host, self.settings.host
        )
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}"

    @property
    def admin_url(self) -> str:
        """The owner's port."""
        return f"http://127.0.0.1:{self.settings.admin_port}"

    @cached_property
    def database(self) -> Inspection:
        """wasap.db."""
        return Inspection(self.settings.data_dir / "wasap.db", self.settings.database_key)
