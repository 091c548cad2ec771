"""Whatever is sent, the answer says what was wrong with it, and never 5xx."""

from __future__ import annotations

import asyncio
import random
import re
import string
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.answers import bad_request
from tests.server.conftest import BOB, CELL, DISK, NOW, OPS, SEC
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.bodies import BODY_LIMIT
from triage_tui.server.routes import ROUTES
from triage_tui.server.store import Store

JSON = {"content-type": "application/json"}
PRIORITY = f"/api/v2/cases/{DISK.id}/priority"


def bad_parameter(name: str, expected: str) -> dict[str, Any]:
    detail = f'invalid parameter "{name}" in "query"; expected {expected}'
    return {"errors": [{"status": "400", "title": "Invalid Parameter", "detail": detail}]}


def short(value: object) -> str:
    """The name of a parameter that may be very long."""
    return ascii(value)[:40]


def priority(text: str) -> bytes:
    return f'{{"data":{{"type":"case","attributes":{{"priority":{text}}}}}}}'.encode()


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "the body is not JSON"),
        (b"{", "the body is not JSON"),
        (b"\xff\xfe{}", "the body is not JSON"),
        (b'"\xed\xa0\x80"', "the body is not JSON"),
        ('{"data":{}}'.encode("utf-16"), "the body is not JSON"),
        (b"\xef\xbb\xbf{}", "the body is not JSON"),
        (b"[" * 90_000, "the body is not JSON"),
        (b'{"data":' * 50_000 + b"1" + b"}" * 50_000, "the body is not JSON"),
        (priority("NaN"), "the body is not JSON"),
        (priority("-Infinity"), "the body is not JSON"),
        (priority("1e999"), "the body is not JSON"),
        (priority('"\\ud800"'), "the body is not JSON"),
        (priority("9" * 5000), "the body is not JSON"),
        (
            b'{"data":{"type":"case","attributes":{"priority":"P1","priority":"P2"}}}',
            'the body has "priority" twice in one object',
        ),
        (
            b'{"data":{"type":"case"},"x\\u001b":[{"\\ud800":1,"\\ud800":1}]}',
            'the body has "\\ud800" twice in one object',
        ),
        (
            b"{" + b",".join(b'"%d":0' % n for n in range(90_000)) + b',"7":1}',
            'the body has "7" twice in one object',
        ),
        (b"[]", "the body is not a JSON object"),
        (b"null", "the body is not a JSON object"),
        (b'"data"', "the body is not a JSON object"),
        (b"{}", 'the body has no "data"'),
        (b'{"data":null}', 'the body has no "data"'),
        (b'{"data":[]}', 'error decoding attribute "data": invalid type array'),
        (b'{"data":{"id":"x"}}', 'got type "" expected one of "case"'),
        (b'{"data":{"type":"project"}}', 'got type "project" expected one of "case"'),
        (b'{"data":{"type":7}}', 'error decoding attribute "type": invalid type number'),
        (
            b'{"data":{"type":"case","attributes":[]}}',
            'error decoding attribute "attributes": invalid type array',
        ),
        (priority("1"), 'error decoding attribute "priority": invalid type number'),
        (priority("9" * 400), 'error decoding attribute "priority": invalid type number'),
        (priority("true"), 'error decoding attribute "priority": invalid type bool'),
        (priority("{}"), 'error decoding attribute "priority": invalid type object'),
    ],
    ids=short,
)
async def test_bodies(http: httpx.AsyncClient, body: bytes, detail: str) -> None:
    response = await http.post(PRIORITY, content=body, headers=JSON)
    assert (response.status_code, response.json()) == (400, bad_request(detail))
    assert response.headers["content-type"] == "application/vnd.api+json"


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [
        ("page[size]=0", bad_parameter("page[size]", "a number from 1 to 100")),
        ("page[size]=101", bad_parameter("page[size]", "a number from 1 to 100")),
        ("page[size]=-1", bad_parameter("page[size]", "a number from 1 to 100")),
        ("page[size]=abc", bad_parameter("page[size]", 'type "integer"')),
        ("page[size]=1.5", bad_parameter("page[size]", 'type "integer"')),
        ("page[size]=%D9%A3", bad_parameter("page[size]", 'type "integer"')),
        ("page[number]=-1", bad_parameter("page[number]", "a number from 0 to 2147483647")),
        ("page[number]=2147483648", bad_parameter("page[number]", "a number from 0 to 2147483647")),
        ("page[number]=" + "9" * 5000, bad_parameter("page[number]", 'type "integer"')),
        (
            "sort[field]=title",
            bad_parameter("sort[field]", "one of created_at, priority, status"),
        ),
        ("sort[asc]=maybe", bad_parameter("sort[asc]", 'type "boolean"')),
    ],
    ids=short,
)
async def test_parameters_of_a_search(
    http: httpx.AsyncClient, parameters: str, answer: object
) -> None:
    response = await http.get(f"/api/v2/cases?{parameters}")
    assert (response.status_code, response.json()) == (400, answer)


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [
        ("limit=1&limit=2", bad_parameter("limit", "one value")),
        ("filter=a&x=1&fil%74er=a", bad_parameter("filter", "one value")),
        ("x=%FF", bad_request("the query parameters are not UTF-8")),
        ("%C3=x", bad_request("the query parameters are not UTF-8")),
        (
            "&".join(f"x{n}" for n in range(101)),
            bad_request("there may be 100 query parameters at most"),
        ),
    ],
    ids=short,
)
async def test_parameters_that_no_operation_takes(
    http: httpx.AsyncClient, parameters: str, answer: object
) -> None:
    for path in ("/api/v2/cases", "/api/v2/cases/count", f"/api/v2/cases/{DISK.id}"):
        response = await http.get(f"{path}?{parameters}")
        assert (response.status_code, response.json()) == (400, answer)


