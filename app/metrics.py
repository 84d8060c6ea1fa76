"""Prometheus metrics, for the admin port. No label holds a number or a text of a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()

_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120)

MESSAGES = Counter(
    "wasap_messages", "Messages in webhooks, by what became of them", ["outcome"], registry=REGISTRY
)
TURN_SECONDS = Histogram(
    "wasap_turn_seconds", "From claim to answer stored", buckets=_SECONDS, registry=REGISTRY
)
TURNS = Counter("wasap_turns", "Turns, by how they ended", ["outcome"], registry=REGISTRY)
SEND_SECONDS = Histogram(
    "wasap_send_seconds", "One call to send a part", buckets=_SECONDS, registry=REGISTRY
)
SENDS = Counter("wasap_sends", "Calls to send a part, by outcome", ["outcome"], registry=REGISTRY)
REMINDERS = Counter("wasap_reminders", "Reminders fired", ["when"], registry=REGISTRY)
RESCUED_CALLS = Counter(
    "wasap_rescued_calls", "Tool calls that the model wrote as text", registry=REGISTRY
)
OUTBOX_DEPTH = Gauge("wasap_outbox_depth", "Parts not sent yet", registry=REGISTRY)
INBOX_DEPTH = Gauge("wasap_inbox_depth", "Messages not answered yet", registry=REGISTRY)


def text() -> bytes:
    """The metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)
