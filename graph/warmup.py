"""Has the model read what stands at the front of every prompt."""

import time

from langchain_core.messages import AnyMessage, SystemMessage

from graph.router import shown
from graph.services import Services


async def read_front(services: Services, language: str) -> float:
    """Load the model and read system text and tools; the seconds it took. Raises ModelError."""
    began = time.monotonic()
    system: AnyMessage = SystemMessage(services.prompts.system(language))
    if services.tools and not await services.model.takes_tools():
        (system,) = shown(services, language, [system])
    await services.model.read_front(system, services.schemas)
    return time.monotonic() - began
