"""How far a reading is, for a person who waits for it."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING

from triage_tui.text import clean, number

if TYPE_CHECKING:
    from triage_tui.client import CaseClient

_REDRAW = 0.1
"""Seconds between two drawings at least."""


class ProgressLine:
    """A line at the bottom of the terminal that says what is read; nothing elsewhere.

    Args:
        wanted: False if nothing is to be shown in a terminal either.

    Attributes:
        shows: There is a terminal, and something is to be shown there.
    """

    def __init__(self, *, wanted: bool = True) -> None:
        self.shows = wanted and sys.stderr.isatty()
        self._drawn = 0.0
        self._said = ""

    def at(self, doing: str, done: int, total: int | None) -> None:
        """So many are read, of so many if that is known."""
        now = time.monotonic()
        if not self.shows or now - self._drawn < _REDRAW:
            return
        self._drawn = now
        of = f" of {number(total)}" if total is not None and total >= done else ""
        self._said = f"{doing[0].upper()}{doing[1:]}: {number(done)}{of}"
        self._draw(self._said)

    async def tell_waits(self, client: CaseClient) -> None:
        """Say every second why nothing is read, as long as nothing is."""
        import asyncio

        while True:
            await asyncio.sleep(1)
            if notice := client.budget.notice:
                self._drawn = time.monotonic()
                self._draw(" · ".join(filter(None, (self._said, notice))))

    def clear(self) -> None:
        """Leave nothing of it."""
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _draw(self, text: str) -> None:
        room = max(10, shutil.get_terminal_size().columns - 1)
        sys.stderr.write(f"\r\x1b[K{clean(text, limit=room)}")
        sys.stderr.flush()
