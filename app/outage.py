"""The model is away: said once per outage and person, over restarts too."""

from graph.errors import ModelError
from graph.prompts import Prompts
from store.ledger import Ledger

RETRY_S = (1.0, 2.0, 5.0, 10.0, 15.0)  # then the last one for ever


class Outage:
    """Whether the model answers, as the turns see it."""

    def __init__(self, ledger: Ledger, prompts: Prompts, language: str) -> None:
        self._ledger = ledger
        self._prompts = prompts
        self._language = language
        self._over = False  # an outage of the last process may still go on

    async def met(self, conversation_id: int, error: ModelError) -> bool:
        """A turn found the model away. True when a sentence about it was queued."""
        self._over = False
        began = await self._ledger.outage()
        body = self._prompts.message(self._language, error.kind)
        return await self._ledger.notice(conversation_id, f"outage:{began}", body)

    async def ended(self) -> None:
        """The model has answered."""
        if not self._over:
            await self._ledger.end_outage()
            self._over = True


def retry_s(attempt: int) -> float:
    """Seconds to wait after the `attempt`-th failure, from 0."""
    return RETRY_S[min(attempt, len(RETRY_S) - 1)]
