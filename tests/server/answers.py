"""Answers written by hand from what is known about the real service."""

from __future__ import annotations

import copy
from typing import Any

import httpx

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


def bad_request(detail: str = "") -> dict[str, Any]:
    error = {"status": "400", "title": "Bad Request"} | ({"detail": detail} if detail else {})
    return {"errors": [error]}


def not_a_uuid(name: str, place: str = "path") -> dict[str, Any]:
    detail = f'invalid parameter "{name}" in "{place}"; expected type "uuid"'
    return {"errors": [{"status": "400", "title": "Invalid Parameter", "detail": detail}]}


def not_found(what: str) -> dict[str, Any]:
    return {"errors": [{"code": "resource_not_found", "title": f"{what} not found"}]}


def not_one_of(detail: str) -> dict[str, Any]:
    """The refusal of what is in no enumeration: "state x. Must be one of a, b"."""
    return {"errors": [{"title": "Generic Error", "detail": f"invalid {detail}"}]}


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


def new_case(**changes: object) -> dict[str, Any]:
    """The smallest body; `changes` go to the attributes unless they are relationships."""
    relationships = {
        "project": {"data": {"type": "project", "id": "b0000000-0000-4000-8000-000000000001"}},
        **{name: changes.pop(name) for name in ("project", "assignee") if name in changes},
    }
    attributes = {"title": "Slow checkout", "type_id": "00000000-0000-0000-0000-000000000001"}
    merged = {k: v for k, v in (attributes | changes).items() if v is not None}
    return {"data": {"type": "case", "attributes": merged, "relationships": relationships}}
