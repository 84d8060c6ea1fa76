"""`python -m tests.crash.soak`: webhooks by the ten thousand, as untidy as Meta may send them.

Twins at the same time and later, several messages, people and statuses in one POST, old statuses
in any order, POSTs that overtake each other, and a process that ends now and then, with SIGTERM or
kill -9. Each message must get one turn and one answer, in the order in which we stored them.
"""

import argparse
import asyncio
import itertools
import random
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path

from app.simulator.config import SimulatorConfig
from bench import report, results
from bench.figures import at_least
from tests.crash.meta import Accepted
from tests.crash.phone import Phone, Said
from tests.crash.product import Death, Product, number_of, snapshot
from tests.crash.report import figures, keep, show
from tests.crash.verdict import Verdict, judge
from tests.crash.wire import Json

MESSAGES = 20_000
POSTS_AT_ONCE = 12
WAITING_MAX = 10  # unanswered messages a phone, so that the queue stays that of real people
TOGETHER_MAX = 5  # messages in one POST
TWIN_SHARE = 0.15  # posted twice at the same time
LATER_SHARE = 0.15  # posted again, up to LATER_S later, with other messages
LATE_SHARE = 0.1  # posted only after LATE_S, when others have overtaken it
STATUS_SHARE = 0.2  # with an old status of somebody's
LATER_S = 3.0
LATE_S = 0.3
ENDS = ((signal.SIGTERM, "SIGTERM"), (signal.SIGKILL, "kill -9"))


