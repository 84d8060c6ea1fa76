"""The part of faster-whisper's API that the product uses."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

QUIET = 0.01  # loudness of what counts as silence


@dataclass
class Segment:
    """A stretch of speech."""

    text: str


class WhisperModel:
    """Hears what `said.txt` says. "!die" kills the process, "!hang" never ends."""

    def __init__(self, folder: str, **options: Any) -> None:
        self._folder = Path(folder)
        with (self._folder / "loaded.txt").open("a") as log:
            log.write(f"{os.getpid()}\n")

    def transcribe(self, samples: Any, **options: Any) -> tuple[list[Segment], None]:
        """One segment a line, none for silence."""
        with (self._folder / "listened.txt").open("a") as log:
            log.write(f"{samples.size} {options['language']}\n")
        said = (self._folder / "said.txt").read_text(encoding="utf-8")
        if said == "!die":
            os.abort()
        while said == "!hang":
            time.sleep(60)
        if np.abs(samples).max() < QUIET:
            return [], None
        return [Segment(f" {line}") for line in said.splitlines()], None
