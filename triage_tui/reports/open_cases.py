"""The lists and the figures of what is open: out of all open cases, or as a server finds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from triage_tui.errors import ApiError
from triage_tui.models import PRIORITIES, Case, Facet, User
from triage_tui.reports.facts import AGES, FIELDS, NOT_KNOWN, STALLED, Backlog, Found
from triage_tui.reports.figures import rank
from triage_tui.reports.lists import in_order, is_aged, tests, today
from triage_tui.reports.questions import CANNOT, Questions, said

OPEN = "status:(open OR in_progress)"

_VALUES = 1000


class OpenCases:
    """What is open, by questions."""

    def __init__(self, ask: Questions) -> None:
        self._ask = ask
        self._asked = ask.asked
        self._start = ask.asked.window.start

    def out_of(self, cases: Sequence[Case], me: User | None, *, complete: bool) -> dict[str, Found]:
        """The lists of a report out of the open cases.

        Args:
            complete: These are all open cases.
        """
        found: dict[str, Found] = {}
        for name, test in tests(self._asked.window, self._asked.now, me).items():
            chosen = sorted(filter(test, cases), key=partial(in_order, name))
            found[name] = Found(tuple(chosen), len(chosen) if complete else None)
        return found

    async def listed(self, me: User | None) -> dict[str, Found]:
        """The lists of a report as the server finds them: the first page of each, and its total."""
        stale = said(self._asked.now - STALLED)
        day = today(self._asked.window, self._asked.now)
        first_three = " OR ".join(PRIORITIES[:3])
        queries = {
            "urgent": "priority:(P1 OR P2)",
            "overdue": f"-priority:(P1 OR P2) due_date:<{day}",
            "unassigned": f"-assignee:* priority:({first_three})",
            "mine": f"assignee_id:{me.id}" if me else "",
            "stalled": f"status:in_progress (modified_at:<{stale} OR"
            f" (-modified_at:* created_at:<{stale}))",
            "unranked": "priority:NOT_DEFINED",
            "unsorted": "-team:*",
            "older": f"created_at:<{said(self._start)}",
        }
        found: dict[str, Found] = {}
        for name, more in queries.items():
            sort = "created_at" if name in ("unranked", "older") else "priority"
            found[name] = await self._ask.first(f"{OPEN} {more}", sort) if more else NOT_KNOWN
        return found

    async def backlog(
        self, total: int | None, cases: tuple[Case, ...] | None, *, times_known: bool
    ) -> Backlog:
        """How the open cases are made up.

        Args:
            cases: All of them, or None if there are too many to read.
            times_known: The server can be asked for times.
        """
        fields = [asked for _, asked, _ in FIELDS]
        facets = await self._counted(fields)
        now = self._asked.now
        if cases is not None:
            created = sorted((case.created_at for case in cases), reverse=True)
            counts = tuple(
                sum(is_aged(now - at, youngest, oldest) for at in created)
                for _, youngest, oldest in AGES
            )
            marks = [created[rank(len(created), p)] for p in (50, 90, 100)] if created else []
            older = sum(at < self._start for at in created)
            return Backlog(len(created), older, facets, counts, *marks)
        if total is None or not times_known:
            return Backlog(total, None, facets)
        ages: list[int | None] = []
        for _, youngest, oldest in AGES:
            # A case that was opened while this was read is as young as one can be.
            after = f" created_at:>{said(now - oldest)}" if oldest else ""
            before = f" created_at:<={said(now - youngest)}" if youngest else ""
            ages.append(await self._ask.total(OPEN + after + before))
        dates = [await self._created(total, percent) for percent in (50, 90, 100)]
        older_total = await self._ask.total(f"{OPEN} created_at:<{said(self._start)}")
        return Backlog(total, older_total, facets, tuple(ages), *dates)

    async def _counted(self, fields: Sequence[str]) -> tuple[Facet, ...]:
        """The values of these fields, as far as the server counts by them."""
        try:
            return await self._ask.source.count(self._ask.of(OPEN), fields, limit=_VALUES)
        except ApiError as error:
            if error.failure not in CANNOT:
                raise
            if len(fields) == 1:
                return ()
        # One that it does not know is no reason to do without the others.
        return tuple([facet for one in fields for facet in await self._counted([one])])

    async def _created(self, total: int, percent: int) -> datetime | None:
        """When the case was created that so many percent of the open ones are not older than."""
        if not total:
            return None
        place = rank(total, percent)
        page = await self._ask.source.search(self._ask.of(OPEN), number=place + 1, size=1)
        return page.cases[0].created_at if page.cases else None
