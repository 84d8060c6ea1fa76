"""Outbox -> channel: one at a time per conversation, in order, until each part has an outcome."""

import random
from collections.abc import Callable

import structlog

from app import metrics
from app.channels.base import Channel
from app.condition import Condition
from app.errors import Outcome, SendError
from app.identity import other_spelling
from app.logs import mask
from app.workers import Workers
from store.clock import now_ms
from store.conversations import Conversation
from store.ledger import Ledger
from store.outbox import Part

log = structlog.get_logger()

WINDOW_MS = 24 * 3600 * 1000  # Meta: nothing free-form later than this after the owner's message
UNKNOWN_CAP_S = 3600.0  # the longest wait for a status about a send nobody knows the outcome of
PROBLEM = "sending"  # our key in Condition


class OutboxSender:
    """Sends what the ledger has queued."""

    def __init__(
        self, ledger: Ledger, channel: Channel, condition: Condition, *, settle_s: float
    ) -> None:
        """`settle_s`: how long a status webhook may take to settle an unknown outcome."""
        self._ledger = ledger
        self._channel = channel
        self._condition = condition
        self._settle_ms = int(settle_s * 1000)
        self._workers = Workers("sender", self._drain)
        self.on_sent: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Go on where the last process stopped."""
        for conversation_id in await self._ledger.recover_outbox(self._settle_ms):
            self.wake(conversation_id)

    def wake(self, conversation_id: int) -> None:
        """There may be something to send to this conversation."""
        self._workers.wake(conversation_id)

    async def stop(self, grace_s: float) -> None:
        """Finish the requests on the wire."""
        await self._workers.stop(grace_s)

    async def _drain(self, conversation_id: int) -> None:
        while found := await self._ledger.next_part(conversation_id, ready=_is_ready):
            part, conversation = found.part, found.conversation
            if found.leaves:
                await self._send(part, conversation)
            elif part.state == "sending":  # its outcome could not be written down
                await self._ledger.mark_unknown(part.id, due_at=self._settled_at(part.attempts))
            elif (wait_ms := part.due_at - now_ms()) > 0:
                await self._workers.pause(conversation_id, wait_ms / 1000)
            elif _is_too_late(conversation):
                await self._hold(part, conversation, None)

    async def _send(self, part: Part, conversation: Conversation) -> None:
        try:
            with metrics.SEND_SECONDS.time():
                wa_id = await self._transmit(part, conversation.send_to)
        except SendError as error:
            metrics.SENDS.labels(error.outcome.value).inc()
            await self._after(error, part, conversation)
        else:
            metrics.SENDS.labels("sent").inc()
            await self._ledger.mark_sent(part.id, wa_id)
            self._condition.clear(PROBLEM)
            self.on_sent()
            log.info("part_sent", part=part.id, to=mask(conversation.send_to))

    async def _transmit(self, part: Part, to: str) -> str:
        if part.file is not None:
            return await self._channel.send_file(to, part.file, callback=str(part.id))
        return await self._channel.send_text(to, part.body, callback=str(part.id))

    async def _after(self, error: SendError, part: Part, conversation: Conversation) -> None:
        attempt = part.attempts + 1
        exhausted = error.tries is not None and attempt >= error.tries
        if error.outcome is Outcome.MESSAGE or exhausted:
            await self._give_up(part, conversation, error.code)
        elif error.outcome is Outcome.WINDOW:
            await self._hold(part, conversation, error.code)
        elif error.outcome is Outcome.UNKNOWN:
            await self._ledger.mark_unknown(part.id, due_at=self._settled_at(attempt))
            log.warning("send_unknown", part=part.id, to=mask(conversation.send_to))
        else:
            await self._retry(error, part, conversation, attempt)

    def _settled_at(self, attempt: int) -> int:
        """When (ms) to send once more unless a status comes before.

        Statuses come the way messages do, so one that stays away means that Meta does not have it;
        the wait doubles in case they are late. Giving up would lose an answer to two crashes.
        """
        wait_ms = self._settle_ms * 2 ** min(attempt - 1, 20)
        return now_ms() + int(min(wait_ms, UNKNOWN_CAP_S * 1000))

    async def _retry(
        self, error: SendError, part: Part, conversation: Conversation, attempt: int
    ) -> None:
        delay_s = _delay_s(error, attempt)
        if error.unlisted and (other := other_spelling(conversation.send_to)):
            # Both ways round: a refused second spelling goes back to the one Meta gave us.
            first_try = not conversation.respelled
            await self._ledger.respell(conversation.id, other, respelled=first_try)
            delay_s = 0 if first_try else delay_s
        if error.problem is not None and delay_s:
            self._condition.report(PROBLEM, error.problem)
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

    async def _hold(self, part: Part, conversation: Conversation, code: int | None) -> None:
        await self._ledger.hold_send(part.id, code)
        log.warning("send_held", part=part.id, to=mask(conversation.send_to))

    async def _give_up(self, part: Part, conversation: Conversation, code: int | None) -> None:
        await self._ledger.mark_failed(part.id, code)
        log.error("send_failed", part=part.id, to=mask(conversation.send_to), code=code)


def _is_ready(part: Part, conversation: Conversation) -> bool:
    due = part.state in ("queued", "unknown") and part.due_at <= now_ms()
    return due and not _is_too_late(conversation)


def _is_too_late(conversation: Conversation) -> bool:
    return now_ms() - conversation.last_wrote_at > WINDOW_MS


def _delay_s(error: SendError, attempt: int) -> float:
    """Seconds until the next try: what Meta asked for, else exponential with jitter."""
    if error.retry_after_s is not None:
        return error.retry_after_s
    backoff = error.backoff
    delay_s = min(backoff.first_s * backoff.growth ** min(attempt - 1, 20), backoff.cap_s)
    return delay_s * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, no secret
