"""What the session shows after any order of events."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import ANA, BEN, NOW, make_case, make_page
from triage_tui.changes import (
    AddComment,
    Assign,
    Change,
    CreateCase,
    SetArchived,
    SetPriority,
    SetStatus,
)
from triage_tui.edits import Edit
from triage_tui.models import (
    STANDARD_STATUSES,
    Case,
    CasePage,
    Facet,
    FacetValue,
    NewCase,
    TimelineCell,
)
from triage_tui.query import parse
from triage_tui.reading import Reading, Sort
from triage_tui.session import Session

OPEN, IN_PROGRESS, CLOSED = STANDARD_STATUSES


def session_with(
    *cases: Case, query: str = "", total: int | None = None, pages: int = 1
) -> Session:
    session = Session(now=NOW, page_size=max(1, len(cases)))
    request = session.search(parse(query))
    assert session.page_loaded(request, make_page(*cases, total=total, pages=pages))
    return session


def change(session: Session, *changes: Change, on: str | None = None) -> list[Edit]:
    """What a key does: the changes, on the marked cases or the one under the cursor."""
    return session.edit(lambda _: changes, [on] if on else session.targets)


def keys(session: Session) -> list[str]:
    return [case.key for case in session.rows]


# Reading


def test_nothing_is_known_before_the_first_page() -> None:
    session = Session(now=NOW)
    session.search(parse(""))
    assert session.read_at is None
    assert session.rows == []
    assert session.targets == ()
    assert session.next_pages() is None


def test_a_late_answer_to_an_older_query_changes_nothing() -> None:
    session = Session(now=NOW)
    old = session.search(parse("priority:P1"))
    new = session.search(parse("priority:P2"))
    assert session.page_loaded(new, make_page(make_case(2)))
    assert not session.page_loaded(old, make_page(make_case(1)))
    assert not session.read_failed(old, "The server is away.")
    assert keys(session) == ["OPS-2"]
    assert session.problem is None


def test_rows_stay_but_are_stale_while_another_query_is_read() -> None:
    session = session_with(make_case(1))
    session.search(parse("priority:P1"))
    assert session.stale
    assert keys(session) == ["OPS-1"]


def test_a_failed_read_keeps_the_rows_and_says_why() -> None:
    session = session_with(make_case(1))
    request = session.refresh()
    assert session.read_failed(request, "The server is away.")
    assert keys(session) == ["OPS-1"]
    assert session.problem == "The server is away."
    assert session.page_loaded(session.search(parse("")), make_page(make_case(1)))
    assert session.problem is None


def test_pages_are_put_below_each_other_without_doubles() -> None:
    session = session_with(make_case(1), make_case(2), total=5, pages=3)
    assert not session.complete
    request = session.next_pages()
    assert request is not None
    assert (request.reading, request.numbers) == (Reading.NEXT, (2,))
    assert session.next_pages() is None, "the page is on its way"
    # A new case came in at the top meanwhile: page 2 begins with what page 1 ended with.
    page = make_page(make_case(2), make_case(3), number=2, total=5, pages=3)
    assert session.page_loaded(request, page)
    assert keys(session) == ["OPS-1", "OPS-2", "OPS-3"]
    assert session.total == 5


def test_the_rest_is_asked_for_at_once_and_taken_in_page_by_page() -> None:
    session = session_with(make_case(1), total=3, pages=3)
    request = session.next_pages(all=True)
    assert request is not None
    assert request.numbers == (2, 3)
    session.page_loaded(request, make_page(make_case(2), number=2, total=3, pages=3))
    assert not session.complete
    session.page_loaded(request, make_page(make_case(3), number=3, total=3, pages=3))
    assert session.complete
    assert session.next_pages(all=True) is None


def test_asking_for_the_rest_replaces_asking_for_the_next_page() -> None:
    session = session_with(make_case(1), total=9, pages=9)
    one = session.next_pages()
    rest = session.next_pages(all=True)
    assert one is not None
    assert rest is not None
    assert not session.is_current(one)
    assert rest.numbers == tuple(range(2, 10))


def test_refresh_reads_as_many_pages_as_are_shown_and_keeps_the_cursor_on_its_case() -> None:
    session = session_with(make_case(1), make_case(2), total=4, pages=2)
    request = session.next_pages()
    assert request
    session.page_loaded(request, make_page(make_case(3), make_case(4), number=2, total=4, pages=2))
    session.cursor_id = make_case(3).id
    again = session.refresh()
    assert again.numbers == (1, 2)
    session.pages_loaded(
        again,
        [
            make_page(make_case(9), make_case(1), total=5, pages=3),
            make_page(make_case(2), make_case(3), number=2, total=5, pages=3),
        ],
    )
    assert keys(session) == ["OPS-9", "OPS-1", "OPS-2", "OPS-3"]
    assert session.cursor_id == make_case(3).id
    assert session.position == 4


def test_the_cursor_goes_to_the_next_case_when_its_own_is_gone() -> None:
    session = session_with(*(make_case(n) for n in range(1, 6)))
    session.cursor_id = make_case(3).id
    request = session.refresh()
    session.pages_loaded(request, [make_page(make_case(1), make_case(5))])
    assert session.cursor_id == make_case(5).id


def test_the_cursor_goes_up_when_nothing_is_left_below() -> None:
    session = session_with(make_case(1), make_case(2), make_case(3))
    session.cursor_id = make_case(3).id
    session.pages_loaded(session.refresh(), [make_page(make_case(1), make_case(2))])
    assert session.cursor_id == make_case(2).id


def test_marks_of_cases_that_are_gone_are_forgotten() -> None:
    session = session_with(make_case(1), make_case(2))
    session.mark_all()
    session.pages_loaded(session.refresh(), [make_page(make_case(2))])
    assert list(session.targets) == [make_case(2).id]


def test_previous_query_goes_back_one_by_one() -> None:
    session = session_with(make_case(1), query="priority:P1")
    session.search(parse("priority:P2"))
    session.search(parse("priority:P3"))
    for query in ("priority:P2", "priority:P1", ""):
        request = session.previous_query()
        assert request is not None
        assert request.query == query
    assert session.previous_query() is None


def test_sorting_asks_for_the_same_query_in_another_order() -> None:
    session = session_with(make_case(1), query="priority:P1")
    request = session.sort_by(Sort("priority", True))
    assert (request.query, request.sort) == ("priority:P1", Sort("priority", True))
    assert session.previous_query() is not None, "only the query before counts"


def test_unreadable_cases_are_counted() -> None:
    session = Session(now=NOW)
    session.page_loaded(session.search(parse("")), CasePage((make_case(1),), 1, 3, 1, skipped=2))
    assert session.skipped == 2


# Writing


def test_an_edit_shows_at_once_and_the_truth_comes_back_when_it_is_refused() -> None:
    session = session_with(make_case(1))
    [edit] = change(session, SetStatus(CLOSED))
    assert session.rows[0].status_name == "Closed"
    assert session.rows[0].closed_at == NOW
    assert session.unsent == {make_case(1).id}
    session.edit_refused(edit)
    assert session.rows == [make_case(1)]
    assert session.undo() is None


def test_a_refused_edit_leaves_the_next_one_standing() -> None:
    session = session_with(make_case(1))
    [close] = change(session, SetStatus(CLOSED))
    change(session, SetPriority("P1"))
    session.edit_refused(close)
    assert (session.rows[0].status, session.rows[0].priority) == ("OPEN", "P1")


def test_a_change_that_is_so_already_is_not_sent() -> None:
    session = session_with(make_case(1, priority="P1"), make_case(2))
    session.mark_all()
    assert [edit.key for edit in change(session, SetPriority("P1"))] == ["OPS-2"]


def test_a_key_acts_on_the_marks_in_list_order_else_on_the_cursor() -> None:
    session = session_with(make_case(1), make_case(2), make_case(3))
    assert list(session.targets) == [make_case(1).id]
    session.toggle_mark(make_case(3).id)
    session.toggle_mark(make_case(2).id)
    assert list(session.targets) == [make_case(2).id, make_case(3).id]
    session.toggle_mark(make_case(3).id)
    assert list(session.targets) == [make_case(2).id]


def test_a_range_marks_from_one_end_to_the_other_in_either_direction() -> None:
    session = session_with(*(make_case(n) for n in range(1, 6)))
    assert session.mark_range(make_case(4).id) is None
    assert session.mark_range(make_case(2).id) == 3
    assert session.targets == tuple(make_case(n).id for n in (2, 3, 4))


def test_a_page_from_before_a_confirmed_write_does_not_undo_it() -> None:
    session = session_with(make_case(1))
    request = session.refresh()
    [edit] = change(session, SetPriority("P1"))
    session.edit_confirmed(edit, make_case(1, priority="P1", modified_at=NOW))
    session.pages_loaded(request, [make_page(make_case(1))])
    assert session.rows[0].priority == "P1"


def test_a_page_with_somebody_elses_later_change_wins() -> None:
    session = session_with(make_case(1, modified_at=NOW))
    theirs = make_case(1, priority="P2", modified_at=NOW + timedelta(seconds=1))
    session.pages_loaded(session.refresh(), [make_page(theirs)])
    assert session.rows[0].priority == "P2"


def test_who_modified_a_case_is_kept_when_a_search_leaves_it_out() -> None:
    session = session_with(make_case(1, modified_at=NOW, modified_by=ANA))
    session.pages_loaded(session.refresh(), [make_page(make_case(1, modified_at=NOW))])
    assert session.rows[0].modified_by == ANA


def test_a_pending_edit_survives_its_case_leaving_the_list() -> None:
    session = session_with(make_case(1), make_case(2))
    [edit] = change(session, SetStatus(CLOSED), on=make_case(1).id)
    session.pages_loaded(session.refresh(), [make_page(make_case(2))])
    assert keys(session) == ["OPS-2"]
    assert list(session.writes) == [edit]
    shown = session.case(make_case(1).id)
    assert shown is not None
    assert shown.closed


def test_what_no_longer_matches_is_faded_until_the_list_is_read_again() -> None:
    session = session_with(make_case(1), make_case(2), query="status:open")
    [edit] = change(session, SetStatus(CLOSED))
    assert session.faded == {make_case(1).id}
    closed = make_case(1, status="CLOSED", status_name="Closed", status_group="SG_CLOSED")
    session.edit_confirmed(edit, replace(closed, modified_at=NOW))
    assert session.faded == {make_case(1).id}
    assert keys(session) == ["OPS-1", "OPS-2"], "nothing moves under the finger"
    session.pages_loaded(session.refresh(), [make_page(make_case(2))])
    assert session.faded == frozenset()


def test_a_created_case_comes_to_the_top() -> None:
    session = session_with(make_case(1))
    edit = session.create(CreateCase(NewCase("New", "p")))
    session.edit_confirmed(edit, make_case(7))
    assert keys(session) == ["OPS-7", "OPS-1"]
    assert session.total == 2
    assert session.cursor_id == make_case(1).id


def test_a_comment_counts_and_shows_when_the_server_has_it() -> None:
    session = session_with(make_case(1, comment_count=2))
    session.timeline_loaded(make_case(1).id, ())
    [edit] = change(session, AddComment("Looking"))
    assert session.rows[0].comment_count == 3
    cell = TimelineCell("t", "COMMENT", ANA, "Looking", NOW)
    session.commented(edit, cell)
    assert session.rows[0].comment_count == 3
    assert session.timelines[make_case(1).id] == (cell,)


# Undo


def test_undo_before_sending_drops_the_edit_and_asks_the_server_nothing() -> None:
    session = session_with(make_case(1))
    change(session, SetPriority("P1"))
    undone = session.undo()
    assert undone is not None
    assert (len(undone.dropped), undone.edits) == (1, ())
    assert list(session.writes) == []
    assert session.rows == [make_case(1)]


def test_undo_after_sending_turns_the_change_around() -> None:
    session = session_with(make_case(1, assignee=BEN))
    [edit] = change(session, Assign(ANA))
    session.edit_confirmed(edit, make_case(1, assignee=ANA, modified_at=NOW))
    undone = session.undo()
    assert undone is not None
    [back] = undone.edits
    assert back.change == Assign(BEN)
    assert session.rows[0].assignee == BEN


def test_undo_while_it_is_being_sent_does_not_drop_it() -> None:
    session = session_with(make_case(1))
    [edit] = change(session, SetArchived(True))
    session.writes.sending.add(edit.number)
    undone = session.undo()
    assert undone is not None
    assert [one.change for one in undone.edits] == [SetArchived(False)]
    assert next(iter(session.writes)) == edit
    assert session.rows[0].archived_at is None


def test_undo_takes_back_all_of_one_key_press_and_only_that() -> None:
    session = session_with(make_case(1), make_case(2))
    change(session, SetPriority("P3"))
    session.mark_all()
    change(session, Assign(ANA), SetStatus(IN_PROGRESS))
    session.undo()
    assert [(c.priority, c.assignee, c.status) for c in session.rows] == [
        ("P3", None, "OPEN"),
        ("NOT_DEFINED", None, "OPEN"),
    ]


def test_undo_leaves_alone_what_somebody_else_changed_since() -> None:
    session = session_with(make_case(1))
    [edit] = change(session, SetPriority("P1"))
    session.edit_confirmed(edit, make_case(1, priority="P1", modified_at=NOW))
    later = make_case(1, priority="P4", modified_at=NOW + timedelta(minutes=1))
    session.pages_loaded(session.refresh(), [make_page(later)])
    undone = session.undo()
    assert undone is not None
    assert undone.edits == ()
    assert undone.kept == ("OPS-1 was changed since: it was not undone.",)
    assert session.rows[0].priority == "P4"


def test_a_comment_is_not_undone_and_undo_says_so() -> None:
    session = session_with(make_case(1))
    [edit] = change(session, AddComment("Looking"))
    session.commented(edit, TimelineCell("t", "COMMENT", ANA, "Looking", NOW))
    undone = session.undo()
    assert undone is not None
    assert undone.kept == ("A comment cannot be undone here.",)


# Facets


def test_a_chosen_field_is_counted_without_its_own_terms() -> None:
    session = session_with(make_case(1, attributes={"zone": ("a",)}), query="status:open team:x")
    requests = {fields: query for query, fields in session.facet_requests()}
    assert requests["status",] == "team:x"
    assert requests["team",] == "status:open"
    [rest] = [fields for fields in requests if len(fields) > 1]
    assert requests[rest] == "status:open team:x"
    assert "zone" in rest
    assert "status" not in rest


def test_counts_are_kept_where_a_facet_was_not_counted_again() -> None:
    session = session_with(make_case(1))
    session.facets_loaded([Facet("status", (FacetValue("OPEN", 1),)), Facet("team", None)])
    session.facets_loaded([Facet("team", (FacetValue("x", 2),))])
    assert session.facets["status"].values == (FacetValue("OPEN", 1),)
    assert session.facets["team"].values == (FacetValue("x", 2),)


# Any order


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("edit"),
            st.integers(1, 3),
            st.sampled_from(
                [
                    SetPriority("P1"),
                    SetPriority("P2"),
                    SetStatus(CLOSED),
                    SetStatus(OPEN),
                    Assign(ANA),
                    Assign(None),
                    SetArchived(True),
                    SetArchived(False),
                ]
            ),
        ),
        st.tuples(st.sampled_from(["confirm", "refuse", "undo", "read", "answer", "other"])),
    ),
    max_size=40,
)


@given(STEPS)
def test_any_interleaving_ends_with_what_the_server_has(steps: list[tuple[Any, ...]]) -> None:
    """A model server in one place: whatever happened in between, the rows end as it says."""
    server = {make_case(n).id: make_case(n) for n in range(1, 4)}
    session = session_with(*server.values())
    clock = NOW
    asked = None
    for name, *rest in steps:
        clock += timedelta(seconds=1)
        session.now = clock
        if name == "edit":
            number, wanted = rest
            change(session, wanted, on=make_case(number).id)
        elif name == "undo":
            session.undo()
        elif name == "read":
            asked = (session.refresh(), make_page(*server.values()))
        elif name == "answer" and asked:
            session.pages_loaded(asked[0], [asked[1]])
        elif name == "other":
            first = make_case(1).id
            server[first] = replace(server[first], priority="P5", modified_at=clock)
        elif name in ("confirm", "refuse") and session.writes:
            edit = next(iter(session.writes))
            session.writes.sending.add(edit.number)
            if name == "refuse":
                session.edit_refused(edit)
            else:
                now_case = edit.change.apply(server[edit.case_id], clock)
                server[edit.case_id] = now_case
                session.edit_confirmed(edit, now_case)
    while session.writes:
        clock += timedelta(seconds=1)
        edit = next(iter(session.writes))
        server[edit.case_id] = edit.change.apply(server[edit.case_id], clock)
        session.edit_confirmed(edit, server[edit.case_id])
    session.pages_loaded(session.refresh(), [make_page(*server.values())])
    assert session.rows == list(server.values())
    assert session.unsent == frozenset()
    assert not session.writes.sending


@pytest.mark.parametrize("cursor", [None, "unknown"])
def test_no_key_acts_on_a_case_that_is_not_there(cursor: str | None) -> None:
    session = session_with()
    session.cursor_id = cursor
    assert session.targets == ()
    assert session.position == 0


def test_an_undo_goes_back_to_what_the_server_had_not_to_what_it_refused() -> None:
    session = session_with(make_case(1, priority="P3"))
    [first] = change(session, SetPriority("P1"))
    change(session, SetPriority("P4"))
    session.edit_refused(first)
    [second] = session.writes
    session.edit_confirmed(second, make_case(1, priority="P4", modified_at=NOW))
    undone = session.undo()
    assert undone is not None
    assert [edit.change for edit in undone.edits] == [SetPriority("P3")]


def test_a_comment_that_a_page_has_counted_already_is_not_counted_twice() -> None:
    session = session_with(make_case(1))
    [edit] = change(session, AddComment("Looking"))
    session.pages_loaded(session.refresh(), [make_page(make_case(1, comment_count=1))])
    session.commented(edit, TimelineCell("t", "COMMENT", ANA, "Looking", NOW))
    assert session.rows[0].comment_count == 1


def test_a_case_that_left_the_list_is_still_known_but_no_key_acts_on_it() -> None:
    session = session_with(make_case(1), make_case(2))
    session.pages_loaded(session.refresh(), [make_page(make_case(2))])
    assert session.case(make_case(1).id) == make_case(1)
    session.cursor_id = make_case(1).id
    assert session.targets == ()
