"""The signature over the raw bytes."""

import pytest

from app.channels.cloud_api.signature import is_signed, sign

SECRET = "test_app_secret"
BODY = b'{"object":"whatsapp_business_account","entry":[]}'
# Published by a public integration reference; recomputed here.
VECTOR = "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"


def test_known_vector() -> None:
    assert sign(BODY, SECRET) == VECTOR
    assert is_signed(BODY, VECTOR, SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        VECTOR.removeprefix("sha256="),
        VECTOR.replace("sha256", "sha1"),
        VECTOR[:-1],
        VECTOR + "0",
        VECTOR + "\n",
        VECTOR.upper(),
        VECTOR[:-1] + "é",  # compare_digest alone would raise
        "sha256=" + "0" * 64,
    ],
)
def test_anything_else_is_refused(header: str | None) -> None:
    assert not is_signed(BODY, header, SECRET)


def test_one_changed_byte_is_refused() -> None:
    assert not is_signed(BODY + b" ", VECTOR, SECRET)
