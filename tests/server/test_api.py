"""The contract: every operation, by both ways in, against answers written by hand."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.server.conftest import ANN, BOB, CHANGE, DISK, INVITED, LEAK, OPS, SEC

CASES = "application/vnd.api+json"
USERS = "application/json"
NOWHERE = "f0000000-0000-4000-8000-00000000dead"
NOW_TEXT = "2026-11-21T09:00:00.1234Z"

ANN_INCLUDED = {
    "id": "a0000000-0000-4000-8000-000000000001",
    "type": "user",
    "attributes": {
        "active": True,
        "email": "ann@example.com",
        "handle": "ann@example.com",
        "name": "Ann",
    },
}
BOB_INCLUDED = {
    "id": "a0000000-0000-4000-8000-000000000002",
    "type": "user",
    "attributes": {"active": True, "email": "bob@example.com", "handle": "bob", "name": "Bob"},
}
INVITED_INCLUDED = {
    "id": "a0000000-0000-4000-8000-000000000003",
    "type": "user",
    "attributes": {
        "active": False,
        "email": "new@example.com",
        "handle": "new@example.com",
        "name": "",
    },
}
ANN_AUTHOR = {
    "content": {
        "ID": "a0000000-0000-4000-8000-000000000001",
        "active": True,
        "email": "ann@example.com",
        "handle": "ann@example.com",
        "name": "Ann",
    },
    "type": "USER",
}
BY_ANN = {"data": {"id": "a0000000-0000-4000-8000-000000000001", "type": "user"}}
BY_BOB = {"data": {"id": "a0000000-0000-4000-8000-000000000002", "type": "user"}}
TO_INVITED = {"data": {"id": "a0000000-0000-4000-8000-000000000003", "type": "user"}}
IN_OPS = {"data": {"id": "b0000000-0000-4000-8000-000000000001", "type": "project"}}

DISK_ANSWER: dict[str, Any] = {
    "data": {
        "id": "c0000000-0000-4000-8000-000000000001",
        "type": "case",
        "attributes": {
            "attributes": {},
            "comment_count": 0,
            "created_at": "2026-11-20T08:00:00.5Z",
            "creation_source": "MANUAL",
            "custom_attributes": {},
            "description": "",
            "insights": [],
            "internal_id": "c0000000-0000-4000-8000-000000000001",
            "key": "OPS-1",
            "merge_status": "NOT_MERGED",
            "priority": "P2",
            "public_id": "101",
            "status": "OPEN",
            "status_group": "SG_OPEN",
            "status_name": "Open",
            "title": "Disk full on db-3",
            "type": "STANDARD",
            "type_id": "00000000-0000-0000-0000-000000000001",
        },
        "relationships": {"created_by": BY_ANN, "project": IN_OPS},
    },
    "included": [ANN_INCLUDED],
}

UPGRADE_ANSWER: dict[str, Any] = {
    "data": {
        "id": "c0000000-0000-4000-8000-000000000002",
        "type": "case",
        "attributes": {
            "attributes": {"service": ["broker", "web"], "team": ["platform"]},
            "comment_count": 0,
            "created_at": "2026-11-20T09:00:00Z",
            "creation_source": "EVENT_MANAGEMENT",
            "custom_attributes": {
                "bands": {"is_multi": True, "type": "TEXT", "value": ["Abba", "The Cure"]},
                "window": {"is_multi": False, "type": "NUMBER", "value": 90},
            },
            "description": "## Plan\nOne at a time.",
            "due_date": "2026-12-01",
            "insights": [
                {"ref": "/monitors/12345?q=total", "resource_id": "12345", "type": "MONITOR"}
            ],
            "internal_id": "c0000000-0000-4000-8000-000000000002",
            "jira_issue": {
                "result": {
                    "issue_key": "PLAT-118",
                    "issue_url": "https://jira.example.com/browse/PLAT-118",
                },
                "status": "COMPLETED",
            },
            "key": "OPS-2",
            "merge_status": "NOT_MERGED",
            "modified_at": "2026-11-20T09:30:00.12Z",
            "priority": "P4",
            "public_id": "102",
            "service_now_ticket": {"status": "IN_PROGRESS"},
            "status": "PENDING_APPROVAL",
            "status_group": "SG_IN_PROGRESS",
            "status_name": "Pending Approval",
            "title": "Upgrade the brokers",
            "type": "CHANGE_REQUEST",
            "type_id": "00000000-0000-0000-0000-000000000004",
        },
        "relationships": {
            "assignee": TO_INVITED,
            "created_by": BY_BOB,
            "modified_by": BY_ANN,
            "project": IN_OPS,
        },
    },
    "included": [INVITED_INCLUDED, BOB_INCLUDED, ANN_INCLUDED],
}

CASE_NOT_FOUND = {"errors": [{"code": "resource_not_found", "title": "case not found"}]}
BAD_REQUEST = {"errors": [{"status": "400", "title": "Bad Request"}]}


def bad_type(given: str, expected: str) -> dict[str, Any]:
    detail = f'got type "{given}" expected one of "{expected}"'
    return {"errors": [{"status": "400", "title": "Bad Request", "detail": detail}]}


def case_body(**attributes: object) -> dict[str, Any]:
    return {"data": {"type": "case", "attributes": attributes}}


def changed(answer: dict[str, Any], **attributes: object) -> dict[str, Any]:
    """`answer` after Ann has changed the case; a value of None is absent."""
    answer = copy.deepcopy(answer)
    merged = answer["data"]["attributes"] | {"modified_at": NOW_TEXT} | attributes
    answer["data"]["attributes"] = {k: v for k, v in merged.items() if v is not None}
    answer["data"]["relationships"]["modified_by"] = BY_ANN
    return answer


def check(response: httpx.Response, status: int, body: object, media_type: str = CASES) -> None:
    assert (response.status_code, response.json()) == (status, body)
    assert response.headers["content-type"] == media_type


# Reading cases


async def test_a_case_is_found_by_its_id(http: httpx.AsyncClient) -> None:
    check(await http.get(f"/api/v2/cases/{DISK.id}"), 200, DISK_ANSWER)


async def test_a_case_is_found_by_its_key_in_any_letter_case(http: httpx.AsyncClient) -> None:
    check(await http.get("/api/v2/cases/ops-2"), 200, UPGRADE_ANSWER)


async def test_attributes_come_in_alphabetical_order(http: httpx.AsyncClient) -> None:
    data = (await http.get("/api/v2/cases/OPS-2")).json()["data"]
    assert list(data) == ["id", "type", "attributes", "relationships"]
    assert list(data["attributes"]) == sorted(data["attributes"])


@pytest.mark.parametrize("case_id", [NOWHERE, "OPS-99", "nonsense", "%00", "%ED%A0%80", "'"])
async def test_an_unknown_case_is_not_found(http: httpx.AsyncClient, case_id: str) -> None:
    check(await http.get(f"/api/v2/cases/{case_id}"), 404, CASE_NOT_FOUND)


async def test_a_search_gives_the_newest_first(http: httpx.AsyncClient) -> None:
    def in_search(answer: dict[str, Any], comments: int, author: object) -> dict[str, Any]:
        case: dict[str, Any] = copy.deepcopy(answer["data"])
        case["attributes"] |= {"comment_count": comments, "created_by_author": author}
        case["relationships"].pop("modified_by", None)
        return case

    bob = {"ID": BOB.id, "active": True, "email": "bob@example.com", "handle": "bob", "name": "Bob"}
    response = await http.get(
        "/api/v2/cases", params={"page[size]": "2", "filter": "status:(open OR in_progress)"}
    )
    check(
        response,
        200,
        {
            "data": [
                in_search(UPGRADE_ANSWER, 0, {"content": bob, "type": "USER"}),
                in_search(DISK_ANSWER, 1, ANN_AUTHOR),
            ],
            "included": [INVITED_INCLUDED, BOB_INCLUDED, ANN_INCLUDED],
            "meta": {"page": {"current": 1, "size": 2, "total": 1}, "total_cases": 2},
        },
    )


@pytest.mark.parametrize(
    ("parameters", "keys", "page"),
    [
        ("", ["OPS-2", "OPS-1", "SEC-1"], (1, 3, 1)),
        ("page[size]=2", ["OPS-2", "OPS-1"], (1, 2, 2)),
        ("page%5Bsize%5D=2&page%5Bnumber%5D=2", ["SEC-1"], (2, 1, 2)),
        ("page[size]=2&page[number]=0", ["OPS-2", "OPS-1"], (1, 2, 2)),
        ("page[size]=2&page[number]=7", [], (7, 0, 2)),
        ("page[number]=2147483647&page[size]=100", [], (2147483647, 0, 1)),
        ("sort[asc]=true", ["SEC-1", "OPS-1", "OPS-2"], (1, 3, 1)),
        ("sort[field]=priority&sort[asc]=true", ["SEC-1", "OPS-1", "OPS-2"], (1, 3, 1)),
        ("filter=priority:P1", ["SEC-1"], (1, 1, 1)),
        ("filter=archived:true", ["SEC-2"], (1, 1, 1)),
        ("filter=title:nothing%20like%20it", [], (1, 0, 0)),
    ],
)
async def test_pages_sorts_and_filters(
    http: httpx.AsyncClient, parameters: str, keys: list[str], page: tuple[int, int, int]
) -> None:
    answer = (await http.get(f"/api/v2/cases?{parameters}")).json()
    assert [case["attributes"]["key"] for case in answer["data"]] == keys
    assert tuple(answer["meta"]["page"].values()) == page


async def test_head_answers_like_get_without_a_body(http: httpx.AsyncClient) -> None:
    response = await http.head("/api/v2/cases/OPS-1")
    assert (response.status_code, response.content) == (200, b"")


# Creating cases


def new_case(**changes: object) -> dict[str, Any]:
    """The smallest body; `changes` go to the attributes unless they are relationships."""
    relationships = {
        "project": {"data": {"type": "project", "id": OPS.id}},
        **{name: changes.pop(name) for name in ("project", "assignee") if name in changes},
    }
    attributes = {"title": "Slow checkout", "type_id": "00000000-0000-0000-0000-000000000001"}
    merged = {k: v for k, v in (attributes | changes).items() if v is not None}
    return {"data": {"type": "case", "attributes": merged, "relationships": relationships}}


async def test_a_case_is_created_with_the_usual_defaults(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases", json=new_case())
    expected = copy.deepcopy(DISK_ANSWER)
    case_id = response.json()["data"]["id"]
    assert UUID(case_id).version == 4
    expected["data"]["id"] = case_id
    expected["data"]["attributes"] |= {
        "created_at": NOW_TEXT,
        "internal_id": case_id,
        "key": "OPS-3",
        "priority": "NOT_DEFINED",
        "public_id": "105",
        "title": "Slow checkout",
    }
    check(response, 201, expected)
    check(await http.get("/api/v2/cases/OPS-3"), 200, expected)


async def test_a_case_is_created_with_everything(http: httpx.AsyncClient) -> None:
    values = {
        "aws_region": {"type": "TEXT", "is_multi": True, "value": ["eu-west-1"]},
        "size": {"type": "NUMBER", "is_multi": False, "value": 2.5},
    }
    body = new_case(
        type_id=CHANGE.id.upper(),
        priority="P3",
        description="why\n",
        status_name="Approved",
        custom_attributes=values,
        assignee={"data": {"type": "user", "id": INVITED.id}},
        project={"data": {"type": "project", "id": SEC.id}},
    )
    answer = (await http.post("/api/v2/cases", json=body)).json()
    attributes = answer["data"]["attributes"]
    assert attributes["key"] == "SEC-3"
    assert attributes["custom_attributes"] == {
        "aws_region": {"is_multi": True, "type": "TEXT", "value": ["eu-west-1"]},
        "size": {"is_multi": False, "type": "NUMBER", "value": 2.5},
    }
    assert (attributes["priority"], attributes["description"]) == ("P3", "why\n")
    assert (attributes["status"], attributes["status_group"], attributes["status_name"]) == (
        "APPROVED",
        "SG_IN_PROGRESS",
        "Approved",
    )
    assert answer["data"]["relationships"]["assignee"] == TO_INVITED
    assert answer["included"] == [INVITED_INCLUDED, ANN_INCLUDED]


async def test_the_older_form_of_create_names_the_standard_type(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases", json=new_case(type_id=None, type="STANDARD"))
    assert response.status_code == 201
    type_id = response.json()["data"]["attributes"]["type_id"]
    assert type_id == "00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        (new_case(title=""), 400, BAD_REQUEST),
        (new_case(title=" \n"), 400, BAD_REQUEST),
        (new_case(title=None), 400, BAD_REQUEST),
        (new_case(type_id=None), 400, BAD_REQUEST),
        (new_case(type_id="x"), 400, BAD_REQUEST),
        (new_case(project={"data": None}), 400, BAD_REQUEST),
        (
            new_case(project={"data": {"type": "team", "id": OPS.id}}),
            400,
            bad_type("team", "project"),
        ),
        (
            new_case(
                project={"data": {"type": "project", "id": NOWHERE}},
                assignee={"data": {"type": "users", "id": ANN.id}},
            ),
            400,
            bad_type("users", "user"),
        ),
        (
            new_case(
                project={"data": {"type": "project", "id": NOWHERE}},
                assignee={"data": {"type": "user", "id": NOWHERE}},
            ),
            404,
            {"errors": [{"code": "resource_not_found", "title": "project not found"}]},
        ),
        (
            new_case(assignee={"data": {"type": "user", "id": NOWHERE}}),
            404,
            {"errors": [{"code": "resource_not_found", "title": "user not found"}]},
        ),
        (
            new_case(type_id="d0000000-0000-4000-8000-000000000009"),
            404,
            {"errors": [{"code": "resource_not_found", "title": "case_type not found"}]},
        ),
        (
            new_case(priority="P9"),
            400,
            {
                "errors": [
                    {
                        "title": "Generic Error",
                        "detail": "invalid priority P9. "
                        "Must be one of P1, P2, P3, P4, P5, NOT_DEFINED",
                    }
                ]
            },
        ),
        (
            new_case(status_name="Approved"),
            400,
            {
                "errors": [
                    {
                        "title": "Generic Error",
                        "detail": "invalid status name Approved. "
                        "Must be one of Open, In Progress, Closed",
                    }
                ]
            },
        ),
        (
            new_case(custom_attributes={"x": {"type": "FLOAT", "is_multi": False, "value": 1}}),
            400,
            BAD_REQUEST,
        ),
    ],
)
async def test_a_case_is_not_created(
    http: httpx.AsyncClient, body: object, status: int, answer: object
) -> None:
    check(await http.post("/api/v2/cases", json=body), status, answer)
    assert (await http.get("/api/v2/cases")).json()["meta"]["total_cases"] == 3


# Changing cases


@pytest.mark.parametrize(
    "attributes",
    [
        {"status": "IN_PROGRESS"},
        {"status_name": "In Progress"},
        {"status_name": "In Progress", "status": "CLOSED"},
    ],
)
async def test_the_three_status_fields_move_together(
    http: httpx.AsyncClient, attributes: dict[str, Any]
) -> None:
    response = await http.post(f"/api/v2/cases/{DISK.id}/status", json=case_body(**attributes))
    check(
        response,
        200,
        changed(
            DISK_ANSWER,
            status="IN_PROGRESS",
            status_group="SG_IN_PROGRESS",
            status_name="In Progress",
        ),
    )


async def test_closing_and_reopening(http: httpx.AsyncClient) -> None:
    path = "/api/v2/cases/OPS-1/status"
    closed = changed(
        DISK_ANSWER,
        status="CLOSED",
        status_group="SG_CLOSED",
        status_name="Closed",
        closed_at=NOW_TEXT,
    )
    check(await http.post(path, json=case_body(status="CLOSED")), 200, closed)
    check(await http.post(path, json=case_body(status="OPEN")), 200, changed(DISK_ANSWER))


async def test_a_documented_code_is_the_default_of_its_group(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-2/status", json=case_body(status="CLOSED"))
    attributes = response.json()["data"]["attributes"]
    assert (attributes["status"], attributes["status_name"]) == ("COMPLETED", "Completed")


async def test_an_unknown_status_is_refused_with_all_codes(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-1/status", json=case_body(status="DONE"))
    detail = (
        "invalid status DONE. Must be one of OPEN, NOT_STARTED, IN_PROGRESS, ACKNOWLEDGED, "
        "TRIGGERED, PENDING_APPROVAL, APPROVED, IMPLEMENTING, CLOSED, RESOLVED, COMPLETED, "
        "CANCELLED, DECLINED, SUNKNOWN"
    )
    check(response, 400, {"errors": [{"title": "Generic Error", "detail": detail}]})


async def test_a_status_of_another_type_is_refused(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-1/status", json=case_body(status="APPROVED"))
    detail = "invalid status APPROVED. Must be one of OPEN, IN_PROGRESS, CLOSED"
    check(response, 400, {"errors": [{"title": "Generic Error", "detail": detail}]})


async def test_a_priority_is_set(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-1/priority", json=case_body(priority="P1"))
    check(response, 200, changed(DISK_ANSWER, priority="P1"))


async def test_an_unknown_priority_is_refused(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-1/priority", json=case_body(priority="P1234"))
    detail = "invalid priority P1234. Must be one of P1, P2, P3, P4, P5, NOT_DEFINED"
    check(response, 400, {"errors": [{"title": "Generic Error", "detail": detail}]})


async def test_a_case_is_assigned_and_unassigned(http: httpx.AsyncClient) -> None:
    assigned = changed(DISK_ANSWER)
    assigned["data"]["relationships"]["assignee"] = BY_BOB
    assigned["included"] = [BOB_INCLUDED, ANN_INCLUDED]
    response = await http.post(
        "/api/v2/cases/OPS-1/assign", json=case_body(assignee_id=BOB.id.upper())
    )
    check(response, 200, assigned)
    response = await http.post("/api/v2/cases/OPS-1/unassign", json={"data": {"type": "case"}})
    check(response, 200, changed(DISK_ANSWER))


@pytest.mark.parametrize(
    ("user_id", "status", "answer"),
    [
        ("bob@example.com", 400, BAD_REQUEST),
        (None, 400, BAD_REQUEST),
        (
            NOWHERE,
            404,
            {"errors": [{"code": "resource_not_found", "title": "user not found"}]},
        ),
    ],
)
async def test_only_people_of_the_workspace_are_assigned(
    http: httpx.AsyncClient, user_id: str | None, status: int, answer: object
) -> None:
    response = await http.post("/api/v2/cases/OPS-1/assign", json=case_body(assignee_id=user_id))
    check(response, status, answer)


async def test_an_open_case_is_archived_and_brought_back(http: httpx.AsyncClient) -> None:
    body = {"data": {"type": "case"}}
    response = await http.post("/api/v2/cases/OPS-1/archive", json=body)
    check(response, 200, changed(DISK_ANSWER, archived_at=NOW_TEXT))
    response = await http.post("/api/v2/cases/OPS-1/unarchive", json=body)
    check(response, 200, changed(DISK_ANSWER))


@pytest.mark.parametrize(
    ("key", "path", "body"),
    [
        ("OPS-1", "unarchive", {"data": {"type": "case"}}),
        ("OPS-1", "unassign", {"data": {"type": "case"}}),
        ("SEC-2", "archive", {"data": {"type": "case"}}),
        ("SEC-1", "status", case_body(status="CLOSED")),
        ("OPS-1", "status", case_body(status="OPEN")),
        ("OPS-1", "priority", case_body(priority="P2")),
        ("OPS-2", "assign", case_body(assignee_id=INVITED.id)),
        (
            "OPS-2",
            "insights",
            case_body(insights=[{"type": "MONITOR", "ref": "/x", "resource_id": "12345"}]),
        ),
    ],
)
async def test_what_holds_already_succeeds_and_changes_nothing(
    http: httpx.AsyncClient, key: str, path: str, body: object
) -> None:
    before = (await http.get(f"/api/v2/cases/{key}")).json()
    method = "PUT" if path == "insights" else "POST"
    check(await http.request(method, f"/api/v2/cases/{key}/{path}", json=body), 200, before)


async def test_insights_are_added_once(http: httpx.AsyncClient) -> None:
    event = {"type": "EVENT", "ref": "/event/7", "resource_id": "7"}
    known = {"type": "MONITOR", "ref": "/monitors/12345", "resource_id": "12345"}
    response = await http.put(
        "/api/v2/cases/OPS-2/insights", json=case_body(insights=[event, known, event])
    )
    old = UPGRADE_ANSWER["data"]["attributes"]["insights"]
    check(response, 200, changed(UPGRADE_ANSWER, insights=[*old, event]))


@pytest.mark.parametrize(
    ("insights", "detail"),
    [
        ([], "give 1 to 100 insights"),
        (None, "give 1 to 100 insights"),
        (
            [{"type": "EVENT", "ref": f"/{n}", "resource_id": f"{n}"} for n in range(101)],
            "give 1 to 100 insights",
        ),
        (["x"], 'error decoding attribute "insights": invalid type string'),
    ],
)
async def test_insights_that_cannot_be_used(
    http: httpx.AsyncClient, insights: object, detail: str
) -> None:
    response = await http.put("/api/v2/cases/OPS-1/insights", json=case_body(insights=insights))
    check(response, 400, {"errors": [{"status": "400", "title": "Bad Request", "detail": detail}]})


WRITES = {
    "status": case_body(status="OPEN"),
    "priority": case_body(priority="P1"),
    "assign": case_body(assignee_id=ANN.id),
    "unassign": {"data": {"type": "case"}},
    "archive": {"data": {"type": "case"}},
    "unarchive": {"data": {"type": "case"}},
    "comment": case_body(comment="Looking"),
    "insights": case_body(insights=[{"type": "EVENT", "ref": "/e", "resource_id": "1"}]),
}


@pytest.mark.parametrize("path", WRITES)
async def test_no_write_finds_an_unknown_case(http: httpx.AsyncClient, path: str) -> None:
    method = "PUT" if path == "insights" else "POST"
    url = f"/api/v2/cases/{NOWHERE}/{path}"
    check(await http.request(method, url, json=WRITES[path]), 404, CASE_NOT_FOUND)


@pytest.mark.parametrize("path", WRITES)
async def test_every_write_checks_the_type_of_its_body(http: httpx.AsyncClient, path: str) -> None:
    method = "PUT" if path == "insights" else "POST"
    body = {"data": {"type": "project", "attributes": {}}}
    response = await http.request(method, f"/api/v2/cases/{DISK.id}/{path}", json=body)
    check(response, 400, bad_type("project", "case"))


# Counting


async def test_counts_by_several_fields(http: httpx.AsyncClient) -> None:
    response = await http.get(
        "/api/v2/cases/count",
        params={"query_filter": "project:OPS", "group_bys": "status,priority", "limit": "5"},
    )
    answer = response.json()
    for group in answer["data"]["attributes"]["groups"]:
        group["group_values"].sort(key=lambda value: value["value"])
    assert answer == {
        "data": {
            "id": "count",
            "type": "count",
            "attributes": {
                "groups": [
                    {
                        "group": "status",
                        "group_values": [
                            {"count": 1, "value": "OPEN"},
                            {"count": 1, "value": "PENDING_APPROVAL"},
                        ],
                    },
                    {
                        "group": "priority",
                        "group_values": [
                            {"count": 1, "value": "P2"},
                            {"count": 1, "value": "P4"},
                        ],
                    },
                ],
                "total": 2,
            },
        }
    }


async def test_a_count_without_fields_is_the_total(http: httpx.AsyncClient) -> None:
    check(
        await http.get("/api/v2/cases/count"),
        200,
        {"data": {"id": "count", "type": "count", "attributes": {"groups": [], "total": 3}}},
    )


def aggregation(groups: object, limit: object = 10, query: object = "") -> dict[str, Any]:
    group_by = {"groups": groups, "limit": limit}
    attributes = {"query_filter": query, "group_by": group_by}
    return {"data": {"type": "aggregate", "attributes": attributes}}


async def test_aggregates_name_the_values(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/aggregate", json=aggregation(["project"]))
    check(
        response,
        200,
        {
            "data": {
                "id": "aggregate",
                "type": "aggregate",
                "attributes": {
                    "groups": [{"group": "OPS", "value": [2]}, {"group": "SEC", "value": [1]}],
                    "total": 3,
                },
            }
        },
    )


async def test_a_combination_of_fields_is_joined_with_commas(http: httpx.AsyncClient) -> None:
    body = aggregation(["project", "priority"], query="project:SEC")
    response = await http.post("/api/v2/cases/aggregate", json=body)
    groups = response.json()["data"]["attributes"]["groups"]
    assert groups == [{"group": "SEC,P1", "value": [1]}]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (aggregation([]), "group by 1 to 20 fields"),
        (aggregation([""]), "group by 1 to 20 fields"),
        (aggregation(["status"], 0), '"limit" must be from 1 to 1000'),
        (aggregation(["status"], 1001), '"limit" must be from 1 to 1000'),
        (aggregation(["status"], None), 'error decoding attribute "limit": invalid type null'),
        (aggregation(["status"], True), 'error decoding attribute "limit": invalid type bool'),
        (aggregation([1]), 'error decoding attribute "groups": invalid type number'),
    ],
)
async def test_aggregations_that_cannot_be_used(
    http: httpx.AsyncClient, body: object, detail: str
) -> None:
    response = await http.post("/api/v2/cases/aggregate", json=body)
    check(response, 400, {"errors": [{"status": "400", "title": "Bad Request", "detail": detail}]})


# Timeline

CELL_ANSWER = {
    "id": "e0000000-0000-4000-8000-000000000001",
    "type": "timeline_cell",
    "attributes": {
        "author": {
            "content": {
                "ID": "a0000000-0000-4000-8000-000000000002",
                "active": True,
                "email": "bob@example.com",
                "handle": "bob",
                "name": "Bob",
            },
            "type": "USER",
        },
        "cell_content": {"message": 'Freed 20 "GB" – ünd more'},
        "content": '{"message":"Freed 20 \\"GB\\" – ünd more"}',
        "created_at": "2026-11-20T08:30:00Z",
        "type": "COMMENT",
    },
}


async def test_a_comment_is_answered_and_listed(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-1/comment", json=case_body(comment="On *it*"))
    cell = {
        "id": response.json()["data"][0]["id"],
        "type": "timeline_cell",
        "attributes": {
            "author": ANN_AUTHOR,
            "cell_content": {"message": "On *it*"},
            "content": '{"message":"On *it*"}',
            "created_at": NOW_TEXT,
            "type": "COMMENT",
        },
    }
    check(response, 200, {"data": [cell]})
    timeline = f"/api/v2/cases/{DISK.id}/timelines"
    check(await http.get(timeline), 200, {"data": [cell, CELL_ANSWER]})
    oldest_first = {"data": [CELL_ANSWER, cell]}
    check(await http.get(f"{timeline}?sort[ascending]=true"), 200, oldest_first)
    # Pages of a timeline are counted from zero.
    check(await http.get(f"{timeline}?page[size]=1"), 200, {"data": [cell]})
    check(await http.get(f"{timeline}?page[size]=1&page[number]=1"), 200, {"data": [CELL_ANSWER]})
    check(await http.get(f"{timeline}?page[number]=9"), 200, {"data": []})
    [found] = (await http.get("/api/v2/cases?filter=key:OPS-1")).json()["data"]
    assert found["attributes"]["comment_count"] == 2


async def test_an_empty_comment_is_refused(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-1/comment", json=case_body(comment=""))
    check(response, 400, BAD_REQUEST)


async def test_an_unknown_case_has_no_timeline(http: httpx.AsyncClient) -> None:
    check(await http.get(f"/api/v2/cases/{NOWHERE}/timelines"), 404, CASE_NOT_FOUND)


# Projects and case types

OPS_ANSWER = {
    "id": "b0000000-0000-4000-8000-000000000001",
    "type": "project",
    "attributes": {"key": "OPS", "name": "Operations", "restricted": False},
}
SEC_ANSWER = {
    "id": "b0000000-0000-4000-8000-000000000002",
    "type": "project",
    "attributes": {"key": "SEC", "name": "Security", "restricted": True},
}
PROJECT_NOT_FOUND = {"errors": [{"code": "resource_not_found", "title": "project not found"}]}
NOT_A_UUID = {
    "errors": [
        {
            "status": "400",
            "title": "Invalid Parameter",
            "detail": 'invalid parameter "ProjectID" in "path"; expected type "uuid"',
        }
    ]
}


def project_body(key: object, name: object = "Payments") -> dict[str, Any]:
    return {"data": {"type": "project", "attributes": {"key": key, "name": name}}}


async def test_projects_are_listed(http: httpx.AsyncClient) -> None:
    check(await http.get("/api/v2/cases/projects"), 200, {"data": [OPS_ANSWER, SEC_ANSWER]})


async def test_a_project_is_found(http: httpx.AsyncClient) -> None:
    check(await http.get(f"/api/v2/cases/projects/{SEC.id}"), 200, {"data": SEC_ANSWER})


async def test_a_project_is_created_and_takes_cases(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/projects", json=project_body("PAY"))
    project_id = response.json()["data"]["id"]
    answer = {
        "data": {
            "id": project_id,
            "type": "project",
            "attributes": {"key": "PAY", "name": "Payments", "restricted": False},
        }
    }
    check(response, 201, answer)
    check(await http.get(f"/api/v2/cases/projects/{project_id}"), 200, answer)
    body = new_case(project={"data": {"type": "project", "id": project_id}})
    created = (await http.post("/api/v2/cases", json=body)).json()
    assert created["data"]["attributes"]["key"] == "PAY-1"


@pytest.mark.parametrize("key", ["", "CASE", "ops", "1A", "ELEVENCHARS", "A-B", "É", "A\n"])
async def test_a_key_that_cannot_be_used(http: httpx.AsyncClient, key: str) -> None:
    response = await http.post("/api/v2/cases/projects", json=project_body(key))
    detail = f'invalid key "{key}"; expected 1 to 10 of A-Z and 0-9, a letter first, not CASE'
    error = {"status": "400", "title": "Bad Request"} | ({"detail": detail} if key else {})
    check(response, 400, {"errors": [error]})


async def test_a_key_in_use_is_a_conflict(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/projects", json=project_body("OPS"))
    error = {"status": "409", "title": "Conflict", "detail": "the project key OPS is in use"}
    check(response, 409, {"errors": [error]})


async def test_deleting_a_project_deletes_its_cases(http: httpx.AsyncClient) -> None:
    path = f"/api/v2/cases/projects/{OPS.id}"
    response = await http.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert "content-type" not in response.headers
    check(await http.delete(path), 404, PROJECT_NOT_FOUND)
    check(await http.get(f"/api/v2/cases/{DISK.id}"), 404, CASE_NOT_FOUND)
    assert (await http.get(f"/api/v2/cases/{LEAK.id}")).status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_unknown_projects(http: httpx.AsyncClient, method: str) -> None:
    path = "/api/v2/cases/projects"
    check(await http.request(method, f"{path}/{NOWHERE}"), 404, PROJECT_NOT_FOUND)
    check(await http.request(method, f"{path}/OPS"), 400, NOT_A_UUID)


async def test_case_types_are_listed_with_their_statuses(http: httpx.AsyncClient) -> None:
    def part(default: str, *names: str) -> dict[str, Any]:
        return {"default": default, "status_options": [{"name": name} for name in names]}

    usual = {
        "closed": part("Closed", "Closed"),
        "in_progress": part("In Progress", "In Progress"),
        "open": part("Open", "Open"),
    }
    standard = {
        "id": "00000000-0000-0000-0000-000000000001",
        "type": "case_type",
        "attributes": {
            "description": "",
            "emoji": "",
            "internal": True,
            "name": "Standard",
            "statuses_config": usual,
        },
    }
    change = {
        "id": "00000000-0000-0000-0000-000000000004",
        "type": "case_type",
        "attributes": {
            "description": "A planned change",
            "emoji": "",
            "internal": True,
            "name": "Change Request",
            "statuses_config": {
                "closed": part("Completed", "Completed", "Declined"),
                "in_progress": part("Pending Approval", "Pending Approval", "Approved"),
                "open": part("Open", "Open"),
            },
        },
    }
    retired = {
        "id": "d0000000-0000-4000-8000-000000000009",
        "type": "case_type",
        "attributes": {
            "deleted_at": "2026-10-01T00:00:00Z",
            "description": "",
            "emoji": "🧯",
            "internal": False,
            "name": "Retired",
            "statuses_config": usual,
        },
    }
    response = await http.get("/api/v2/cases/types")
    check(response, 200, {"data": [standard, change, retired]})


# Users


def person(number: int, name: str | None, email: str, **attributes: object) -> dict[str, Any]:
    usual = {
        "disabled": False,
        "email": email,
        "handle": email,
        "name": name,
        "status": "Active",
        "title": None,
    }
    user_id = f"a0000000-0000-4000-8000-00000000000{number}"
    return {"id": user_id, "type": "users", "attributes": usual | attributes}


ANN_USER = person(1, "Ann", "ann@example.com")
BOB_USER = person(2, "Bob", "bob@example.com", handle="bob", title="Engineer")
INVITED_USER = person(3, None, "new@example.com", status="Pending")


@pytest.mark.parametrize(
    ("parameters", "people", "filtered"),
    [
        ("filter=example.com&sort=name&sort_dir=desc&page[size]=2", [BOB_USER, ANN_USER], 3),
        ("filter=example.com&sort=-name&page[size]=2", [BOB_USER, ANN_USER], 3),
        ("filter=bob@example.com", [BOB_USER], 1),
        ("filter[status]=Pending", [INVITED_USER], 1),
        ("filter[status]=Pending,Active&page[size]=1&page[number]=3", [], 3),
        ("filter=nobody", [], 0),
    ],
)
async def test_users_are_listed(
    http: httpx.AsyncClient, parameters: str, people: list[object], filtered: int
) -> None:
    meta = {"page": {"total_count": 3, "total_filtered_count": filtered}}
    response = await http.get(f"/api/v2/users?{parameters}")
    check(response, 200, {"data": people, "meta": meta}, USERS)


async def test_a_user_is_found(http: httpx.AsyncClient) -> None:
    check(await http.get(f"/api/v2/users/{INVITED.id}"), 200, {"data": INVITED_USER}, USERS)


async def test_an_unknown_user_is_answered_with_a_text(http: httpx.AsyncClient) -> None:
    answer = {"errors": [f"{NOWHERE} not found"]}
    check(await http.get(f"/api/v2/users/{NOWHERE}"), 404, answer, USERS)


async def test_the_caller_is_known(http: httpx.AsyncClient) -> None:
    check(await http.get("/api/v2/current_user"), 200, {"data": ANN_USER}, USERS)
