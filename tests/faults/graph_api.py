"""The kinds of trouble Meta's Graph API can make while we send."""

from dataclasses import dataclass, replace

from app.simulator.errors import error_body
from tests.crash.meta import Sending, Spoil
from tests.crash.wire import Reply, as_json

TIMEOUT_S = 1.0  # GRAPH_API_TIMEOUT_S
SETTLE_S = 3.0  # SEND_SETTLE_S; statuses come within 0.1 s, unless the machine is busy
AGAIN_S = 1.0  # SEND_RETRY_S
NEVER_S = 3600.0

PAGE = b"<!DOCTYPE html><html><body>Sorry, something went wrong.</body></html>"


@dataclass(frozen=True)
class GraphApiFault:
    """One kind."""

    kind: str
    spoil: Spoil | None  # what happens to a send; None: nobody listens
    times: int = 2  # sends it happens to


def _refused(code: int, status: int, *headers: str) -> Spoil:
    return lambda sending: as_json(error_body(code, f"(#{code}) no"), status, headers=headers)


def _lost(reply: Reply) -> Spoil:
    """It did not reach the phone."""
    return lambda sending: reply


def _taken(reply: Reply) -> Spoil:
    """It is on the phone, but who sent it cannot know."""

    def spoil(sending: Sending) -> Reply:
        sending.take()
        return reply

    return spoil


def _cut(sending: Sending) -> Reply:
    reply = sending.take()
    return replace(reply, body=reply.body[:20], length=len(reply.body), cut=True)


def _too_short(sending: Sending) -> Reply:
    reply = sending.take()
    return replace(reply, length=len(reply.body) - 5)


def _too_long(sending: Sending) -> Reply:
    reply = sending.take()
    return replace(reply, length=len(reply.body) + 5)


def _late_page(sending: Sending) -> Reply:
    sending.take()
    return Reply(PAGE, 504, delay_s=TIMEOUT_S / 2)  # as a gateway does when it has waited enough


def _slow(sending: Sending) -> Reply:
    return replace(sending.take(), delay_s=TIMEOUT_S / 2)


GRAPH_API_FAULTS = (
    # It was not taken, and says so or cannot be reached.
    GraphApiFault("nobody listens", None),
    GraphApiFault("500 with code 131016", _refused(131016, 500)),
    GraphApiFault("500 without a code", _lost(Reply(b"{}", 500))),
    GraphApiFault("503 with code 2", _refused(2, 503)),
    GraphApiFault("502 with a web page", _lost(Reply(PAGE, 502))),
    GraphApiFault("403 with a web page", _lost(Reply(PAGE, 403))),
    GraphApiFault("302 to a login page", _lost(Reply(PAGE, 302, ("Location: /login",)))),
    GraphApiFault("429 with Retry-After", _refused(130429, 429, "Retry-After: 1")),
    GraphApiFault("429 without a code", _lost(Reply(b"", 429))),
    GraphApiFault("500 with code 131000", _refused(131000, 500)),
    GraphApiFault("400 with code 131056", _refused(131056, 400), times=1),
    GraphApiFault("400 with code 131030", _refused(131030, 400), times=1),
    # It was not taken, and nobody can know.
    GraphApiFault("reset, not taken", _lost(Reply(reset=True)), times=1),
    GraphApiFault("closed, not taken", _lost(Reply(drop=True)), times=1),
    GraphApiFault("no answer, not taken", _lost(Reply(delay_s=NEVER_S)), times=1),
    GraphApiFault("200 with a list", _lost(as_json([1])), times=1),
    GraphApiFault("200 with a web page", _lost(Reply(PAGE)), times=1),
    GraphApiFault("taken, then failed by a status", lambda sending: sending.fail(131000), times=1),
    # It was taken, and only a status says so.
    GraphApiFault("reset, taken", _taken(Reply(reset=True)), times=1),
    GraphApiFault("closed, taken", _taken(Reply(drop=True)), times=1),
    GraphApiFault("no answer, taken", _taken(Reply(delay_s=NEVER_S)), times=1),
    GraphApiFault("200 without messages, taken", _taken(as_json({"messages": []})), times=1),
    GraphApiFault("200 with broken JSON, taken", _taken(Reply(b'{"messages"')), times=1),
    GraphApiFault("504 with a web page, taken", _late_page, times=1),
    GraphApiFault("body cut short, taken", _cut, times=1),
    GraphApiFault("Content-Length too small, taken", _too_short, times=1),
    GraphApiFault("Content-Length too large, taken", _too_long, times=1),
    GraphApiFault("status before a slow answer", _slow, times=1),
)
