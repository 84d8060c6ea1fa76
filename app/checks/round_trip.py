"""`wasap doctor --send`: a message to the owner by the real path, until it is seen to arrive."""

import asyncio
import json
import secrets
from dataclasses import replace
from typing import Any

import httpx
from rich.console import Console

from app.channels.cloud_api.policy import ASKS_THE_OWNER, outcome_of, problem_of
from app.channels.cloud_api.signature import sign
from app.checks.finding import Finding
from app.checks.refusals import refused
from app.checks.subject import Subject
from app.checks.webhook import is_running
from store.errors import StoreUnavailable
from store.inspection import Left

CHECK = "round_trip"
LOOK_S = 0.5  # between two looks at the database
ARRIVED = frozenset({"delivered", "read"})


async def round_trip(subject: Subject, console: Console, wait_s: float) -> Finding:
    """Fails unless Meta says that the message was delivered, or the owner answers it."""
    if not subject.has("whatsapp_app_secret") or not await is_running(subject):
        return replace(subject.fail("trip_no_server"), check=CHECK)
    ends_at = asyncio.get_running_loop().time() + wait_s
    try:
        sent = await _sent(subject, console, ends_at)
        if sent is None:
            found = subject.fail("trip_nobody_wrote")
        else:
            found = await _arrival(subject, sent, ends_at)
    except httpx.HTTPStatusError:
        found = subject.fail("signature_refused")
    except (httpx.HTTPError, StoreUnavailable):
        found = subject.fail("trip_no_server")
    return replace(found, check=CHECK)


async def _sent(subject: Subject, console: Console, ends_at: float) -> dict[str, Any] | None:
    """Send it, once an owner has written within a day; None when nobody does by `ends_at`."""
    asked = False
    while (sent := await _send(subject)) is None:
        if not asked:
            asked = True
            console.print(subject.ok("trip_write_first").says, highlight=False, markup=False)
        if asyncio.get_running_loop().time() > ends_at:
            return None
        await asyncio.sleep(LOOK_S)
    return sent


async def _arrival(subject: Subject, sent: dict[str, Any], ends_at: float) -> Finding:
    """What became of the message by `ends_at`, of the loop's clock."""
    loop = asyncio.get_running_loop()
    database, owner = subject.database, int(sent["conversation_id"])
    state = ""
    while loop.time() < ends_at:
        part = await asyncio.to_thread(database.part, str(sent["key"]))
        state = part.state if part else state
        if state in ARRIVED:
            return subject.ok("trip_delivered")
        newest = await asyncio.to_thread(database.newest_arrival, owner)
        if newest is not None and newest > int(sent["at"]):
            return subject.ok("trip_answered")
        if part is not None and (verdict := _verdict(subject, part)):
            return verdict
        await asyncio.sleep(LOOK_S)
    return subject.fail("trip_silent") if state == "sent" else subject.fail("trip_not_sent")


def _verdict(subject: Subject, part: Left) -> Finding | None:
    """What Meta's refusal means; None where the message is tried again of its own accord."""
    code = part.error_code
    if code is not None and outcome_of(code, 400) in ASKS_THE_OWNER:
        return refused(subject, code, problem_of(code).setting)
    if part.state == "held":  # the 24 hours ended
        return subject.fail("trip_nobody_wrote")
    return subject.fail("trip_not_sent") if part.state == "failed" else None


async def _send(subject: Subject) -> dict[str, Any] | None:
    """Ask the running server; None while no owner has written within a day."""
    body = json.dumps({"nonce": secrets.token_hex(8)}).encode()
    headers = {"X-Hub-Signature-256": sign(body, subject.app_secret)}
    answer = await subject.http.post(
        f"{subject.admin_url}/round-trip", content=body, headers=headers
    )
    if answer.status_code == httpx.codes.CONFLICT:
        return None
    answer.raise_for_status()
    return dict(answer.json())
