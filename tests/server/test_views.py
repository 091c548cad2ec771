"""The contract of views, by both ways in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.server.answers import (
    BAD_REQUEST,
    BY_ANN,
    IN_OPS,
    NOW_TEXT,
    NOWHERE,
    bad_request,
    bad_type,
    check,
    not_a_uuid,
    not_found,
)
from tests.server.conftest import BOB, NOW, OPS, SEC
from triage_tui.server.store import Store
from triage_tui.server.tables import records
from triage_tui.server.tables.records import NOTIFICATION_RULE, VIEW, Record

VIEWS = "/api/v2/cases/views"
MINE = "70000000-0000-4000-8000-000000000001"
RULE = "70000000-0000-4000-8000-00000000000a"
RULE_OF_SEC = "70000000-0000-4000-8000-00000000000b"


@pytest.fixture(autouse=True)
def _kept(store: Store) -> None:
    """A view that Bob made an hour ago, and a notification rule in each project."""
    before = NOW - timedelta(hours=1)
    with store.writing() as db:
        for record in (
            Record(RULE, NOTIFICATION_RULE, {}, before, OPS.id, created_by=BOB),
            Record(RULE_OF_SEC, NOTIFICATION_RULE, {}, before, SEC.id, created_by=BOB),
            Record(
                MINE,
                VIEW,
                {"name": "Mine", "np_rule_id": RULE, "query": "status:open"},
                before,
                OPS.id,
                created_by=BOB,
            ),
        ):
            assert records.add(db, record)


def view_body(**attributes: object) -> dict[str, Any]:
    return {"data": {"type": "view", "attributes": attributes}}


def mine(**attributes: object) -> dict[str, Any]:
    """The answer about Bob's view; a value of None is absent."""
    merged = {
        "created_at": "2026-11-21T08:00:00.1234Z",
        "name": "Mine",
        "np_rule_id": RULE,
        "query": "status:open",
    } | attributes
    by_bob = {"data": {"id": BOB.id, "type": "user"}}
    relationships = {"created_by": by_bob, "project": IN_OPS}
    if "modified_at" in attributes:
        relationships["modified_by"] = BY_ANN
    return {
        "data": {
            "id": MINE,
            "type": "view",
            "attributes": {name: text for name, text in merged.items() if text is not None},
            "relationships": relationships,
        }
    }


async def test_a_view_is_created_and_found(http: httpx.AsyncClient) -> None:
    name = "\u202eP1 & 'P2' \U0001f9ef\0 "
    query = ' priority:(P1 OR P2)  "disk full" '
    body = view_body(name=name, query=query, project_id=OPS.id.upper(), shoes=44)
    response = await http.post(VIEWS, json=body)
    view_id = response.json()["data"]["id"]
    expected = {
        "data": {
            "id": view_id,
            "type": "view",
            "attributes": {"created_at": NOW_TEXT, "name": name, "query": query},
            "relationships": {"created_by": BY_ANN, "project": IN_OPS},
        }
    }
    check(response, 201, expected)
    check(await http.get(f"{VIEWS}/{view_id.upper()}"), 200, expected)
    response = await http.get(VIEWS, params={"project_id": OPS.id.upper()})
    check(response, 200, {"data": [mine()["data"], expected["data"]]})


async def test_a_view_may_select_everything_and_tell_people(http: httpx.AsyncClient) -> None:
    body = view_body(name="All", query="", project_id=OPS.id, np_rule_id=RULE.upper())
    attributes = (await http.post(VIEWS, json=body)).json()["data"]["attributes"]
    assert (attributes["query"], attributes["np_rule_id"]) == ("", RULE)


async def test_a_project_has_no_views_at_first(http: httpx.AsyncClient) -> None:
    check(await http.get(VIEWS, params={"project_id": SEC.id}), 200, {"data": []})


async def test_the_attributes_of_a_view_are_in_alphabetical_order(http: httpx.AsyncClient) -> None:
    await http.put(f"{VIEWS}/{MINE}", json=view_body(name="New"))
    attributes = (await http.get(f"{VIEWS}/{MINE}")).json()["data"]["attributes"]
    assert list(attributes) == ["created_at", "modified_at", "name", "np_rule_id", "query"]


@pytest.mark.parametrize(
    "parameters", [{}, {"project_id": ""}, {"project_id": "OPS"}, {"project_id": "'; --"}]
)
async def test_a_list_of_views_needs_a_project(
    http: httpx.AsyncClient, parameters: dict[str, str]
) -> None:
    check(await http.get(VIEWS, params=parameters), 400, not_a_uuid("project_id", "query"))


async def test_views_of_an_unknown_project(http: httpx.AsyncClient) -> None:
    check(await http.get(VIEWS, params={"project_id": NOWHERE}), 404, not_found("project"))
    body = view_body(name="x", query="", project_id=NOWHERE)
    check(await http.post(VIEWS, json=body), 404, not_found("project"))


