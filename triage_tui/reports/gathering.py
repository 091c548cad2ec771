"""Reads from a server what a report is made from, with as few requests as there are cases to tell.

A server that can be asked for times, as every workspace server can, is asked for what was touched
and for the gaps only, however many cases it has. Whether Datadog can be asked for times is not
documented: it is tried, and where it cannot, the cases are read newest first until they are older
than the window, and what may be missing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from triage_tui.entries import Entry
from triage_tui.errors import ApiError, Failure, StoreError
from triage_tui.models import (
    PRIORITIES,
    Aggregate,
    Case,
    CasePage,
    Facet,
    HistoryEntry,
    TimelineCell,
    User,
)
from triage_tui.reports.facts import (
    AGES,
    FIELDS,
    NOT_KNOWN,
    STALLED,
    Backlog,
    Facts,
    Found,
    Snapshot,
)
from triage_tui.reports.figures import rank
from triage_tui.reports.lists import in_order, is_aged, tests, today
from triage_tui.reports.model import Window
from triage_tui.text import plural

PAGE = 100
"""Cases asked for at a time."""

READ_WHOLE = 1000
"""So many open cases are read one and all; of more, those that a report tells."""

_LOOKED_THROUGH = 1000
"""Closed cases that are looked through on a server that cannot be asked for times."""

_ANY = 1_000_000
"""More cases than anybody touches in the longest window."""

_HISTORY_PAGE = 1000
_LOOKED_AT = 30
"""Cases of a list that are read by themselves, and whose comments are."""

_VALUES = 1000
_OPEN = "status:(open OR in_progress)"
_LONG_AGO = datetime(1971, 1, 1, tzinfo=UTC)
_CANNOT = (Failure.NOT_ALLOWED, Failure.NOT_FOUND, Failure.REFUSED, Failure.UNREADABLE)

Progress = Callable[[str, int, int | None], None]
"""Is told what is read, how many cases there were so far, and of how many if that is known."""


class Source(Protocol):
    """What is read from: a client, or a workspace in this process."""

    async def search(
        self,
        query: str,
        *,
        number: int = 1,
        size: int = 50,
        sort: str = "created_at",
        ascending: bool = False,
    ) -> CasePage: ...

    async def aggregate(self, query: str, fields: Sequence[str], *, limit: int) -> Aggregate: ...

    async def count(
        self, query: str, fields: Sequence[str], *, limit: int
    ) -> tuple[Facet, ...]: ...

    async def case(self, id_or_key: str) -> Case: ...

    async def timeline(
        self, case_id: str, *, number: int = 0, size: int = 50
    ) -> tuple[TimelineCell, ...]: ...

    async def history_between(
        self, start: datetime, end: datetime, *, number: int = 0, size: int = 1000
    ) -> tuple[HistoryEntry, ...]: ...

    async def me(self) -> User: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for, and what is known without a server.

    Attributes:
        recorded: The server may keep a history of changes; Datadog has none that can be asked for.
        entries, deferred, earlier, incoming, place, web: As `Facts` has them.
    """

    window: Window
    now: datetime
    query: str = ""
    recorded: bool = True
    place: str = ""
    web: str = ""
    incoming: str = ""
    entries: tuple[Entry, ...] | None = None
    deferred: Mapping[str, datetime] = field(default_factory=dict)
    earlier: tuple[Snapshot, ...] = ()


def _nothing(doing: str, done: int, total: int | None) -> None:
    pass


async def gather(source: Source, asked: Asked, *, progress: Progress = _nothing) -> Facts:
    """The facts of a report. Whoever cancels it has lost nothing but time.

    Raises:
        TriageError: The cases cannot be read at all.
    """
    return await _Gathering(source, asked, progress).facts()


