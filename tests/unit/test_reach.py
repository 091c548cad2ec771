"""When a server that is away is tried again, and what is said of it."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from tests.factories import NOW
from tests.timing import HandTime
from triage_tui.errors import ApiError, Failure
from triage_tui.reach import LONGEST_WAIT, Reach

AWAY = ApiError("Could not search: cannot connect.", Failure.UNREACHABLE)


class Caller:
    """Somebody who calls again when told to."""

    def __init__(self) -> None:
        self.time = HandTime()
        self.calls = 0
        self.reach = Reach(self.call, now=lambda: NOW, timing=self.time, chance=Random(7))

    def call(self) -> None:
        self.calls += 1

    def left(self) -> int:
        """Seconds until the next try, as they are told."""
        return int(self.reach.told(None).partition("again in ")[2].partition(" s")[0])


@pytest.mark.parametrize("failure", [Failure.UNREACHABLE, Failure.TIMED_OUT])
def test_a_server_that_does_not_answer_is_lost_and_tried_again(failure: Failure) -> None:
    caller = Caller()
    assert caller.reach.told(NOW) == ""
    assert caller.reach.failed(ApiError("away", failure))
    assert caller.reach.lost_at == NOW
    caller.time.advance(1.0 + LONGEST_WAIT)
    assert caller.calls == 1


@pytest.mark.parametrize(
    "failure", [one for one in Failure if one not in (Failure.UNREACHABLE, Failure.TIMED_OUT)]
)
def test_a_server_that_says_no_is_not_lost(failure: Failure) -> None:
    caller = Caller()
    assert not caller.reach.failed(ApiError("no", failure))
    assert caller.reach.lost_at is None


def test_it_is_tried_ever_more_seldom_up_to_a_limit() -> None:
    waits: list[list[int]] = []
    for seed in range(200):
        caller = Caller()
        caller.reach = Reach(caller.call, now=lambda: NOW, timing=caller.time, chance=Random(seed))
        waits.append([])
        for _ in range(10):
            caller.reach.failed(AWAY)
            waits[-1].append(caller.left())
            caller.time.advance(LONGEST_WAIT)
    assert max(map(max, waits)) <= LONGEST_WAIT
    means = [sum(column) / len(column) for column in zip(*waits, strict=True)]
    assert means[0] < means[1] < means[2] < means[3] < means[4]
    assert len({tuple(one) for one in waits}) > 100, "they do not all come at the same moment"


def test_several_calls_that_fail_together_count_once() -> None:
    caller = Caller()
    for _ in range(5):
        caller.reach.failed(AWAY)
    assert caller.left() <= 2
    caller.time.advance(2.0)
    assert caller.calls == 1


def test_an_answer_ends_it() -> None:
    caller = Caller()
    assert not caller.reach.answered(), "it was not lost"
    caller.reach.failed(AWAY)
    assert caller.reach.answered()
    assert caller.reach.lost_at is None
    assert caller.reach.told(NOW) == ""
    caller.time.advance(2 * LONGEST_WAIT)
    assert caller.calls == 0


def test_a_person_who_tries_is_not_disturbed() -> None:
    caller = Caller()
    caller.reach.failed(AWAY)
    caller.reach.trying()
    assert caller.reach.told(None).endswith(" · trying now")
    caller.time.advance(2 * LONGEST_WAIT)
    assert caller.calls == 0


def test_it_says_since_when_and_until_when() -> None:
    caller = Caller()
    now = NOW.astimezone()
    caller.reach.failed(AWAY)
    yesterday = NOW - timedelta(days=1)
    told = caller.reach.told(yesterday)
    assert told == (
        f"offline since {now:%H:%M} · list from {yesterday.astimezone():%d %b %H:%M}"
        f" · trying again in {caller.left()} s · r now"
    )
    left = caller.left()
    caller.time.advance(0.4)
    assert caller.left() in (left, left - 1)
