"""The contract of watching a case, by both ways in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.answers import (
    BOB_INCLUDED,
    BY_BOB,
    CASE_NOT_FOUND,
    INVITED_INCLUDED,
    NOWHERE,
    TO_INVITED,
    check,
)
from tests.server.conftest import ANN, BOB, DISK, INVITED, LEAK, NOW, OPS
from triage_tui.models import HistoryEntry, User
from triage_tui.server.store import Store

WATCHERS = "/api/v2/cases/OPS-1/watchers"
USER_NOT_FOUND = {"errors": [{"code": "resource_not_found", "title": "user not found"}]}
NOT_A_UUID = {
    "errors": [
        {
            "status": "400",
            "title": "Invalid Parameter",
            "detail": 'invalid parameter "UserUUID" in "path"; expected type "uuid"',
        }
    ]
}


async def done(http: httpx.AsyncClient, method: str, user_id: str, key: str = "OPS-1") -> int:
    """The status of an answer which has no body."""
    response = await http.request(method, f"/api/v2/cases/{key}/watchers/{user_id}")
    assert response.content == b""
    assert "content-type" not in response.headers
    return response.status_code


async def watching(http: httpx.AsyncClient, key: str = "OPS-1") -> list[str]:
    data = (await http.get(f"/api/v2/cases/{key}/watchers")).json()["data"]
    return [watcher["relationships"]["user"]["data"]["id"] for watcher in data]


def entry(old: User | None, new: User | None) -> HistoryEntry:
    values = [user and {"id": user.id, "name": user.label} for user in (old, new)]
    return HistoryEntry(DISK.id, "OPS-1", NOW, ANN, "watcher", *values)


async def test_nobody_watches_a_new_case(http: httpx.AsyncClient) -> None:
    check(await http.get(WATCHERS), 200, {"data": [], "included": []})


async def test_whoever_watches_is_listed(http: httpx.AsyncClient, store: Store) -> None:
    """Somebody who never signed in, too."""
    before = (await http.get("/api/v2/cases/OPS-1")).json()
    assert await done(http, "POST", INVITED.id) == 201
    assert await done(http, "POST", BOB.id.upper()) == 201
    response = await http.get(f"/api/v2/cases/{DISK.id}/watchers")
    ids = [watcher["id"] for watcher in response.json()["data"]]
    check(
        response,
        200,
        {
            "data": [
                {"id": ids[0], "type": "watcher", "relationships": {"user": BY_BOB}},
                {"id": ids[1], "type": "watcher", "relationships": {"user": TO_INVITED}},
            ],
            "included": [BOB_INCLUDED, INVITED_INCLUDED],
        },
    )
    assert len({*ids, BOB.id, INVITED.id}) == 4
    assert await watching(http, "OPS-2") == []
    assert store.history(DISK.id) == [entry(None, INVITED), entry(None, BOB)]
    # The case itself is as it was.
    check(await http.get("/api/v2/cases/OPS-1"), 200, before)


async def test_watching_twice_changes_nothing(http: httpx.AsyncClient, store: Store) -> None:
    await done(http, "POST", BOB.id)
    before = (await http.get(WATCHERS)).json()
    assert await done(http, "POST", BOB.id) == 201
    check(await http.get(WATCHERS), 200, before)
    assert store.history(DISK.id) == [entry(None, BOB)]


async def test_whoever_stops_watching_is_gone(http: httpx.AsyncClient, store: Store) -> None:
    await done(http, "POST", BOB.id)
    await done(http, "POST", ANN.id)
    assert await done(http, "DELETE", BOB.id) == 204
    assert await watching(http) == [ANN.id]
    assert store.history(DISK.id)[2:] == [entry(BOB, None)]


async def test_whoever_does_not_watch_need_not_stop(http: httpx.AsyncClient, store: Store) -> None:
    await done(http, "POST", BOB.id)
    assert await done(http, "DELETE", ANN.id) == 204
    assert await done(http, "DELETE", BOB.id, "OPS-2") == 204
    assert await watching(http) == [BOB.id]
    assert store.history(DISK.id) == [entry(None, BOB)]


@pytest.mark.parametrize("key", ["SEC-1", "SEC-2"], ids=["closed", "archived"])
async def test_a_case_that_is_done_may_be_watched(http: httpx.AsyncClient, key: str) -> None:
    assert await done(http, "POST", BOB.id, key) == 201
    assert await watching(http, key) == [BOB.id]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    ("path", "status", "answer"),
    [
        (f"OPS-1/watchers/{NOWHERE}", 404, USER_NOT_FOUND),
        (f"OPS-99/watchers/{BOB.id}", 404, CASE_NOT_FOUND),
        (f"OPS-99/watchers/{NOWHERE}", 404, CASE_NOT_FOUND),
        (f"{NOWHERE}/watchers/bob", 400, NOT_A_UUID),
        ("OPS-1/watchers/bob@example.com", 400, NOT_A_UUID),
        ("OPS-1/watchers/%00", 400, NOT_A_UUID),
        ("OPS-1/watchers/%F0%9F", 400, NOT_A_UUID),
        (f"OPS-1/watchers/{'x' * 3000}", 400, NOT_A_UUID),
        (f"OPS-1/watchers/{BOB.id}%0A", 400, NOT_A_UUID),
    ],
)
async def test_who_cannot_watch(
    http: httpx.AsyncClient, method: str, path: str, status: int, answer: Any
) -> None:
    check(await http.request(method, f"/api/v2/cases/{path}"), status, answer)
    assert await watching(http) == []


async def test_an_unknown_case_has_no_watchers(http: httpx.AsyncClient) -> None:
    check(await http.get(f"/api/v2/cases/{NOWHERE}/watchers"), 404, CASE_NOT_FOUND)


async def test_the_watchers_go_with_their_case(http: httpx.AsyncClient, store: Store) -> None:
    await done(http, "POST", BOB.id)
    await done(http, "POST", BOB.id, LEAK.id)
    await http.delete(f"/api/v2/cases/projects/{OPS.id}")
    with store.reading() as db:
        assert db.execute("SELECT count(*) FROM watchers").fetchone() == (1,)
    assert await watching(http, "SEC-1") == [BOB.id]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_no_web_page_makes_anybody_watch(http: httpx.AsyncClient, origin: str) -> None:
    """It needs no body, so that a page could send it without being asked for permission."""
    headers = {"origin": origin}
    response = await http.post(f"{WATCHERS}/{BOB.id}", headers=headers)
    detail = "web pages may not change anything"
    error = {"status": "403", "title": "Forbidden", "detail": detail}
    check(response, 403, {"errors": [error]})
    assert await watching(http) == []
    assert (await http.get(WATCHERS, headers=headers)).status_code == 200
