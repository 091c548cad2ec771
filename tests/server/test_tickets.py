"""The contract of tying a case to other products, by both ways in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.answers import (
    BAD_REQUEST,
    CASE_NOT_FOUND,
    DISK_ANSWER,
    NOWHERE,
    UPGRADE_ANSWER,
    bad_type,
    changed,
    check,
)
from tests.server.conftest import DISK
from triage_tui.server.store import Store

JIRA = "relationships/jira_issues"
SERVICE_NOW = "relationships/servicenow_tickets"
INCIDENTS = "relationships/incidents"
NOTEBOOK = "relationships/notebook"
PLAT_118 = "https://jira.example.com/browse/PLAT-118"
INCIDENT = "aaaaaaaa-0000-4000-8000-000000000007"


def body(kind: str, **attributes: object) -> dict[str, Any]:
    return {"data": {"type": kind, "attributes": attributes}}


def bad_request(detail: str) -> dict[str, Any]:
    return {"errors": [{"status": "400", "title": "Bad Request", "detail": detail}]}


async def link(http: httpx.AsyncClient, url: object, key: str = "OPS-1") -> httpx.Response:
    path = f"/api/v2/cases/{key}/{JIRA}"
    return await http.patch(path, json=body("issues", jira_issue_url=url))


def jira(key: str, url: str) -> dict[str, Any]:
    return {"result": {"issue_key": key, "issue_url": url}, "status": "COMPLETED"}


def empty(response: httpx.Response, status: int) -> None:
    assert (response.status_code, response.content) == (status, b"")
    assert "content-type" not in response.headers


# Jira


async def test_an_issue_is_linked_and_unlinked(http: httpx.AsyncClient, store: Store) -> None:
    empty(await link(http, PLAT_118), 204)
    linked = changed(DISK_ANSWER, jira_issue=jira("PLAT-118", PLAT_118))
    check(await http.get("/api/v2/cases/OPS-1"), 200, linked)
    empty(await http.delete(f"/api/v2/cases/OPS-1/{JIRA}"), 204)
    check(await http.get("/api/v2/cases/OPS-1"), 200, changed(DISK_ANSWER))
    said = {"key": "PLAT-118", "status": "COMPLETED", "url": PLAT_118}
    entries = [(entry.field, entry.old, entry.new) for entry in store.history(DISK.id)]
    assert entries == [("jira", None, said), ("jira", said, None)]


@pytest.mark.parametrize(
    ("url", "kept", "key"),
    [
        ("http://localhost:8080/jira/browse/A-1", "http://localhost:8080/jira/browse/A-1", "A-1"),
        (f"{PLAT_118}/", PLAT_118, "PLAT-118"),
        (f"{PLAT_118}?focusedCommentId=7#comment-7", PLAT_118, "PLAT-118"),
        ("HTTPS://[::1]/browse/X_2-40", "HTTPS://[::1]/browse/X_2-40", "X_2-40"),
        ("https://jira.müller.example/browse/A-1", "https://jira.müller.example/browse/A-1", "A-1"),
    ],
)
async def test_addresses_of_issues(http: httpx.AsyncClient, url: str, kept: str, key: str) -> None:
    empty(await link(http, url), 204)
    attributes = (await http.get("/api/v2/cases/OPS-1")).json()["data"]["attributes"]
    assert attributes["jira_issue"] == jira(key, kept)


@pytest.mark.parametrize("url", [PLAT_118, f"{PLAT_118}?x=1"])
async def test_the_same_issue_again_changes_nothing(http: httpx.AsyncClient, url: str) -> None:
    empty(await link(http, url, "OPS-2"), 204)
    check(await http.get("/api/v2/cases/OPS-2"), 200, UPGRADE_ANSWER)


@pytest.mark.parametrize(
    "url",
    ["https://jira.example.com/browse/PLAT-119", "https://other.example.com/browse/PLAT-118"],
)
async def test_another_issue_has_to_wait(http: httpx.AsyncClient, url: str) -> None:
    detail = "the case is linked to PLAT-118: unlink that one first"
    error = {"status": "409", "title": "Conflict", "detail": detail}
    check(await link(http, url, "OPS-2"), 409, {"errors": [error]})
    check(await http.get("/api/v2/cases/OPS-2"), 200, UPGRADE_ANSWER)
    empty(await http.delete(f"/api/v2/cases/OPS-2/{JIRA}"), 204)
    empty(await link(http, url, "OPS-2"), 204)


async def test_no_issue_need_not_be_unlinked(http: httpx.AsyncClient) -> None:
    empty(await http.delete(f"/api/v2/cases/OPS-1/{JIRA}"), 204)
    check(await http.get("/api/v2/cases/OPS-1"), 200, DISK_ANSWER)


NOT_AN_ISSUE = bad_request(
    'invalid "jira_issue_url"; expected an address such as https://jira.example.com/browse/PLAT-118'
)


@pytest.mark.parametrize(
    "url",
    [
        "PLAT-118",
        "jira.example.com/browse/PLAT-118",
        "ftp://jira.example.com/browse/PLAT-118",
        "javascript://x/browse/PLAT-118",
        "https:///browse/PLAT-118",
        "https://jira.example.com/PLAT-118",
        "https://jira.example.com/browse/",
        "https://jira.example.com/browse/PLAT",
        "https://jira.example.com/browse/PLAT-0",
        "https://jira.example.com/browse/PLAT-118/more",
        "https://jira.example.com/browse/plat-118",
        "https://jira.example.com/?to=/browse/PLAT-118",
        "https://ann:secret@jira.example.com/browse/PLAT-118",
        f" {PLAT_118}",
        f"{PLAT_118}\n",
        f"{PLAT_118}?a b",
        f"{PLAT_118}?\x1b]52;c;eA==\x07",
        "https://jira.example.com/\u202e/browse/PLAT-118",
        "https://jira.example.com/browse/PLAT-\u0661",
        "https://jira.example.com/" + "browse/" * 300 + "PLAT-118",
        "https://" * 100_000,
    ],
    ids=lambda url: ascii(url)[:60],
)
async def test_what_is_no_address_of_an_issue(http: httpx.AsyncClient, url: str) -> None:
    check(await link(http, url), 400, NOT_AN_ISSUE)
    check(await http.get("/api/v2/cases/OPS-1"), 200, DISK_ANSWER)


async def test_an_address_may_have_2048_characters(http: httpx.AsyncClient) -> None:
    assert (await link(http, f"{PLAT_118}?".ljust(2048, "x"))).status_code == 204
    assert (await link(http, f"{PLAT_118}?".ljust(2049, "x"))).status_code == 400


ISSUE: dict[str, object] = {"jira_account_id": "1", "project_id": "2", "issue_type_id": "3"}


@pytest.mark.parametrize(
    ("path", "given", "detail"),
    [
        (
            JIRA,
            body("issues", **ISSUE, fields={"summary": "x"}),
            "this workspace is not connected to Jira: link an existing issue instead",
        ),
        (
            SERVICE_NOW,
            body("tickets", instance_name="dev1", assignment_group="db"),
            "this workspace is not connected to ServiceNow",
        ),
        (
            NOTEBOOK,
            {"data": {"type": "notebook"}},
            "this workspace is not connected to notebooks",
        ),
    ],
)
async def test_nothing_is_created_elsewhere(
    http: httpx.AsyncClient, path: str, given: dict[str, Any], detail: str
) -> None:
    check(await http.post(f"/api/v2/cases/OPS-1/{path}", json=given), 400, bad_request(detail))
    check(await http.get("/api/v2/cases/OPS-1"), 200, DISK_ANSWER)
    check(await http.post(f"/api/v2/cases/{NOWHERE}/{path}", json=given), 404, CASE_NOT_FOUND)


# Incidents


def incident(id: object) -> dict[str, Any]:
    return {"data": {"type": "incidents", "id": id}}


async def test_an_incident_becomes_an_insight(http: httpx.AsyncClient) -> None:
    path = f"/api/v2/cases/OPS-2/{INCIDENTS}"
    new = {"ref": f"/incidents/{INCIDENT}", "resource_id": INCIDENT, "type": "INCIDENT"}
    old = UPGRADE_ANSWER["data"]["attributes"]["insights"]
    linked = changed(UPGRADE_ANSWER, insights=[*old, new])
    check(await http.post(path, json=incident(INCIDENT)), 201, linked)
    # Once more changes nothing, however the id is written.
    check(await http.post(path, json=incident(INCIDENT.upper())), 201, linked)


@pytest.mark.parametrize("id", [None, "", "7", "OPS-1", INCIDENT + "0", "\0", "x" * 5000])
async def test_an_incident_has_a_uuid(http: httpx.AsyncClient, id: str | None) -> None:
    response = await http.post(f"/api/v2/cases/OPS-1/{INCIDENTS}", json=incident(id))
    check(response, 400, BAD_REQUEST)


# All of them


@pytest.mark.parametrize(
    ("method", "path", "given", "answer"),
    [
        ("POST", JIRA, body("issue", **ISSUE), bad_type("issue", "issues")),
        ("POST", JIRA, body("issues", **ISSUE | {"project_id": ""}), BAD_REQUEST),
        ("POST", JIRA, body("issues", **ISSUE | {"issue_type_id": None}), BAD_REQUEST),
        ("POST", JIRA, body("issues", **ISSUE | {"jira_account_id": " "}), BAD_REQUEST),
        (
            "POST",
            JIRA,
            body("issues", **ISSUE, fields=[]),
            bad_request('error decoding attribute "fields": invalid type array'),
        ),
        ("PATCH", JIRA, body("case"), bad_type("case", "issues")),
        ("PATCH", JIRA, body("issues"), BAD_REQUEST),
        (
            "PATCH",
            JIRA,
            body("issues", jira_issue_url=7),
            bad_request('error decoding attribute "jira_issue_url": invalid type number'),
        ),
        ("POST", SERVICE_NOW, body("ticket"), bad_type("ticket", "tickets")),
        ("POST", SERVICE_NOW, body("tickets"), BAD_REQUEST),
        (
            "POST",
            SERVICE_NOW,
            body("tickets", instance_name="dev1", assignment_group=1),
            bad_request('error decoding attribute "assignment_group": invalid type number'),
        ),
        ("POST", INCIDENTS, {"data": {"type": "incident"}}, bad_type("incident", "incidents")),
        (
            "POST",
            INCIDENTS,
            incident(7),
            bad_request('error decoding attribute "id": invalid type number'),
        ),
        ("POST", NOTEBOOK, {"data": {"type": "notebooks"}}, bad_type("notebooks", "notebook")),
    ],
)
async def test_bodies_are_checked_before_anything_is_looked_up(
    http: httpx.AsyncClient, method: str, path: str, given: dict[str, Any], answer: object
) -> None:
    url = f"/api/v2/cases/{NOWHERE}/{path}"
    check(await http.request(method, url, json=given), 400, answer)


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("PATCH", JIRA, body("issues", jira_issue_url=PLAT_118)),
        ("DELETE", JIRA, None),
        ("POST", INCIDENTS, incident(INCIDENT)),
    ],
)
async def test_no_ticket_finds_an_unknown_case(
    http: httpx.AsyncClient, method: str, path: str, given: object
) -> None:
    url = f"/api/v2/cases/{NOWHERE}/{path}"
    check(await http.request(method, url, json=given), 404, CASE_NOT_FOUND)
