"""What is told of readings: every difference once, whoever is slow to hear it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from triage_tui.watching import CHANGED, GONE, KINDS, NEW, Event, Reading, Record, Watching

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def record(number: int, *, changed: int = 0, **fields: Any) -> Record:
    """Case number so and so, newer the higher; changed so many minutes ago from its creation."""
    created = NOW + timedelta(hours=number)
    modified = (created + timedelta(minutes=changed)).isoformat() if changed else None
    times = {"created_at": created.isoformat(), "modified_at": modified}
    return {"id": f"id-{number}", "status": "Open", "attributes": {}, **times, **fields}


def heard(watching: Watching) -> list[tuple[str, str]]:
    """All events that wait, told."""
    found: list[tuple[str, str]] = []
    while event := watching.next():
        watching.heard(event)
        found.append((event.kind, event.case_id))
    return found


def begun(*cases: Record, whole: bool = True) -> Watching:
    watching = Watching(KINDS)
    watching.take(Reading(cases, whole), NOW)
    assert watching.next() is None
    return watching


def test_each_difference_is_told_once_and_the_oldest_first() -> None:
    watching = begun(record(2), record(1))
    later = Reading([record(4), record(3), record(2, changed=100, status="Closed")])
    watching.take(later, NOW)
    assert heard(watching) == [(GONE, "id-1"), (NEW, "id-3"), (CHANGED, "id-2"), (NEW, "id-4")]
    watching.take(later, NOW)
    assert heard(watching) == []
    watching.take(Reading([*later.cases, record(1)]), NOW)
    assert heard(watching) == [(NEW, "id-1")]


def test_a_change_says_each_field_before_and_now() -> None:
    watching = begun(record(1, attributes={"team": ["a"], "env": ["prod"]}))
    now = record(1, changed=1, status="Closed", attributes={"team": ["b"], "tier": ["1"]})
    watching.take(Reading([now]), NOW)
    event = watching.next()
    assert event
    assert event.changed.pop("modified_at")  # type: ignore[attr-defined]
    assert event.changed == {
        "status": ("Open", "Closed"),
        "attributes.team": (["a"], ["b"]),
        "attributes.tier": (None, ["1"]),
        "attributes.env": (["prod"], None),
    }


def test_who_is_slow_hears_what_it_all_comes_to() -> None:
    watching = begun(record(1), record(0))
    watching.take(Reading([record(1, changed=1, status="Closed"), record(0)]), NOW)
    watching.take(Reading([record(1, changed=2, status="Open", priority="P1"), record(0)]), NOW)
    event = watching.next()
    assert event
    assert set(event.changed) == {"priority", "modified_at"}
    # A new case is told, even if it is gone by then.
    watching.take(Reading([record(2), record(1), record(0)]), NOW)
    watching.take(Reading([record(1), record(0)]), NOW)
    assert (NEW, "id-2") in heard(watching)
    watching.take(Reading([record(1), record(0)]), NOW)
    assert heard(watching) == [(GONE, "id-2")]


def test_a_search_that_lags_behind_takes_nothing_back() -> None:
    watching = begun(record(1, changed=5, status="Closed"))
    watching.take(Reading([record(1)]), NOW)
    assert heard(watching) == []


def test_a_list_that_moved_while_it_was_read_loses_nothing() -> None:
    watching = begun(record(3), record(2), record(1))
    watching.take(Reading([record(4), record(3), record(1)], steady=False), NOW)
    assert heard(watching) == [(NEW, "id-4")]
    watching.take(Reading([record(4), record(3), record(2), record(1)]), NOW)
    assert heard(watching) == []


def test_what_lies_beyond_the_newest_is_neither_new_nor_gone() -> None:
    watching = begun(record(5), record(4), whole=False)
    # A newer one pushes number 4 out.
    watching.take(Reading([record(6), record(5)], whole=False), NOW)
    assert heard(watching) == [(NEW, "id-6")]
    # Two are closed, so older ones come into sight.
    watching.take(Reading([record(4), record(3)], whole=False), NOW)
    assert sorted(heard(watching)) == [(GONE, "id-5"), (GONE, "id-6")]
    watching.take(Reading([record(4, changed=9, status="Closed"), record(3)]), NOW)
    assert heard(watching) == [(CHANGED, "id-4")]


def test_kinds_that_nobody_wants_are_not_told_later_either() -> None:
    watching = Watching([NEW])
    watching.take(Reading([record(2), record(1)]), NOW)
    watching.take(Reading([record(2, changed=1, status="Closed")]), NOW)
    assert heard(watching) == []
    watching.take(Reading([record(2, changed=1, status="Closed"), record(1)]), NOW)
    assert heard(watching) == [(NEW, "id-1")]


@given(
    st.lists(
        st.tuples(st.dictionaries(st.integers(0, 5), st.integers(0, 3)), st.integers(0, 4)),
        max_size=12,
    )
)
def test_told_events_add_up_to_what_there_is(steps: list[tuple[dict[int, int], int]]) -> None:
    """Whoever hears so many events after each reading knows in the end what the last one said."""
    watching = begun()
    known: dict[str, Record] = {}

    def hear(event: Event) -> None:
        watching.heard(event)
        if event.kind == GONE:
            assert known.pop(event.case_id)
        else:
            assert (event.case_id in known) is (event.kind == CHANGED)
            known[event.case_id] = event.case

    ages: dict[int, int] = {}
    cases: list[Record] = []
    for versions, told in steps:
        for number, version in versions.items():  # Time does not run backwards.
            ages[number] = max(ages.get(number, 0), version)
        cases = [
            record(number, changed=ages[number], status=f"S{ages[number]}")
            for number in sorted(versions, reverse=True)
        ]
        watching.take(Reading(cases), NOW)
        for _ in range(told):
            if event := watching.next():
                hear(event)
    while event := watching.next():
        hear(event)
    watching.take(Reading(cases), NOW)
    while event := watching.next():
        hear(event)
    assert known == {str(case["id"]): case for case in cases}
