"""The part of the app that reads the list again by itself, and lets nothing move by it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from textual import work

from triage_tui.alerts import Alerts, told
from triage_tui.arrivals import Arrivals, Changes, ask
from triage_tui.errors import ApiError
from triage_tui.models import Case, CasePage
from triage_tui.refreshing import Refreshing
from triage_tui.session import Session
from triage_tui.text import clean
from triage_tui.timing import LoopTime, Timer, Timing
from triage_tui.ui.call import call
from triage_tui.ui.reads import ReadingApp
from triage_tui.ui.widgets.facet_panel import FacetPanel

if TYPE_CHECKING:
    from triage_tui.ui.app import Backend


class PoliteApp(ReadingApp):
    """Reads the list again while nobody is disturbed by it.

    Args:
        refresh: Seconds between two readings; 0 for never.
        alert: How the person is called for a new P1: "off", or as `call` has it.
        alert_when: "away" for only while the terminal has no focus.
    """

    def __init__(
        self,
        backend: Backend,
        session: Session,
        *,
        now: Callable[[], datetime],
        timing: Timing | None,
        chance: Random | None,
        refresh: float,
        alert: str,
        alert_when: str,
    ) -> None:
        super().__init__(backend, session, now=now, timing=timing, chance=chance)
        self.arrivals = Arrivals()
        self.alerts = Alerts(alert != "off")
        self._alert, self._alert_when = alert, alert_when
        self.refreshing = Refreshing(
            self.read_politely, self._hindered, every=refresh, timing=timing, chance=chance
        )
        self._timing = timing or LoopTime()

    def later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back after some time; whoever asked cancels what is not wanted any more."""
        return self._timing.call_later(seconds, callback)

    def _hindered(self) -> bool:
        return (
            (not self.app_focus and not self.alerts.wanted)
            or len(self.screen_stack) != 1
            or self.reach.lost_at is not None
            or self.session.reading is not None
        )

    def watch_app_focus(self, focus: bool) -> None:
        """The person is back at this terminal."""
        if focus:
            self.refreshing.look()

    def took_list(self) -> None:
        self.arrivals.clear()
        self.alerts.asked_for(self.session.confirmed_rows)
        self.refreshing.plan()
        self.board.regroup()

    def catch_up(self, *, show: bool = False) -> None:
        if ask(self.session):
            self.read_politely(show=show)
        else:
            super().catch_up(show=show)

    @work(group="polite", exclusive=True)
    async def read_politely(self, *, show: bool = False) -> None:
        """Read again what is shown; nothing moves under the cursor by it.

        Args:
            show: Show new rows at once.
        """
        asked, client = ask(self.session), self.client
        if asked is None or client is None or not client.budget.can_spare():
            self.refreshing.plan()
            return
        pages: list[CasePage] = []
        try:
            for number in asked.numbers:
                page = await client.search(
                    asked.query,
                    number=number,
                    size=asked.size,
                    sort=asked.sort.field,
                    ascending=asked.sort.ascending,
                )
                self._reached()
                asked.compare(page)
                pages.append(page)
                if number >= page.pages or not client.budget.can_spare():
                    break
        except ApiError as error:
            if not self.reach.failed(error):
                self._reached()
            if self.reach.lost_at:
                self.session.problem = str(error)
            self.refreshing.plan()
            self.sync()
            return
        self.refreshing.plan()
        self.alerts.shown(self.session.confirmed_rows)
        changed = self.arrivals.take(self.session, asked, pages)
        if changed is None:
            return
        self._call_for(case for page in pages for case in page.cases)
        self.keeper.soon()
        self._look_after(changed)
        if show:
            self.arrivals.keep(self.session.cursor_id)
            self.arrivals.merge(self.session)
        self.board.flash(changed)
        self.sync()
        self.board.list_was_read()

    def _call_for(self, cases: Iterable[Case]) -> None:
        """Call the person if there is a new P1 among cases."""
        ours = self.session.unsent
        new = self.alerts.new(case for case in cases if case.id not in ours)
        if not new:
            return
        self.board.say(clean(told(new), limit=200), look="warn")
        if self._driver and not (self._alert_when == "away" and self.app_focus):
            self._driver.write(call(self._alert, told(new), os.environ))
            self._driver.flush()

    def _look_after(self, changed: Changes) -> None:
        """Read again what belongs to cases that changed."""
        session, arrivals = self.session, self.arrivals
        session.old_timelines.update(changed.keys() & session.timelines.keys())
        moved = bool(changed or arrivals.gone or arrivals.new(session))
        if (moved or session.facets_stale) and not isinstance(self.focused, FacetPanel):
            self.load_facets()
