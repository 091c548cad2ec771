"""The Case Management API as typed calls that end in a value or in an `ApiError`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar

import httpx

from triage_tui import __version__, wire
from triage_tui.beside_changes import BesideChange, Duplicate
from triage_tui.budget import Budget
from triage_tui.calls import Call, Calls, Told
from triage_tui.calls import api_path as _path
from triage_tui.changes import AddComment, Change, CreateCase
from triage_tui.errors import ApiError, ConfigError, Failure
from triage_tui.field_changes import SetAttribute
from triage_tui.models import (
    Case,
    CasePage,
    CaseType,
    Definition,
    Facet,
    Insight,
    NewCase,
    Project,
    Quota,
    TimelineCell,
    User,
)
from triage_tui.related_calls import RelatedCalls
from triage_tui.sending import request_for
from triage_tui.sites import Credentials, Target, keys_may_go_to, may_be_asked
from triage_tui.text import clean
from triage_tui.view_calls import ViewCalls

T = TypeVar("T")


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

READ_ONLY = "this session is read-only, so nothing was sent."
"""Completes the sentence about what was not changed."""


class _Keys(httpx.Auth):
    """Puts the credentials on requests to one origin, and on no others.

    A redirect is not seen here: httpx would take DD-API-KEY along to another host. So none is
    followed.
    """

    def __init__(self, credentials: Credentials, url: httpx.URL) -> None:
        self._credentials = credentials
        self._origin = _origin(url)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if _origin(request.url) == self._origin:
            request.headers.update(self._credentials.headers())
        yield request


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def connect(
    target: Target,
    credentials: Credentials | None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    trusted: bool = False,
    read_only: bool = False,
    project: str = "",
    budget: Budget | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> CaseClient:
    """A client for `target`. Nothing is sent yet.

    Args:
        credentials: Sent to the API hosts of `sites.SITES` only; see `trusted`.
        transport: Answers in this process instead of over the network.
        trusted: The person wants the credentials sent to `target`, whatever its host is.
        read_only, project: As `CaseClient` has them.
        budget, sleep: Where requests wait while the server limits the rate, and reads before they
            are sent again.

    Raises:
        ConfigError: If the address would send everything unprotected, or if the certificate or
            proxy variables of the environment cannot be used.
    """
    if transport is None and not may_be_asked(target.base_url):
        raise ConfigError(f"Plain http would send cases unprotected: use https for {target.name}.")
    try:
        url = httpx.URL(target.base_url)
        allowed = trusted or keys_may_go_to(*_origin(url))
        secure = transport is None and url.scheme == "https"
        http = httpx.AsyncClient(
            base_url=url,
            auth=_Keys(credentials, url) if credentials and allowed else None,
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"triage-tui/{__version__}",
            },
            timeout=httpx.Timeout(10, connect=5, pool=5),
            # As many as cases are written to at once: making one anew costs two or three trips.
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=8),
            follow_redirects=False,
            # Nothing that a server hands out is given to it, or to anybody, again.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            transport=transport,
            # Read for this machine too, whose certificate is seldom one that everybody trusts.
            # Nothing is verified where there is no TLS, and its context takes 50 ms to make.
            verify=secure and httpx.create_ssl_context(),
            # A proxy is for the outside: asking it for this machine would fail or leak.
            trust_env=transport is None and not target.is_loopback,
        )
    except (OSError, ValueError, ImportError, httpx.InvalidURL):
        # Not chained: the address of a proxy may hold a password.
        raise ConfigError(
            f"Cannot get ready to connect to {target.name}. Check SSL_CERT_FILE, SSL_CERT_DIR and"
            " the proxy variables (HTTPS_PROXY, ALL_PROXY, NO_PROXY)."
        ) from None
    calls = Calls(http, budget or Budget(), sleep=sleep)
    return CaseClient(calls, read_only=read_only, project=project)


def _the_case(id_or_key: str) -> Callable[[bytes], Case]:
    """Reads an answer about this case: what a confused proxy says about another is not believed.

    A key is not compared, since a case that moved to another project has a new one.
    """

    def read(content: bytes) -> Case:
        case = wire.case(content)
        if _ID.fullmatch(id_or_key) and case.id.lower() != id_or_key.lower():
            raise wire.Unreadable("about another case", advice="Check the proxy.", passing=True)
        return case

    return read


class CaseClient(RelatedCalls, ViewCalls):
    """One method for each operation. All raise `ApiError`, and only that.

    Those that read are repeated where that may help; those that write never are. All wait while
    the server limits the rate, the writing ones first in line.

    Args:
        read_only: Whatever would change something is refused, and not sent.
        project: Key of the only project whose cases are searched and counted; "" for all.

    Attributes:
        only_project: The same; it may be another one from any time on.
    """

    def __init__(self, calls: Calls, *, read_only: bool = False, project: str = "") -> None:
        self._calls = calls
        self._read_only = read_only
        self.only_project = project

    def _within(self, query: str) -> str:
        """The query, asked of the one project only if there is one."""
        if not self.only_project:
            return query
        own = f"project:{self.only_project}"
        return f"{own} ({query})" if query.strip() else own

    async def close(self) -> None:
        """Close the connections. No call may follow."""
        await self._calls.close()

    @property
    def budget(self) -> Budget:
        """How fast the server may be asked, and why requests wait."""
        return self._calls.budget

    @property
    def quota(self) -> Quota | None:
        """What the last answer said about limits, or None if none said anything."""
        return self.budget.quota

    # Reading cases

    async def search(
        self,
        query: str,
        *,
        number: int = 1,
        size: int = 50,
        sort: str = "created_at",
        ascending: bool = False,
    ) -> CasePage:
        """One page of the cases that match.

        Args:
            query: As the query bar has it; "" matches all that is not archived.
            number: One-based page number.
            size: Cases in a page, 1 to 100.
            sort: One of `models.SORT_FIELDS`.
        """
        params: dict[str, str | int] = {
            "page[number]": number,
            "page[size]": size,
            "sort[field]": sort,
            "sort[asc]": "true" if ascending else "false",
        }
        if asked := self._within(query):
            params["filter"] = asked
        return await self._ask(
            "search the cases",
            lambda content: wire.case_page(content, number=number, size=size),
            "GET",
            _path("cases"),
            params=params,
        )

    async def case(self, id_or_key: str) -> Case:
        """The case with this id or key."""
        path, read = _path("cases", id_or_key), _the_case(id_or_key)
        return await self._ask("open the case", read, "GET", path)

    async def timeline(
        self, case_id: str, *, number: int = 0, size: int = 50
    ) -> tuple[TimelineCell, ...]:
        """One page of what happened to a case, newest first.

        Args:
            number: Zero-based page number.
            size: Cells in a page, 1 to 100.
        """
        return await self._ask(
            "read the timeline of the case",
            wire.timeline,
            "GET",
            _path("cases", case_id, "timelines"),
            params={"page[number]": number, "page[size]": size, "sort[ascending]": "false"},
        )

    async def count(self, query: str, fields: Sequence[str], *, limit: int) -> tuple[Facet, ...]:
        """The values of each of `fields` among the matching cases; one facet for each, in order.

        Args:
            limit: Values for each field, the most frequent ones.
        """
        return await self._ask(
            "count the cases",
            lambda content: wire.facets(content, fields),
            "GET",
            _path("cases", "count"),
            params={
                "query_filter": self._within(query),
                "group_bys": ",".join(fields),
                "limit": limit,
            },
        )

    async def aggregate(self, query: str, fields: Sequence[str], *, limit: int) -> wire.Aggregate:
        """How many cases match, and how many for each combination of values of `fields`.

        Args:
            limit: Combinations, 1 to 1000.
        """
        return await self._ask(
            "count the cases",
            wire.aggregate,
            "POST",
            _path("cases", "aggregate"),
            body=wire.aggregate_body(self._within(query), fields, limit),
        )

    # Writing cases

    async def create(self, new: NewCase, *, told: Told | None = None) -> Case:
        """Create a case. Sending it twice makes two."""
        body, path = wire.new_case_body(new), _path("cases")
        return await self._ask("create the case", wire.case, "POST", path, body=body, told=told)

    async def may_send(self, case_id: str, change: Change) -> bool:
        """Wait until the limits of the server let a change be sent; True if that took time."""
        request = request_for(case_id, change)
        call = Call("", request.method, _path("cases", *request.segments))
        return await self.budget.opened(call.route, writing=True)

    async def send(
        self, case_id: str, change: Change, *, told: Told | None = None
    ) -> Case | TimelineCell | None:
        """Make a change, and what the server says of it.

        That is the case as it is then; for a new comment, its timeline cell; for what is not a
        part of a case, None.

        Args:
            case_id: Id or key. `CreateCase` has no case yet and does not look at it.
            told: Called with the receipt of a success; an `ApiError` has all that is in one.
        """
        if isinstance(change, CreateCase):
            return await self.create(change.new, told=told)
        seen = await self.case(case_id) if isinstance(change, SetAttribute) else None
        link_id = ""
        if isinstance(change, Duplicate) and not change.on:
            # Whoever takes a link away has to know its id, which only the list of links tells.
            links = await self.links(case_id)
            link_id = next((one.id for one in links if change.is_link(one, case_id)), "")
            if not link_id:
                return None
        request = request_for(case_id, change, seen.attributes if seen else None, link_id)
        read: Callable[[bytes], Case | TimelineCell | None] = _the_case(case_id)
        if isinstance(change, AddComment):
            read = wire.comment
        elif isinstance(change, BesideChange):
            # Nobody has described an answer.
            read = _nothing
        path = _path("cases", *request.segments)
        doing = f"{change.phrase} the case"
        return await self._ask(doing, read, request.method, path, body=request.body, told=told)

    async def add_insights(self, case_id: str, insights: Iterable[Insight]) -> Case:
        """Tie 1 to 100 things that explain it to a case, and the case as it is then."""
        body = wire.insights_body(insights)
        path = _path("cases", case_id, "insights")
        return await self._ask("add insights to the case", wire.case, "PUT", path, body=body)

    # Projects, case types, users

    async def projects(self) -> tuple[Project, ...]:
        """All projects."""
        path = _path("cases", "projects")
        return await self._ask("list the projects", wire.projects, "GET", path)

    async def project(self, project_id: str) -> Project:
        """The project with this id."""
        path = _path("cases", "projects", project_id)
        return await self._ask("open the project", wire.project, "GET", path)

    async def create_project(self, key: str, name: str) -> Project:
        """Create a project.

        Args:
            key: 1 to 10 characters, not CASE; it can never be changed.
        """
        body = wire.project_body(key, name)
        path = _path("cases", "projects")
        return await self._ask("create the project", wire.project, "POST", path, body=body)

    async def delete_project(self, project_id: str) -> None:
        """Delete a project and, for good, its cases."""
        path = _path("cases", "projects", project_id)
        await self._ask("delete the project", lambda _: None, "DELETE", path)

    async def case_types(self) -> tuple[CaseType, ...]:
        """All case types, deleted ones too: their cases are still there."""
        path = _path("cases", "types")
        return await self._ask("list the case types", wire.case_types, "GET", path)

    async def definitions(self) -> tuple[Definition, ...]:
        """What the custom attributes of all case types may hold."""
        path = _path("cases", "types", "custom_attributes")
        return await self._ask("list the custom attributes", wire.definitions, "GET", path)

    async def users(self, text: str = "", *, number: int = 0, size: int = 100) -> tuple[User, ...]:
        """One page of the users a case can be given to, by name.

        Args:
            text: Only users with this in their name or e-mail.
            number: Zero-based page number.
            size: Users in a page, 1 to 100.
        """
        params: dict[str, str | int] = {
            "page[number]": number,
            "page[size]": size,
            "sort": "name",
            # Somebody who was invited can be given a case; somebody who left should not be.
            "filter[status]": "Active,Pending",
        }
        if text:
            params["filter"] = text
        return await self._ask("list the users", wire.users, "GET", _path("users"), params=params)

    async def user(self, user_id: str) -> User:
        """The user with this id."""
        return await self._ask("find the user", wire.user, "GET", _path("users", user_id))

    async def me(self) -> User:
        """The user the keys belong to."""
        return await self._ask("find out who you are", wire.user, "GET", _path("current_user"))

    # Whatever there is

    async def resources(
        self, doing: str, *segments: str, params: Mapping[str, str | int] | None = None
    ) -> tuple[wire.Resources, Quota | None]:
        """What is found below a path, with nothing left out, and how many requests are left.

        One request, sent at once: whoever reads a whole server has a pace of their own.

        Args:
            doing: Completes "Could not ...".
            segments: Of the path after the version: "cases", "projects".
        """
        call = Call(_could_not(doing), "GET", _path(*segments), params)
        found, receipt = await self._calls.once(call, wire.resources)
        return found, receipt.quota

    async def _ask(
        self,
        doing: str,
        read: Callable[[bytes], T],
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        told: Told | None = None,
    ) -> T:
        """Send a request and read its answer; `doing` completes "Could not ..."."""
        failed = _could_not(doing)
        if self._read_only and method != "GET" and path != _path("cases", "aggregate"):
            raise ApiError(f"{failed}: {READ_ONLY}", Failure.NOT_ALLOWED)
        return await self._calls.ask(Call(failed, method, path, params, body), read, told)


def _nothing(content: bytes) -> None:
    return None


def _could_not(doing: str) -> str:
    return f"Could not {clean(doing, limit=200)}"
