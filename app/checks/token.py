"""The access token: valid, lasting, with the rights it needs; and the secret of its app."""

from datetime import UTC, datetime

from app.channels.cloud_api.account import EXPIRED, GraphRefusal
from app.checks.finding import Finding
from app.checks.graph_api import UNKNOWN_PATH
from app.checks.subject import Subject
from app.checks.values import shape

MESSAGING = "whatsapp_business_messaging"
MANAGEMENT = "whatsapp_business_management"
BAD_TOKEN = 190
DYING_S = 48 * 3600  # the token of the portal's first page lives for a day
DAY_S = 24 * 3600


async def token(subject: Subject) -> Finding | None:
    """It is valid now, and will be tomorrow."""
    if shape(subject, "whatsapp_access_token"):
        return None  # `settings` says what it is instead
    try:
        found = await subject.meta.token()
    except GraphRefusal as refusal:
        if refusal.code == UNKNOWN_PATH:
            return None
        if refusal.code != BAD_TOKEN:
            return subject.warn("token_unread", code=refusal.code)
        return subject.fail("token_expired" if refusal.subcode == EXPIRED else "token_invalid")
    left_s = found.expires_at - subject.now() if found.expires_at else None
    if found.subcode == EXPIRED or (left_s is not None and left_s <= 0):
        return subject.fail("token_expired")
    if not found.valid:
        return subject.fail("token_invalid")
    if left_s is None:
        return subject.ok("token_ok")
    if left_s < DYING_S:
        return subject.fail("token_dies", hours=max(1, round(left_s / 3600)))
    day = datetime.fromtimestamp(found.expires_at, UTC).date()
    return subject.warn("token_ends", day=day.isoformat(), days=round(left_s / DAY_S))


async def scopes(subject: Subject) -> Finding | None:
    """It may send, and it may look after the account."""
    if not await is_valid(subject):
        return None
    have = (await subject.meta.token()).scopes
    if MESSAGING not in have:
        return subject.fail("scope_messaging")
    if MANAGEMENT not in have:
        return subject.warn("scope_management")
    return subject.ok("scopes_ok")


async def app_secret(subject: Subject) -> Finding | None:
    """WHATSAPP_APP_SECRET is that of the token's app: Meta itself compares them."""
    if not subject.has("whatsapp_app_secret") or not await is_valid(subject):
        return None
    if subject.app_secret == subject.token:
        return None  # `settings` says so
    if await subject.meta.is_secret(subject.app_secret):
        return subject.ok("secret_ok")
    return subject.fail("secret_wrong")


async def is_valid(subject: Subject) -> bool:
    """Whether Meta takes the token; if not, `token` says why."""
    if not subject.has("whatsapp_access_token"):
        return False
    try:
        return (await subject.meta.token()).valid
    except GraphRefusal:
        return False


async def may_manage(subject: Subject) -> bool:
    """Whether the token may read about the account; if not, `scopes` says so."""
    return await is_valid(subject) and MANAGEMENT in (await subject.meta.token()).scopes
