"""The contract of reading and changing a case, by both ways in."""

from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest

from tests.server.answers import (
    ANN_AUTHOR,
    ANN_INCLUDED,
    BAD_REQUEST,
    BOB_INCLUDED,
    BY_BOB,
    CASE_NOT_FOUND,
    DISK_ANSWER,
    INVITED_INCLUDED,
    NOW_TEXT,
    NOWHERE,
    UPGRADE_ANSWER,
    bad_type,
    case_body,
    changed,
    check,
)
from tests.server.conftest import ANN, BOB, DISK, INVITED


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


@pytest.mark.parametrize(("name", "code"), [("Declined", "CLOSED"), ("Approved", "IN_PROGRESS")])
async def test_a_documented_code_of_the_group_that_a_case_is_in_changes_nothing(
    http: httpx.AsyncClient, name: str, code: str
) -> None:
    path = "/api/v2/cases/OPS-2/status"
    seen = (await http.post(path, json=case_body(status_name=name))).json()
    check(await http.post(path, json=case_body(status=code)), 200, seen)
    payload = {"type": "status", "case_ids": ["OPS-2"], "payload": {"status": code}}
    await http.post("/api/v2/cases/bulk", json={"data": {"type": "bulk", "attributes": payload}})
    check(await http.get("/api/v2/cases/OPS-2"), 200, seen)
    assert seen["data"]["attributes"]["status_name"] == name


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