async def test_as_many_parameters_as_there_may_be(http: httpx.AsyncClient) -> None:
    parameters = "&".join(f"x{n}" for n in range(100))
    assert (await http.get(f"/api/v2/cases?{parameters}")).status_code == 200


@pytest.mark.parametrize(
    ("query", "position"),
    [("status:open (", 13), ("priority:P9", 10), ("status:nonsense", 8), ("x" * 5000, 4097)],
    ids=short,
)
async def test_a_query_that_cannot_be_read_says_where(
    http: httpx.AsyncClient, query: str, position: int
) -> None:
    for response in (
        await http.get("/api/v2/cases", params={"filter": query}),
        await http.get("/api/v2/cases/count", params={"query_filter": query}),
    ):
        [error] = response.json()["errors"]
        assert (response.status_code, error["title"]) == (400, "Bad Request")
        assert error["detail"].endswith(f"(at character {position})")


async def test_parameters_of_other_listings(http: httpx.AsyncClient) -> None:
    response = await http.get(f"/api/v2/cases/{DISK.id}/timelines?sort[ascending]=1")
    assert response.json() == bad_parameter("sort[ascending]", 'type "boolean"')
    response = await http.get("/api/v2/cases/count?limit=1001")
    assert response.json() == bad_parameter("limit", "a number from 1 to 1000")
    fields = ",".join(string.ascii_letters)
    response = await http.get(f"/api/v2/cases/count?group_bys={fields}")
    assert response.json() == bad_parameter("group_bys", "at most 20 fields")


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        (
            "page[size]=101",
            'invalid parameter "page[size]" in "query"; expected a number from 1 to 100',
        ),
        (
            "sort=shoe_size",
            'invalid parameter "sort" in "query"; expected one of name, modified_at, user_count',
        ),
        ("sort_dir=up", 'invalid parameter "sort_dir" in "query"; expected one of asc, desc'),
        ("filter[status]=Gone", "invalid status Gone. Must be one of Active, Pending, Disabled"),
    ],
)
async def test_the_users_api_answers_with_texts(
    http: httpx.AsyncClient, parameters: str, text: str
) -> None:
    response = await http.get(f"/api/v2/users?{parameters}")
    assert (response.status_code, response.json()) == (400, {"errors": [text]})
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None],
)
async def test_what_a_page_may_send_without_permission_writes_nothing(
    http: httpx.AsyncClient, content_type: str | None
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = await http.post(PRIORITY, content=priority('"P1"'), headers=headers)
    detail = "send the body as application/json or application/vnd.api+json"
    error = {"status": "415", "title": "Unsupported Media Type", "detail": detail}
    assert (response.status_code, response.json()) == (415, {"errors": [error]})
    case = (await http.get(f"/api/v2/cases/{DISK.id}")).json()
    assert case["data"]["attributes"]["priority"] == "P2"


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/vnd.api+JSON"]
)
async def test_both_media_types_are_taken(http: httpx.AsyncClient, content_type: str) -> None:
    headers = {"content-type": content_type}
    response = await http.post(PRIORITY, content=priority('"P1"'), headers=headers)
    assert response.status_code == 200


