"""Ways to make a set-up wrong; each gives the settings that differ, if any do."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from graph.settings import HOME
from store.clock import now_ms
from tests.wrong_setups import House

Spoil = Callable[[House], dict[str, str | None] | None]


def account(**changes: object) -> Spoil:
    return lambda house: house.account(**changes)


def switch(**switches: object) -> Spoil:
    return lambda house: house.switch(**switches)


def setting(**values: str | None) -> Spoil:
    return lambda house: values


def models(**changes: tuple[str, ...] | None) -> Spoil:
    """Ollama has this model with these abilities; None: not at all."""
    names = {"chat": "qwen3:8b", "vision": "llava:7b", "embedding": "embeddinggemma"}

    def spoil(house: House) -> None:
        for kind, abilities in changes.items():
            del house.ollama.models[names[kind]]
            if abilities is not None:
                house.ollama.models[names[kind]] = abilities

    return spoil


def on_disk(write: Callable[[Path], None]) -> Spoil:
    """Something about the files of DATA_DIR."""

    def spoil(house: House) -> None:
        data = house.folder / "data"
        data.mkdir()
        write(data)

    return spoil


def broken_prompt(house: House) -> dict[str, str | None]:
    """An owner's own folder, with a variable that nothing fills."""
    folder = Path(shutil.copytree(HOME / "prompts", house.folder / "prompts"))
    turn = folder / "es" / "turn.md"
    turn.write_text(turn.read_text("utf-8") + "{weather}\n", "utf-8")
    return {"PROMPTS_DIR": str(folder)}


def no_database(data: Path) -> None:
    (data / "wasap.db").write_bytes(b"no database at all" * 1000)


def damaged(data: Path) -> None:
    with closing(sqlite3.connect(data / "wasap.db")) as db:
        db.execute("CREATE TABLE words (word TEXT)")
        db.executemany("INSERT INTO words VALUES (?)", [("word" * 100,)] * 500)
        db.commit()
    content = bytearray((data / "wasap.db").read_bytes())
    content[8192:12288] = b"\xff" * 4096
    (data / "wasap.db").write_bytes(content)


def no_threads(data: Path) -> None:
    (data / "checkpoints.db").write_bytes(b"no database at all" * 1000)


def waiting(code: int | None, age_s: int = 60) -> Spoil:
    """One part that has not left, since `age_s`, because of an error of Meta's."""

    async def filled(folder: Path) -> None:
        from store.database import Database

        database = Database(folder / "wasap.db")
        await database.open()
        await database.close()

    def write(data: Path) -> None:
        import asyncio

        asyncio.run(filled(data))
        then = now_ms() - age_s * 1000
        with closing(sqlite3.connect(data / "wasap.db")) as db:
            db.execute(
                "INSERT INTO conversations (id, thread_id, send_to, created_at, updated_at)"
                " VALUES (1, '541122223333', '5491122223333', 0, 0)"
            )
            db.execute(
                "INSERT INTO inbox (wa_id, conversation_id, kind, type, payload, state, sent_at,"
                " received_at) VALUES ('wamid.1', 1, 'chat', 'text', '{}', 'done', ?, ?)",
                (then, then),
            )
            db.execute(
                "INSERT INTO outbox (conversation_id, key, part, body, state, due_at, error_code,"
                " created_at, updated_at) VALUES (1, 'k', 0, 'hola', 'queued', ?, ?, ?, ?)",
                (then, code, then, then),
            )
            db.commit()

    return on_disk(write)
