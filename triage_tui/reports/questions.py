"""What a server is asked for a report, and how: of which cases, how many at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from triage_tui.entries import Entry
from triage_tui.errors import ApiError, Failure
from triage_tui.models import Case
from triage_tui.reports.facts import Found, Snapshot
from triage_tui.reports.model import Window
from triage_tui.source import Source
from triage_tui.text import plural

PAGE = 100
"""Cases asked for at a time."""

LONG_AGO = datetime(1971, 1, 1, tzinfo=UTC)
CANNOT = (Failure.NOT_ALLOWED, Failure.NOT_FOUND, Failure.REFUSED, Failure.UNREADABLE)
"""Why a server will not tell something at all, however often it is asked."""

Progress = Callable[[str, int, int | None], None]
"""Is told what is read, how many cases there were so far, and of how many if that is known."""


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


class Questions:
    """Asks about the cases of one report.

    Attributes:
        read: All cases that were read, by their ids.
        problems: Sentences about what could not be read.
    """

    def __init__(self, source: Source, asked: Asked, progress: Progress) -> None:
        self.source = source
        self.asked = asked
        self.progress = progress
        self.read: dict[str, Case] = {}
        self.problems: list[str] = []

    def of(self, more: str) -> str:
        """The query of the report, and more."""
        query = self.asked.query.strip()
        return f"({query}) {more}".strip() if query else more

    async def total(self, more: str) -> int | None:
        """How many cases there are; None if the server does not count, or not these."""
        try:
            return (await self.source.aggregate(self.of(more), ["priority"], limit=10)).total
        except ApiError as error:
            if error.failure not in CANNOT:
                raise
            return None

    async def some(
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
            page = await self.source.search(
                self.of(more), number=number, size=PAGE, sort=sort, ascending=ascending
            )
            if page.skipped:
                self.problems.append(f"{plural(page.skipped, 'case')} could not be read.")
            found.update((case.id, case) for case in page.cases)
            self.progress(doing, len(found), page.total)
            total = page.total
            if not page.cases or number >= page.pages:
                total = len(found)
                break
            if len(found) >= most or any(map(until, page.cases)):
                break
            number += 1
        self.read.update(found)
        return Found(tuple(found.values()), total)

    async def first(self, more: str, sort: str) -> Found:
        page = await self.source.search(
            self.of(more), number=1, size=PAGE, sort=sort, ascending=True
        )
        self.read.update((case.id, case) for case in page.cases)
        self.progress("reading open cases", len(self.read), None)
        return Found(page.cases, page.total)

    async def times_are_understood(self) -> bool:
        """True if the server finds nothing that changed tomorrow, and something that ever did."""
        tomorrow = self.asked.now + timedelta(days=1)
        for key in ("modified_at", "created_at"):
            if await self.total(f"{key}:>={said(tomorrow)}") != 0:
                return False
            if not await self.total(f"{key}:>={said(LONG_AGO)}"):
                return False
        return True


def said(moment: datetime) -> str:
    """A time as a query has it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
