"""Case types: made, changed, deleted, and the statuses that their cases may have."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.server.answers import (
    BAD_REQUEST,
    NOW_TEXT,
    NOWHERE,
    bad_type,
    case_body,
    check,
    new_case,
)
from tests.server.conftest import CHANGE, NOW, RETIRED, STANDARD
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.emoji import is_emoji
from triage_tui.server.store import Store
from triage_tui.server.tables import case_types

TYPES = "/api/v2/cases/types"
TYPE_NOT_FOUND = {"errors": [{"code": "resource_not_found", "title": "case_type not found"}]}


def body(**attributes: object) -> dict[str, Any]:
    return {"data": {"type": "case_type", "attributes": attributes}}


def part(*names: str, default: str = "") -> dict[str, Any]:
    options = [{"name": name} for name in names]
    return {"default": default or names[0], "status_options": options}


def refusal(detail: str) -> dict[str, Any]:
    return {"errors": [{"status": "400", "title": "Bad Request", "detail": detail}]}


USUAL = {
    "closed": part("Closed"),
    "in_progress": part("In Progress"),
    "open": part("Open"),
}
REPAIR = {
    "closed": part("Done", "Given up", default="Given up"),
    "in_progress": part("Acknowledged", "Waiting for a part"),
    "open": part("Reported"),
}


async def made(http: httpx.AsyncClient, **attributes: object) -> dict[str, Any]:
    response = await http.post(TYPES, json=body(**{"name": "Repair", **attributes}))
    assert response.status_code == 201
    data: dict[str, Any] = response.json()["data"]
    return data


async def case_of(http: httpx.AsyncClient, type_id: str, **attributes: object) -> dict[str, Any]:
    response = await http.post("/api/v2/cases", json=new_case(type_id=type_id, **attributes))
    assert response.status_code == 201, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def status_of(response: httpx.Response) -> tuple[str, str, str]:
    attributes = response.json()["data"]["attributes"]
    return attributes["status"], attributes["status_group"], attributes["status_name"]


async def test_a_type_is_created_with_the_usual_statuses(http: httpx.AsyncClient) -> None:
    given = body(name="Repair", description="Something broke", emoji="🔧")
    response = await http.post(TYPES, json=given)
    answer = {
        "id": response.json()["data"]["id"],
        "type": "case_type",
        "attributes": {
            "description": "Something broke",
            "emoji": "🔧",
            "internal": False,
            "name": "Repair",
            "statuses_config": USUAL,
        },
    }
    check(response, 201, {"data": answer})
    assert (await http.get(TYPES)).json()["data"][-1] == answer
    # It can be used at once, in any project.
    case = await case_of(http, answer["id"])
    assert (case["attributes"]["type"], case["attributes"]["status_name"]) == ("TUNKNOWN", "Open")


async def test_names_need_not_be_unique(http: httpx.AsyncClient) -> None:
    assert (await made(http))["id"] != (await made(http))["id"]


async def test_a_type_may_bring_its_own_statuses(http: httpx.AsyncClient) -> None:
    made_type = await made(http, statuses_config=REPAIR)
    assert made_type["attributes"]["statuses_config"] == REPAIR
    case = await case_of(http, made_type["id"])
    path = f"/api/v2/cases/{case['id']}/status"
    assert status_of(await http.get(path.removesuffix("/status"))) == (
        "SUNKNOWN",
        "SG_OPEN",
        "Reported",
    )
    for given, seen in (
        ({"status": "ACKNOWLEDGED"}, ("ACKNOWLEDGED", "SG_IN_PROGRESS", "Acknowledged")),
        (
            {"status_name": "Waiting for a part"},
            ("SUNKNOWN", "SG_IN_PROGRESS", "Waiting for a part"),
        ),
        # The three documented codes mean the default of their group.
        ({"status": "CLOSED"}, ("SUNKNOWN", "SG_CLOSED", "Given up")),
        ({"status": "OPEN"}, ("SUNKNOWN", "SG_OPEN", "Reported")),
        ({"status_name": "Done"}, ("SUNKNOWN", "SG_CLOSED", "Done")),
    ):
        assert status_of(await http.post(path, json=case_body(**given))) == seen
    for code in ("SUNKNOWN", "RESOLVED"):
        response = await http.post(path, json=case_body(status=code))
        detail = f"invalid status {code}. Must be one of ACKNOWLEDGED, OPEN, IN_PROGRESS, CLOSED"
        check(response, 400, {"errors": [{"title": "Generic Error", "detail": detail}]})
    [found] = (await http.get("/api/v2/cases?filter=status:Done")).json()["data"]
    assert found["id"] == case["id"]


@pytest.mark.parametrize(
    ("statuses", "detail"),
    [
        ({"open": part("x") | {"status_options": []}}, 'the group "open" must have 1 to 100'),
        ({"closed": {"default": "Closed"}}, 'the group "closed" must have 1 to 100 statuses'),
        ({"open": part(*map(str, range(101)))}, 'the group "open" must have 1 to 100 statuses'),
        ({"open": part("New", default="Old")}, 'the group "open" has no status "Old" to be its'),
        ({"open": part("New", "new")}, '"statuses_config" has two statuses of the same name'),
        ({"open": part("closed")}, '"statuses_config" has two statuses of the same name'),
        ({"paused": part("Paused")}, '"statuses_config" has no group "paused"'),
        ({"open": []}, 'error decoding attribute "open": invalid type array'),
        ([], 'error decoding attribute "statuses_config": invalid type array'),
        ({"open": {"status_options": ["New"]}}, 'error decoding attribute "status_options": inv'),
        ({"open": {"status_options": [{"name": 1}]}}, 'error decoding attribute "name": invalid'),
    ],
    ids=lambda value: ascii(value)[:40],
)
async def test_statuses_that_cannot_be(
    http: httpx.AsyncClient, statuses: object, detail: str
) -> None:
    for response in (
        await http.post(TYPES, json=body(name="Repair", statuses_config=statuses)),
        await http.put(f"{TYPES}/{NOWHERE}", json=body(statuses_config=statuses)),
    ):
        [error] = response.json()["errors"]
        assert (response.status_code, error["title"]) == (400, "Bad Request")
        assert error["detail"].startswith(detail)
    assert len((await http.get(TYPES)).json()["data"]) == 3


@pytest.mark.parametrize(
    "attributes",
    [{}, {"name": ""}, {"name": " "}, {"name": None}, {"name": "Repair", "emoji": "wrench"}],
)
async def test_a_type_that_cannot_be_created(
    http: httpx.AsyncClient, attributes: dict[str, object]
) -> None:
    check(await http.post(TYPES, json=body(**attributes)), 400, BAD_REQUEST)


async def test_the_body_has_to_be_a_case_type(http: httpx.AsyncClient) -> None:
    given = {"data": {"type": "case", "attributes": {"name": "Repair"}}}
    check(await http.post(TYPES, json=given), 400, bad_type("case", "case_type"))
    check(await http.put(f"{TYPES}/{NOWHERE}", json=given), 400, bad_type("case", "case_type"))


async def test_a_type_is_updated(http: httpx.AsyncClient) -> None:
    made_type = await made(http, description="Old words", emoji="🔧")
    path = f"{TYPES}/{made_type['id'].upper()}"
    changes = {"name": "Repairs", "emoji": "", "statuses_config": {"closed": REPAIR["closed"]}}
    attributes = made_type["attributes"] | changes
    attributes["statuses_config"] = USUAL | {"closed": REPAIR["closed"]}
    answer = {"data": made_type | {"attributes": attributes}}
    check(await http.put(path, json=body(**changes)), 200, answer)
    check(await http.put(path, json=body()), 200, answer)
    check(await http.put(path, json={"data": {"type": "case_type"}}), 200, answer)
    assert (await http.get(TYPES)).json()["data"][-1] == answer["data"]


async def test_a_status_that_cases_have_stays(http: httpx.AsyncClient) -> None:
    made_type = await made(http, statuses_config=REPAIR)
    case = await case_of(http, made_type["id"], status_name="Acknowledged")
    path = f"{TYPES}/{made_type['id']}"
    without = {"in_progress": part("Waiting for a part"), "open": part("New")}
    detail = "there are cases with the status Acknowledged"
    conflict = {"errors": [{"status": "409", "title": "Conflict", "detail": detail}]}
    check(await http.put(path, json=body(name="x", statuses_config=without)), 409, conflict)
    # In another group it would be another status.
    moved = {
        "in_progress": part("Waiting for a part"),
        "open": part("Acknowledged"),
    }
    check(await http.put(path, json=body(statuses_config=moved)), 409, conflict)
    assert (await http.get(TYPES)).json()["data"][-1] == made_type
    await http.post(f"/api/v2/cases/{case['id']}/status", json=case_body(status_name="Done"))
    response = await http.put(path, json=body(statuses_config=without))
    assert response.json()["data"]["attributes"]["statuses_config"] == REPAIR | without


@pytest.mark.parametrize(
    ("path", "request_body"),
    [
        ("/OPS-2/status", case_body(status_name="Approved")),
        (
            "/bulk",
            {
                "data": {
                    "type": "bulk",
                    "attributes": {
                        "type": "status",
                        "case_ids": ["OPS-2"],
                        "payload": {"status_name": "Approved"},
                    },
                }
            },
        ),
        ("", new_case(type_id=CHANGE.id, status_name="Approved")),
    ],
)
async def test_a_status_that_is_removed_at_the_same_time(
    store: Store, path: str, request_body: dict[str, Any]
) -> None:
    def now() -> datetime:
        # Whoever asks for the time is about to write, and somebody else is faster.
        kept = tuple(status for status in CHANGE.statuses if status.name != "Approved")
        with store.writing() as db:
            case_types.save(db, replace(CHANGE, statuses=kept))
        return NOW

    transport = httpx.ASGITransport(create_app(store, now=now))
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
        response = await http.post(f"/api/v2/cases{path}", json=request_body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["detail"].startswith("invalid status name Approved.")
    with store.reading() as db:
        used = case_types.statuses_in_use(db, CHANGE.id)
    assert {status.name for status in used} == {"Pending Approval"}


async def test_a_type_is_deleted_and_stays_listed(http: httpx.AsyncClient) -> None:
    made_type = await made(http)
    case = await case_of(http, made_type["id"])
    path = f"{TYPES}/{made_type['id']}"
    for _ in range(2):
        response = await http.delete(path)
        assert (response.status_code, response.content) == (204, b"")
    attributes = {"deleted_at": NOW_TEXT} | made_type["attributes"]
    listed = (await http.get(TYPES)).json()["data"][-1]
    assert listed == made_type | {"attributes": attributes}
    # No new cases, and no changes; the cases there are go on.
    given = new_case(type_id=made_type["id"])
    check(await http.post("/api/v2/cases", json=given), 404, TYPE_NOT_FOUND)
    check(await http.put(path, json=body(name="x")), 404, TYPE_NOT_FOUND)
    response = await http.post(
        f"/api/v2/cases/{case['id']}/status", json=case_body(status="CLOSED")
    )
    assert status_of(response) == ("CLOSED", "SG_CLOSED", "Closed")


async def test_the_first_deletion_counts(http: httpx.AsyncClient) -> None:
    assert (await http.delete(f"{TYPES}/{RETIRED.id}")).status_code == 204
    [retired] = [t for t in (await http.get(TYPES)).json()["data"] if t["id"] == RETIRED.id]
    assert retired["attributes"]["deleted_at"] == "2026-10-01T00:00:00Z"


async def test_built_in_types_stay_as_they_are(http: httpx.AsyncClient) -> None:
    before = (await http.get(TYPES)).json()
    path = f"{TYPES}/{STANDARD.id}"
    answer = refusal("the case type Standard is built in and cannot be changed")
    check(await http.put(path, json=body(name="Usual")), 400, answer)
    answer = refusal("the case type Change Request is built in and cannot be deleted")
    check(await http.delete(f"{TYPES}/{CHANGE.id}"), 400, answer)
    assert (await http.put(path, json=body(name="Standard"))).status_code == 200
    assert (await http.get(TYPES)).json() == before


async def test_types_that_are_not_there(http: httpx.AsyncClient) -> None:
    check(await http.put(f"{TYPES}/{NOWHERE}", json=body(name="x")), 404, TYPE_NOT_FOUND)
    assert (await http.delete(f"{TYPES}/{NOWHERE}")).status_code == 204
    detail = 'invalid parameter "CaseTypeId" in "path"; expected type "uuid"'
    answer = {"errors": [{"status": "400", "title": "Invalid Parameter", "detail": detail}]}
    check(await http.put(f"{TYPES}/Repair", json=body(name="x")), 400, answer)
    check(await http.delete(f"{TYPES}/Repair"), 400, answer)


@pytest.mark.parametrize(
    "text",
    [
        "🔧",
        "❤️",
        "❤",
        "☎",
        "👍🏽",
        "🇪🇺",
        "#️⃣",
        "👩‍🚒",
        "👩🏾‍🚒",
        "🏳️‍🌈",
        "👨‍👩‍👧‍👦",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "©️",
    ],
)
def test_what_is_an_emoji(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "7",
        "#",
        ":wrench:",
        "🔧🔧",
        "🔧 ",
        "🇪",
        "🏽",
        "\u200d",
        "🔧\u200d",
        "\ufe0f",
        "→",
        "★",
        "é",
        "字",
        "<b>",
        "🔧\n",
        "🔧" * 5000,
        "👩" + "\u200d👩" * 500,
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_is_no_emoji(text: str) -> None:
    assert not is_emoji(text)
