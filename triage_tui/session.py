"""What is shown: the one truth that the widgets paint. No I/O, no terminal, no clock.

The session keeps what the server confirmed, and apart from it the edits that it has not answered
yet. A row is the first with the second laid over it, so taking an edit back is forgetting it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from triage_tui.changes import Change, CreateCase
from triage_tui.edits import Aftermath, Edit, Redone, Undone
from triage_tui.models import Case, CasePage, CaseType, Facet, Project, TimelineCell, User, newer
from triage_tui.pending import Pending
from triage_tui.query import Query
from triage_tui.reading import PageRequest, Reading, Sort, facet_requests

FACET_LIMIT = 100
"""Values asked for of each facet."""

FACET_FIELDS = ("status", "priority", "assignee", "project", "type")
"""The facets that every case has a value for."""

MOST_REMEMBERED = 5_000
"""Cases that are remembered beside those in the list."""

USUAL_ATTRIBUTES = ("team", "service", "env")
"""Attribute keys counted before any case has been seen."""


@dataclass
class Session:
    """The state of one run of the app."""

    query: Query = field(default_factory=Query)
    sort: Sort = field(default_factory=Sort)
    page_size: int = 100

    cursor_id: str | None = None
    marked: dict[str, None] = field(default_factory=dict)
    range_from: str | None = None

    total: int | None = None
    pages: int = 0
    pages_read: int = 0
    skipped: int = 0
    reading: PageRequest | None = None
    problem: str | None = None
    read_at: datetime | None = None
    """When the first page of the list was read; None while nothing was."""
    remembered: bool = False
    """The rows are those of an earlier start: nobody has confirmed them since."""

    facets: dict[str, Facet] = field(default_factory=dict)
    facets_stale: bool = True
    timelines: dict[str, tuple[TimelineCell, ...]] = field(default_factory=dict)
    old_timelines: set[str] = field(default_factory=set)
    """Cases whose timelines are shown as they were, and are to be read again."""
    timeline_problem: str | None = None

    me: User | None = None
    users: dict[str, User] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    types: dict[str, CaseType] = field(default_factory=dict)

    writes: Pending = field(default_factory=Pending)
    waiting: str | None = None
    """Why the outbox is waiting before it sends again, or None."""

    _order: list[str] = field(default_factory=list)
    _confirmed: dict[str, Case] = field(default_factory=dict)
    _edited: set[str] = field(default_factory=set)
    _shown: tuple[Query, Sort] = field(default_factory=lambda: (Query(), Sort()))
    _previous: list[Query] = field(default_factory=list)
    _to_end: PageRequest | None = None
    _to_mark: PageRequest | None = None
    _generation: int = 0
    _rows: list[Case] | None = None
    now: datetime | None = None
    """The time that optimistic changes are stamped with; set by whoever owns the clock."""

    # The list

    @property
    def rows(self) -> list[Case]:
        """The cases of the list as they are shown: confirmed, with the pending edits laid over."""
        if self._rows is None:
            shown = self.confirmed_rows
            if edited := self.writes.case_ids:
                shown = [self._laid_over(case) if case.id in edited else case for case in shown]
            self._rows = shown
        return self._rows

    @property
    def confirmed_rows(self) -> list[Case]:
        """The cases of the list without the pending edits."""
        return [self._confirmed[case_id] for case_id in self._order]

    def case(self, case_id: str | None) -> Case | None:
        """One case as it is shown, or None if it is not known."""
        case = self._confirmed.get(case_id or "")
        return self._laid_over(case) if case else None

    def _laid_over(self, case: Case) -> Case:
        for edit in self.writes.of_case(case.id):
            case = edit.change.apply(case, self.now or case.created_at)
        return case

    def listed(self, case_id: str | None) -> bool:
        """True if the case has a row."""
        return case_id in self._order

    @property
    def unsent(self) -> frozenset[str]:
        """Ids of the cases with edits that the server has not answered yet."""
        return self.writes.case_ids

    @property
    def faded(self) -> frozenset[str]:
        """Ids of the cases that were changed here and no longer match the query.

        They stay where they are until the list is read again: nothing moves under the finger.
        """
        names = {case_type.id: case_type.name for case_type in self.types.values()}
        return frozenset(
            case.id
            for case_id in self._edited
            if (case := self.case(case_id))
            and self.now
            and not self.query.matches(case, self.now, names)
        )

    @property
    def stale(self) -> bool:
        """True while the rows answer another question than the one in the query bar."""
        return self.reading is not None and self.reading.reading is Reading.FIRST

    @property
    def complete(self) -> bool:
        """True when every page has been read."""
        return self.read_at is not None and self.pages_read >= self.pages

    @property
    def position(self) -> int:
        """One-based place of the cursor in the list, 0 if it is empty."""
        try:
            return self._order.index(self.cursor_id or "") + 1
        except ValueError:
            return 0

    # Reading

    def search(self, query: Query) -> PageRequest:
        """Ask for another query; the old rows stay, marked stale, until the answer is there."""
        if query != self.query:
            self._previous.append(self.query)
            del self._previous[:-50]
        return self._first(query, self.sort)

    def previous_query(self) -> PageRequest | None:
        """Ask for the query before this one, or None if there is none."""
        return self._first(self._previous.pop(), self.sort) if self._previous else None

    def sort_by(self, sort: Sort) -> PageRequest:
        """Ask for the same cases in another order."""
        return self._first(self.query, sort)

    def _first(self, query: Query, sort: Sort) -> PageRequest:
        self.query, self.sort = query, sort
        self.facets_stale = True
        return self._ask(Reading.FIRST, (1,))

    def refresh(self) -> PageRequest:
        """Ask for all pages that are shown once more."""
        self.facets_stale = True
        if not self.pages_read:
            return self._ask(Reading.FIRST, (1,))
        return self._ask(Reading.AGAIN, tuple(range(1, self.pages_read + 1)))

    def next_pages(self, *, all: bool = False) -> PageRequest | None:
        """Ask for the next page, or all that are left; None if none is left or it is coming.

        A cursor on the last row stays on the last row while all are read.
        """
        if self.read_at is None or self.complete:
            return None
        last = self.pages if all else self.pages_read + 1
        if self.reading and (
            self.reading.reading is not Reading.NEXT or self.reading.numbers[-1] >= last
        ):
            return None
        request = self._ask(Reading.NEXT, tuple(range(self.pages_read + 1, last + 1)))
        if all:
            self._to_end = request
        return request

    def _ask(self, reading: Reading, numbers: tuple[int, ...]) -> PageRequest:
        self._generation += 1
        self.reading = PageRequest(
            self._generation, reading, str(self.query), numbers, self.page_size, self.sort
        )
        return self.reading

    def is_current(self, request: PageRequest) -> bool:
        """False if another request has been made since: the answer is not wanted any more."""
        return self.reading == request

    def page_loaded(self, request: PageRequest, page: CasePage) -> bool:
        """Take one page in; False if nobody waits for it any more.

        The pages of `Reading.AGAIN` are given together, to `pages_loaded`.
        """
        if not self.is_current(request):
            return False
        if request.reading is Reading.FIRST:
            self._shown = (self.query, self.sort)
            self._replace(page.cases)
            self.skipped = 0
        else:
            follow = request == self._to_end and self.position == len(self._order)
            self._append(page.cases)
            if follow:
                self.cursor_id = self._order[-1]
        self._note(page)
        if page.number == request.numbers[-1] or page.number >= page.pages:
            self.reading = None
            if request == self._to_mark:
                self.marked = dict.fromkeys(self._order)
        return True

    def pages_loaded(self, request: PageRequest, pages: Sequence[CasePage]) -> bool:
        """Take in all pages of a list that was read again; False if nobody waits for them."""
        if not self.is_current(request):
            return False
        self._replace([case for page in pages for case in page.cases])
        self.skipped = 0
        for page in pages:
            self._note(page)
        self.reading = None
        return True

    def read_failed(self, request: PageRequest, sentence: str) -> bool:
        """Keep what is shown and say why there is nothing newer; False if it is not waited for.

        The query and the order are again the ones of the rows that are shown: whoever reads one
        query above the rows of another decides about the wrong cases.
        """
        if not self.is_current(request):
            return False
        self.reading, self.problem = None, sentence
        if self.read_at is not None:
            self.query, self.sort = self._shown
            self.facets_stale = False
        return True

    def _note(self, page: CasePage) -> None:
        self.problem, self.remembered = None, False
        if page.number == 1 or self.read_at is None:
            self.read_at = self.now
        self.pages_read, self.pages = page.number, page.pages
        self.skipped += page.skipped
        self.total = page.total

    def _replace(self, cases: Iterable[Case]) -> None:
        # Cases that left the list stay known: an open box, an edit or an undo is still about them.
        before, at = self._order, self.position
        self._order = []
        self._edited = set(self.writes.case_ids)
        self._append(cases)
        shown = set(self._order)
        if len(self._confirmed) > len(shown) + MOST_REMEMBERED:
            needed = shown | self._edited
            self._confirmed = {id: case for id, case in self._confirmed.items() if id in needed}
        self.marked = {case_id: None for case_id in self.marked if case_id in shown}
        if self.range_from not in shown:
            self.range_from = None
        if self.cursor_id not in shown:
            self.cursor_id = self._nearest(before, at, shown)

    def _nearest(self, before: list[str], at: int, shown: set[str]) -> str | None:
        """The next case below the one that is gone that is still there, else the first row."""
        if self.reading and self.reading.reading is Reading.AGAIN:
            for case_id in [*before[max(0, at - 1) :], *reversed(before[: max(0, at - 1)])]:
                if case_id in shown:
                    return case_id
        return self._order[0] if self._order else None

    def _append(self, cases: Iterable[Case]) -> None:
        placed = set(self._order)
        for case in cases:
            if case.id not in placed:
                # The list moved between two pages if a case comes again: it stays where it was.
                placed.add(case.id)
                self._order.append(case.id)
            # The server may have gone back since an earlier start, and it is always right.
            doubted = self.remembered and case.id not in self._edited
            self._confirmed[case.id] = newer(
                None if doubted else self._confirmed.get(case.id), case
            )
        self._rows = None
        if self.cursor_id is None and self._order:
            self.cursor_id = self._order[0]

    def case_loaded(self, case: Case) -> None:
        """Take in one case that was read by itself."""
        if case.id in self._confirmed:
            self._confirmed[case.id] = newer(self._confirmed[case.id], case)
            self._rows = None

    def meet(self, case: Case) -> None:
        """Take in one case that somebody wants to work on, whether or not it has been seen."""
        self._confirmed[case.id] = newer(self._confirmed.get(case.id), case)
        self._rows = None

    def timeline_loaded(self, case_id: str, cells: Sequence[TimelineCell]) -> None:
        """Take in a case's timeline, newest first."""
        self.timeline_problem = None
        self.old_timelines.discard(case_id)
        self.timelines[case_id] = tuple(cells)
        while len(self.timelines) > 200:
            del self.timelines[next(iter(self.timelines))]

    # Facets

    @property
    def facet_fields(self) -> tuple[str, ...]:
        """The fields to count: the fixed ones, then the attribute keys that occur."""
        seen = Counter(key for id in self._order for key in self._confirmed[id].attributes)
        keys = sorted(seen, key=lambda key: (-seen[key], key))
        usual = [key for key in USUAL_ATTRIBUTES if key not in seen]
        return FACET_FIELDS + tuple([*keys, *usual][:12])

    def facet_requests(self) -> list[tuple[str, tuple[str, ...]]]:
        """The counts to ask for, as (query, fields)."""
        return facet_requests(self.query, self.facet_fields)

    def facets_loaded(self, facets: Iterable[Facet]) -> None:
        """Take in counts; facets that were not counted keep their old ones."""
        for facet in facets:
            self.facets[facet.field] = facet
        self.facets_stale = False

    # Marks

    def toggle_mark(self, case_id: str) -> None:
        """Mark a case, or take its mark away."""
        if case_id in self.marked:
            del self.marked[case_id]
        else:
            self.marked[case_id] = None

    def mark_range(self, case_id: str) -> int | None:
        """Begin a range here; or mark all from its beginning to here and say how many."""
        if self.range_from is None or self.range_from not in self._order:
            self.range_from = case_id
            return None
        ends = sorted((self._order.index(self.range_from), self._order.index(case_id)))
        for marked in self._order[ends[0] : ends[1] + 1]:
            self.marked[marked] = None
        self.range_from = None
        return ends[1] - ends[0] + 1

    def mark_all(self) -> None:
        """Mark every loaded case; or none, if all are marked."""
        everything = len(self.marked) == len(self._order)
        self.marked = {} if everything else dict.fromkeys(self._order)

    def mark_matching(self) -> PageRequest | None:
        """Ask for all cases that match, to mark them: what is marked is then a list of ids.

        None if nothing can be asked for now.
        """
        self._to_mark = self.next_pages(all=True)
        return self._to_mark

    @property
    def marking(self) -> bool:
        """True while the cases that match are read to be marked."""
        return self.reading is not None and self.reading == self._to_mark

    def stop_reading(self) -> None:
        """Nobody waits any more for what is being read; the pages that came stay."""
        self.reading = None

    @property
    def targets(self) -> tuple[str, ...]:
        """What a key acts on: the marked cases in list order, else the one under the cursor."""
        if self.marked:
            return tuple(case_id for case_id in self._order if case_id in self.marked)
        return (self.cursor_id,) if self.cursor_id in self._order else ()

    # Writing

    def edit(self, plan: Callable[[Case], Sequence[Change]], case_ids: Sequence[str]) -> list[Edit]:
        """Lay changes over cases at once, and return the edits that have to be sent.

        A change that a case already shows is left out. What is returned is undone in one step.

        Args:
            plan: The changes for a case, in order.
        """
        return self._painted(self.writes.step(plan, case_ids, self.case))

    def create(self, change: CreateCase) -> Edit:
        """Queue the creation of a case."""
        return self.writes.alone("", f"“{change.new.title}”", change, None)

    def overwrite(self, edit: Edit, theirs: Case) -> Edit:
        """Ask for an edit again that somebody was faster than, now that their change was seen."""
        seen = self.case(edit.case_id) or theirs
        again = self.writes.alone(edit.case_id, edit.key, edit.change, seen)
        return self._painted([again])[0]

    def resume(self, edits: Sequence[Edit]) -> None:
        """Take up edits that an earlier run did not send."""
        self._painted([self.writes.add(edit) for edit in edits])

    def _painted(self, edits: list[Edit]) -> list[Edit]:
        self._edited.update(edit.case_id for edit in edits if edit.case_id)
        self._rows = None
        return edits

    def never_made(self, edits: Sequence[Edit]) -> None:
        """Edits could not be kept: the rows show what they showed before."""
        self.writes.never_made(edits)
        self._rows = None

    def edit_confirmed(self, edit: Edit, case: Case | None) -> None:
        """The server did it; `case` is how the case is now, if it said so."""
        self._forget(edit)
        if case is not None and case.id in self._confirmed:
            self._confirmed[case.id] = newer(self._confirmed[case.id], case)
        elif case is not None and isinstance(edit.change, CreateCase):
            # A case that was just created: at the top, where the person looks for it.
            self._confirmed[case.id] = case
            self._order.insert(0, case.id)
            self._edited.add(case.id)
            self.cursor_id = self.cursor_id or case.id
            self.total = None if self.total is None else self.total + 1
        elif seen := self._confirmed.get(edit.case_id):
            self._confirmed[seen.id] = edit.change.apply(seen, self.now or seen.created_at)
        self.facets_stale = True
        self._rows = None

    def commented(self, edit: Edit, cell: TimelineCell) -> None:
        """The server added a comment."""
        self._forget(edit)
        case = self._confirmed.get(edit.case_id)
        if case is not None:
            # A page that was read meanwhile may have counted it already.
            before = edit.seen.comment_count if edit.seen else 0
            count = max(case.comment_count, before + 1)
            self._confirmed[case.id] = replace(case, comment_count=count)
        if edit.case_id in self.timelines:
            self.timelines[edit.case_id] = (cell, *self.timelines[edit.case_id])

    def edit_refused(self, edit: Edit) -> Aftermath:
        """The server did not do it: the row shows the truth again, and there is nothing to undo."""
        aftermath = self.writes.refused(edit)
        self._rows = None
        return aftermath

    def _forget(self, edit: Edit) -> None:
        self.writes.forget(edit)
        self._rows = None

    def undo(self) -> Undone | None:
        """Take the last step back; None if there is none."""
        undone = self.writes.undo(self.case)
        self._painted(list(undone.edits) if undone else [])
        return undone

    def redo(self) -> Redone | None:
        """Do again what was taken back last; None if there is nothing."""
        redone = self.writes.redo(self.case)
        self._painted(list(redone.edits) if redone else [])
        return redone

    def turn_back(self, edit: Edit) -> Edit | str:
        """The edit that undoes one that was done, whenever that was; or why there is none."""
        inverse = edit.change.inverse(edit.seen) if edit.seen else None
        if inverse is None:
            return f"A {edit.change.field} cannot be undone here."
        case = self.case(edit.case_id)
        if case and edit.change.gone_from(case):
            return f"{edit.key} was changed since: it was not undone."
        back = self.writes.alone(edit.case_id, edit.key, inverse, case, edit.change)
        return self._painted([back])[0]
