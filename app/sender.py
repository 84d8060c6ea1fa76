"""Outbox -> channel: one at a time per conversation, in order, until each part has an outcome."""

import random

import structlog

from app.channels.base import Channel
from app.errors import Outcome, SendError
from app.logs import mask
from app.workers import Workers
from store.clock import now_ms
from store.conversations import Conversation
from store.ledger import Ledger
from store.outbox import UNKNOWN_WAIT_MS, Part

log = structlog.get_logger()

RETRY_CAP_S = 300.0
SLOW_S = 60.0
OPERATOR_S = 60.0  # somebody has to change a setting; looked at again this often
PAIR_RATE_CODE = 131056  # Meta: wait 4^X seconds
DOUBTFUL_CODES = frozenset({1, 131000})  # "unknown error": worth few tries
DOUBTFUL_TRIES = 3
UNKNOWN_TRIES = 2


class OutboxSender:
    """Sends what the ledger has queued."""

    def __init__(self, ledger: Ledger, channel: Channel) -> None:
        self._ledger = ledger
        self._channel = channel
        self._workers = Workers("sender", self._drain)

    async def start(self) -> None:
        """Go on where the last process stopped."""
        for conversation_id in await self._ledger.recover_outbox():
            self.wake(conversation_id)

    def wake(self, conversation_id: int) -> None:
        """There may be something to send to this conversation."""
        self._workers.wake(conversation_id)

    async def stop(self, grace_s: float) -> None:
        """Finish the requests on the wire."""
        await self._workers.stop(grace_s)

    async def _drain(self, conversation_id: int) -> None:
        while found := await self._ledger.next_part(conversation_id):
            part, conversation = found
            if part.state == "sending":  # its outcome could not be written down
                await self._ledger.mark_unknown(part.id, due_at=now_ms() + UNKNOWN_WAIT_MS)
            elif (wait_ms := part.due_at - now_ms()) > 0:
                await self._workers.pause(conversation_id, wait_ms / 1000)
            elif part.state == "unknown" and part.attempts >= UNKNOWN_TRIES:
                await self._give_up(part, conversation, None)
            else:
                await self._send(part, conversation)

    async def _send(self, part: Part, conversation: Conversation) -> None:
        await self._ledger.begin_send(part.id)
        try:
            wa_id = await self._channel.send_text(
                conversation.send_to, part.body, callback=str(part.id)
            )
        except SendError as error:
            await self._after(error, part, conversation)
        else:
            await self._ledger.mark_sent(part.id, wa_id)
            log.info("part_sent", part=part.id, to=mask(conversation.send_to))

    async def _after(self, error: SendError, part: Part, conversation: Conversation) -> None:
        attempt = part.attempts + 1
        doubtful = error.code in DOUBTFUL_CODES and attempt >= DOUBTFUL_TRIES
        if error.outcome is Outcome.MESSAGE or doubtful:
            await self._give_up(part, conversation, error.code)
            return
        if error.outcome is Outcome.UNKNOWN:
            await self._ledger.mark_unknown(part.id, due_at=now_ms() + UNKNOWN_WAIT_MS)
            log.warning("send_unknown", part=part.id, to=mask(conversation.send_to))
            return
        delay_s = _delay_s(error, attempt)
        due_at = now_ms() + int(delay_s * 1000)
        await self._ledger.retry_send(part.id, due_at=due_at, code=error.code)
        log.warning(
            "send_retry",
            part=part.id,
            to=mask(conversation.send_to),
            outcome=error.outcome.value,
            code=error.code,
            in_s=round(delay_s, 1),
        )

    async def _give_up(self, part: Part, conversation: Conversation, code: int | None) -> None:
        await self._ledger.mark_failed(part.id, code)
        log.error("send_failed", part=part.id, to=mask(conversation.send_to), code=code)


def _delay_s(error: SendError, attempt: int) -> float:
    """Seconds until the next try: what Meta asked for, else exponential with jitter."""
    if error.retry_after_s is not None:
        return error.retry_after_s
    if error.outcome is Outcome.OPERATOR:
        return OPERATOR_S
    if error.code == PAIR_RATE_CODE:
        return float(min(4**attempt, 3600))
    base = SLOW_S if error.outcome is Outcome.SLOW else 1.0
    backoff = min(base * 2.0 ** min(attempt - 1, 10), RETRY_CAP_S)
    return backoff * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, no secret
