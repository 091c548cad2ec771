"""Reads the views that projects share, and counts what views find, when nothing else is to do."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from triage_tui.errors import ApiError, Failure
from triage_tui.models import Project, SharedView
from triage_tui.query import parse
from triage_tui.timing import LoopTime, Timer, Timing
from triage_tui.views import Tabs, View, attempts

if TYPE_CHECKING:
    from triage_tui.client import CaseClient
    from triage_tui.ui.reads import ReadingApp

AFTER = 1.0
"""Seconds after the list was read until views are counted."""

MOST_PROJECTS = 12
"""Projects whose views are shown where no project is chosen."""

PRIORITIES_AT_MOST = 10


class ViewReads:
    """Between an app and its tabs. Waits for one timer at most.

    Args:
        timing: How waiting is done; the running event loop if None.
    """

    def __init__(self, app: ReadingApp, timing: Timing | None) -> None:
        self.tabs = Tabs()
        self.shared: dict[str, tuple[SharedView, ...]] = {}
        """The views of projects by their keys, as far as they were read."""
        self._app = app
        self._timing = timing or LoopTime()
        self._timer: Timer | None = None

    # What is read

    def soon(self) -> None:
        """The list was read: read after a moment what the tabs do not know."""
        self.stop()
        self._timer = self._timing.call_later(AFTER, self._ring)

    def stop(self) -> None:
        """Plan nothing any more."""
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def forget(self) -> None:
        """Read the views of the projects again."""
        self.shared = {}
        self.tabs.outdate()

    def _ring(self) -> None:
        self._timer = None
        if self._app.client and self._app.reach.lost_at is None:
            self._app.begin(partial(self._round, self._app.client), "views", alone=True)

    def _may_ask(self, client: CaseClient) -> bool:
        return client.budget.can_spare() and not self._app.session.writes

    async def _round(self, client: CaseClient) -> None:
        for project in self._projects():
            if project.key not in self.shared:
                if not self._may_ask(client):
                    return
                await self._read_shared(client, project)
        self._app.board.arrange_tabs()
        if texts := self.tabs.unread:
            # The parser is slow to load.
            self.tabs.understand(await asyncio.to_thread(attempts, texts, parse))
            self._app.board.arrange_tabs()
        for view in self.tabs.to_count(self._app.board.tab_line.visible_ids, self._app.now()):
            if not self._may_ask(client):
                return
            await self._count(client, view)

    def _projects(self) -> list[Project]:
        """The projects whose views are shown."""
        only = self._app.backend.project.upper()
        projects = self._app.session.projects.values()
        known = [one for one in projects if only in ("", one.key.upper())]
        return sorted(known, key=lambda one: one.key) if len(known) <= MOST_PROJECTS else []

    async def _read_shared(self, client: CaseClient, project: Project) -> None:
        try:
            self.shared[project.key] = await client.views(project.id)
        except ApiError as error:
            if error.failure is not Failure.UNREACHABLE:
                self.shared[project.key] = ()  # Whoever may not see them has none.
            self._app.log.warning(str(error))

    async def _count(self, client: CaseClient, view: View) -> None:
        if view.query is None:
            return
        try:
            # Every case has one priority, and there are few: their counts add up to all.
            [found] = await client.count(str(view.query), ("priority",), limit=PRIORITIES_AT_MOST)
        except ApiError as error:
            self._app.log.warning(str(error))  # Whoever goes there is told why.
            return
        if found.values is not None:
            number = sum(one.count for one in found.values)
            self.tabs.counted(view.query, number, self._app.now())
            self._app.board.paint_tabs()
