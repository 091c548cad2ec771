"""What a workspace keeps, hands out and refuses."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.server.conftest import (
    ANN,
    BOB,
    CELL,
    CHANGE,
    DISK,
    INVITED,
    LEAK,
    NOW,
    OLD,
    OPS,
    RETIRED,
    SEC,
    STANDARD,
    UPGRADE,
)
from triage_tui.changes import Assign, SetArchived, SetPriority, SetStatus
from triage_tui.errors import StoreError
from triage_tui.models import (
    Case,
    CustomValue,
    Facet,
    FacetValue,
    NewCase,
    Project,
    Status,
    User,
)
from triage_tui.query import Query, parse
from triage_tui.server.store import KeyTaken, Store, Workspace

EVERY = parse("archived:*")
LATER = NOW + timedelta(hours=1)
CLOSED = SetStatus(Status("Closed", "SG_CLOSED"))


def keys(store: Store, text: str = "", *, sort: str = "created_at", up: bool = False) -> list[str]:
    page = store.search(parse(text), sort=sort, ascending=up, size=100, now=NOW)
    return [case.key for case in page.cases]


def words_are_sound(path: Path) -> bool:
    """True if the full text agrees with the texts it was made from."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
    return True


class TestLoad:
    def test_everything_comes_back_as_it_went_in(self, store: Store) -> None:
        page = store.search(EVERY, size=100, now=NOW)
        assert page.cases == (UPGRADE, DISK, LEAK, OLD)
        assert store.timeline(DISK.id) == [CELL]
        assert store.projects() == [OPS, SEC]
        assert store.case_types() == [STANDARD, CHANGE, RETIRED]
        assert store.me() == ANN
        assert store.user(INVITED.id) == INVITED

    def test_it_is_still_there_after_reopening(self, tmp_path: Path, store: Store) -> None:
        store.create_case(NewCase("Later", OPS.id), by=BOB, now=LATER)
        store.close()
        again = Store.open(tmp_path / "workspace.db")
        assert keys(again) == ["OPS-3", "OPS-2", "OPS-1", "SEC-1"]
        assert again.me() == ANN
        assert words_are_sound(tmp_path / "workspace.db")
        again.close()

    def test_a_filled_workspace_is_not_filled_again(self, store: Store) -> None:
        with pytest.raises(StoreError, match="already"):
            store.load(Workspace(BOB.id, (BOB,)))
        assert store.me() == ANN

    def test_all_or_nothing(self, tmp_path: Path) -> None:
        store = Store.open(tmp_path / "w.db")
        with pytest.raises(StoreError):
            store.load(Workspace(ANN.id, (ANN,), (OPS,), (), (DISK, DISK)))
        assert store.empty
        assert store.user(ANN.id) is None
        store.close()

    def test_users_and_types_can_come_before_the_projects(self, tmp_path: Path) -> None:
        store = Store.open(tmp_path / "w.db")
        with pytest.raises(StoreError, match="does not say who uses it"):
            store.me()
        store.load(Workspace(ANN.id, (ANN,), types=(STANDARD,)))
        store.load(Workspace(ANN.id, (replace(ANN, name="Ann L."), BOB), types=(STANDARD,)))
        assert store.empty
        assert store.me().name == "Ann L."
        assert store.case_types() == [STANDARD]
        store.create_project("OPS", "Operations", by=ANN, now=NOW)
        assert not store.empty
        store.close()


