"""What each Graph API error means for the message (Meta's error code reference).

Decided on `error.code` alone: texts change and the HTTP status misleads.
"""

from app.errors import Outcome

_CODES: dict[Outcome, tuple[int, ...]] = {
    Outcome.RETRY: (1, 2, 130429, 131000, 131016, 131057, 133004),
    Outcome.SLOW: (4, 80007, 131056),
    Outcome.OPERATOR: (
        0,
        3,
        10,
        190,  # token
        *range(200, 300),  # permissions
        368,
        131005,
        131030,  # not on the test number's list
        131031,
        131042,  # payment
        131045,
        131048,
        133010,  # number not registered
    ),
    Outcome.MESSAGE: (
        33,
        100,
        130472,
        130497,
        131008,
        131009,
        131021,
        131026,
        131047,  # outside the 24-hour window
        131049,
        131051,
        131053,
        131062,
        135000,
    ),
}
_OUTCOME_OF = {code: outcome for outcome, codes in _CODES.items() for code in codes}


def outcome_of(code: int | None, http_status: int) -> Outcome:
    """The outcome of an answer that was not a success."""
    if code in _OUTCOME_OF:
        return _OUTCOME_OF[code]
    if http_status == 401:
        return Outcome.OPERATOR
    if http_status == 429 or http_status >= 500:
        return Outcome.RETRY
    return Outcome.MESSAGE
