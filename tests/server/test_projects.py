"""The contract of projects and favourites, by both ways in."""

from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest

from tests.server.answers import (
    CASE_NOT_FOUND,
    NOWHERE,
    bad_request,
    bad_type,
    check,
    new_case,
    not_a_uuid,
    not_found,
)
from tests.server.conftest import BOB, CHANGE, DISK, LEAK, OPS, RETIRED, SEC
from triage_tui import wire
from triage_tui.models import Project
from triage_tui.server.store import Store
from triage_tui.server.tables import favorites

DEFAULT_SETTINGS = {
    "notification": {
        "destinations": [1],
        "enabled": True,
        "notify_on_case_assignment": True,
        "notify_on_case_closed": True,
        "notify_on_case_comment": True,
        "notify_on_case_comment_mention": True,
        "notify_on_case_priority_change": True,
        "notify_on_case_status_change": True,
        "notify_on_case_unassignment": True,
    }
}

OPS_ANSWER = {
    "id": "b0000000-0000-4000-8000-000000000001",
    "type": "project",
    "attributes": {
        "key": "OPS",
        "name": "Operations",
        "restricted": False,
        "settings": DEFAULT_SETTINGS,
    },
}
SEC_ANSWER = {
    "id": "b0000000-0000-4000-8000-000000000002",
    "type": "project",
    "attributes": {
        "key": "SEC",
        "name": "Security",
        "restricted": True,
        "settings": DEFAULT_SETTINGS,
    },
}


TEAM = "9a000000-0000-4000-8000-000000000007"
OPS_PATH = f"/api/v2/cases/projects/{OPS.id}"


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
            "attributes": {
                "key": "PAY",
                "name": "Payments",
                "restricted": False,
                "settings": DEFAULT_SETTINGS,
            },
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
    check(response, 400, bad_request(detail if key else ""))


