"""Keeps what was read for the next start, in the background, and gives back what was kept."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from triage_tui import remembered
from triage_tui.reading import Snapshot

if TYPE_CHECKING:
    from triage_tui.cache import Cache
    from triage_tui.ui.reads import ReadingApp

KEPT_AFTER = 2.0
"""Seconds after an answer until it is kept, together with those that came meanwhile."""


class Keeper:
    """Between an app and its cache; without one it does nothing.

    Attributes:
        away: What is read now is not for the next start, and that of the last one is about others.
    """

    def __init__(self, cache: Cache | None, app: ReadingApp) -> None:
        self._app = app
        self._cache = cache
        self._opened: dict[str, datetime] = {}
        self._planned = False
        self._new = False
        self.away = False

    def soon(self, opened: str | None = None) -> None:
        """Something was read that is worth keeping.

        Args:
            opened: The case whose timeline it was.
        """
        if self._cache is None or self.away:
            return
        self._new = True
        if opened:
            self._opened[opened] = self._app.now()
        if not self._planned:
            self._planned = True
            self._app.set_timer(KEPT_AFTER, self._begin)

    def _begin(self) -> None:
        self._planned = False
        self._app.begin(self.keep, "cache")

    async def keep(self) -> None:
        """Keep what there is, without holding up the keys."""
        taken = self._taken()
        if self._cache and taken:
            await asyncio.to_thread(self._cache.keep, taken)

    def leave(self) -> None:
        """Keep now what is not kept yet: there will be no later."""
        taken = self._taken() if self._new else None
        if self._cache and taken:
            self._cache.keep(taken)

    def _taken(self) -> Snapshot | None:
        if self.away:
            return None
        taken = remembered.snapshot(self._app.session, self._opened)
        if taken:
            self._opened, self._new = {}, False
        return taken

    async def show_rest(self) -> None:
        """Show the rest of the list that an earlier start read: the server will not give it now."""
        session = self._app.session
        if self._cache and session.remembered and not self.away:
            request = str(session.query), session.sort, session.page_size
            remembered.show_rest(session, await asyncio.to_thread(self._cache.rest, *request))

    async def opened(self, case_id: str) -> None:
        """Show the comments of a case as an earlier start read them, if nobody read them since."""
        session = self._app.session
        if self._cache and case_id not in session.timelines:
            found = await asyncio.to_thread(self._cache.opened, case_id)
            if found:
                remembered.show_opened(session, found)
                self._app.board.paint_detail()
