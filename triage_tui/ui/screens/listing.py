"""What the list shows of its own accord, and the keys for how it is shown."""

from __future__ import annotations

from triage_tui.arrivals import Changes
from triage_tui.timing import Timer
from triage_tui.ui.screens.looking import LookActions
from triage_tui.ui.widgets.line import Part

FLASH = 0.8
"""Seconds for which what changed by itself is lit."""


class ListActions(LookActions):
    """Part of the main screen."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._flash_ends: Timer | None = None

    def on_unmount(self) -> None:
        if self._flash_ends:
            self._flash_ends.cancel()

    def on_screen_resume(self) -> None:
        # The box is closed that stood in the way.
        self.triage.refreshing.look()

    # What others did

    def flash(self, changed: Changes) -> None:
        """Light up what changed in the rows, for a moment."""
        if not changed:
            return
        if self._flash_ends:
            self._flash_ends.cancel()
        self.case_list.flashing = changed
        self._flash_ends = self.triage.later(FLASH, self._end_flash)

    def _end_flash(self) -> None:
        self._flash_ends = None
        self.case_list.end_flash()

    def waiting(self) -> list[Part]:
        """What waits for `r`, for the status line."""
        session, arrivals = self.session, self.triage.arrivals
        new = arrivals.new(session)
        gone = sum(session.listed(case_id) for case_id in arrivals.gone)
        parts = [f"{new} new"] if new else []
        parts += [f"{gone} gone"] if gone else []
        return [(f" {' · '.join(parts)} · r ", "pill")] if parts else []

    def refresh_told(self) -> str:
        """That the list is not read by itself, if that is the person's wish."""
        return "refresh paused · " if self.triage.refreshing.paused else ""

    def action_pause_refresh(self) -> None:
        refreshing = self.triage.refreshing
        if not refreshing.wanted:
            self.say("The list is never read by itself: set refresh in [ui].", look="warn")
            return
        refreshing.turn()
        self.say(
            "The list is read when you press r."
            if refreshing.paused
            else "The list is read by itself again."
        )

    def action_refresh(self) -> None:
        self.take_cursor()
        if self.triage.arrivals.merge(self.session):
            self.paint()
        super().action_refresh()
