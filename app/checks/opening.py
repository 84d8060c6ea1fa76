"""Opens an installation for the checks, however broken its settings are."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
from pydantic import SecretStr, ValidationError

from app.channels.cloud_api.account import Account
from app.checks.finding import Lines
from app.checks.subject import LOCAL_TIMEOUT_S, Broken, Subject
from app.settings import Settings
from tools.certificates import authorities

NOT_A_NUMBER = "not_a_number"  # our own kind of Broken
META_TIMEOUT_S = 15.0
# What stands where a required setting is missing or broken; no check uses it.
_BLANK: dict[str, Any] = {
    "whatsapp_access_token": SecretStr("-"),
    "whatsapp_phone_number_id": "00000",
    "whatsapp_verify_token": SecretStr("-"),
    "whatsapp_app_secret": SecretStr("-"),
    "allowed_numbers": ("+10000000000",),
}


def read_settings(**given: Any) -> tuple[Settings, dict[str, Broken]]:
    """The environment and .env, `given` before both; what cannot be used is blank and named."""
    broken: dict[str, Broken] = {}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        for item in error.errors():
            broken[str(item["loc"][0])] = Broken(item["type"], item["msg"], item.get("input"))
        settings = Settings(**{**given, **{name: _blank(name) for name in broken}})
    try:
        settings.whitelist()
    except ValueError as error:
        broken["allowed_numbers"] = Broken(NOT_A_NUMBER, str(error), None)
    return settings, broken


def _blank(name: str) -> Any:
    if name in _BLANK:
        return _BLANK[name]
    return Settings.model_fields[name].get_default(call_default_factory=True)


@contextlib.asynccontextmanager
async def open_subject(
    settings: Settings, broken: dict[str, Broken], lines: Lines
) -> AsyncIterator[Subject]:
    """The installation that these settings describe."""
    account = Account(
        str(settings.graph_api_url),
        settings.graph_api_version,
        "".join(
            settings.whatsapp_access_token.get_secret_value().split()
        ),  # line ends are no header
        timeout_s=min(settings.graph_api_timeout_s, META_TIMEOUT_S),
    )
    local = httpx.AsyncClient(timeout=LOCAL_TIMEOUT_S, trust_env=False, verify=authorities())
    async with account as meta, local as http:
        yield Subject(settings, broken, lines, meta, http)
