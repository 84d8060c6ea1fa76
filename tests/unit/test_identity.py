"""Two spellings of one phone are one person."""

import pytest

from app.identity import Whitelist, canonical, is_bsuid, region_of_zone, sender_of
from store.conversations import Sender


@pytest.mark.parametrize(
    ("spelling", "region"),
    [
        ("5491122223333", "AR"),  # as webhooks write it
        ("541122223333", "AR"),  # as test numbers want it
        ("+54 9 11 2222-3333", "AR"),
        ("+54 11 2222-3333", "AR"),
        ("011 15 2222-3333", "AR"),  # as an Argentine dictates it
        ("0054 9 11 2222 3333", "AR"),
    ],
)
def test_argentine_spellings_meet(spelling: str, region: str) -> None:
    assert canonical(spelling, region) == "541122223333"


@pytest.mark.parametrize("spelling", ["5215512345678", "525512345678", "+52 1 55 1234 5678"])
def test_mexican_spellings_meet(spelling: str) -> None:
    assert canonical(spelling) == "525512345678"


@pytest.mark.parametrize("spelling", ["", "hola", "12", "+", "whatsapp"])
def test_what_is_no_number(spelling: str) -> None:
    assert canonical(spelling) == ""


def test_different_phones_stay_different() -> None:
    assert canonical("5491122223333") != canonical("5491122223334")


def test_bsuid_shape() -> None:
    assert is_bsuid("AR.15020000000001")
    assert not is_bsuid("ar.1502")
    assert not is_bsuid("AR.")


def test_whitelist_knows_phones_and_user_ids() -> None:
    listed = Whitelist.parse(["+54 9 11 2222-3333", "AR.15020001"], "AR")
    assert listed.allows(Sender("541122223333", "", "5491122223333"))
    assert listed.allows(Sender("", "AR.15020001", "AR.15020001"))
    assert not listed.allows(Sender("541199999999", "", "5491199999999"))
    assert not listed.allows(Sender("", "", ""))


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("+65 8123 4567", "6581234567"),  # Singapore: no longer than an Argentine local number
        ("+47 412 34 567", "4741234567"),
        ("+298 212345", "298212345"),
        ("+54 9 11 2222-3333", "5491122223333"),
    ],
)
def test_the_owner_of_a_short_number_is_let_in(listed: str, written: str) -> None:
    sender = sender_of(written, "")
    assert sender is not None
    assert Whitelist.parse([listed], "AR").allows(sender)


def test_whitelist_names_the_bad_entry() -> None:
    with pytest.raises(ValueError, match="entry 2"):
        Whitelist.parse(["+54 9 11 2222-3333", "mi número"], "AR")


def test_region_of_zone() -> None:
    assert region_of_zone("America/Argentina/Cordoba") == "AR"
    assert region_of_zone("Europe/Madrid") == "ES"