class TestReads:
    def test_case_by_id_or_key_in_any_letter_case(self, store: Store) -> None:
        assert store.case(UPGRADE.id) == UPGRADE
        assert store.case(UPGRADE.id.upper()) == UPGRADE
        assert store.case("ops-2") == UPGRADE
        assert store.case("OPS-22") is None
        assert store.case("") is None

    def test_archived_cases_are_found_only_when_named(self, store: Store) -> None:
        assert keys(store) == ["OPS-2", "OPS-1", "SEC-1"]
        assert keys(store, "archived:true") == ["SEC-2"]
        assert keys(store, "archived:false") == ["OPS-2", "OPS-1", "SEC-1"]

    def test_sorts(self, store: Store) -> None:
        assert keys(store, up=True) == ["SEC-1", "OPS-1", "OPS-2"]
        assert keys(store, sort="priority", up=True) == ["SEC-1", "OPS-1", "OPS-2"]
        assert keys(store, sort="priority") == ["OPS-2", "OPS-1", "SEC-1"]
        assert keys(store, sort="status", up=True) == ["OPS-1", "OPS-2", "SEC-1"]
        assert keys(store, sort="status") == ["SEC-1", "OPS-2", "OPS-1"]

    @pytest.mark.parametrize("sort", ["created_at", "priority", "status"])
    @pytest.mark.parametrize("ascending", [True, False])
    def test_pages_join_up_even_when_all_cases_are_alike(
        self, tmp_path: Path, sort: str, ascending: bool
    ) -> None:
        cases = tuple(
            Case(f"c{n}", f"OPS-{n}", f"Case {n}", NOW, project_id=OPS.id) for n in range(1, 24)
        )
        store = Store.open(tmp_path / "w.db")
        store.load(Workspace(ANN.id, (ANN,), (OPS,), (STANDARD,), cases))
        pages = [
            store.search(Query(), number=number, size=5, sort=sort, ascending=ascending, now=NOW)
            for number in range(1, 7)
        ]
        assert [len(page.cases) for page in pages] == [5, 5, 5, 5, 3, 0]
        assert {(page.total, page.pages) for page in pages} == {(23, 5)}
        assert [page.number for page in pages] == [1, 2, 3, 4, 5, 6]
        joined = [case.key for page in pages for case in page.cases]
        assert joined == [case.key for case in (cases if ascending else cases[::-1])]
        store.close()

    def test_a_page_number_beyond_counting_is_an_empty_page(self, store: Store) -> None:
        page = store.search(Query(), number=10**30, size=100, now=NOW)
        assert (page.cases, page.number, page.total) == ((), 10**30, 3)
        assert store.timeline(DISK.id, number=10**30) == []

    def test_nothing_found(self, store: Store) -> None:
        page = store.search(parse("unheardof"), now=NOW)
        assert (page.cases, page.total, page.pages) == ((), 0, 0)

    def test_timeline_pages(self, store: Store) -> None:
        added = [
            store.add_comment(DISK.id, f"{n}", by=ANN, now=NOW + timedelta(seconds=n))
            for n in range(4)
        ]
        assert store.timeline(DISK.id, size=2) == [added[3], added[2]]
        assert store.timeline(DISK.id, number=2, size=2) == [CELL]
        assert store.timeline(DISK.id, size=2, ascending=True) == [CELL, added[0]]
        assert store.timeline("nobody") == []


class TestCounts:
    def test_facets(self, store: Store) -> None:
        fields = ["status", "status_name", "status_group", "priority", "project", "project_id"]
        fields += ["assignee", "assignee_id", "created_by", "type", "type_id", "archived"]
        fields += ["creation_source", "service", "bands", "window", "nosuchkey"]
        facets = store.count(EVERY, fields, now=NOW)
        assert [facet.field for facet in facets] == fields
        counted = {
            facet.field: [(value.value, value.count) for value in facet.values or ()]
            for facet in facets
        }
        assert counted == {
            "status": [("OPEN", 2), ("CLOSED", 1), ("IN_PROGRESS", 1)],
            "status_name": [("Open", 2), ("Closed", 1), ("Pending Approval", 1)],
            "status_group": [("SG_OPEN", 2), ("SG_CLOSED", 1), ("SG_IN_PROGRESS", 1)],
            "priority": [("NOT_DEFINED", 1), ("P1", 1), ("P2", 1), ("P4", 1)],
            "project": [("OPS", 2), ("SEC", 2)],
            "project_id": [(OPS.id, 2), (SEC.id, 2)],
            "assignee": [("", 3), ("new@example.com", 1)],
            "assignee_id": [("", 3), (INVITED.id, 1)],
            "created_by": [("ann@example.com", 3), ("bob", 1)],
            "type": [("Standard", 3), ("Change Request", 1)],
            "type_id": [(STANDARD.id, 3), (CHANGE.id, 1)],
            "archived": [("false", 3), ("true", 1)],
            "creation_source": [("MANUAL", 3), ("EVENT_MANAGEMENT", 1)],
            "service": [("broker", 1), ("web", 1)],
            "bands": [("Abba", 1), ("The Cure", 1)],
            "window": [("90", 1)],
            "nosuchkey": [],
        }

    def test_every_facet_value_selects_as_many_cases_as_it_counts(self, store: Store) -> None:
        fields = ["status", "status_group", "priority", "project", "assignee", "type", "service"]
        for facet in store.count(Query(), fields, now=NOW):
            for value in facet.values or ():
                query = Query().with_term(facet.field, value.value)
                assert store.total(query, now=NOW) == value.count, str(query)

    def test_facets_follow_the_query(self, store: Store) -> None:
        [facet] = store.count(parse("project:OPS -status:open"), ["priority"], now=NOW)
        assert facet == Facet("priority", (FacetValue("P4", 1),))
        assert store.count(Query(), [], now=NOW) == ()

    def test_the_largest_values_are_kept(self, store: Store) -> None:
        [facet] = store.count(EVERY, ["assignee"], limit=1, now=NOW)
        assert facet.values == (FacetValue("", 3),)

    def test_aggregate(self, store: Store) -> None:
        assert store.aggregate(EVERY, ["project", "status"], limit=10, now=NOW) == (
            4,
            [
                (("OPS", "IN_PROGRESS"), 1),
                (("OPS", "OPEN"), 1),
                (("SEC", "CLOSED"), 1),
                (("SEC", "OPEN"), 1),
            ],
        )
        assert store.aggregate(EVERY, ["service", "bands"], limit=3, now=NOW) == (
            4,
            [(("broker", "Abba"), 1), (("broker", "The Cure"), 1), (("web", "Abba"), 1)],
        )
        assert store.aggregate(EVERY, ["assignee"], limit=1, now=NOW) == (4, [(("",), 3)])


