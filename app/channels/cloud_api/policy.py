"""What each Graph API error means for the message (Meta's error code reference).

Decided on `error.code` alone: texts change and the HTTP status misleads.
"""

from app.errors import Backoff, Outcome, Problem, SendError

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
        131049,
        131051,
        131053,
        131062,
        135000,
    ),
    Outcome.WINDOW: (131047,),
    Outcome.TEMPLATE: (
        132000,  # another number of variables
        132001,  # none of that name and language, or not approved
        132005,  # too long with the text in it
        132007,  # against Meta's policy
        132012,  # another kind of variable
        132015,  # paused
        132016,  # disabled
        132018,  # a variable that it does not take
    ),
}
# The outcomes that the owner has to do something about.
ASKS_THE_OWNER = frozenset({Outcome.OPERATOR, Outcome.TEMPLATE})
_OUTCOME_OF = {code: outcome for outcome, codes in _CODES.items() for code in codes}

_BACKOFF = {
    Outcome.RETRY: Backoff(),
    Outcome.SLOW: Backoff(first_s=60.0),
}
_PAIR_RATE = 131056  # too many messages to one person; Meta: wait 4^X seconds
_PAIR_BACKOFF = Backoff(first_s=4.0, growth=4.0, cap_s=3600.0)
_DOUBTFUL = frozenset({1, 131000})  # "unknown error": worth few tries
_DOUBTFUL_TRIES = 3
_UNLISTED = 131030  # a test number sends to five phones, each in one spelling

_TOKEN, _LIST = "WHATSAPP_ACCESS_TOKEN", "ALLOWED_NUMBERS"
_ACCOUNT, _NUMBER = "WHATSAPP_WABA_ID", "WHATSAPP_PHONE_NUMBER_ID"
_TEMPLATE = "WHATSAPP_REMINDER_TEMPLATE"
# What the owner has to look at; every other operator code is about the token's rights.
_SETTING_OF = {
    131030: _LIST,
    131031: _ACCOUNT,
    131042: _ACCOUNT,
    131045: _NUMBER,
    131048: _NUMBER,
    133010: _NUMBER,
    368: _ACCOUNT,
    **dict.fromkeys(_CODES[Outcome.TEMPLATE], _TEMPLATE),
}
_FIX_OF = {
    _TOKEN: "the token has expired or lacks rights: make a permanent one for a system user,"
    " with whatsapp_business_messaging",
    _LIST: "the number is not among the test number's recipients: add it in the portal",
    _ACCOUNT: "the account is restricted or has no payment method: see it in the portal",
    _NUMBER: "the number is not registered or is limited: see it in the portal",
    _TEMPLATE: "Meta refuses the template: it has to be approved in this language, not paused, and"
    " have one variable, in its body. Until then reminders wait for the next message",
}


def refusal(code: int | None, http_status: int, retry_after_s: float | None = None) -> SendError:
    """What to do about an answer that was not a success."""
    outcome = outcome_of(code, http_status)
    backoff = _PAIR_BACKOFF if code == _PAIR_RATE else _BACKOFF.get(outcome)
    return SendError(
        f"HTTP {http_status}, code {code}",
        outcome=outcome,
        code=code,
        retry_after_s=retry_after_s,
        backoff=backoff,
        tries=_DOUBTFUL_TRIES if code in _DOUBTFUL else None,
        problem=problem_of(code) if outcome in ASKS_THE_OWNER else None,
        unlisted=code == _UNLISTED,
    )


def problem_of(code: int | None) -> Problem:
    """What the owner has to change about an operator error."""
    setting = _TOKEN if code is None else _SETTING_OF.get(code, _TOKEN)
    return Problem(code, setting, _FIX_OF[setting])


def outcome_of(code: int | None, http_status: int) -> Outcome:
    """The outcome of an answer that was not a success."""
    if code in _OUTCOME_OF:
        return _OUTCOME_OF[code]
    if http_status == 401:
        return Outcome.OPERATOR
    # Without a code it was not Meta who answered: a proxy, a captive portal.
    if code is None or http_status == 429 or http_status >= 500:
        return Outcome.RETRY
    return Outcome.MESSAGE
