"""Reading what there is around a case."""

from __future__ import annotations

from tests.client.test_client import Service, answer, client_of, failure_of
from triage_tui.calls import Call
from triage_tui.errors import Failure
from triage_tui.models import CaseLink, User

BEN = "b0000000-0000-4000-8000-000000000002"


async def test_links() -> None:
    service = Service(200, answer("links"))
    first, second = await client_of(service).links("c1")
    assert service.asked == ("GET", "/api/v2/cases/link", None)
    assert service.params == {"entity_type": "CASE", "entity_id": "c1"}
    assert (first.relationship, first.child_id[-1]) == ("DUPLICATES", "2")
    assert second == CaseLink(
        "70000000-0000-4000-8000-000000000002",
        "INCIDENT",
        "17",
        "CASE",
        "00000000-0000-4000-8000-000000000001",
        "ESCALATES_TO",
    )


async def test_watchers_are_named_if_the_server_names_them() -> None:
    service = Service(200, answer("watchers"))
    ben, gone = await client_of(service).watchers("c1")
    assert service.asked == ("GET", "/api/v2/cases/c1/watchers", None)
    assert (ben.id, ben.label) == (BEN, "Ben Ode")
    assert gone == User("gone")


async def test_history() -> None:
    service = Service(200, answer("history"))
    first, second = await client_of(service).history("c1")
    assert service.asked == ("GET", "/local/history", None)
    assert service.params == {"case_id": "c1", "page[size]": "1000"}
    assert (first.field, first.old, first.new, first.case_id) == ("priority", "P3", "P1", "c1")
    assert first.by
    assert first.by.label == "Ben Ode"
    assert (second.by, second.old, second.new) == (None, "2026-03-09", None)


async def test_a_server_without_a_history_is_told_from_one_in_trouble() -> None:
    error = await failure_of(client_of(Service(404, b"{}")).history("c1"))
    assert error.failure is Failure.NOT_FOUND


async def test_the_whole_answer_about_a_case() -> None:
    service = Service(200, b'{"data": {"id": "c1", "odd": [1, null]}, "more": true}')
    raw = await client_of(service).raw_case("c1")
    assert raw == {"data": {"id": "c1", "odd": [1, None]}, "more": True}
    assert service.asked == ("GET", "/api/v2/cases/c1", None)


def test_links_have_limits_of_their_own() -> None:
    assert Call("", "GET", "/api/v2/cases/link").route == "GET /api/v2/cases/link"
    assert Call("", "DELETE", "/api/v2/cases/link/x1").route == "DELETE /api/v2/cases/link/*"
    assert Call("", "GET", "/api/v2/cases/x1/watchers").route == "GET /api/v2/cases/*/watchers"
