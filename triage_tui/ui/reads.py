"""The reading half of the app: pages, counts, comments and names, and who notices what is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

from textual import work
from textual.worker import Worker

from triage_tui.errors import ApiError, Failure, TriageError
from triage_tui.exit_codes import exit_code
from triage_tui.models import Facet
from triage_tui.reach import Reach
from triage_tui.reading import PageRequest, Reading
from triage_tui.session import FACET_LIMIT, Session
from triage_tui.text import plural
from triage_tui.timing import Timing
from triage_tui.ui.detail_reads import DetailReads
from triage_tui.ui.keeper import Keeper
from triage_tui.ui.screens.triage import TriageScreen
from triage_tui.ui.view_reads import ViewReads
from triage_tui.ui.workarounds import SafeApp

if TYPE_CHECKING:
    from triage_tui.client import CaseClient
    from triage_tui.ui.app import Backend


class ReadingApp(SafeApp):
    """Brings what the server says into the session, and onto the screen.

    Args:
        now: The clock.
        timing: How waiting for a server is done that is away; the event loop if None.
        chance: By which tries to reach it are spread.
    """

    def __init__(
        self,
        backend: Backend,
        session: Session,
        *,
        now: Callable[[], datetime],
        timing: Timing | None,
        chance: Random | None,
    ) -> None:
        super().__init__()
        self.backend = backend
        self._first_project = backend.project
        self.session = session
        self.now = now
        self.client: CaseClient | None = None
        self.reach = Reach(self.look_for_server, now=now, timing=timing, chance=chance)
        self.keeper = Keeper(backend.cache, self)
        self.details = DetailReads(self, timing)
        self.views = ViewReads(self, timing)

    @property
    def board(self) -> TriageScreen:
        """The main screen, also while a modal is on top of it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, TriageScreen)
        return screen

    def sync(self) -> None:
        """Paint the session."""
        raise NotImplementedError

    def sync_soon(self) -> None:
        """Paint the session together with what changes until then."""
        raise NotImplementedError

    def begin(
        self, work: Callable[[], Coroutine[Any, Any, None]], group: str, *, alone: bool = False
    ) -> None:
        """Begin work that nobody waits for; nothing is left of it if it is given up before.

        Args:
            group: By which it can be given up.
            alone: Give up what is under way in the group.
        """
        _: Worker[None] = self.run_worker(work, group=group, exclusive=alone)

    def work_on(self, project: str) -> None:
        """Ask for the cases of the project with this key only, or of all if it is ""."""
        self.backend = replace(self.backend, project=project)
        if self.client:
            self.client.only_project = project
        # The next start begins with the project of this one, and with its answers.
        self.keeper.away = project != self._first_project
        for group in ("polite", "views"):
            self.workers.cancel_group(self, group)

    def took_list(self) -> None:
        """The list was replaced by what the server says now."""

    def catch_up(self, *, show: bool = False) -> None:
        """Read what changed while the server was away, or was not asked.

        Args:
            show: Show new rows at once: the person has just made some.
        """
        self.read(self.session.refresh())

    def hurry(self) -> None:
        """Do at once what was waiting for the server: it is back."""

    def read(self, request: PageRequest | None) -> None:
        """Read pages in the background, and the facets if they are out of date."""
        if request is None:
            return
        self.reach.trying()
        self.sync()
        if self.client:
            self.load_pages(request)
            if self.session.facets_stale:
                self.load_facets()

    @work(group="page", exclusive=True)
    async def load_pages(self, request: PageRequest) -> None:
        """Read the pages of a request; the answer counts only while nothing newer was asked for."""
        assert self.client
        pages = []
        first = not self.session.read_at or self.session.remembered
        try:
            for number in request.numbers:
                page = await self.client.search(
                    request.query,
                    number=number,
                    size=request.size,
                    sort=request.sort.field,
                    ascending=request.sort.ascending,
                )
                self._reached()
                pages.append(page)
                if request.reading is Reading.AGAIN:
                    if number >= page.pages:
                        break
                elif self.session.page_loaded(request, page):
                    if request.reading is Reading.FIRST:
                        self.took_list()
                    if number != request.numbers[-1]:
                        self.sync()
        except ApiError as error:
            if not self.reach.failed(error):
                self._reached()
            alone = error.failure is Failure.UNREACHABLE and not self.session.read_at
            if first and (alone or error.failure is Failure.NOT_SIGNED_IN):
                self._cannot_begin(error)
                return
            wanted = str(self.session.query)
            if self.session.read_failed(request, str(error)):
                await self.keeper.show_rest()
                if self.reach.lost_at and wanted != str(self.session.query):
                    self.board.say(f"Offline: {wanted} was not searched.", look="warn")
                self.sync()
                if error.failure is Failure.REFUSED and wanted != str(self.session.query):
                    # The server cannot read the query: it is put back to be corrected.
                    self.board.bar.edit(wanted)
                    self.board.bar.show_problem(str(error), 0)
            return
        if request.reading is Reading.AGAIN and self.session.pages_loaded(request, pages):
            self.took_list()
        self.keeper.soon()
        self.sync()
        self.board.list_was_read()
        if set(self.session.facet_fields) - set(self.session.facets):
            self.load_facets()

    @work(group="facets", exclusive=True)
    async def load_facets(self) -> None:
        """Count the facets; a field that cannot be counted is shown so, the rest stay."""
        assert self.client
        client = self.client
        requests = self.session.facet_requests()

        async def count(query: str, fields: Sequence[str]) -> Sequence[Facet]:
            try:
                return await client.count(query, fields, limit=FACET_LIMIT)
            except ApiError as error:
                if self.reach.failed(error):
                    return []  # What was counted last is better than nothing.
                if error.failure is Failure.REFUSED and len(fields) > 1:
                    one_by_one = [await count(query, (field,)) for field in fields]
                    return [facet for facets in one_by_one for facet in facets]
                return [Facet(field, None) for field in fields]

        answers = await asyncio.gather(*(count(query, fields) for query, fields in requests))
        self.session.facets_loaded([facet for facets in answers for facet in facets])
        self.session.facets_stale = self.reach.lost_at is not None
        self.keeper.soon()
        self.sync_soon()

    @work(group="timeline", exclusive=True)
    async def load_timeline(self, case_id: str) -> None:
        """Read the comments of a case."""
        await self.keeper.opened(case_id)
        if not self.client:
            return
        try:
            cells = await self.client.timeline(case_id)
        except ApiError as error:
            self.reach.failed(error)
            self.session.timeline_problem = "The comments could not be read: " + str(
                error
            ).removeprefix("Could not read the timeline of the case: ")
        else:
            self.session.timeline_loaded(case_id, cells)
            self.keeper.soon(case_id)
        self.board.paint_detail()

    @work(group="directory")
    async def read_directory(self) -> None:
        """Read who there is, who we are, which projects and which case types.

        The list works without them: what is missing is named by its id, and asked for again
        when it is needed.
        """
        assert self.client
        client, session = self.client, self.session
        for read in (self._read_me, self._read_types, self._read_projects, self._read_users):
            try:
                await read(client, session)
            except ApiError as error:
                self.log.warning(str(error))
                if session.me is None:
                    self.board.met_nobody(str(error))
        self.keeper.soon()
        self.sync_soon()

    def _reached(self) -> None:
        """The list is what counts: while it cannot be read, nothing else makes a server be back."""
        if self.reach.answered():
            waits = plural(len(self.session.writes), "write")
            also = f": {waits} on the way" if self.session.writes else ""
            self.board.remark(f"The server answers again{also}.")
            self.hurry()
            self.read_directory()

    @work(group="look", exclusive=True)
    async def look_for_server(self) -> None:
        """Ask the lost server for something small, and for the list if it is back."""
        self.board.paint_marks()
        try:
            if self.client:
                await self.client.me()
        except ApiError as error:
            if self.reach.failed(error):
                self.board.paint_marks()
                return
        self.catch_up()

    async def _read_me(self, client: CaseClient, session: Session) -> None:
        session.me = await client.me()
        self.board.met_me()

    async def _read_types(self, client: CaseClient, session: Session) -> None:
        session.types = {one.id: one for one in await client.case_types()}

    async def _read_projects(self, client: CaseClient, session: Session) -> None:
        session.projects = {one.id: one for one in await client.projects()}

    async def _read_users(self, client: CaseClient, session: Session) -> None:
        session.users = {one.id: one for one in await client.users(size=100)}

    def _cannot_begin(self, error: TriageError) -> None:
        """Leave with a sentence: there is nothing on the screen to stay for."""
        self.exit(return_code=exit_code(error), message=str(error))
