"""Who waits for whom while a server limits the rate. Time passes only when somebody waits."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from tests.patience import Patience
from triage_tui.budget import LONGEST_BACKOFF, Budget, pause
from triage_tui.models import Quota

READ, WRITE = "GET /cases", "POST /cases/*/status"


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture
def budget(patience: Patience) -> Budget:
    return patience.budget()


async def go(budget: Budget, route: str, *, writing: bool = False) -> None:
    async with budget.turn(route, writing=writing):
        pass


async def test_a_server_that_says_nothing_is_never_waited_for(
    budget: Budget, patience: Patience
) -> None:
    for _ in range(100):
        await go(budget, READ)
        budget.heard(READ, None)
    assert (patience.waits, budget.quota, budget.wait, budget.notice) == ([], None, 0, "")


async def test_a_used_up_limit_is_waited_for(budget: Budget, patience: Patience) -> None:
    budget.heard(READ, Quota(0, 30, "cases"))
    assert (budget.wait, budget.notice) == (30, "")  # nobody waits yet
    await go(budget, READ)
    assert patience.waits == [30]
    await go(budget, READ)
    assert patience.waits == [30]


async def test_clients_of_one_server_do_not_all_come_back_at_once() -> None:
    patience = Patience()
    budget = Budget(clock=patience, pause=patience.pause, jitter=lambda: 0.75)
    budget.heard(READ, Quota(0, 30))
    await go(budget, READ)
    assert patience.waits == [30.75]


async def test_what_waits_is_told_with_the_seconds_left() -> None:
    time = [100.0]
    budget = Budget(clock=lambda: time[0], jitter=lambda: 0.0)
    budget.limited(READ, 12)
    waiting = asyncio.create_task(go(budget, READ))
    await asyncio.sleep(0)
    assert budget.notice == "rate limited · 12 s"
    time[0] = 104.5
    assert budget.notice == "rate limited · 8 s"
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    assert budget.notice == ""


async def test_requests_under_way_count_until_the_server_has_counted_them() -> None:
    budget = Budget(clock=lambda: 0.0)
    budget.heard(READ, Quota(3, 60, "cases"))
    ends = asyncio.Event()
    under_way = 0

    async def slow() -> None:
        nonlocal under_way
        async with budget.turn(READ, writing=False):
            under_way += 1
            await ends.wait()

    # More than the server has left must not be on their way at any time.
    tasks = [asyncio.create_task(slow()) for _ in range(8)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert under_way == 3
    budget.heard(READ, Quota(500, 120, "cases"))
    ends.set()
    await asyncio.gather(*tasks)
    assert under_way == 8


async def test_an_answer_that_was_overtaken_does_not_give_anything_back(
    budget: Budget, patience: Patience
) -> None:
    budget.heard(READ, Quota(0, 30, "cases"))
    budget.heard(READ, Quota(4, 31, "cases"))
    assert budget.wait == 30
    budget.heard(READ, Quota(60, 60, "cases"))  # a new period
    assert budget.wait == 0
    await go(budget, READ)
    assert patience.waits == []


async def test_writes_go_before_reads() -> None:
    budget = Budget(clock=lambda: 0.0)
    budget.heard(READ, Quota(0, 30, "cases"))
    budget.heard(WRITE, Quota(0, 30, "cases"))
    order: list[str] = []

    async def one(route: str) -> None:
        async with budget.turn(route, writing=route is WRITE):
            order.append(route)

    tasks = [asyncio.create_task(one(route)) for route in (READ, READ, WRITE, WRITE)]
    await asyncio.sleep(0)
    assert order == []
    budget.heard(READ, Quota(1, 90, "cases"))
    await asyncio.gather(*tasks)
    assert order == [WRITE, WRITE, READ, READ]


async def test_a_write_that_is_given_up_lets_reads_go() -> None:
    budget = Budget(clock=lambda: 0.0)
    budget.heard(READ, Quota(0, 30, "cases"))
    write = asyncio.create_task(go(budget, READ, writing=True))
    await asyncio.sleep(0)
    write.cancel()
    with suppress(asyncio.CancelledError):
        await write
    budget.heard(READ, Quota(60, 120, "cases"))
    await go(budget, READ)


async def test_limits_with_other_names_hold_nothing_up(budget: Budget, patience: Patience) -> None:
    budget.heard(READ, Quota(0, 30, "search"))
    await go(budget, WRITE, writing=True)
    budget.heard(WRITE, Quota(9, 30, "writes"))
    await go(budget, WRITE, writing=True)
    assert patience.waits == []


async def test_a_refusal_without_a_name_holds_everything_up(
    budget: Budget, patience: Patience
) -> None:
    budget.limited(READ, 10)
    await go(budget, WRITE, writing=True)
    assert patience.waits == [10]


async def test_a_server_that_always_says_0_is_asked_less_and_less(
    budget: Budget, patience: Patience
) -> None:
    for _ in range(9):
        await go(budget, WRITE, writing=True)
        budget.limited(WRITE, 0)
    assert patience.waits == [1, 3, 7, 15, 31, 60, 60]
    await go(budget, WRITE, writing=True)
    budget.heard(WRITE, None)
    patience.waits.clear()
    budget.limited(WRITE, 0)
    await go(budget, WRITE, writing=True)
    assert patience.waits == []


async def test_thousands_of_refusals_are_waited_for_as_long_as_many(
    budget: Budget, patience: Patience
) -> None:
    for _ in range(2000):
        budget.limited(WRITE, 0)
        await budget.opened(WRITE, writing=True)
    assert patience.waits[-1] == LONGEST_BACKOFF


async def test_refusals_that_were_under_way_together_count_once(
    budget: Budget, patience: Patience
) -> None:
    for _ in range(8):
        budget.limited(WRITE, 5)
    await go(budget, WRITE, writing=True)
    assert patience.waits == [5]


async def test_names_of_limits_are_not_kept_for_ever(budget: Budget) -> None:
    for number in range(1000):
        budget.heard(READ, Quota(5, 30, f"limit {number}"))
        budget.limited(READ, 0, f"other {number}")
    assert len(budget._limits) + len(budget._refusals) < 5


async def test_waiting_in_real_time_ends_with_the_time_or_the_event() -> None:
    woken = asyncio.Event()
    await pause(woken, 0)
    woken.set()
    await pause(woken, 1000)