async def test_a_key_in_use_is_a_conflict(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/projects", json=project_body("OPS"))
    error = {"status": "409", "title": "Conflict", "detail": "the project key OPS is in use"}
    check(response, 409, {"errors": [error]})


async def test_deleting_a_project_deletes_its_cases(http: httpx.AsyncClient) -> None:
    path = f"/api/v2/cases/projects/{OPS.id}"
    response = await http.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert "content-type" not in response.headers
    check(await http.delete(path), 404, not_found("project"))
    check(await http.get(f"/api/v2/cases/{DISK.id}"), 404, CASE_NOT_FOUND)
    assert (await http.get(f"/api/v2/cases/{LEAK.id}")).status_code == 200


@pytest.mark.parametrize(
    ("method", "rest"),
    [("GET", ""), ("DELETE", ""), ("POST", "/favorites"), ("DELETE", "/favorites")],
)
async def test_unknown_projects(http: httpx.AsyncClient, method: str, rest: str) -> None:
    path = "/api/v2/cases/projects"
    check(await http.request(method, f"{path}/{NOWHERE}{rest}"), 404, not_found("project"))
    check(await http.request(method, f"{path}/OPS{rest}"), 400, not_a_uuid("ProjectID"))


def update(**attributes: object) -> dict[str, Any]:
    return {"data": {"type": "project", "attributes": attributes}}


def ops(**attributes: object) -> dict[str, Any]:
    """The answer about OPS with these attributes instead of its own."""
    answer: dict[str, Any] = copy.deepcopy(OPS_ANSWER)
    answer["attributes"] = dict(sorted((answer["attributes"] | attributes).items()))
    return {"data": answer}


async def test_a_project_is_renamed(http: httpx.AsyncClient) -> None:
    name = '\u202eOps & "Co" \U0001f9ef\0 '
    check(await http.patch(OPS_PATH, json=update(name=name)), 200, ops(name=name))
    check(await http.get(OPS_PATH), 200, ops(name=name))
    listed = (await http.get("/api/v2/cases/projects")).json()["data"]
    assert listed == [ops(name=name)["data"], SEC_ANSWER]


async def test_the_key_of_a_project_stays(http: httpx.AsyncClient) -> None:
    body = update(key="NEW", restricted=True, nonsense=[1])
    check(await http.patch(OPS_PATH, json=body), 200, ops())


@pytest.mark.parametrize("attributes", [{}, {"name": None, "settings": None}, {"settings": {}}])
async def test_an_update_of_nothing_changes_nothing(
    http: httpx.AsyncClient, attributes: dict[str, object]
) -> None:
    check(await http.patch(OPS_PATH, json=update(**attributes)), 200, ops())


async def test_settings_that_are_not_named_stay(http: httpx.AsyncClient) -> None:
    close = {"enabled": True, "max_inactive_time_in_secs": 604800}
    jira = {
        "metadata": {"account_id": "7"},
        "sync": {
            "properties": {
                "custom_fields": {"a'b": {"sync_type": "push", "value": [1, {"x": None}]}},
                "status": {"mapping": {"OPEN": "To do"}},
            }
        },
    }
    for settings in (
        {"notification": {"enabled": False, "shoe_size": 44}, "shoes": True},
        {"auto_close_inactive_cases": {"max_inactive_time_in_secs": 604800}},
        {"auto_close_inactive_cases": {"enabled": True}, "integration_jira": jira},
        {"notification": {"destinations": [3, 2]}},
    ):
        response = await http.patch(OPS_PATH, json=update(settings=settings))
        assert response.status_code == 200
    notification = DEFAULT_SETTINGS["notification"] | {"destinations": [3, 2], "enabled": False}
    expected = {
        "auto_close_inactive_cases": close,
        "integration_jira": jira,
        "notification": notification,
    }
    check(await http.get(OPS_PATH), 200, ops(settings=expected))


async def test_columns_are_replaced(http: httpx.AsyncClient) -> None:
    first = {"columns": [{"sort": {"ascending": False, "priority": 1}, "type": "status"}, {}]}
    second = {"columns": [{"sort_field": "created_at", "type": "priority"}]}
    for columns in (first, second):
        response = await http.patch(OPS_PATH, json=update(columns_config=columns))
        check(response, 200, ops(columns_config=columns))
    check(
        await http.patch(OPS_PATH, json=update(name="Ops")),
        200,
        ops(columns_config=second, name="Ops"),
    )


async def test_case_types_are_enabled(http: httpx.AsyncClient) -> None:
    body = update(enabled_custom_case_types=[RETIRED.id.upper(), CHANGE.id, RETIRED.id])
    expected = ops(enabled_custom_case_types=[RETIRED.id, CHANGE.id])
    check(await http.patch(OPS_PATH, json=body), 200, expected)
    check(await http.patch(OPS_PATH, json=update(enabled_custom_case_types=[])), 200, ops())


async def test_a_project_is_created_with_types_and_a_team(http: httpx.AsyncClient) -> None:
    attributes = {
        "key": "PAY",
        "name": "Payments",
        "enabled_custom_case_types": [CHANGE.id],
        "team_uuid": TEAM,
    }
    response = await http.post("/api/v2/cases/projects", json=update(**attributes))
    project_id = response.json()["data"]["id"]
    expected = {
        "data": {
            "id": project_id,
            "type": "project",
            "attributes": {
                "enabled_custom_case_types": [CHANGE.id],
                "key": "PAY",
                "name": "Payments",
                "restricted": False,
                "settings": DEFAULT_SETTINGS,
            },
            "relationships": {"member_team": {"data": [{"id": TEAM, "type": "team_links"}]}},
        }
    }
    check(response, 201, expected)
    check(await http.get(f"/api/v2/cases/projects/{project_id}"), 200, expected)


async def test_a_project_changes_its_team(http: httpx.AsyncClient) -> None:
    for team in (NOWHERE, TEAM):
        response = await http.patch(OPS_PATH, json=update(team_uuid=team))
        relationships = {"member_team": {"data": [{"id": team, "type": "team_links"}]}}
        check(response, 200, {"data": {**OPS_ANSWER, "relationships": relationships}})


async def test_types_that_nobody_knows_are_not_found(http: httpx.AsyncClient) -> None:
    error = not_found("case_type")
    types = [CHANGE.id, NOWHERE]
    check(await http.patch(OPS_PATH, json=update(enabled_custom_case_types=types)), 404, error)
    body = update(key="PAY", name="Payments", enabled_custom_case_types=types)
    check(await http.post("/api/v2/cases/projects", json=body), 404, error)
    assert len((await http.get("/api/v2/cases/projects")).json()["data"]) == 2


@pytest.mark.parametrize(
    ("attributes", "detail"),
    [
        ({"name": ""}, ""),
        ({"name": " \t"}, ""),
        ({"name": 7}, 'error decoding attribute "name": invalid type number'),
        ({"team_uuid": "ops"}, 'error decoding attribute "team_uuid": expected type "uuid"'),
        (
            {"enabled_custom_case_types": ["x"]},
            'error decoding attribute "enabled_custom_case_types": expected 1000 of type "uuid" at '
            "most",
        ),
        (
            {"enabled_custom_case_types": [CHANGE.id] * 1001},
            'error decoding attribute "enabled_custom_case_types": expected 1000 of type "uuid" at '
            "most",
        ),
        (
            {"enabled_custom_case_types": CHANGE.id},
            'error decoding attribute "enabled_custom_case_types": invalid type string',
        ),
        ({"settings": []}, 'error decoding attribute "settings": invalid type array'),
        (
            {"settings": {"notification": True}},
            'error decoding attribute "notification": invalid type bool',
        ),
        (
            {"settings": {"notification": {"enabled": "yes"}}},
            'error decoding attribute "enabled": invalid type string',
        ),
        (
            {"settings": {"notification": {"destinations": [1, 4]}}},
            '"destinations" must be from 1 to 3',
        ),
        (
            {"settings": {"notification": {"destinations": [None]}}},
            'error decoding attribute "destinations": invalid type null',
        ),
        (
            {"settings": {"auto_close_inactive_cases": {"max_inactive_time_in_secs": 0}}},
            '"max_inactive_time_in_secs" must be from 1 to 2147483647',
        ),
        (
            {"settings": {"integration_incident": {"field_mappings": ["x"]}}},
            'error decoding attribute "field_mappings": invalid type string',
        ),
        (
            {
                "settings": {
                    "integration_incident": {"severity_config": {"priority_mapping": {"P1": 1}}}
                }
            },
            'error decoding attribute "P1": invalid type number',
        ),
        ({"columns_config": "x"}, 'error decoding attribute "columns_config": invalid type string'),
        (
            {"columns_config": {"columns": [{"sort": {"priority": 1.5}}]}},
            'error decoding attribute "priority": invalid type number',
        ),
    ],
)
async def test_what_cannot_be_set(
    http: httpx.AsyncClient, attributes: dict[str, object], detail: str
) -> None:
    body = update(**{"name": "New", **attributes})
    check(await http.patch(OPS_PATH, json=body), 400, bad_request(detail))
    check(await http.get(OPS_PATH), 200, ops())


async def test_a_setting_of_any_shape_is_not_of_any_depth(http: httpx.AsyncClient) -> None:
    def body(levels: int) -> dict[str, Any]:
        value: object = "deep"
        for _ in range(levels):
            value = [value]
        field = {"custom_fields": {"x": {"value": value}}}
        return update(settings={"integration_jira": {"sync": {"properties": field}}})

    assert (await http.patch(OPS_PATH, json=body(20))).status_code == 200
    response = await http.patch(OPS_PATH, json=body(21))
    check(response, 400, bad_request("a value may have 20 levels at most"))


async def test_an_update_that_is_wrong_in_type_or_place(http: httpx.AsyncClient) -> None:
    response = await http.patch(OPS_PATH, json={"data": {"type": "case"}})
    check(response, 400, bad_type("case", "project"))
    response = await http.patch("/api/v2/cases/projects/OPS", json=update())
    check(response, 400, not_a_uuid("ProjectID"))
    response = await http.patch(f"/api/v2/cases/projects/{NOWHERE}", json=update())
    check(response, 404, not_found("failed to get project: project"))


async def test_the_app_reads_a_project_with_everything(http: httpx.AsyncClient) -> None:
    body = update(
        name="Ops",
        team_uuid=TEAM,
        enabled_custom_case_types=[CHANGE.id],
        columns_config={"columns": [{"type": "status"}]},
    )
    content = (await http.patch(OPS_PATH, json=body)).content
    assert wire.project(content) == Project(OPS.id, "OPS", "Ops")


def favorites_of(*ids: str) -> dict[str, Any]:
    return {"data": [{"id": id, "type": "project_favorite"} for id in ids]}


async def test_favourites_are_added_and_removed_any_number_of_times(
    http: httpx.AsyncClient,
) -> None:
    path = "/api/v2/cases/projects"
    check(await http.get(f"{path}/favorites"), 200, favorites_of())
    for id in (SEC.id, OPS.id, SEC.id.upper()):
        response = await http.post(f"{path}/{id}/favorites")
        assert (response.status_code, response.content) == (204, b"")
    check(await http.get(f"{path}/favorites"), 200, favorites_of(OPS.id, SEC.id))
    for _ in range(2):
        response = await http.delete(f"{path}/{OPS.id}/favorites")
        assert (response.status_code, response.content) == (204, b"")
    check(await http.get(f"{path}/favorites"), 200, favorites_of(SEC.id))


async def test_favourites_of_others_are_not_mine(http: httpx.AsyncClient, store: Store) -> None:
    with store.writing() as db:
        favorites.add(db, BOB.id, SEC.id)
    check(await http.get("/api/v2/cases/projects/favorites"), 200, favorites_of())
    await http.delete(f"/api/v2/cases/projects/{SEC.id}/favorites")
    with store.reading() as db:
        assert favorites.of_user(db, BOB.id) == [SEC.id]


async def test_a_deleted_project_is_no_favourite(http: httpx.AsyncClient) -> None:
    await http.post(f"{OPS_PATH}/favorites")
    await http.delete(OPS_PATH)
    check(await http.get("/api/v2/cases/projects/favorites"), 200, favorites_of())
