"""What the review of a shift is about: it is read in the background, and follows what is done."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, cast

from textual import work
from textual.screen import Screen

from triage_tui.drafts import HAND_OVER
from triage_tui.entries import UNSENT, Entry
from triage_tui.errors import ConfigError, JournalError, TriageError
from triage_tui.models import Case
from triage_tui.reports.again import brought_up, known_cases
from triage_tui.reports.compose import report_of
from triage_tui.reports.earlier import earlier
from triage_tui.reports.facts import Facts
from triage_tui.reports.gathering import Asked, gather
from triage_tui.reports.model import Report, Window
from triage_tui.review import Choice, Draft, Shown
from triage_tui.snoozes import put_off
from triage_tui.text import number
from triage_tui.ui.workarounds import is_open
from triage_tui.zones import local_zone

if TYPE_CHECKING:
    from triage_tui.ui.app import TriageApp
    from triage_tui.ui.screens.reviewing import ReviewActions

TELL_EVERY = 0.2
"""Seconds between two paintings of how far the reading is."""

_MOMENT = timedelta(microseconds=1)

_CHOICE, _QUERY = "review time", "review query"
"""Under which it is remembered what a person wants."""


class ReviewReading(Screen[None]):
    """Part of the review.

    Attributes:
        board: Does what is asked for on a case.
        shown: What is shown.
        draft: What the person adds to it and takes out of it.
        facts, report: What was read, and what was made of it then; None before anything was.
        known: The cases in the facts, by their ids.
        composed: Its widgets were made.
        problem: Why nothing newer could be read, as a sentence; "" if it could.
        progress: How far the reading is; "" if nothing is being read.
        stopped: The person stopped the reading.
    """

    def __init__(self, board: ReviewActions) -> None:
        super().__init__()
        self.board = board
        self.shown = Shown()
        self.draft = Draft()
        self._kept = Draft()
        """The draft as it is on this machine, as far as it is known here."""
        self.facts: Facts | None = None
        self.report: Report | None = None
        self.known: dict[str, Case] = {}
        self.composed = False
        self.problem = ""
        self.progress = ""
        self.stopped = False
        self._made_of: object = None
        self._told_at = 0.0
        self._following = False

    @property
    def triage(self) -> TriageApp:
        """The app, by its own type."""
        return cast("TriageApp", self.app)

    @property
    def there(self) -> bool:
        """True while its widgets are: it is open, and the app goes on."""
        return self.composed and is_open(self)

    def paint(self) -> None:
        """Bring everything up to what is known."""
        raise NotImplementedError

    def paint_rows(self) -> None:
        """Bring the rows and the status line up to what is known."""
        raise NotImplementedError

    def paint_status(self) -> None:
        """Bring the status line up to what is known."""
        raise NotImplementedError

    def say(self, sentence: str, look: str = "good") -> None:
        """Put a sentence into the status line."""
        raise NotImplementedError

    def begin(self) -> None:
        """Show what was read before, if it is about the same, and read it anew."""
        if self.board.reviewed:
            choice, facts, report = self.board.reviewed
            if (choice, facts.query) == (self.choice, self.query_text):
                self._take(facts, report)
        self.action_refresh()

    # What it is about

    # Asked for once: what another app on this machine is about must not change it.

    @cached_property
    def choice(self) -> Choice:
        """The time that the person wants."""
        kept = self.triage.local.get(_CHOICE)
        if isinstance(kept, list) and len(kept) == 2:
            return Choice(str(kept[0]), str(kept[1]))
        shifts = [*self.triage.shifts]
        return Choice("shift", shifts[0]) if shifts else Choice()

    def choose(self, choice: Choice) -> None:
        """Make the report about another time."""
        self.choice = choice
        self.triage.local.put(_CHOICE, [choice.kind, choice.text])
        self._begin_anew()

    @cached_property
    def query_text(self) -> str:
        """The cases that it is about; "" for all."""
        kept = self.triage.local.get(_QUERY)
        return kept if isinstance(kept, str) else ""

    def ask_for(self, query: str) -> None:
        """Make the report about other cases."""
        self.query_text = query
        self.triage.local.put(_QUERY, query)
        self._begin_anew()

    @property
    def draft_name(self) -> str:
        """Under what the draft of this window is kept."""
        assert self.facts
        return f"{self.choice.draft(self.facts.window)} {self.facts.query}"

    def keep_draft(self) -> None:
        """Let the draft be there at the next start too."""
        if self.facts:
            self.bring_up_draft()
            values = self.draft.values(self.triage.now())
            self.triage.local.put(HAND_OVER, values, self.draft_name)
            # What could not be written is not there, and is tried again with what follows.
            self._kept = self._read_draft(self.facts)

    def bring_up_draft(self) -> None:
        """Take in what another app on this machine added to the draft."""
        if self.facts:
            there = self._read_draft(self.facts)
            self.draft = self.draft.beside(self._kept, there)
            self._kept = there

    def _read_draft(self, facts: Facts) -> Draft:
        return Draft.read(self.triage.local.get(HAND_OVER, self.draft_name), facts.window)

    def _begin_anew(self) -> None:
        self.facts = self.shown.report = None
        self.action_refresh()

    # Reading

    def action_refresh(self) -> None:
        now = self.triage.now()
        try:
            window = self.choice.window(self.triage.shifts, now, local_zone())
        except ConfigError as error:
            self.problem = str(error)
            self.paint()
            return
        self.problem, self.stopped = "", False
        self.progress = "reading"
        self.paint()
        self._read(window, now)

    @work(group="review", exclusive=True)
    async def _read(self, window: Window, now: datetime) -> None:
        client = self.triage.client
        try:
            if client is None:
                raise TriageError("Nothing is connected yet: r reads as soon as it is.")
            facts = await gather(client, self._asked(window, now), progress=self._tell)
            report = await asyncio.to_thread(report_of, facts)
        except (TriageError, JournalError) as error:
            self.problem = str(error)
            self.say("")
        else:
            self._take(facts, report)
        # Whoever gave it up has said so, or reads anew by now.
        self.progress = ""
        self.paint()
        self.follow()

    def _asked(self, window: Window, now: datetime) -> Asked:
        triage = self.triage
        backend, local = triage.backend, triage.local
        case = next(iter(self.board.session.rows), None)
        return Asked(
            window=window,
            now=now,
            query=self.query_text,
            recorded=not backend.may_misunderstand,
            place=backend.name + (f", project {backend.project}" if backend.project else ""),
            web=self.board.web_of(case) if case else "",
            entries=tuple(triage.journal.between(window.start, now)),
            deferred={one.case_id: one.until for one in put_off(local)},
            earlier=earlier(local, self.query_text),
        )

    def _tell(self, doing: str, done: int, total: int | None) -> None:
        of = f" of {number(total)}" if total is not None and total >= done else ""
        self.progress = f"{doing}: {number(done)}{of}"
        at = asyncio.get_running_loop().time()
        if at - self._told_at >= TELL_EVERY:
            self._told_at = at
            self.paint_status()

    def _take(self, facts: Facts, report: Report) -> None:
        """Show a report that was read."""
        self.facts, self.report, self.known = facts, report, known_cases(facts)
        self.board.reviewed = self.choice, facts, report
        self._made_of = None
        self.shown.read(report)
        for case in self._cases_shown():
            self.board.session.meet(case)
        self.draft, self._kept = self._read_draft(facts), self._read_draft(facts)

    def _cases_shown(self) -> list[Case]:
        return [self.known[one] for one in self.shown.case_ids() if one in self.known]

    def stop(self) -> bool:
        """Read no further; False if nothing was being read."""
        if not self.progress:
            return False
        self.workers.cancel_group(self, "review")
        self.progress, self.stopped = "", True
        self.paint()
        return True

    # What becomes of it

    def follow(self) -> None:
        """Something changed: look with the next frame what it makes of the report."""
        if not self._following and self.there:
            self._following = True
            self.call_after_refresh(self._look_again)

    def _look_again(self) -> None:
        self._following = False
        if not self.there:
            return
        self.paint_rows()
        facts = self.facts
        if facts is None or self.progress:
            return
        changed = self._changed()
        if (made_of := (changed, len(self.board.session.writes))) != self._made_of:
            self._made_of = made_of
            self._make_again(facts, changed)

    def _changed(self) -> dict[str, Case]:
        """The cases that look otherwise than when they were read."""
        session, known = self.board.session, self.known
        ids = {*self.shown.case_ids(), *(edit.case_id for edit in session.writes)}
        now = ((one, session.case(one)) for one in ids)
        return {one: case for one, case in now if case and case != known.get(one)}

    # Without a description Textual would write out all the cases.
    @work(group="review again", exclusive=True, description="make the report again")
    async def _make_again(self, facts: Facts, changed: dict[str, Case]) -> None:
        """Make the report anew of what was read, and of what is known since."""
        now = self.triage.now()
        entries = self._entries(facts, now)
        deferred = {one.case_id: one.until for one in put_off(self.triage.local)}
        report = self.report
        if changed or entries != facts.entries or deferred != facts.deferred:
            # So that keys go on: of many cases it takes a while.
            report = await asyncio.to_thread(
                lambda: report_of(brought_up(facts, changed, entries, now, deferred))
            )
        if report and facts is self.facts:
            self.shown.bring_up(report)
            self.paint()

    def _entries(self, facts: Facts, now: datetime) -> tuple[Entry, ...] | None:
        """What was asked for by now: what is settled is not read again."""
        journal, before = self.triage.journal, facts.entries or ()
        waiting = [entry.edit.number for entry in before if entry.state in UNSENT]
        try:
            new = (*journal.some(waiting), *journal.between(facts.now, now + _MOMENT))
        except JournalError:
            return facts.entries
        by_number = {entry.edit.number: entry for entry in (*before, *new)}
        return tuple(by_number[number] for number in sorted(by_number))
