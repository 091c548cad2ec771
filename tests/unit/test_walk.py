"""How far one is in going through a list, and what is kept of it."""

from __future__ import annotations

import pytest

from tests.factories import ANA
from triage_tui.changes import AddComment, Assign, Change, SetArchived, SetPriority, SetStatus
from triage_tui.models import STANDARD_STATUSES
from triage_tui.walk import ENDS, Walk, settles

OPEN, IN_PROGRESS, CLOSED = STANDARD_STATUSES[:3]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ([SetStatus(CLOSED)], "status"),
        ([SetStatus(OPEN)], ""),
        ([Assign(ANA), SetStatus(IN_PROGRESS)], "assign"),
        ([Assign(None)], ""),
        ([SetArchived(True)], "archive"),
        ([SetArchived(False)], ""),
        ([SetPriority("P1")], ""),
        ([AddComment("Seen.")], ""),
    ],
)
def test_what_settles_a_case(changes: list[Change], kind: str) -> None:
    assert settles(changes, ENDS) == kind


def test_a_priority_settles_it_where_the_person_says_so() -> None:
    assert settles([SetPriority("P1")], ("priority",)) == "priority"


def begun(count: int = 10) -> Walk:
    walk = Walk([f"c{n}" for n in range(count)], "c0")
    walk.came = 0.0
    return walk


def test_the_rest_is_reckoned_by_what_most_decisions_took() -> None:
    walk, now = begun(), 0.0
    for n, seconds in enumerate((10, 20, 5_000, 30)):
        assert walk.left() == ""
        now += seconds
        walk.decide(f"c{n}", "status", now)
        walk.go_to(f"c{n + 1}", now)
    assert walk.pace == 20, "whoever was away for an hour did not think for an hour"
    assert walk.left() == "about 2 min left"
    assert (walk.place, walk.total, walk.counts()) == (5, 10, ["4 decided"])


def test_a_case_is_skipped_by_going_on_and_no_more_when_it_is_decided() -> None:
    walk = begun(3)
    walk.go_to("c1", 1.0)
    walk.go_to("c0", 2.0)
    assert list(walk.passed) == ["c0"], "going back skips nothing"
    walk.decide("c0", "archive", 3.0)
    assert walk.counts() == ["1 decided"]
    walk.reopen("c0")
    assert walk.counts() == []


def test_it_is_the_same_after_it_was_kept_and_what_is_damaged_is_none() -> None:
    walk = begun(4)
    walk.decide("c0", "status", 8.0)
    walk.go_to("c1", 8.0)
    walk.go_to("c2", 9.0)
    again = Walk.read(walk.ids, walk.values())
    assert again
    assert (again.at, again.decided, list(again.passed)) == ("c2", {"c0": "status"}, ["c1"])
    damaged: list[object] = [
        None,
        [],
        {},
        {**walk.values(), "at": "x"},
        {**walk.values(), "spans": ["1"]},
    ]
    for wrong in damaged:
        assert Walk.read(walk.ids, wrong) is None
    assert Walk.read(None, walk.values()) is None


def test_cases_that_are_gone_are_counted_unless_they_were_decided() -> None:
    walk = begun(5)
    walk.decide("c0", "status", 1.0)
    walk.go_to("c2", 2.0)
    assert walk.lose(lambda one: one in ("c3", "c4")) == 2
    assert (walk.at, walk.place, walk.total) == ("c3", 2, 3)
    assert "2 cases gone before you came to them" in walk.summary()
