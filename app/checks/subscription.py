"""Whether Meta tells us of messages, and at which address."""

from urllib.parse import urlsplit

from app.channels.cloud_api.account import GraphRefusal, Subscription
from app.checks.finding import Finding
from app.checks.number import accounts, the_number
from app.checks.subject import Subject
from app.checks.token import is_valid, may_manage
from app.checks.tunnel import public_url

FIELD = "messages"


async def subscribed(subject: Subject) -> Finding | None:
    """The app is subscribed to the account: without it the webhook stays silent."""
    if not await may_manage(subject):
        return None
    app_id = (await subject.meta.token()).app_id
    for account in await accounts(subject):
        try:
            apps = await subject.meta.subscribed_apps(account)
        except GraphRefusal:
            return None  # `account_id` says why
        if app_id not in apps:
            return subject.fail("app_not_subscribed", account=account)
    return subject.ok("app_subscribed") if await accounts(subject) else None


async def field(subject: Subject) -> Finding | None:
    """The app asked to be told of messages."""
    known, found = await _subscription(subject)
    if not known:
        return None
    if found is None:
        return subject.fail("webhook_unset")
    if FIELD not in found.fields:
        return subject.fail("field_missing")
    if not found.active:
        return subject.fail("webhook_inactive")
    return subject.ok("field_ok")


async def callback(subject: Subject) -> Finding | None:
    """Meta calls the address at which we can be reached."""
    called, own = await callback_url(subject), await public_url(subject)
    if not called or not own:
        return None
    if urlsplit(called).netloc != urlsplit(own).netloc:
        return subject.fail("callback_elsewhere", called=called, own=f"{own}/webhook")
    if urlsplit(called).path.rstrip("/") != "/webhook":
        return subject.fail("callback_path", called=called, own=f"{own}/webhook")
    return subject.ok("callback_ok", called=called)


async def callback_url(subject: Subject) -> str:
    """The address that Meta calls for our number, or "" where we cannot know: the number's own,
    else the account's, else the app's."""
    number = await the_number(subject)
    if number is not None and number.callbacks:
        return number.callbacks[0]
    _, found = await _subscription(subject)
    return found.callback_url if found else ""


async def _subscription(subject: Subject) -> tuple[bool, Subscription | None]:
    """Whether we could ask, and what the app is told of."""
    if not subject.has("whatsapp_app_secret") or not await is_valid(subject):
        return False, None
    app_id = (await subject.meta.token()).app_id
    try:
        return True, await subject.meta.subscription(app_id, subject.app_secret)
    except GraphRefusal:
        return False, None  # `app_secret` says why
