"""Every change of a case leaves one true entry in its history, and what changes nothing none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from tests.server.answers import NOWHERE, case_body
from tests.server.conftest import ANN, BOB, DISK, NOW, OPS, SEC, UPGRADE
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.store import Store

Json = dict[str, Any]

PLAIN: Json = {"data": {"type": "case"}}
MONITOR: Json = {"ref": "/monitors/7", "resource_id": "7", "type": "MONITOR"}
INCIDENT: Json = {"ref": f"/incidents/{NOWHERE}", "resource_id": NOWHERE, "type": "INCIDENT"}
SIZE: Json = {"is_multi": False, "type": "NUMBER", "value": 3}
LARGER_SIZE: Json = {"is_multi": False, "type": "NUMBER", "value": 3.5}
ISSUE = "https://jira.example.com/browse/OPS-12"


def body(kind: str, id: str = "", **attributes: object) -> Json:
    data: Json = {"type": kind}
    if id:
        data["id"] = id
    if attributes:
        data["attributes"] = attributes
    return {"data": data}


def bulk(kind: str, **payload: str) -> Json:
    return body("bulk", type=kind, case_ids=[DISK.id, DISK.key], payload=payload)


def status(group: str, name: str) -> Json:
    return {"group": f"SG_{group}", "name": name}


IN_OPS: Json = {"key": "OPS-1", "project_id": OPS.id}
IN_SEC: Json = {"key": "SEC-3", "project_id": SEC.id}
BOB_SAID: Json = {"id": BOB.id, "name": "Bob"}
ISSUE_SAID: Json = {"key": "OPS-12", "status": "COMPLETED", "url": ISSUE}
OPEN, CLOSED = status("OPEN", "Open"), status("CLOSED", "Closed")

# The request, under the path of the case, and what it leaves: the field, what it was, what it is.
STEPS: tuple[tuple[str, str, Json | None, tuple[str, object, object] | None], ...] = (
    ("POST", "status", case_body(status="OPEN"), None),
    ("POST", "status", case_body(status_name="Closed"), ("status", OPEN, CLOSED)),
    ("POST", "status", case_body(status="OPEN"), ("status", CLOSED, OPEN)),
    ("POST", "priority", case_body(priority="P1"), ("priority", "P2", "P1")),
    ("POST", "unassign", PLAIN, None),
    ("POST", "assign", case_body(assignee_id=BOB.id.upper()), ("assignee", None, BOB_SAID)),
    ("POST", "unassign", PLAIN, ("assignee", BOB_SAID, None)),
    ("POST", "unarchive", PLAIN, None),
    ("POST", "archive", PLAIN, ("archived", False, True)),
    ("POST", "title", case_body(title="Disk"), ("title", DISK.title, "Disk")),
    ("POST", "unarchive", PLAIN, ("archived", True, False)),
    ("POST", "description", case_body(description=""), None),
    ("POST", "description", case_body(description="97 %"), ("description", "", "97 %")),
    ("POST", "attributes", case_body(attributes={"team": []}), None),
    (
        "POST",
        "attributes",
        case_body(attributes={"team": ["a"], "env": ["prod"]}),
        ("attributes", None, {"env": ["prod"], "team": ["a"]}),
    ),
    (
        "POST",
        "attributes",
        case_body(attributes={"team": [], "service": ["db"]}),
        ("attributes", {"team": ["a"]}, {"service": ["db"]}),
    ),
    ("DELETE", "custom_attributes/size", None, None),
    (
        "POST",
        "custom_attributes/size",
        body("case", **SIZE),
        ("custom_attributes", None, {"size": SIZE}),
    ),
    (
        "POST",
        "custom_attributes/size",
        body("case", **LARGER_SIZE),
        ("custom_attributes", {"size": SIZE}, {"size": LARGER_SIZE}),
    ),
    (
        "DELETE",
        "custom_attributes/size",
        None,
        ("custom_attributes", {"size": LARGER_SIZE}, None),
    ),
    ("POST", "due_date", case_body(due_date=None), None),
    ("POST", "due_date", case_body(due_date="2026-12-31"), ("due_date", None, "2026-12-31")),
    ("POST", "due_date", case_body(due_date=None), ("due_date", "2026-12-31", None)),
    ("DELETE", "insights", case_body(insights=[MONITOR]), None),
    (
        "PUT",
        "insights",
        case_body(insights=[MONITOR, MONITOR]),
        ("insights", None, [MONITOR]),
    ),
    ("PUT", "insights", case_body(insights=[MONITOR | {"ref": "/elsewhere"}]), None),
    (
        "DELETE",
        "insights",
        case_body(insights=[MONITOR | {"ref": "/elsewhere"}]),
        ("insights", [MONITOR], None),
    ),
    (
        "POST",
        "relationships/incidents",
        body("incidents", NOWHERE),
        ("insights", None, [INCIDENT]),
    ),
    ("DELETE", "relationships/jira_issues", None, None),
    (
        "PATCH",
        "relationships/jira_issues",
        body("issues", jira_issue_url=ISSUE),
        ("jira", None, ISSUE_SAID),
    ),
    ("DELETE", "relationships/jira_issues", None, ("jira", ISSUE_SAID, None)),
    ("DELETE", f"watchers/{BOB.id}", None, None),
    ("POST", f"watchers/{BOB.id}", None, ("watcher", None, BOB_SAID)),
    ("DELETE", f"watchers/{BOB.id}", None, ("watcher", BOB_SAID, None)),
    ("POST", "../bulk", bulk("priority", priority="P1"), None),
    ("POST", "../bulk", bulk("priority", priority="P5"), ("priority", "P1", "P5")),
    ("POST", "../bulk", bulk("status", status="CLOSED"), ("status", OPEN, CLOSED)),
    ("POST", "../bulk", bulk("assign", assignee_id=BOB.id), ("assignee", None, BOB_SAID)),
    ("POST", "../bulk", bulk("unassign"), ("assignee", BOB_SAID, None)),
    ("POST", "../bulk", bulk("archive"), ("archived", False, True)),
    ("POST", "../bulk", bulk("unarchive"), ("archived", True, False)),
    ("PATCH", "relationships/project", body("project", OPS.id), None),
    ("PATCH", "relationships/project", body("project", SEC.id), ("project", IN_OPS, IN_SEC)),
)

BESIDE_THE_CASE = ("watcher",)
"""What is remembered on a case whose answer and times do not show it."""

LINK = body(
    "link",
    parent_entity_type="CASE",
    parent_entity_id=DISK.id,
    child_entity_type="CASE",
    child_entity_id=UPGRADE.id,
    relationship="RELATES_TO",
)


@pytest.fixture
async def ticking(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server over `store`, to which no two requests are at the same time."""
    ticks = count(1)
    app = create_app(store, now=lambda: NOW + timedelta(seconds=next(ticks)))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as client:
        config: Json = {"key": "size", "display_name": "Size", "type": "NUMBER", "is_multi": False}
        path = f"/api/v2/cases/types/{DISK.type_id}/custom_attributes"
        response = await client.post(path, json=body("custom_attribute", **config))
        assert response.status_code == 201
        yield client