async def test_a_page_gets_no_permission_to_write(http: httpx.AsyncClient) -> None:
    headers = {
        "origin": "https://evil.example",
        "access-control-request-method": "DELETE",
        "access-control-request-headers": "content-type",
    }
    response = await http.options(f"/api/v2/cases/projects/{OPS.id}", headers=headers)
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "0.0.0.0", "a@127.0.0.1", "127.0.0.1.", ""]
)
async def test_other_hosts_are_turned_away(http: httpx.AsyncClient, host: str) -> None:
    response = await http.get("/api/v2/cases", headers={"host": host})
    assert response.status_code == 400


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:80", "LOCALHOST"])
async def test_the_names_of_this_machine_are_taken(http: httpx.AsyncClient, host: str) -> None:
    assert (await http.get("/api/v2/cases", headers={"host": host})).status_code == 200


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 4096 + 1):
        yield b" " * 4096


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit(http: httpx.AsyncClient, chunked: bool) -> None:
    content = chunks(BODY_LIMIT) if chunked else b" " * (BODY_LIMIT + 1)
    response = await http.post(PRIORITY, content=content, headers=JSON)
    detail = "a body may have 1048576 bytes at most"
    [error] = response.json()["errors"]
    assert (response.status_code, error["detail"]) == (413, detail)


async def test_a_body_that_never_arrives(store: Store) -> None:
    async def nothing() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    transport = httpx.ASGITransport(create_app(store, now=lambda: NOW, patience=0))
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
        response = await http.post(PRIORITY, content=nothing(), headers=JSON)
    detail = "the body did not arrive in time"
    error = {"status": "408", "title": "Request Timeout", "detail": detail}
    assert (response.status_code, response.json()) == (408, {"errors": [error]})


async def test_a_body_at_the_limit(http: httpx.AsyncClient) -> None:
    content = priority('"P1"').ljust(BODY_LIMIT)
    assert (await http.post(PRIORITY, content=content, headers=JSON)).status_code == 200


async def test_an_unknown_path(http: httpx.AsyncClient) -> None:
    for path in ("/", "/api/v2/cases/", "/api/v2/cases/OPS-1/nonsense", "/api/v2/case", "//"):
        response = await http.get(path)
        assert response.status_code == 404
        assert response.json() == {"errors": [{"status": "404", "title": "Not Found"}]}


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PATCH", "/api/v2/cases", "GET, HEAD, POST"),
        ("DELETE", "/api/v2/cases/projects", "GET, HEAD, POST"),
        ("POST", f"/api/v2/cases/projects/{OPS.id}", "DELETE, GET, HEAD, PATCH"),
        ("GET", f"/api/v2/cases/projects/{OPS.id}/favorites", "DELETE, POST"),
        ("PUT", "/api/v2/cases/views", "GET, HEAD, POST"),
        ("GET", "/api/v2/maintenance_windows/x", "DELETE, PUT"),
        ("POST", "/api/v2/cases/count", "GET, HEAD"),
        ("GET", "/api/v2/cases/aggregate", "POST"),
        ("BREW", "/api/v2/cases/aggregate", "POST"),
        ("GET", "/api/v2/cases/OPS-1/status", "POST"),
        ("OPTIONS", "/api/v2/cases/types", "GET, HEAD, POST"),
        ("PUT", "/api/v2/cases/types/custom_attributes", "GET, HEAD"),
        ("POST", "/api/v2/cases/OPS-1/insights", "DELETE, PUT"),
    ],
)
async def test_a_wrong_method_names_the_right_ones(
    http: httpx.AsyncClient, method: str, path: str, allow: str
) -> None:
    response = await http.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == allow
    assert response.json() == {"errors": [{"status": "405", "title": "Method Not Allowed"}]}


