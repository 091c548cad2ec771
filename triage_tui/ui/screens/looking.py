"""What the person has seen: marks for what changed since, and the keys to the next of it."""

from __future__ import annotations

from triage_tui.models import Case
from triage_tui.seen import Mark, News, Seen, told
from triage_tui.text import clean
from triage_tui.timing import Timer
from triage_tui.ui.screens.again import AgainActions
from triage_tui.ui.widgets.case_detail import CaseDetail

SEEN_AFTER = 1.0
"""Seconds in the detail after which a case was looked at."""

KEPT_AFTER = 2.0
"""Seconds in which more is seen, to be written together."""


class LookActions(AgainActions):
    """Part of the main screen."""

    detail: CaseDetail

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._seen: Seen | None = None
        self._rows_met: object = None
        self._before: tuple[str, Mark | None] = "", None
        """The case in the detail, and as what it was seen before it came there."""
        self._look_ends: Timer | None = None
        self._keep_ends: Timer | None = None
        self._own: frozenset[str] = frozenset()
        self._seeking = 0
        """Which way the next case is looked for on pages that are being read; 0 if it is not."""

    def on_unmount(self) -> None:
        for timer in (self._look_ends, self._keep_ends):
            if timer:
                timer.cancel()
        self.seen.keep()

    @property
    def seen(self) -> Seen:
        """What was seen, in this run and before."""
        if self._seen is None:
            self._seen = Seen(self.triage.local, self.triage.now())
        return self._seen

    def note_seen(self) -> None:
        """Recall what was seen of the rows, and see what the person did themselves."""
        session, seen = self.session, self.seen
        rows = session.rows
        if rows is not self._rows_met:
            self._rows_met = rows
            seen.me_id = session.me.id if session.me else ""
            seen.meet(rows)
        own, self._own = session.unsent | self._own, session.unsent
        for case_id in own:
            if case := session.case(case_id):
                self._saw(case)
                if case_id == self._before[0]:
                    # What one does oneself is no news, and what others did was there to be seen.
                    self._before = case_id, seen.mark(case_id)

    def _saw(self, case: Case) -> bool:
        news = self.seen.look(case)
        if news and self._keep_ends is None:
            self._keep_ends = self.triage.later(KEPT_AFTER, self._keep_seen)
        return news

    def _keep_seen(self) -> None:
        self._keep_ends = None
        self.seen.keep()

    def news(self, case: Case) -> News:
        """What there is to see of a case."""
        return self.seen.news(case)

    # The detail

    def look_at(self, case: Case | None) -> None:
        """The detail shows this case from now on."""
        case_id = case.id if case else ""
        came = case_id != self._before[0]
        if came:
            self._before = case_id, self.seen.mark(case_id)
            if self._look_ends:
                self._look_ends.cancel()
                self._look_ends = None
        if case is None:
            self.detail.since = ""
            return
        news = told(self._before[1], case)
        self.detail.since = f"since you looked: {clean(news, limit=300)}" if news else ""
        if self._look_ends is None and (came or self.seen.news(case) is not News.NOTHING):
            self._look_ends = self.triage.later(SEEN_AFTER, self._looked)

    def _looked(self) -> None:
        self._look_ends = None
        shown = self.detail.display and self.app.app_focus and self.detail.case_id
        case = self.session.case(self.detail.case_id)
        if not shown or case is None:
            self._before = "", None  # It begins to be looked at when it is painted again.
        elif self._saw(case):
            self.case_list.look_again()

    # The next of them

    def action_unseen(self, by: int) -> None:
        self.take_cursor()
        if not self._go_to_news(by, around=self.session.complete or by < 0):
            self._seek(by)

    def _go_to_news(self, by: int, *, around: bool) -> bool:
        cases = self.case_list.cases
        at = next((n for n, case in enumerate(cases) if case.id == self.session.cursor_id), 0)
        places = range(at + by, len(cases) if by > 0 else -1, by)
        rest = range(0 if by > 0 else len(cases) - 1, at, by) if around else range(0)
        for place in (*places, *rest):
            if self.news(cases[place]) not in (News.NOTHING, News.SNOOZED):
                self.case_list.go_to(cases[place].id)
                if place in rest and place not in places:
                    self.say("From the other end.")
                return True
        return False

    def _seek(self, by: int) -> None:
        request = None if by < 0 else self.session.next_pages()
        if request is None and not (by > 0 and self.session.reading):
            self.say("Nothing is new here, and nothing changed since you looked.", look="warn")
            return
        self._seeking = by
        loaded = len(self.session.rows)
        self.say(f"Nothing among the first {loaded:,}; looking further · esc stops", look="warn")
        self.triage.read(request)

    def go_on_seeking(self) -> None:
        """Look at the pages that came."""
        by = self._seeking
        if by and self.session.reading is None:
            self._seeking = 0
            if self.session.problem:
                return
            if self._go_to_news(by, around=self.session.complete):
                self.say("")
            else:
                self._seek(by)

    def stop_seeking(self) -> bool:
        """Do not look further; True if the next case was being looked for."""
        was, self._seeking = self._seeking, 0
        return bool(was)
