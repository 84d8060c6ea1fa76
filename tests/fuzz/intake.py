"""The whole intake in this process: the route behind FastAPI, the ledger, a real SQLite file."""

import contextlib
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI

from app.channels.cloud_api.signature import sign
from app.identity import Whitelist
from app.settings import Settings
from app.webhook import webhook_router
from store import conversations, outbox
from store.conversations import Sender
from store.database import Database
from store.intake import Inbound, Rules, Taken, take
from store.ledger import Ledger
from store.statuses import Status
from tests.fuzz import shapes

SECRET = "canary-app-secret"

TEXTS = {  # columns that hold what strangers wrote
    "conversations": ("thread_id", "phone_number", "bsuid", "send_to", "name"),
    "inbox": ("wa_id", "type", "text", "quoted", "payload", "turn_id"),
    "feedback": ("wa_id", "emoji"),
    "outbox": ("key", "body", "wa_id"),
}


@dataclass
class Seen:
    """What happened so far."""

    statuses: Counter[int] = field(default_factory=Counter)
    logged: Counter[str] = field(default_factory=Counter)  # errors and worse
    taken: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    odd_rows: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)  # of work, body by body


class _TimedLedger(Ledger):
    """Adds the time of each transaction to the time of its request."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database
        self.began = 0.0  # of the request that runs; up to `take` nothing else can

    async def take(self, events: Sequence[Inbound | Status], rules: Rules) -> Taken:
        spent = [time.perf_counter() - self.began]

        def job(db: sqlite3.Connection) -> Taken:
            begun = time.perf_counter()
            try:
                return take(db, events, rules)
            finally:
                spent.append(time.perf_counter() - begun)

        try:
            return await self._database.write("ledger.take", job)
        finally:
            self.began = time.perf_counter() - sum(spent)


class Intake:
    """Takes bodies; `seen` says what came of them."""

    def __init__(self, app: FastAPI, ledger: _TimedLedger, seen: Seen, path: Path) -> None:
        self._app = app
        self._ledger = ledger
        self._path = path
        self.seen = seen

    async def post(self, body: bytes, signatures: Sequence[bytes] | None = None) -> int:
        """One POST through every layer but the socket; its status."""
        if signatures is None:
            signatures = [sign(body, SECRET).encode()]
        statuses: list[int] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: Any) -> None:
            if event["type"] == "http.response.start":
                statuses.append(event["status"])

        self._ledger.began = time.perf_counter()
        await self._app(_scope(signatures), receive, send)
        self.seen.seconds.append(time.perf_counter() - self._ledger.began)
        self.seen.statuses[statuses[0]] += 1
        return statuses[0]

    def look_at_rows(self) -> None:
        """Count the rows, and note those that do not look as they should."""
        with contextlib.closing(sqlite3.connect(self._path)) as db:
            db.text_factory = bytes
            for table, columns in TEXTS.items():
                for row in db.execute(f"SELECT {', '.join(columns)} FROM {table}"):  # noqa: S608
                    self.seen.odd_rows += [
                        f"{table}.{column}"
                        for column, value in zip(columns, row, strict=True)
                        if value is not None and not _is_text(value)
                    ]
            (rows, ids) = db.execute("SELECT count(*), count(DISTINCT wa_id) FROM inbox").fetchone()
            self.seen.rows += rows
            if rows != ids:
                self.seen.odd_rows.append("two rows with one id")
            for pragma in ("integrity_check", "foreign_key_check"):
                found = db.execute(f"PRAGMA {pragma}").fetchall()
                if found not in ([], [(b"ok",)]):
                    self.seen.odd_rows.append(f"{pragma}: {found[:3]}")


@contextlib.asynccontextmanager
async def open_intake(folder: Path, seen: Seen) -> AsyncIterator[Intake]:
    """An intake with an empty database in `folder`."""
    database = Database(folder / "wasap.db")
    await database.open()
    await database.write("outbox.add", _say_something)
    ledger = _TimedLedger(database)
    whitelist = Whitelist.parse([shapes.OWNER, shapes.FRIEND], "AR")
    rules = Rules(allowed=whitelist.allows, say=lambda key, **_: f"({key})")

    def count(taken: Taken) -> None:
        seen.taken.update(
            stored=taken.stored, duplicates=taken.duplicates, strangers=taken.strangers
        )

    app = FastAPI(openapi_url=None)
    app.include_router(
        webhook_router(
            _settings(), ledger, rules=lambda: rules, on_taken=count, closing=lambda: False
        )
    )
    try:
        yield Intake(app, ledger, seen, folder / "wasap.db")
    finally:
        await database.close()


def watch_logs(seen: Seen) -> None:
    """Count what the product logs as an error, and print nothing."""

    def keep(_logger: Any, method: str, event: Any) -> Any:
        if method in ("error", "critical", "exception"):
            seen.logged[f"{event['event']} {sys.exc_info()[1]!r:.200}"] += 1
        raise structlog.DropEvent

    structlog.configure(processors=[keep], cache_logger_on_first_use=False)


def memory_mb(pid: int) -> float:
    """What a process holds now, in MiB."""
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=True)
    return int(shown.stdout) / 2**10


def _say_something(db: sqlite3.Connection) -> None:
    """Parts in several states, for the statuses to be about."""
    owner = Sender(shapes.OWNER.replace("549", "54", 1), shapes.OWNER_BSUID, shapes.OWNER)
    owner_id = conversations.resolve(db, owner).id
    outbox.add(db, owner_id, "said", [f"part {number}" for number in range(90)])
    db.execute("UPDATE outbox SET created_at = ?", (shapes.SAID_AT,))
    for part_id in range(1, 61):
        outbox.begin(db, part_id)
        if part_id > 20:
            outbox.sent(db, part_id, f"wamid.OURS{part_id}" if part_id > 21 else "wamid.OURS")


def _settings() -> Settings:
    return Settings(
        _env_file=None,
        whatsapp_access_token="t",
        whatsapp_phone_number_id=shapes.PHONE_NUMBER_ID,
        whatsapp_verify_token="v",
        whatsapp_app_secret=SECRET,
        allowed_numbers=(shapes.OWNER, shapes.FRIEND),
    )


def _scope(signatures: Sequence[bytes]) -> dict[str, Any]:
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    headers += [(b"x-hub-signature-256", one) for one in signatures]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/webhook",
        "raw_path": b"/webhook",
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return b"\x00" not in value
