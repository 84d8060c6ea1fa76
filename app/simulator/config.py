"""What a simulator run is given: identities, secrets and the pace of the webhooks."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.same_origin import LOOPBACK


@dataclass(frozen=True)
class SimulatorConfig:
    """The fake account, the one person who writes to it, and where webhooks go."""

    access_token: str = field(default="simulator-token", repr=False)
    app_secret: str = field(default="simulator-secret", repr=False)
    verify_token: str = field(default="simulator-verify", repr=False)
    phone_number_id: str = "106540352242922"
    waba_id: str = "102290129340398"
    app_id: str = "1064351234567890"
    display_phone_number: str = "15550783881"
    verified_name: str = "WasAP"
    webhook_url: str = "http://127.0.0.1:8000/webhook"

    owner_number: str = "5491122223333"
    """The default sender of the phone side, spelt as Meta's webhooks spell it."""
    owner_name: str = "Demo"

    send_statuses: bool = True
    """Post `sent`, `delivered` and `read` webhooks after each accepted message."""
    deliver_twice: bool = False
    """Deliver each webhook again after its 200, as Meta's at-least-once delivery may."""
    redelivery_backoff_s: tuple[float, ...] = (0.5, 1, 2, 5, 10, 30)
    """Waits after an answer that is not 200; the last one repeats for as long as we run."""
    webhook_timeout_s: float = 10.0
    media_url_ttl_s: float = 300.0  # Meta: 5 min
    test_recipients: tuple[str, ...] = ()
    """When set, this is a test number: sending to any other spelling answers 131030."""
    subscribed: bool = True
    """Whether the app is subscribed to the account when the run starts."""
    chat_file: Path | None = None
    """JSON lines; the conversation is read from it at start and appended to it."""
    hosts: tuple[str, ...] = LOOPBACK
    """The names that it may be called by; none: any."""
    clock: Callable[[], float] = time.time


def user_id_of(number: str) -> str:
    """The business-scoped user id of a number: stable for a number, like Meta's for a portfolio."""
    digest = hashlib.sha256(number.encode()).hexdigest()
    return f"AR.{int(digest[:16], 16)}"
