"""Reading what there is around a case: what changed on it, what it is tied to, who watches it."""

from __future__ import annotations

from datetime import UTC, datetime

from triage_tui import wire
from triage_tui.asking import Asking
from triage_tui.calls import api_path as _path
from triage_tui.models import CaseLink, HistoryEntry, User


class RelatedCalls(Asking):
    """Part of the client."""

    async def history(self, case_id: str, *, size: int = 1000) -> tuple[HistoryEntry, ...]:
        """The first changes of a case, oldest first. Only workspace servers know them."""
        read, path = wire.history, "/local/history"
        params: dict[str, str | int] = {"case_id": case_id, "page[size]": size}
        return await self._ask("read the changes of the case", read, "GET", path, params=params)

    async def history_between(
        self, start: datetime, end: datetime, *, number: int = 0, size: int = 1000
    ) -> tuple[HistoryEntry, ...]:
        """A page of what changed from `start` to before `end` on all cases, oldest first.

        Only workspace servers know it.

        Args:
            number: Zero-based page number.
            size: Changes in a page, 1 to 1000.
        """
        params: dict[str, str | int] = {
            "from": _moment(start),
            "to": _moment(end),
            "page[number]": number,
            "page[size]": size,
        }
        path = "/local/history"
        return await self._ask("read what changed", wire.history, "GET", path, params=params)

    async def links(self, case_id: str) -> tuple[CaseLink, ...]:
        """What a case is linked to, and what is linked to it."""
        path = _path("cases", "link")
        params = {"entity_type": "CASE", "entity_id": case_id}
        return await self._ask("read the links of the case", wire.links, "GET", path, params=params)

    async def watchers(self, case_id: str) -> tuple[User, ...]:
        """Who is told about a case."""
        path = _path("cases", case_id, "watchers")
        return await self._ask("read the watchers of the case", wire.watchers, "GET", path)

    async def raw_case(self, id_or_key: str) -> object:
        """The case with this id or key as the server sends it, as JSON says it."""
        path = _path("cases", id_or_key)
        return await self._ask("open the case", wire.parse, "GET", path)


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
