"""Everything a server knows about the cases that match a query, one resource after the other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from triage_tui.errors import ApiError, Failure, QueryError
from triage_tui.query import parse
from triage_tui.text import plural
from triage_tui.transfer.pace import Pace

if TYPE_CHECKING:
    from triage_tui.client import CaseClient
    from triage_tui.wire import Resource, Resources

PAGE_SIZE = 100

_NOTHING_NEW = 3
"""Pages in a row without a case that was not there before: the server pages in circles."""

_NO_ARCHIVED = "Archived cases may be missing."

_CANNOT = (Failure.NOT_ALLOWED, Failure.NOT_FOUND, Failure.REFUSED, Failure.UNREADABLE)


class Harvest:
    """Reads from a server, once.

    Attributes:
        written: How many resources of each type there were so far.
        total: Cases that the server counted, as far as it said.
        notes: Sentences about what could not be read.

    Args:
        query: As the query bar has it.
        comments: Read the timeline of each case with comments.
        details: Read each changed case by itself: a search does not say who changed it last.
        progress: Is told how many cases there were, and of how many.
    """

    def __init__(
        self,
        client: CaseClient,
        pace: Pace,
        *,
        query: str = "",
        comments: bool = True,
        details: bool = True,
        progress: Callable[[int, int | None], None] = lambda done, total: None,
    ) -> None:
        self.written: Counter[str] = Counter()
        self.total: int | None = None
        self.notes: list[str] = []
        self._client = client
        self._pace = pace
        self._query = query
        self._comments = comments
        self._details = details
        self._progress = progress
        self._people: set[str] = set()
        self._seen: set[str] = set()

    @property
    def cases(self) -> int:
        """Cases so far."""
        return self.written["case"]

    async def me(self) -> str:
        """The id of the user the keys belong to; "" if the server does not say."""
        try:
            found = await self._read("find out who you are", "current_user")
        except ApiError as error:
            if error.failure not in _CANNOT:
                raise
            return ""
        return str(found.data[0]["id"]) if found.data else ""

    async def resources(self) -> AsyncIterator[Resource]:
        """Projects, users, case types and attribute configs, then each case with its comments.

        Only the resources of a page of cases are held at a time, and the ids of all.
        """
        async for resource in self._all():
            self.written[resource["type"]] += 1
            yield resource

    async def _all(self) -> AsyncIterator[Resource]:
        for project in (await self._read("list the projects", "cases", "projects")).data:
            yield project
        async for user in self._users():
            yield user
        for doing, *path in (
            ("list the case types", "cases", "types"),
            ("list the custom attributes", "cases", "types", "custom_attributes"),
        ):
            for resource in await self._optional(doing, *path):
                yield resource
        for query in self._searches():
            async for resource in self._found(query):
                yield resource
        if self.total is not None and len(self._seen) < self.total:
            missing = plural(self.total - len(self._seen), "case")
            self.notes.append(
                f"The server counted {missing} more than it listed, because cases changed while "
                "they were read. Export again to get them."
            )

    # Projects, types, people

    async def _optional(self, doing: str, *path: str) -> tuple[Resource, ...]:
        """What a path lists, nothing if the server does not tell."""
        try:
            return (await self._read(doing, *path)).data
        except ApiError as error:
            if error.failure not in _CANNOT:
                raise
            self.notes.append(str(error))
            return ()

    async def _users(self) -> AsyncIterator[Resource]:
        number = 0
        while True:
            # Disabled users too: the cases of somebody who left still name them.
            params: dict[str, str | int] = {
                "page[number]": number,
                "page[size]": PAGE_SIZE,
                "sort": "name",
            }
            try:
                page = await self._read("list the users", "users", params=params)
            except ApiError as error:
                if error.failure not in _CANNOT:
                    raise
                self.notes.append(f"{error} Only users that the cases name are in the file.")
                return
            new = [user for user in page.data if user["id"] not in self._people]
            self._people.update(user["id"] for user in new)
            for user in new:
                yield user
            if not new or len(page.data) < PAGE_SIZE:
                return
            number += 1

    # Cases

    def _searches(self) -> list[str]:
        """The queries that together find all cases.

        A search leaves archived cases out, unless the query speaks of them: in the local workspace
        with the key `archived`. Whether Datadog knows the key is not documented; a search of its
        own does no harm if it does not.
        """
        with suppress(QueryError):
            if parse(self._query).names_archived:
                return [self._query]
        archived = f"({self._query}) archived:true" if self._query.strip() else "archived:true"
        return [self._query, archived]

    async def _found(self, query: str) -> AsyncIterator[Resource]:
        """What one search finds, as far as it is new."""
        number, idle = 1, 0
        counted: int | None = None
        others = self.total or 0
        while True:
            try:
                page = await self._search(query, number)
            except ApiError as error:
                if query == self._query or error.failure not in _CANNOT:
                    raise
                self.notes.append(f"{error} {_NO_ARCHIVED}")
                return
            if page.skipped:
                self.notes.append(f"{plural(page.skipped, 'case')} could not be read.")
            before = len(self._seen)
            async for resource in self._completed(page):
                yield resource
            new = len(self._seen) - before
            if query != self._query and page.data and not any(map(_archived, page.data)):
                # It looks past what it does not know in a query, and lists everything once more.
                self.notes.append(f"The server does not search for archived cases. {_NO_ARCHIVED}")
                return
            if page.total is not None:
                self.total = others + page.total
            idle = 0 if new else idle + 1
            if page.total is not None and counted is not None and page.total < counted:
                # Cases left the search, and those after them moved up, perhaps to the page before.
                number, idle = max(1, number - 1), 0
            elif not page.data or idle == _NOTHING_NEW or not self._more(page, number):
                return
            else:
                number += 1
            counted = page.total

    @staticmethod
    def _more(page: Resources, number: int) -> bool:
        if page.pages is not None:
            return number < page.pages
        return len(page.data) + page.skipped >= PAGE_SIZE

    async def _search(self, query: str, number: int) -> Resources:
        # Oldest first: a case that is created meanwhile comes last and moves none of the others.
        params: dict[str, str | int] = {
            "page[number]": number,
            "page[size]": PAGE_SIZE,
            "sort[field]": "created_at",
            "sort[asc]": "true",
        }
        if query.strip():
            params["filter"] = query
        return await self._read("search the cases", "cases", params=params)

    async def _completed(self, page: Resources) -> AsyncIterator[Resource]:
        """The new cases of a page, each with its people before it and its comments after it."""
        for user in self._unknown(page):
            yield user
        new = [case for case in page.data if case["id"] not in self._seen]
        self._seen.update(case["id"] for case in new)
        tasks = [asyncio.ensure_future(self._whole(case)) for case in new]
        try:
            for task in tasks:
                users, case, cells = await task
                for user in users:
                    if user["id"] not in self._people:
                        self._people.add(user["id"])
                        yield user
                yield case
                for cell in cells:
                    yield cell
                self._progress(self.cases, self.total)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _unknown(self, page: Resources) -> list[Resource]:
        new = [user for user in page.included if user["id"] not in self._people]
        self._people.update(user["id"] for user in new)
        return new

    async def _whole(self, case: Resource) -> tuple[list[Resource], Resource, list[Resource]]:
        """A case as all answers together describe it, the people it names, and its comments."""
        users: list[Resource] = []
        cells: list[Resource] = []
        attributes = _members(case, "attributes")
        if self._details and attributes.get("modified_at"):
            with _if_still_there():
                single = await self._read("open the case", "cases", case["id"])
                users = [*single.included]
                case = _united(case, single.data[0]) if single.data else case
        if self._comments and attributes.get("comment_count"):
            with _if_still_there():
                cells = await self._timeline(case["id"])
        return users, case, cells

    async def _timeline(self, case_id: str) -> list[Resource]:
        cells: dict[str, Resource] = {}
        number = 0
        while True:
            params: dict[str, str | int] = {
                "page[number]": number,
                "page[size]": PAGE_SIZE,
                "sort[ascending]": "true",
            }
            page = await self._read(
                "read the timeline of the case", "cases", case_id, "timelines", params=params
            )
            before = len(cells)
            cells.update((cell["id"], _cell_of(case_id, cell)) for cell in page.data)
            if len(cells) == before or len(page.data) < PAGE_SIZE:
                return list(cells.values())
            number += 1

    async def _read(
        self, doing: str, *path: str, params: Mapping[str, str | int] | None = None
    ) -> Resources:
        return await self._pace.read(lambda: self._client.resources(doing, *path, params=params))


@contextmanager
def _if_still_there() -> Iterator[None]:
    """Goes on without what was deleted since it was listed."""
    try:
        yield
    except ApiError as error:
        if error.failure is not Failure.NOT_FOUND:
            raise


def _united(listed: Resource, single: Resource) -> Resource:
    """A case as it was read by itself, with what only a search tells."""
    told = _members(listed, "attributes")
    only = {name: told[name] for name in ("comment_count", "created_by_author") if name in told}
    return {**listed, **single, "attributes": {**_members(single, "attributes"), **only}}


def _cell_of(case_id: str, cell: Resource) -> Resource:
    """A timeline cell that says which case it belongs to, which the API leaves to its path."""
    # Our choice: the relationship is named for what it points to.
    related = {**_members(cell, "relationships"), "case": {"data": {"id": case_id, "type": "case"}}}
    return {**cell, "relationships": related}


def _archived(case: Resource) -> bool:
    return bool(_members(case, "attributes").get("archived_at"))


def _members(resource: Resource, name: str) -> Resource:
    found = resource.get(name)
    return found if isinstance(found, dict) else {}
