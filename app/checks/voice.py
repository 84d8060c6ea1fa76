"""Whether voice notes can be written down."""

import importlib.util

from app.checks.finding import Finding
from app.checks.subject import Subject
from app.embedded.catalogue import speech_files
from app.embedded.errors import EmbeddedError
from app.media.audio import EXTRA


async def voice_model(subject: Subject) -> Finding:
    """The extra `audio` is installed, and WHISPER_MODEL is on the disk."""
    size = subject.settings.whisper_model
    if importlib.util.find_spec(EXTRA) is None:
        return subject.warn("voice_no_extra")
    try:
        speech_files(subject.settings.models_dir, size)
    except EmbeddedError:
        if "/" in size:
            return subject.warn("voice_no_folder", folder=size)
        return subject.warn("voice_missing", model=f"whisper-{size}")
    return subject.ok("voice_ok", model=size)
