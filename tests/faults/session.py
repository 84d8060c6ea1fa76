"""The running product, with one person a kind of fault; all kinds are on at the same time."""

import asyncio
import contextlib
import itertools
import signal
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.identity import canonical
from tests.crash.meta import Accepted
from tests.crash.phone import SENTENCES, Phone, Said
from tests.crash.points import ROOT
from tests.crash.product import Product, number_of, until
from tests.crash.wire import get
from tests.faults import graph_api, model
from tests.faults.graph_api import GraphApiFault
from tests.faults.model import ModelFault

SETTINGS = {
    "OLLAMA_TIMEOUT_S": str(model.TIMEOUT_S),
    "OLLAMA_ANSWER_TIMEOUT_S": str(model.ANSWER_TIMEOUT_S),
    "GRAPH_API_TIMEOUT_S": str(graph_api.TIMEOUT_S),
    "SEND_SETTLE_S": str(graph_api.SETTLE_S),
    "SEND_RETRY_S": str(graph_api.AGAIN_S),
}
WAIT_S = 30.0  # for anything; what has not come then counts as lost


@dataclass
class Outcome:
    """What one person saw: of two messages, the first met the fault."""

    kind: str
    phone: Phone
    expected: str = ""  # sentence
    ends: bool = False  # the sentence stands for the answer to the first message
    seen_at: float = 0.0  # when the fault could be known
    off_at: float = 0.0
    sends: list[Accepted] = field(default_factory=list)  # what reached the phone
    sentences: list[Accepted] = field(default_factory=list)  # those that are no answers

    @property
    def sentence_after_s(self) -> float | None:
        """Seconds until the first sentence."""
        return max(0.0, self.sentences[0].at - self.seen_at) if self.sentences else None

    @property
    def recovered_s(self) -> float | None:
        """Seconds from the end of the fault to the first answer."""
        answers = [send for send in self.sends if send not in self.sentences]
        return max(0.0, answers[0].at - self.off_at) if answers else None

    @property
    def answered(self) -> int:
        """Messages with an answer."""
        return sum(message.heard > 0 for message in self.phone.said)

    @property
    def duplicates(self) -> int:
        """Answers and sentences that came once more."""
        return len(self.sends) - len({send.part for send in self.sends})

    @property
    def broken(self) -> list[str]:
        """Promises that were not kept, in words."""
        answers = [message.heard for message in self.phone.said]
        wanted = [0 if self.ends else 1, 1]
        said = [send.body for send in self.sentences]
        tokens = [one.token for one in self.phone.said]
        order = [token for send in self.sends for token in tokens if token in send.body]
        found = {
            f"answers {answers}, not {wanted}": answers != wanted,
            f"said {said}, not {self.expected!r}": said != [self.expected] * bool(self.expected),
            f"answers in the order {order}": order != sorted(order, key=tokens.index),
            f"raw JSON: {said}": any("{" in send.body for send in self.sends),
        }
        return [words for words, is_broken in found.items() if is_broken]


async def model_outcomes(folder: Path, faults: Sequence[ModelFault]) -> list[Outcome]:
    """What became of each kind."""
    return await _outcomes(folder, [_ModelTrial(fault) for fault in faults])


async def graph_api_outcomes(folder: Path, faults: Sequence[GraphApiFault]) -> list[Outcome]:
    """What became of each kind."""
    return await _outcomes(folder, [_GraphApiTrial(fault) for fault in faults])


@contextlib.asynccontextmanager
async def running(folder: Path, people: int) -> AsyncIterator["Session"]:
    """The product with its doubles and so many phones, ready to answer; it ends in peace."""
    numbers = [number_of(index) for index in range(people)]
    session = Session(Product("faults", folder / "faults", 1, numbers, ROOT))
    product = session.product
    product.model.instant = True
    await product.open()
    try:
        for number in numbers:
            product.add_phone(number)
        await product.start(**SETTINGS)
        await until(session.is_ready, WAIT_S)
        yield session
        await until(session.is_quiet, WAIT_S)
        product.check_doubles()
        product.exit_code = await product.end(signal.SIGTERM)
    finally:
        await product.close()


