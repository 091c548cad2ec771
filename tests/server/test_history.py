"""What is remembered of every change: what, when and by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.server.answers import (
    ANN_INCLUDED,
    BOB_INCLUDED,
    BY_ANN,
    BY_BOB,
    CASE_NOT_FOUND,
    check,
)
from tests.server.conftest import ANN, BOB, DISK, INVITED, LEAK, NOW, OLD, OPS, SEC, UPGRADE
from triage_tui.changes import Assign, Change, SetArchived, SetPriority, SetStatus
from triage_tui.models import Case, CustomValue, HistoryEntry, Insight, NewCase, Status, Ticket
from triage_tui.server.store import Store
from triage_tui.server.tables import history

MONITOR = UPGRADE.insights[0]
SIGNAL = Insight("SECURITY_SIGNAL", "/signals/7", "7")
MONITOR_SAID = {"ref": "/monitors/12345?q=total", "resource_id": "12345", "type": "MONITOR"}
SIGNAL_SAID = {"ref": "/signals/7", "resource_id": "7", "type": "SECURITY_SIGNAL"}
BANDS = {"is_multi": True, "type": "TEXT", "value": ["Abba", "The Cure"]}
WINDOW = {"is_multi": False, "type": "NUMBER", "value": 90.0}


def changed(store: Store, case: Case, edit: Callable[[Case], Case], **options: bool) -> None:
    store.change(case.id, lambda seen, now: edit(seen), by=BOB, now=NOW, **options)


def kept(store: Store, case: Case) -> list[tuple[str, object, object]]:
    return [(entry.field, entry.old, entry.new) for entry in store.history(case.id)]


def test_a_new_case_begins_its_history(store: Store) -> None:
    new = NewCase("Slow checkout", OPS.id, priority="P3", assignee=INVITED)
    case = store.create_case(new, by=BOB, now=NOW)
    began = {
        "assignee": {"id": INVITED.id, "name": "new@example.com"},
        "key": "OPS-3",
        "priority": "P3",
        "status": {"group": "SG_OPEN", "name": "Open"},
        "title": "Slow checkout",
    }
    assert store.history(case.id) == [
        HistoryEntry(case.id, "OPS-3", NOW, BOB, "created", None, began)
    ]


OPEN = {"group": "SG_OPEN", "name": "Open"}
CLOSED = {"group": "SG_CLOSED", "name": "Closed"}


@pytest.mark.parametrize(
    ("change", "field", "old", "new"),
    [
        (SetStatus(Status("Closed", "SG_CLOSED")), "status", OPEN, CLOSED),
        (SetPriority("P1"), "priority", "P2", "P1"),
        (Assign(BOB), "assignee", None, {"id": BOB.id, "name": "Bob"}),
        (SetArchived(True), "archived", False, True),
    ],
)
def test_what_is_done_with_one_key(
    store: Store, change: Change, field: str, old: object, new: object
) -> None:
    store.change(DISK.id, change.apply, by=BOB, now=NOW)
    assert store.history(DISK.id) == [HistoryEntry(DISK.id, "OPS-1", NOW, BOB, field, old, new)]


@pytest.mark.parametrize(
    ("changes", "field", "old", "new"),
    [
        ({"title": "Brokers"}, "title", "Upgrade the brokers", "Brokers"),
        ({"description": ""}, "description", "## Plan\nOne at a time.", ""),
        ({"due_date": None}, "due_date", "2026-12-01", None),
        ({"resolved_reason": "FALSE_POSITIVE"}, "resolved_reason", None, "FALSE_POSITIVE"),
        (
            {"attributes": {"team": ("platform", "sre"), "env": ("prod",)}},
            "attributes",
            {"service": ["broker", "web"], "team": ["platform"]},
            {"env": ["prod"], "team": ["platform", "sre"]},
        ),
        (
            {"attributes": {**UPGRADE.attributes, "env": ("prod",)}},
            "attributes",
            None,
            {"env": ["prod"]},
        ),
        (
            {"custom_attributes": {"window": CustomValue("NUMBER", False, (4.5,))}},
            "custom_attributes",
            {"bands": BANDS, "window": WINDOW},
            {"window": WINDOW | {"value": 4.5}},
        ),
        ({"insights": (MONITOR, SIGNAL)}, "insights", None, [SIGNAL_SAID]),
        ({"insights": (SIGNAL,)}, "insights", [MONITOR_SAID], [SIGNAL_SAID]),
        (
            {"jira": None},
            "jira",
            {
                "key": "PLAT-118",
                "status": "COMPLETED",
                "url": "https://jira.example.com/browse/PLAT-118",
            },
            None,
        ),
        (
            {"service_now": Ticket("FAILED")},
            "service_now",
            {"key": "", "status": "IN_PROGRESS", "url": ""},
            {"key": "", "status": "FAILED", "url": ""},
        ),
    ],
)
def test_every_other_field(
    store: Store, changes: dict[str, object], field: str, old: object, new: object
) -> None:
    changed(store, UPGRADE, lambda case: replace(case, **changes))  # type: ignore[arg-type]
    assert kept(store, UPGRADE) == [(field, old, new)]


def test_a_change_of_two_fields_is_two_entries_of_one_moment(store: Store) -> None:
    changed(store, DISK, lambda case: replace(case, title="Disk", priority="P5"))
    assert kept(store, DISK) == [
        ("priority", "P2", "P5"),
        ("title", "Disk full on db-3", "Disk"),
    ]
    assert {entry.at for entry in store.history(DISK.id)} == {NOW}


def test_what_changes_nothing_is_not_remembered(store: Store) -> None:
    changed(store, DISK, lambda case: replace(case, modified_at=NOW))
    changed(store, UPGRADE, lambda case: replace(case, attributes=dict(case.attributes)))
    assert store.history(DISK.id) == store.history(UPGRADE.id) == []


def test_a_refused_change_is_not_remembered(store: Store) -> None:
    def refuse(case: Case) -> Case:
        raise LookupError

    with pytest.raises(LookupError):
        changed(store, DISK, refuse)
    assert store.history(DISK.id) == []


def test_who_did_it_is_known_even_if_the_case_does_not_say(store: Store) -> None:
    changed(store, DISK, lambda case: replace(case, title="Disk"), stamp_by=False)
    case = store.case(DISK.id)
    assert case is not None
    assert case.modified_by is None
    assert [entry.by for entry in store.history(DISK.id)] == [BOB]


def test_the_history_of_a_deleted_case_is_gone(store: Store) -> None:
    changed(store, LEAK, lambda case: replace(case, title="Leak"))
    store.delete_project(SEC.id, by=ANN, now=NOW)
    assert store.history(LEAK.id) == []
    assert store.history_between(None, None) == []


def test_a_span_of_time_comes_in_pages_oldest_first(store: Store) -> None:
    def at(minutes: int) -> datetime:
        return NOW + timedelta(minutes=minutes)

    for minutes, case in ((3, DISK), (1, OLD), (2, UPGRADE), (0, LEAK)):
        edit = SetPriority("P5").apply
        store.change(case.id, edit, by=ANN, now=at(minutes))

    def page(start: int, end: int, number: int = 0, size: int = 100) -> list[str]:
        found = store.history_between(at(start), at(end), number=number, size=size)
        return [entry.case_key for entry in found]

    assert page(0, 4) == ["SEC-1", "SEC-2", "OPS-2", "OPS-1"]
    assert page(1, 3) == ["SEC-2", "OPS-2"]
    assert page(0, 4, size=3) == ["SEC-1", "SEC-2", "OPS-2"]
    assert page(0, 4, size=3, number=1) == ["OPS-1"]
    assert page(0, 4, size=3, number=2**62) == []
    one = store.history_between(at(0), None, case_id=OLD.id)
    assert [entry.case_key for entry in one] == ["SEC-2"]
    assert store.history_between(None, at(1), case_id=OLD.id) == []


def test_entries_are_told_apart_by_their_ids(store: Store) -> None:
    changed(store, DISK, lambda case: replace(case, title="Disk", priority="P5"))
    ids = [entry.id for entry in store.history(DISK.id)]
    assert len(set(ids)) == 2
    assert all(ids)


class TestListing:
    """What the server tells about it, outside of the API of the service."""

    @pytest.fixture(autouse=True)
    def shift(self, store: Store) -> None:
        store.change(DISK.id, SetPriority("P1").apply, by=BOB, now=NOW)
        store.change(UPGRADE.id, Assign(None).apply, by=ANN, now=NOW - timedelta(minutes=5))
        with store.writing() as db:
            history.record(db, DISK.id, [("title", "a", "b")], by=None, at=NOW - timedelta(days=1))

    @staticmethod
    def entry(id: str, case: Case, at: str, field: str, old: object, new: object) -> dict[str, Any]:
        return {
            "id": id,
            "type": "history_entry",
            "attributes": {
                "at": at,
                "case_key": case.key,
                "field": field,
                "new": new,
                "old": old,
            },
            "relationships": {"case": {"data": {"id": case.id, "type": "case"}}},
        }

    async def test_it_is_complete_and_the_oldest_comes_first(self, http: httpx.AsyncClient) -> None:
        to_invited = {"id": INVITED.id, "name": "new@example.com"}
        when = "2026-11-2{}.1234Z".format
        unknown = self.entry("3", DISK, when("0T09:00:00"), "title", "a", "b")
        by_ann = self.entry("2", UPGRADE, when("1T08:55:00"), "assignee", to_invited, None)
        by_ann["relationships"]["by"] = BY_ANN
        by_bob = self.entry("1", DISK, when("1T09:00:00"), "priority", "P2", "P1")
        by_bob["relationships"]["by"] = BY_BOB
        answer = {
            "data": [unknown, by_ann, by_bob],
            "included": [ANN_INCLUDED, BOB_INCLUDED],
        }
        check(await http.get("/local/history"), 200, answer)

    @pytest.mark.parametrize(
        ("parameters", "ids"),
        [
            ({"case_id": "ops-1"}, ["3", "1"]),
            ({"case_id": DISK.id}, ["3", "1"]),
            ({"case_id": "SEC-1"}, []),
            ({"from": "2026-11-21T08:55:00.1234Z"}, ["2", "1"]),
            ({"from": "2026-11-21t10:55:00.123400+02:00"}, ["2", "1"]),
            ({"to": "2026-11-21T08:55:00.1234Z"}, ["3"]),
            ({"from": "2026-11-21T09:00:00Z", "to": "2026-11-21T09:00:00Z"}, []),
            ({"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"}, ["3", "2", "1"]),
            ({"case_id": "OPS-1", "from": "2026-11-21T00:00:00Z"}, ["1"]),
            ({"page[size]": "2"}, ["3", "2"]),
            ({"page[size]": "2", "page[number]": "1"}, ["1"]),
            ({"page[size]": "1000", "page[number]": "2147483647"}, []),
        ],
    )
    async def test_what_is_asked_for(
        self, http: httpx.AsyncClient, parameters: dict[str, str], ids: list[str]
    ) -> None:
        response = await http.get("/local/history", params=parameters)
        assert [entry["id"] for entry in response.json()["data"]] == ids

    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("from", "yesterday", "a time with its zone, as in 2026-12-15T08:00:00Z"),
            ("from", "2026-11-21", "a time with its zone, as in 2026-12-15T08:00:00Z"),
            ("to", "2026-11-21T08:00:00", "a time with its zone, as in 2026-12-15T08:00:00Z"),
            ("to", "2026-02-30T08:00:00Z", "a time with its zone, as in 2026-12-15T08:00:00Z"),
            ("to", "0001-01-01T00:00:00+14:00", "a time with its zone, as in 2026-12-15T08:00:00Z"),
            ("page[size]", "1001", "a number from 1 to 1000"),
            ("page[size]", "0", "a number from 1 to 1000"),
            ("page[number]", "-1", "a number from 0 to 2147483647"),
        ],
    )
    async def test_what_cannot_be_read(
        self, http: httpx.AsyncClient, name: str, value: str, expected: str
    ) -> None:
        response = await http.get("/local/history", params={name: value})
        detail = f'invalid parameter "{name}" in "query"; expected {expected}'
        error = {"status": "400", "title": "Invalid Parameter", "detail": detail}
        check(response, 400, {"errors": [error]})

    async def test_a_span_that_ends_before_it_begins(self, http: httpx.AsyncClient) -> None:
        span = {"from": "2026-11-21T09:00:01Z", "to": "2026-11-21T09:00:00Z"}
        error = {"status": "400", "title": "Bad Request", "detail": '"from" is after "to"'}
        check(await http.get("/local/history", params=span), 400, {"errors": [error]})

    @pytest.mark.parametrize("case_id", ["OPS-99", "'", "\0"])
    async def test_an_unknown_case(self, http: httpx.AsyncClient, case_id: str) -> None:
        response = await http.get("/local/history", params={"case_id": case_id})
        check(response, 404, CASE_NOT_FOUND)

    async def test_the_timeline_shows_comments_only(self, http: httpx.AsyncClient) -> None:
        cells = (await http.get("/api/v2/cases/OPS-1/timelines")).json()["data"]
        assert [cell["attributes"]["type"] for cell in cells] == ["COMMENT"]
