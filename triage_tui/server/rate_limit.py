"""How many requests a caller may make in a minute."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

PERIOD = 60
"""Seconds; a period begins with a minute of the clock."""

NAME = "triage_tui_requests_per_minute"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left.

    Attributes:
        over: The request that was counted is one too many.
        reset: Whole seconds until the next period.
    """

    limit: int
    remaining: int
    reset: int
    over: bool

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The five header lines that tell it."""
        told = {
            "limit": self.limit,
            "period": PERIOD,
            "remaining": self.remaining,
            "reset": self.reset,
            "name": NAME,
        }
        return [
            (f"x-ratelimit-{name}".encode(), f"{value}".encode()) for name, value in told.items()
        ]


class RateLimit:
    """Counts the requests of each caller."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        """`limit` is the number of requests in a period; `clock` tells the seconds since 1970."""
        self._limit = limit
        self._clock = clock
        self._period = -1
        self._taken: Counter[str] = Counter()

    def take(self, caller: str) -> Allowance:
        """Count one request of a caller."""
        now = self._clock()
        period = math.floor(now / PERIOD)
        if period != self._period:
            self._period = period
            self._taken.clear()
        # No further than this, so that a flood leaves no large numbers.
        taken = self._taken[caller] = min(self._taken[caller] + 1, self._limit + 1)
        reset = math.ceil((period + 1) * PERIOD - now)
        return Allowance(self._limit, max(0, self._limit - taken), reset, taken > self._limit)
