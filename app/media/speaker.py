"""The speaking process (`app.media.speaking`), seen from here."""

import base64
import importlib.util
from pathlib import Path
from typing import Literal

from app.errors import VoiceError
from app.media.child import Child, ChildDied

ANSWER_TIMEOUT_S = 60.0  # for one text, loading included: the next answer waits behind it
IDLE_S = 300.0  # without a text, and the memory of the voice is free again
NEEDS = ("av", "piper")  # what the extra `voice` brings

Lack = Literal["extra", "voice", "config"]


def lack_of(model: Path) -> Lack | None:
    """What is missing for a voice to speak, if anything."""
    if not all(map(importlib.util.find_spec, NEEDS)):
        return "extra"
    if not model.is_file():
        return "voice"
    return None if config_of(model).is_file() else "config"


def config_of(model: Path) -> Path:
    """What piper has to know about a voice, in JSON."""
    return model.with_name(f"{model.name}.json")


class Speaker(Child):
    """A voice; see app.media.base.Voice."""

    def __init__(
        self, model: Path, *, timeout_s: float = ANSWER_TIMEOUT_S, idle_s: float = IDLE_S
    ) -> None:
        """`model`: an .onnx of piper's, with its .onnx.json beside it."""
        super().__init__(
            "speaker", "app.media.speaking", str(model), timeout_s=timeout_s, idle_s=idle_s
        )

    async def say(self, text: str) -> bytes:
        """The sound of a text: ogg/opus, one channel. Raises VoiceError."""
        try:
            answer = await self.ask(text=text)
            if problem := answer.get("problem"):
                raise VoiceError(problem)
            return base64.b64decode(answer["ogg"])
        except TimeoutError as error:
            raise VoiceError("it took too long") from error
        except (ChildDied, OSError, ValueError, KeyError) as error:
            raise VoiceError(f"{type(error).__name__}: {error}") from error