@pytest.mark.parametrize(
    ("attributes", "detail"),
    [
        ({"name": None}, ""),
        ({"name": " "}, ""),
        ({"query": None}, ""),
        ({"project_id": None}, ""),
        ({"name": ["x"]}, 'error decoding attribute "name": invalid type array'),
        ({"query": 1}, 'error decoding attribute "query": invalid type number'),
        ({"project_id": "OPS"}, 'error decoding attribute "project_id": expected type "uuid"'),
        ({"np_rule_id": "x"}, 'error decoding attribute "np_rule_id": expected type "uuid"'),
    ],
)
async def test_what_no_view_is_made_of(
    http: httpx.AsyncClient, attributes: dict[str, object], detail: str
) -> None:
    body = view_body(**{"name": "x", "query": "", "project_id": OPS.id, **attributes})
    check(await http.post(VIEWS, json=body), 400, bad_request(detail))
    listed = await http.get(VIEWS, params={"project_id": OPS.id})
    check(listed, 200, {"data": [mine()["data"]]})


@pytest.mark.parametrize("query", ["status:(open", "AND", "created_at:>x", "x" * 4097])
async def test_the_query_of_a_view_has_to_be_one(http: httpx.AsyncClient, query: str) -> None:
    body = view_body(name="x", query=query, project_id=OPS.id)
    for response in (
        await http.post(VIEWS, json=body),
        await http.put(f"{VIEWS}/{MINE}", json=view_body(query=query)),
    ):
        [error] = response.json()["errors"]
        assert (response.status_code, error["title"]) == (400, "Bad Request")
        assert "character" in error["detail"]
    check(await http.get(f"{VIEWS}/{MINE}"), 200, mine())


@pytest.mark.parametrize("rule_id", [NOWHERE, RULE_OF_SEC, MINE])
async def test_a_view_tells_by_a_rule_of_its_project_only(
    http: httpx.AsyncClient, rule_id: str
) -> None:
    body = view_body(name="x", query="", project_id=OPS.id, np_rule_id=rule_id)
    check(await http.post(VIEWS, json=body), 404, not_found("notification rule"))
    response = await http.put(f"{VIEWS}/{MINE}", json=view_body(np_rule_id=rule_id))
    check(response, 404, not_found("notification rule"))
    listed = await http.get(VIEWS, params={"project_id": OPS.id})
    check(listed, 200, {"data": [mine()["data"]]})


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"name": "Ours"}, {"name": "Ours"}),
        ({"query": "status:closed"}, {"query": "status:closed"}),
        ({"query": ""}, {"query": ""}),
        ({"np_rule_id": ""}, {"np_rule_id": None}),
        ({"name": "Ours", "project_id": SEC.id, "created_at": "x"}, {"name": "Ours"}),
    ],
)
async def test_an_update_leaves_what_it_does_not_name(
    http: httpx.AsyncClient, attributes: dict[str, object], expected: dict[str, object]
) -> None:
    answer = mine(modified_at=NOW_TEXT, **expected)
    check(await http.put(f"{VIEWS}/{MINE}", json=view_body(**attributes)), 200, answer)
    check(await http.get(f"{VIEWS}/{MINE}"), 200, answer)


@pytest.mark.parametrize(
    "data",
    [
        {"type": "view"},
        {"type": "view", "attributes": {}},
        {"type": "view", "attributes": {"name": None}},
        {"type": "view", "attributes": {"name": "Mine", "query": "status:open"}},
        {"type": "view", "attributes": {"np_rule_id": RULE}},
    ],
)
async def test_an_update_that_changes_nothing(
    http: httpx.AsyncClient, data: dict[str, object]
) -> None:
    check(await http.put(f"{VIEWS}/{MINE}", json={"data": data}), 200, mine())


async def test_an_update_with_a_blank_name(http: httpx.AsyncClient) -> None:
    check(await http.put(f"{VIEWS}/{MINE}", json=view_body(name=" ")), 400, BAD_REQUEST)


async def test_the_type_of_a_view(http: httpx.AsyncClient) -> None:
    body = {"data": {"type": "case", "attributes": {}}}
    check(await http.post(VIEWS, json=body), 400, bad_type("case", "view"))
    check(await http.put(f"{VIEWS}/{NOWHERE}", json=body), 400, bad_type("case", "view"))


async def test_a_view_is_deleted_once(http: httpx.AsyncClient) -> None:
    response = await http.delete(f"{VIEWS}/{MINE}")
    assert (response.status_code, response.content) == (204, b"")
    check(await http.delete(f"{VIEWS}/{MINE}"), 404, not_found("view"))


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_views_that_there_are_not(http: httpx.AsyncClient, method: str) -> None:
    for view_id in (NOWHERE, RULE):
        response = await http.request(method, f"{VIEWS}/{view_id}", json=view_body(name="x"))
        check(response, 404, not_found("view"))
    for view_id in ("OPS-1", "%00", "'", "x" * 3000):
        response = await http.request(method, f"{VIEWS}/{view_id}", json=view_body(name="x"))
        check(response, 400, not_a_uuid("ViewID"))


async def test_views_go_with_their_project(http: httpx.AsyncClient) -> None:
    await http.delete(f"/api/v2/cases/projects/{OPS.id}")
    check(await http.get(f"{VIEWS}/{MINE}"), 404, not_found("view"))


async def test_a_view_stays_when_its_rule_goes(http: httpx.AsyncClient) -> None:
    path = f"/api/v2/cases/projects/{OPS.id}/notification_rules/{RULE}"
    assert (await http.delete(path)).status_code == 204
    check(await http.get(f"{VIEWS}/{MINE}"), 200, mine(np_rule_id=None))
