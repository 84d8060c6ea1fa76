"""faster-whisper without us: `python -m bench.speech_direct NICENESS WEIGHTS`."""

import json
import os
import sys
import time

import ctranslate2
from faster_whisper import WhisperModel

from app.media.hearing import OPTIONS, SEED, THREADS_MAX


def main() -> None:
    """For each path that comes, print what was heard in the file and in how many seconds."""
    niceness, weights = sys.argv[1:]
    os.nice(int(niceness))
    threads = min(os.cpu_count() or 1, THREADS_MAX)
    model = WhisperModel(weights, device="cpu", compute_type="int8", cpu_threads=threads)
    for line in sys.stdin:
        began = time.perf_counter()
        heard = _hear(model, line.strip())
        print(json.dumps({"heard": heard, "seconds": time.perf_counter() - began}), flush=True)


def _hear(model: WhisperModel, file: str) -> str:
    ctranslate2.set_random_seed(SEED)
    segments, _ = model.transcribe(file, language="es", **OPTIONS)
    return " ".join(segment.text.strip() for segment in segments)


if __name__ == "__main__":
    main()
