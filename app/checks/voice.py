"""Whether voice notes can be written down, and answered aloud."""

import importlib.util
import json
from pathlib import Path

from app.checks.finding import Finding
from app.checks.subject import Subject
from app.embedded.catalogue import speech_files
from app.embedded.errors import EmbeddedError
from app.media.audio import EXTRA
from app.media.speaker import config_of, lack_of


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


async def speaking_voice(subject: Subject) -> Finding | None:
    """Where VOICE_MODEL is set: the extra `voice`, both files, and the owner's language."""
    model = subject.settings.voice_model
    if model is None:
        return None
    match lack_of(model):
        case "extra":
            return subject.warn("speaker_no_extra")
        case "voice":
            return subject.warn("speaker_no_voice", path=model)
        case "config":
            return subject.warn("speaker_no_config", path=config_of(model))
    language = subject.settings.owner_language
    spoken = _language_of(model)
    if spoken != language:
        return subject.warn("speaker_foreign", spoken=spoken, language=language)
    return subject.ok("speaker_ok", name=model.stem)


def _language_of(model: Path) -> str:
    """The two letters of a voice's language; "?" where it does not say."""
    try:
        espeak = json.loads(config_of(model).read_text(encoding="utf-8"))["espeak"]["voice"]
    except (OSError, ValueError, KeyError, TypeError):
        return "?"
    return str(espeak)[:2]