class _Gathering:
    def __init__(self, source: Source, asked: Asked, progress: Progress) -> None:
        self._source = source
        self._asked = asked
        self._progress = progress
        self._start = asked.window.start
        self._read: dict[str, Case] = {}
        self._problems: list[str] = []
        self._times_known = False

    async def facts(self) -> Facts:
        asked = self._asked
        me = await self._me()
        history = await self._history() if asked.recorded else None
        self._times_known = history is not None or await self._understands_times()
        total = await self._total(_OPEN)
        if self._times_known and total is not None and total > READ_WHOLE:
            opened, complete = NOT_KNOWN, False
            lists = await self._listed(me)
        else:
            opened = await self._some("reading open cases", _OPEN, READ_WHOLE, sort="priority")
            complete = opened.total == len(opened.cases)
            lists = self._sorted(opened.cases, me, complete=complete)
            if not complete:
                read = plural(len(opened.cases), "most urgent open case")
                self._problems.append(f"Only the {read} were read.")
        touched, touched_known = await self._touched(opened.cases)
        for name in ("urgent", "overdue"):
            found = lists[name]
            # What was changed since the start, the history tells.
            cases = await self._with_changers(
                found.cases, lambda case: history is None or not self._is_new(case.modified_at)
            )
            lists[name] = Found(cases, found.total)
        if history is None:
            touched = await self._with_changers(
                touched, lambda case: self._is_new(case.closed_at) or self._is_new(case.archived_at)
            )
        told = {case.id: case for case in (*lists["urgent"].cases, *lists["overdue"].cases)}
        return Facts(
            window=asked.window,
            now=asked.now,
            place=asked.place,
            query=asked.query,
            me=me,
            incoming=asked.incoming,
            touched=touched,
            touched_known=touched_known,
            history=history,
            entries=asked.entries,
            backlog=await self._backlog(total, opened.cases if complete else None),
            comments=await self._comments(told.values()),
            named=await self._named(),
            deferred=asked.deferred,
            earlier=asked.earlier,
            web=asked.web,
            problems=tuple(dict.fromkeys(self._problems)),
            **lists,
        )

    # Asking

    def _of(self, more: str) -> str:
        """The query of the report, and more."""
        query = self._asked.query.strip()
        return f"({query}) {more}".strip() if query else more

    async def _total(self, more: str) -> int | None:
        """How many cases there are; None if the server does not count, or not these."""
        try:
            return (await self._source.aggregate(self._of(more), ["priority"], limit=10)).total
        except ApiError as error:
            if error.failure not in _CANNOT:
                raise
            return None

    async def _some(
        self,
        doing: str,
        more: str,
        most: int,
        *,
        sort: str = "created_at",
        ascending: bool = True,
        until: Callable[[Case], bool] = lambda case: False,
    ) -> Found:
        """The first cases that are found, up to the first page with one for which `until` holds.

        The total is that of these, if there are no others.
        """
        found: dict[str, Case] = {}
        number = 1
        while True:
            page = await self._source.search(
                self._of(more), number=number, size=PAGE, sort=sort, ascending=ascending
            )
            if page.skipped:
                self._problems.append(f"{plural(page.skipped, 'case')} could not be read.")
            found.update((case.id, case) for case in page.cases)
            self._progress(doing, len(found), page.total)
            total = page.total
            if not page.cases or number >= page.pages:
                total = len(found)
                break
            if len(found) >= most or any(map(until, page.cases)):
                break
            number += 1
        self._read.update(found)
        return Found(tuple(found.values()), total)

    async def _understands_times(self) -> bool:
        """True if the server finds nothing that changed tomorrow, and something that ever did."""
        tomorrow = self._asked.now + timedelta(days=1)
        for key in ("modified_at", "created_at"):
            if await self._total(f"{key}:>={_said(tomorrow)}") != 0:
                return False
            if not await self._total(f"{key}:>={_said(_LONG_AGO)}"):
                return False
        return True

    async def _me(self) -> User | None:
        try:
            return await self._source.me()
        except StoreError:
            return None  # A workspace need not belong to anybody.
        except ApiError as error:
            if error.failure not in _CANNOT:
                raise
            self._problems.append("The server does not say whose keys these are.")
            return None

    async def _history(self) -> tuple[HistoryEntry, ...] | None:
        """What changed since the window began; None if the server keeps no history."""
        found: list[HistoryEntry] = []
        end = self._asked.now + timedelta(microseconds=1)
        size = _HISTORY_PAGE
        while True:
            try:
                page = await self._source.history_between(
                    self._start, end, number=len(found) // size, size=size
                )
            except ApiError as error:
                if error.failure is Failure.REFUSED and size > 1:
                    # Long descriptions were changed: there is a page on which they have room.
                    size //= 10
                    continue
                if error.failure not in _CANNOT or found:
                    raise
                return None
            found += page
            self._progress("reading what changed", len(found), None)
            if len(page) < size:
                return tuple(found)

    # What was touched

    async def _touched(self, opened: Sequence[Case]) -> tuple[tuple[Case, ...], bool]:
        doing, start = "reading what was touched", _said(self._start)
        if self._times_known:
            # Apart, because a server finds each by an index, but not the two of them together.
            since = (f"created_at:>={start}", f"created_at:<{start} modified_at:>={start}")
            found: dict[str, Case] = {}
            for more in since:
                found.update((one.id, one) for one in (await self._some(doing, more, _ANY)).cases)
            try:
                for more in since:
                    archived = await self._some(doing, f"archived:true {more}", _ANY)
                    found.update((one.id, one) for one in archived.cases)
            except ApiError as error:
                if error.failure not in _CANNOT:
                    raise
                self._problems.append("The server does not search for archived cases.")
            return self._since(found.values()), True
        newest = await self._some(
            doing, "", _ANY, ascending=False, until=lambda case: case.created_at < self._start
        )
        closed = await self._some(doing, "status:closed", _LOOKED_THROUGH, ascending=False)
        self._problems.append(
            "The server cannot be asked for what changed: closings are from the"
            f" {plural(len(closed.cases), 'newest closed case')}, and archived cases are missing."
        )
        return self._since((*newest.cases, *closed.cases, *opened)), False

    def _since(self, cases: Iterable[Case]) -> tuple[Case, ...]:
        """Those that were created, changed or closed since the window began, in order."""
        touched = {
            case.id: case
            for case in cases
            if any(
                at and at >= self._start
                for at in (case.created_at, case.modified_at, case.closed_at, case.archived_at)
            )
        }
        return tuple(sorted(touched.values(), key=lambda case: (case.created_at, case.id)))

    # What is open

    def _sorted(
        self, cases: Sequence[Case], me: User | None, *, complete: bool
    ) -> dict[str, Found]:
        """The lists of a report out of the open cases.

        Args:
            complete: These are all open cases.
        """
        found: dict[str, Found] = {}
        for name, test in tests(self._asked.window, self._asked.now, me).items():
            chosen = sorted(filter(test, cases), key=partial(in_order, name))
            found[name] = Found(tuple(chosen), len(chosen) if complete else None)
        return found

    async def _listed(self, me: User | None) -> dict[str, Found]:
        """The lists of a report as the server finds them: the first page of each, and its total."""
        stale = _said(self._asked.now - STALLED)
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
            "older": f"created_at:<{_said(self._start)}",
        }
        found: dict[str, Found] = {}
        for name, more in queries.items():
            sort = "created_at" if name in ("unranked", "older") else "priority"
            found[name] = await self._first(f"{_OPEN} {more}", sort) if more else NOT_KNOWN
        return found

    async def _first(self, more: str, sort: str) -> Found:
        page = await self._source.search(
            self._of(more), number=1, size=PAGE, sort=sort, ascending=True
        )
        self._read.update((case.id, case) for case in page.cases)
        self._progress("reading open cases", len(self._read), None)
        return Found(page.cases, page.total)

    async def _backlog(self, total: int | None, cases: tuple[Case, ...] | None) -> Backlog:
        """How the open cases are made up.

        Args:
            cases: All of them, or None if there are too many to read.
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
        if total is None or not self._times_known:
            return Backlog(total, None, facets)
        ages: list[int | None] = []
        for _, youngest, oldest in AGES:
            # A case that was opened while this was read is as young as one can be.
            after = f" created_at:>{_said(now - oldest)}" if oldest else ""
            before = f" created_at:<={_said(now - youngest)}" if youngest else ""
            ages.append(await self._total(_OPEN + after + before))
        dates = [await self._created(total, percent) for percent in (50, 90, 100)]
        older_total = await self._total(f"{_OPEN} created_at:<{_said(self._start)}")
        return Backlog(total, older_total, facets, tuple(ages), *dates)

    async def _counted(self, fields: Sequence[str]) -> tuple[Facet, ...]:
        """The values of these fields, as far as the server counts by them."""
        try:
            return await self._source.count(self._of(_OPEN), fields, limit=_VALUES)
        except ApiError as error:
            if error.failure not in _CANNOT:
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
        page = await self._source.search(self._of(_OPEN), number=place + 1, size=1)
        return page.cases[0].created_at if page.cases else None

    # Single cases

    def _is_new(self, moment: datetime | None) -> bool:
        """True for a time since the window began."""
        return moment is not None and moment >= self._start

    async def _with_changers(
        self, cases: Sequence[Case], of_interest: Callable[[Case], bool]
    ) -> tuple[Case, ...]:
        """The same cases with who changed them last, which a search does not tell.

        Args:
            of_interest: Those of which it is looked up, the first few of them.
        """
        whole = list(cases)
        unknown = [
            place
            for place, case in enumerate(cases)
            if case.modified_at and case.modified_by is None and of_interest(case)
        ]
        for done, place in enumerate(unknown[:_LOOKED_AT], 1):
            case = cases[place]
            try:
                alone = await self._source.case(case.id)
            except ApiError as error:
                if error.failure not in _CANNOT:
                    raise
                continue
            # Whoever changed it since is not who changed it then.
            if alone.modified_at == case.modified_at:
                whole[place] = replace(case, modified_by=alone.modified_by)
            self._progress("reading who changed cases", done, None)
        return tuple(whole)

    async def _comments(self, cases: Iterable[Case]) -> dict[str, TimelineCell | None]:
        """The last comments of cases, None for those that have none."""
        found: dict[str, TimelineCell | None] = {}
        for case in list(cases)[:_LOOKED_AT]:
            cells: tuple[TimelineCell, ...] = ()
            if case.comment_count:
                try:
                    cells = await self._source.timeline(case.id, size=5)
                except ApiError as error:
                    if error.failure not in _CANNOT:
                        raise
                    continue
            there = (cell for cell in cells if cell.deleted_at is None and cell.type == "COMMENT")
            found[case.id] = next(there, None)
            self._progress("reading comments", len(found), None)
        return found

    async def _named(self) -> dict[str, Case]:
        """The cases that were put off."""
        waiting = [id_ for id_, until in self._asked.deferred.items() if until > self._asked.now]
        for id_ in [id_ for id_ in waiting if id_ not in self._read][:_LOOKED_AT]:
            try:
                self._read[id_] = await self._source.case(id_)
            except ApiError as error:
                if error.failure not in _CANNOT:
                    raise
        return {id_: self._read[id_] for id_ in waiting if id_ in self._read}


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
