"""Delivery of webhooks: signed, repeated until the answer is 200, every attempt logged."""

import asyncio
import secrets
import time

import httpx

from app.simulator.config import SimulatorConfig
from app.simulator.envelopes import Json, encode, sign
from app.simulator.events import EventLog
from tools.certificates import authorities


class Webhooks:
    """Posts to one callback URL. `url` and `twice` may change while it runs."""

    def __init__(self, config: SimulatorConfig, attempts: EventLog) -> None:
        self._config = config
        self._attempts = attempts
        self._client = httpx.AsyncClient(
            timeout=config.webhook_timeout_s, trust_env=False, verify=authorities()
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = config.webhook_url
        self.twice = config.deliver_twice

    def deliver_soon(self, payloads: list[Json], *, twice: bool = False) -> asyncio.Task[None]:
        """Deliver these in order, in the background, each until it is taken."""
        task = asyncio.create_task(self._deliver_all(payloads, twice=twice))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def verify(self) -> tuple[bool, int, str]:
        """Do the GET challenge Meta does when a callback is saved: (right?, status, body)."""
        challenge = str(secrets.randbelow(10**9))
        answer = await self._client.get(
            self.url,
            params={
                "hub.mode": "subscribe",
                "hub.challenge": challenge,
                "hub.verify_token": self._config.verify_token,
            },
        )
        right = answer.status_code == httpx.codes.OK and answer.text == challenge
        return right, answer.status_code, answer.text

    async def aclose(self) -> None:
        """Drop what is not delivered yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def _deliver_all(self, payloads: list[Json], *, twice: bool) -> None:
        for payload in payloads:
            body = encode(payload)
            await self._until_taken(body)
            if twice or self.twice:
                await self._post(body, attempt=1)

    async def _until_taken(self, body: bytes) -> None:
        waits = self._config.redelivery_backoff_s
        attempt = 1
        while not await self._post(body, attempt=attempt):
            await asyncio.sleep(waits[min(attempt, len(waits)) - 1])
            attempt += 1

    async def _post(self, body: bytes, *, attempt: int) -> bool:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": sign(self._config.app_secret, body),
        }
        began = time.perf_counter()
        status, error = None, None
        try:
            answer = await self._client.post(self.url, content=body, headers=headers)
            status = answer.status_code
        except httpx.TransportError as problem:
            error = type(problem).__name__
        self._attempts.append(
            "delivery",
            attempt=attempt,
            status=status,
            error=error,
            took_ms=round((time.perf_counter() - began) * 1000, 3),
            body=body.decode("ascii"),
        )
        return status == httpx.codes.OK
