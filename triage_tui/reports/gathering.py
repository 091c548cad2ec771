"""Reads from a server what a report is made from, with as few requests as there are cases to tell.

A server that can be asked for times, as every workspace server can, is asked for what was touched
and for the gaps only, however many cases it has. Whether Datadog can be asked for times is not
documented: it is tried, and where it cannot, the cases are read newest first until they are older
than the window, and what may be missing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from triage_tui.errors import ApiError, Failure, StoreError
from triage_tui.models import Case, HistoryEntry, TimelineCell, User
from triage_tui.reports.facts import NOT_KNOWN, Facts, Found
from triage_tui.reports.open_cases import OPEN, OpenCases
from triage_tui.reports.questions import CANNOT, Asked, Progress, Questions, said
from triage_tui.source import Source
from triage_tui.text import plural

__all__ = ["Asked", "Progress", "gather"]

READ_WHOLE = 1000
"""So many open cases are read one and all; of more, those that a report tells."""

_LOOKED_THROUGH = 1000
"""Closed cases that are looked through on a server that cannot be asked for times."""

_ANY = 1_000_000
"""More cases than anybody touches in the longest window."""

_HISTORY_PAGE = 1000
_LOOKED_AT = 30
"""Cases of a list that are read by themselves, and whose comments are."""


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
        self._ask = Questions(source, asked, progress)
        self._open = OpenCases(self._ask)
        self._asked = asked
        self._start = asked.window.start
        self._times_known = False

    async def facts(self) -> Facts:
        asked = self._asked
        me = await self._me()
        recorded = asked.recorded and await self._history(1) is not None
        self._times_known = recorded or await self._ask.times_are_understood()
        total = await self._ask.total(OPEN)
        if self._times_known and total is not None and total > READ_WHOLE:
            opened, complete = NOT_KNOWN, False
            lists = await self._open.listed(me)
        else:
            opened = await self._ask.some("reading open cases", OPEN, READ_WHOLE, sort="priority")
            complete = opened.total == len(opened.cases)
            lists = self._open.out_of(opened.cases, me, complete=complete)
            if not complete:
                read = plural(len(opened.cases), "most urgent open case")
                self._ask.problems.append(f"Only the {read} were read.")
        touched, touched_known = await self._touched(opened.cases)
        for name in ("urgent", "overdue"):
            found = lists[name]
            # What was changed since the start, the history tells.
            cases = await self._with_changers(
                found.cases, lambda case: not (recorded and self._is_new(case.modified_at))
            )
            lists[name] = Found(cases, found.total)
        if not recorded:
            touched = await self._with_changers(
                touched, lambda case: self._is_new(case.closed_at) or self._is_new(case.archived_at)
            )
        # Last, so that no case is seen after something that the history does not tell yet.
        history = await self._history() if recorded else None
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
            backlog=await self._open.backlog(
                total, opened.cases if complete else None, times_known=self._times_known
            ),
            comments=await self._comments(told.values()),
            named=await self._named(),
            deferred=asked.deferred,
            earlier=asked.earlier,
            web=asked.web,
            problems=tuple(dict.fromkeys(self._ask.problems)),
            **lists,
        )

    async def _me(self) -> User | None:
        try:
            return await self._ask.source.me()
        except StoreError:
            return None  # A workspace need not belong to anybody.
        except ApiError as error:
            if error.failure not in CANNOT:
                raise
            self._ask.problems.append("The server does not say whose keys these are.")
            return None

    async def _history(self, most: int = _ANY) -> tuple[HistoryEntry, ...] | None:
        """What changed since the window began; None if the server keeps no history."""
        found: list[HistoryEntry] = []
        end = self._asked.now + timedelta(days=1)
        size = min(_HISTORY_PAGE, most)
        while True:
            try:
                page = await self._ask.source.history_between(
                    self._start, end, number=len(found) // size, size=size
                )
            except ApiError as error:
                if error.failure is Failure.REFUSED and size > 1:
                    # Long descriptions were changed: there is a page on which they have room.
                    size //= 10
                    continue
                if error.failure not in CANNOT or found:
                    raise
                return None
            found += page
            self._ask.progress("reading what changed", len(found), None)
            if len(page) < size or len(found) >= most:
                return tuple(found)

    # What was touched

    async def _touched(self, opened: Sequence[Case]) -> tuple[tuple[Case, ...], bool]:
        doing, start = "reading what was touched", said(self._start)
        if self._times_known:
            # Apart, because a server finds each by an index, but not the two of them together.
            since = (f"created_at:>={start}", f"created_at:<{start} modified_at:>={start}")
            found: dict[str, Case] = {}
            for more in since:
                found.update(
                    (one.id, one) for one in (await self._ask.some(doing, more, _ANY)).cases
                )
            try:
                for more in since:
                    archived = await self._ask.some(doing, f"archived:true {more}", _ANY)
                    found.update((one.id, one) for one in archived.cases)
            except ApiError as error:
                if error.failure not in CANNOT:
                    raise
                self._ask.problems.append("The server does not search for archived cases.")
            return self._since(found.values()), True
        newest = await self._ask.some(
            doing, "", _ANY, ascending=False, until=lambda case: case.created_at < self._start
        )
        closed = await self._ask.some(doing, "status:closed", _LOOKED_THROUGH, ascending=False)
        self._ask.problems.append(
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
                alone = await self._ask.source.case(case.id)
            except ApiError as error:
                if error.failure not in CANNOT:
                    raise
                continue
            # Whoever changed it since is not who changed it then.
            if alone.modified_at == case.modified_at:
                whole[place] = replace(case, modified_by=alone.modified_by)
            self._ask.progress("reading who changed cases", done, None)
        return tuple(whole)

    async def _comments(self, cases: Iterable[Case]) -> dict[str, TimelineCell | None]:
        """The last comments of cases, None for those that have none."""
        found: dict[str, TimelineCell | None] = {}
        for case in list(cases)[:_LOOKED_AT]:
            cells: tuple[TimelineCell, ...] = ()
            if case.comment_count:
                try:
                    cells = await self._ask.source.timeline(case.id, size=5)
                except ApiError as error:
                    if error.failure not in CANNOT:
                        raise
                    continue
            there = (cell for cell in cells if cell.deleted_at is None and cell.type == "COMMENT")
            found[case.id] = next(there, None)
            self._ask.progress("reading comments", len(found), None)
        return found

    async def _named(self) -> dict[str, Case]:
        """The cases that were put off."""
        waiting = [id_ for id_, until in self._asked.deferred.items() if until > self._asked.now]
        for id_ in [id_ for id_ in waiting if id_ not in self._ask.read][:_LOOKED_AT]:
            try:
                self._ask.read[id_] = await self._ask.source.case(id_)
            except ApiError as error:
                if error.failure not in CANNOT:
                    raise
        return {id_: self._ask.read[id_] for id_ in waiting if id_ in self._ask.read}
