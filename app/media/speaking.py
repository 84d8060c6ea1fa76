"""The process that speaks: `python -m app.media.speaking VOICE.onnx`. JSON lines in and out.

A process of its own, so that the memory of the voice is free again when nobody speaks, and because
piper is GPL: nothing of ours is linked with it.
"""

import argparse
import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.media.answering import Request, answer_all

Sound = NDArray[np.int16]  # mono

RATE = 48_000  # samples a second, what WhatsApp records with
BIT_RATE = 24_000
PAUSE_S = 0.25  # after a sentence
BRACKETS = str.maketrans("[]", "()")  # double square ones would be phonemes to piper


def encode(sound: Sound, rate: int) -> bytes:
    """A voice note of so many samples a second: ogg/opus, one channel."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = rate
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return file.getvalue()


class Speaker:
    """piper with its voice in memory."""

    def __init__(self, model: Path) -> None:
        """`model`: an .onnx file with its .onnx.json beside it; nothing is ever fetched."""
        from piper import PiperVoice

        self._voice = PiperVoice.load(model)

    def say(self, text: str) -> bytes:
        """A text as a voice note; b"" where there is nothing to say in it."""
        chunks = list(self._voice.synthesize(text.translate(BRACKETS)))
        if not chunks:
            return b""
        rate = chunks[0].sample_rate
        pause = np.zeros(int(PAUSE_S * rate), dtype=np.int16)
        pieces = [piece for chunk in chunks for piece in (chunk.audio_int16_array, pause)]
        return encode(np.concatenate(pieces), rate)


def main() -> None:
    """Answer requests, `{"text"}`, with `{"ogg"}` in base64, or `{"problem"}`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    arguments = parser.parse_args()
    speaker: Speaker | None = None

    def answer(request: Request) -> dict[str, Any]:
        nonlocal speaker
        try:
            speaker = speaker or Speaker(arguments.model)
            sound = speaker.say(request["text"])
        except Exception as error:  # noqa: BLE001 - the other side logs it
            return {"problem": type(error).__name__}
        return {"ogg": base64.b64encode(sound).decode()} if sound else {"problem": "no words"}

    answer_all(answer)


if __name__ == "__main__":
    main()
