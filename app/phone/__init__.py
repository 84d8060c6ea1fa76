"""The phone page: a chat with the assistant in a browser, without Meta.

Served on the owner's port, where the stand-in for Meta is in Meta's place: what is written goes to
the stand-in, which posts it as a signed webhook, and what is shown came back through it.
"""

from app.phone.router import phone_router
from app.phone.stand_in import StandIn

__all__ = ["StandIn", "phone_router"]
