"""One simulator's parts, and how a request reaches them."""

import secrets
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, Request

from app.simulator.account import Account
from app.simulator.config import SimulatorConfig
from app.simulator.envelopes import envelope, status_value
from app.simulator.events import EventLog
from app.simulator.faults import Faults
from app.simulator.media import MediaStore
from app.simulator.webhooks import Webhooks


@dataclass
class Simulator:
    """Everything a route may need; lives as long as the app."""

    config: SimulatorConfig
    chat: EventLog
    requests: EventLog
    deliveries: EventLog
    media: MediaStore
    faults: Faults
    webhooks: Webhooks
    account: Account
    subscribed: bool
    send_statuses: bool

    @classmethod
    def build(cls, config: SimulatorConfig) -> "Simulator":
        """The parts of a run, wired together."""
        deliveries = EventLog(config.clock)
        return cls(
            config=config,
            chat=EventLog(config.clock, config.chat_file),
            requests=EventLog(config.clock),
            deliveries=deliveries,
            media=MediaStore(config.clock, config.media_url_ttl_s),
            faults=Faults(),
            webhooks=Webhooks(config, deliveries),
            account=Account(),
            subscribed=config.subscribed,
            send_statuses=config.send_statuses,
        )

    def report_statuses(
        self,
        *,
        wamid: str,
        recipient: str,
        opaque: str | None,
        category: str,
        errors: list[dict[str, Any]] | None,
    ) -> None:
        """Tell the business what became of a message, as the phone would make Meta tell it."""
        names = ["failed"] if errors else ["sent", "delivered", "read"]
        payloads = []
        for name in names:
            self.chat.append("status", chat=recipient, wamid=wamid, status=name)
            value = status_value(
                self.config,
                status=name,
                wamid=wamid,
                recipient=recipient,
                opaque=opaque,
                category=category,
                errors=errors,
            )
            payloads.append(envelope(self.config, [value]))
        if self.send_statuses or errors:
            self.webhooks.deliver_soon(payloads)

    def is_token(self, authorization: str | None) -> bool:
        """Whether a header carries this run's bearer token."""
        expected = f"Bearer {self.config.access_token}"
        return secrets.compare_digest((authorization or "").encode(), expected.encode())


def simulator_of(request: Request) -> Simulator:
    """The simulator behind a request's app."""
    return cast(Simulator, request.app.state.simulator)


TheSimulator = Annotated[Simulator, Depends(simulator_of)]