async def seen(http: httpx.AsyncClient) -> tuple[Json, list[Json]]:
    """The case as it is answered, and its history."""
    case = (await http.get(f"/api/v2/cases/{DISK.id}")).json()
    history = await http.get("/local/history", params={"case_id": DISK.id, "page[size]": "1000"})
    return case, history.json()["data"]


def said(entry: Json) -> tuple[str, object, object]:
    """What an entry says; that it was Ann who did it is checked."""
    assert entry["relationships"]["by"] == {"data": {"id": ANN.id, "type": "user"}}
    attributes = entry["attributes"]
    return attributes["field"], attributes["old"], attributes["new"]


async def test_each_change_leaves_one_entry_and_its_repetition_none(
    ticking: httpx.AsyncClient,
) -> None:
    before, told = await seen(ticking)
    assert told == []
    for method, path, request, left in STEPS:
        for expected in (left, None):
            url = f"/api/v2/cases/{path[3:] if path[:3] == '../' else f'{DISK.id}/{path}'}"
            response = await ticking.request(method, url, json=request)
            step = f"{method} {path} {request}: {response.text}"
            assert response.is_success, step
            case, history = await seen(ticking)
            # The key in an entry is the one that the case has now; all else stays.
            assert [said(entry) for entry in history[: len(told)]] == list(map(said, told)), step
            entries = history[len(told) :]
            assert [said(entry) for entry in entries] == ([expected] if expected else []), step
            if expected and expected[0] not in BESIDE_THE_CASE:
                stamped = case["data"]["attributes"]["modified_at"]
                assert stamped == entries[0]["attributes"]["at"], step
                assert stamped != before["data"]["attributes"].get("modified_at"), step
            else:
                assert case == before, step
            if response.status_code in (200, 201) and response.content:
                assert response.json() == case, step
            before, told = case, history


async def test_comments_and_links_are_remembered_and_leave_the_case_alone(
    ticking: httpx.AsyncClient,
) -> None:
    before, _ = await seen(ticking)
    path = f"/api/v2/cases/{DISK.id}/comment"
    cell = (await ticking.post(path, json=case_body(comment="On it"))).json()["data"][0]["id"]
    for text in ("On it", "Done", "Done"):
        await ticking.put(f"{path}/{cell}", json=case_body(comment=text))
    for _ in range(2):
        await ticking.delete(f"{path}/{cell}")
    for _ in range(2):
        link = (await ticking.post("/api/v2/cases/link", json=LINK)).json()["data"]
    for _ in range(2):
        await ticking.delete(f"/api/v2/cases/link/{link['id']}")
    case, history = await seen(ticking)
    assert case == before
    assert [said(entry) for entry in history] == [
        ("comment", None, {"id": cell, "message": "On it"}),
        ("comment", {"id": cell, "message": "On it"}, {"id": cell, "message": "Done"}),
        ("comment", {"id": cell, "message": "Done"}, None),
        ("link", None, link["attributes"]),
        ("link", link["attributes"], None),
    ]
