"""Recordings as WhatsApp sends them, made by PyAV: ogg/opus, one channel, 48 kHz."""

import io
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
BIT_RATE = 16_000  # WhatsApp's
MIME = "audio/ogg; codecs=opus"

Samples = NDArray[np.float64]  # at RATE, -1 to 1


def tone(seconds: float, *, hertz: float = 440.0) -> Samples:
    """A beep."""
    return 0.4 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def silence(seconds: float) -> Samples:
    """Nothing."""
    return np.zeros(int(seconds * RATE))


def noise(seconds: float) -> Samples:
    """A waterfall."""
    return np.random.default_rng(7).normal(0, 0.1, int(seconds * RATE))


def music(seconds: float) -> Samples:
    """Chords with a beat, two a second."""
    chords = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
    played = [
        sum(tone(0.5, hertz=hertz) for hertz in chords[at % 4]) / 3 * np.linspace(1, 0.2, RATE // 2)
        for at in range(int(seconds * 2))
    ]
    return np.concatenate(played)


def ogg(samples: Samples) -> bytes:
    """A voice note."""
    return encoded(samples, "ogg", "libopus")


def encoded(samples: Samples, kind: str, codec: str) -> bytes:
    """A recording of another kind."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        for start in range(0, samples.size, RATE):
            piece = (samples[start : start + RATE] * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def wav_as_ogg(path: Path) -> bytes:
    """What a voice synthesiser wrote, as a voice note."""
    pieces = []
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for frame in [*container.decode(audio=0), None]:
            pieces += [part.to_ndarray().reshape(-1) for part in resampler.resample(frame)]
    return ogg(np.concatenate(pieces) / 32768)
