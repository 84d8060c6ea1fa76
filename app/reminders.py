"""The clock: what is due goes to the outbox, without the model, never early and never twice."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from app import metrics
from graph.prompts import Prompts
from store.errors import StoreError
from store.reminders import Reminder, ReminderStore
from tools.reminding import WINDOW, time_of
from tools.when import When, in_words, next_after

log = structlog.get_logger()

NAP_S = 20.0  # the longest sleep: the wall clock may be set, the machine may be suspended
RETRY_S = 5.0  # after the database failed, or a reminder that nobody can read
LATE = timedelta(minutes=1)  # later than this, and the reminder says when it was due


class ReminderClock:
    """Sleeps until the next reminder is due, or until `wake`."""

    def __init__(
        self,
        reminders: ReminderStore,
        prompts: Prompts,
        language: str,
        *,
        on_fired: Callable[[int], None],
        now: Callable[[], datetime],
        templates: bool = False,
        nap_s: float = NAP_S,
    ) -> None:
        """`on_fired` is told the conversation that has something to be sent; `templates`: whether
        there is an approved one for outside the 24 hours."""
        self._reminders = reminders
        self._prompts = prompts
        self._language = language
        self._on_fired = on_fired
        self._now = now
        self._templates = templates
        self._nap_s = nap_s
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """What came due while nobody was there is fired first."""
        self._task = asyncio.create_task(self._run(), name="reminders")

    def wake(self) -> None:
        """A reminder was set or moved."""
        self._woken.set()

    async def stop(self) -> None:
        """A commit under way is finished; what is due after it waits for the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                wait_s = RETRY_S if not await self.fire_due() else await self._until_next_s()
            except StoreError as error:
                log.warning("reminders_wait", reason=type(error).__name__)
                wait_s = RETRY_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(wait_s, self._nap_s)):
                    await self._woken.wait()

    async def fire_due(self) -> bool:
        """Fire what is due now; False when one of them could not be."""
        all_fired = True
        for reminder, wrote_at in await self._reminders.due(self._now()):
            try:
                await self._fire(reminder, wrote_at)
            except StoreError:
                raise
            except Exception:
                # The row is as it was and is tried again; it must not hold up the others.
                log.exception("reminder_failed", reminder=reminder.id)
                all_fired = False
        return all_fired

    async def _fire(self, reminder: Reminder, wrote_at: datetime) -> None:
        now = self._now()
        overdue, waits = now - reminder.due_at > LATE, now - wrote_at > WINDOW
        late = overdue or (waits and not self._templates)
        following = next_after(time_of(reminder), now) if reminder.rule else None
        body = self._body(reminder, late=overdue or waits)
        template = self._in_template(reminder, late=overdue) if self._templates else ""
        if await self._reminders.fire(reminder, body, following, template=template):
            metrics.REMINDERS.labels("late" if late else "on_time").inc()
            log.info("reminder_fired", reminder=reminder.id, late=late)
            self._on_fired(reminder.conversation_id)

    def _body(self, reminder: Reminder, *, late: bool) -> str:
        if not late:
            return self._prompts.message(self._language, "reminder_due", text=reminder.text)
        due = self._was_due(reminder)
        return self._prompts.message(self._language, "reminder_late", text=reminder.text, when=due)

    def _in_template(self, reminder: Reminder, *, late: bool) -> str:
        """What stands in the template's variable; its own words say that it is a reminder."""
        if not late:
            return reminder.text
        key, due = "reminder_late_template", self._was_due(reminder)
        return self._prompts.message(self._language, key, text=reminder.text, when=due)

    def _was_due(self, reminder: Reminder) -> str:
        this_one = When(reminder.due_at, "", reminder.zone, ())
        return in_words(this_one, now=self._now(), language=self._language)

    async def _until_next_s(self) -> float:
        due_at = await self._reminders.next_due()
        return self._nap_s if due_at is None else max(0.0, (due_at - self._now()).total_seconds())
