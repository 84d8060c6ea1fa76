"""Voice notes and other recordings, written down by Whisper."""

import asyncio
from importlib.util import find_spec
from pathlib import Path

import structlog

from app.embedded.catalogue import Speech, speech_files
from app.embedded.errors import EmbeddedError, ModelNotOnDisk
from app.embedded.fetch import verified
from app.logs import tail
from app.media.base import Seen
from app.media.child import ChildDied
from app.media.settings import MediaSettings
from app.media.transcriber import Transcriber
from graph.prompts import Prompts
from store.media import MediaFile

log = structlog.get_logger()

EXTRA = "faster_whisper"  # what the `audio` extra brings


class AudioReader:
    """What is said in a recording, in the owner's language."""

    def __init__(
        self, settings: MediaSettings, models_dir: Path, *, prompts: Prompts, language: str
    ) -> None:
        self._settings = settings
        self._models_dir = models_dir
        self._prompts = prompts
        self._language = language
        self._transcriber: Transcriber | None = None
        self._starting = asyncio.Lock()  # or two senders' first notes would start one each

    async def read(self, file: MediaFile, *, question: str) -> Seen:
        """The words, or one sentence about why there are none."""
        if find_spec(EXTRA) is None:
            return self._sentence("voice_not_installed")
        try:
            transcriber = await self._started()
        except EmbeddedError as error:
            log.warning("voice_model_missing", reason=str(error))
            return self._sentence("voice_no_model", model=self._settings.whisper_model)
        return await self._hear(transcriber, file)

    async def aclose(self) -> None:
        """End the process that listens."""
        if self._transcriber is not None:
            await self._transcriber.aclose()

    async def _started(self) -> Transcriber:
        """The one process that listens. Raises EmbeddedError."""
        async with self._starting:
            if self._transcriber is None:
                self._transcriber = Transcriber(
                    await asyncio.to_thread(self._folder),
                    language=self._language,
                    idle_s=self._settings.whisper_idle_s,
                )
            return self._transcriber

    async def _hear(self, transcriber: Transcriber, file: MediaFile) -> Seen:
        minutes = self._settings.audio_max_minutes
        try:
            heard = await transcriber.hear(file.path, max_s=minutes * 60)
        except ChildDied as error:
            log.error("transcriber_died", message=tail(file.wa_id), reason=str(error))
            return self._sentence("voice_failed")
        if heard.problem:
            log.warning(
                "voice_not_heard",
                message=tail(file.wa_id),
                problem=heard.problem,
                reason=heard.reason,
            )
            return self._sentence(f"voice_{heard.problem}", minutes=str(minutes))
        log.info("voice_heard", message=tail(file.wa_id), seconds=round(heard.seconds, 1))
        return Seen(heard.text) if heard.text else self._sentence("voice_no_words")

    def _folder(self) -> Path:
        """The weights, checked. Raises EmbeddedError."""
        folder, known = speech_files(self._models_dir, self._settings.whisper_model)
        if known and not _is_sound(known, folder):
            raise ModelNotOnDisk(known.name)
        return folder

    def _sentence(self, key: str, **values: str) -> Seen:
        return Seen("", self._prompts.message(self._language, key, **values))


def _is_sound(speech: Speech, folder: Path) -> bool:
    return all(verified(blob, blob.file(folder)) for blob in speech.files)