@dataclass
class Soak:
    """One run."""

    folder: Path
    messages: int
    senders: int
    restarts: int
    seed: int
    product: Product = field(init=False)
    _left: int = field(init=False)
    _delivered: list[tuple[Phone, Said]] = field(default_factory=list)
    _later: list[asyncio.Task[None]] = field(default_factory=list)
    _progress: asyncio.Condition = field(default_factory=asyncio.Condition)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        numbers = [number_of(index) for index in range(self.senders)]
        source = snapshot(self.folder)
        self.product = Product("soak", self.folder / "soak", self.seed, numbers, source)
        self.product.model.instant = True
        self.product.model.numbered = False  # POSTs overtake each other
        self.dice = random.Random(self.seed)
        self._left = self.messages

    async def run(self) -> Verdict:
        """Deliver everything; the verdict."""
        product = self.product
        await product.open()
        try:
            phones = [product.add_phone(number) for number in product.numbers]
            await product.start()
            began = time.monotonic()
            async with asyncio.TaskGroup() as group:
                guard = group.create_task(product.guard())
                posters = (self._post(phones[i::POSTS_AT_ONCE]) for i in range(POSTS_AT_ONCE))
                await asyncio.gather(self._restart(), *posters)
                await asyncio.gather(*self._later)
                await product.drain()
                guard.cancel()
            seconds = time.monotonic() - began
            product.check_doubles()
            product.exit_code = await product.end(signal.SIGTERM)
        finally:
            await product.close()
        verdict = Verdict()
        judge(product, verdict)
        self._count_turns(verdict)
        self._compare_order(verdict)
        verdict.figures["seconds"] = round(seconds)
        verdict.figures["turns a second, restarts included"] = round(self.messages / seconds)
        return verdict

    async def _post(self, phones: list[Phone]) -> None:
        """Post for some of the people until all has been written; their POSTs may overlap."""
        under_way: set[asyncio.Task[None]] = set()
        while self._left > 0:
            phone = self.dice.choice(phones)
            if len(phone.unanswered()) >= WAITING_MAX or len(under_way) >= 2:
                await asyncio.sleep(0.005)
                continue
            task = asyncio.create_task(self._deliver(self._bundle(phone, phones)))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            async with self._progress:
                self._progress.notify_all()
            if self.dice.random() < 0.5:  # the other half waits its turn: there order is judged
                await task
        await asyncio.gather(*under_way)

    def _bundle(self, phone: Phone, phones: list[Phone]) -> list[tuple[Phone, list[Said]]]:
        """New messages of one person, sometimes of two."""
        together = [phone]
        if self.dice.random() < 0.2:
            together += [one for one in self.dice.sample(phones, 1) if one is not phone]
        bundle = []
        for one in together:
            count = min(
                self._left, 1 if self.dice.random() < 0.7 else self.dice.randint(2, TOGETHER_MAX)
            )
            self._left -= count
            if count:
                bundle.append((one, [one.write("chat", next(self._numbers)) for _ in range(count)]))
        return bundle

    async def _deliver(self, bundle: list[tuple[Phone, list[Said]]]) -> None:
        if self.dice.random() < LATE_SHARE:
            await asyncio.sleep(self.dice.uniform(0, LATE_S))
        values = [phone.value(said) for phone, said in bundle]
        if self.dice.random() < STATUS_SHARE:
            values += self._old_statuses()
        self.dice.shuffle(values)
        posts: list[Awaitable[int]] = [self.product.meta.deliver(self._laid_out(values))]
        if self.dice.random() < TWIN_SHARE:
            posts.append(self.product.meta.deliver(self._laid_out(values)))
        life = min(await asyncio.gather(*posts))
        for phone, said in bundle:
            phone.stored(said, life)
            self._delivered += [(phone, one) for one in said]
        if self.dice.random() < LATER_SHARE:
            self._later.append(asyncio.create_task(self._deliver_again()))

    async def _deliver_again(self) -> None:
        """Old messages of several people, in any order, as if they were new."""
        await asyncio.sleep(self.dice.uniform(0, LATER_S))
        count = min(len(self._delivered), self.dice.randint(1, TOGETHER_MAX))
        again = self.dice.sample(self._delivered[-500:], min(count, 500))
        await self.product.meta.deliver(
            self._laid_out([phone.value([one]) for phone, one in again])
        )

    def _old_statuses(self) -> list[Json]:
        sends: list[Accepted] = self.product.meta.sends[-200:]
        chosen = self.dice.sample(sends, min(len(sends), 2))
        return [
            self.product.meta.status(one, self.dice.choice(("sent", "delivered", "read")))
            for one in chosen
            if one.reported_at  # Meta reports nothing before it has happened
        ]

    def _laid_out(self, values: list[Json]) -> Json:
        """In one entry or in several."""
        cut = self.dice.randint(0, len(values))
        entries = [part for part in (values[:cut], values[cut:]) if part]
        return {
            "object": "whatsapp_business_account",
            "entry": [
                {
                    "id": SimulatorConfig().waba_id,
                    "changes": [{"field": "messages", "value": value} for value in part],
                }
                for part in entries
            ],
        }

    async def _restart(self) -> None:
        """End the process at even distances, by turns softly and hard."""
        for number in range(1, self.restarts + 1):
            await self._written(number * self.messages // (self.restarts + 1))
            kind, name = ENDS[number % len(ENDS)]
            began = time.monotonic()
            code = await self.product.end(kind)
            if code not in (0, -kind):
                self.product.exit_code = code
                raise RuntimeError(f"exit code {code} after {name}\n{self.product.log_tail()}")
            self.product.deaths.append(Death(name, seconds=time.monotonic() - began))
            await self.product.start()

    async def _written(self, count: int) -> None:
        async with self._progress:
            await self._progress.wait_for(lambda: self.messages - self._left >= count)

    def _count_turns(self, verdict: Verdict) -> None:
        for words, query in (
            ("turns", "SELECT count(*) FROM messages WHERE role = 'user'"),
            ("answers kept", "SELECT count(*) FROM messages WHERE role = 'assistant'"),
            ("messages stored", "SELECT count(*) FROM inbox"),
            ("answers queued", "SELECT count(*) FROM outbox WHERE key LIKE 'turn:%'"),
        ):
            ((count,),) = self.product.query(query)
            if count != self.messages:
                verdict.defects.append(f"{count} {words} for {self.messages} ids")

    def _compare_order(self, verdict: Verdict) -> None:
        """Answers against the product's own record of what came in when."""
        stored: dict[int, list[str]] = {}
        for owner, wa_id in self.product.query(
            "SELECT conversation_id, wa_id FROM inbox ORDER BY id"
        ):
            stored.setdefault(owner, []).append(f"q{wa_id.rpartition('.')[2]}")
        answered: dict[str, list[str]] = {}
        for send in self.product.meta.sends:
            for message in self.product.answered_by(send.number, send.part, send.body):
                answered.setdefault(send.number, []).append(message.token)
        heard = {tuple(dict.fromkeys(tokens)) for tokens in answered.values()}
        for tokens in stored.values():
            if tuple(tokens) not in heard:
                verdict.defects.append(f"answers are not in the order of {' '.join(tokens[:9])}...")


def main() -> int:
    """Exit code 1 when a promise was broken."""
    arguments = _arguments()
    begun = results.begin("soak")
    with tempfile.TemporaryDirectory(prefix="wasap-soak-") as temporary:
        soak = Soak(
            arguments.folder or Path(temporary),
            arguments.messages,
            arguments.senders,
            arguments.restarts,
            arguments.seed,
        )
        verdict = asyncio.run(soak.run())
    show(verdict, title=f"{arguments.messages} messages, seed {arguments.seed}")
    keep(verdict, arguments.json, seed=arguments.seed, senders=arguments.senders)
    note = f"{arguments.senders} people, {arguments.restarts} restarts, seed {arguments.seed}"
    size = at_least(
        "messages delivered, each to get one turn", arguments.messages, MESSAGES, note=note
    )
    report.keep(begun, [size, *figures(verdict)])
    return 0 if verdict.kept else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.soak", description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--senders", type=int, default=24)
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", type=Path, default=results.DETAILS / "soak.json")
    parser.add_argument("--folder", type=Path, help="keep data and logs here")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
