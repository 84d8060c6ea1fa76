"""One row per Graph API error code: what it means for the message."""

import pytest

from app.channels.cloud_api.policy import outcome_of, refusal
from app.errors import Outcome

ROWS = {
    Outcome.RETRY: [1, 2, 130429, 131000, 131016, 131057, 133004],
    Outcome.SLOW: [4, 80007, 131056],
    Outcome.OPERATOR: [
        0, 3, 10, 190, 200, 250, 299, 368, 131005, 131030, 131031, 131042, 131045, 131048, 133010,
    ],
    Outcome.MESSAGE: [
        33, 100, 130472, 130497, 131008, 131009, 131021, 131026, 131049, 131051, 131053,
        131062, 135000,
    ],
    Outcome.WINDOW: [131047],
    Outcome.TEMPLATE: [132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018],
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "outcome"), [(code, outcome) for outcome, codes in ROWS.items() for code in codes]
)
@pytest.mark.parametrize("http_status", [200, 400, 500])
def test_code_decides_whatever_the_status(code: int, outcome: Outcome, http_status: int) -> None:
    assert outcome_of(code, http_status) is outcome


@pytest.mark.parametrize(
    ("http_status", "unknown", "none"),
    [
        (401, Outcome.OPERATOR, Outcome.OPERATOR),
        (429, Outcome.RETRY, Outcome.RETRY),
        (500, Outcome.RETRY, Outcome.RETRY),
        (503, Outcome.RETRY, Outcome.RETRY),
        # Meta's own refusal, against a page of somebody between us and Meta
        (400, Outcome.MESSAGE, Outcome.RETRY),
        (404, Outcome.MESSAGE, Outcome.RETRY),
        (302, Outcome.MESSAGE, Outcome.RETRY),
    ],
)
def test_without_a_known_code_the_status_decides(
    http_status: int, unknown: Outcome, none: Outcome
) -> None:
    assert outcome_of(999999, http_status) is unknown
    assert outcome_of(None, http_status) is none


def test_every_code_of_the_table_has_a_row() -> None:
    """A code that is not listed is decided by the HTTP status; these are not."""
    listed = {code for code in CODES if outcome_of(code, 400) is outcome_of(code, 500)}
    rows = {code for codes in ROWS.values() for code in codes}
    assert listed == rows | set(range(200, 300))


CODES = [*range(-1, 1_000), *range(80_000, 81_000), *range(130_000, 140_000)]

SETTINGS = {
    "WHATSAPP_ACCESS_TOKEN": [0, 3, 10, 190, 200, 299, 131005],
    "ALLOWED_NUMBERS": [131030],
    "WHATSAPP_WABA_ID": [368, 131031, 131042],
    "WHATSAPP_PHONE_NUMBER_ID": [131045, 131048, 133010],
    "WHATSAPP_REMINDER_TEMPLATE": [132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018],
}


@pytest.mark.parametrize(
    ("code", "setting"), [(code, name) for name, codes in SETTINGS.items() for code in codes]
)
def test_what_the_owner_can_change_names_the_setting(code: int, setting: str) -> None:
    problem = refusal(code, 400).problem
    assert problem is not None
    assert (problem.code, problem.setting) == (code, setting)
    assert problem.fix
