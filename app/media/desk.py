"""The files of a turn, each fetched, kept and read once, whatever happens in between."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from app.channels.base import Channel
from app.channels.cloud_api.media import Attachment, attachment_of
from app.errors import DownloadError, FileGone, FileTooBig
from app.logs import tail
from app.media.base import Reader, Seen
from app.reading import SPOKEN
from graph.errors import ModelError
from graph.prompts import Prompts
from store.clock import now_ms
from store.errors import StoreError
from store.inbox import InboxMessage
from store.ledger import Ledger, Turn
from store.media import MediaFile, MediaStore

log = structlog.get_logger()

# Seconds between tries to fetch a file; after the last one the owner hears that it did not come.
PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)
# For one file, waiting for those of others included: this sender's messages wait behind it.
READ_TIMEOUT_S = 3600.0


class MediaDesk:
    """Fetches, keeps and reads. What a file says is on the inbox row when `read_next` returns."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        media: MediaStore,
        channel: Channel,
        readers: Mapping[str, Reader],
        prompts: Prompts,
        language: str,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        """`readers` by kind of file; the other kinds are left as they are."""
        self._ledger = ledger
        self._media = media
        self._channel = channel
        self._readers = readers
        self._prompts = prompts
        self._language = language
        self._pauses_s = pauses_s

    async def aclose(self) -> None:
        """Close the readers."""
        for reader in self._readers.values():
            await reader.aclose()

    def unread(self, turn: Turn) -> list[tuple[InboxMessage, Attachment]]:
        """The messages whose files have to be read, what was spoken first: it may be the question
        about the others."""
        found = [
            (message, attachment)
            for message in turn.messages
            if message.heard is None
            and (attachment := attachment_of(json.loads(message.payload))) is not None
            and attachment.kind in self._readers
        ]
        return sorted(found, key=lambda one: one[1].kind != "audio")

    async def read_next(self, turn: Turn, *, attempt: int = 0) -> Turn:
        """The turn with what the first of its unread files says. A bad file is a remark.

        Raises StoreError; and ModelError where the model that reads is away and another `attempt`
        (from 0) is worth it.
        """
        message, attachment = self.unread(turn)[0]
        try:
            seen = await self._see(turn, message, attachment)
        except ModelError as error:
            if error.passes and (error.tries is None or attempt + 1 < error.tries):
                raise
            seen = self._sentence(error.kind)
        await self._ledger.hear(message.wa_id, seen.text, seen.remark)
        return _with(turn, message, seen)

    async def _see(self, turn: Turn, message: InboxMessage, attachment: Attachment) -> Seen:
        started_ms = now_ms()
        try:
            file = await self._file(message.wa_id, attachment)
            if file is None:  # deleted while it came
                return self._sentence("media_deleted")
            async with asyncio.timeout(READ_TIMEOUT_S):
                seen = await self._readers[attachment.kind].read(file, question=_words(turn))
        except FileGone:
            seen, outcome = self._sentence("media_gone"), "gone"
        except FileTooBig:
            size = str(attachment.max_bytes >> 20)
            seen, outcome = self._sentence("media_too_big", size=size), "too_big"
        except DownloadError as error:
            log.warning("media_not_fetched", message=tail(message.wa_id), reason=str(error))
            seen, outcome = self._sentence("media_not_fetched"), "not_fetched"
        except TimeoutError:
            seen, outcome = self._sentence("media_too_long"), "too_long"
        except (ModelError, StoreError):
            raise
        except Exception:
            # A defect of ours, or a file that nobody foresaw. It ends with a sentence: the same
            # file would fail again and block everything behind it.
            log.exception("media_failed", message=tail(message.wa_id), kind=attachment.kind)
            seen, outcome = self._sentence("media_failed"), "failed"
        else:
            outcome = "read" if seen.text else "nothing"
        log.info(
            "media_read",
            message=tail(message.wa_id),
            kind=attachment.kind,
            outcome=outcome,
            ms=now_ms() - started_ms,
        )
        return seen

    async def _file(self, wa_id: str, attachment: Attachment) -> MediaFile | None:
        """The file on the disk, fetched where it is not there yet."""
        known = await self._media.of_message(wa_id)
        if known is not None:
            return known
        for pause_s in self._pauses_s:
            try:
                return await self._fetch(wa_id, attachment)
            except (FileGone, FileTooBig):
                raise
            except DownloadError as error:
                log.info("media_retry", message=tail(wa_id), reason=str(error), pause_s=pause_s)
            await asyncio.sleep(pause_s)
        return await self._fetch(wa_id, attachment)

    async def _fetch(self, wa_id: str, attachment: Attachment) -> MediaFile | None:
        async with self._media.incoming() as incoming:
            told = await self._channel.download(
                attachment.media_id, incoming.write, max_bytes=attachment.max_bytes
            )
            log.info(
                "media_fetched",
                message=tail(wa_id),
                kind=attachment.kind,
                size_bytes=incoming.size_bytes,
                sha256=incoming.sha256,
                # Nobody promises how Meta spells it: a difference is noted, and the file is taken.
                sum_matches=incoming.sha256 == told.sha256 if told.sha256 else None,
            )
            return await self._media.keep(
                incoming,
                wa_id=wa_id,
                kind=attachment.kind,
                mime_type=told.mime_type or attachment.mime_type,
                name=attachment.name,
            )

    def _sentence(self, key: str, **values: str) -> Seen:
        return Seen("", self._prompts.message(self._language, key, **values))


def _words(turn: Turn) -> str:
    """What was typed and spoken so far; what a picture says is no question about the next one."""
    spoken = {one.id: one.heard for one in turn.messages if one.type in SPOKEN}
    said = [line for one in turn.messages for line in (one.text.strip(), spoken.get(one.id))]
    return "\n".join(filter(None, said))


def _with(turn: Turn, message: InboxMessage, seen: Seen) -> Turn:
    read = replace(message, heard=seen.text, remark=seen.remark)
    messages = tuple(read if one.id == message.id else one for one in turn.messages)
    return replace(turn, messages=messages)
