"""The product as a process on one data folder, between a double of Meta and one of Ollama."""

import asyncio
import contextlib
import random
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from app.identity import canonical
from app.simulator.config import SimulatorConfig
from tests import piper_double
from tests.crash.life import Life, Nursery
from tests.crash.meta import Accepted, Meta
from tests.crash.ollama import Model
from tests.crash.phone import Phone, Said
from tests.crash.points import PACKAGES, ROOT
from tests.crash.wire import get
from tests.stack import free_port

SETTLE_S = "2.0"  # SEND_SETTLE_S; Meta tries a refused status again after 0.1 s at most
DRAIN_TIMEOUT_S = 90.0
EXIT_TIMEOUT_S = 15.0  # the product promises 8


class Broken(Exception):
    """The run cannot go on: the product left by itself, or a double is defective."""


@dataclass(frozen=True)
class Death:
    """How one life ended."""

    point: str
    reached: bool = True
    seconds: float = 0.0


@dataclass
class Product:
    """Life after life; what was said and heard meanwhile is in `phones`, `meta` and `model`."""

    name: str
    folder: Path
    seed: int
    numbers: Sequence[str]  # who may write
    source: Path  # the tree that runs
    nursery: Nursery | None = None  # shared by products that live one after the other
    deaths: list[Death] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    notices: Counter[str] = field(default_factory=Counter)  # what was said besides answers
    exit_code: int | None = None  # of the last life, which ends in peace
    _answered: set[str] = field(default_factory=set)
    _parts: dict[str, list[Said]] = field(default_factory=dict)  # outbox id -> what it answers
    _phones_of: dict[str, list[Phone]] = field(default_factory=dict)
    _process: Life | None = None
    _ending: Life | None = None  # it was told to

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.config = SimulatorConfig()
        self.port, self.admin_port = free_port(), free_port()
        self.meta = Meta(
            self.config,
            self.port,
            random.Random(self.seed + 1),
            self.life,
            self._on_accepted,
            self._on_refused,
        )
        self.model = Model(
            random.Random(self.seed + 2), self.life, lambda one: one in self._answered
        )
        self.log = self.folder / "serve.log"
        self.tool_runs = self.folder / "tool_runs"

    def life(self) -> int:
        """Number of the process that runs, or ran last."""
        return len(self.deaths)

    async def open(self) -> None:
        """Start the doubles."""
        self.folder.mkdir(parents=True)
        self.tool_runs.touch()
        self._left = asyncio.get_running_loop().create_future()  # a life has ended by itself
        await self.meta.double.start()
        await self.model.double.start()
        self._nursery = self.nursery or Nursery(self.source)

    async def close(self) -> None:
        """Stop whatever still runs."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if self.nursery is None:
            await self._nursery.close()
        await self.meta.stop()
        await self.model.double.stop()

    async def start(self, *, forked: bool = False, **settings: str) -> Life:
        """A new life; `forked` from a process that has imported the product, which is quick."""
        begin = self._nursery.fork if forked else self._nursery.start
        whole = {**self._environment(), **settings, "CRASH_LIFE": str(self.life())}
        self._process = await begin(whole, self.log)
        self._watching = asyncio.create_task(self._watch(self._process))
        return self._process

    def upgrade(self) -> None:
        """The next life finds a migration that it must apply."""
        name = f"{self.name}_{self.life()}"
        new = self.folder / name
        new.write_text(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY);", encoding="utf-8")
        new.rename(self.source / "store" / "migrations" / f"9_{name}.sql")

    def stray(self) -> None:
        """The next life finds a file that no row names: a crash came in between."""
        name = f"{self.life():064x}"
        folder = self.folder / "data" / "media" / name[:2]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"stray")

    async def guard(self) -> NoReturn:
        """Raises Broken as soon as a life ends that nobody ended."""
        code = await self._left
        raise Broken(f"exit code {code} out of the blue\n{self.log_tail()}")

    async def _watch(self, process: Life) -> None:
        code = await process.wait()
        if process is not self._ending and not self._left.done():
            self._left.set_result(code)

    async def end(self, number: signal.Signals) -> int | None:
        """Send a signal; the exit code, None when it had to be killed after all."""
        assert self._process is not None
        self._ending = self._process
        self._process.send_signal(number)
        try:
            async with asyncio.timeout(EXIT_TIMEOUT_S):
                return await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            return None

    async def quiet(self) -> bool:
        """Whether everything that was taken is answered, sent and reported."""
        if self.meta.reporting or any(phone.unanswered() for phone in self.phones):
            return False
        health = await get(self.admin_port, "/health")
        return health is not None and health["outbox"] == 0

    async def drain(self) -> float:
        """Wait until it is quiet, DRAIN_TIMEOUT_S at most; the seconds it took."""
        began = time.monotonic()
        await until(self.quiet, DRAIN_TIMEOUT_S)
        return time.monotonic() - began

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of wasap.db, when the product has ended."""
        with contextlib.closing(sqlite3.connect(self.folder / "data" / "wasap.db")) as db:
            return db.execute(sql).fetchall()

    def check_doubles(self) -> None:
        """Raises Broken for a defect of ours."""
        for double in (self.meta.double, self.model.double):
            if double.broken is not None:
                raise Broken("a double is defective") from double.broken

    def log_tail(self) -> str:
        """The end of the product's log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def add_phone(self, number: str) -> Phone:
        """Somebody who writes."""
        phone = Phone(number, self.config, f"{self.name}.{number}")
        self.phones.append(phone)
        self._phones_of.setdefault(canonical(number), []).append(phone)
        return phone

    def answered_by(self, number: str, part: str, body: str) -> list[Said]:
        """The messages that a part answers: those of its turn, if it says what they are due."""
        if part not in self._parts:
            turn = self._turn_of(part)
            said = (one for phone in self._phones_of[number] for one in phone.said)
            self._parts[part] = [one for one in said if one.wa_id in turn and one.is_answer(body)]
        return self._parts[part]

    def _turn_of(self, part: str) -> set[str]:
        """WhatsApp ids of the messages of a part's turn, by the product's own books.

        The words alone do not tell: many a command gets the same ones.
        """
        # Read-only: closing any other connection of a dead product would mend its log for it.
        books = f"file:{self.folder / 'data' / 'wasap.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(books, uri=True)) as db:
            rows = db.execute(
                "SELECT i.wa_id FROM inbox i JOIN outbox o ON o.key = 'turn:' || i.turn_id"
                " WHERE o.id = ?",
                (int(part.partition("-")[0]),),
            )
            return {wa_id for (wa_id,) in rows}

    def people(self) -> Iterator[tuple[str, list[Phone]]]:
        """Canonical numbers with their phones."""
        return iter(self._phones_of.items())

    def _environment(self) -> dict[str, str]:
        return {
            "CRASH_TOOL_RUNS": str(self.tool_runs),
            "WHATSAPP_ACCESS_TOKEN": self.config.access_token,
            "WHATSAPP_PHONE_NUMBER_ID": self.config.phone_number_id,
            "WHATSAPP_VERIFY_TOKEN": self.config.verify_token,
            "WHATSAPP_APP_SECRET": self.config.app_secret,
            "ALLOWED_NUMBERS": ",".join(f"+{number}" for number in self.numbers),
            "GRAPH_API_URL": self.meta.double.url,
            "OLLAMA_BASE_URL": self.model.double.url,
            "PORT": str(self.port),
            "ADMIN_PORT": str(self.admin_port),
            "DATA_DIR": str(self.folder / "data"),
            "BURST_WINDOW_S": "0",
            "OLLAMA_WARM_UP": "false",
            "DIARY_AFTER_S": "0",
            "SEND_SETTLE_S": SETTLE_S,
            "MEDIA_QUOTA_MB": "1",
            "WHISPER_MODEL": str(self.folder / "no" / "model"),
            "VOICE_MODEL": piper_double.settings(self.folder / "voice")["VOICE_MODEL"],
        }

    def _on_accepted(self, accepted: Accepted) -> None:
        answered = self.answered_by(accepted.number, accepted.part, accepted.body)
        for message in answered:
            message.heard += 1
            self._answered.add(message.token)
        if not answered:
            self.notices[accepted.body] += 1
        for phone in self._phones_of[accepted.number]:
            for message in answered:
                self.model.deleted |= phone.deleted_by(message)
            phone.heard.set()

    def _on_refused(self, number: str, part: str, body: str) -> None:
        for message in self.answered_by(number, part, body):
            message.refused = True
        for phone in self._phones_of[number]:
            phone.heard.set()


def snapshot(folder: Path) -> Path:
    """A copy of the product's sources: what is killed stays one version while people edit."""
    copy = folder / "source"
    for name in (*PACKAGES, "prompts"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


async def until(condition: Callable[[], Awaitable[bool]], timeout_s: float) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + timeout_s
    while not await condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)  # what it asks is another process
    return True


def number_of(index: int) -> str:
    """An Argentine mobile, as Meta spells them."""
    return f"549112222{index:04}"
