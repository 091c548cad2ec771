"""The contract of links between cases and other things, by both ways in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.answers import BAD_REQUEST, CASE_NOT_FOUND, NOWHERE, bad_type, check
from tests.server.conftest import ANN, DISK, LEAK, NOW, OPS, UPGRADE
from triage_tui.models import HistoryEntry
from triage_tui.server.store import Store

LINKS = "/api/v2/cases/link"
INCIDENT = "aaaaaaaa-0000-4000-8000-000000000007"
LINK_NOT_FOUND = {"errors": [{"code": "resource_not_found", "title": "link not found"}]}


def link_body(**changes: object) -> dict[str, Any]:
    """DISK blocks UPGRADE, with changes; None leaves an attribute out."""
    attributes = {
        "parent_entity_type": "CASE",
        "parent_entity_id": DISK.id,
        "child_entity_type": "CASE",
        "child_entity_id": UPGRADE.id,
        "relationship": "BLOCKS",
    } | changes
    kept = {name: value for name, value in attributes.items() if value is not None}
    return {"data": {"type": "link", "attributes": kept}}


def to_incident(**changes: object) -> dict[str, Any]:
    incident = {"child_entity_type": "INCIDENT", "child_entity_id": INCIDENT}
    return link_body(**(incident | changes))


async def linked(http: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """The new link, as it was answered."""
    response = await http.post(LINKS, json=body)
    assert response.status_code == 201
    data: dict[str, Any] = response.json()["data"]
    return data


async def listed(http: httpx.AsyncClient, kind: str, id: str, relationship: str = "") -> Any:
    params = {"entity_type": kind, "entity_id": id}
    if relationship:
        params["relationship"] = relationship
    response = await http.get(LINKS, params=params)
    assert response.status_code == 200
    return response.json()["data"]


async def test_a_link_is_found_from_both_ends(http: httpx.AsyncClient) -> None:
    before = (await http.get("/api/v2/cases/OPS-1")).json()
    response = await http.post(LINKS, json=link_body())
    link = {
        "id": response.json()["data"]["id"],
        "type": "link",
        "attributes": {
            "child_entity_id": "c0000000-0000-4000-8000-000000000002",
            "child_entity_type": "CASE",
            "parent_entity_id": "c0000000-0000-4000-8000-000000000001",
            "parent_entity_type": "CASE",
            "relationship": "BLOCKS",
        },
    }
    check(response, 201, {"data": link})
    for case in (DISK.id, DISK.id.upper(), "ops-1", UPGRADE.id):
        params = {"entity_type": "CASE", "entity_id": case}
        check(await http.get(LINKS, params=params), 200, {"data": [link]})
    assert await listed(http, "CASE", LEAK.id) == []
    # The case itself is as it was.
    check(await http.get("/api/v2/cases/OPS-1"), 200, before)


async def test_cases_named_by_key_are_kept_by_id(http: httpx.AsyncClient) -> None:
    by_key = await linked(http, link_body(parent_entity_id="ops-1", child_entity_id="OPS-2"))
    assert by_key["attributes"] == link_body()["data"]["attributes"]


async def test_one_end_may_be_kept_elsewhere(http: httpx.AsyncClient) -> None:
    link = await linked(http, to_incident(relationship="ESCALATES_TO"))
    assert await listed(http, "INCIDENT", INCIDENT.upper()) == [link]
    assert await listed(http, "CASE", DISK.id) == [link]
    assert await listed(http, "PAGE", INCIDENT) == []
    # Nobody knows which incidents there are.
    assert await listed(http, "INCIDENT", NOWHERE) == []


@pytest.mark.parametrize("kind", ["INCIDENT", "PAGE", "AGENT_CONVERSATION"])
async def test_a_case_may_be_either_end(http: httpx.AsyncClient, kind: str) -> None:
    body = link_body(parent_entity_type=kind, parent_entity_id="12'\0%\u202e")
    link = await linked(http, body)
    assert link["attributes"] == body["data"]["attributes"]
    assert await listed(http, kind, "12'\0%\u202e") == [link]


async def test_links_are_listed_by_relationship_in_the_order_they_came(
    http: httpx.AsyncClient,
) -> None:
    names = (
        "RELATES_TO",
        "CAUSES",
        "BLOCKS",
        "DUPLICATES",
        "PARENT_OF",
        "SUCCESSOR_OF",
        "ESCALATES_TO",
    )
    made = [await linked(http, link_body(relationship=name)) for name in names]
    assert await listed(http, "CASE", UPGRADE.id) == made
    assert await listed(http, "CASE", UPGRADE.id, "BLOCKS") == [made[2]]


async def test_the_same_link_again_is_the_one_there_is(
    http: httpx.AsyncClient, store: Store
) -> None:
    first = await linked(http, link_body())
    assert await linked(http, link_body(parent_entity_id="OPS-1")) == first
    assert await listed(http, "CASE", DISK.id) == [first]
    assert len(store.history(DISK.id)) == 1


async def test_only_a_relation_has_no_direction(http: httpx.AsyncClient) -> None:
    turned = {"parent_entity_id": UPGRADE.id, "child_entity_id": DISK.id}
    relates = await linked(http, link_body(relationship="RELATES_TO"))
    assert await linked(http, link_body(relationship="RELATES_TO", **turned)) == relates
    blocks = await linked(http, link_body())
    assert await linked(http, link_body(**turned)) != blocks
    assert len(await listed(http, "CASE", DISK.id)) == 3


async def test_a_link_is_in_the_history_of_its_cases(http: httpx.AsyncClient, store: Store) -> None:
    values = link_body()["data"]["attributes"]
    link = await linked(http, link_body())
    await http.delete(f"{LINKS}/{link['id']}")
    for case in (DISK, UPGRADE):
        assert store.history(case.id) == [
            HistoryEntry(case.id, case.key, NOW, ANN, "link", None, values),
            HistoryEntry(case.id, case.key, NOW, ANN, "link", values, None),
        ]


async def test_a_deleted_link_is_gone(http: httpx.AsyncClient, store: Store) -> None:
    link, other = await linked(http, link_body()), await linked(http, to_incident())
    response = await http.delete(f"{LINKS}/{link['id'].upper()}")
    assert (response.status_code, response.content) == (204, b"")
    assert await listed(http, "CASE", DISK.id) == [other]
    check(await http.delete(f"{LINKS}/{link['id']}"), 404, LINK_NOT_FOUND)
    assert len(store.history(UPGRADE.id)) == 2


@pytest.mark.parametrize("link_id", ["1", "OPS-1", "%00", "%27", "%F0%9F", "x" * 3000])
async def test_the_id_of_a_link_is_a_uuid(http: httpx.AsyncClient, link_id: str) -> None:
    detail = 'invalid parameter "LinkID" in "path"; expected type "uuid"'
    error = {"status": "400", "title": "Invalid Parameter", "detail": detail}
    check(await http.delete(f"{LINKS}/{link_id}"), 400, {"errors": [error]})


async def test_links_go_with_their_cases(http: httpx.AsyncClient) -> None:
    staying = await linked(
        http, link_body(parent_entity_id=LEAK.id, child_entity_type="PAGE", child_entity_id="7")
    )
    await linked(http, link_body())
    await linked(http, link_body(parent_entity_id=LEAK.id))
    await linked(http, link_body(child_entity_id=LEAK.id))
    await linked(http, to_incident())
    assert (await http.delete(f"/api/v2/cases/projects/{OPS.id}")).status_code == 204
    assert await listed(http, "CASE", LEAK.id) == [staying]
    assert await listed(http, "INCIDENT", INCIDENT) == []


async def test_a_case_that_stays_remembers_its_link_to_one_that_goes(
    http: httpx.AsyncClient, store: Store
) -> None:
    await linked(http, link_body())
    links = [link_body(parent_entity_id=LEAK.id), link_body(child_entity_id=LEAK.id)]
    for body in links:
        await linked(http, body)
    await http.delete(f"/api/v2/cases/projects/{OPS.id}")
    values = [body["data"]["attributes"] for body in links]
    assert store.history(LEAK.id) == [
        *(HistoryEntry(LEAK.id, LEAK.key, NOW, ANN, "link", None, link) for link in values),
        *(HistoryEntry(LEAK.id, LEAK.key, NOW, ANN, "link", link, None) for link in values),
    ]
    assert len(store.history_between(None, None)) == 4


ENTITY_TYPES = "CASE, INCIDENT, PAGE, AGENT_CONVERSATION"


def generic(detail: str) -> dict[str, Any]:
    return {"errors": [{"title": "Generic Error", "detail": detail}]}


def bad_request(detail: str) -> dict[str, Any]:
    return {"errors": [{"status": "400", "title": "Bad Request", "detail": detail}]}


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        ({"data": {"type": "case"}}, 400, bad_type("case", "link")),
        ({"data": {"type": "link"}}, 400, BAD_REQUEST),
        (link_body(parent_entity_type=None), 400, BAD_REQUEST),
        (link_body(parent_entity_id=None), 400, BAD_REQUEST),
        (link_body(child_entity_type=None), 400, BAD_REQUEST),
        (link_body(child_entity_id=" "), 400, BAD_REQUEST),
        (link_body(relationship=None), 400, BAD_REQUEST),
        (
            link_body(child_entity_id=7),
            400,
            bad_request('error decoding attribute "child_entity_id": invalid type number'),
        ),
        (
            link_body(child_entity_type="case"),
            400,
            generic(f"invalid entity type case. Must be one of {ENTITY_TYPES}"),
        ),
        (
            link_body(relationship="LIKES"),
            400,
            generic(
                "invalid relationship LIKES. Must be one of RELATES_TO, CAUSES, BLOCKS, "
                "DUPLICATES, PARENT_OF, SUCCESSOR_OF, ESCALATES_TO"
            ),
        ),
        (
            to_incident(parent_entity_type="PAGE"),
            400,
            bad_request("at least one end of a link must be a case"),
        ),
        (
            link_body(child_entity_id=DISK.id.upper()),
            400,
            bad_request("a link needs two different ends"),
        ),
        (link_body(child_entity_id="OPS-1"), 400, bad_request("a link needs two different ends")),
        (
            link_body(parent_entity_id=NOWHERE, child_entity_id=NOWHERE),
            400,
            bad_request("a link needs two different ends"),
        ),
        (
            to_incident(child_entity_id="x" * 256),
            400,
            bad_request("the id of an entity may have 255 characters at most"),
        ),
        (link_body(parent_entity_id=NOWHERE), 404, CASE_NOT_FOUND),
        (link_body(child_entity_id="OPS-99"), 404, CASE_NOT_FOUND),
        (link_body(parent_entity_id=NOWHERE, child_entity_id="OPS-99"), 404, CASE_NOT_FOUND),
        (link_body(child_entity_id="'; DROP TABLE links; --"), 404, CASE_NOT_FOUND),
    ],
)
async def test_what_cannot_be_linked(
    http: httpx.AsyncClient, store: Store, body: dict[str, Any], status: int, answer: object
) -> None:
    check(await http.post(LINKS, json=body), status, answer)
    with store.reading() as db:
        assert db.execute("SELECT count(*) FROM links").fetchone() == (0,)


async def test_an_id_may_have_255_characters(http: httpx.AsyncClient) -> None:
    assert await linked(http, to_incident(child_entity_id="x" * 255))


@pytest.mark.parametrize(
    ("parameters", "name", "expected"),
    [
        ({"entity_id": DISK.id}, "entity_type", f"one of {ENTITY_TYPES}"),
        ({"entity_type": "USER", "entity_id": DISK.id}, "entity_type", f"one of {ENTITY_TYPES}"),
        ({"entity_type": "CASE"}, "entity_id", "the id of an entity"),
        ({"entity_type": "CASE", "entity_id": " "}, "entity_id", "the id of an entity"),
        (
            {"entity_type": "CASE", "entity_id": DISK.id, "relationship": "LIKES"},
            "relationship",
            "one of RELATES_TO, CAUSES, BLOCKS, DUPLICATES, PARENT_OF, SUCCESSOR_OF, ESCALATES_TO",
        ),
    ],
)
async def test_parameters_of_a_listing(
    http: httpx.AsyncClient, parameters: dict[str, str], name: str, expected: str
) -> None:
    detail = f'invalid parameter "{name}" in "query"; expected {expected}'
    error = {"status": "400", "title": "Invalid Parameter", "detail": detail}
    check(await http.get(LINKS, params=parameters), 400, {"errors": [error]})


@pytest.mark.parametrize("case_id", [NOWHERE, "OPS-99", "\0", "'"])
async def test_an_unknown_case_has_no_links(http: httpx.AsyncClient, case_id: str) -> None:
    params = {"entity_type": "CASE", "entity_id": case_id}
    check(await http.get(LINKS, params=params), 404, CASE_NOT_FOUND)
