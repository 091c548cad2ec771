"""The contract of maintenance windows, by both ways in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.answers import NOWHERE, bad_request, bad_type, check, not_a_uuid, not_found
from tests.server.conftest import ANN, BOB, NOW, OPS
from triage_tui.server.store import Store
from triage_tui.server.tables import records
from triage_tui.server.tables.records import MAINTENANCE_WINDOW, Record

WINDOWS = "/api/v2/maintenance_windows"
NIGHT = "71000000-0000-4000-8000-000000000001"
NIGHT_ANSWER: dict[str, Any] = {
    "data": {
        "id": NIGHT,
        "type": "maintenance_window",
        "attributes": {
            "created_by": BOB.id,
            "end_at": "2026-12-15T06:00:00Z",
            "name": "Night",
            "query": "project:OPS",
            "start_at": "2026-12-14T22:00:00Z",
        },
    }
}
NEW = {
    "name": "Migration",
    "query": "service:db",
    "start_at": "2026-12-15T08:00:00Z",
    "end_at": "2026-12-15T09:00:00Z",
}


@pytest.fixture(autouse=True)
def _kept(store: Store) -> None:
    """A window that Bob made."""
    document = {
        "end_at": "2026-12-15T06:00:00Z",
        "name": "Night",
        "query": "project:OPS",
        "start_at": "2026-12-14T22:00:00Z",
    }
    with store.writing() as db:
        assert records.add(db, Record(NIGHT, MAINTENANCE_WINDOW, document, NOW, created_by=BOB))


def window_body(**attributes: object) -> dict[str, Any]:
    return {"data": {"type": "maintenance_window", "attributes": attributes}}


def night(**attributes: object) -> dict[str, Any]:
    """The answer about the window of the night after Ann has changed it."""
    merged = NIGHT_ANSWER["data"]["attributes"] | {"updated_by": ANN.id} | attributes
    return {"data": {**NIGHT_ANSWER["data"], "attributes": merged}}


def wrong_time(name: str) -> str:
    return (
        f'error decoding attribute "{name}": expected a time with its zone, as in '
        "2026-12-15T08:00:00Z"
    )


async def test_a_window_is_created_and_listed(http: httpx.AsyncClient) -> None:
    name = "\u202eMove the 'db' \U0001f9ef\0 "
    body = window_body(**NEW | {"name": name, "created_by": BOB.id, "shoes": 44})
    response = await http.post(WINDOWS, json=body)
    created = {
        "id": response.json()["data"]["id"],
        "type": "maintenance_window",
        "attributes": {
            "created_by": ANN.id,
            "end_at": "2026-12-15T09:00:00Z",
            "name": name,
            "query": "service:db",
            "start_at": "2026-12-15T08:00:00Z",
        },
    }
    check(response, 201, {"data": created})
    check(await http.get(WINDOWS), 200, {"data": [NIGHT_ANSWER["data"], created]})
    assert list(response.json()["data"]["attributes"]) == sorted(created["attributes"])


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2026-12-15T07:59:59.1230Z", "2026-12-15T07:59:59.123Z"),
        ("2026-12-15T07:59:59.123456789Z", "2026-12-15T07:59:59.123456Z"),
        ("2026-12-15T09:30:00+02:00", "2026-12-15T07:30:00Z"),
        ("2026-12-14T23:00:00.000-08:00", "2026-12-15T07:00:00Z"),
        ("2026-12-15t07:30z", "2026-12-15T07:30:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
async def test_times_are_shown_in_utc(http: httpx.AsyncClient, given: str, shown: str) -> None:
    response = await http.post(WINDOWS, json=window_body(**NEW | {"start_at": given}))
    assert response.status_code == 201
    assert response.json()["data"]["attributes"]["start_at"] == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-12-15",
        "2026-12-15T08:00:00",
        "2026-12-15 08:00:00Z",
        "20261215T080000Z",
        "2026-W51-2T08:00:00Z",
        "2026-13-15T08:00:00Z",
        "2026-12-15T24:61:00Z",
        "2026-12-15T08:00:00+99:00",
        "0001-01-01T00:00:00+01:00",
        "٢٠٢٦-12-15T08:00:00Z",
        "2026-12-15T08:00:00Z\n",
        "9" * 5000,
    ],
)
async def test_what_is_no_time(http: httpx.AsyncClient, text: str) -> None:
    for name in ("start_at", "end_at"):
        response = await http.post(WINDOWS, json=window_body(**NEW | {name: text}))
        check(response, 400, bad_request(wrong_time(name)))


@pytest.mark.parametrize(
    ("attributes", "detail"),
    [
        *(({name: None}, "") for name in NEW),
        ({"name": " "}, ""),
        ({"name": 7}, 'error decoding attribute "name": invalid type number'),
        ({"query": []}, 'error decoding attribute "query": invalid type array'),
        ({"start_at": 0}, 'error decoding attribute "start_at": invalid type number'),
        ({"start_at": NEW["end_at"]}, '"start_at" must be before "end_at"'),
        ({"end_at": "2026-12-15T09:59:59.9+02:00"}, '"start_at" must be before "end_at"'),
    ],
)
async def test_what_no_window_is_made_of(
    http: httpx.AsyncClient, attributes: dict[str, object], detail: str
) -> None:
    response = await http.post(WINDOWS, json=window_body(**NEW | attributes))
    check(response, 400, bad_request(detail))
    check(await http.get(WINDOWS), 200, {"data": [NIGHT_ANSWER["data"]]})


@pytest.mark.parametrize("query", ["status:(open", "AND", "x" * 4097])
async def test_the_query_of_a_window_has_to_be_one(http: httpx.AsyncClient, query: str) -> None:
    for response in (
        await http.post(WINDOWS, json=window_body(**NEW | {"query": query})),
        await http.put(f"{WINDOWS}/{NIGHT}", json=window_body(query=query)),
    ):
        [error] = response.json()["errors"]
        assert (response.status_code, error["title"]) == (400, "Bad Request")
        assert "character" in error["detail"]


@pytest.mark.parametrize(
    "attributes",
    [
        {"name": "Late night"},
        {"query": ""},
        {"start_at": "2026-12-14T21:00:00Z"},
        {"end_at": "2026-12-14T22:00:00.000001Z"},
        {"start_at": "2027-01-01T00:00:00Z", "end_at": "2027-01-02T00:00:00Z"},
    ],
)
async def test_an_update_leaves_what_it_does_not_name(
    http: httpx.AsyncClient, attributes: dict[str, object]
) -> None:
    response = await http.put(f"{WINDOWS}/{NIGHT}", json=window_body(**attributes))
    check(response, 200, night(**attributes))
    check(await http.get(WINDOWS), 200, {"data": [night(**attributes)["data"]]})


@pytest.mark.parametrize(
    "data",
    [
        {"type": "maintenance_window"},
        {"type": "maintenance_window", "attributes": {"name": "Night", "query": None}},
        {
            "type": "maintenance_window",
            "attributes": {"start_at": "2026-12-15T00:00:00+02:00", "updated_by": ANN.id},
        },
    ],
)
async def test_an_update_that_changes_nothing(
    http: httpx.AsyncClient, data: dict[str, object]
) -> None:
    check(await http.put(f"{WINDOWS}/{NIGHT}", json={"data": data}), 200, NIGHT_ANSWER)


@pytest.mark.parametrize(
    "attributes",
    [{"start_at": "2026-12-15T06:00:00Z"}, {"end_at": "2026-12-14T22:00:00Z"}],
)
async def test_an_update_keeps_the_order(
    http: httpx.AsyncClient, attributes: dict[str, object]
) -> None:
    detail = '"start_at" must be before "end_at"'
    response = await http.put(f"{WINDOWS}/{NIGHT}", json=window_body(**attributes))
    check(response, 400, bad_request(detail))
    check(await http.get(WINDOWS), 200, {"data": [NIGHT_ANSWER["data"]]})


async def test_the_type_of_a_window(http: httpx.AsyncClient) -> None:
    body = {"data": {"type": "case", "attributes": NEW}}
    wrong = bad_type("case", "maintenance_window")
    check(await http.post(WINDOWS, json=body), 400, wrong)
    check(await http.put(f"{WINDOWS}/{NOWHERE}", json=body), 400, wrong)


async def test_a_window_is_deleted_once(http: httpx.AsyncClient) -> None:
    response = await http.delete(f"{WINDOWS}/{NIGHT}")
    assert (response.status_code, response.content) == (204, b"")
    check(await http.get(WINDOWS), 200, {"data": []})
    check(await http.delete(f"{WINDOWS}/{NIGHT}"), 404, not_found("maintenance window"))


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_windows_that_there_are_not(http: httpx.AsyncClient, method: str) -> None:
    for window_id in (NOWHERE, OPS.id):
        response = await http.request(method, f"{WINDOWS}/{window_id}", json=window_body())
        check(response, 404, not_found("maintenance window"))
    for window_id in ("night", "%00", "'", "x" * 3000):
        response = await http.request(method, f"{WINDOWS}/{window_id}", json=window_body())
        check(response, 400, not_a_uuid("MaintenanceWindowID"))
