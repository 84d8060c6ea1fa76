"""The process that listens: `python -m app.media.hearing FOLDER LANGUAGE`. JSON lines in and out.

A process of its own, because what it opens comes from outside and decoders have had their holes.
"""

import argparse
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from app.media.answering import Request, answer_all

Samples = NDArray[np.float32]  # mono, -1 to 1
Problem = Literal["", "broken", "too_long", "failed"]

RATE = 16_000  # samples a second, what Whisper takes
PIECE_S = 600  # heard at a time: what an hour would take in memory, ten minutes take
THREADS_MAX = 4
# What FFmpeg may take a file for: containers of sound. A playlist would open other files and
# addresses.
FORMATS = "ogg,mov,mp3,aac,amr,amrnb,amrwb,wav,flac,matroska"
OPTIONS: dict[str, Any] = {
    "beam_size": 5,
    # Nobody speaks: nothing is heard. Without it Whisper makes up a sentence.
    "vad_filter": True,
    # A sentence that it once repeats would be repeated to the end.
    "condition_on_previous_text": False,
    "temperature": (0.0, 0.2, 0.4),
}
SEED = 1  # of the temperatures above 0: the same file says the same
# Whisper, all sizes, writes these under music and noise: the credits of subtitles it learnt from.
MADE_UP = ("amara.org", "subtítulos realizados", "subtitles by")


@dataclass(frozen=True)
class Heard:
    """What was heard in a file; `problem` says why nothing could be."""

    text: str = ""
    seconds: float = 0.0  # of sound
    problem: Problem = ""
    reason: str = ""  # for the log: the name of an error


class BrokenAudio(Exception):
    """There is no sound to be had from the file."""


class TooLong(Exception):
    """There is more sound in the file than is taken."""


def decode(file: BinaryIO, *, max_s: float) -> Samples:
    """The sound of a file. Raises BrokenAudio, or TooLong as soon as it is more than `max_s`."""
    import av

    pieces: list[NDArray[np.int16]] = []
    left = int(max_s * RATE)
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    try:
        with av.open(file, mode="r", metadata_errors="ignore", options=options) as container:
            for piece in _resampled(container):
                left -= piece.size
                if left < 0:
                    raise TooLong
                pieces.append(piece)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise BrokenAudio(type(error).__name__) from error
    if not pieces:
        raise BrokenAudio("no sound")
    return np.concatenate(pieces).astype(np.float32) / 32768.0


def _resampled(container: Any) -> Iterator[NDArray[np.int16]]:
    """All that can be decoded, as Whisper takes it; a broken packet is left out."""
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    for packet in container.demux(container.streams.audio[0]):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            continue
        for frame in frames:
            frame.pts = None  # a jump in them is no reason to stop
            yield from map(_as_samples, resampler.resample(frame))
    yield from map(_as_samples, resampler.resample(None))


def _as_samples(frame: Any) -> NDArray[np.int16]:
    return np.asarray(frame.to_ndarray(), dtype=np.int16).reshape(-1)


class Listener:
    """faster-whisper with its weights in memory."""

    def __init__(self, folder: Path, language: str) -> None:
        """`folder` holds model.bin and what belongs to it; nothing is ever fetched."""
        import ctranslate2
        from faster_whisper import WhisperModel

        self._language = language
        self._seed = ctranslate2.set_random_seed
        self._model = WhisperModel(
            str(folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=min(os.cpu_count() or 1, THREADS_MAX),
            local_files_only=True,
        )

    def hear(self, path: Path, *, max_s: float) -> Heard:
        """What is said in a file."""
        try:
            with path.open("rb") as file:
                samples = decode(file, max_s=max_s)
        except BrokenAudio as error:
            return Heard(problem="broken", reason=str(error))
        except TooLong:
            return Heard(problem="too_long")
        step = PIECE_S * RATE
        said = [self._said(samples[at : at + step]) for at in range(0, samples.size, step)]
        return Heard(" ".join(filter(None, said)), samples.size / RATE)

    def _said(self, samples: Samples) -> str:
        self._seed(SEED)
        segments, _ = self._model.transcribe(samples, language=self._language, **OPTIONS)
        texts = (segment.text.strip() for segment in segments)
        return " ".join(text for text in texts if text and not _is_made_up(text))


def _is_made_up(text: str) -> bool:
    return any(mark in text.lower() for mark in MADE_UP)


def main() -> None:
    """Answer requests, `{"path", "max_s"}`, each with a `Heard`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("language")
    arguments = parser.parse_args()
    listener: Listener | None = None

    def answer(request: Request) -> dict[str, Any]:
        nonlocal listener
        try:
            listener = listener or Listener(arguments.folder, arguments.language)
            heard = listener.hear(Path(request["path"]), max_s=request["max_s"])
        except Exception as error:  # noqa: BLE001 - the other side logs it, and the owner is told
            heard = Heard(problem="failed", reason=repr(error))
        return asdict(heard)

    answer_all(answer)


if __name__ == "__main__":
    main()
