"""The reading calls of a client, answered by a workspace in this process without HTTP in between.

The libraries for HTTP take longer to load than the workspace takes to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from triage_tui.errors import ApiError, Failure
from triage_tui.models import (
    Aggregate,
    Case,
    CasePage,
    CaseType,
    Facet,
    FacetValue,
    HistoryEntry,
    Project,
    TimelineCell,
    User,
)
from triage_tui.query import Query, parse
from triage_tui.server.store import Store
from triage_tui.server.tables import users
from triage_tui.server.tables.history import PageTooLarge


class DirectReads:
    """What `CaseClient` reads, by the same methods.

    All raise StoreError if the workspace cannot be read, QueryError for a query that is none, and
    ApiError for what there is not.

    Args:
        project: Key of the only project whose cases are searched and counted; "" for all.
    """

    def __init__(
        self,
        store: Store,
        *,
        project: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._project = project
        self._now = now

    def _asked(self, query: str) -> Query:
        asked = parse(query)
        return asked.within(self._project) if self._project else asked

    async def search(
        self,
        query: str,
        *,
        number: int = 1,
        size: int = 50,
        sort: str = "created_at",
        ascending: bool = False,
    ) -> CasePage:
        return self._store.search(
            self._asked(query),
            number=number,
            size=size,
            sort=sort,
            ascending=ascending,
            now=self._now(),
        )

    async def aggregate(self, query: str, fields: Sequence[str], *, limit: int) -> Aggregate:
        total, groups = self._store.aggregate(
            self._asked(query), fields, limit=limit, now=self._now()
        )
        return Aggregate(
            total, tuple(FacetValue(",".join(values), count) for values, count in groups)
        )

    async def count(self, query: str, fields: Sequence[str], *, limit: int) -> tuple[Facet, ...]:
        return self._store.count(self._asked(query), fields, limit=limit, now=self._now())

    async def history_between(
        self, start: datetime, end: datetime, *, number: int = 0, size: int = 1000
    ) -> tuple[HistoryEntry, ...]:
        try:
            return tuple(self._store.history_between(start, end, number=number, size=size))
        except PageTooLarge as error:
            raise ApiError(f"Could not read what changed: {error}.", Failure.REFUSED) from None

    async def case(self, id_or_key: str) -> Case:
        found = self._store.case(id_or_key)
        if found is None:
            raise ApiError(
                "Could not open the case: there is no such case. Check its key.", Failure.NOT_FOUND
            )
        return found

    async def timeline(
        self, case_id: str, *, number: int = 0, size: int = 50
    ) -> tuple[TimelineCell, ...]:
        return tuple(self._store.timeline(case_id, number=number, size=size))

    async def projects(self) -> tuple[Project, ...]:
        return tuple(self._store.projects())

    async def case_types(self) -> tuple[CaseType, ...]:
        return tuple(self._store.case_types())

    async def users(self, text: str = "", *, number: int = 0, size: int = 100) -> tuple[User, ...]:
        with self._store.reading() as db:
            accounts, _, _ = users.listing(
                db, text=text, statuses=("Active", "Pending"), number=number, size=size
            )
        return tuple(account.user for account in accounts)

    async def me(self) -> User:
        return self._store.me()