class TestChange:
    def test_is_stored_with_who_and_when(self, store: Store) -> None:
        changed = store.change(DISK.id, SetPriority("P1").apply, by=BOB, now=LATER)
        assert changed == replace(DISK, priority="P1", modified_at=LATER, modified_by=BOB)
        assert store.case(DISK.id) == changed

    def test_that_changes_nothing_moves_no_time(self, store: Store) -> None:
        for change in (SetPriority("P2"), Assign(None), SetArchived(False)):
            assert store.change(DISK.id, change.apply, by=BOB, now=LATER) == DISK
        closed = store.change(LEAK.id, CLOSED.apply, by=BOB, now=LATER)
        assert closed == store.case(LEAK.id) == LEAK

    def test_without_a_name(self, store: Store) -> None:
        changed = store.change(LEAK.id, SetPriority("P2").apply, by=BOB, now=LATER, stamp_by=False)
        assert changed
        assert (changed.modified_by, changed.modified_at) == (ANN, LATER)

    def test_of_everything_a_case_has(self, store: Store) -> None:
        def edit(case: Case, now: datetime) -> Case:
            return replace(
                UPGRADE,
                id=case.id,
                key=case.key,
                public_id=case.public_id,
                created_at=case.created_at,
                title="A different title",
                archived_at=now,
                closed_at=now,
            )

        changed = store.change(DISK.id, edit, by=BOB, now=LATER)
        assert changed == store.case(DISK.id)
        assert changed
        assert changed.custom_attributes == UPGRADE.custom_attributes
        assert changed.jira == UPGRADE.jira
        back = store.change(DISK.id, lambda case, now: DISK, by=BOB, now=LATER)
        assert back == replace(DISK, modified_at=LATER, modified_by=BOB) == store.case(DISK.id)

    def test_is_found_by_its_new_values_only(self, store: Store, tmp_path: Path) -> None:
        def edit(case: Case, now: datetime) -> Case:
            return replace(case, title="Queue is growing", attributes={"service": ("queue",)})

        store.change(UPGRADE.id, edit, by=BOB, now=LATER)
        assert keys(store, "growing") == keys(store, "service:queue") == ["OPS-2"]
        assert keys(store, "brokers") == keys(store, "service:web") == []
        assert keys(store, "plan") == ["OPS-2"]  # from the description, which stayed
        assert keys(store, "window:90") == ["OPS-2"]
        assert words_are_sound(tmp_path / "workspace.db")

    def test_of_an_unknown_case(self, store: Store) -> None:
        assert store.change("nobody", CLOSED.apply, by=BOB, now=LATER) is None
        assert store.add_comment("nobody", "x", by=BOB, now=LATER) is None

    def test_that_fails_changes_nothing(self, store: Store) -> None:
        def fail(case: Case, now: datetime) -> Case:
            raise LookupError("of the caller")

        with pytest.raises(LookupError, match="of the caller"):
            store.change(DISK.id, fail, by=BOB, now=LATER)
        assert store.case(DISK.id) == DISK
        assert store.change(DISK.id, CLOSED.apply, by=BOB, now=LATER)  # not locked

    def test_to_a_user_nobody_knew(self, store: Store) -> None:
        new = User("a0000000-0000-4000-8000-0000000000ff", "Cy", "cy@example.com", "cy")
        store.change(DISK.id, Assign(new).apply, by=BOB, now=LATER)
        assert store.user(new.id) == new
        assert keys(store, "assignee:cy") == ["OPS-1"]

    def test_a_comment_counts_and_leaves_the_times(self, store: Store) -> None:
        cell = store.add_comment(DISK.id, "Grew the volume", by=BOB, now=LATER)
        assert cell
        assert (cell.type, cell.message, cell.author, cell.created_at) == (
            "COMMENT",
            "Grew the volume",
            BOB,
            LATER,
        )
        assert store.timeline(DISK.id) == [cell, CELL]
        assert store.case(DISK.id) == replace(DISK, comment_count=2)


