"""The settings themselves: missing, misshapen, or in each other's place."""

import re
import stat
from collections.abc import Callable

from app.checks.finding import Finding
from app.checks.subject import Subject
from app.identity import canonical

_APP_SECRET = re.compile(r"[0-9a-f]{32}")
_TOKEN_BEGINS = "EAA"  # noqa: S105 - how every token of Meta begins
_QUOTES = "\"'`“”«»"


async def settings(subject: Subject) -> tuple[Finding, ...] | Finding:
    """Every setting has the shape of what it is meant to be."""
    names = dict.fromkeys((*subject.broken, *_SHAPES))
    found = [one for name in names if (one := shape(subject, name)) is not None]
    return tuple(found) or subject.ok("settings_ok")


async def env_file(subject: Subject) -> Finding | None:
    """Nobody else on the machine can read the secrets."""
    if not subject.env_file.is_file():
        return None
    if stat.S_IMODE(subject.env_file.stat().st_mode) & 0o077:
        return subject.warn("env_open", file=subject.env_file)
    return subject.ok("env_ok", file=subject.env_file)


def shape(subject: Subject, name: str) -> Finding | None:
    """What is wrong with one setting as it stands, by its field's name; None when nothing is."""
    if name in subject.broken:
        return _broken(subject, name)
    return _SHAPES[name](subject) if name in _SHAPES else None


def _broken(subject: Subject, name: str) -> Finding:
    broken, upper = subject.broken[name], name.upper()
    if broken.kind == "missing":
        return subject.fail("setting_missing", name=upper)
    if name == "whatsapp_phone_number_id" and canonical(str(broken.value)):
        return subject.fail("phone_id_is_number")
    return subject.fail("setting_bad", name=upper, problem=broken.problem)


def _token(subject: Subject) -> Finding | None:
    token = subject.token
    if _APP_SECRET.fullmatch(token):
        return subject.fail("token_is_secret")
    if token.lower().startswith("bearer") or token != "".join(token.strip(_QUOTES).split()):
        return subject.fail("token_spoilt")
    return None


def _app_secret(subject: Subject) -> Finding | None:
    secret = subject.app_secret
    if _APP_SECRET.fullmatch(secret):
        return None
    if secret.startswith(_TOKEN_BEGINS) or secret == subject.token:
        return subject.fail("secret_is_token")
    return subject.warn("secret_odd")


_SHAPES: dict[str, Callable[[Subject], Finding | None]] = {
    "whatsapp_access_token": _token,
    "whatsapp_app_secret": _app_secret,
}
