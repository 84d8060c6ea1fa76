"""Documents that somebody sends: message, file and reader as the product has them."""

import hashlib
import itertools
from pathlib import Path

from app.media.base import Seen
from app.media.document import DocumentReader
from graph.prompts import Prompts
from graph.settings import HOME
from store.clock import now_ms
from store.conversations import Sender
from store.database import Database
from store.documents import DocumentStore
from store.inbox import Arrival
from store.intake import Inbound, Revoke, Rules
from store.ledger import Ledger, Turn
from store.media import MediaFile, MediaStore

OWNER = "5491122334455"  # as tests.brain has it
ANYONE = Rules(allowed=lambda sender: True, say=str)


class Post:
    """Brings documents one by one; each is a turn of its own."""

    _numbers = itertools.count(1)  # no two messages have one id

    def __init__(
        self, database: Database, folder: Path, *, language: str = "es", limit_s: float = 45
    ) -> None:
        self.folder = folder
        self.ledger = Ledger(database)
        self.media = MediaStore(database, folder / "media", quota_bytes=1 << 30)
        self.documents = DocumentStore(database)
        self.reader = DocumentReader(
            self.documents, Prompts(HOME / "prompts"), language, limit_s=limit_s
        )

    async def send(self, name: str, content: bytes, sender: str = OWNER) -> Seen:
        """The file comes, is read, and its turn ends."""
        turn = await self.begin(sender)
        seen = await self.reader.read(await self.kept(turn, name, content), question="")
        await self.end(turn, seen)
        return seen

    async def begin(self, sender: str = OWNER) -> Turn:
        """A message with a file has come, and is being answered."""
        wa_id = f"wamid.doc{next(self._numbers)}"
        await self.take(
            Inbound(_who(sender), Arrival(wa_id, "chat", "document", "", "-", now_ms()))
        )
        (conversation,) = await self.ledger.unfinished()
        turn = await self.ledger.claim(conversation, merge=False, delay_s=lambda waiting: 0)
        assert isinstance(turn, Turn)
        return turn

    async def kept(self, turn: Turn, name: str, content: bytes) -> MediaFile:
        """Its file is on the disk."""
        async with self.media.incoming() as incoming:
            await incoming.write(content)
            file = await self.media.keep(
                incoming, wa_id=turn.id, kind="document", mime_type="application/pdf", name=name
            )
        assert file is not None
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        return file

    async def end(self, turn: Turn, seen: Seen) -> None:
        """It is answered."""
        await self.ledger.hear(turn.id, seen.text, seen.remark)
        await self.ledger.finish(turn, said="", reply="", parts=[])

    async def revoke(self, wa_id: str, sender: str = OWNER) -> None:
        """The sender deletes a message."""
        arrival = Arrival(f"{wa_id}.gone", "silent", "revoke", "", "{}", now_ms())
        await self.take(Inbound(_who(sender), arrival, Revoke(wa_id)))

    async def take(self, event: Inbound) -> None:
        """A webhook with one event."""
        await self.ledger.take([event], ANYONE)


def _who(sender: str) -> Sender:
    return Sender(sender, "", sender)
