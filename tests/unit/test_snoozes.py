"""What is put off, until when, and why it is back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.factories import ANA, BEN, NOW, make_case
from triage_tui import snoozes
from triage_tui.local_state import LocalState
from triage_tui.snoozes import NoTime, Snoozes, offered, put_off, snooze, told, until

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = NOW  # 9:30 UTC, 10:30 in Berlin


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("2h", "2026-03-02 12:30"),
        ("1h30m", "2026-03-02 12:00"),
        ("+45 min", "2026-03-02 11:15"),
        ("1w 2d", "2026-03-11 10:30"),
        ("17:30", "2026-03-02 17:30"),
        ("9:00", "2026-03-03 09:00"),
        ("tom", "2026-03-03 09:00"),
        ("Tomorrow", "2026-03-03 09:00"),
        ("today 23:15", "2026-03-02 23:15"),
        ("mon", "2026-03-09 09:00"),
        ("fri 14:00", "2026-03-06 14:00"),
        ("2026-11-25 09:00", "2026-11-25 09:00"),
        ("2026-11-25T09:00", "2026-11-25 09:00"),
        ("2026-04-01", "2026-04-01 09:00"),
    ],
)
def test_a_time_is_read_where_the_person_is(typed: str, there: str) -> None:
    found = until(typed, MONDAY, BERLIN)
    assert f"{found.astimezone(BERLIN):%Y-%m-%d %H:%M}" == there
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("soon", "is no time, such as 2h"),
        ("", "is no time"),
        ("25:00", "is no time"),
        ("mo\x1bn", "is no time"),
        ("99999d", "is no time"),
        ("400d", "more than a year away"),
        ("2026-02-30", "is no time"),
        ("2026-03-02 10:00", "is over"),
        ("0m", "is over"),
    ],
)
def test_what_is_no_time_to_come_is_answered(typed: str, why: str) -> None:
    with pytest.raises(NoTime, match=why):
        until(typed, MONDAY, BERLIN)


def test_the_usual_times_are_those_on_the_wall_also_when_the_clocks_are_changed() -> None:
    saturday = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    times = {letter: when for letter, _, when in offered(saturday, BERLIN)}
    assert times["t"] == datetime(2026, 3, 29, 7, 0, tzinfo=UTC), "9:00 in summer"
    assert times["m"] == datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
    night = {letter: when for letter, _, when in offered(saturday.replace(hour=2), BERLIN)}
    assert night["9"] == datetime(2026, 3, 28, 8, 0, tzinfo=UTC), "9:00 in winter, this morning"
    assert "9" not in times
    assert [told(times[one], saturday, BERLIN) for one in "1tm"] == [
        "22:00",
        "Sun 9:00",
        "Mon 9:00",
    ]
    assert told(saturday + timedelta(days=9), saturday, BERLIN) == "2026-04-06 22:00"


def test_it_is_remembered_and_what_is_damaged_is_not_there() -> None:
    memory = LocalState(None, now=lambda: NOW)
    kept = Snoozes(memory, NOW)
    late, soon = snooze(make_case(1), NOW, NOW + timedelta(days=2)), make_case(2)
    assert kept.set({make_case(1).id: late}) == {make_case(1).id: None}
    kept.set({soon.id: snooze(soon, NOW, NOW + timedelta(hours=1))})
    memory.put(snoozes.KIND, {"key": "OPS-9", "until": "never"}, "x")
    memory.put(
        snoozes.KIND, {"until": 1e99, "since": 0, "key": "", "title": "", "priority": ""}, "y"
    )
    assert [one.key for one in put_off(memory)] == ["OPS-2", "OPS-1"]
    again = Snoozes(memory, NOW + timedelta(days=5))
    assert again.get(make_case(1).id) == late
    assert again.set({make_case(1).id: None}) == {make_case(1).id: late}
    assert [one.key for one in put_off(memory)] == ["OPS-2"]
    assert not len(Snoozes(memory, NOW + timedelta(days=40))), "nobody came back to it"
    memory.close()


def test_a_case_is_back_when_its_time_is_over_or_it_became_more_urgent() -> None:
    case = make_case(1, priority="P3")
    one = snooze(case, NOW, NOW + timedelta(hours=2))
    assert one.back(case, NOW + timedelta(hours=1)) == ""
    assert one.back(None, NOW + timedelta(hours=2)) == "back: its time is over"
    worse = replace(case, priority="P1", modified_by=BEN)
    assert one.back(worse, NOW) == "back early: Ben Ode set P1"
    assert one.back(worse, NOW, BEN.id) == "", "one's own doing"
    assert one.back(replace(case, priority="P4", modified_by=ANA), NOW) == ""
    shut = snooze(replace(case, status_group="SG_CLOSED"), NOW, NOW + timedelta(hours=2))
    assert shut.back(replace(case, modified_by=None), NOW) == "back early: somebody reopened it"
