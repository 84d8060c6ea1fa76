"""What Meta has refused lately, by its own error codes."""

from app.checks.finding import Finding
from app.checks.subject import Subject

_OWN_LINE = frozenset({131030, 131042, 133010})  # where the fix is another than for the rest


def refused(subject: Subject, code: int | None, setting: str) -> Finding:
    """One refusal that only the owner can do something about."""
    if code in _OWN_LINE:
        return subject.fail(f"refused_{code}")
    return subject.fail("refused_other", code=code or "-", setting=setting)
