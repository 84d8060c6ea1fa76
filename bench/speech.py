"""Voice notes against faster-whisper called directly: same weights, same options, same files."""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from app.embedded.settings import EmbeddedSettings
from app.media.audio import AudioReader
from app.media.hearing import NICENESS
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
    heard, times, blocked_ms = asyncio.run(_ours(spoken))
    theirs = _theirs(spoken)
    expected = [one.text for one in spoken]
    error, floor = error_rate(expected, heard), error_rate(expected, theirs["heard"])
    factor, least = statistics.median(times) / seconds, statistics.median(theirs["times"]) / seconds
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
            blocked_ms,
            "ms",
            f"<= {BLOCKED_MS:.0f} ms",
            blocked_ms <= BLOCKED_MS,
            note="the longest time, loading included",
        ),
    ]


async def _ours(spoken: list[Spoken]) -> tuple[list[str], list[float], float]:
    """What was heard, seconds for all of it in each round but the first, and the loop's delay."""
    ticking = asyncio.create_task(_longest_delay_ms())
    reader = AudioReader(
        MediaSettings(),
        EmbeddedSettings().models_dir,
        prompts=Prompts(HOME / "prompts"),
        language="es",
    )
    heard: list[str] = []
    times = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        heard = [await _hear(reader, one) for one in spoken]
        times.append(time.perf_counter() - began)
    await reader.aclose()
    ticking.cancel()
    (blocked,) = await asyncio.gather(ticking)
    return heard, times[1:], blocked


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


def _theirs(spoken: list[Spoken]) -> dict[str, list]:
    """The direct call, in a process like ours: alone with the machine, and as nice."""
    weights = EmbeddedSettings().models_dir / "whisper-base"
    files = [str(one.file) for one in spoken]
    command = [sys.executable, "-m", "bench.speech_direct", str(NICENESS), str(ROUNDS)]
    done = subprocess.run(
        [*command, str(weights), *files], capture_output=True, check=True, cwd=HOME
    )
    return json.loads(done.stdout)


def _seconds(spoken: Spoken) -> float:
    import av

    with av.open(str(spoken.file)) as container:
        return float(container.duration) / av.time_base
