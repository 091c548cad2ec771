"""How fast a server may be asked, as it says itself: whoever sends waits here for a turn."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import ceil, inf

from triage_tui.models import Quota


async def pause(woken: asyncio.Event, seconds: float) -> None:
    """Return after so many seconds, or when the event is set; `inf` waits for the event alone."""
    try:
        async with asyncio.timeout(None if seconds == inf else seconds):
            await woken.wait()
    except TimeoutError:
        pass


@dataclass
class _Limit:
    """A limit of the server, as its last answer told it.

    Attributes:
        remaining: Requests left when the answer was written.
        renewed_at: When the server has new ones.
        free_at: When we ask again; what is written here is out of date then.
    """

    remaining: int
    renewed_at: float
    free_at: float


LONGEST_BACKOFF = 60.0
"""Seconds between requests to a server that refuses them and does not say for how long."""

_SAME_PERIOD = 1.5
"""Seconds. Servers tell whole ones, so two answers of a period may differ by that much."""

KEPT_FREE = 20
"""Requests of a server's limit that are left to what people ask for."""


class Budget:
    """Lets requests go while the server has some left, writes before reads.

    A server that says nothing about limits is never waited for. One that limits the rate is left
    alone until its limit is renewed, and up to a second more: all its clients wait for the same
    moment.

    Args:
        clock: Tells the time in seconds.
        pause: Waits like `pause`.
        jitter: Gives 0 to 1.

    Attributes:
        quota: What the last answer said, or None if none said anything.
        on_wait: Is called when requests begin to wait, so that nobody has to look all the time.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[asyncio.Event, float], Awaitable[None]] = pause,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.quota: Quota | None = None
        self.on_wait: Callable[[], object] = lambda: None
        self._clock = clock
        self._pause = pause
        self._jitter = jitter
        self._limits: dict[str, _Limit] = {}
        self._name_of: dict[str, str] = {}
        self._under_way: Counter[str] = Counter()
        self._writes: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        self._waiting = 0
        self._changed = asyncio.Event()

    @property
    def wait(self) -> float:
        """Seconds until the last of the limits that are used up is renewed; 0.0 if none is."""
        now = self._clock()
        waits = (limit.free_at - now for limit in self._limits.values() if not limit.remaining)
        return max(0.0, max(waits, default=0.0))

    @property
    def notice(self) -> str:
        """Why requests wait, and for how long, for the status line; "" if none waits."""
        wait = self.wait
        return f"rate limited · {ceil(wait)} s" if self._waiting and wait else ""

    def can_spare(self) -> bool:
        """True if a request that nobody waits for leaves enough of every limit."""
        now = self._clock()
        left = (limit.remaining for limit in self._limits.values() if now < limit.free_at)
        under_way = sum(self._under_way.values())
        return not self._waiting and all(one - under_way > KEPT_FREE for one in left)

    async def opened(self, route: str, *, writing: bool) -> bool:
        """Wait until a request may be sent, without sending one; True if that took time."""
        if self._wait_of(route, writing) <= 0:
            return False
        name = self._name_of.get(route, "")
        self._waiting += 1
        self._writes[name] += writing
        self.on_wait()
        try:
            while (wait := self._wait_of(route, writing)) > 0:
                await self._pause(self._changed, wait)
        finally:
            self._waiting -= 1
            self._writes[name] -= writing
            self._tell()
        return True

    @asynccontextmanager
    async def turn(self, route: str, *, writing: bool) -> AsyncIterator[None]:
        """Wait until a request may be sent; inside of the `with` block it is under way.

        Args:
            route: The kind of request: what one is told about limits holds for all of its kind.
        """
        await self.opened(route, writing=writing)
        self._under_way[route] += 1
        try:
            yield
        finally:
            self._under_way[route] -= 1
            self._tell()

    def heard(self, route: str, quota: Quota | None) -> None:
        """A request was answered, and this is what is left, if the answer told."""
        self._refusals.pop(self._name_of.get(route, ""), None)
        if quota is None:
            return
        self.quota = quota
        self._name_of[route] = quota.name
        now = self._clock()
        limit, renewed_at = self._limits.get(quota.name), now + quota.reset
        if limit and now < limit.free_at and renewed_at < limit.renewed_at + _SAME_PERIOD:
            # Answers overtake each other: the lowest figure is the latest.
            limit.remaining = min(limit.remaining, quota.remaining)
        else:
            limit = _Limit(quota.remaining, renewed_at, renewed_at + self._jitter())
            self._limits[quota.name] = limit
        self._forget_the_unused()
        self._tell()

    def limited(self, route: str, seconds: float, name: str = "") -> None:
        """A request was refused because there were too many: none is sent for so many seconds."""
        if name:
            self._name_of[route] = name
        name = self._name_of.get(route, "")
        limit, now = self._limits.get(name), self._clock()
        fresh = limit is None or limit.remaining > 0 or now >= limit.free_at
        if fresh:
            # Some servers say 0 for ever; those that were under way together count once.
            seconds = max(seconds, min(LONGEST_BACKOFF, 2.0 ** min(self._refusals[name], 9) - 1))
            self._refusals[name] += 1
        renewed_at = now + seconds
        if fresh or (limit and renewed_at >= limit.renewed_at + _SAME_PERIOD):
            self._limits[name] = _Limit(0, renewed_at, renewed_at + self._jitter())
        self._forget_the_unused()
        self._tell()

    def _wait_of(self, route: str, writing: bool) -> float:
        """Seconds until there may be a turn; `inf` if only another request's end brings it."""
        name = self._name_of.get(route, "")
        # A refusal without the name of a limit is taken for all requests.
        return max(self._wait_for(one, writing) for one in {name, ""})

    def _wait_for(self, name: str, writing: bool) -> float:
        limit, now = self._limits.get(name), self._clock()
        if limit is None or now >= limit.free_at:
            free, wait = inf, inf
        else:
            # Those under way may not be in the server's figure yet.
            routes = [route for route, its in self._name_of.items() if its == name]
            free = limit.remaining - sum(self._under_way[route] for route in routes)
            wait = limit.free_at - now
        ahead = 0 if writing else self._writes[name]
        return 0.0 if free > 0 and not ahead else wait

    def _forget_the_unused(self) -> None:
        """Names come from outside, and need not be few."""
        used = {"", *self._name_of.values()}
        self._limits = {name: limit for name, limit in self._limits.items() if name in used}
        for name in self._refusals.keys() - used:
            del self._refusals[name]

    def _tell(self) -> None:
        """Let everybody who waits look again, in the order in which they came."""
        if self._waiting:
            self._changed.set()
            self._changed = asyncio.Event()
