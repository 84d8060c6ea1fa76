"""A local stand-in for Meta: the Graph API that WasAP calls, and the phone on the other side.

Shapes follow Meta's Cloud API. It serves the demo, the tests and development without an account.
"""

from app.simulator.config import SimulatorConfig
from app.simulator.server import create_app

__all__ = ["SimulatorConfig", "create_app"]
