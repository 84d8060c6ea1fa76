"""Outbox -> channel: one at a time per conversation, in order, until each part has an outcome."""

import random
from collections.abc import Callable

import structlog

from app import metrics
from app.channels.base import Channel
from app.condition import Condition
from app.errors import Outcome, SendError, VoiceError
from app.identity import other_spelling
from app.logs import mask
from app.media.base import Voice
from app.workers import Workers
from store.clock import now_ms
from store.conversations import Conversation
from store.ledger import Ledger
from store.outbox import File, Next, Part

log = structlog.get_logger()

WINDOW_MS = 24 * 3600 * 1000  # Meta: nothing free-form later than this after the owner's message
UNKNOWN_CAP_S = 3600.0  # the longest wait for a status about a send nobody knows the outcome of
PROBLEM, TEMPLATE = "sending", "template"  # our keys in Condition
# An answer that is said aloud is there in writing, so it is not worth what keeps the next one
# waiting.
SPOKEN_TRIES = 3
SPOKEN_AGAIN = (Outcome.RETRY, Outcome.SLOW, Outcome.UNKNOWN)


class OutboxSender:
    """Sends what the ledger has queued."""

    def __init__(
        self,
        ledger: Ledger,
        channel: Channel,
        condition: Condition,
        *,
        settle_s: float,
        retry_s: float,
        templates: bool = False,
        voice: Voice | None = None,
    ) -> None:
        """`settle_s`: how long a status webhook may take to settle an unknown outcome; `retry_s`:
        between tries while only the owner can change something; `templates`: whether the channel
        has one, for what may be said by it outside the 24 hours; `voice`: says aloud what is to be
        spoken."""
        self._ledger = ledger
        self._channel = channel
        self._condition = condition
        self._settle_ms = int(settle_s * 1000)
        self._retry_s = retry_s
        self._templates = templates
        self._voice = voice
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
        found = await self._next(conversation_id)
        while found is not None:
            if found.leaves:
                found = await self._send(found.part, found.conversation)
            else:
                await self._see_to(found.part, found.conversation)
                found = await self._next(conversation_id)

    async def _next(self, conversation_id: int) -> Next | None:
        return await self._ledger.next_part(conversation_id, ready=self._is_ready)

    async def _see_to(self, part: Part, conversation: Conversation) -> None:
        """What has to be before it can leave."""
        if part.state == "sending":  # its outcome could not be written down
            await self._ledger.mark_unknown(part.id, due_at=self._settled_at(part.attempts))
        elif (wait_ms := part.due_at - now_ms()) > 0:
            await self._workers.pause(conversation.id, wait_ms / 1000)
        elif self._must_wait(part, conversation):
            await self._hold(part, conversation, None)
        elif _is_silent(part):
            await self._say(part, conversation)

    async def _say(self, part: Part, conversation: Conversation) -> None:
        """Give a part its sound, before it leaves: a crash meanwhile leaves nothing unknown."""
        try:
            if self._voice is None:  # not any more
                raise VoiceError("there is no voice")
            sound = await self._voice.say(part.body)
        except VoiceError as error:
            log.warning("not_said", part=part.id, reason=str(error))
            await self._give_up(part, conversation, None)
        else:
            await self._ledger.keep_sound(part.id, File("", "audio/ogg", sound))

    async def _send(self, part: Part, conversation: Conversation) -> Next | None:
        """Let it leave; what is the head after that."""
        try:
            with metrics.SEND_SECONDS.time():
                wa_id = await self._transmit(part, conversation)
        except SendError as error:
            metrics.SENDS.labels(error.outcome.value).inc()
            await self._after(error, part, conversation)
            return await self._next(conversation.id)
        metrics.SENDS.labels("sent").inc()
        following = await self._ledger.mark_sent(part, wa_id, ready=self._is_ready)
        self._condition.clear(PROBLEM)
        self._condition.clear(_recipient(conversation))
        self.on_sent()
        log.info("part_sent", part=part.id, to=mask(conversation.send_to))
        return following

    async def _transmit(self, part: Part, conversation: Conversation) -> str:
        to = conversation.send_to
        if self._by_template(part, conversation):
            # Before, not after: a status that says it failed may be faster than the response.
            self._condition.clear(TEMPLATE)
            return await self._channel.send_template(to, part.template, callback=part.callback)
        if part.file is not None:
            send = self._channel.send_voice if part.spoken else self._channel.send_file
            return await send(to, part.file, callback=part.callback)
        if part.buttons:
            return await self._channel.send_buttons(
                to, part.body, part.buttons, callback=part.callback
            )
        return await self._channel.send_text(to, part.body, callback=part.callback)

    async def _after(self, error: SendError, part: Part, conversation: Conversation) -> None:
        attempt = part.attempts + 1
        exhausted = error.tries is not None and attempt >= error.tries
        if part.spoken:
            exhausted = attempt >= SPOKEN_TRIES or error.outcome not in SPOKEN_AGAIN
        if error.outcome is Outcome.MESSAGE or exhausted:
            await self._give_up(part, conversation, error.code)
        elif error.outcome in (Outcome.WINDOW, Outcome.TEMPLATE):
            if error.problem is not None:
                self._condition.report(TEMPLATE, error.problem)
            await self._hold(part, conversation, error.code)
        elif error.outcome is Outcome.UNKNOWN:
            await self._ledger.mark_unknown(part.id, due_at=self._settled_at(attempt))
            log.warning("send_unknown", part=part.id, to=mask(conversation.send_to))
        else:
            await self._retry(error, part, conversation, attempt)

    def _settled_at(self, attempt: int) -> int:
        """When (ms) to send once more unless a status comes before; later each time.

        See docs/decisions.md: a lost answer is worse than one said twice.
        """
        wait_ms = self._settle_ms * 2 ** min(attempt - 1, 20)
        return now_ms() + int(min(wait_ms, UNKNOWN_CAP_S * 1000))

    async def _retry(
        self, error: SendError, part: Part, conversation: Conversation, attempt: int
    ) -> None:
        delay_s = self._delay_s(error, attempt)
        if error.unlisted and (other := other_spelling(conversation.send_to)):
            # Both ways round: a refused second spelling goes back to the one Meta gave us.
            first_try = not conversation.respelled
            await self._ledger.respell(conversation.id, other, respelled=first_try)
            delay_s = 0 if first_try else delay_s
        if error.problem is not None and delay_s:
            key = _recipient(conversation) if error.unlisted else PROBLEM
            self._condition.report(key, error.problem)
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

    def _delay_s(self, error: SendError, attempt: int) -> float:
        """Seconds until the next try: exponential with jitter, and no less than Meta asked for."""
        if error.outcome is Outcome.OPERATOR:
            delay_s = self._retry_s
        else:
            backoff = error.backoff
            delay_s = min(backoff.first_s * backoff.growth ** min(attempt - 1, 20), backoff.cap_s)
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        return max(delay_s * jitter, error.retry_after_s or 0)

    async def _hold(self, part: Part, conversation: Conversation, code: int | None) -> None:
        if part.spoken:  # tomorrow nobody wants to hear it
            await self._give_up(part, conversation, code)
            return
        wrote_at = conversation.last_wrote_at
        if await self._ledger.hold_send(part, code, wrote_at=wrote_at):
            log.warning("send_held", part=part.id, to=mask(conversation.send_to))

    async def _give_up(self, part: Part, conversation: Conversation, code: int | None) -> None:
        if self._by_template(part, conversation):  # a text may fare better, once there may be one
            await self._hold(part, conversation, code)
            return
        if part.buttons:  # what they offer can be typed
            await self._ledger.drop_buttons(part.id, code)
            log.warning("buttons_refused", part=part.id, code=code)
            return
        await self._ledger.mark_failed(part.id, code)
        log.error("send_failed", part=part.id, to=mask(conversation.send_to), code=code)

    def _is_ready(self, part: Part, conversation: Conversation) -> bool:
        due = part.state in ("queued", "unknown") and part.due_at <= now_ms()
        return due and not _is_silent(part) and not self._must_wait(part, conversation)

    def _must_wait(self, part: Part, conversation: Conversation) -> bool:
        return _is_too_late(conversation) and not self._by_template(part, conversation)

    def _by_template(self, part: Part, conversation: Conversation) -> bool:
        return self._templates and bool(part.template) and _is_too_late(conversation)


def _is_too_late(conversation: Conversation) -> bool:
    return now_ms() - conversation.last_wrote_at > WINDOW_MS


def _is_silent(part: Part) -> bool:
    """Whether it is to be said aloud, and has no sound yet."""
    return part.spoken and part.file is None


def _recipient(conversation: Conversation) -> str:
    """The key in Condition for what is wrong with one recipient only."""
    return f"{PROBLEM}:{conversation.id}"
