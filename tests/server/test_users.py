"""The Users API: people listed, found, made, changed and disabled."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.answers import NOWHERE, USERS, case_body, check, new_case
from tests.server.conftest import ANN, BOB, INVITED, NOW
from triage_tui import workspace
from triage_tui.models import NewCase
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.store import Store, Workspace
from triage_tui.server.tables import users

PEOPLE = "/api/v2/users"
NOW_THERE = "2026-11-21T09:00:00.123400+00:00"
"""The Users API writes times in its own way."""

ORG = {
    "id": "00000000-0000-0000-0000-000000000001",
    "type": "orgs",
    "attributes": {"disabled": False, "name": "Local workspace"},
}


def person(number: int, name: str | None, email: str, **attributes: object) -> dict[str, Any]:
    """A user of the fixture; the times, which come from the clock, are left out."""
    return resource(f"a0000000-0000-4000-8000-00000000000{number}", name, email, **attributes)


def resource(id: str, name: str | None, email: str, **attributes: object) -> dict[str, Any]:
    usual = {
        "allowed_login_methods": [],
        "disabled": False,
        "email": email,
        "handle": email,
        "icon": "",
        "last_login_time": None,
        "mfa_enabled": False,
        "name": name,
        "service_account": False,
        "status": "Active",
        "title": None,
        "verified": True,
    }
    return {
        "id": id,
        "type": "users",
        "attributes": usual | attributes,
        "relationships": {
            "org": {"data": {"id": "00000000-0000-0000-0000-000000000001", "type": "orgs"}},
            "roles": {"data": []},
        },
    }


ANN_USER = person(1, "Ann", "ann@example.com")
BOB_USER = person(2, "Bob", "bob@example.com", handle="bob", title="Engineer")
INVITED_USER = person(3, None, "new@example.com", status="Pending", verified=False)


def body(**attributes: object) -> dict[str, Any]:
    return {"data": {"type": "users", "attributes": attributes}}


def changes(user_id: str, **attributes: object) -> dict[str, Any]:
    return {"data": {"type": "users", "id": user_id, "attributes": attributes}}


def timeless(data: Any) -> Any:
    """Users without the times at which they were put into the fixture."""
    if isinstance(data, list):
        return [timeless(one) for one in data]
    attributes = dict(data["attributes"])
    for name in ("created_at", "modified_at"):
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00", attributes[name])
        del attributes[name]
    return data | {"attributes": attributes}


def shown(response: httpx.Response) -> Any:
    assert response.headers["content-type"] == USERS
    document = response.json()
    assert document["included"] == [ORG]
    return timeless(document["data"])


@pytest.mark.parametrize(
    ("parameters", "people", "filtered"),
    [
        ("filter=example.com&sort=name&sort_dir=desc&page[size]=2", [BOB_USER, ANN_USER], 3),
        ("filter=example.com&sort=-name&page[size]=2", [BOB_USER, ANN_USER], 3),
        ("filter=bob@example.com", [BOB_USER], 1),
        ("filter=BOB", [BOB_USER], 1),
        ("filter[status]=Pending", [INVITED_USER], 1),
        ("filter[status]=Pending,Active&page[size]=1&page[number]=3", [], 3),
        ("filter[status]=Disabled", [], 0),
        ("sort=user_count", [ANN_USER, BOB_USER, INVITED_USER], 3),
        ("filter=nobody", [], 0),
    ],
)
async def test_users_are_listed(
    http: httpx.AsyncClient, parameters: str, people: list[object], filtered: int
) -> None:
    response = await http.get(f"{PEOPLE}?{parameters}")
    assert (response.status_code, shown(response)) == (200, people)
    meta = {"page": {"total_count": 3, "total_filtered_count": filtered}}
    assert response.json()["meta"] == meta


async def test_a_user_is_found(http: httpx.AsyncClient) -> None:
    for user_id in (INVITED.id, INVITED.id.upper()):
        assert shown(await http.get(f"{PEOPLE}/{user_id}")) == INVITED_USER


@pytest.mark.parametrize("user_id", [NOWHERE, "bob", "ann@example.com"])
async def test_an_unknown_user_is_answered_with_a_text(
    http: httpx.AsyncClient, user_id: str
) -> None:
    answer = {"errors": [f"{user_id} not found"]}
    path = f"{PEOPLE}/{user_id}"
    check(await http.get(path), 404, answer, USERS)
    check(await http.get(f"{path}/permissions"), 404, answer, USERS)
    check(await http.delete(path), 404, answer, USERS)
    if user_id == NOWHERE:
        check(await http.patch(path, json=changes(user_id, name="x")), 404, answer, USERS)


async def test_the_caller_is_known(http: httpx.AsyncClient) -> None:
    assert shown(await http.get("/api/v2/current_user")) == ANN_USER


async def test_a_user_is_created_and_can_be_assigned(http: httpx.AsyncClient) -> None:
    given = body(email="Eve@Example.COM", name="Eve", title="Analyst")
    response = await http.post(PEOPLE, json=given)
    user_id = response.json()["data"]["id"]
    answer = resource(
        user_id,
        "Eve",
        "eve@example.com",
        created_at=NOW_THERE,
        modified_at=NOW_THERE,
        status="Pending",
        title="Analyst",
        verified=False,
    )
    answer["attributes"] = dict(sorted(answer["attributes"].items()))
    check(response, 201, {"data": answer, "included": [ORG]}, USERS)
    found = await http.get(f"{PEOPLE}/{user_id}")
    assert found.json()["data"] == answer
    response = await http.post("/api/v2/cases/OPS-1/assign", json=case_body(assignee_id=user_id))
    assert response.json()["data"]["relationships"]["assignee"]["data"]["id"] == user_id


async def test_only_the_email_is_needed(http: httpx.AsyncClient) -> None:
    response = await http.post(PEOPLE, json=body(email="x@y"))
    attributes = response.json()["data"]["attributes"]
    assert (response.status_code, attributes["name"], attributes["title"]) == (201, None, None)


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({}, '"email" must be an e-mail address'),
        ({"email": ""}, '"email" must be an e-mail address'),
        ({"email": "eve"}, '"email" must be an e-mail address'),
        ({"email": "a@b@c"}, '"email" must be an e-mail address'),
        ({"email": "a b@c"}, '"email" must be an e-mail address'),
        ({"email": "<a@c>"}, '"email" must be an e-mail address'),
        ({"email": "a\0@c"}, '"email" must be an e-mail address'),
        ({"email": "a@" + "b" * 190}, '"email" must be an e-mail address'),
        ({"email": 7}, 'error decoding attribute "email": invalid type number'),
        (
            {"email": "a@b", "name": "x" * 56},
            '"name" may have 55 characters at most, and neither < nor >',
        ),
        (
            {"email": "a@b", "name": "<b>"},
            '"name" may have 55 characters at most, and neither < nor >',
        ),
        ({"email": "a@b", "title": "x" * 256}, '"title" may have 255 characters at most'),
    ],
    ids=lambda value: ascii(value)[:40],
)
async def test_a_user_that_cannot_be(
    http: httpx.AsyncClient, attributes: dict[str, object], text: str
) -> None:
    check(await http.post(PEOPLE, json=body(**attributes)), 400, {"errors": [text]}, USERS)
    if "email" in attributes and attributes["email"] is not None:
        response = await http.patch(f"{PEOPLE}/{BOB.id}", json=changes(BOB.id, **attributes))
        check(response, 400, {"errors": [text]}, USERS)
    assert shown(await http.get(f"{PEOPLE}/{BOB.id}")) == BOB_USER


async def test_the_body_has_to_be_a_user(http: httpx.AsyncClient) -> None:
    given = {"data": {"type": "user", "attributes": {"email": "a@b"}}}
    answer = {"errors": ['got type "user" expected one of "users"']}
    check(await http.post(PEOPLE, json=given), 400, answer, USERS)
    check(await http.patch(f"{PEOPLE}/{NOWHERE}", json=given), 400, answer, USERS)


async def test_an_email_belongs_to_one_user(http: httpx.AsyncClient) -> None:
    answer = {"errors": ["there is a user with the email bob@example.com already"]}
    check(await http.post(PEOPLE, json=body(email="BOB@example.com")), 409, answer, USERS)
    given = changes(ANN.id, email="bob@example.com")
    check(await http.patch(f"{PEOPLE}/{ANN.id}", json=given), 409, answer, USERS)
    # That is their own.
    given = changes(BOB.id, email="Bob@Example.com")
    response = await http.patch(f"{PEOPLE}/{BOB.id}", json=given)
    assert shown(response) == BOB_USER


async def test_a_user_is_changed(http: httpx.AsyncClient) -> None:
    path = f"{PEOPLE}/{BOB.id}"
    given = changes(BOB.id, name="Robert", title=None, email="robert@example.com")
    changed = person(2, "Robert", "robert@example.com", handle="bob")
    assert shown(await http.patch(path, json=given)) == changed
    assert shown(await http.get(path)) == changed
    # A handle that is the address follows it.
    given = changes(INVITED.id, email="newer@example.com")
    changed = person(3, None, "newer@example.com", status="Pending", verified=False)
    assert shown(await http.patch(f"{PEOPLE}/{INVITED.id}", json=given)) == changed
    # Cases name their people as they are now.
    assert (await http.get("/api/v2/cases/OPS-2")).json()["included"][1]["attributes"] == {
        "active": True,
        "email": "robert@example.com",
        "handle": "bob",
        "name": "Robert",
    }


async def test_a_change_that_changes_nothing_leaves_the_time(http: httpx.AsyncClient) -> None:
    path = f"{PEOPLE}/{BOB.id}"
    before = (await http.get(path)).json()
    for attributes in ({}, {"name": "Bob"}, {"disabled": False}, {"handle": "x"}):
        check(await http.patch(path, json=changes(BOB.id, **attributes)), 200, before, USERS)


async def test_the_ids_of_body_and_path_have_to_be_the_same(http: httpx.AsyncClient) -> None:
    given = changes(ANN.id, name="x")
    answer = {"errors": ["the id of the body is not that of the path"]}
    check(await http.patch(f"{PEOPLE}/{BOB.id}", json=given), 422, answer, USERS)
    check(
        await http.patch(f"{PEOPLE}/{BOB.id}", json=body(name="x")),
        400,
        {"errors": ["Bad Request"]},
        USERS,
    )


async def test_a_user_is_disabled_and_comes_back(http: httpx.AsyncClient) -> None:
    path = f"{PEOPLE}/{BOB.id}"
    for _ in range(2):
        response = await http.delete(path)
        assert (response.status_code, response.content) == (204, b"")
    gone = person(
        2,
        "Bob",
        "bob@example.com",
        handle="bob",
        title="Engineer",
        status="Disabled",
        disabled=True,
        verified=False,
    )
    assert shown(await http.get(path)) == gone
    check(await http.get(f"{path}/permissions"), 200, {"data": []}, USERS)
    assert shown(await http.get(f"{PEOPLE}?filter[status]=Disabled")) == [gone]
    case = (await http.get("/api/v2/cases/OPS-2")).json()
    assert [one["attributes"]["active"] for one in case["included"]] == [False, False, True]
    assert shown(await http.patch(path, json=changes(BOB.id, disabled=False))) == BOB_USER
    assert shown(await http.patch(path, json=changes(BOB.id, disabled=True))) == gone


async def test_nobody_disables_themselves(http: httpx.AsyncClient) -> None:
    path = f"{PEOPLE}/{ANN.id}"
    answer = {"errors": ["you cannot disable yourself"]}
    check(await http.delete(path), 400, answer, USERS)
    check(await http.patch(path, json=changes(ANN.id, disabled=True)), 400, answer, USERS)
    assert shown(await http.get(path)) == ANN_USER


async def test_permissions_are_listed(http: httpx.AsyncClient) -> None:
    response = await http.get(f"{PEOPLE}/{INVITED.id}/permissions")
    assert response.headers["content-type"] == USERS
    permissions = response.json()["data"]
    names = ["cases_read", "cases_write", "cases_shared_settings_write"]
    assert [one["attributes"]["name"] for one in permissions] == names
    assert permissions[0] == {
        "id": "cases_read",
        "type": "permissions",
        "attributes": {
            "description": "View Cases.",
            "display_name": "Cases Read",
            "display_type": "read",
            "group_name": "Case and Incident Management",
            "name": "cases_read",
            "name_aliases": [],
            "restricted": False,
        },
    }


def test_listing_from_the_store(store: Store) -> None:
    def found(**arguments: Any) -> tuple[list[str], int, int]:
        with store.reading() as db:
            accounts, total, selected = users.listing(db, **arguments)
        return [account.user.label for account in accounts], total, selected

    assert found() == (["new@example.com", "Ann", "Bob"], 3, 3)
    assert found(descending=True, size=1) == (["Bob"], 3, 3)
    assert found(number=1, size=2) == (["Bob"], 3, 3)
    assert found(number=10**30) == ([], 3, 3)
    assert found(text="BOB@") == (["Bob"], 3, 1)
    assert found(text="%") == ([], 3, 0)
    assert found(statuses=["Pending", "Disabled"]) == (["new@example.com"], 3, 1)
    with store.writing() as db:
        users.keep(db, users.Account(ANN, NOW, NOW.replace(year=2100)))
    assert found(sort="modified_at", descending=True)[0][0] == "Ann"


class TestAnEmptyWorkspace:
    def test_it_gets_what_every_workspace_has(self, store: Store) -> None:
        types, me = store.case_types(), store.me()
        store.furnish()
        assert store.me() == me
        assert [case_type.name for case_type in store.case_types()] == [
            "Standard",
            "Event Management",
            "Security",
            "Change Request",
            "Error Tracking",
            "Logs Optimization Insights",
            "Retired",
        ]
        # What is there is left alone.
        assert [one for one in store.case_types() if one in types] == types

    async def test_it_can_be_used(self, tmp_path: Path) -> None:
        with workspace.opened(tmp_path / "new.db", demo=False) as store:
            transport = httpx.ASGITransport(create_app(store, now=lambda: NOW))
            async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
                me = shown(await http.get("/api/v2/current_user"))
                assert me == resource(me["id"], "Me", "me@workspace.invalid")
                types = (await http.get("/api/v2/cases/types")).json()["data"]
                assert [one["id"][-4:] for one in types] == [
                    "0001",
                    "0002",
                    "0003",
                    "0004",
                    "0005",
                    "0007",
                ]
                given = {"data": {"type": "project", "attributes": {"key": "NEW", "name": "New"}}}
                project = (await http.post("/api/v2/cases/projects", json=given)).json()["data"]
                pointer = {"data": {"type": "project", "id": project["id"]}}
                for one in types:
                    given = new_case(type_id=one["id"], project=pointer)
                    response = await http.post("/api/v2/cases", json=given)
                    assert response.status_code == 201
                    assert response.json()["included"][0]["id"] == me["id"]
        with workspace.opened(tmp_path / "new.db", demo=True) as store:
            assert store.me().id == me["id"]
            assert len(store.case_types()) == 6

    def test_the_stand_in_goes_when_somebody_comes(self, tmp_path: Path) -> None:
        with workspace.opened(tmp_path / "new.db", demo=False) as store:
            with store.reading() as db:
                assert users.listing(db)[1] == 1
            store.load(Workspace(ANN.id, (ANN,)))
            with store.reading() as db:
                assert [one.user for one in users.listing(db)[0]] == [ANN]
            assert store.me() == ANN

    def test_the_stand_in_stays_if_something_is_theirs(self, tmp_path: Path) -> None:
        with workspace.opened(tmp_path / "new.db", demo=False) as store:
            store.create_project("OPS", "Operations", by=store.me(), now=NOW)
            store.create_case(NewCase("Mine", store.projects()[0].id), by=store.me(), now=NOW)
            with store.writing() as db:
                users.save(db, ANN)
                users.set_me(db, ANN.id)
                assert [one.user.name for one in users.listing(db)[0]] == ["Ann", "Me"]
