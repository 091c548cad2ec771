"""When the outbox may send: anything at all, and an edit that could not be sent before."""

from __future__ import annotations

import random

from triage_tui.timing import LoopTime, Timing

LONGEST_WAIT = 30.0


class Gate:
    """Closed for everybody after a failure that is not about one edit, and for one after others.

    Args:
        timing: The clock; that of the running event loop if None.
        chance: By which tries are spread.

    Attributes:
        timing: How time passes here.
        failures: Times in a row that the server could not be reached.
    """

    def __init__(
        self, *, timing: Timing | None = None, chance: random.Random | None = None
    ) -> None:
        self.failures = 0
        self.timing: Timing = timing or LoopTime()
        self._chance = chance or random.Random()
        self._closed_until = 0.0
        self._closed_why = ""
        self._again: dict[int, tuple[float, str]] = {}
        """When edits are tried again that failed by themselves, and why they did."""

    # What is asked of it

    @property
    def wait(self) -> float:
        """Seconds until it opens; 0.0 if it is open."""
        return max(0.0, self._closed_until - self.timing.time())

    def due(self, number: int) -> float:
        """When an edit may be tried again; 0.0 if it may be at any time."""
        return self._again.get(number, (0.0, ""))[0]

    def told(self, *, busy: bool) -> str | None:
        """Why nothing goes on, for the status line; None if something does.

        Args:
            busy: Some edits are under way.
        """
        if self.wait:
            return self._closed_why
        if self._again and not busy:
            return min(self._again.values())[1]
        return None

    # What it is told

    def close(self, why: str, seconds: float | None = None) -> None:
        """Let nothing through for so many seconds, or longer after every failure if None."""
        now = self.timing.time()
        late = 0.0
        if seconds is not None:
            # All who wait for the same moment must not come together.
            late = self._chance.uniform(0.0, 1.0)
        elif self._closed_until > now:
            return
        else:
            self.failures += 1
            seconds = self._spread(self.failures)
        if now + seconds + late > self._closed_until:
            self._closed_until = now + seconds + late
            self._closed_why = _waiting(seconds, why)

    def later(self, number: int, tries: int, why: str, seconds: float | None = None) -> None:
        """Let one edit through again after so many seconds; the others go on."""
        wait = self._spread(tries) if seconds is None else seconds
        self._again[number] = self.timing.time() + wait, _waiting(wait, why)

    def forget(self, number: int) -> None:
        """Nobody waits for this edit any more."""
        self._again.pop(number, None)

    def open(self) -> None:
        """Let everything through now."""
        self._closed_until, self._closed_why = 0.0, ""
        self._again.clear()

    def _spread(self, failures: int) -> float:
        """Seconds to wait after so many failures."""
        return self._chance.uniform(0.5, max(0.5, min(LONGEST_WAIT, 0.5 * 2.0 ** min(failures, 9))))


def _waiting(seconds: float, why: str) -> str:
    return f"trying again in {max(1, round(seconds))} s · {why}"
