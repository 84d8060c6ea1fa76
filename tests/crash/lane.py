"""Process after process, each killed at a point, while people write and Meta has its moods."""

import asyncio
import contextlib
import itertools
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from app.identity import canonical, other_spelling
from tests.crash.phone import Phone, Said
from tests.crash.points import Flavour, Recipe
from tests.crash.product import DRAIN_TIMEOUT_S, Broken, Death, Product, number_of

PHONES = 3
SPARE_PHONES = 200  # for a point that a conversation passes only once
REACH_TIMEOUT_S = 25.0
BURST_S = "0.2"  # of a quarter of the lives; the others merge nothing
BURST_SHARE = 0.25
DIARY_S = "0.3"
FROM_NOTHING_SHARE = 0.1  # of the lives: there the brain is still loading when people write
TWIN_SHARE = 0.1
BATCH_SHARE = 0.15
FLAVOUR_SHARE = 0.7


class Lane:
    """One data folder. `live` as often as wanted, then `drain`; what happened is in `product`."""

    def __init__(self, name: str, folder: Path, seed: int, source: Path) -> None:
        numbers = [number_of(index) for index in range(PHONES + SPARE_PHONES)]
        self.product = Product(name, folder / name, seed, numbers, source)
        self._dice = self.product.dice
        self._flavour: Flavour = "chat"
        self._writing = True
        self._talking = asyncio.Event()  # cleared while everybody is quiet
        self._talking.set()
        self._count = itertools.count(1)
        self._spare: Iterator[str] = iter(numbers[PHONES:])
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Start the doubles and the phones."""
        await self.product.open()
        for index in range(PHONES):
            phone = self.product.add_phone(number_of(index))
            self._tasks.append(asyncio.create_task(self._use(phone, index)))

    async def close(self) -> None:
        """Stop whatever still runs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.product.close()

    async def live(self, point: str, recipe: Recipe) -> Death:
        """One process, until it kills itself at `point`; one that never gets there is killed."""
        self._arrange(recipe)
        began = time.monotonic()
        process = await self.product.start(
            forked=self._dice.random() >= FROM_NOTHING_SHARE,
            WASAP_CRASH_AT=f"{point}#{self._dice.randint(1, recipe.upto)}",
            BURST_WINDOW_S=BURST_S if self._dice.random() < BURST_SHARE else "0",
            DIARY_AFTER_S=DIARY_S if recipe.fault == "quiet" else "0",
        )
        reached = True
        try:
            async with asyncio.timeout(REACH_TIMEOUT_S):
                code: int | None = await process.wait()
        except TimeoutError:
            reached = False
            code = await self.product.end(signal.SIGKILL)
        if code != -signal.SIGKILL:
            raise Broken(f"exit code {code} on the way to {point}\n{self.product.log_tail()}")
        self.product.check_doubles()
        death = Death(point, reached, time.monotonic() - began)
        self.product.deaths.append(death)
        self._calm()
        return death

    async def drain(self) -> None:
        """A last life without faults: everything that waits must come out."""
        self._writing = False
        await self.product.start()
        with contextlib.suppress(TimeoutError):  # the verdict names what is missing
            async with asyncio.timeout(DRAIN_TIMEOUT_S):
                await asyncio.gather(*self._tasks)
                for phone in self.product.phones:  # what was held goes out when they write
                    await self._say(phone, [phone.write("chat", next(self._count))])
        await self.product.drain()
        self.product.check_doubles()
        self.product.exit_code = await self.product.end(signal.SIGTERM)

    def _arrange(self, recipe: Recipe) -> None:
        self._flavour = recipe.flavour
        match recipe.fault:
            case "model_away":
                self.product.model.away = True
            case "unlisted":
                self._tasks.append(asyncio.create_task(self._write_from_a_new_phone()))
            case "quiet":
                self._talking.clear()
            case "upgrade":
                self.product.upgrade()
            case "stray":
                self.product.stray()
            case _:
                self.product.meta.fault = recipe.fault

    def _calm(self) -> None:
        self._flavour = "chat"
        self._talking.set()
        self.product.meta.fault = ""
        self.product.model.away = False

    async def _write_from_a_new_phone(self) -> None:
        """Somebody whose number Meta takes only in the other spelling."""
        phone = self.product.add_phone(next(self._spare))
        self.product.meta.spelling[canonical(phone.number)] = other_spelling(phone.number) or ""
        await self._say(phone, [phone.write("chat", next(self._count))])

    async def _use(self, phone: Phone, index: int) -> None:
        while True:
            await phone.ready()
            await self._talking.wait()
            if not self._writing:
                return
            count = self._dice.randint(2, 3) if self._dice.random() < BATCH_SHARE else 1
            batch = [phone.write(self._kind(index), next(self._count)) for _ in range(count)]
            await self._say(phone, batch)

    def _kind(self, index: int) -> Flavour:
        if (
            self._flavour in ("clear", "erase") and index != PHONES - 1
        ):  # the others become long threads
            return "chat"
        return self._flavour if self._dice.random() < FLAVOUR_SHARE else "chat"

    async def _say(self, phone: Phone, batch: list[Said]) -> None:
        payload = phone.webhook(batch)
        self.product.meta.wrote(phone.number)
        life = await self.product.meta.deliver(payload)
        phone.stored(batch, life)
        if self._dice.random() < TWIN_SHARE:
            await self.product.meta.deliver(payload)
