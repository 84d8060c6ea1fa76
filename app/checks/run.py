"""All checks, in the order in which they are read, run side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import httpx

from app.channels.cloud_api.account import GraphRefusal, GraphUnreachable
from app.checks import (
    graph_api,
    number,
    ollama,
    prompts,
    storage,
    subscription,
    token,
    traffic,
    values,
    versions,
    voice,
    webhook,
)
from app.checks.finding import Finding
from app.checks.graph_api import UNKNOWN_PATH
from app.checks.subject import Subject
from app.checks.token import BAD_TOKEN

Check = Callable[[Subject], Awaitable[Finding | tuple[Finding, ...] | None]]

CHECK_S = 45.0  # for one check

CHECKS: tuple[Check, ...] = (
    values.settings,
    values.env_file,
    graph_api.graph_api,
    graph_api.api_version,
    graph_api.clock,
    token.token,
    token.scopes,
    token.app_secret,
    number.account_id,
    number.phone_number_id,
    number.number,
    number.owners,
    subscription.subscribed,
    subscription.field,
    subscription.callback,
    webhook.public_webhook,
    webhook.server,
    webhook.signature,
    webhook.verify_token,
    traffic.arrivals,
    traffic.queue,
    traffic.refusals,
    traffic.usage,
    ollama.ollama,
    ollama.chat_model,
    ollama.vision_model,
    ollama.embed_model,
    voice.voice_model,
    voice.speaking_voice,
    prompts.prompts,
    storage.data_folder,
    storage.disk,
    storage.encryption,
    storage.database,
    storage.threads,
    versions.versions,
    versions.terms,
)


async def run(subject: Subject, checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """What the checks found. One that another one's trouble keeps from looking says nothing."""
    found = await asyncio.gather(*(_one(subject, check) for check in checks))
    return [finding for findings in found for finding in findings]


async def _one(subject: Subject, check: Check) -> list[Finding]:
    try:
        async with asyncio.timeout(CHECK_S):
            found = await check(subject)
    except GraphUnreachable:
        found = None  # `graph_api` says so
    except GraphRefusal as refusal:
        if refusal.code in (BAD_TOKEN, UNKNOWN_PATH):
            found = None  # `token` or `api_version` says so
        else:
            found = subject.warn("check_refused", code=refusal.code)
    except (TimeoutError, httpx.HTTPError) as error:
        found = subject.warn("check_broke", why=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - the other checks still have something to say
        found = subject.warn("check_broke", why=f"{type(error).__name__}: {error}")
    if found is None:
        return []
    findings = found if isinstance(found, tuple) else (found,)
    return [replace(finding, check=check.__name__) for finding in findings]
