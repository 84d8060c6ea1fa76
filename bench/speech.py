"""Voice notes against faster-whisper called directly: same weights, same options, same files."""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.embedded.settings import EmbeddedSettings
from app.media.answering import NICENESS
from app.media.audio import AudioReader
from app.media.settings import MediaSettings
from bench.figures import Figure
from graph.prompts import Prompts
from graph.settings import HOME
from store.media import MediaFile
from tests.speech import Spoken, error_rate, speak

ROUNDS = 3
BLOCKED_MS = 50.0  # the event loop, at most
RTF_RATIO = 1.1
TICK_S = 0.005


def run(folder: Path) -> list[Figure]:
    """Word error rate, real-time factor, and how long the event loop was held up meanwhile."""
    spoken = speak(folder)
    seconds = sum(_seconds(one) for one in spoken)
    ours, theirs = asyncio.run(_measure(spoken))
    expected = [one.text for one in spoken]
    error, floor = (
        error_rate(expected, [heard.texts[one.file] for one in spoken]) for heard in (ours, theirs)
    )
    factor, least = ours.factor(seconds), theirs.factor(seconds)
    note = f"{len(spoken)} sentences, {seconds:.0f} s of espeak-ng in ogg/opus; direct call"
    return [
        Figure("voice, word error rate", error, "", "<= floor", error <= floor, floor, note),
        Figure(
            "voice, real-time factor",
            factor,
            "",
            f"<= {RTF_RATIO} of floor",
            factor <= RTF_RATIO * least,
            least,
            note,
        ),
        Figure(
            "event loop held up while it hears",
            ours.blocked_ms,
            "ms",
            f"<= {BLOCKED_MS:.0f} ms",
            ours.blocked_ms <= BLOCKED_MS,
            theirs.blocked_ms,
            "the longest time, loading included; an idle loop beside the direct call",
        ),
    ]


@dataclass
class Heard:
    """What one way of hearing gave."""

    texts: dict[Path, str] = field(default_factory=dict)
    seconds: dict[Path, float] = field(default_factory=dict)  # the quickest round of each file
    blocked_ms: float = 0.0  # the longest that our event loop stood still meanwhile

    def add(self, file: Path, text: str, seconds: float) -> None:
        """One round of one file."""
        self.texts[file] = text
        self.seconds[file] = min(seconds, self.seconds.get(file, seconds))

    def factor(self, duration_s: float) -> float:
        """Seconds that a second of speech takes."""
        return sum(self.seconds.values()) / duration_s


async def _measure(spoken: list[Spoken]) -> tuple[Heard, Heard]:
    """Ours and the direct call in turn, file by file, for the machine has its moods."""
    ours, theirs = Heard(), Heard()
    reader = AudioReader(
        MediaSettings(),
        EmbeddedSettings().models_dir,
        prompts=Prompts(HOME / "prompts"),
        language="es",
    )
    with _direct() as direct:
        for one in spoken * ROUNDS:
            began = time.perf_counter()
            async with _watched(ours):
                text = await _hear(reader, one)
            ours.add(one.file, text, time.perf_counter() - began)
            async with _watched(theirs):
                told = await asyncio.to_thread(_ask, direct, one.file)
            theirs.add(one.file, told["heard"], told["seconds"])
    await reader.aclose()
    return ours, theirs


@contextlib.asynccontextmanager
async def _watched(heard: Heard) -> AsyncIterator[None]:
    """Keeps how long the loop stood still."""
    ticking = asyncio.create_task(_longest_delay_ms())
    yield
    ticking.cancel()
    (blocked_ms,) = await asyncio.gather(ticking)
    heard.blocked_ms = max(heard.blocked_ms, blocked_ms)


async def _hear(reader: AudioReader, spoken: Spoken) -> str:
    file = MediaFile(1, 1, "wamid.A", "audio", "audio/ogg", "", "", 1, 0, spoken.file)
    return (await reader.read(file, question="")).text


async def _longest_delay_ms() -> float:
    longest = 0.0
    try:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK_S)
            longest = max(longest, time.perf_counter() - before - TICK_S)
    except asyncio.CancelledError:
        return longest * 1000


@contextlib.contextmanager
def _direct() -> Iterator[subprocess.Popen[bytes]]:
    """The direct call, in a process like ours and as nice."""
    weights = EmbeddedSettings().models_dir / "whisper-base"
    command = [sys.executable, "-m", "bench.speech_direct", str(NICENESS), str(weights)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=HOME) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def _ask(direct: subprocess.Popen[bytes], file: Path) -> Any:
    """One direct call."""
    assert direct.stdin is not None
    assert direct.stdout is not None
    direct.stdin.write(f"{file}\n".encode())
    direct.stdin.flush()
    return json.loads(direct.stdout.readline())


def _seconds(spoken: Spoken) -> float:
    import av

    with av.open(str(spoken.file)) as container:
        return float(container.duration) / av.time_base
