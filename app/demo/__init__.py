"""`wasap demo`: the whole product in one terminal, with the simulator in Meta's place.

What is typed travels as a signed webhook to the real server, and what is shown came back through
the simulator's Graph API: there is no shortcut.
"""

from app.demo.run import run_demo

__all__ = ["run_demo"]
