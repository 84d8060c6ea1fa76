"""Random histories of one owner on real files: turns as the app takes them, without HTTP."""

import contextlib
import hashlib
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from store import driver
from store.checkpoints import open_checkpoints
from store.clock import now_ms
from store.conversations import Sender
from store.database import Database
from store.driver import KeyFile
from store.inbox import Arrival
from store.intake import Inbound, Rules
from store.ledger import Ledger, Turn
from store.media import MediaStore
from store.snapshot import media_path
from tests.brain import open_brain
from tests.fake_ollama import FakeOllama, echo

CARLA = Sender("541122223333", "AR.150", "5491122223333", "Carla")
ANYONE = Rules(allowed=lambda sender: True, say=lambda name: name)

WORDS = ("leche", "ñandú", "celíaca", "wifi: clave-del-bar", "👋", "el auto", "Ana", "viernes")

# What an owner types, with words of ours in the place of {}.
SAYS = (
    "hola {}",
    "/recordar me gusta {}",
    "/olvidar 1",
    "/notas nueva {}",
    "/notas borrar 1",
    "/listas agregar {} al súper",
    "/listas tachar {} del súper",
    "/recordame {} mañana a las 9",
    "/recordatorios cancelar 1",
    "/deshacer",
    "/limpiar",
)


@contextlib.contextmanager
def sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    """A database file, each statement on its own."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        yield db


async def live(
    folder: Path, seed: int, ollama: FakeOllama, *, turns: int, key: KeyFile | None = None
) -> None:
    """Fill a data folder; the same seed says the same things."""
    dice = random.Random(seed)
    ollama.fallback = echo
    database = Database(folder / "wasap.db", key)
    await database.open()
    ledger = Ledger(database)
    async with (
        open_checkpoints(folder / "checkpoints.db", key) as saver,
        open_brain(ollama, database, saver=saver) as brain,
    ):
        for number in range(turns):
            text = dice.choice(SAYS).format(dice.choice(WORDS))
            arrival = Arrival(f"wamid.{seed}.{number}", "chat", "text", text, "{}", now_ms())
            await ledger.take([Inbound(CARLA, arrival)], ANYONE)
            if number == turns - 1 and dice.random() < 0.5:
                break  # still unanswered when the history ends
            turn = await ledger.claim(1, merge=True, delay_s=lambda waiting: 0)
            assert isinstance(turn, Turn)
            reply = await brain.say(text, sender=turn.conversation.thread_id, turn=turn.id)
            await ledger.finish(turn, said=text, reply=reply, parts=[reply])
            if dice.random() < 0.3:
                content = dice.randbytes(dice.randrange(1, 5000))
                add_file(folder, f"wamid.{seed}.{number}", content, key)
    # As the chores do: files whose message was deleted.
    await MediaStore(database, folder / "media", quota_bytes=10**9).sweep()
    await database.close()


def add_file(folder: Path, wa_id: str, content: bytes, key: KeyFile | None = None) -> Path:
    """A file that came with a message."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / media_path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    with contextlib.closing(driver.connect(folder / "wasap.db", key)) as db:
        db.execute(
            "INSERT INTO media (conversation_id, wa_id, kind, mime_type, sha256, size_bytes,"
            " created_at) VALUES (?, ?, 'audio', 'audio/ogg', ?, ?, 0)"
            " ON CONFLICT (wa_id) DO NOTHING",
            (owner_of(db), wa_id, sha256, len(content)),
        )
    return path


def owner_of(db: sqlite3.Connection) -> int:
    """Id of the only conversation."""
    return int(db.execute("SELECT id FROM conversations").fetchone()[0])


def contents(folder: Path, key: KeyFile | None = None) -> dict[str, Any]:
    """All that lasts in a data folder: every row of every table, every byte of every file."""
    found: dict[str, Any] = {}
    for name in ("wasap.db", "checkpoints.db"):
        with contextlib.closing(driver.connect(folder / name, key)) as db:
            schema = db.execute(
                "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
            ).fetchall()
            found[name] = schema
            for kind, table, sql in schema:
                if kind == "table" and not (sql or "").startswith("CREATE VIRTUAL"):
                    rows = db.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - of the schema
                    found[f"{name}: {table}"] = sorted(rows, key=repr)
    for path in sorted((folder / "media").rglob("*")):
        if path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found