class Session:
    """The running product, and how to write to it and wait for what it says."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self._numbers = itertools.count(1)

    async def is_ready(self) -> bool:
        """Whether a message would be answered at once."""
        health = await get(self.product.admin_port, "/health")
        return health is not None and bool(health["brain_ready"])

    async def is_quiet(self) -> bool:
        """Whether nothing is left to be sent or reported."""
        health = await get(self.product.admin_port, "/health")
        left = self.product.meta.reporting or health is None or health["outbox"]
        return not left

    def compose(self, phone: Phone) -> Said:
        """A message that has not left."""
        return phone.write("chat", next(self._numbers))

    async def deliver(self, phone: Phone, message: Said) -> Said:
        """It has been taken."""
        life = await self.product.meta.deliver(phone.webhook([message]))
        phone.stored([message], life)
        return message

    async def write(self, phone: Phone) -> Said:
        """A message that was taken."""
        return await self.deliver(phone, self.compose(phone))

    def sends(self, phone: Phone) -> list[Accepted]:
        """What is on the phone."""
        number = canonical(phone.number)
        return [send for send in self.product.meta.sends if send.number == number]

    def sentences(self, phone: Phone) -> list[Accepted]:
        """What is on the phone and answers nothing."""
        answered_by = self.product.answered_by
        return [one for one in self.sends(phone) if not answered_by(one.number, one.part, one.body)]

    async def hears(self, phone: Phone, condition: Callable[[], object]) -> None:
        """Until something on the phone makes the condition true, WAIT_S at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_S):
                while not condition():
                    phone.heard.clear()
                    await phone.heard.wait()

    async def has_retried(self) -> bool:
        """Whether a send was put off."""
        return "send_retry" in self.product.log.read_text(encoding="utf-8")

    async def asked(self, message: Said, calls: int) -> None:
        """Until the spoilt question was asked so often, WAIT_S at most."""

        async def enough() -> bool:
            return self.product.model.spoilt_calls[message.token] >= calls

        await until(enough, WAIT_S)


@dataclass
class _ModelTrial:
    fault: ModelFault

    @property
    def alone(self) -> bool:
        return self.fault.reply is None

    def outcome(self, phone: Phone) -> Outcome:
        sentence = SENTENCES[self.fault.sentence]
        return Outcome(self.fault.kind, phone, sentence, self.fault.ends)

    async def run(self, session: Session, outcome: Outcome) -> None:
        phone, model = outcome.phone, session.product.model
        first = session.compose(phone)
        if self.fault.reply is None:
            await model.double.stop()
        else:
            model.spoilt[first.token] = self.fault.reply
        outcome.seen_at = time.monotonic() + self.fault.silent_s
        await session.deliver(phone, first)
        await session.hears(phone, lambda: session.sentences(phone))
        if self.fault.reply is None:
            await session.write(phone)
            await model.double.start()
        elif not self.fault.ends:
            await session.write(phone)
            # One more try that fails: it must not be mentioned.
            await session.asked(first, model.spoilt_calls[first.token] + 1)
        model.spoilt.pop(first.token, None)
        outcome.off_at = time.monotonic()
        if self.fault.ends:
            await session.write(phone)
        await session.hears(phone, lambda: all(one.heard for one in phone.said[self.fault.ends :]))


@dataclass
class _GraphApiTrial:
    fault: GraphApiFault

    @property
    def alone(self) -> bool:
        return self.fault.spoil is None

    def outcome(self, phone: Phone) -> Outcome:
        return Outcome(self.fault.kind, phone)

    async def run(self, session: Session, outcome: Outcome) -> None:
        phone, meta = outcome.phone, session.product.meta
        number = canonical(phone.number)
        if self.fault.spoil is None:
            await meta.double.stop()
        else:
            meta.spoilt[number] = deque([self.fault.spoil] * self.fault.times)
        for _ in range(2):
            await session.write(phone)
        if self.fault.spoil is None:
            await until(session.has_retried, WAIT_S)
            await meta.double.start()
            outcome.off_at = time.monotonic()
        await session.hears(phone, lambda: all(one.heard for one in phone.said))
        outcome.off_at = meta.spoilt_at.get(number, outcome.off_at)


async def _outcomes(
    folder: Path, trials: Sequence[_ModelTrial] | Sequence[_GraphApiTrial]
) -> list[Outcome]:
    async with running(folder, len(trials)) as session:
        phones = session.product.phones
        outcomes = [trial.outcome(phone) for trial, phone in zip(trials, phones, strict=True)]
        pairs = list(zip(trials, outcomes, strict=True))
        await asyncio.gather(
            *(trial.run(session, outcome) for trial, outcome in pairs if not trial.alone)
        )
        for trial, outcome in pairs:
            if trial.alone:
                await trial.run(session, outcome)
    for outcome in outcomes:
        outcome.sends = session.sends(outcome.phone)
        outcome.sentences = session.sentences(outcome.phone)
    return outcomes
