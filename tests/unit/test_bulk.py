"""How far a step on several cases is, as it is told."""

from __future__ import annotations

import pytest

from tests.factories import make_case
from triage_tui.bulk import RATE_OVER, Bulk, counted
from triage_tui.changes import SetPriority
from triage_tui.edits import Edit
from triage_tui.entries import State


def bulk(cases: int = 60, *also: str) -> Bulk:
    """A step on so many cases, of which the first is sent at second 100."""
    edits = []
    for n in range(1, cases + 1):
        case = make_case(n)
        edits.append(Edit(n, 1, case.id, case.key, SetPriority("P1"), case))
    made = Bulk.of(edits, [*also, edits[0].case_id])
    made.note(cases, 100.0)
    return made


def test_how_quick_it_is_and_how_long_it_takes_is_measured() -> None:
    one = bulk()
    assert one.progress(60, 100.0, None) == "0 of 60"
    one.note(40, 100.5)
    assert one.progress(40, 100.5, None) == "20 of 60", "half a second tells nothing yet"
    one.note(20, 102.0)
    assert one.progress(20, 102.0, None) == "40 of 60 · 20/s · about 1 s left"


def test_what_was_quick_long_ago_does_not_count() -> None:
    one = bulk(1000)
    one.note(500, 101.0)
    for second in range(60):
        one.note(499 - second, 110.0 + second)
    at = 110.0 + 59
    assert one.rate(at) == pytest.approx(1.0, rel=0.05)
    assert one.progress(440, at, None).endswith("/min · about 7 minutes left")
    assert RATE_OVER < 59


def test_while_it_waits_it_says_why_and_promises_nothing() -> None:
    one = bulk()
    one.note(30, 103.0)
    one.failed.add("a")
    told = one.progress(30, 103.0, "trying again in 12 s · too many requests")
    assert told == "30 of 60 · trying again in 12 s · too many requests · 1 not done"


def test_cases_that_were_so_are_told_apart_from_those_that_were_changed() -> None:
    assert bulk(3, "a", "b").already == {"a", "b"}
    counts = {State.DONE: 1, State.REFUSED: 1, State.CONFLICT: 1, State.QUEUED: 4}
    assert counted(counts, 2) == "1 done, 1 refused, 1 changed by others, 2 so already, 4 to come"
    assert counted({State.UNSURE: 1, State.UNDONE: 2}) == "1 not known, 2 taken back"


def test_how_long_it_lasted() -> None:
    assert Bulk(1, "set P1 on 2 cases", frozenset("ab")).lasted(50.0) == 0.0
    assert bulk().lasted(107.5) == 7.5
