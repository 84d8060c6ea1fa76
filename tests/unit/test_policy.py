"""One row per Graph API error code: what it means for the message."""

import pytest

from app.channels.cloud_api.policy import outcome_of
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
