"""The turns of `watch`: read, tell, wait, and go on when the server was away."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from triage_tui.commands import say
from triage_tui.commands.case_columns import case_record
from triage_tui.errors import ApiError, Failure
from triage_tui.text import ago, number, plural
from triage_tui.timing import LoopTime, Timing, utc_now
from triage_tui.watching import Event, Reading, Watching

if TYPE_CHECKING:
    from triage_tui.commands.reader import Reader
    from triage_tui.models import Case

PAGE = 100
"""Cases asked for at a time."""

SPREAD = 0.1
"""Share of the time between two readings by which one comes earlier or later."""

FIRST_WAIT = 5.0
LONGEST_WAIT = 300.0
"""Seconds before the first, and before the later tries to reach a server that is away."""

_MAY_PASS = (
    *(Failure.UNREACHABLE, Failure.TIMED_OUT, Failure.RATE_LIMITED),
    *(Failure.SERVER_TROUBLE, Failure.UNREADABLE),
)


@dataclass(frozen=True)
class Terms:
    """What is watched, and how often.

    Attributes:
        place: The name of the server or workspace, for people.
        every: Seconds between two readings.
        limit: Cases that are read at most.
        once: Read once, tell what there is, and end.
    """

    query: str
    place: str
    every: float = 60.0
    limit: int = 1000
    once: bool = False


class Turns:
    """Reads again and again, and tells one event after the other until it is stopped.

    Args:
        tell: Tells an event; its answer is what went wrong, or "". It is not told again either way.
        free_at: The time from which `tell` may be called.
        spare: True if the server has requests left for somebody who can wait.
        keep: Called when what was told changed.
        timing: How waiting is done; the running event loop if None.
        chance: By which readings are spread.

    Attributes:
        stopping: How often it was asked to stop.
    """

    def __init__(
        self,
        terms: Terms,
        reader: Reader,
        watching: Watching,
        *,
        tell: Callable[[Event], Awaitable[str]],
        free_at: Callable[[], float] = lambda: 0.0,
        spare: Callable[[], bool] = lambda: True,
        keep: Callable[[], object] = lambda: None,
        now: Callable[[], datetime] = utc_now,
        timing: Timing | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._terms = terms
        self._reader = reader
        self._watching = watching
        self._tell = tell
        self._free_at = free_at
        self._spare = spare
        self._keep = keep
        self._now = now
        self._timing = timing or LoopTime()
        self._chance = chance or random.Random()
        self.stopping = 0
        self._woken = asyncio.Event()
        self._asking: asyncio.Task[Reading] | None = None
        self._lost_at: datetime | None = None
        self._tries = 0
        self._total: int | None = None

    def stop(self) -> None:
        """Begin nothing any more, and wait for no answer."""
        self.stopping += 1
        self._woken.set()
        if self._asking:
            self._asking.cancel()

    async def go(self) -> None:
        """Read and tell until it is stopped, or until all is told that there was once.

        Raises:
            TriageError: The first reading failed, or a later one for a reason that does not pass.
        """
        reading = await self._read_unless_stopped()
        if reading is None:
            return
        self._watching.take(reading, self._now())
        self._keep()
        if not self._terms.once:
            self._say_what_is_watched(reading)
        read_at = self._timing.time() + self._interval()
        while not self.stopping:
            event, time = self._watching.next(), self._timing.time()
            if event is None and self._terms.once:
                return
            if time >= read_at and not self._terms.once:
                read_at = self._timing.time() + await self._turn()
            elif event and time >= self._free_at():
                await self._hear(event)
            else:
                waits = [self._free_at()] if event else []
                waits += [] if self._terms.once else [read_at]
                await self._pause(min(waits) - time)

    async def _hear(self, event: Event) -> None:
        trouble = await self._tell(event)
        if self.stopping and trouble:
            return  # It was cut short, so whoever goes on from here tells it again.
        self._watching.heard(event)
        self._keep()
        if trouble:
            say(f"triage-tui: {event.case['key']}: {trouble}")

    async def _turn(self) -> float:
        """Read once; seconds until the next reading."""
        if not self._spare():
            return self._interval()
        try:
            reading = await self._read_unless_stopped()
        except ApiError as error:
            if error.failure not in _MAY_PASS:
                raise
            return self._lost(error)
        if reading is None:
            return self._interval()
        if self._lost_at:
            say(f"{self._terms.place} answers again; it was away since {self._since()}.")
        self._lost_at, self._tries = None, 0
        self._watching.take(reading, self._now())
        self._keep()
        return self._interval()

    def _lost(self, error: ApiError) -> float:
        """Say it once; seconds until the next try."""
        if self._lost_at is None:
            self._lost_at = self._now()
            say(f"triage-tui: {error} Trying again until it answers.")
        most = min(max(self._terms.every, LONGEST_WAIT), FIRST_WAIT * 2.0 ** min(self._tries, 9))
        self._tries += 1
        return max(most * self._chance.uniform(0.5, 1.0), error.retry_after or 0.0)

    def _since(self) -> str:
        assert self._lost_at
        return f"{self._lost_at:%H:%M:%S UTC} ({ago(self._lost_at, self._now())})"

    async def _read_unless_stopped(self) -> Reading | None:
        """What there is; None if it was stopped before that was known."""
        if self.stopping:
            return None
        self._asking = asyncio.create_task(self._read())
        try:
            return await self._asking
        except asyncio.CancelledError:
            if not self.stopping:
                raise
            return None
        finally:
            self._asking.cancel()
            self._asking = None

    async def _read(self) -> Reading:
        cases: dict[str, Case] = {}
        totals: set[int | None] = set()
        page_number = 1
        while True:
            size = min(PAGE, self._terms.limit)
            page = await self._reader.search(self._terms.query, number=page_number, size=size)
            cases |= {case.id: case for case in page.cases}
            totals.add(page.total)
            whole = page_number >= page.pages or not page.cases
            if whole or len(cases) >= self._terms.limit:
                break
            page_number += 1
        kept = list(cases.values())[: self._terms.limit]
        self._total = page.total
        return Reading(
            [case_record(case) for case in kept],
            whole=whole and len(kept) == len(cases),
            steady=len(totals) == 1 and not page.skipped,
        )

    def _interval(self) -> float:
        return self._terms.every * self._chance.uniform(1 - SPREAD, 1 + SPREAD)

    async def _pause(self, seconds: float) -> None:
        """Return after so many seconds, or when it is stopped."""
        timer = self._timing.call_later(max(0.0, seconds), self._woken.set)
        try:
            await self._woken.wait()
        finally:
            timer.cancel()
            self._woken.clear()

    def _say_what_is_watched(self, reading: Reading) -> None:
        what = plural(len(reading.cases), "case")
        if not reading.whole and self._total:
            what = f"the newest {number(len(reading.cases))} of {plural(self._total, 'case')}"
        say(f"Watching {what} on {self._terms.place}, every {self._terms.every:g} s.")
