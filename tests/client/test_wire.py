"""Bodies to models, from answers written by hand after the shapes the real service sends."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from triage_tui import wire
from triage_tui.models import (
    STANDARD_STATUSES,
    CustomValue,
    Facet,
    FacetValue,
    Insight,
    NewCase,
    Status,
    Ticket,
    User,
)

ANSWERS = Path(__file__).parent / "answers"

READERS: dict[str, Callable[[bytes], object]] = {
    "case": wire.case,
    "full_case": wire.case,
    "search": lambda content: wire.case_page(content, number=1, size=2),
    "timeline": wire.timeline,
    "case_types": wire.case_types,
    "users": wire.users,
    "count": lambda content: wire.facets(content, ["status", "priority"]),
    "aggregate": wire.aggregate,
    "projects": wire.projects,
}


def answer(name: str) -> bytes:
    return (ANSWERS / f"{name}.json").read_bytes()


def tree(name: str) -> Any:
    return json.loads(answer(name))


def encoded(body: object) -> bytes:
    return json.dumps(body).encode()


def case_with(**attributes: object) -> bytes:
    body = tree("case")
    body["data"]["attributes"].update(attributes)
    return encoded(body)


def test_a_fresh_case() -> None:
    case = wire.case(answer("case"))
    assert (case.key, case.title, case.public_id) == ("OPS-17", "Disk full on db-3", "1042")
    assert case.created_at == datetime(2026, 1, 5, 9, 0, 0, 123456, UTC)
    assert (case.status, case.status_name, case.status_group) == ("OPEN", "Open", "SG_OPEN")
    assert case.created_by is not None
    assert case.created_by.name == "Ann"
    assert case.project_id == "bb000000-0000-4000-8000-000000000001"
    assert (case.assignee, case.modified_by, case.modified_at, case.closed_at) == (None,) * 4


def test_a_case_with_everything() -> None:
    case = wire.case(answer("full_case"))
    assert case.attributes == {"env": ("prod",), "service": ("web-store", "web-api"), "team": ()}
    assert case.custom_attributes == {
        "bands": CustomValue("TEXT", True, ("Abba", "The Cure")),
        "cost": CustomValue("NUMBER", False, (12.5,)),
        "nodes": CustomValue("NUMBER", True, (1, 2)),
        "runbook": CustomValue("URL", False, ("https://example.com/r",)),
    }
    assert case.insights == (Insight("MONITOR", "/monitors/12345?q=total", "12345"),)
    assert case.jira == Ticket("COMPLETED", "PLAT-118", "https://jira.example.com/browse/PLAT-118")
    assert case.service_now == Ticket("IN_PROGRESS")
    assert (case.type, case.due_date, case.comment_count) == ("TUNKNOWN", "2026-02-01", 3)
    assert case.closed


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("assignee", User("aa000000-0000-4000-8000-000000000002", "", "bob@example.com",
                          "bob@example.com", False, "", "Pending")),
        ("created_by", User("aa000000-0000-4000-8000-000000000003", active=False,
                            status="Disabled")),
        ("modified_by", User("aa000000-0000-4000-8000-000000000004", "CI Account", "ci@example.com",
                             "0cd61526-aaaa-4bbb-8ccc-121212121212")),
    ],
)  # fmt: skip
def test_people_come_from_included(name: str, shown: User) -> None:
    assert getattr(wire.case(answer("full_case")), name) == shown


def test_somebody_who_is_not_included_keeps_the_id() -> None:
    body = tree("full_case")
    del body["included"]
    assignee = wire.case(encoded(body)).assignee
    assert assignee == User("aa000000-0000-4000-8000-000000000002")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025-12-30T13:49:45Z", datetime(2025, 12, 30, 13, 49, 45, 0, UTC)),
        ("2025-12-30T13:49:45.5Z", datetime(2025, 12, 30, 13, 49, 45, 500000, UTC)),
        ("2025-12-30T13:49:45.033566Z", datetime(2025, 12, 30, 13, 49, 45, 33566, UTC)),
        ("2025-12-30T13:49:45.40368576Z", datetime(2025, 12, 30, 13, 49, 45, 403685, UTC)),
        ("2025-12-30T13:49:45.477244496Z", datetime(2025, 12, 30, 13, 49, 45, 477244, UTC)),
        ("2025-12-30T15:49:45+02:00", datetime(2025, 12, 30, 13, 49, 45, 0, UTC)),
        ("2025-12-30T13:49:45", datetime(2025, 12, 30, 13, 49, 45, 0, UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        (None, None),
        ({"seconds": 1}, None),
    ],
)
def test_timestamps(written: object, read: datetime | None) -> None:
    case = wire.case(case_with(modified_at=written))
    assert case.modified_at == read
    assert read is None or (case.modified_at is not None and case.modified_at.tzinfo is UTC)


@pytest.mark.parametrize("missing", ["key", "created_at"])
def test_a_case_nobody_could_show_is_unreadable(missing: str) -> None:
    body = tree("case")
    del body["data"]["attributes"][missing]
    with pytest.raises(wire.Unreadable, match="not a case"):
        wire.case(encoded(body))


@pytest.mark.parametrize("nothing", [None, {}, {"data": None}, [], "x", 3])
@pytest.mark.parametrize("name", ["assignee", "created_by", "modified_by", "project"])
def test_a_relationship_may_be_anything(name: str, nothing: object) -> None:
    body = tree("full_case")
    body["data"]["relationships"][name] = nothing
    case = wire.case(encoded(body))
    assert (getattr(case, name) is None) if name != "project" else case.project_id == ""


def test_every_optional_field_may_be_null_or_absent() -> None:
    needed = ("key", "created_at")
    seen = tree("full_case")["data"]["attributes"]
    nulls = {name: value if name in needed else None for name, value in seen.items()}
    absent = {name: seen[name] for name in needed}
    as_null = wire.case(encoded({"data": {"id": "1", "attributes": nulls}, "included": None}))
    assert as_null == wire.case(encoded({"data": {"id": "1", "attributes": absent}}))
    assert (as_null.title, as_null.priority, as_null.status_name) == ("", "NOT_DEFINED", "Open")


@pytest.mark.parametrize(
    ("attributes", "code", "status"),
    [
        ({"status": "CLOSED"}, "CLOSED", Status("Closed", "SG_CLOSED")),
        ({"status": "PENDING_APPROVAL"}, "PENDING_APPROVAL",
         Status("Pending Approval", "SG_IN_PROGRESS")),
        ({"status_name": "Parked", "status_group": "SG_OPEN"}, "SUNKNOWN",
         Status("Parked", "SG_OPEN")),
        ({"status": "ODD", "status_group": "SG_NEW"}, "ODD", Status("Odd", "SG_NEW")),
        ({}, "OPEN", Status("Open", "SG_OPEN")),
    ],
)  # fmt: skip
def test_a_missing_part_of_the_status_follows_from_the_rest(
    attributes: dict[str, str], code: str, status: Status
) -> None:
    base = {"key": "A-1", "created_at": "2026-01-01T00:00:00Z"}
    case = wire.case(encoded({"data": {"id": "1", "attributes": base | attributes}}))
    assert (case.status, Status(case.status_name, case.status_group)) == (code, status)


def test_a_page_of_a_search() -> None:
    page = wire.case_page(answer("search"), number=1, size=2)
    assert [case.key for case in page.cases] == ["ET-3", "ET-2"]
    assert (page.number, page.total, page.pages, page.skipped) == (1, 3, 2, 0)
    author = page.cases[0].created_by
    assert author is not None
    assert (author.id, author.name) == ("aa000000-0000-4000-8000-000000000009", "Zoe")
    assert page.cases[1].closed
    assert page.cases[1].closed_at is None
    assert page.cases[1].created_by is None


def test_an_unreadable_case_is_skipped_and_counted() -> None:
    body = tree("search")
    body["data"][0]["attributes"]["created_at"] = "never"
    body["data"].append("not a case")
    page = wire.case_page(encoded(body), number=1, size=2)
    assert ([case.key for case in page.cases], page.skipped) == (["ET-2"], 2)


@pytest.mark.parametrize(
    ("meta", "rows", "number", "total", "pages"),
    [
        ({"total_cases": 5, "page": {"total": 3}}, 2, 1, 5, 3),
        ({"total_cases": 5}, 2, 1, 5, 3),
        ({"total_cases": 0, "page": {"total": 0}}, 0, 1, 0, 0),
        ({"page": {"total": 4}}, 2, 1, None, 4),
        (None, 2, 3, None, 4),
        ({"page": "?"}, 1, 3, None, 3),
        ({"total_cases": -1, "page": {"total": "many"}}, 0, 1, None, 0),
        ([], 0, 3, None, 2),
    ],
)
def test_page_figures(meta: object, rows: int, number: int, total: int | None, pages: int) -> None:
    body = {"data": tree("search")["data"][:rows], "meta": meta}
    page = wire.case_page(encoded(body), number=number, size=2)
    assert (page.total, page.pages) == (total, pages)


def test_no_cases_at_all() -> None:
    assert wire.case_page(b'{"data": null}', number=1, size=50).cases == ()


def test_a_lone_surrogate_does_not_take_the_page_with_it() -> None:
    body = tree("search")
    body["data"][0]["attributes"]["title"] = "half \ud83d and whole 💥"
    page = wire.case_page(encoded(body), number=1, size=2)
    assert page.cases[0].title == "half \ufffd and whole 💥"
    assert page.skipped == 0


def test_nan_is_nothing() -> None:
    content = case_with(comment_count=float("nan"), title=float("inf"))
    case = wire.case(content)
    assert (case.comment_count, case.title) == (0, "")


def test_text_that_is_not_utf8_is_mended() -> None:
    assert wire.case(case_with(title="@").replace(b'"@"', b'"\xff"')).title == "\ufffd"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<html>", b"null", b"[]", b"3", b"{}", b'{"data": 3}', b'{"data": "x"}',
        b'{"data": {}}', b"[" * 100_000, b'{"a":' * 100_000, b'{"data": ' + b"9" * 5000 + b"}",
        b"\xff\xfe",
    ],
    ids=lambda content: repr(content[:12]),
)  # fmt: skip
@pytest.mark.parametrize("name", READERS)
def test_what_is_no_answer_is_unreadable(name: str, content: bytes) -> None:
    with pytest.raises(wire.Unreadable):
        READERS[name](content)


def test_a_list_without_one_readable_item_is_unreadable() -> None:
    with pytest.raises(wire.Unreadable, match="not a list of projects"):
        wire.projects(b'{"data": [{"id": "1"}, 7]}')
    assert wire.projects(b'{"data": []}') == ()


def test_a_timeline() -> None:
    comment, old_comment, other = wire.timeline(answer("timeline"))
    assert (comment.author.name, comment.message) == ("Ann", "Hello World !")
    assert comment.created_at == datetime(2026, 1, 24, 0, 47, 45, 477244, UTC)
    assert (old_comment.author.id, old_comment.message) == ("u2", "only as text")
    assert old_comment.deleted_at == datetime(2026, 1, 23, 2, tzinfo=UTC)
    assert (other.type, other.message, other.author.label) == ("STATUS_CHANGED", "", "")


def test_a_new_comment_is_the_one_cell_of_a_list() -> None:
    body = tree("timeline")
    assert wire.comment(encoded({"data": body["data"][:1]})).message == "Hello World !"
    with pytest.raises(wire.Unreadable):
        wire.comment(b'{"data": []}')


def test_case_types() -> None:
    change, outage = wire.case_types(answer("case_types"))
    assert [status.name for status in change.statuses] == [
        "Open", "Pending Approval", "Approved", "Completed", "Declined",
    ]  # fmt: skip
    # A default that is no option is none; the first option takes its place.
    assert change.defaults == {
        "SG_OPEN": "Open", "SG_IN_PROGRESS": "Approved", "SG_CLOSED": "Completed",
    }  # fmt: skip
    assert (change.internal, change.deleted_at) == (True, None)
    assert outage.statuses == STANDARD_STATUSES
    assert outage.deleted_at == datetime(2025, 8, 21, 9, tzinfo=UTC)


def test_users() -> None:
    ann, bob = wire.users(answer("users"))
    assert ann == User("u1", "Ann", "ann@example.com", "ann@example.com", True, "SRE", "Active")
    assert (bob.name, bob.active, bob.status, bob.label) == (
        "",
        False,
        "Pending",
        "bob@example.com",
    )


def test_projects() -> None:
    ops, sec = wire.projects(answer("projects"))
    assert (ops.key, ops.name, ops.restricted, sec.restricted) == ("OPS", "Operations", False, True)


def test_counts_are_one_facet_per_field_asked_for_largest_first() -> None:
    assert wire.facets(answer("count"), ["priority", "team", "status"]) == (
        Facet("priority", (FacetValue("P1", 3), FacetValue("", 1))),
        Facet("team", None),
        Facet("status", (FacetValue("OPEN", 42), FacetValue("CLOSED", 7))),
    )


def test_an_aggregate() -> None:
    seen = wire.aggregate(answer("aggregate"))
    assert seen == wire.Aggregate(100, (FacetValue("CLOSED", 58), FacetValue("OPEN", 42)))
    nested = {"groups": [{"group": ["OPEN", "P1"], "value": [2]}, {"group": "x", "value": []}]}
    assert wire.aggregate(encoded({"data": {"attributes": nested}})) == wire.Aggregate(
        None, (FacetValue("OPEN,P1", 2),)
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"errors":[{"status":"400","title":"Bad Request","detail":"got type"}]}', "got type"),
        (b'{"errors":[{"status":"400","title":"Bad Request"}]}', "Bad Request"),
        (b'{"errors":[{"title":"Generic Error","detail":"invalid priority P9"}]}',
         "invalid priority P9"),
        (b'{"errors":[{"code":"resource_not_found","title":"case not found"}]}', "case not found"),
        (b'{"errors":[{"code":"resource_not_found"}]}', "resource_not_found"),
        (b'{"errors":["Forbidden"]}', "Forbidden"),
        (b'{"errors":["one",{"detail":"two"},7,{}]}', "one; two"),
        (b'{"errors":"just so"}', "just so"),
        (b'{"error":{"code":"x","message":"broken"}}', "broken"),
        (b'{"message":"gone"}', "gone"),
        (b'"text"', "text"),
        (b"plain words\n", "plain words"),
        (b"<html><head><title>502 Bad Gateway</title></head><body>x</body></html>",
         "502 Bad Gateway"),
        (b"<!doctype html><p>no title", ""),
        (b"", ""),
        (b"[1]", ""),
        (b'{"errors":null}', ""),
    ],
)  # fmt: skip
def test_the_servers_own_words(content: bytes, words: str) -> None:
    assert wire.reasons(content) == words


def test_a_new_case() -> None:
    new = NewCase("Slow", "p1", priority="P2", description="why", assignee=User("u1", "Ann"))
    assert wire.new_case_body(new) == {
        "data": {
            "type": "case",
            "attributes": {
                "title": "Slow",
                "type_id": "00000000-0000-0000-0000-000000000001",
                "priority": "P2",
                "description": "why",
            },
            "relationships": {
                "project": {"data": {"type": "project", "id": "p1"}},
                "assignee": {"data": {"type": "user", "id": "u1"}},
            },
        }
    }


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """The same answer after an accident."""
    kind = chance.randrange(5)
    if kind == 0:
        return content[: chance.randrange(len(content))]
    if kind == 1:
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        return bytes(damaged)
    body = json.loads(content)
    for _ in range(chance.randint(1, 4)):
        _replace_somewhere(body, chance)
    return encoded(body)


ODD: list[Any] = [
    None, True, -1, 2**70, 10**400, 1e308, float("nan"), "", "\ud800", "x" * 1000, [], {}, [[]],
    {"data": 1}, ["a", None, {}], "9999-12-31T23:59:59Z",
]  # fmt: skip


def _replace_somewhere(body: Any, chance: random.Random) -> None:
    while True:
        keys = list(body) if isinstance(body, dict) else list(range(len(body)))
        key = chance.choice(keys)
        inner = body[key]
        if not isinstance(inner, dict | list) or not inner or chance.random() < 0.2:
            body[key] = copy.deepcopy(chance.choice(ODD))
            return
        body = inner


@pytest.mark.parametrize("name", READERS)
def test_a_spoiled_answer_is_a_value_or_unreadable(name: str) -> None:
    chance = random.Random(name)
    values = 0
    for _ in range(300):
        try:
            value = READERS[name](spoiled(answer(name), chance))
        except wire.Unreadable:
            continue
        values += 1
        repr(value).encode()  # whoever prints it or stores it must be able to
    assert 0 < values < 300
