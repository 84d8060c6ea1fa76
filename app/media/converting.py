"""Runs `app.media.convert` on a file and takes what it says; whatever the file does, that ends."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from app.media.convert.limits import MAX_TEXT, WALL_S
from app.media.convert.parts import Part, Unreadable

COMMAND = (sys.executable, "-m", "app.media.convert")
MAX_OUTPUT = 8 * MAX_TEXT  # bytes: six for a letter in JSON, and what stands around it
CHUNK = 1 << 16


@dataclass(frozen=True)
class Converted:
    """What a document says."""

    kind: str  # pdf, docx, xlsx, pptx, txt, md, csv or html
    pages: int  # or sheets, or slides; 0 where a kind has none
    parts: tuple[Part, ...]
    cut: bool  # there is more than that


def environment() -> dict[str, str]:
    """Nothing of ours but where the code lies: no setting, no secret."""
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
    }


async def convert(path: Path, *, limit_s: float = WALL_S) -> Converted:
    """The text of a file. Raises Unreadable, and OSError where the file cannot be opened."""
    with path.open("rb") as file:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=file,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment(),
        )
    try:
        async with asyncio.timeout(limit_s):
            output = await _output(process)
            code = await process.wait()
    except TimeoutError as error:
        raise Unreadable("heavy") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code < 0:  # it was stopped by one of its limits
        raise Unreadable("heavy")
    return _read(output)


async def _output(process: asyncio.subprocess.Process) -> bytes:
    output = bytearray()
    assert process.stdout is not None  # noqa: S101 - a pipe, as asked for
    while chunk := await process.stdout.read(CHUNK):
        output += chunk
        if len(output) > MAX_OUTPUT:
            raise Unreadable("heavy")
    return bytes(output)


def _read(output: bytes) -> Converted:
    try:
        lines = [json.loads(line) for line in output.splitlines()]
        first, last = lines[0], lines[-1]
        if "error" in last:
            raise Unreadable(str(last["error"]))
        parts = tuple(Part(line["place"], line["text"]) for line in lines[1:-1])
        return Converted(first["kind"], last["pages"], parts, last["cut"])
    except (ValueError, LookupError, TypeError) as error:  # it died over the file
        raise Unreadable("broken") from error
