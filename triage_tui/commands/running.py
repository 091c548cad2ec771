"""Runs somebody else's program, so and so often a minute, for so and so long."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from triage_tui.text import clean
from triage_tui.timing import LoopTime, Timing

_MINUTE = 60.0
_GRACE = 5.0
"""Seconds for which a program that is told to end may go on."""


class Program:
    """A program that reads what it is given, and is run without a shell.

    Args:
        words: Its name and its arguments.
        per_minute: Times that it is run in any minute at most.
        timeout: Seconds after which it is ended.
        timing: How waiting is done; the running event loop if None.
    """

    def __init__(
        self,
        words: Sequence[str],
        *,
        per_minute: int,
        timeout: float,
        timing: Timing | None = None,
    ) -> None:
        self._words = words
        self._timeout = timeout
        self._timing = timing or LoopTime()
        self._starts: deque[float] = deque(maxlen=per_minute)
        self._running: Process | None = None
        self._ends: list[signal.Signals] = []

    @property
    def name(self) -> str:
        """For people."""
        return clean(self._words[0])

    @property
    def running(self) -> bool:
        """True while it runs."""
        return self._running is not None

    @property
    def free_at(self) -> float:
        """The time from which it may be run again; 0 for any."""
        if len(self._starts) < (self._starts.maxlen or 0):
            return 0.0
        return self._starts[0] + _MINUTE

    async def run(self, text: str) -> str:
        """Run it, with this text to read; what went wrong, or ""."""
        self._starts.append(self._timing.time())
        try:
            # In a session of its own, so that what it started can be ended with it.
            process = await asyncio.create_subprocess_exec(
                *self._words, stdin=PIPE, start_new_session=True
            )
        except OSError as error:
            return f"{self.name} cannot be run: {error.strerror}."
        self._running, self._ends = process, []
        late = self._timing.call_later(self._timeout, self.end)
        try:
            await process.communicate(text.encode())
        finally:
            late.cancel()
            self._running = None
            if process.returncode is None:
                _send(process, signal.SIGKILL)
        if self._ends:
            _send(process, signal.SIGKILL)  # What it started may be there still.
            return f"{self.name} was ended: it took longer than {self._timeout:g} s."
        if process.returncode:
            return f"{self.name} {_how(process.returncode)}."
        return ""

    def end(self) -> None:
        """Let it end if it runs: first politely."""
        process = self._running
        if process is None:
            return
        self._ends.append(signal.SIGKILL if self._ends else signal.SIGTERM)
        _send(process, self._ends[-1])
        if len(self._ends) == 1:
            self._timing.call_later(_GRACE, lambda: self._end_of(process))

    def _end_of(self, process: Process) -> None:
        if process is self._running:
            self.end()


def _send(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _how(code: int) -> str:
    if code > 0:
        return f"ended with {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
