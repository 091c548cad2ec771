"""Reads what the detail shows, for the case that is looked at and for those around it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from triage_tui.dossiers import Dossiers, Part, Section, to_read_ahead
from triage_tui.errors import ApiError, Failure
from triage_tui.models import Case
from triage_tui.remembered import wants_timeline
from triage_tui.timing import LoopTime, Timer, Timing

if TYPE_CHECKING:
    from triage_tui.client import CaseClient
    from triage_tui.ui.reads import ReadingApp

REST = 0.6
"""Seconds that the cursor rests before anything is read that nobody asked for."""

EVERY = 1.0
"""Seconds between two such reads, at least."""

MOST_STRANGERS = 10
"""Cases at the other ends of links that are read to be named."""


class DetailReads:
    """Reads parts of dossiers when they are looked at, and comments a little ahead of the cursor.

    What nobody looks at any more is not read any more.

    Args:
        timing: How waiting is done; the running event loop if None.
    """

    def __init__(self, app: ReadingApp, timing: Timing | None) -> None:
        self.dossiers = Dossiers()
        self._app = app
        self._timing = timing or LoopTime()
        self._timer: Timer | None = None
        self._not_before = 0.0
        self._seen: tuple[str, datetime | None] = "", None

    # What is looked at

    def look_at(self, case: Case, section: Section) -> None:
        """The cursor rests on a case, and this section of it is shown."""
        self.moved()
        if wants_timeline(self._app.session, case.id):
            self._app.load_timeline(case.id)
        self.follow(case, section)
        wait = max(REST, self._not_before - self._timing.time())
        self._timer = self._timing.call_later(wait, self._ring)

    def keep_up(self, case: Case, section: Section) -> None:
        """The case that is looked at may have changed: what it says otherwise is read again."""
        seen = case.id, case.modified_at
        if self._seen[:1] == seen[:1] and self._seen != seen and self._settled(case):
            self.follow(case, section)

    def _settled(self, case: Case) -> bool:
        # What an unsent write will change is read when it is done.
        return case.id not in self._app.session.unsent

    def follow(self, case: Case, section: Section) -> None:
        """Read what a section still lacks."""
        self._seen = case.id, case.modified_at
        if self._settled(case) and self.dossiers.wanted(case, section):
            self._app.begin(partial(self._read, case, section), "dossier", alone=True)

    async def _read(self, case: Case, section: Section) -> None:
        for part in self.dossiers.wanted(case, section):
            if not (client := self._app.client):
                return
            try:
                self.dossiers.take_in(case, part, await _ask(client, case.id, part))
                if part is Part.LINKS:
                    await self._read_strangers(client, case.id)
            except ApiError as error:
                self._app.reach.failed(error)
                self._failed(case, part, error)
            self._app.board.paint_detail()

    def _failed(self, case: Case, part: Part, error: ApiError) -> None:
        # Where the comments of a case are found and its history is not, there is no history.
        there = case.id in self._app.session.timelines
        if part is Part.HISTORY and error.failure is Failure.NOT_FOUND and there:
            self.dossiers.no_history = True
        else:
            self.dossiers.failed(case.id, part, str(error))

    async def _read_strangers(self, client: CaseClient, case_id: str) -> None:
        """Read cases that are linked to: a link tells their ids only."""
        session = self._app.session
        for one in self.dossiers.strangers(case_id, session.case)[:MOST_STRANGERS]:
            self._app.board.paint_detail()
            try:
                self.dossiers.others[one] = await client.case(one)
            except ApiError as error:
                if error.failure not in (Failure.NOT_FOUND, Failure.NOT_ALLOWED):
                    raise

    # What is read ahead

    def moved(self) -> None:
        """The cursor moves on: nothing more is read of where it was."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._app.workers.cancel_group(self._app, "ahead")
        self._app.workers.cancel_group(self._app, "dossier")

    def _ring(self) -> None:
        self._timer = None
        session = self._app.session
        next_one = to_read_ahead(
            [case.id for case in session.rows],
            session.cursor_id,
            lambda case_id: wants_timeline(session, case_id),
        )
        if next_one is None:
            return
        if self._may_read_ahead():
            self._not_before = self._timing.time() + EVERY
            self._app.begin(partial(self._read_ahead, next_one), "ahead", alone=True)
        else:
            self._timer = self._timing.call_later(EVERY, self._ring)

    def _may_read_ahead(self) -> bool:
        app = self._app
        idle = not app.session.reading and not app.session.writes and app.reach.lost_at is None
        return idle and app.client is not None and app.client.budget.can_spare()

    async def _read_ahead(self, case_id: str) -> None:
        assert self._app.client
        try:
            cells = await self._app.client.timeline(case_id)
        except ApiError:
            return  # Whoever goes there is told why.
        session = self._app.session
        # Why the comments of the case that is shown could not be read is still true.
        problem = session.timeline_problem
        session.timeline_loaded(case_id, cells)
        session.timeline_problem = problem
        self._app.keeper.soon(case_id)
        self._timer = self._timing.call_later(EVERY, self._ring)


async def _ask(client: CaseClient, case_id: str, part: Part) -> object:
    if part is Part.HISTORY:
        return await client.history(case_id)
    if part is Part.LINKS:
        return await client.links(case_id)
    if part is Part.WATCHERS:
        return await client.watchers(case_id)
    from triage_tui.ui.case_text import as_json

    return as_json(await client.raw_case(case_id))
