"""What the list shows of its own accord, and the keys for how it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual import on, work

from triage_tui.arrivals import Changes
from triage_tui.models import Case
from triage_tui.narrowing import Narrowing
from triage_tui.text import plural
from triage_tui.timing import Timer
from triage_tui.ui.screens.awake import AwakeRows
from triage_tui.ui.widgets.filter_bar import FilterBar
from triage_tui.ui.widgets.line import Part
from triage_tui.ui.widgets.line_list import LineList

READ_AT_ONCE = 500
"""Rows that the filter reads before a key may come between."""

FLASH = 0.8
"""Seconds for which what changed by itself is lit."""


class ListActions(AwakeRows):
    """Part of the main screen."""

    filter_bar: FilterBar

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.narrowing = Narrowing()
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
        parts += [f"{gone} left the list"] if gone else []
        parts += [f"{back} back"] if (back := self.coming_back()) else []
        return [(f" {', '.join(parts)}: r shows it ", "pill")] if parts else []

    def refresh_told(self) -> str:
        """What the list leaves out by the person's wish: to be read by itself, and cases."""
        paused = "refresh paused · " if self.triage.refreshing.paused else ""
        return paused + (f"{put_off} · " if (put_off := self.snoozed_told()) else "")

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
        back = self.bring_back()
        if self.triage.arrivals.merge(self.session) or back:
            self.paint()
        super().action_refresh()

    # The filter

    def shown_rows(self) -> tuple[Sequence[Case], int]:
        """The rows that the filter leaves, and the place of the cursor among them."""
        session, rows = self.session, self.awake()
        found = self.narrowing.rows(rows)
        if found is session.rows:
            return found, max(0, session.position - 1)
        if found is not rows:
            self.filter_bar.show(f"{len(found):,} of {len(rows):,} loaded")
        ids = [case.id for case in found]
        if session.cursor_id in ids:
            return found, ids.index(session.cursor_id)
        places = {case.id: place for place, case in enumerate(session.rows, 1)}
        below = (n for n, one in enumerate(ids) if places[one] > session.position)
        return found, next(below, max(0, len(ids) - 1))

    def rows_below(self) -> int:
        """How many loaded rows there are below the cursor."""
        return len(self.session.rows) - self.session.position

    def action_filter(self) -> None:
        self.take_cursor()
        self.filter_bar.add_class("-on")
        if not self.narrowing.words:
            self.filter_bar.show(f"{len(self.awake()):,} loaded")
        self.filter_bar.input.focus()
        self._read_on()

    @on(FilterBar.Typed)
    def _narrow(self, event: FilterBar.Typed) -> None:
        if event.text != self.filter_bar.input.value:
            return
        if self.narrowing.read(self.awake(), READ_AT_ONCE):
            self._narrow_by(event.text)
        else:
            self._read_on()

    @work(group="filter", exclusive=True)
    async def _read_on(self) -> None:
        """Read what is in the rows, in the pauses between keys, and then look for what is typed."""
        done = False
        while not done:
            await asyncio.sleep(0)  # A key that came meanwhile comes first.
            done = self.narrowing.read(self.awake(), READ_AT_ONCE)
        self._narrow_by(self.filter_bar.input.value)

    def _narrow_by(self, text: str) -> None:
        if self.narrowing.type(text):
            if not self.narrowing.words:
                self.filter_bar.show(f"{len(self.awake()):,} loaded")
            before = self.session.cursor_id
            self.paint_marks()
            self.take_cursor()
            if self.session.cursor_id != before:
                # The detail follows as it does when a key moved the cursor.
                self.case_list.post_message(LineList.Moved(self.case_list, self.case_list.cursor))

    @on(FilterBar.Lifted)
    def _lift(self) -> None:
        self.lift_filter()
        self.case_list.focus()

    @on(FilterBar.Left)
    def _work_on_rows(self) -> None:
        self._narrow_by(self.filter_bar.input.value)
        self.case_list.focus()
        self.take_cursor()
        if not self.narrowing.words:
            self.lift_filter()
        self.paint()

    def lift_filter(self, unless: str = "") -> None:
        """Show all rows, unless the case with this id is shown anyway."""
        if unless and self.narrowing.shown([unless]):
            return
        self.take_cursor()
        self.filter_bar.input.value = ""
        self.filter_bar.remove_class("-on")
        self.narrowing.forget()
        self.paint()

    def marked_told(self) -> str:
        """How many cases are marked, and how many of them no key acts on."""
        marked = tuple(self.session.marked)
        hidden = self.narrowing.hidden(marked)
        hidden = hidden or sum(one in self.put_away for one in marked)
        return f"{len(marked)} marked" + (f", {hidden} hidden and left out" if hidden else "")

    def targets(self) -> tuple[str, ...]:
        """Ids of the cases a key acts on: of the marked ones those that are shown."""
        targets = super().targets()
        shown = self.narrowing.shown(targets)
        if targets and not shown:
            self.say("What is meant is hidden by the filter: esc lifts it.", look="warn")
        return shown

    def action_mark_range(self) -> None:
        before = dict(self.session.marked)
        super().action_mark_range()
        new = [one for one in self.session.marked if one not in before]
        if self.narrowing.hidden(new):
            shown = self.narrowing.shown(new)
            self.session.marked = before | dict.fromkeys(shown)
            self.say(f"Marked {plural(len(shown), 'case')}; what the filter hides is left out.")
            self.paint()

    def action_mark_all(self) -> None:
        if not self.narrowing.words:
            super().action_mark_all()
            return
        marked, shown = self.session.marked, [case.id for case in self.case_list.cases]
        if all(one in marked for one in shown):
            for one in shown:
                marked.pop(one, None)
        else:
            marked.update(dict.fromkeys(shown))
            self.say(f"Marked the {plural(len(shown), 'case')} that the filter shows.")
        self.paint()
