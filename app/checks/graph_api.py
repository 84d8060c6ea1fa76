"""Meta's Graph API: is it there, in which version, and what time is it."""

from contextlib import suppress

from app.channels.cloud_api.account import GraphRefusal, GraphUnreachable, Served
from app.checks.finding import Finding
from app.checks.subject import Subject
from app.settings import Settings

UNKNOWN_PATH = 2500  # Meta's code where it does not know the version
SKEW_WARN_S = 60.0
SKEW_FAIL_S = 300.0  # more, and a message of now looks like old mail or like one of the future


async def graph_api(subject: Subject) -> Finding:
    """Somebody answers at GRAPH_API_URL."""
    host = subject.settings.graph_api_url.host
    try:
        await _served(subject)
    except GraphUnreachable as error:
        return subject.fail("graph_unreachable", host=host, why=error)
    return subject.ok("graph_ok", host=host)


async def api_version(subject: Subject) -> Finding | None:
    """GRAPH_API_VERSION is one that Meta still serves."""
    asked = subject.settings.graph_api_version
    try:
        await subject.meta.token()
    except GraphRefusal as refusal:
        if refusal.code == UNKNOWN_PATH:
            return subject.fail("version_unknown", asked=asked, default=_default())
    served = subject.meta.served
    if served is None or not served.version:
        return None
    if served.version != asked:
        return subject.warn("version_gone", asked=asked, served=served.version, default=_default())
    return subject.ok("version_ok", asked=asked)


async def clock(subject: Subject) -> Finding | None:
    """This machine's clock goes with Meta's."""
    served = await _served(subject)
    if served is None or served.at is None:
        return None
    skew = abs(subject.now() - served.at)
    if skew >= SKEW_FAIL_S:
        return subject.fail("clock_off", minutes=round(skew / 60))
    if skew >= SKEW_WARN_S:
        return subject.warn("clock_drifts", seconds=round(skew))
    return subject.ok("clock_ok")


async def _served(subject: Subject) -> Served | None:
    with suppress(GraphRefusal):  # an answer all the same
        await subject.meta.token()
    return subject.meta.served


def _default() -> str:
    return str(Settings.model_fields["graph_api_version"].default)
