"""Meta's side: takes sends, reports on them, and delivers webhooks until they are taken."""

import asyncio
import itertools
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from app.identity import canonical
from app.simulator.config import SimulatorConfig
from app.simulator.envelopes import encode, envelope, sign, status_value
from app.simulator.errors import error_body
from tests.crash.phone import GONE, PICTURES, SOUND, TEXTS
from tests.crash.points import Fault
from tests.crash.wire import Double, Json, Reply, as_json, post
from tests.drawing import halves, saved

REDELIVERY_S = (0.03, 0.1)
STATUS_AFTER_S = (0.0, 0.05)
PICTURE = saved(halves())  # what stands behind its end does not show
REFUSALS: dict[Fault, int] = {"unlisted": 131030, "unbuttoned": 131009}
FILE_BYTES = 200_000  # five fill the quota

_ids = itertools.count(1)


@dataclass
class Accepted:
    """A send that Meta took: it is on the phone."""

    number: str  # canonical
    body: str
    part: str  # biz_opaque_callback_data
    life: int
    at: float
    wamid: str
    reported_at: float = 0.0  # the first status about it was answered 200
    answer_lost: bool = False  # the connection broke before we could say so


@dataclass(frozen=True)
class Sending:
    """A send that has arrived, and that a fault may take or not."""

    take: Callable[[], Reply]
    """It is on the phone; gives the answer that ought to be given."""
    fail: Callable[[int], Reply]
    """The same answer, but a status says that this code kept it from the phone."""


Spoil = Callable[[Sending], Reply]


@dataclass
class Meta:
    """The Graph API and the webhooks of one account."""

    config: SimulatorConfig
    port: int  # of the product
    dice: random.Random
    life: Callable[[], int]
    on_accepted: Callable[[Accepted], None]
    on_refused: Callable[[str, str, str], None]  # number, part, body
    fault: Fault = ""  # of the next send
    sends: list[Accepted] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)  # canonical numbers, their 24 hours are over
    spelling: dict[str, str] = field(default_factory=dict)  # the only one Meta takes, if any
    spoilt: dict[str, "deque[Spoil]"] = field(default_factory=dict)  # next sends, by number
    spoilt_at: dict[str, float] = field(default_factory=dict)  # the last time
    deliveries: int = 0
    last_status: int | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.double = Double(self._answer)

    async def deliver(self, payload: Json) -> int:
        """POST until 200; the life that took it."""
        body = encode(payload)
        headers = {"X-Hub-Signature-256": sign(self.config.app_secret, body)}
        while True:
            self.deliveries += 1
            self.last_status = await post(self.port, "/webhook", body, headers)
            if self.last_status == 200:
                return self.life()
            await asyncio.sleep(self.dice.uniform(*REDELIVERY_S))

    def wrote(self, number: str) -> None:
        """The owner wrote, which opens 24 hours."""
        self.closed.discard(canonical(number))

    @property
    def reporting(self) -> int:
        """Statuses on their way."""
        return len(self._tasks)

    async def stop(self) -> None:
        """Drop what is on its way."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.double.stop()

    def _answer(self, path: str, body: Json) -> Reply:
        if path.endswith("/media"):
            return as_json({"id": "1"})
        if (media_id := path.rpartition("/")[2]).removeprefix(GONE).isdecimal():
            return self._file(path, media_id)
        if "status" in body:
            return as_json({"success": True})
        number = canonical(body["to"].lstrip("+"))
        if spoilt := self.spoilt.get(number):
            self.spoilt_at[number] = time.monotonic()
            return spoilt.popleft()(
                Sending(
                    lambda: self._accept(number, body, answer_lost=False),
                    lambda code: self._fail(number, body, code),
                )
            )
        fault = self._fault_for(number, body)
        if fault == "busy":
            return _refusal(131016, 503, ("Retry-After: 0",))
        if fault == "refused":
            self.on_refused(number, body["biz_opaque_callback_data"], _shown(body))
            return _refusal(131026)
        if fault == "window":
            self.closed.add(number)
            return _refusal(131047)
        if fault in REFUSALS:
            return _refusal(REFUSALS[fault])
        lost = fault == "lost"
        if lost and self.dice.random() < 0.5:
            return Reply(drop=True)
        return self._accept(number, body, answer_lost=lost)

    def _file(self, path: str, media_id: str) -> Reply:
        """Where a file lies, or the file; no two are alike."""
        if media_id.startswith(GONE):
            return _refusal(100, 404)
        if path.startswith("/file/"):
            if media_id.startswith(TEXTS):
                return Reply(f"Acta número {media_id}.".encode())
            head = PICTURE if media_id.startswith(PICTURES) else b""
            return Reply(head + media_id.encode() * (FILE_BYTES // len(media_id)))
        return as_json({"url": f"{self.double.url}/file/{media_id}"})

    def _fault_for(self, number: str, body: Json) -> Fault:
        written = body["to"].lstrip("+")
        if number in self.closed:
            return "window"
        if self.spelling.get(number, written) != written:
            return "unlisted"
        if self.fault == "unbuttoned" and "interactive" not in body:
            return ""
        fault, self.fault = self.fault, ""
        return fault

    def _accept(self, number: str, body: Json, *, answer_lost: bool) -> Reply:
        accepted = self._arrived(number, body, answer_lost=answer_lost)
        self.sends.append(accepted)
        self.on_accepted(accepted)
        self._report_soon(accepted, ("sent", "delivered"))
        return Reply(drop=True) if answer_lost else _taken(accepted)

    def _fail(self, number: str, body: Json, code: int) -> Reply:
        accepted = self._arrived(number, body)
        self._report_soon(accepted, ("failed",), code)
        return _taken(accepted)

    def _arrived(self, number: str, body: Json, *, answer_lost: bool = False) -> Accepted:
        return Accepted(
            number,
            _shown(body),
            body["biz_opaque_callback_data"],
            self.life(),
            time.monotonic(),
            f"wamid.out.{next(_ids)}",
            answer_lost=answer_lost,
        )

    def status(self, accepted: Accepted, status: str, code: int | None = None) -> Json:
        """What a webhook says about a send; `code` is why it failed."""
        return status_value(
            self.config,
            status=status,
            wamid=accepted.wamid,
            recipient=accepted.number,
            opaque=accepted.part,
            errors=None if code is None else [{"code": code, "title": "no"}],
        )

    def _report_soon(
        self, accepted: Accepted, statuses: tuple[str, ...], code: int | None = None
    ) -> None:
        task = asyncio.create_task(self._report(accepted, statuses, code))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _report(
        self, accepted: Accepted, statuses: tuple[str, ...], code: int | None
    ) -> None:
        for status in statuses:
            await asyncio.sleep(self.dice.uniform(*STATUS_AFTER_S))
            await self.deliver(envelope(self.config, [self.status(accepted, status, code)]))
            accepted.reported_at = accepted.reported_at or time.monotonic()


def _taken(accepted: Accepted) -> Reply:
    return as_json({"messaging_product": "whatsapp", "messages": [{"id": accepted.wamid}]})


def _shown(body: Json) -> str:
    """What the phone shows: a text, maybe with buttons under it, a sound, or the name of a file."""
    if "audio" in body:
        return SOUND
    if "interactive" in body:
        return str(body["interactive"]["body"]["text"])
    return str(body["text"]["body"] if "text" in body else body["document"]["filename"])


def _refusal(code: int, status: int = 400, headers: tuple[str, ...] = ()) -> Reply:
    return as_json(error_body(code, f"(#{code}) no"), status, headers=headers)
