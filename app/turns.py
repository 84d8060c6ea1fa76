"""Inbox -> brain -> outbox: one worker a sender, one turn at a time, in arrival order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import structlog

from app.channels.base import Channel
from app.errors import SendError
from app.logs import mask
from app.sender import OutboxSender
from app.whatsapp_text import split, to_whatsapp
from app.workers import Workers
from graph.errors import ModelError
from graph.prompts import Prompts
from store.clock import now_ms
from store.inbox import Waiting
from store.ledger import Ledger, Turn

log = structlog.get_logger()

BURST_CAP_S = 3.0  # a sender who does not stop typing is answered all the same
TYPING_RENEWAL_S = 20.0  # Meta: the dots go out after 25 s
MODEL_RETRY_S = (1.0, 2.0, 5.0, 10.0, 15.0)  # then the last one for ever


class Reply(Protocol):
    """Takes the finished answer of a turn; durable when it returns."""

    async def __call__(self, reply: str) -> None: ...


class Brain(Protocol):
    """Answers one turn."""

    async def answer(self, turn: Turn, text: str, finish: Reply, *, resumed: bool) -> None:
        """Hand the answer to `finish` once; may go on working after that (summaries).

        `resumed`: the turn was begun before, here or by a process that ended.
        """
        ...


class Turns:
    """Claims what waits and sees each turn through to its answer."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        brain: Brain,
        sender: OutboxSender,
        channel: Channel,
        prompts: Prompts,
        language: str,
        burst_window_s: float,
    ) -> None:
        self._ledger = ledger
        self._brain = brain
        self._sender = sender
        self._channel = channel
        self._prompts = prompts
        self._language = language
        self._burst_window_s = burst_window_s
        self._workers = Workers("turns", self._drain)

    async def start(self) -> None:
        """Take up what the last process left."""
        for conversation_id in await self._ledger.unfinished():
            self.wake(conversation_id)

    def wake(self, conversation_id: int) -> None:
        """Something arrived for this conversation."""
        self._workers.wake(conversation_id)

    async def stop(self, grace_s: float) -> None:
        """Finish what is nearly done; the rest is resumed at the next start."""
        await self._workers.stop(grace_s)

    async def _drain(self, conversation_id: int) -> None:
        while waiting := await self._ledger.waiting(conversation_id):
            delay_s = self._burst_delay_s(waiting)
            if delay_s > 0:
                await self._workers.pause(conversation_id, delay_s)
                continue
            turn = await self._ledger.claim(conversation_id, merge=self._burst_window_s > 0)
            if turn is not None:
                await self._take(turn)

    def _burst_delay_s(self, waiting: Waiting) -> float:
        """How long to let the sender go on typing."""
        if waiting.resumed or waiting.kind == "command":
            return 0
        quiet_at = waiting.newest_at + self._burst_window_s * 1000
        return (min(quiet_at, waiting.oldest_at + BURST_CAP_S * 1000) - now_ms()) / 1000

    async def _take(self, turn: Turn) -> None:
        log.info(
            "turn_started",
            sender=mask(turn.conversation.thread_id),
            turn=turn.id,
            messages=len(turn.messages),
        )
        started_ms = now_ms()
        text, unreadable = _said(turn)
        if text:
            await self._answer(turn, text, unreadable=unreadable)
        else:
            await self._finish(turn, said="", reply=self._sentence("unsupported_type"))
        log.info("turn_finished", turn=turn.id, ms=now_ms() - started_ms)

    async def _answer(self, turn: Turn, text: str, *, unreadable: bool) -> None:
        finished = False

        async def finish(reply: str) -> None:
            nonlocal finished
            if unreadable:
                reply = f"{reply}\n\n{self._sentence('unsupported_type')}"
            await self._finish(turn, said=text, reply=reply)
            finished = True

        for attempt in range(2**31):
            try:
                async with self._typing(turn):
                    await self._brain.answer(
                        turn, text, finish, resumed=turn.resumed or attempt > 0
                    )
            except ModelError as error:
                if not finished:
                    await self._wait_for_model(turn, error, attempt)
                    continue
            except Exception:
                # A defect of ours. The owner gets a sentence, and the turn ends: the same input
                # would fail again and block everything behind it.
                log.exception("turn_failed", turn=turn.id)
            if not finished:
                await self._finish(turn, said=text, reply=self._sentence("turn_failed"))
            return

    async def _wait_for_model(self, turn: Turn, error: ModelError, attempt: int) -> None:
        """Say once that the model is away, keep the turn open, and give it time."""
        log.warning("model_unavailable", turn=turn.id, kind=error.kind, attempt=attempt)
        body = self._sentence(error.kind)
        if await self._ledger.notice(turn.conversation.id, f"model:{turn.id}", body):
            self._sender.wake(turn.conversation.id)
        await asyncio.sleep(MODEL_RETRY_S[min(attempt, len(MODEL_RETRY_S) - 1)])

    async def _finish(self, turn: Turn, *, said: str, reply: str) -> None:
        is_command = turn.messages[0].kind == "command"
        parts = split(to_whatsapp(reply))
        await self._ledger.finish(turn, said=said, reply=reply, parts=parts, keep=not is_command)
        self._sender.wake(turn.conversation.id)

    def _sentence(self, key: str) -> str:
        return self._prompts.message(self._language, key)

    @contextlib.asynccontextmanager
    async def _typing(self, turn: Turn) -> AsyncIterator[None]:
        """Ticks and dots while the turn runs; nothing depends on them."""
        task = asyncio.create_task(self._show_typing(turn.messages[-1].wa_id))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _show_typing(self, message_id: str) -> None:
        while True:
            with contextlib.suppress(SendError):
                await self._channel.show_typing(message_id)
            await asyncio.sleep(TYPING_RENEWAL_S)


def _said(turn: Turn) -> tuple[str, bool]:
    """The turn's text in order, and whether something in it cannot be read yet."""
    texts: Sequence[str] = [message.text.strip() for message in turn.messages]
    return "\n".join(filter(None, texts)), not all(texts)
