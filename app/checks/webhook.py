"""Our own side of the webhook: the server, its secret and verify token, and the way in."""

import json
import secrets
from typing import Any

import httpx

from app.channels.cloud_api.signature import sign
from app.checks.finding import Finding
from app.checks.refusals import refused
from app.checks.subject import Subject
from app.checks.subscription import callback_url
from app.checks.token import is_valid
from app.checks.tunnel import public_url

_EMPTY = json.dumps({"object": "whatsapp_business_account", "entry": []}).encode()
_SKIP_NGROK_PAGE = {"ngrok-skip-browser-warning": "1"}


async def server(subject: Subject) -> tuple[Finding, ...] | Finding:
    """`wasap serve` runs, and is content."""
    health = await admin_health(subject)
    if health is None:
        return subject.warn("server_down")
    if "brain_ready" not in health:
        return subject.fail("port_taken", port=subject.settings.admin_port)
    problems = [one for one in health.get("problems") or () if isinstance(one, dict)]
    if problems:
        return tuple(refused(subject, one.get("code"), one.get("setting", "")) for one in problems)
    if not health["brain_ready"]:
        return subject.warn("server_loading")
    return subject.ok("server_ok", minutes=int(health.get("uptime_s") or 0) // 60)


async def signature(subject: Subject) -> Finding | None:
    """The running server takes what is signed with our app secret."""
    if not subject.has("whatsapp_app_secret") or not await is_running(subject):
        return None
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": sign(_EMPTY, subject.app_secret),
    }
    answer = await _ask(subject, "POST", subject.local_url, content=_EMPTY, headers=headers)
    if answer is None:
        return subject.fail("port_silent", port=subject.settings.port)
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return subject.fail("signature_refused")
    if not answer.is_success:
        return subject.fail("webhook_status", url=subject.local_url, status=answer.status_code)
    return subject.ok("signature_ok")


async def verify_token(subject: Subject) -> Finding | None:
    """The running server answers Meta's challenge with our verify token."""
    if not subject.has("whatsapp_verify_token") or not await is_running(subject):
        return None
    if await _challenge(subject, subject.local_url) == httpx.codes.FORBIDDEN:
        return subject.fail("verify_refused")
    return subject.ok("verify_ok")


async def public_webhook(subject: Subject) -> Finding | None:
    """The challenge comes through from outside, as when Meta saves the callback address."""
    if not subject.has("whatsapp_verify_token"):
        return None
    url = await public_url(subject) or (await callback_url(subject)).removesuffix("/webhook")
    if not url:  # without a token that Meta takes, we could not ask it either
        return subject.warn("public_unknown") if await is_valid(subject) else None
    status = await _challenge(subject, url)
    if status == httpx.codes.OK:
        return subject.ok("public_ok", url=url)
    if status is None:
        return subject.fail("public_down", url=url)
    if status == httpx.codes.FORBIDDEN:
        return subject.fail("public_refused", url=url)
    return subject.fail("public_status", url=url, status=status)


async def admin_health(subject: Subject) -> dict[str, Any] | None:
    """What the admin port says; {} where somebody else listens there, None where nobody does."""
    try:
        body = (await subject.http.get(f"{subject.admin_url}/health")).json()
    except httpx.HTTPError:
        return None
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


async def is_running(subject: Subject) -> bool:
    """Whether a server of ours answers; if not, `server` says so."""
    return "brain_ready" in (await admin_health(subject) or {})


async def _challenge(subject: Subject, base_url: str) -> int | None:
    """The status of the answer, 200 only for the right one; None where nobody answers."""
    challenge = str(secrets.randbelow(10**9))
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": challenge,
        "hub.verify_token": subject.verify_token,
    }
    answer = await _ask(subject, "GET", base_url, params=query, headers=_SKIP_NGROK_PAGE)
    if answer is None:
        return None
    if answer.is_success and answer.text != challenge:
        return int(httpx.codes.NO_CONTENT)  # somebody else's page
    return answer.status_code


async def _ask(
    subject: Subject, method: str, base_url: str, **request: Any
) -> httpx.Response | None:
    try:
        return await subject.http.request(method, f"{base_url}/webhook", **request)
    except httpx.HTTPError:
        return None
