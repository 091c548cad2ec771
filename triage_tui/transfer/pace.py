"""Reading a server no faster than it allows, and again after what passes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from triage_tui.errors import ApiError, Failure
from triage_tui.models import Quota

T = TypeVar("T")

AT_ONCE = 4
"""Requests under way at the same time. The limits of the service are for a whole organisation, and
its people want to work meanwhile."""

ATTEMPTS = 6
"""Times a read is sent before its failure counts. With the waits between, this is half a minute."""

_PASSING = (Failure.SERVER_TROUBLE, Failure.UNREACHABLE, Failure.TIMED_OUT)
_LONGEST = 60.0
"""Seconds to wait at most where the server does not say how long."""


class Pace:
    """Keeps all reads of one server to its limits.

    Args:
        say: Is told, in a sentence, why nothing happens for a while.
        sleep: Waits so many seconds.
        clock: Tells the time in seconds.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say = say
        self._sleep = sleep
        self._clock = clock
        self._until = 0.0
        self._reached = False
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def read(self, ask: Callable[[], Awaitable[tuple[T, Quota | None]]]) -> T:
        """What `ask` gives, which is called again after a limit and after what may pass.

        Raises:
            ApiError: It failed for good. The first read of all fails at once, because the person
                is still there to correct the address.
        """
        failures = limits = 0
        while True:
            async with self._slots:
                await self._turn()
                try:
                    found, quota = await ask()
                except ApiError as error:
                    if error.failure is Failure.RATE_LIMITED:
                        # At least a little more each time: the server may say 0 for ever.
                        wait = max(error.retry_after or 0.0, _backoff(limits) if limits else 0.0)
                        self._hold(wait, "The server limits the rate")
                        limits += 1
                        continue
                    failures += 1
                    if not self._again(error, failures):
                        raise
                    wait = error.retry_after or _backoff(failures - 1)
                    self._hold(wait, str(error).partition(". ")[0].rstrip("."))
                    continue
            self._reached = True
            if quota is not None and quota.remaining < AT_ONCE:
                self._hold(quota.reset, "The limit of the server is nearly reached")
            return found

    def _again(self, error: ApiError, failures: int) -> bool:
        return self._reached and failures < ATTEMPTS and error.failure in _PASSING

    async def _turn(self) -> None:
        while (wait := self._until - self._clock()) > 0:
            await self._sleep(wait)

    def _hold(self, wait: float, why: str) -> None:
        """Let nothing be sent for `wait` seconds."""
        until = self._clock() + wait
        if until <= self._until:
            return
        self._until = until
        if wait >= 1:
            self._say(f"{why}: going on in {wait:.0f} s.")


def _backoff(failures: int) -> float:
    return min(2.0**failures, _LONGEST)
