"""The contract of comments and the timeline they make up, by both ways in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.answers import (
    ANN_AUTHOR,
    BAD_REQUEST,
    CASE_NOT_FOUND,
    NOW_TEXT,
    NOWHERE,
    bad_type,
    case_body,
    check,
)
from tests.server.conftest import ANN, CELL, DISK, LEAK, NOW, OLD
from triage_tui.models import HistoryEntry
from triage_tui.server.store import Store

TIMELINE = f"/api/v2/cases/{DISK.id}/timelines"
COMMENT = f"/api/v2/cases/OPS-1/comment/{CELL.id}"

CELL_ANSWER: dict[str, Any] = {
    "id": "e0000000-0000-4000-8000-000000000001",
    "type": "timeline_cell",
    "attributes": {
        "author": {
            "content": {
                "ID": "a0000000-0000-4000-8000-000000000002",
                "active": True,
                "email": "bob@example.com",
                "handle": "bob",
                "name": "Bob",
            },
            "type": "USER",
        },
        "cell_content": {"message": 'Freed 20 "GB" – ünd more'},
        "content": '{"message":"Freed 20 \\"GB\\" – ünd more"}',
        "created_at": "2026-11-20T08:30:00Z",
        "type": "COMMENT",
    },
}


async def test_a_comment_is_answered_and_listed(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-1/comment", json=case_body(comment="On *it*"))
    cell = {
        "id": response.json()["data"][0]["id"],
        "type": "timeline_cell",
        "attributes": {
            "author": ANN_AUTHOR,
            "cell_content": {"message": "On *it*"},
            "content": '{"message":"On *it*"}',
            "created_at": NOW_TEXT,
            "type": "COMMENT",
        },
    }
    check(response, 200, {"data": [cell]})
    check(await http.get(TIMELINE), 200, {"data": [cell, CELL_ANSWER]})
    oldest_first = {"data": [CELL_ANSWER, cell]}
    check(await http.get(f"{TIMELINE}?sort[ascending]=true"), 200, oldest_first)
    # Pages of a timeline are counted from zero.
    check(await http.get(f"{TIMELINE}?page[size]=1"), 200, {"data": [cell]})
    check(await http.get(f"{TIMELINE}?page[size]=1&page[number]=1"), 200, {"data": [CELL_ANSWER]})
    check(await http.get(f"{TIMELINE}?page[number]=9"), 200, {"data": []})
    [found] = (await http.get("/api/v2/cases?filter=key:OPS-1")).json()["data"]
    assert found["attributes"]["comment_count"] == 2


async def test_an_empty_comment_is_refused(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v2/cases/OPS-1/comment", json=case_body(comment=""))
    check(response, 400, BAD_REQUEST)


async def test_an_unknown_case_has_no_timeline(http: httpx.AsyncClient) -> None:
    check(await http.get(f"/api/v2/cases/{NOWHERE}/timelines"), 404, CASE_NOT_FOUND)


CELL_NOT_FOUND = {"errors": [{"code": "resource_not_found", "title": "timeline cell not found"}]}
NOT_A_UUID = {
    "errors": [
        {
            "status": "400",
            "title": "Invalid Parameter",
            "detail": 'invalid parameter "CommentID" in "path"; expected type "uuid"',
        }
    ]
}


def edited(message: str) -> dict[str, Any]:
    """The answer about the comment after it was edited."""
    attributes = CELL_ANSWER["attributes"] | {
        "cell_content": {"message": message},
        "content": f'{{"message":"{message}"}}',
        "modified_at": NOW_TEXT,
    }
    return {"data": [CELL_ANSWER | {"attributes": attributes}]}


async def comment_count(http: httpx.AsyncClient) -> int:
    [found] = (await http.get("/api/v2/cases?filter=key:OPS-1")).json()["data"]
    count: int = found["attributes"]["comment_count"]
    return count


def entry(old: str | None, new: str | None) -> HistoryEntry:
    """What the history says of the comment."""
    values = [text and {"id": CELL.id, "message": text} for text in (old, new)]
    return HistoryEntry(DISK.id, "OPS-1", NOW, ANN, "comment", *values)


async def test_a_new_comment_is_in_the_history(http: httpx.AsyncClient, store: Store) -> None:
    response = await http.post("/api/v2/cases/OPS-1/comment", json=case_body(comment="On it"))
    value = {"id": response.json()["data"][0]["id"], "message": "On it"}
    assert store.history(DISK.id) == [
        HistoryEntry(DISK.id, "OPS-1", NOW, ANN, "comment", None, value)
    ]


async def test_a_comment_is_edited(http: httpx.AsyncClient, store: Store) -> None:
    """Anybody may: the author stays."""
    before = (await http.get("/api/v2/cases/OPS-1")).json()
    check(await http.put(COMMENT, json=case_body(comment="Freed 30")), 200, edited("Freed 30"))
    check(await http.get(TIMELINE), 200, edited("Freed 30"))
    assert store.history(DISK.id) == [entry(CELL.message, "Freed 30")]
    # A comment leaves the times of its case alone.
    check(await http.get("/api/v2/cases/OPS-1"), 200, before)


async def test_a_comment_that_says_so_already_is_left_alone(
    http: httpx.AsyncClient, store: Store
) -> None:
    response = await http.put(COMMENT, json=case_body(comment=CELL.message))
    check(response, 200, {"data": [CELL_ANSWER]})
    assert store.history(DISK.id) == []


async def test_a_deleted_comment_is_gone(http: httpx.AsyncClient, store: Store) -> None:
    response = await http.delete(COMMENT)
    assert (response.status_code, response.content) == (204, b"")
    assert "content-type" not in response.headers
    check(await http.get(TIMELINE), 200, {"data": []})
    assert await comment_count(http) == 0
    assert store.history(DISK.id) == [entry(CELL.message, None)]
    for gone in (await http.delete(COMMENT), await http.put(COMMENT, json=case_body(comment="x"))):
        check(gone, 404, CELL_NOT_FOUND)
    assert await comment_count(http) == 0
    assert len(store.history(DISK.id)) == 1


async def test_a_deleted_comment_is_kept_with_the_time(
    http: httpx.AsyncClient, store: Store
) -> None:
    await http.delete(COMMENT)
    with store.reading() as db:
        found = db.execute("SELECT message, deleted_at FROM cells").fetchall()
    # 2026-11-21T09:00:00.1234Z
    assert found == [(CELL.message, 1795251600123400)]


async def test_deleted_comments_take_no_place_on_a_page(http: httpx.AsyncClient) -> None:
    path = "/api/v2/cases/OPS-1/comment"
    ids = [
        (await http.post(path, json=case_body(comment=text))).json()["data"][0]["id"]
        for text in ("one", "two", "three")
    ]
    await http.delete(f"{path}/{ids[1]}")
    pages = [(await http.get(f"{TIMELINE}?page[size]=2&page[number]={n}")).json() for n in (0, 1)]
    assert [[cell["id"] for cell in page["data"]] for page in pages] == [
        [ids[2], ids[0]],
        [CELL.id],
    ]
    assert await comment_count(http) == 3


@pytest.mark.parametrize("case", [LEAK, OLD], ids=["closed", "archived"])
async def test_a_case_that_is_done_takes_comments(http: httpx.AsyncClient, case: Any) -> None:
    path = f"/api/v2/cases/{case.key}/comment"
    made = (await http.post(path, json=case_body(comment="After all"))).json()["data"][0]
    path = f"{path}/{made['id']}"
    assert (await http.put(path, json=case_body(comment="Or not"))).status_code == 200
    assert (await http.delete(path)).status_code == 204


@pytest.mark.parametrize("cell_id", ["1", "x" * 3000, "%00", "%27", "%F0%9F", CELL.id + "0"])
async def test_the_id_of_a_comment_is_a_uuid(http: httpx.AsyncClient, cell_id: str) -> None:
    path = f"/api/v2/cases/OPS-1/comment/{cell_id}"
    check(await http.delete(path), 400, NOT_A_UUID)
    check(await http.put(path, json=case_body(comment="x")), 400, NOT_A_UUID)


async def test_the_id_of_a_comment_has_no_letter_case(http: httpx.AsyncClient) -> None:
    assert (await http.delete(COMMENT.replace(CELL.id, CELL.id.upper()))).status_code == 204


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (f"/api/v2/cases/OPS-1/comment/{NOWHERE}", CELL_NOT_FOUND),
        (f"/api/v2/cases/OPS-2/comment/{CELL.id}", CELL_NOT_FOUND),
        (f"/api/v2/cases/OPS-99/comment/{CELL.id}", CASE_NOT_FOUND),
    ],
)
async def test_a_comment_belongs_to_its_case(
    http: httpx.AsyncClient, path: str, answer: object
) -> None:
    check(await http.delete(path), 404, answer)
    check(await http.put(path, json=case_body(comment="x")), 404, answer)
    check(await http.get(TIMELINE), 200, {"data": [CELL_ANSWER]})


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (case_body(comment=""), BAD_REQUEST),
        (case_body(comment=" \n"), BAD_REQUEST),
        (case_body(), BAD_REQUEST),
        ({"data": {"type": "comment"}}, bad_type("comment", "case")),
    ],
)
async def test_an_edit_needs_a_text(
    http: httpx.AsyncClient, body: dict[str, Any], answer: object
) -> None:
    """Before anything is looked up: the comment is unknown too."""
    check(await http.put(f"/api/v2/cases/OPS-1/comment/{NOWHERE}", json=body), 400, answer)


@pytest.mark.parametrize(
    "text", ["\0", "\u202e\x1b]52;c;eA==\a", "'; DROP TABLE cells; --", "🧯" * 5000]
)
async def test_a_comment_comes_back_as_it_was_written(http: httpx.AsyncClient, text: str) -> None:
    await http.put(COMMENT, json=case_body(comment=text))
    [cell] = (await http.get(TIMELINE)).json()["data"]
    assert cell["attributes"]["cell_content"] == {"message": text}


@pytest.mark.parametrize("name", ["page[size]", "page[number]", "sort[ascending]"])
async def test_parameters_of_a_timeline(http: httpx.AsyncClient, name: str) -> None:
    [error] = (await http.get(TIMELINE, params={name: "many"})).json()["errors"]
    assert error["title"] == "Invalid Parameter"
    assert error["detail"].startswith(f'invalid parameter "{name}" in "query"')
