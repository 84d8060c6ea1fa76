"""The stand-in for Meta, running, between a business and a phone."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.simulator import SimulatorConfig, create_app
from app.simulator.serving import BackgroundServer
from tools.certificates import authorities

OWNER = "5491122223333"
DEADLINE_S = 10


class Business:
    """The other end: a webhook that answers what the test says and keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []
        self.app = Starlette(
            routes=[
                Route("/webhook", self.take, methods=["POST"]),
                Route("/webhook", self.challenge, methods=["GET"]),
            ]
        )

    async def take(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        self.signatures.append(request.headers["x-hub-signature-256"])
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    async def challenge(self, request: Request) -> Response:
        if request.query_params["hub.verify_token"] != "simulator-verify":
            return Response(status_code=403)
        return PlainTextResponse(request.query_params["hub.challenge"])

    def values(self) -> list[dict[str, Any]]:
        return [json.loads(body)["entry"][0]["changes"][0]["value"] for body in self.bodies]


class Sim:
    """A running simulator and the calls the tests make to it."""

    def __init__(self, url: str, config: SimulatorConfig) -> None:
        self.config = config
        self.http = httpx.Client(
            base_url=url, timeout=DEADLINE_S, trust_env=False, verify=authorities()
        )
        self.token = {"Authorization": f"Bearer {config.access_token}"}

    def graph(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        return self.http.request(method, f"/v26.0/{path}", headers=self.token, **kwargs)

    def send(self, **payload: Any) -> httpx.Response:
        base = {"messaging_product": "whatsapp", "recipient_type": "individual"}
        path = f"{self.config.phone_number_id}/messages"
        return self.graph("POST", path, json=base | payload)

    def text(self, body: str = "hola", **payload: Any) -> httpx.Response:
        return self.send(**{"to": f"+{OWNER}", "type": "text", "text": {"body": body}} | payload)

    def write(self, **message: Any) -> dict[str, Any]:
        answer = self.http.post("/_phone/messages", json={"wait": True} | message)
        assert answer.status_code == 202, answer.text
        return answer.json()["messages"][0]

    def chat(self, after: int = 0) -> list[dict[str, Any]]:
        return self.http.get("/_phone/chat", params={"after": after}).json()["events"]

    def fault(self, **rule: Any) -> None:
        self.http.post("/_control/faults", json=rule).raise_for_status()

    def deliveries(self, at_least: int) -> list[dict[str, Any]]:
        """All attempts so far, once there are this many."""
        params = {"after": at_least - 1, "wait_s": DEADLINE_S}
        assert self.http.get("/_control/deliveries", params=params).json()["deliveries"]
        return self.http.get("/_control/deliveries").json()["deliveries"]


@pytest.fixture
def business() -> Business:
    return Business()


@pytest.fixture
def config() -> SimulatorConfig:
    return SimulatorConfig(redelivery_backoff_s=(0.01,))


@pytest.fixture
def sim(business: Business, config: SimulatorConfig) -> Iterator[Sim]:
    with (
        BackgroundServer(business.app) as webhook,
        BackgroundServer(create_app(config)) as server,
    ):
        sim = Sim(server.url, config)
        sim.http.patch("/_control/switches", json={"webhook_url": f"{webhook.url}/webhook"})
        yield sim
        sim.http.close()


@pytest.fixture(scope="module")
def quiet_sim() -> Iterator[Sim]:
    """One for the many tests that only look at the answer of a send."""
    config = SimulatorConfig(send_statuses=False)
    with BackgroundServer(create_app(config)) as server:
        sim = Sim(server.url, config)
        yield sim
        sim.http.close()
