"""One breaker an endpoint: after several failures in a row it is left alone for a while, so that nobody waits for it again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from index.errors import ModelUnavailable

FAILURES = 3  # in a row
PAUSE = 60.0  # seconds


@dataclass(slots=True)
class Breaker:
    """Counts failures; `check` raises while the endpoint is left alone. One call after the pause tries it again."""

    where: str
    clock: Callable[[], float] = time.monotonic
    _failures: int = 0
    _until: float = 0.0

    def check(self) -> None:
        """Raises ModelUnavailable while open."""
        left = self._until - self.clock()
        if left > 0:
            raise ModelUnavailable(f"{self.where} failed {self._failures} times in a row and is left alone for {left:.0f} s more")

    def succeeded(self) -> None:
        self._failures, self._until = 0, 0.0

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._until = self.clock() + PAUSE


_BREAKERS: dict[str, Breaker] = {}


def breaker(where: str) -> Breaker:
    """The one breaker of an endpoint in this process."""
    return _BREAKERS.setdefault(where, Breaker(where))


def reset() -> None:
    """Forget what failed."""
    _BREAKERS.clear()
