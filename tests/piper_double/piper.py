"""The part of piper's API that the product uses."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

RATE = 22_050
SENTENCE_S = 0.5


@dataclass
class AudioChunk:
    """A sentence."""

    sample_rate: int
    audio_int16_array: Any


class PiperVoice:
    """Says every sentence as a tone of half a second, if `trouble.txt` lets it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def load(model_path: str | Path) -> "PiperVoice":
        """Loads nothing."""
        return PiperVoice(Path(model_path).parent)

    def synthesize(self, text: str) -> Iterator[AudioChunk]:
        """One chunk a line."""
        with (self._folder / "said.txt").open("a", encoding="utf-8") as log:
            log.write(text.replace("\n", " ") + "\n")
        file = self._folder / "trouble.txt"
        trouble = file.read_text() if file.exists() else ""
        if trouble == "die":
            os.abort()
        while trouble == "hang":
            time.sleep(60)
        if trouble == "fail":
            raise RuntimeError(text)
        wave = 0.4 * np.sin(2 * np.pi * 440 * np.arange(int(SENTENCE_S * RATE)) / RATE)
        for line in filter(any, map(str.split, text.split("\n"))):
            assert line
            yield AudioChunk(RATE, (wave * 32767).astype(np.int16))
