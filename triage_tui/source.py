"""Where cases are read from: a client, or a workspace in this process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage_tui.models import Aggregate, Case, CasePage, Facet, HistoryEntry, TimelineCell, User


class Source(Protocol):
    """What cases are read with. Every method raises TriageError if it cannot be read."""

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