class TestCreate:
    def test_the_least(self, store: Store) -> None:
        case = store.create_case(NewCase("New", SEC.id), by=BOB, now=NOW)
        assert case == store.case(case.id)
        assert (case.key, case.public_id) == ("SEC-3", "105")
        assert (case.status, case.status_name, case.status_group) == ("OPEN", "Open", "SG_OPEN")
        assert (case.type, case.created_by, case.created_at) == ("STANDARD", BOB, NOW)
        assert (case.modified_at, case.modified_by, case.assignee) == (None, None, None)

    def test_the_most(self, store: Store) -> None:
        custom = {"window": CustomValue("NUMBER", False, (1.5,))}
        case = store.create_case(
            NewCase("New", OPS.id, CHANGE.id, "P1", "Because", INVITED),
            by=BOB,
            now=NOW,
            status=Status("Declined", "SG_CLOSED"),
            custom_attributes=custom,
            source="EVENT_MANAGEMENT",
        )
        assert case == store.case(case.key)
        assert (case.status_name, case.closed_at, case.assignee) == ("Declined", NOW, INVITED)
        assert (case.type, case.priority, case.creation_source) == (
            "CHANGE_REQUEST",
            "P1",
            "EVENT_MANAGEMENT",
        )
        assert keys(store, "window:[1 TO 2] because") == ["OPS-3"]

    def test_a_type_of_ones_own(self, store: Store) -> None:
        case = store.create_case(NewCase("New", OPS.id, RETIRED.id), by=BOB, now=NOW)
        assert case.type == "TUNKNOWN"

    def test_numbers_are_counted_for_each_project_and_never_used_twice(self, store: Store) -> None:
        project = store.create_project("NEW", "New", by=ANN, now=NOW)
        made = [
            store.create_case(NewCase("n", id), by=ANN, now=NOW)
            for id in (project.id, OPS.id, project.id)
        ]
        assert [case.key for case in made] == ["NEW-1", "OPS-3", "NEW-2"]
        assert [case.public_id for case in made] == ["105", "106", "107"]

    @pytest.mark.parametrize(
        ("new", "gone"),
        [
            (NewCase("n", "nowhere"), "project"),
            (NewCase("n", OPS.id, "nothing"), "case type"),
        ],
    )
    def test_in_what_is_gone(self, store: Store, new: NewCase, gone: str) -> None:
        with pytest.raises(StoreError, match=f"its {gone} is gone"):
            store.create_case(new, by=ANN, now=NOW)
        assert store.create_case(NewCase("n", OPS.id), by=ANN, now=NOW).key == "OPS-3"


class TestProjects:
    def test_create(self, store: Store) -> None:
        project = store.create_project("WEB", "Web", by=ANN, now=NOW)
        assert (project.key, project.name, project.restricted) == ("WEB", "Web", False)
        assert store.project(project.id) == project
        assert store.projects() == [OPS, SEC, project]

    def test_a_key_that_is_taken(self, store: Store) -> None:
        with pytest.raises(KeyTaken, match="OPS is in use"):
            store.create_project("OPS", "More", by=ANN, now=NOW)
        assert store.projects() == [OPS, SEC]

    def test_delete_takes_the_cases_along(self, store: Store, tmp_path: Path) -> None:
        assert store.delete_project(OPS.id, by=ANN, now=NOW)
        assert not store.delete_project(OPS.id, by=ANN, now=NOW)
        assert store.project(OPS.id) is None
        assert store.case("OPS-1") is None
        assert store.timeline(DISK.id) == []
        assert keys(store) == ["SEC-1"]
        assert keys(store, "disk OR brokers OR service:*") == []
        assert store.count(Query(), ["service"], now=NOW)[0].values == ()
        assert words_are_sound(tmp_path / "workspace.db")


def test_times_keep_their_microseconds(tmp_path: Path) -> None:
    times = [
        datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC),
        datetime(2026, 2, 28, 23, 59, 59, 999_999, UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
    ]
    cases = tuple(
        Case(f"c{n}", f"OPS-{n}", "t", at, project_id=OPS.id) for n, at in enumerate(times)
    )
    store = Store.open(tmp_path / "w.db")
    store.load(Workspace(ANN.id, (ANN,), (Project(OPS.id, "OPS", "O"),), (STANDARD,), cases))
    found = store.search(Query(), ascending=True, now=NOW).cases
    assert [case.created_at for case in found] == times
    store.close()
