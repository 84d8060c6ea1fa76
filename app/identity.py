"""Who is who: phone numbers in any spelling, and Meta's user ids."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from babel.core import get_global

from store.conversations import Sender

# Two-letter country, dot, up to 128 alphanumerics (Meta, business-scoped user ids).
_BSUID = re.compile(r"^[A-Z]{2}\.[A-Za-z0-9]{1,128}$")

# Meta writes Argentine and Mexican mobiles with a digit that other spellings leave out.
_EXTRA_DIGIT = (("549", "54", 13), ("521", "52", 13))  # written, canonical, digits as written


def region_of_zone(timezone: str) -> str:
    """The country of an IANA zone ("AR"), where numbers without a country code are read."""
    return str(get_global("zone_territories").get(timezone, "AR"))


@lru_cache(maxsize=1024)
def canonical(number: str, region: str = "AR") -> str:
    """The digits that two spellings of one phone have in common, or "" when it is no number.

    >>> canonical("+54 9 11 2222-3333") == canonical("011 15 2222-3333") == "541122223333"
    True
    """
    text = number.strip()
    if text.isascii() and text.isdigit() and len(text) > 10 and not text.startswith("0"):
        text = f"+{text}"  # Meta and most people write the country code without the plus
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:]
    for written, short, length in _EXTRA_DIGIT:
        if e164.startswith(written) and len(e164) == length:
            return short + e164[len(written) :]
    # The library calls Meta's 521 form impossible, so its verdict comes second, and Meta may know
    # numbers that it does not: whatever has the length of a phone number counts.
    return e164 if 8 <= len(e164) <= 15 else ""


def is_bsuid(text: str) -> bool:
    """Whether `text` has the shape of a business-scoped user id."""
    return bool(_BSUID.match(text))


def sender_of(number: str, bsuid: str, name: str = "") -> Sender | None:
    """The person behind what a webhook says; None when it says nothing that identifies one."""
    # Meta writes the country code without the plus, in Singapore and Norway ten digits in all.
    phone = canonical(f"+{number}") if number.isascii() and number.isdigit() else ""
    bsuid = bsuid if is_bsuid(bsuid) else ""
    if not phone and not bsuid:
        return None
    return Sender(phone, bsuid, number if phone else bsuid, name)


def other_spelling(number: str) -> str | None:
    """The second way Meta may know an Argentine or Mexican mobile (digits), if there is one."""
    for written, short, length in _EXTRA_DIGIT:
        if number.startswith(written) and len(number) == length:
            return short + number[len(written) :]
        if number.startswith(short) and len(number) == length - 1:
            return written + number[len(short) :]
    return None


@dataclass(frozen=True)
class Whitelist:
    """Who may talk to the assistant."""

    phones: frozenset[str]  # canonical
    bsuids: frozenset[str]

    @classmethod
    def parse(cls, entries: Iterable[str], region: str) -> "Whitelist":
        """Read the owner's list. ValueError names, by position, an entry that is neither."""
        phones, bsuids = set(), set()
        for position, entry in enumerate(entries, 1):
            if is_bsuid(entry):
                bsuids.add(entry)
            elif number := canonical(entry, region):
                phones.add(number)
            else:
                raise ValueError(f"entry {position} is no phone number and no user id")
        return cls(frozenset(phones), frozenset(bsuids))

    def allows(self, sender: Sender) -> bool:
        """Whether one of the sender's names is on the list."""
        return sender.phone in self.phones or sender.bsuid in self.bsuids
