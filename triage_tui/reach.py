"""Whether the server can be reached, and when it is tried again while it cannot."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

from triage_tui.errors import ApiError, Failure
from triage_tui.timing import LoopTime, Timer, Timing

LONGEST_WAIT = 30.0
SHORTEST_WAIT = 0.5

_NO_ANSWER = (Failure.UNREACHABLE, Failure.TIMED_OUT)


class Reach:
    """Is told how calls end, and calls again by itself after those that got no answer.

    Args:
        try_again: Begins a call whose end is told here.
        now: The clock.
        timing: How waiting is done; the running event loop if None.
        chance: By which tries are spread.

    Attributes:
        lost_at: Since when the server cannot be reached; None while it can.
    """

    def __init__(
        self,
        try_again: Callable[[], object],
        *,
        now: Callable[[], datetime],
        timing: Timing | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self.lost_at: datetime | None = None
        self._try_again = try_again
        self._now = now
        self._timing = timing or LoopTime()
        self._chance = chance or random.Random()
        self._failures = 0
        self._due = 0.0
        self._timer: Timer | None = None

    def failed(self, error: ApiError) -> bool:
        """A call failed; True if that means that the server cannot be reached."""
        if error.failure not in _NO_ANSWER:
            return False
        self.lost_at = self.lost_at or self._now()
        if self._timer is None:
            self._failures += 1
            most = min(LONGEST_WAIT, 2.0 * SHORTEST_WAIT * 2.0 ** min(self._failures, 9))
            wait = self._chance.uniform(SHORTEST_WAIT, most)
            self._due = self._timing.time() + wait
            self._timer = self._timing.call_later(wait, self._ring)
        return True

    def answered(self) -> bool:
        """A server said something; True if it is back from being lost."""
        was_lost = self.lost_at is not None
        self.lost_at, self._failures = None, 0
        self.trying()
        return was_lost

    def trying(self) -> None:
        """A call is being made, so none has to be made by itself."""
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def _ring(self) -> None:
        self._timer = None
        self._try_again()

    def told(self, read_at: datetime | None, *, brief: bool = False) -> str:
        """The state in one line, "" while the server can be reached.

        Args:
            read_at: When the list was read.
            brief: Only since when, and when the next try is.
        """
        if self.lost_at is None:
            return ""
        parts = [f"offline since {_moment(self.lost_at, self._now())}"]
        if read_at and not brief:
            parts.append(f"list from {_moment(read_at, self._now())}")
        if self._timer:
            seconds = max(1, round(self._due - self._timing.time()))
            tries = (
                [f"again in {seconds} s"] if brief else [f"trying again in {seconds} s", "r now"]
            )
            parts += tries
        else:
            parts.append("trying now")
        return " · ".join(parts)


def _moment(then: datetime, now: datetime) -> str:
    """The time as the clock on the wall shows it, with its day if that is not today."""
    local = then.astimezone()
    return f"{local:%H:%M}" if local.date() == now.astimezone().date() else f"{local:%d %b %H:%M}"
