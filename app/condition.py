"""How the process is doing: what the owner has to fix, and what the admin port shows."""

import time

from app.errors import Problem


class Condition:
    """Problems seen and not yet seen to be gone."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._problems: dict[str, Problem] = {}

    @property
    def uptime_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def problems(self) -> list[Problem]:
        """What is wrong now."""
        return list(self._problems.values())

    def report(self, key: str, problem: Problem) -> None:
        """Something does not work."""
        self._problems[key] = problem

    def clear(self, key: str) -> None:
        """It works again."""
        self._problems.pop(key, None)