async def test_a_wrong_method_of_the_users_api(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/current_user")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
    assert response.json() == {"errors": ["Method Not Allowed"]}


async def test_a_search_that_takes_too_long_is_given_up(tmp_path: Path, store: Store) -> None:
    impatient = Store.open(tmp_path / "workspace.db", patience=-1.0)
    transport = httpx.ASGITransport(create_app(impatient, now=lambda: NOW))
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
        work = " OR ".join(f"*x{n}*" for n in range(100))
        response = await http.get("/api/v2/cases", params={"filter": work})
    impatient.close()
    [error] = response.json()["errors"]
    assert (response.status_code, error["title"]) == (400, "Bad Request")
    assert "given up" in error["detail"]


async def test_a_store_that_cannot_be_used_is_told(store: Store) -> None:
    transport = httpx.ASGITransport(create_app(store, now=lambda: NOW))
    store.close()
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
        response = await http.get("/api/v2/cases")
    [error] = response.json()["errors"]
    assert (response.status_code, error["title"]) == (503, "Service Unavailable")


VALUES: list[object] = [
    None,
    True,
    0,
    -1,
    10**30,
    10**400,
    1e308,
    "",
    " ",
    "\0",
    "case",
    "project",
    "P1",
    "OPEN",
    "CASE",
    "BLOCKS",
    DISK.id,
    "\u202e\U0001f9ef",
    "archive",
    "2026-12-31",
    "x" * 5000,
    "'; DROP TABLE cases; --",
    "status:(",
    "comment_count:>99999999999999999999",
    "created_at:>now-999999999w",
    "title:*\\",
    BOB.id,
    OPS.id,
    SEC.id,
    [],
    [[]],
    ["status", "team"],
    [DISK.id, "OPS-2"],
    {"service": ["a", "\0"], "team": []},
    {"priority": "P1", "project_id": SEC.id, "assignee_id": BOB.id},
    {},
    {"type": "user", "id": BOB.id},
    {"data": {"type": "project", "id": OPS.id}},
    {"k": {"type": "NUMBER", "is_multi": False, "value": 10**400}},
    {"k": {"type": "TEXT", "is_multi": True, "value": ["\0"]}},
    {"": {"type": "URL", "is_multi": False, "value": ""}},
    {"groups": ["status"], "limit": 10**30},
    {"groups": ["\0", "'"], "limit": 5},
    {"type": "CASE_CREATED", "data": {}},
    {"type": "EXECUTE_WORKFLOW", "data": {"handle": "\0"}},
    [{"type": "EMAIL", "data": {"email": "'@\U0001f9ef"}}],
    {"notification": {"enabled": False, "destinations": [1, 10**30]}},
    {"columns": [{"sort": {"priority": -(10**30)}}]},
    "2026-12-15T08:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999999-23:59",
    [OPS.id],
]
NAMES = [
    "title",
    "type_id",
    "type",
    "priority",
    "description",
    "status_name",
    "status",
    "assignee_id",
    "custom_attributes",
    "insights",
    "comment",
    "key",
    "name",
    "query_filter",
    "group_by",
    "parent_entity_type",
    "parent_entity_id",
    "child_entity_type",
    "child_entity_id",
    "relationship",
    "jira_issue_url",
    "query",
    "project_id",
    "np_rule_id",
    "recipients",
    "triggers",
    "trigger",
    "action",
    "state",
    "start_at",
    "end_at",
    "settings",
    "columns_config",
    "enabled_custom_case_types",
    "team_uuid",
    "attributes",
    "case_ids",
    "due_date",
    "is_multi",
    "payload",
    "security_resolved_reason",
    "value",
]
PARAMETERS = [
    "entity_type",
    "entity_id",
    "relationship",
    "project_id",
    "page[size]",
    "page[number]",
    "sort[field]",
    "sort[asc]",
    "sort[ascending]",
    "filter",
    "filter[status]",
    "query_filter",
    "group_bys",
    "limit",
    "sort",
    "sort_dir",
    "case_id",
    "from",
    "to",
]


TYPES = [
    *["case"] * 4,
    *["project", "view", "notification_rule", "rule", "maintenance_window"],
    *["aggregate", "bulk", "link", "issues", "incidents"],
    1,
]
"""What the resource in a body says it is."""

SEGMENTS = ["OPS-1", DISK.id, SEC.id, OPS.id, BOB.id, CELL.id, "%00", "%F0%9F", "'", "x" * 3000]
"""What the variable parts of a path are filled with."""


@pytest.mark.parametrize("seed", range(8))
async def test_no_input_breaks_the_server(store: Store, seed: int) -> None:
    """In process, what an operation raises comes out of the call instead of as a 500."""
    chance = random.Random(seed)
    transport = httpx.ASGITransport(create_app(store, now=lambda: NOW))
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
        for _ in range(250):
            path = chance.choice(list(ROUTES))
            method = chance.choice(list(ROUTES[path]))
            path = re.sub(r"\{\w+\}", lambda _: chance.choice(SEGMENTS), path)
            data: dict[str, object] = {
                "type": chance.choice(TYPES),
                "id": chance.choice(VALUES),
                "attributes": {
                    name: chance.choice(VALUES)
                    for name in chance.sample(NAMES, chance.randint(0, 12))
                },
                "relationships": {
                    name: chance.choice(VALUES)
                    for name in ("project", "assignee")
                    if chance.random() < 0.8
                },
            }
            response = await http.request(
                method,
                path,
                params={
                    name: str(chance.choice(VALUES))
                    for name in chance.sample(PARAMETERS, chance.randint(0, 2))
                },
                json={"data": data} if chance.random() < 0.95 else chance.choice(VALUES),
            )
            assert response.status_code < 500, (method, path, data, response.text)
