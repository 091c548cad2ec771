"""What the server has that the list does not show yet, because nothing moves by itself.

A list that was read again by itself is taken in politely: rows that changed change where they are,
new ones wait, and those that do not belong into the list any more stay where they stand until the
person wants the list as it is now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise

from triage_tui.models import Case, CasePage, newer
from triage_tui.reading import Sort
from triage_tui.session import Session

MOST_PAGES = 5
"""Pages that are read again by themselves. Of a longer list the first, and those at the cursor."""

Changes = Mapping[str, frozenset[str]]
"""Names of the fields that changed, by the ids of the cases."""

_FIELDS = tuple(one.name for one in fields(Case))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be read, and what the list was when that was decided.

    Attributes:
        held: The cases that were listed, by id.
        settled: Those of them that nobody was changing.
    """

    query: str
    sort: Sort
    size: int
    numbers: tuple[int, ...]
    held: Mapping[str, Case]
    settled: frozenset[str]
    _alike: set[str] = field(default_factory=set)

    def compare(self, page: CasePage) -> None:
        """Compare a page as soon as it is there: all at once would hold up the keys."""
        held = self.held
        self._alike.update(case.id for case in page.cases if held.get(case.id) == case)

    def alike(self, ours: Case) -> bool:
        """True if a case was compared, and is as it was."""
        return ours.id in self._alike and self.held[ours.id] is ours


def ask(session: Session) -> Asked | None:
    """The pages to read again by themselves; None while there is nothing to compare them with."""
    if session.read_at is None or session.stale or session.remembered:
        return None
    last = max(1, session.pages_read)
    if last <= MOST_PAGES:
        numbers = tuple(range(1, last + 1))
    else:
        own = max(0, session.position - 1) // session.page_size + 1
        # New cases push the last rows onto a page that nobody has read.
        numbers = tuple(sorted({1, *range(max(1, own - 1), min(own + 1, last + 1) + 1)}))
    held = {case.id: case for case in session.confirmed_rows}
    settled = frozenset(held) - session.unsent
    return Asked(str(session.query), session.sort, session.page_size, numbers, held, settled)


class Arrivals:
    """Cases that wait to be shown, and cases that are shown although they are gone."""

    def __init__(self) -> None:
        self._before: dict[str, list[Case]] = {}
        """New cases by the id of the row above which they belong, "" for the end."""
        self._gone: frozenset[str] = frozenset()
        self._total: int | None = None

    def clear(self) -> None:
        """The list is as the server has it."""
        self._before, self._gone = {}, frozenset()

    @property
    def gone(self) -> frozenset[str]:
        """Ids of cases that do not belong into the list any more."""
        return self._gone

    def new(self, session: Session) -> int:
        """How many cases wait that have no row."""
        waiting = {case.id for cases in self._before.values() for case in cases}
        return len(waiting - {case.id for case in session.confirmed_rows}) if waiting else 0

    def take(self, session: Session, asked: Asked, pages: Sequence[CasePage]) -> Changes | None:
        """Take in pages that were read again; None if they answer what nobody asks any more."""
        now = (str(session.query), session.sort, session.page_size)
        if now != (asked.query, asked.sort, asked.size) or session.stale or not pages:
            return None
        held = {case.id: case for case in session.confirmed_rows}
        changed: dict[str, frozenset[str]] = {}
        for page in pages:
            for case in page.cases:
                ours = held.get(case.id)
                if ours is None or asked.alike(ours):
                    continue
                # Most are as they were, and that is seen faster than which of two is newer.
                if case != ours and (theirs := newer(ours, case)) != ours:
                    session.case_loaded(case)
                    changed[case.id] = _differences(ours, theirs)
        runs = list(_runs(pages))
        self._before = {}
        for run in runs:
            self._wait(run, held)
        settled = asked.settled - session.unsent
        found = {case.id for page in pages for case in page.cases}
        # A list that moved while its pages were read says nothing about what is not in them.
        steady = len({page.total for page in pages}) == 1
        self._gone = frozenset(
            case.id
            for case in (held.values() if steady else ())
            if case.id not in found and case.id in settled
            if any(run.would_hold(case, asked.sort) for run in runs)
        )
        self._total = pages[-1].total
        session.problem = None
        if runs[0].from_top and len(runs) == 1:
            last = pages[-1]
            if last.number >= min(session.pages_read, last.pages):
                session.read_at = session.now
        if not held:
            self.merge(session)
        return changed

    def _wait(self, run: _Run, held: Mapping[str, Case]) -> None:
        new: list[Case] = []
        for case in run.cases:
            if case.id in held:
                if new:
                    self._before[case.id] = new
                new = []
            else:
                new.append(case)
        # What follows the last row that is shown is only what the next page would bring.
        if new and (run.to_end or (run.from_top and len(new) == len(run.cases))):
            self._before[""] = new

    def keep(self, case_id: str | None) -> None:
        """Let a case stay where it stands."""
        self._gone -= {case_id or ""}

    def merge(self, session: Session) -> bool:
        """Show the list as it is known to be; False if it is so already."""
        rows = session.confirmed_rows
        if not self.new(session) and not any(case.id in self._gone for case in rows):
            return False
        cases: list[Case] = []
        end = self._before.get("", [])
        if end and rows and _before(end[0], rows[0], session.sort):
            cases += end
            end = []
        for case in rows:
            cases += self._before.get(case.id, ())
            if case.id not in self._gone:
                cases.append(case)
        cases += end
        page = CasePage(
            tuple(cases), max(1, session.pages_read), self._total, max(1, session.pages)
        )
        skipped = session.skipped
        session.pages_loaded(session.refresh(), [page])
        session.skipped = skipped
        self.clear()
        return True


@dataclass(frozen=True, slots=True)
class _Run:
    """Cases of pages that follow each other."""

    cases: tuple[Case, ...]
    from_top: bool
    to_end: bool

    def would_hold(self, case: Case, sort: Sort) -> bool:
        """True if a case that still matched would be among these for sure."""
        if self.from_top and self.to_end:
            return True
        if sort.field != "created_at" or not self.cases:
            return False  # What changed may have taken the case to another page.
        below = self.from_top or _before(self.cases[0], case, sort)
        return below and (self.to_end or _before(case, self.cases[-1], sort))


def _runs(pages: Sequence[CasePage]) -> Iterator[_Run]:
    start = 0
    breaks = [n for n, (a, b) in enumerate(pairwise(pages), 1) if b.number != a.number + 1]
    for end in (*breaks, len(pages)):
        part = pages[start:end]
        cases = tuple({case.id: case for page in part for case in page.cases}.values())
        yield _Run(cases, part[0].number == 1, part[-1].number >= part[-1].pages)
        start = end


def _before(one: Case, other: Case, sort: Sort) -> bool:
    """True if a case stands above another in an order by age; False in any other order."""
    if sort.field != "created_at":
        return False
    if sort.ascending:
        return one.created_at < other.created_at
    return one.created_at > other.created_at


def _differences(ours: Case, theirs: Case) -> frozenset[str]:
    return frozenset(name for name in _FIELDS if getattr(ours, name) != getattr(theirs, name))
