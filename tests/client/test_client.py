"""What is sent, and what every failure becomes. The fake is at the HTTP edge."""

from __future__ import annotations

import asyncio
import gzip
import json
import traceback
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.patience import Patience
from triage_tui.budget import Budget
from triage_tui.calls import MAX_BODY, Calls
from triage_tui.changes import (
    AddComment,
    Assign,
    Change,
    CreateCase,
    SetArchived,
    SetPriority,
    SetStatus,
)
from triage_tui.client import CaseClient, connect
from triage_tui.errors import ApiError, ConfigError, Failure
from triage_tui.models import Case, Insight, NewCase, Status, TimelineCell, User
from triage_tui.sites import Credentials, Secret, choose_target

ANSWERS = Path(__file__).parent / "answers"
API_KEY, APP_KEY, TOKEN = "canary-api-0123456789", "canary-app-0123456789", "canary-bearer-01234"
KEYS = Credentials(Secret(API_KEY), Secret(APP_KEY), Secret(TOKEN))
US1 = choose_target({})

Answering = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


def answer(name: str) -> bytes:
    return (ANSWERS / f"{name}.json").read_bytes()


class Streamed(httpx.AsyncByteStream):
    """A body that arrives in chunks, as from a network."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            self.taken += 1
            yield chunk


class Service:
    """Answers every request the same way and remembers what was asked."""

    def __init__(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.requests: list[httpx.Request] = []
        self._status, self._body = status, body
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self._status, headers=self._headers, stream=Streamed(self._body))

    @property
    def asked(self) -> tuple[str, str, Any]:
        """Method, path and body of the only request."""
        [request] = self.requests
        body = json.loads(request.content) if request.content else None
        return request.method, request.url.path, body

    @property
    def params(self) -> dict[str, str]:
        [request] = self.requests
        return dict(request.url.params)


def client_of(answering: Answering, credentials: Credentials | None = KEYS) -> CaseClient:
    patience = Patience()
    return connect(
        US1,
        credentials,
        transport=httpx.MockTransport(answering),  # type: ignore[arg-type]
        budget=patience.budget(),
        sleep=patience.sleep,
    )


async def failure_of(call: Awaitable[object]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await call
    return caught.value


def attributes_of(service: Service) -> Any:
    _, _, body = service.asked
    assert body["data"]["type"] == "case"
    return body["data"].get("attributes")


# What is asked


async def test_search() -> None:
    service = Service(200, answer("search"))
    page = await client_of(service).search(
        "status:open (team:a OR team:b)", number=2, size=2, sort="priority", ascending=True
    )
    assert service.asked == ("GET", "/api/v2/cases", None)
    assert service.params == {
        "page[number]": "2",
        "page[size]": "2",
        "sort[field]": "priority",
        "sort[asc]": "true",
        "filter": "status:open (team:a OR team:b)",
    }
    assert (page.number, len(page.cases), page.total) == (2, 2, 3)


async def test_a_search_for_everything_sends_no_filter() -> None:
    service = Service(200, answer("search"))
    await client_of(service).search("")
    assert service.params == {
        "page[number]": "1",
        "page[size]": "50",
        "sort[field]": "created_at",
        "sort[asc]": "false",
    }


async def test_only_the_cases_of_one_project_are_asked_for() -> None:
    def client(service: Service) -> CaseClient:
        return connect(US1, KEYS, transport=httpx.MockTransport(service), project="OPS")

    for query, asked in [("", "project:OPS"), ("a OR b", "project:OPS (a OR b)")]:
        service = Service(200, answer("search"))
        await client(service).search(query)
        assert service.params["filter"] == asked
        service = Service(200, answer("count"))
        await client(service).count(query, ["status", "priority"], limit=9)
        assert service.params["query_filter"] == asked
        service = Service(200, answer("aggregate"))
        await client(service).aggregate(query, ["status"], limit=9)
        assert service.asked[2]["data"]["attributes"]["query_filter"] == asked


WRITES: list[Callable[[CaseClient], Awaitable[object]]] = [
    lambda c: c.send("7", SetPriority("P1")),
    lambda c: c.send("7", AddComment("a")),
    lambda c: c.create(NewCase("a", "b")),
    lambda c: c.add_insights("7", [Insight("SECURITY_SIGNAL", "a", "b")]),
    lambda c: c.create_project("A", "a"),
    lambda c: c.delete_project("7"),
]


@pytest.mark.parametrize("call", WRITES)
async def test_nothing_is_changed_if_nothing_may_be(
    call: Callable[[CaseClient], Awaitable[object]],
) -> None:
    service = Service(200)
    client = connect(US1, KEYS, transport=httpx.MockTransport(service), read_only=True)
    failure = await failure_of(call(client))
    assert (failure.failure, failure.applied) == (Failure.NOT_ALLOWED, False)
    assert str(failure).endswith("this session is read-only, so nothing was sent.")
    assert service.requests == []


async def test_what_is_read_with_a_post_may_be_asked_of_a_client_that_changes_nothing() -> None:
    service = Service(200, answer("aggregate"))
    client = connect(US1, KEYS, transport=httpx.MockTransport(service), read_only=True)
    await client.aggregate("", ["status"], limit=9)
    assert service.asked[:2] == ("POST", "/api/v2/cases/aggregate")


Call = Callable[[CaseClient], Awaitable[object]]


@pytest.mark.parametrize(
    ("call", "asked", "params", "file"),
    [
        (lambda c: c.case("OPS-17"), ("GET", "/api/v2/cases/OPS-17", None), {}, "case"),
        (lambda c: c.timeline("7", number=3, size=20), ("GET", "/api/v2/cases/7/timelines", None),
         {"page[number]": "3", "page[size]": "20", "sort[ascending]": "false"}, "timeline"),
        (lambda c: c.count("team:a", ["status", "priority"], limit=9),
         ("GET", "/api/v2/cases/count", None),
         {"query_filter": "team:a", "group_bys": "status,priority", "limit": "9"}, "count"),
        (lambda c: c.aggregate("team:a", ["status"], limit=14),
         ("POST", "/api/v2/cases/aggregate", {"data": {"type": "aggregate", "attributes": {
             "query_filter": "team:a", "group_by": {"groups": ["status"], "limit": 14}}}}),
         {}, "aggregate"),
        (lambda c: c.add_insights("7", [Insight("MONITOR", "/monitors/1", "1")]),
         ("PUT", "/api/v2/cases/7/insights", {"data": {"type": "case", "attributes": {"insights": [
             {"type": "MONITOR", "ref": "/monitors/1", "resource_id": "1"}]}}}), {}, "case"),
        (lambda c: c.projects(), ("GET", "/api/v2/cases/projects", None), {}, "projects"),
        (lambda c: c.case_types(), ("GET", "/api/v2/cases/types", None), {}, "case_types"),
        (lambda c: c.users("ann", number=1, size=10), ("GET", "/api/v2/users", None),
         {"filter": "ann", "page[number]": "1", "page[size]": "10", "sort": "name",
          "filter[status]": "Active,Pending"}, "users"),
    ],
)  # fmt: skip
async def test_calls(
    call: Call, asked: tuple[str, str, Any], params: dict[str, str], file: str
) -> None:
    service = Service(200, answer(file))
    assert await call(client_of(service))
    assert (service.asked, service.params) == (asked, params)


@pytest.mark.parametrize(
    ("call", "asked", "file"),
    [
        (lambda c: c.project("p1"), ("GET", "/api/v2/cases/projects/p1", None), "projects"),
        (lambda c: c.create_project("OPS", "Operations"),
         ("POST", "/api/v2/cases/projects", {"data": {"type": "project", "attributes": {
             "key": "OPS", "name": "Operations"}}}), "projects"),
        (lambda c: c.user("u1"), ("GET", "/api/v2/users/u1", None), "users"),
        (lambda c: c.me(), ("GET", "/api/v2/current_user", None), "users"),
    ],
)  # fmt: skip
async def test_calls_for_one(call: Call, asked: tuple[str, str, Any], file: str) -> None:
    first = json.dumps({"data": json.loads(answer(file))["data"][0]}).encode()
    service = Service(200, first)
    assert getattr(await call(client_of(service)), "id") in ("p1", "u1")  # noqa: B009
    assert service.asked == asked


async def test_deleting_a_project_has_no_answer() -> None:
    service = Service(204)
    await client_of(service).delete_project("p1")
    assert service.asked == ("DELETE", "/api/v2/cases/projects/p1", None)


ANN = User("u1", "Ann")


@pytest.mark.parametrize(
    ("change", "path", "attributes"),
    [
        (SetStatus(Status("In Progress", "SG_IN_PROGRESS")), "status",
         {"status_name": "In Progress", "status": "IN_PROGRESS"}),
        (SetStatus(Status("Closed", "SG_CLOSED")), "status",
         {"status_name": "Closed", "status": "CLOSED"}),
        (SetStatus(Status("Pending Approval", "SG_IN_PROGRESS")), "status",
         {"status_name": "Pending Approval"}),
        (SetStatus(Status("Open", "SG_CLOSED")), "status", {"status_name": "Open"}),
        (SetPriority("P1"), "priority", {"priority": "P1"}),
        (Assign(ANN), "assign", {"assignee_id": "u1"}),
        (Assign(None), "unassign", None),
        (SetArchived(True), "archive", None),
        (SetArchived(False), "unarchive", None),
    ],
)  # fmt: skip
async def test_changes(change: Change, path: str, attributes: dict[str, str] | None) -> None:
    service = Service(200, answer("case"))
    case = await client_of(service).send("OPS-17", change)
    assert isinstance(case, Case)
    assert service.asked[:2] == ("POST", f"/api/v2/cases/OPS-17/{path}")
    assert attributes_of(service) == attributes


async def test_a_comment_ends_in_its_timeline_cell() -> None:
    service = Service(200, answer("timeline"))
    cell = await client_of(service).send("7", AddComment("**done**"))
    assert isinstance(cell, TimelineCell)
    assert cell.message == "Hello World !"
    assert service.asked[:2] == ("POST", "/api/v2/cases/7/comment")
    assert attributes_of(service) == {"comment": "**done**"}


async def test_creating_a_case_is_a_change_too() -> None:
    service = Service(201, answer("case"))
    new = NewCase("Disk full", "p1")
    case = await client_of(service).send("", CreateCase(new))
    assert isinstance(case, Case)
    assert service.asked[:2] == ("POST", "/api/v2/cases")
    assert attributes_of(service)["title"] == "Disk full"


@pytest.mark.parametrize("odd", ["../users/1", "a/b?c#d", "%2e%2e", "\ud800", "é x"])
async def test_an_id_stays_one_segment(odd: str) -> None:
    service = Service(200, answer("case"))
    await client_of(service).case(odd)
    [request] = service.requests
    path = request.url.raw_path.decode()
    assert path.startswith("/api/v2/cases/")
    assert path.count("/") == 4
    assert "?" not in path


@pytest.mark.parametrize("nothing", ["", ".", ".."])
async def test_an_id_that_would_be_another_path_is_not_found(nothing: str) -> None:
    service = Service(200, answer("case"))
    error = await failure_of(client_of(service).case(nothing))
    assert (error.failure, service.requests) == (Failure.NOT_FOUND, [])


async def test_a_surrogate_is_mended_before_it_is_sent() -> None:
    service = Service(200, answer("timeline"))
    await client_of(service).send("7", AddComment("half \ud83d"))
    assert attributes_of(service) == {"comment": "half \ufffd"}
    service = Service(200, answer("search"))
    await client_of(service).search("half \udc80")
    assert service.params["filter"] == "half \ufffd"


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda client: client.search("a" * 70_000), "search the cases: the query"),
        (
            lambda client: client.count("é" * 20_000, ["status"], limit=5),
            "count the cases: the query",
        ),
        (lambda client: client.users("a" * 70_000), "list the users: the query"),
        (lambda client: client.case("a" * 70_000), "open the case: the id"),
    ],
    ids=["search", "count", "users", "case"],
)
async def test_what_is_too_long_for_an_address_is_not_sent(call: Call, what: str) -> None:
    service = Service(200, answer("search"))
    error = await failure_of(call(client_of(service)))
    assert str(error) == f"Could not {what} is too long for an address; shorten it."
    assert (error.failure, error.applied, service.requests) == (Failure.REFUSED, False, [])


async def test_what_every_request_says() -> None:
    service = Service(200, answer("search"))
    client = client_of(service)
    await client.search("")
    await client.close()
    headers = service.requests[0].headers
    assert headers["accept-encoding"] == "gzip"
    assert headers["user-agent"].startswith("triage-tui/")
    assert service.requests[0].extensions["timeout"] == {
        "connect": 5, "read": 10, "write": 10, "pool": 5,
    }  # fmt: skip


# What becomes of failures

READ, WRITE = "read", "write"


def asking(client: CaseClient, kind: str) -> Awaitable[object]:
    return client.case("OPS-17") if kind == READ else client.send("OPS-17", SetPriority("P1"))


DENIED = b'{"errors":["Forbidden"]}'


@pytest.mark.parametrize("kind", [READ, WRITE])
@pytest.mark.parametrize(
    ("status", "body", "failure", "applied", "words"),
    [
        (400, b'{"errors":[{"title":"Bad Request","detail":"got type"}]}', Failure.REFUSED, False,
         "got type"),
        (400, b'{"errors":[{"status":"400","title":"Bad Request"}]}', Failure.REFUSED, False,
         "Bad Request"),
        (401, b'{"errors":["Unauthorized"]}', Failure.NOT_SIGNED_IN, False, "DD_API_KEY"),
        (403, b'{"errors":["API key required"]}', Failure.NOT_SIGNED_IN, False, "DD_API_KEY"),
        (403, b'{"errors":["Invalid application key"]}', Failure.NOT_SIGNED_IN, False,
         "DD_APP_KEY"),
        (403, DENIED, Failure.NOT_ALLOWED, False, "Either the keys are not valid"),
        (404, b'{"errors":[{"code":"resource_not_found","title":"case not found"}]}',
         Failure.NOT_FOUND, False, "case not found"),
        (409, b'{"errors":["taken"]}', Failure.REFUSED, False, "taken"),
        (413, b"", Failure.REFUSED, False, "HTTP 413"),
        (418, b"<html><title>Teapot</title>", Failure.REFUSED, False, "Teapot"),
        (422, b'{"errors":["ids differ"]}', Failure.REFUSED, False, "ids differ"),
        (429, b'{"errors":["Rate limit"]}', Failure.RATE_LIMITED, False, "too many requests"),
        (500, b"", Failure.SERVER_TROUBLE, None, "HTTP 500"),
        (502, b"<html><title>Bad Gateway</title>", Failure.SERVER_TROUBLE, None, "Bad Gateway"),
        (599, b"\xff\xfe\x00", Failure.SERVER_TROUBLE, None, "HTTP 599"),
        (301, b"", Failure.UNREADABLE, None, "not followed"),
        (304, b"", Failure.UNREADABLE, None, "not followed"),
        (200, b"", Failure.UNREADABLE, None, " is empty."),
        (200, b"<html><title>Hotel</title>", Failure.UNREADABLE, None,
         " is a web page, “Hotel”. Is there a proxy or a login page in between?"),
        (200, b"\xef\xbb\xbf <!doctype html>", Failure.UNREADABLE, None, " is a web page. "),
        (200, b"OK", Failure.UNREADABLE, None, " is not JSON."),
        (200, b"[" * 5000 + b"]" * 5000, Failure.UNREADABLE, None, " is nested too deeply."),
        (200, '{"data": "é"'.encode("utf-16"), Failure.UNREADABLE, None, "not text in UTF-8"),
        (200, answer("case")[:-9], Failure.UNREADABLE, None, "cut off before its end"),
        (200, b"{}", Failure.UNREADABLE, None, "not one of this API (it has no data)"),
        (200, b'{"data": []}', Failure.UNREADABLE, None, "not a case"),
        (200, b'{"data": {"id": "1", "attributes": {"key": []}}}', Failure.UNREADABLE, None,
         "not a case (attributes.key: Input should be a valid string)"),
        (204, b"", Failure.UNREADABLE, None, " is empty."),
    ],
)  # fmt: skip
async def test_answers_that_are_failures(
    kind: str, status: int, body: bytes, failure: Failure, applied: bool | None, words: str
) -> None:
    error = await failure_of(asking(client_of(Service(status, body)), kind))
    assert (error.failure, error.applied, error.status) == (failure, applied, status)
    assert words in str(error)
    begins = "Could not open the case: " if kind == READ else "Could not set P1 on the case: "
    assert str(error).startswith(begins)
    assert ("look before you try again" in str(error)) == (applied is None and kind == WRITE)


@pytest.mark.parametrize("kind", [READ, WRITE])
@pytest.mark.parametrize(
    ("raised", "failure", "applied"),
    [
        (httpx.ConnectError("no such host"), Failure.UNREACHABLE, False),
        (httpx.ConnectTimeout(""), Failure.TIMED_OUT, False),
        (httpx.PoolTimeout(""), Failure.TIMED_OUT, False),
        (httpx.ProxyError("407"), Failure.UNREACHABLE, False),
        (httpx.ReadTimeout(""), Failure.TIMED_OUT, None),
        (httpx.WriteTimeout(""), Failure.TIMED_OUT, None),
        (httpx.ReadError(""), Failure.UNREACHABLE, None),
        (httpx.WriteError(""), Failure.UNREACHABLE, None),
        (httpx.CloseError(""), Failure.UNREACHABLE, None),
        (httpx.RemoteProtocolError("peer closed"), Failure.UNREACHABLE, None),
    ],
)
async def test_requests_without_an_answer(
    kind: str, raised: httpx.HTTPError, failure: Failure, applied: bool | None
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise raised

    error = await failure_of(asking(client_of(fail), kind))
    assert (error.failure, error.applied, error.status) == (failure, applied, None)
    assert "api.datadoghq.com" in str(error)
    assert str(raised) in str(error)


async def test_a_connection_that_breaks_in_the_middle_of_an_answer() -> None:
    class Broken(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b'{"data": '
            raise httpx.ReadError("reset")

    error = await failure_of(client_of(lambda _: httpx.Response(200, stream=Broken())).me())
    assert (error.failure, error.applied) == (Failure.UNREACHABLE, None)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X_RateLimit_Reset": "7"}, 7.0),
        ({"X_RateLimit_Reset": "0"}, 0.0),
        ({"X_RateLimit_Reset": "300"}, 300.0),
        ({"X_RateLimit_Reset": "301"}, 10.0),
        ({"X_RateLimit_Reset": "nan"}, 10.0),
        ({"X_RateLimit_Reset": "-1"}, 10.0),
        ({"X_RateLimit_Reset": "abc"}, 10.0),
        ({"X_RateLimit_Reset": "1e9"}, 10.0),
        ({"X_RateLimit_Reset": "9" * 5000}, 10.0),
        ({"X_RateLimit_Reset": "1.5", "Retry_After": "4"}, 4.0),
        ({"X_RateLimit_Reset": "7", "Retry_After": "4"}, 7.0),
        ({"Retry_After": "4"}, 4.0),
        ({"Retry_After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 10.0),
        ({}, 10.0),
    ],
)
async def test_how_long_to_wait_when_limited(headers: dict[str, str], seconds: float) -> None:
    error = await failure_of(client_of(Service(429, b"", **headers)).me())
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [(503, {"Retry_After": "4"}, 4.0), (503, {"X_RateLimit_Reset": "50"}, None), (400, {}, None)],
)
async def test_waiting_helps_only_when_asked_to(
    status: int, headers: dict[str, str], seconds: float | None
) -> None:
    error = await failure_of(client_of(Service(status, b"", **headers)).me())
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "after", "applied", "seconds"),
    [
        (503, "4", False, 4.0),
        (503, "3600", False, 300.0),
        (503, "Wed, 21 Oct 2026 07:28:00 GMT", False, 10.0),
        (503, "", None, None),
        (503, "soon", None, None),
        (503, "-1", None, None),
        (500, "4", None, 4.0),
        (502, "4", None, 4.0),
        (504, "4", None, 4.0),
    ],
)
async def test_only_a_server_that_names_a_time_to_come_back_surely_did_nothing(
    status: int, after: str, applied: bool | None, seconds: float | None
) -> None:
    headers = {"Retry_After": after} if after else {}
    client = client_of(Service(status, b"", **headers))
    error = await failure_of(client.send("1", SetArchived(True)))
    assert (error.applied, error.retry_after) == (applied, seconds)
    assert ("may have been done" in str(error)) is (applied is None)


async def test_a_refusal_names_the_permission_it_may_lack() -> None:
    client = client_of(Service(403, DENIED))
    assert "cases_read" in str(await failure_of(client.search("")))
    assert "cases_read" in str(await failure_of(client.aggregate("", ["status"], limit=1)))
    assert "cases_write" in str(await failure_of(client.send("1", SetArchived(True))))
    assert "user_access_read" in str(await failure_of(client.users()))


async def test_a_refusal_without_keys_says_that_none_were_sent() -> None:
    error = await failure_of(client_of(Service(403, DENIED), None).search(""))
    assert "No keys were sent" in str(error)


async def test_the_words_of_the_server_are_cleaned_and_cut() -> None:
    words = "\x1b]52;c;x\x07 [/x] \u202e line\r\none " + "x" * 5000
    body = json.dumps({"errors": [words]}).encode()
    error = await failure_of(client_of(Service(400, body)).me())
    assert str(error).isprintable()
    assert "[/x]" in str(error)
    assert 300 < len(str(error)) < 400


async def test_what_is_being_done_is_cleaned_too() -> None:
    nobody = User("u", "Eve\x1b[2J" + "x" * 5000)
    error = await failure_of(client_of(Service(404)).send("1", Assign(nobody)))
    assert str(error).isprintable()
    assert len(str(error)) < 400


# Where keys go


def test_keys_are_sent_to_the_site() -> None:
    assert sent_keys(US1.base_url) == {API_KEY, APP_KEY, f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("url", "trusted", "sent"),
    [
        ("https://api.datadoghq.eu", False, True),
        ("https://example.com", False, False),
        ("https://example.com", True, True),
        ("http://127.0.0.1:8126", False, False),
        ("http://127.0.0.1:8126", True, True),
        ("https://api.datadoghq.com:8443", False, False),
    ],
)
def test_keys_are_sent_to_others_only_when_trusted(url: str, trusted: bool, sent: bool) -> None:
    assert bool(sent_keys(url, trusted=trusted)) is sent


def sent_keys(url: str, *, trusted: bool = False) -> set[str]:
    service = Service(200, answer("search"))
    transport = httpx.MockTransport(service)
    target = choose_target({}, url=url)
    client = connect(target, KEYS, transport=transport, trusted=trusted)
    asyncio.run(client.search(""))
    return {value for value in service.requests[0].headers.values() if "canary" in value}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    ["https://evil.example/x", "//evil.example", "https://api.datadoghq.eu/api/v2/cases"],
)
async def test_a_redirect_is_never_followed(status: int, location: str) -> None:
    service = Service(status, b"", Location=location)
    error = await failure_of(client_of(service).search(""))
    assert error.failure is Failure.UNREADABLE
    assert ("evil.example" in str(error)) == ("evil" in location)
    assert [request.url.host for request in service.requests] == ["api.datadoghq.com"]


async def test_a_redirect_is_not_followed_by_a_client_that_would() -> None:
    keys_at: dict[str, bool] = {}

    def redirect(request: httpx.Request) -> httpx.Response:
        keys_at[request.url.host] = any("canary" in one for one in request.headers.values())
        return httpx.Response(307, headers={"Location": "https://evil.example/api/v2/cases"})

    client = client_of(redirect)
    client._calls._http.follow_redirects = True
    await failure_of(client.search(""))
    assert keys_at == {"api.datadoghq.com": True}


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 429, 500])
async def test_errors_do_not_show_keys_the_server_repeats(status: int) -> None:
    words = f"bad key {API_KEY}, {APP_KEY}, {TOKEN}"
    body = json.dumps({"errors": [words]}).encode()
    service = Service(status, body, Location=f"https://{API_KEY}.example/")
    error = await failure_of(client_of(service).search(""))
    assert not keys_in(str(error), repr(error), *traceback.format_exception(error))


async def test_errors_do_not_show_keys_of_the_request() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"sent {request.headers.raw}", request=request)

    client = client_of(fail)
    error = await failure_of(client.search(""))
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame.locals or {} for frame in shown.stack if "/triage_tui/" in frame.filename]
    assert any("request" in seen for seen in ours)
    assert not keys_in(str(error), repr(error), *(text for one in ours for text in one.values()))
    assert "canary" not in f"{client!r} {vars(client)!r} {vars(client._calls._http)!r}"


def keys_in(*texts: str) -> list[str]:
    return [text for text in texts if "canary-" in text]


# Bounds


async def test_a_slow_drip_meets_the_deadline() -> None:
    class Drip(httpx.AsyncByteStream):
        closed = False

        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b" "
                turn = asyncio.Event()  # the loop has to run for its deadline to come
                asyncio.get_running_loop().call_soon(turn.set)
                await turn.wait()

        async def aclose(self) -> None:
            self.closed = True

    drip = Drip()
    http = httpx.AsyncClient(
        base_url=US1.base_url,
        transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=drip)),
    )
    client = CaseClient(Calls(http, Budget(), deadline=0.02))
    error = await failure_of(client.send("1", SetPriority("P1")))
    assert (error.failure, error.applied) == (Failure.TIMED_OUT, None)
    assert drip.closed


async def test_being_cancelled_is_not_a_failure() -> None:
    started = asyncio.Event()

    async def hang(request: httpx.Request) -> httpx.Response:
        started.set()
        return await asyncio.Future[httpx.Response]()

    call = asyncio.ensure_future(client_of(hang).me())
    await started.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


def gzipped(content: bytes, *headers: tuple[str, str]) -> Answering:
    def answering(request: httpx.Request) -> httpx.Response:
        lines = [("content-encoding", "gzip"), *headers]
        return httpx.Response(200, headers=lines, stream=Streamed(content[:9], content[9:]))

    return answering


async def test_an_answer_is_unpacked() -> None:
    page = await client_of(gzipped(gzip.compress(answer("search")))).search("")
    assert len(page.cases) == 2


async def test_a_bomb_is_not_unpacked_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    unpacker = zlib.decompressobj

    class Watched:
        def __init__(self, wbits: int) -> None:
            self._unpack = unpacker(wbits=wbits)

        def decompress(self, chunk: bytes, most: int) -> bytes:
            unpacked = self._unpack.decompress(chunk, most)
            sizes.append(len(unpacked))
            return unpacked

    bomb = gzip.compress(b" " * (4 * MAX_BODY))
    monkeypatch.setattr("triage_tui.calls.zlib.decompressobj", Watched)
    error = await failure_of(client_of(gzipped(bomb)).search(""))
    assert error.failure is Failure.UNREADABLE
    assert "too large" in str(error)
    assert sum(sizes) == MAX_BODY + 1


async def test_an_endless_answer_is_left() -> None:
    stream = Streamed(*[b" " * 2**20] * 64)
    client = client_of(lambda _: httpx.Response(200, stream=stream))
    error = await failure_of(client.search(""))
    assert "too large" in str(error)
    assert stream.taken == 17


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "x"])
async def test_an_unknown_compression_is_unreadable(coding: str) -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": coding}, stream=Streamed(b"{}"))

    assert (await failure_of(client_of(answering).me())).failure is Failure.UNREADABLE


async def test_a_status_counts_even_when_the_body_is_spoiled() -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"content-encoding": "gzip"}, stream=Streamed(b"no"))

    assert (await failure_of(client_of(answering).me())).failure is Failure.RATE_LIMITED


async def test_a_transport_in_this_process_may_answer_all_at_once() -> None:
    client = client_of(lambda _: httpx.Response(200, content=answer("search")))
    assert len((await client.search("")).cases) == 2


@pytest.mark.parametrize(
    ("said", "failure", "applied"),
    [
        (None, Failure.UNREACHABLE, False),
        (b"", Failure.UNREACHABLE, None),
        (b"SSH-2.0-OpenSSH\r\n", Failure.UNREACHABLE, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Failure.UNREACHABLE, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", Failure.UNREADABLE, None),
        (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", Failure.SERVER_TROUBLE, None),
    ],
)
async def test_over_a_real_connection(
    said: bytes | None, failure: Failure, applied: bool | None
) -> None:
    """A port that says something and hangs up; None: a port where nobody listens."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said or b"")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if said is None:
        server.close()
        await server.wait_closed()
    client = connect(choose_target({}, url=f"http://127.0.0.1:{port}"), KEYS)
    error = await failure_of(client.me())
    await client.close()
    server.close()
    await server.wait_closed()
    assert (error.failure, error.applied) == (failure, applied)
    assert "127.0.0.1" in str(error)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SSL_CERT_FILE", "/nowhere/at-all.pem"), ("HTTPS_PROXY", "odd://user:canary-pw@proxy")],
)
def test_an_environment_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=name) as refusal:
        connect(US1, KEYS)
    assert "canary" not in "".join(traceback.format_exception(refusal.value))


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "odd://proxy")
    assert connect(choose_target({}, url="http://127.0.0.1:1"), None)


async def test_a_whole_answer_keeps_its_times() -> None:
    case = await client_of(Service(200, answer("full_case"))).case("SEC-9")
    assert case.archived_at == datetime(2026, 1, 24, 0, 47, 45, 477244, UTC)
