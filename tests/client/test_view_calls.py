"""What is sent about views, favourites and projects, and what is read of the answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest

from tests.client.test_client import Service, client_of, failure_of
from triage_tui.calls import Call
from triage_tui.client import CaseClient
from triage_tui.errors import Failure
from triage_tui.models import FacetValue, SharedView

VIEW = {
    "id": "v1",
    "type": "view",
    "attributes": {"name": "Pages", "query": "priority:P1", "created_at": "2026-11-21T00:00:00Z"},
}
MADE = SharedView("v1", "Pages", "priority:P1")


def said(data: object) -> bytes:
    return json.dumps({"data": data}).encode()


async def test_views_of_a_project() -> None:
    blank = {"id": "v2", "type": "view", "attributes": {"name": "All", "query": None}}
    service = Service(200, said([VIEW, {"id": "v3"}, blank]))
    assert await client_of(service).views("p1") == (MADE, SharedView("v2", "All", ""))
    assert service.asked == ("GET", "/api/v2/cases/views", None)
    assert service.params == {"project_id": "p1"}


async def test_a_view_is_created_and_changed() -> None:
    service = Service(201, said(VIEW))
    assert await client_of(service).create_view("p1", "Pages", "priority:P1") == MADE
    attributes = {"name": "Pages", "query": "priority:P1", "project_id": "p1"}
    body = {"data": {"type": "view", "attributes": attributes}}
    assert service.asked == ("POST", "/api/v2/cases/views", body)
    service = Service(200, said(VIEW))
    assert await client_of(service).update_view("v1", "Pages", "priority:P1") == MADE
    del attributes["project_id"]
    assert service.asked == ("PUT", "/api/v2/cases/views/v1", body)


@pytest.mark.parametrize(
    ("call", "method", "path"),
    [
        (lambda client: client.delete_view("v1"), "DELETE", "views/v1"),
        (lambda client: client.set_favorite("p1", wanted=True), "POST", "projects/p1/favorites"),
        (lambda client: client.set_favorite("p1", wanted=False), "DELETE", "projects/p1/favorites"),
    ],
)
async def test_writes_without_an_answer(
    call: Callable[[CaseClient], Awaitable[None]], method: str, path: str
) -> None:
    service = Service(204)
    await call(client_of(service))
    assert service.asked == (method, f"/api/v2/cases/{path}", None)
    error = await failure_of(call(client_of(Service(403, b'{"errors":["Forbidden"]}'))))
    assert error.failure is Failure.NOT_ALLOWED
    assert "cases_write" in str(error)


async def test_favorites() -> None:
    service = Service(200, said([{"id": "p1", "type": "project_favorite"}, {"id": "p2"}]))
    assert await client_of(service).favorites() == {"p1", "p2"}
    assert service.asked == ("GET", "/api/v2/cases/projects/favorites", None)


async def test_projects_are_counted_whichever_is_worked_on() -> None:
    group = {"group": "project", "group_values": [{"value": "ops", "count": 3}]}
    service = Service(200, said({"attributes": {"groups": [group]}}))
    client = client_of(service)
    client.only_project = "PAY"
    assert await client.by_project("status:open") == (FacetValue("ops", 3),)
    assert service.params["query_filter"] == "status:open"


def test_routes_without_ids() -> None:
    def route(path: str) -> str:
        return Call("", "GET", f"/api/v2/cases/{path}").route.removeprefix("GET /api/v2/cases/")

    assert route("views") == "views"
    assert route("views/v1") == "views/*"
    assert route("projects/favorites") == "projects/favorites"
    assert route("projects/p1/favorites") == "projects/*/favorites"
    assert route("views-1") == "*"
