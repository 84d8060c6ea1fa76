"""Inbox -> brain -> outbox: one worker a sender, one turn at a time, in arrival order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from app import metrics
from app.channels.base import Channel
from app.errors import SendError
from app.logs import mask, tail
from app.media.desk import MediaDesk
from app.outage import Outage, retry_s
from app.parts import BUTTONS_LIMIT, split, units
from app.reading import Reading, is_spoken, read
from app.sender import OutboxSender
from app.spoken import spoken
from app.whatsapp_text import to_whatsapp
from app.workers import Workers
from graph.approvals import Question
from graph.choices import Choice
from graph.errors import ModelError
from graph.prompts import Prompts
from graph.shrinking import cut_short
from store import approvals
from store.approvals import Approval
from store.clock import now_ms
from store.errors import StoreError
from store.inbox import Waiting
from store.ledger import Ledger, Turn
from store.outbox import Button

log = structlog.get_logger()

BURST_CAP_S = 3.0  # a sender who does not stop typing is answered all the same
TYPING_AFTER_S = 0.5  # where more waits: a call to Meta for each would make it wait longer
TYPING_RENEWAL_S = 20.0  # Meta: the dots go out after 25 s
ECHO_MAX = 1_500  # characters of what was heard
OLD_MAIL_WINDOW_S = 2.0  # after an outage Meta redelivers message by message


class Reply(Protocol):
    """Takes the finished answer of a turn, or the question it ends with.

    Durable when it returns.
    """

    async def __call__(self, reply: str | Question, choices: Sequence[Choice] = ()) -> None:
        """`choices`: what may be said to it by a tap."""
        ...


class Brain(Protocol):
    """Answers one turn."""

    async def answer(
        self,
        turn: Turn,
        text: str,
        finish: Reply,
        *,
        resumed: bool,
        wanted: Callable[[], Awaitable[None]],
    ) -> bool:
        """Hand the answer to `finish` once; may go on working after that (summaries). Whether it
        took the model to answer.

        A `turn` that says yes or no to a question goes on with the one that asked. `resumed`: it
        was begun before, here or by a process that ended. `wanted` returns when
        the sender's next message waits: what can be done later should then be left.
        """
        ...

    async def rewrite(self, turn: Turn, said: str) -> None:
        """The owner took back a part of what an earlier turn answered; `said` is the rest."""
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
        desk: MediaDesk,
        prompts: Prompts,
        language: str,
        burst_window_s: float,
        speaks: bool = False,
    ) -> None:
        """`speaks`: whether the sender can say an answer aloud."""
        self._ledger = ledger
        self._brain = brain
        self._sender = sender
        self._channel = channel
        self._desk = desk
        self._prompts = prompts
        self._language = language
        self._burst_window_s = burst_window_s
        self._speaks = speaks
        self._outage = Outage(ledger, prompts, language)
        self._workers = Workers("turns", self._drain)
        self._marks: set[asyncio.Task[None]] = set()
        self.on_finished: Callable[[], None] = lambda: None  # a turn has got its answer

    @property
    def busy(self) -> bool:
        """Whether somebody's turn runs or waits."""
        return self._workers.busy

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
        for task in tuple(self._marks):
            task.cancel()
        await asyncio.gather(*self._marks, return_exceptions=True)

    async def _drain(self, conversation_id: int) -> None:
        merge = self._burst_window_s > 0
        while True:
            self._workers.looks(conversation_id)
            found = await self._ledger.claim(
                conversation_id, merge=merge, delay_s=self._burst_delay_s
            )
            if found is None:
                return
            if isinstance(found, Turn) and found.messages[0].kind == "silent":
                await self._take_back(found)
            elif isinstance(found, Turn):
                await self._take(found)
            else:
                await self._workers.pause(conversation_id, found)

    def _burst_delay_s(self, waiting: Waiting) -> float:
        """How long to let the sender go on typing, or Meta go on redelivering."""
        if waiting.resumed or waiting.kind != "chat":
            return 0
        window_s = OLD_MAIL_WINDOW_S if waiting.old else self._burst_window_s
        quiet_at = waiting.newest_at + window_s * 1000
        return (min(quiet_at, waiting.oldest_at + BURST_CAP_S * 1000) - now_ms()) / 1000

    async def _take(self, turn: Turn) -> None:
        log.info(
            "turn_started",
            sender=mask(turn.conversation.thread_id),
            turn=tail(turn.id),
            messages=len(turn.messages),
            resumed=turn.resumed,
        )
        started_ms = now_ms()
        if not _is_late(turn):
            turn = await self._hear(turn)
        reading = await self._read(turn)
        if reading.text and not _is_late(turn):
            outcome = await self._answer(turn, reading)
        else:
            outcome = "late_tap" if _is_late(turn) else "unreadable"
            async with self._typing(turn, asyncio.Event()):
                await self._finish(turn, reading, self._without_words(turn, reading))
        spent_ms = now_ms() - started_ms
        metrics.TURN_SECONDS.observe(spent_ms / 1000)
        metrics.TURNS.labels(outcome).inc()
        log.info("turn_finished", turn=tail(turn.id), ms=spent_ms, outcome=outcome)

    async def _hear(self, turn: Turn) -> Turn:
        """The turn with what its files say, however long a model that reads them is away."""
        attempt = 0
        while self._desk.unread(turn):
            try:
                async with self._typing(turn, asyncio.Event()):
                    turn = await self._desk.read_next(turn, attempt=attempt)
            except ModelError as error:
                log.warning("reader_failed", turn=tail(turn.id), kind=error.kind, attempt=attempt)
                await self._tell(turn, error)
                await asyncio.sleep(retry_s(attempt))
                attempt += 1
        return turn

    async def _read(self, turn: Turn) -> Reading:
        if turn.settled is None or turn.settled.verdict == "other":
            return await read(turn, self._ledger, self._prompts, self._language)
        said = turn.messages[0].text.strip() or self._sentence("taken_back")
        return Reading(said, said, unreadable=False)

    async def _take_back(self, turn: Turn) -> None:
        """A message was deleted after its turn had begun: its words leave history and thread."""
        said = ""
        earlier = await self._ledger.turn_of(turn.conversation, turn.messages[0].quoted)
        if earlier is not None:
            reading = await read(earlier, self._ledger, self._prompts, self._language)
            said = reading.text or self._sentence("taken_back")
            try:
                await self._brain.rewrite(earlier, said)
            except StoreError:
                raise
            except Exception:
                # A defect of ours; trying for ever would block everything behind it.
                log.exception("turn_failed", turn=tail(turn.id))
        await self._ledger.take_back(turn, earlier, said)
        self.on_finished()  # there may be a file to delete
        log.info("message_taken_back", turn=tail(turn.id))

    async def _answer(self, turn: Turn, reading: Reading) -> str:
        """See the turn to its end, however long the model is away; how it ended."""
        finished = told = False
        quiet = asyncio.Event()

        async def finish(reply: str | Question, choices: Sequence[Choice] = ()) -> None:
            nonlocal finished
            if isinstance(reply, Question):
                what = self._with_remarks(turn, reading, reply.what)
                await self._finish(turn, reading, replace(reply, what=what))
            else:
                await self._finish(turn, reading, self._with_remarks(turn, reading, reply), choices)
            finished = True
            quiet.set()  # what goes on after the answer is nothing to wait for

        attempt = -1
        while True:
            attempt += 1
            failure = "turn_failed"
            try:
                async with self._typing(turn, quiet):
                    by_model = await self._brain.answer(
                        turn,
                        reading.text,
                        finish,
                        resumed=turn.resumed or attempt > 0,
                        wanted=lambda: self._workers.woken(turn.conversation.id),
                    )
                if finished and by_model:
                    await self._outage.ended()
            except ModelError as error:
                log.warning("model_failed", turn=tail(turn.id), kind=error.kind, attempt=attempt)
                if not finished and (error.tries is None or attempt + 1 < error.tries):
                    # Somebody else's turn may end the outage: one sentence a message all the same.
                    told = told or await self._tell(turn, error)
                    await asyncio.sleep(retry_s(attempt))
                    continue
                failure = "turn_failed" if error.passes else error.kind
            except StoreError:
                raise  # the turn is as sound as before: the worker takes it up again
            except Exception:
                # A defect of ours. The owner gets a sentence, and the turn ends: the same input
                # would fail again and block everything behind it.
                log.exception("turn_failed", turn=tail(turn.id))
            if finished:
                return "answered"
            await self._finish(turn, reading, self._sentence(failure))
            return failure

    def _with_remarks(self, turn: Turn, reading: Reading, reply: str) -> str:
        """The answer, with what has to be said about the messages themselves."""
        if turn.messages[0].is_old:
            reply = f"{self._sentence('old_mail')}\n\n{reply}"
        return "\n\n".join([_echo(reading) + reply, *self._about_files(reading)])

    def _about_files(self, reading: Reading) -> list[str]:
        """Sentences about what could not be read, or only in part."""
        unread = [self._sentence("unsupported_type")] if reading.unreadable else []
        return [*reading.remarks, *unread]

    def _without_words(self, turn: Turn, reading: Reading) -> str:
        """The answer to a turn that says nothing."""
        if _is_late(turn):
            return self._sentence("approval_late")
        return "\n\n".join(self._about_files(reading)) or self._sentence("unsupported_type")

    async def _tell(self, turn: Turn, error: ModelError) -> bool:
        """Say once that the model is away, if it is. Whether the owner knows now."""
        if error.passes and await self._outage.met(turn.conversation.id, error):
            self._sender.wake(turn.conversation.id)
        return error.passes

    async def _finish(
        self, turn: Turn, reading: Reading, reply: str | Question, choices: Sequence[Choice] = ()
    ) -> None:
        if isinstance(reply, Question):
            ending = self._ask(turn, reading, reply)
        else:
            aloud = await self._aloud(turn, reply.removeprefix(_echo(reading)))
            # A dead button is no part of the conversation, nor is what says nothing: a thread made
            # from the history would hold an empty message.
            keep = turn.messages[0].kind != "command" and not _is_late(turn) and bool(reading.kept)
            ending = self._ledger.finish(
                turn,
                said=reading.kept,
                reply=reply,
                parts=split(to_whatsapp(reply)),
                keep=keep,
                buttons=_spoken(choices),
                spoken=aloud,
            )
        # Before the commit, which its look into the outbox then shares; nothing is awaited between
        # the two, so that it looks behind what ends the turn.
        self._sender.wake(turn.conversation.id)
        await ending
        self.on_finished()

    async def _aloud(self, turn: Turn, reply: str) -> str:
        """What is said aloud of a reply: all of it, or nothing."""
        wanted = self._speaks and is_spoken(turn)
        if not wanted or not await self._ledger.speaks(turn.conversation.thread_id):
            return ""
        return spoken(reply)

    def _ask(self, turn: Turn, reading: Reading, question: Question) -> Awaitable[bool]:
        """Ends the turn with a question. Not a letter of it is taken for markup."""
        fits = units(question.text) <= BUTTONS_LIMIT
        request = turn.request or turn
        return self._ledger.finish(
            turn,
            said=reading.kept,
            reply=question.text,
            parts=[question.text] if fits else [*split(question.what), question.end],
            asks=Approval(turn.id, request.id, question.calls, question.undone),
            buttons=approvals.buttons(
                turn.id, self._sentence("approval_yes"), self._sentence("approval_no")
            ),
        )

    def _sentence(self, key: str) -> str:
        return self._prompts.message(self._language, key)

    @contextlib.asynccontextmanager
    async def _typing(self, turn: Turn, done: asyncio.Event) -> AsyncIterator[None]:
        """Ticks and dots until `done`, or the end; nothing depends on them or waits for them."""
        done.clear()
        task = asyncio.create_task(self._show_typing(turn, done))
        self._marks.add(task)
        task.add_done_callback(self._marks.discard)
        try:
            yield
        finally:
            done.set()

    async def _show_typing(self, turn: Turn, done: asyncio.Event) -> None:
        if turn.followed:  # the ticks of the newest are those of all
            await _set_within(TYPING_AFTER_S, done)
        while not done.is_set():
            with contextlib.suppress(SendError):
                await self._channel.mark_read(turn.messages[-1].wa_id, typing=True)
            await _set_within(TYPING_RENEWAL_S, done)


async def _set_within(seconds: float, event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _echo(reading: Reading) -> str:
    """What was heard, as the answer begins with it."""
    heard = " ".join(reading.echo.split())
    # Of a quote in two messages the second would look like the answer.
    heard = cut_short(heard, ECHO_MAX)
    return f"> {heard}\n\n" if heard else ""


def _spoken(choices: Sequence[Choice]) -> tuple[Button, ...]:
    """Buttons that say what stands on them."""
    return tuple(
        Button(f"say:{number}", choice.words, choice.about) for number, choice in enumerate(choices)
    )


def _is_late(turn: Turn) -> bool:
    """Whether it is a tap on a button that counts no more."""
    return turn.settled is not None and turn.settled.verdict == "late"
