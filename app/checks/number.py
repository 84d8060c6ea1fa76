"""The ids of the number and its account, and how Meta sees the number."""

from contextlib import suppress

import phonenumbers

from app.channels.cloud_api.account import GraphRefusal, Number
from app.checks.finding import Finding
from app.checks.subject import Subject
from app.checks.token import is_valid, may_manage
from app.identity import canonical

PAYMENT = 141006  # error code in a number's health
_UNREGISTERED = frozenset({"PENDING", "DISCONNECTED", "UNVERIFIED", "DELETED", "MIGRATED"})
_CLOUD = ("CLOUD_API", "")
_TEST = "SANDBOX"


async def account_id(subject: Subject) -> Finding | None:
    """WHATSAPP_WABA_ID is an account that the token may manage."""
    if not await may_manage(subject):
        return None
    given = subject.settings.whatsapp_waba_id
    own = ", ".join((await subject.meta.token()).accounts)
    if not given:
        return subject.warn("waba_found", ids=own) if own else subject.warn("waba_unset")
    try:
        numbers = await subject.meta.numbers(given)
    except GraphRefusal:
        if given == subject.settings.whatsapp_phone_number_id or await _display(subject, given):
            return subject.fail("waba_is_phone_id", ids=own or "-")
        return subject.fail("waba_wrong", ids=own or "-")
    return subject.ok("waba_ok", count=len(numbers))


async def phone_number_id(subject: Subject) -> Finding | None:
    """WHATSAPP_PHONE_NUMBER_ID is the id of a number, and of one of ours."""
    if not subject.has("whatsapp_phone_number_id") or not await is_valid(subject):
        return None
    given = subject.settings.whatsapp_phone_number_id
    ours = await _ours(subject)
    right = ", ".join(f"{one.id} ({one.display})" for one in ours) or "-"
    if not await _display(subject, given):
        if await _is_account(subject, given):
            return subject.fail("phone_id_is_waba", right=right)
        if _is_phone(given, ours):
            return subject.fail("phone_id_is_number_of", right=right)
        return subject.fail("phone_id_unknown", right=right)
    if ours and given not in [one.id for one in ours]:
        return subject.fail("phone_id_elsewhere", right=right)
    number = await subject.meta.number(given)
    return subject.ok("phone_id_ok", display=number.display, name=number.name)


async def number(subject: Subject) -> Finding | None:
    """Meta lets the number send."""
    found = await the_number(subject)
    if found is None:
        return None
    if found.status in _UNREGISTERED or found.platform not in _CLOUD:
        return subject.fail("number_unregistered", status=found.status or found.platform)
    for trouble in sorted(found.troubles, key=lambda one: not one.blocks):
        if trouble.code == PAYMENT:
            return subject.fail("number_payment")
        values = {"code": trouble.code, "why": trouble.description}
        if trouble.blocks:
            return subject.fail("number_blocked", **values)
        return subject.warn("number_limited", **values)
    if found.status == "BANNED":
        return subject.fail("number_blocked", code="BANNED", why=found.status)
    if found.quality == "RED":
        return subject.warn("number_quality")
    return subject.ok("number_test" if found.mode == _TEST else "number_ok")


async def owners(subject: Subject) -> Finding | None:
    """The owner writes from another number than the assistant's."""
    if not subject.has("allowed_numbers"):
        return None
    found = await the_number(subject)
    if found and canonical(found.display) in subject.settings.whitelist().phones:
        return subject.fail("owner_is_number", display=found.display)
    return subject.ok("owners_ok", count=len(subject.settings.allowed_numbers))


async def the_number(subject: Subject) -> Number | None:
    """The number of the settings, or None: then `phone_number_id` says why."""
    if not subject.has("whatsapp_phone_number_id") or not await is_valid(subject):
        return None
    with suppress(GraphRefusal):
        return await subject.meta.number(subject.settings.whatsapp_phone_number_id)
    return None


async def accounts(subject: Subject) -> tuple[str, ...]:
    """The account of the settings, else those that the token may manage."""
    given = subject.settings.whatsapp_waba_id
    return (given,) if given else (await subject.meta.token()).accounts


async def _ours(subject: Subject) -> tuple[Number, ...]:
    found: list[Number] = []
    for account in await accounts(subject):
        with suppress(GraphRefusal):
            found += await subject.meta.numbers(account)
    return tuple(found)


async def _display(subject: Subject, number_id: str) -> str:
    with suppress(GraphRefusal):
        return (await subject.meta.number(number_id)).display
    return ""


async def _is_account(subject: Subject, given: str) -> bool:
    if given in await accounts(subject):
        return True
    with suppress(GraphRefusal):
        return bool(await subject.meta.numbers(given))
    return False


def _is_phone(given: str, ours: tuple[Number, ...]) -> bool:
    if canonical(f"+{given}") in [canonical(one.display) for one in ours]:
        return True
    with suppress(phonenumbers.NumberParseException):
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{given}"))
    return False
