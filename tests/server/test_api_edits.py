"""The contract of changing one field of a case, by both ways in."""

from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest

from tests.server.answers import (
    ANN_INCLUDED,
    BAD_REQUEST,
    CASE_NOT_FOUND,
    DISK_ANSWER,
    NOW_TEXT,
    NOWHERE,
    UPGRADE_ANSWER,
    bad_type,
    case_body,
    changed,
    check,
    new_case,
)
from tests.server.conftest import ANN, CHANGE, DISK, NOW, OPS, SEC, STANDARD, UPGRADE
from triage_tui.models import Case, CaseType, NewCase
from triage_tui.server.store import Store
from triage_tui.server.tables import records

SECURITY = CaseType("00000000-0000-0000-0000-000000000003", "Security", internal=True)
MONITOR = {"type": "MONITOR", "ref": "/monitors/12345?q=total", "resource_id": "12345"}


def detailed(detail: str) -> dict[str, Any]:
    return {"errors": [{"status": "400", "title": "Bad Request", "detail": detail}]}


def unknown_key(key: str) -> dict[str, Any]:
    error = {
        "code": "resource_not_found",
        "title": "custom attribute not found",
        "meta": {"key": key},
    }
    return {"errors": [error]}


def configured(store: Store, case_type: CaseType, key: str, **document: object) -> None:
    """Let the cases of a type have a custom attribute."""
    config = {"key": key, "display_name": key, "is_multi": False, **document}
    record = records.Record(
        f"record of {key}", "custom_attribute", config, NOW, parent=case_type.id, created_by=ANN
    )
    with store.writing() as db:
        assert records.add(db, record)


@pytest.fixture
def breach(store: Store) -> Case:
    """A security case."""
    with store.writing() as db:
        db.execute(
            "INSERT INTO case_types (id, name, document) SELECT ?, 'Security', document "
            "FROM case_types WHERE name = 'Standard'",
            (SECURITY.id,),
        )
    return store.create_case(NewCase("Breach", SEC.id, SECURITY.id), by=ANN, now=NOW)


@pytest.mark.parametrize(
    ("field", "attributes", "shown"),
    [
        ("title", {"title": "Disk nearly full"}, {"title": "Disk nearly full"}),
        ("title", {"title": " \0[/b]\u202e "}, {"title": " \0[/b]\u202e "}),
        ("description", {"description": "# Why"}, {"description": "# Why"}),
        ("due_date", {"due_date": "2028-02-29"}, {"due_date": "2028-02-29"}),
        (
            "attributes",
            {"attributes": {"service": ["web", "api"], "env": ["prod"]}},
            {"attributes": {"env": ["prod"], "service": ["web", "api"]}},
        ),
    ],
)
async def test_a_field_is_set_and_setting_it_again_changes_nothing(
    http: httpx.AsyncClient,
    store: Store,
    field: str,
    attributes: dict[str, object],
    shown: dict[str, object],
) -> None:
    response = await http.post(f"/api/v2/cases/{DISK.id}/{field}", json=case_body(**attributes))
    check(response, 200, changed(DISK_ANSWER, **shown))
    await http.post(f"/api/v2/cases/ops-1/{field}", json=case_body(**attributes))
    [entry] = store.history(DISK.id)
    assert (entry.field, entry.by, entry.at) == (field, ANN, NOW)


@pytest.mark.parametrize(
    ("field", "attributes"),
    [
        ("title", {"title": "Upgrade the brokers"}),
        ("description", {"description": "## Plan\nOne at a time."}),
        ("due_date", {"due_date": "2026-12-01"}),
        ("attributes", {"attributes": {}}),
        ("attributes", {"attributes": {"team": ["platform"], "env": []}}),
    ],
)
async def test_what_is_so_already_leaves_the_case_alone(
    http: httpx.AsyncClient, store: Store, field: str, attributes: dict[str, object]
) -> None:
    response = await http.post(f"/api/v2/cases/OPS-2/{field}", json=case_body(**attributes))
    check(response, 200, UPGRADE_ANSWER)
    assert store.history(UPGRADE.id) == []


