"""When the list is read again by itself: from time to time, and not while that would disturb."""

from __future__ import annotations

import random
from collections.abc import Callable

from triage_tui.timing import LoopTime, Timer, Timing

SPREAD = 0.1
"""Share of the interval by which a reading comes earlier or later: not all clients at once."""


class Refreshing:
    """Calls for the list again and again. Waits for one timer at most, and for none while paused.

    Args:
        begin: Begins to read; whoever reads calls `plan` at the end.
        hindered: True while nothing is to be read. Whoever is in the way calls `look` when it is
            gone, so that nobody has to ask all the time.
        every: Seconds between two readings; 0 for never.
        timing: How waiting is done; the running event loop if None.
        chance: By which readings are spread.

    Attributes:
        paused: The person wants none for now.
    """

    def __init__(
        self,
        begin: Callable[[], object],
        hindered: Callable[[], bool],
        *,
        every: float,
        timing: Timing | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self.paused = False
        self._begin = begin
        self._hindered = hindered
        self._every = every
        self._timing = timing or LoopTime()
        self._chance = chance or random.Random()
        self._timer: Timer | None = None
        self._due = False

    @property
    def wanted(self) -> bool:
        """False if the list is never read by itself."""
        return self._every > 0

    def plan(self) -> None:
        """The list was read, or could not be: the next time is one interval from now."""
        self.stop()
        if self.wanted and not self.paused:
            wait = self._every * self._chance.uniform(1 - SPREAD, 1 + SPREAD)
            self._timer = self._timing.call_later(wait, self._ring)

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._due = False
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def look(self) -> None:
        """Something is not in the way any more: read now what was to be read meanwhile."""
        if self._due:
            self._ring()

    def turn(self) -> None:
        """Pause, or go on."""
        self.paused = not self.paused
        if self.paused:
            self.stop()
        else:
            self._ring()

    def _ring(self) -> None:
        self._timer = None
        self._due = self._hindered()
        if not self._due:
            self._begin()
