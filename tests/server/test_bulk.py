"""The contract of changing many cases at once: all of them or none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.server.answers import BAD_REQUEST, NOWHERE, bad_type, check
from tests.server.conftest import ANN, BOB, DISK, LEAK, NOW, OLD, OPS, SEC, UPGRADE
from triage_tui.models import Case
from triage_tui.server.operations.bulk import IDS_LIMIT
from triage_tui.server.store import Store
from triage_tui.server.workspace import add_cases

BULK = "/api/v2/cases/bulk"
EVERY = [DISK.id, UPGRADE.id, LEAK.id, OLD.id]
MANY = [
    replace(DISK, id=str(UUID(int=n)), key=f"OPS-{n}", public_id=str(n)) for n in range(1000, 1300)
]


def body(kind: object, case_ids: object = EVERY, **payload: object) -> dict[str, Any]:
    attributes = {"type": kind, "case_ids": case_ids, "payload": payload}
    return {"data": {"type": "bulk", "attributes": attributes}}


def seen(store: Store) -> list[Case]:
    cases = [store.case(id) for id in EVERY]
    assert None not in cases
    return [case for case in cases if case]


def detailed(detail: str) -> dict[str, Any]:
    return {"errors": [{"status": "400", "title": "Bad Request", "detail": detail}]}


@pytest.mark.parametrize(
    ("kind", "payload", "field", "values"),
    [
        ("priority", {"priority": "P1"}, "priority", ["P1"] * 4),
        ("status", {"status": "CLOSED"}, "status_name", ["Closed", "Completed"] + ["Closed"] * 2),
        ("status", {"status_name": "Open"}, "status_name", ["Open"] * 4),
        (
            "status",
            {"status_name": "Open", "status": "CLOSED"},
            "status_name",
            ["Open"] * 4,
        ),
        ("assign", {"assignee_id": BOB.id.upper()}, "assignee", [BOB] * 4),
        ("unassign", {}, "assignee", [None] * 4),
        ("archive", {}, "archived_at", [NOW, NOW, NOW, OLD.archived_at]),
        ("unarchive", {}, "archived_at", [None] * 4),
        ("update_project", {"project_id": SEC.id}, "key", ["SEC-3", "SEC-4", "SEC-1", "SEC-2"]),
    ],
)
async def test_all_cases_are_changed(
    http: httpx.AsyncClient,
    store: Store,
    kind: str,
    payload: dict[str, object],
    field: str,
    values: list[object],
) -> None:
    before = seen(store)
    response = await http.post(BULK, json=body(kind, **payload))
    assert (response.status_code, response.content) == (200, b"")
    after = seen(store)
    assert [getattr(case, field) for case in after] == values
    for old, new in zip(before, after, strict=True):
        if getattr(old, field) == getattr(new, field):
            assert (new, store.history(new.id)) == (old, [])
        else:
            assert (new.modified_at, new.modified_by) == (NOW, ANN)
            assert [(entry.at, entry.by) for entry in store.history(new.id)] == [(NOW, ANN)]


async def test_closing_says_when_and_reopening_forgets_it(
    http: httpx.AsyncClient, store: Store
) -> None:
    await http.post(BULK, json=body("status", status="CLOSED"))
    assert [case.closed_at for case in seen(store)] == [NOW, NOW, LEAK.closed_at, NOW]
    await http.post(BULK, json=body("status", status="OPEN"))
    assert [case.closed_at for case in seen(store)] == [None] * 4


async def test_a_case_may_be_named_by_its_key_and_more_than_once(
    http: httpx.AsyncClient, store: Store
) -> None:
    ids = ["ops-1", DISK.id, "OPS-1", DISK.id.upper(), "ops-1"]
    response = await http.post(BULK, json=body("update_project", ids, project_id=SEC.id))
    assert response.status_code == 200
    assert [case.key for case in seen(store)] == ["SEC-3", "OPS-2", "SEC-1", "SEC-2"]
    assert len(store.history(DISK.id)) == 1


@pytest.mark.parametrize("unknown", [NOWHERE, "OPS-99", "", "OPS-1\0", "' OR 1=1 --", "x" * 5000])
async def test_an_unknown_case_is_named_and_nothing_is_changed(
    http: httpx.AsyncClient, store: Store, unknown: str
) -> None:
    before = seen(store)
    response = await http.post(BULK, json=body("archive", [DISK.id, unknown, UPGRADE.id, NOWHERE]))
    error = {
        "code": "resource_not_found",
        "title": "case not found",
        "meta": {"case_id": unknown},
    }
    check(response, 404, {"errors": [error]})
    assert seen(store) == before
    assert store.history_between(None, None) == []


async def test_a_status_that_one_type_does_not_have_changes_nothing(
    http: httpx.AsyncClient, store: Store
) -> None:
    before = seen(store)
    response = await http.post(BULK, json=body("status", status_name="In Progress"))
    detail = (
        "invalid status name In Progress. Must be one of Open, Pending Approval, Approved, "
        "Completed, Declined"
    )
    check(response, 400, {"errors": [{"title": "Generic Error", "detail": detail}]})
    assert seen(store) == before
    assert store.history_between(None, None) == []


@pytest.mark.parametrize(
    ("kind", "payload", "title"),
    [
        ("assign", {"assignee_id": NOWHERE}, "user not found"),
        ("update_project", {"project_id": NOWHERE}, "project not found"),
    ],
)
async def test_what_the_payload_names_has_to_be_there(
    http: httpx.AsyncClient, store: Store, kind: str, payload: dict[str, object], title: str
) -> None:
    before = seen(store)
    response = await http.post(BULK, json=body(kind, **payload))
    check(response, 404, {"errors": [{"code": "resource_not_found", "title": title}]})
    assert seen(store) == before


KINDS = (
    "priority, status, assign, unassign, archive, unarchive, jira, servicenow, linear, "
    "update_project"
)
PRIORITIES = "P1, P2, P3, P4, P5, NOT_DEFINED"


def generic(detail: str) -> dict[str, Any]:
    return {"errors": [{"title": "Generic Error", "detail": detail}]}


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (body(""), generic(f"invalid type . Must be one of {KINDS}")),
        (body("delete"), generic(f"invalid type delete. Must be one of {KINDS}")),
        (body(7), detailed('error decoding attribute "type": invalid type number')),
        (body("archive", None), detailed("give 1 to 10000 case_ids")),
        (body("archive", []), detailed("give 1 to 10000 case_ids")),
        (
            body("archive", DISK.id),
            detailed('error decoding attribute "case_ids": invalid type string'),
        ),
        (
            body("archive", [DISK.id, 7]),
            detailed('error decoding attribute "case_ids": invalid type number'),
        ),
        (body("priority"), generic(f"invalid priority . Must be one of {PRIORITIES}")),
        (
            body("priority", priority="P9"),
            generic(f"invalid priority P9. Must be one of {PRIORITIES}"),
        ),
        (
            body("priority", priority=1),
            detailed('error decoding attribute "priority": invalid type number'),
        ),
        (body("status"), BAD_REQUEST),
        (body("assign"), BAD_REQUEST),
        (body("assign", assignee_id="bob@example.com"), BAD_REQUEST),
        (body("update_project"), BAD_REQUEST),
        (body("update_project", project_id="SEC"), BAD_REQUEST),
        (
            body("jira"),
            detailed("this workspace is not connected to Jira: nothing was created there"),
        ),
        (
            body("servicenow"),
            detailed("this workspace is not connected to ServiceNow: nothing was created there"),
        ),
        (
            body("linear"),
            detailed("this workspace is not connected to Linear: nothing was created there"),
        ),
        ({"data": {"type": "case", "attributes": {}}}, bad_type("case", "bulk")),
        (
            {"data": {"type": "bulk", "attributes": {"type": "archive", "payload": []}}},
            detailed("give 1 to 10000 case_ids"),
        ),
        (
            {
                "data": {
                    "type": "bulk",
                    "attributes": {"type": "archive", "case_ids": EVERY, "payload": []},
                }
            },
            detailed('error decoding attribute "payload": invalid type array'),
        ),
    ],
)
async def test_what_cannot_be_used_is_refused(
    http: httpx.AsyncClient, store: Store, sent: dict[str, Any], answer: object
) -> None:
    before = seen(store)
    check(await http.post(BULK, json=sent), 400, answer)
    assert seen(store) == before


async def test_up_to_ten_thousand_cases(http: httpx.AsyncClient, store: Store) -> None:
    with store.writing() as db:
        add_cases(db, MANY)
    ids = [case.id for case in MANY]
    unknown = [str(UUID(int=n)) for n in range(2000, 2000 + IDS_LIMIT)]
    sent = body("priority", [*ids[:1], *unknown], priority="P5")
    check(await http.post(BULK, json=sent), 400, detailed("give 1 to 10000 case_ids"))
    sent = body("priority", [*ids[:1], *unknown[1:]], priority="P5")
    response = await http.post(BULK, json=sent)
    assert (response.status_code, response.json()["errors"][0]["meta"]) == (
        404,
        {"case_id": unknown[1]},
    )
    # Each counts once, however often it is named.
    response = await http.post(BULK, json=body("priority", ids[:-1] * 40, priority="P5"))
    assert response.status_code == 200
    last, left_out = store.case(ids[-2]), store.case(ids[-1])
    assert (last and last.priority, left_out and left_out.priority) == ("P5", "P2")
    assert len(store.history_between(None, None, size=20_000)) == len(ids) - 1


async def test_moved_cases_are_numbered_in_the_order_in_which_they_are_named(
    http: httpx.AsyncClient, store: Store
) -> None:
    ids = [OLD.id, LEAK.id]
    await http.post(BULK, json=body("update_project", ids, project_id=OPS.id))
    assert [case.key for case in seen(store)] == ["OPS-1", "OPS-2", "OPS-4", "OPS-3"]