async def test_an_empty_description_takes_it_away(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-2/description", json=case_body(description=""))
    check(response, 200, changed(UPGRADE_ANSWER, description=""))


async def test_null_takes_the_due_date_away(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-2/due_date", json=case_body(due_date=None))
    check(response, 200, changed(UPGRADE_ANSWER, due_date=None))


async def test_attributes_that_are_not_given_stay(http: httpx.AsyncClient) -> None:
    given = {"service": ["web"], "team": [], "env": ["prod", "prod"]}
    response = await http.post("/api/v2/cases/OPS-2/attributes", json=case_body(attributes=given))
    left = {"env": ["prod", "prod"], "service": ["web"]}
    check(response, 200, changed(UPGRADE_ANSWER, attributes=left))
    found = await http.get("/api/v2/cases", params={"filter": "env:prod -team:platform"})
    assert [case["id"] for case in found.json()["data"]] == [UPGRADE.id]


async def test_a_new_title_is_found_and_the_old_one_is_not(http: httpx.AsyncClient) -> None:
    await http.post("/api/v2/cases/OPS-1/title", json=case_body(title="Volume exhausted"))
    for query, keys in (("exhausted", ["OPS-1"]), ('"disk full"', [])):
        found = await http.get("/api/v2/cases", params={"filter": query})
        assert [case["attributes"]["key"] for case in found.json()["data"]] == keys


NOT_A_LIST = detailed('error decoding attribute "attributes": invalid type string')


def bad_date(text: str) -> dict[str, Any]:
    return detailed(f'invalid due_date "{text}"; expected a date as in 2026-12-31')


@pytest.mark.parametrize(
    ("field", "attributes", "answer"),
    [
        ("title", {}, BAD_REQUEST),
        ("title", {"title": ""}, BAD_REQUEST),
        ("title", {"title": " \n"}, BAD_REQUEST),
        ("title", {"title": 7}, detailed('error decoding attribute "title": invalid type number')),
        ("description", {}, BAD_REQUEST),
        ("description", {"description": None}, BAD_REQUEST),
        (
            "description",
            {"description": ["x"]},
            detailed('error decoding attribute "description": invalid type array'),
        ),
        ("attributes", {}, BAD_REQUEST),
        ("attributes", {"attributes": "service:web"}, NOT_A_LIST),
        ("attributes", {"attributes": {"service": "web"}}, NOT_A_LIST),
        (
            "attributes",
            {"attributes": {"service": ["web", 1]}},
            detailed('error decoding attribute "attributes": invalid type number'),
        ),
        (
            "attributes",
            {"attributes": {"service": None}},
            detailed('error decoding attribute "attributes": invalid type null'),
        ),
        ("attributes", {"attributes": {" ": ["x"]}}, detailed("an attribute has no name")),
        ("due_date", {}, BAD_REQUEST),
        ("due_date", {"due_date": ""}, bad_date("")),
        ("due_date", {"due_date": "2026-02-29"}, bad_date("2026-02-29")),
        ("due_date", {"due_date": "0000-01-01"}, bad_date("0000-01-01")),
        ("due_date", {"due_date": "20261231"}, bad_date("20261231")),
        ("due_date", {"due_date": "2026-W01-1"}, bad_date("2026-W01-1")),
        ("due_date", {"due_date": "2026-12-31\n"}, bad_date("2026-12-31\n")),
        ("due_date", {"due_date": "2026-12-31T00:00:00Z"}, bad_date("2026-12-31T00:00:00Z")),
        ("due_date", {"due_date": "٢٠٢٦-12-31"}, bad_date("٢٠٢٦-12-31")),
        (
            "due_date",
            {"due_date": 20261231},
            detailed('error decoding attribute "due_date": invalid type number'),
        ),
        ("resolved_reason", {}, BAD_REQUEST),
        ("resolved_reason", {"security_resolved_reason": " "}, BAD_REQUEST),
        ("custom_attributes/window", {}, BAD_REQUEST),
        (
            "custom_attributes/window",
            {"type": "FLOAT", "is_multi": False, "value": 1.5},
            BAD_REQUEST,
        ),
        (
            "custom_attributes/window",
            {"type": "TEXT", "is_multi": False},
            detailed('error decoding attribute "value": invalid type null'),
        ),
    ],
)
async def test_what_cannot_be_used_is_refused_before_the_case_is_looked_for(
    http: httpx.AsyncClient, field: str, attributes: dict[str, object], answer: object
) -> None:
    for case_id in (UPGRADE.id, NOWHERE):
        response = await http.post(f"/api/v2/cases/{case_id}/{field}", json=case_body(**attributes))
        check(response, 400, answer)
    check(await http.get("/api/v2/cases/OPS-2"), 200, UPGRADE_ANSWER)


CUSTOM = {"type": "TEXT", "is_multi": False, "value": "x"}
EVERY_EDIT = [
    ("POST", "title", case_body(title="x")),
    ("POST", "description", case_body(description="x")),
    ("POST", "attributes", case_body(attributes={})),
    ("POST", "custom_attributes/x", case_body(**CUSTOM)),
    ("DELETE", "custom_attributes/x", None),
    ("POST", "due_date", case_body(due_date=None)),
    ("POST", "resolved_reason", case_body(security_resolved_reason="x")),
    ("DELETE", "insights", case_body(insights=[MONITOR])),
    ("PATCH", "relationships/project", {"data": {"type": "project", "id": SEC.id}}),
]


@pytest.mark.parametrize(("method", "field", "body"), EVERY_EDIT)
@pytest.mark.parametrize("case_id", [NOWHERE, "OPS-99", "%00"])
async def test_an_unknown_case_is_not_found(
    http: httpx.AsyncClient, case_id: str, method: str, field: str, body: object
) -> None:
    response = await http.request(method, f"/api/v2/cases/{case_id}/{field}", json=body)
    check(response, 404, CASE_NOT_FOUND)


@pytest.mark.parametrize(
    ("method", "field", "expected"),
    [(m, field, "project" if m == "PATCH" else "case") for m, field, body in EVERY_EDIT if body],
)
async def test_the_type_of_the_body_is_checked(
    http: httpx.AsyncClient, method: str, field: str, expected: str
) -> None:
    body = {"data": {"type": "view", "id": SEC.id, "attributes": {}}}
    response = await http.request(method, f"/api/v2/cases/OPS-1/{field}", json=body)
    check(response, 400, bad_type("view", expected))


class TestCustomAttributes:
    """Setting them leaves alone who modified the case last, as was recorded."""

    @staticmethod
    def touched(answer: dict[str, Any], **custom: object) -> dict[str, Any]:
        answer = copy.deepcopy(answer)
        attributes = answer["data"]["attributes"]
        attributes["modified_at"] = NOW_TEXT
        merged = attributes["custom_attributes"] | custom
        attributes["custom_attributes"] = {k: v for k, v in merged.items() if v}
        return answer

    @pytest.mark.parametrize(
        "value",
        [
            {"type": "TEXT", "is_multi": True, "value": ["Abba", "The Cure"]},
            {"type": "TEXT", "is_multi": False, "value": ""},
            {"type": "URL", "is_multi": False, "value": "https://example.com"},
            {"type": "NUMBER", "is_multi": False, "value": 7},
            {"type": "NUMBER", "is_multi": True, "value": [0.5, -3]},
            {"type": "SELECT", "is_multi": False, "value": "red"},
        ],
    )
    async def test_one_of_the_type_of_the_case_is_set(
        self, http: httpx.AsyncClient, store: Store, value: dict[str, Any]
    ) -> None:
        configured(store, STANDARD, "k", type=value["type"], is_multi=value["is_multi"])
        path = "/api/v2/cases/OPS-1/custom_attributes/k"
        for _ in range(2):
            response = await http.post(path, json=case_body(**value))
            check(response, 200, self.touched(DISK_ANSWER, k=value))
        [entry] = store.history(DISK.id)
        assert (entry.field, entry.by, entry.old) == ("custom_attributes", ANN, None)
        assert entry.new == {"k": value}

    async def test_it_is_found_by_what_it_says(self, http: httpx.AsyncClient, store: Store) -> None:
        configured(store, STANDARD, "band", type="TEXT")
        value = {"type": "TEXT", "is_multi": False, "value": "Abba"}
        await http.post("/api/v2/cases/OPS-1/custom_attributes/band", json=case_body(**value))
        found = await http.get("/api/v2/cases", params={"filter": "band:abba"})
        assert [case["id"] for case in found.json()["data"]] == [DISK.id]

    async def test_it_is_taken_away(self, http: httpx.AsyncClient) -> None:
        response = await http.delete("/api/v2/cases/OPS-2/custom_attributes/bands")
        check(response, 200, self.touched(UPGRADE_ANSWER, bands=None))

    async def test_taking_away_what_was_never_set_changes_nothing(
        self, http: httpx.AsyncClient, store: Store
    ) -> None:
        configured(store, STANDARD, "k", type="TEXT")
        response = await http.delete("/api/v2/cases/OPS-1/custom_attributes/k")
        check(response, 200, DISK_ANSWER)

    @pytest.mark.parametrize("key", ["k", "invalid_key", "' OR 1=1", "K" * 3000])
    async def test_one_that_the_type_does_not_have_is_not_found(
        self, http: httpx.AsyncClient, store: Store, key: str
    ) -> None:
        configured(store, CHANGE, "k", type="TEXT")
        path = f"/api/v2/cases/OPS-1/custom_attributes/{key}"
        check(await http.post(path, json=case_body(**CUSTOM)), 404, unknown_key(key))
        check(await http.delete(path), 404, unknown_key(key))

    @pytest.mark.parametrize(
        ("config", "value", "detail"),
        [
            (
                {"type": "NUMBER"},
                {"type": "TEXT", "is_multi": False, "value": "7"},
                '"k" holds one value of type NUMBER',
            ),
            (
                {"type": "TEXT", "is_multi": True},
                {"type": "TEXT", "is_multi": False, "value": "x"},
                '"k" holds several values of type TEXT',
            ),
            (
                {
                    "type": "SELECT",
                    "is_multi": True,
                    "type_data": {"options": [{"value": "red"}, {"value": "blue"}]},
                },
                {"type": "SELECT", "is_multi": True, "value": ["red", "green"]},
                '"k" is one of red, blue',
            ),
        ],
    )
    async def test_what_the_config_does_not_allow_is_refused(
        self,
        http: httpx.AsyncClient,
        store: Store,
        config: dict[str, object],
        value: dict[str, object],
        detail: str,
    ) -> None:
        configured(store, STANDARD, "k", **config)
        path = "/api/v2/cases/OPS-1/custom_attributes/k"
        check(await http.post(path, json=case_body(**value)), 400, detailed(detail))
        response = await http.post("/api/v2/cases", json=new_case(custom_attributes={"k": value}))
        check(response, 400, detailed(detail))

    async def test_one_that_came_with_the_case_keeps_its_type(
        self, http: httpx.AsyncClient
    ) -> None:
        path = "/api/v2/cases/OPS-2/custom_attributes/window"
        value = {"type": "NUMBER", "is_multi": False, "value": 4.5}
        response = await http.post(path, json=case_body(**value))
        check(response, 200, self.touched(UPGRADE_ANSWER, window=value))
        response = await http.post(path, json=case_body(**CUSTOM))
        check(response, 400, detailed('"window" holds one value of type NUMBER'))


class TestResolvedReason:
    async def test_a_security_case_says_why(self, http: httpx.AsyncClient, breach: Case) -> None:
        body = case_body(security_resolved_reason="FALSE_POSITIVE")
        response = await http.post(f"/api/v2/cases/{breach.id}/resolved_reason", json=body)
        attributes = response.json()["data"]["attributes"]
        assert attributes["security_resolved_reason"] == "FALSE_POSITIVE"
        assert attributes["modified_at"] == NOW_TEXT
        assert list(attributes) == sorted(attributes)

    async def test_it_is_absent_until_then(self, http: httpx.AsyncClient, breach: Case) -> None:
        response = await http.get(f"/api/v2/cases/{breach.id}")
        assert "security_resolved_reason" not in response.json()["data"]["attributes"]

    async def test_other_cases_have_none(self, http: httpx.AsyncClient) -> None:
        body = case_body(security_resolved_reason="FALSE_POSITIVE")
        response = await http.post("/api/v2/cases/OPS-1/resolved_reason", json=body)
        detail = "OPS-1 is no security case: only those are resolved for reasons"
        check(response, 400, detailed(detail))
        check(await http.get("/api/v2/cases/OPS-1"), 200, DISK_ANSWER)


class TestMove:
    PATH = f"/api/v2/cases/{DISK.id}/relationships/project"

    @staticmethod
    def into(project_id: object) -> dict[str, Any]:
        return {"data": {"type": "project", "id": project_id}}

    async def test_the_case_gets_the_next_key_and_loses_the_old_one(
        self, http: httpx.AsyncClient, store: Store
    ) -> None:
        moved = changed(DISK_ANSWER, key="SEC-3")
        moved["data"]["relationships"]["project"] = self.into(SEC.id)
        moved["included"] = [ANN_INCLUDED]
        check(await http.patch(self.PATH, json=self.into(SEC.id.upper())), 200, moved)
        check(await http.get("/api/v2/cases/SEC-3"), 200, moved)
        check(await http.get("/api/v2/cases/OPS-1"), 404, CASE_NOT_FOUND)
        [entry] = store.history(DISK.id)
        assert (entry.field, entry.case_key) == ("project", "SEC-3")
        assert entry.old == {"key": "OPS-1", "project_id": OPS.id}
        assert entry.new == {"key": "SEC-3", "project_id": SEC.id}

    async def test_no_key_is_given_twice(self, http: httpx.AsyncClient) -> None:
        for target, key in ((SEC, "SEC-3"), (OPS, "OPS-3"), (SEC, "SEC-4")):
            response = await http.patch(self.PATH, json=self.into(target.id))
            assert response.json()["data"]["attributes"]["key"] == key

    async def test_a_move_to_where_it_is_changes_nothing(self, http: httpx.AsyncClient) -> None:
        check(await http.patch(self.PATH, json=self.into(OPS.id)), 200, DISK_ANSWER)
        response = await http.post("/api/v2/cases", json=new_case())
        assert response.json()["data"]["attributes"]["key"] == "OPS-3"

    async def test_the_comments_come_along(self, http: httpx.AsyncClient) -> None:
        await http.patch(self.PATH, json=self.into(SEC.id))
        cells = (await http.get("/api/v2/cases/SEC-3/timelines")).json()["data"]
        assert len(cells) == 1

    async def test_an_unknown_project(self, http: httpx.AsyncClient) -> None:
        answer = {"errors": [{"code": "resource_not_found", "title": "project not found"}]}
        check(await http.patch(self.PATH, json=self.into(NOWHERE)), 404, answer)
        check(await http.get("/api/v2/cases/OPS-1"), 200, DISK_ANSWER)

    @pytest.mark.parametrize("project_id", ["", "SEC", None, "x" * 5000])
    async def test_what_is_no_id(self, http: httpx.AsyncClient, project_id: object) -> None:
        check(await http.patch(self.PATH, json=self.into(project_id)), 400, BAD_REQUEST)

    async def test_a_moved_case_is_counted_in_its_new_project(
        self, http: httpx.AsyncClient
    ) -> None:
        body = {"data": {"type": "project", "id": SEC.id}}
        await http.patch("/api/v2/cases/OPS-2/relationships/project", json=body)
        response = await http.get("/api/v2/cases/count", params={"group_bys": "project"})
        [group] = response.json()["data"]["attributes"]["groups"]
        counts = {value["value"]: value["count"] for value in group["group_values"]}
        assert counts == {"OPS": 1, "SEC": 2}


class TestInsights:
    PATH = "/api/v2/cases/OPS-2/insights"

    async def remove(self, http: httpx.AsyncClient, *insights: object) -> httpx.Response:
        return await http.request("DELETE", self.PATH, json=case_body(insights=list(insights)))

    async def test_one_is_removed_by_its_type_and_resource(
        self, http: httpx.AsyncClient, store: Store
    ) -> None:
        response = await self.remove(http, MONITOR | {"ref": "/elsewhere"})
        check(response, 200, changed(UPGRADE_ANSWER, insights=[]))
        [entry] = store.history(UPGRADE.id)
        assert (entry.field, entry.old, entry.new) == ("insights", [MONITOR], None)

    async def test_what_the_case_does_not_have_changes_nothing(
        self, http: httpx.AsyncClient, store: Store
    ) -> None:
        others = (MONITOR | {"type": "EVENT"}, MONITOR | {"resource_id": "1234"})
        check(await self.remove(http, *others), 200, UPGRADE_ANSWER)
        assert store.history(UPGRADE.id) == []

    @pytest.mark.parametrize("count", [0, 101])
    async def test_from_1_to_100(self, http: httpx.AsyncClient, count: int) -> None:
        check(await self.remove(http, *[MONITOR] * count), 400, detailed("give 1 to 100 insights"))

    @pytest.mark.parametrize("missing", ["type", "ref", "resource_id"])
    async def test_all_of_one_is_needed(self, http: httpx.AsyncClient, missing: str) -> None:
        insight = {key: value for key, value in MONITOR.items() if key != missing}
        check(await self.remove(http, insight), 400, BAD_REQUEST)

    async def test_a_page_may_not_send_it_without_permission(self, http: httpx.AsyncClient) -> None:
        response = await http.request("DELETE", self.PATH, content=b"{}")
        assert response.status_code == 415
