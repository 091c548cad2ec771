"""A time that passes only when somebody waits for it."""

from __future__ import annotations

import asyncio
from math import inf

from triage_tui.budget import Budget


class Patience:
    """Tells the seconds since it was made.

    Attributes:
        waits: The seconds of every wait, in order.
    """

    def __init__(self) -> None:
        self.time = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Be that much later at once."""
        self.waits.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)

    async def pause(self, woken: asyncio.Event, seconds: float) -> None:
        """As `budget.pause`: be that much later at once, unless only the event can end it."""
        if seconds == inf:
            await woken.wait()
        else:
            await self.sleep(seconds)

    def budget(self) -> Budget:
        """A budget that waits by this time, without jitter."""
        return Budget(clock=self, pause=self.pause, jitter=lambda: 0.0)
