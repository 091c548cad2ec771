"""Time that passes only when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from triage_tui.budget import Budget


class Alarm:
    """Something that will happen, unless it is cancelled."""

    def __init__(self, at: float, callback: Callable[[], object]) -> None:
        self.at = at
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class HandTime:
    """Seconds and alarms, in place of those of an event loop."""

    def __init__(self) -> None:
        self._now = 0.0
        self._alarms: list[Alarm] = []

    def time(self) -> float:
        return self._now

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Alarm:
        alarm = Alarm(self._now + delay, callback)
        self._alarms.append(alarm)
        return alarm

    def advance(self, seconds: float) -> None:
        """Let time pass, and ring what is due by then."""
        self._now += seconds
        due = [alarm for alarm in self._alarms if alarm.at <= self._now]
        self._alarms = [alarm for alarm in self._alarms if alarm.at > self._now]
        for alarm in sorted(due, key=lambda alarm: alarm.at):
            if not alarm.cancelled:
                alarm.callback()

    @property
    def awaited(self) -> bool:
        """True if something is to happen when time passes."""
        return any(not alarm.cancelled for alarm in self._alarms)

    def to_next(self) -> bool:
        """Let time pass until the next alarm has rung; False if there is none."""
        self._alarms = [alarm for alarm in self._alarms if not alarm.cancelled]
        if self._alarms:
            self.advance(max(0.0, min(alarm.at for alarm in self._alarms) - self._now))
            return True
        return False

    def budget(self, *, jitter: float = 0.0) -> Budget:
        """Limits of a server that are renewed by this time."""

        async def pause(woken: asyncio.Event, seconds: float) -> None:
            # Not `woken` itself: it is for others too, whose time has not come.
            rung = asyncio.Event()
            alarm = self.call_later(seconds, rung.set)
            ends = [asyncio.ensure_future(event.wait()) for event in (woken, rung)]
            try:
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            finally:
                alarm.cancel()
                for end in ends:
                    end.cancel()

        return Budget(clock=self.time, pause=pause, jitter=lambda: jitter)
