"""What is read from a server that behaves, and from one that does not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.factories import ANA, BEN, NOW, make_case
from tests.faults import Faults
from tests.office import FIRST_WORDS, Office, client_over, in_ops, many, office, workspace
from triage_tui.changes import SetArchived, SetPriority
from triage_tui.errors import ApiError, Failure
from triage_tui.transfer.harvest import Harvest
from triage_tui.transfer.pace import ATTEMPTS, Pace

PAGE_TWO = "GET /api/v2/cases[?]page[[]number]=2&*"
TIMELINES = "*/timelines*"


class Time:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.said: list[str] = []

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    def pace(self) -> Pace:
        return Pace(self.said.append, sleep=self.sleep, clock=lambda: self.now)


async def harvested(
    network: httpx.AsyncBaseTransport, time: Time | None = None, **options: Any
) -> tuple[Harvest, list[dict[str, Any]]]:
    """Everything there is, and who read it."""
    client = client_over(network)
    try:
        harvest = Harvest(client, (time or Time()).pace(), **options)
        return harvest, [resource async for resource in harvest.resources()]
    finally:
        await client.close()


def keys(resources: list[dict[str, Any]]) -> list[str]:
    return [one["attributes"]["key"] for one in resources if one["type"] == "case"]


def of_type(kind: str, resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in resources if one["type"] == kind]


async def test_everything_comes_in_an_order_in_which_it_can_be_read() -> None:
    async with office() as place:
        harvest, found = await harvested(place.network())
    kinds = [one["type"] for one in found]
    assert kinds[:7] == ["project"] * 2 + ["users"] * 3 + ["case_type"] * 2
    assert sorted(keys(found)) == ["OPS-1", "OPS-2", "OPS-3", "OPS-4", "OPS-5", "PAY-1"]
    assert (harvest.cases, harvest.total) == (6, 6)
    (cell,) = of_type("timeline_cell", found)
    assert cell["id"] == FIRST_WORDS.id
    assert cell["attributes"]["cell_content"] == {"message": "It is the **log** volume."}
    assert cell["relationships"] == {"case": {"data": {"id": make_case(1).id, "type": "case"}}}
    before = found[found.index(cell) - 1]
    assert before["attributes"]["key"] == "OPS-1"


async def test_archived_cases_come_as_well_unless_the_query_speaks_of_them() -> None:
    gone = in_ops(2, archived_at=NOW)
    async with office(workspace(in_ops(1), gone, in_ops(3, priority="P1"))) as place:
        network = place.network()
        assert keys((await harvested(network))[1]) == ["OPS-3", "OPS-1", "OPS-2"]
        assert keys((await harvested(network, query="priority:P1"))[1]) == ["OPS-3"]
        assert keys((await harvested(network, query="archived:true"))[1]) == ["OPS-2"]
        assert keys((await harvested(network, query="-archived:true"))[1]) == ["OPS-3", "OPS-1"]
        either = await harvested(network, query="priority:P1 OR key:OPS-2")
        assert keys(either[1]) == ["OPS-3", "OPS-2"]
        assert either[0].total == 2


async def test_a_case_comes_with_who_changed_it_and_how_many_comments_it_has() -> None:
    changed = in_ops(1, modified_at=NOW, modified_by=ANA, comment_count=1)
    async with office(workspace(changed, cells={changed.id: (FIRST_WORDS,)})) as place:
        _, found = await harvested(place.network())
        (case,) = of_type("case", found)
        assert case["relationships"]["modified_by"]["data"]["id"] == ANA.id
        assert case["attributes"]["comment_count"] == 1
        assert case["attributes"]["created_by_author"]["content"]["ID"] == BEN.id
        _, found = await harvested(place.network(), details=False, comments=False)
    (case,) = of_type("case", found)
    assert "modified_by" not in case["relationships"]
    assert of_type("timeline_cell", found) == []


async def test_a_long_timeline_is_read_to_its_end() -> None:
    cells = tuple(
        replace(
            FIRST_WORDS,
            id=f"40000000-0000-4000-8000-{n:012}",
            created_at=NOW + timedelta(seconds=n),
        )
        for n in range(250)
    )
    case = in_ops(1, comment_count=250)
    async with office(workspace(case, cells={case.id: cells})) as place:
        _, found = await harvested(place.network())
    assert [cell["id"] for cell in of_type("timeline_cell", found)] == [cell.id for cell in cells]


async def test_what_nobody_has_heard_of_is_kept() -> None:
    body = {
        "data": [
            {
                "id": make_case(1).id,
                "type": "case",
                "attributes": {"key": "OPS-1", "mood": {"blue": [1, None, 2.5]}},
                "relationships": {"moon": {"data": {"id": "m", "type": "moon"}}},
                "links": {"self": "/x"},
            }
        ]
    }
    async with office() as place:
        network = place.network()
        network.answer("GET /api/v2/cases[?]*", 200, json=body)
        _, found = await harvested(network, query="archived:false")
    assert of_type("case", found) == body["data"]


async def page_and_then(place: Office, network: Faults, happens: Any) -> Any:
    """What is read if something happens between the first page and the second."""
    with network.hold(PAGE_TWO) as gate:
        task = asyncio.ensure_future(harvested(network))
        await gate.arrived.wait()
        happens()
        gate.lift()
        return await task


async def test_cases_that_change_place_while_pages_are_read_come_once() -> None:
    async with office(many(250)) as place:
        network = place.network()
        with network.hold("GET /api/v2/cases[?]page[[]number]=1&*") as gate:
            task = asyncio.ensure_future(harvested(network))
            await gate.arrived.wait()
            # The oldest cases are on the page that is on its way: all others move up.
            for number in range(250, 240, -1):
                place.meanwhile(f"OPS-{number}", SetArchived(True))
            gate.lift()
            harvest, found = await task
    assert sorted(keys(found)) == sorted(f"OPS-{n}" for n in range(1, 251))
    assert (harvest.cases, harvest.total, harvest.notes[1:]) == (250, 250, [])


async def test_a_server_that_pages_in_circles_is_left() -> None:
    case = {"id": make_case(1).id, "type": "case", "attributes": {"key": "OPS-1"}}
    body = {"data": [case], "meta": {"page": {"total": 10**9}, "total_cases": 10**9}}
    async with office() as place:
        network = place.network()
        network.answer("GET /api/v2/cases[?]*", 200, json=body)
        harvest, found = await harvested(network)
    assert keys(found) == ["OPS-1"]
    assert "The server counted 999,999,999 cases more than it listed" in harvest.notes[-1]


async def test_a_server_that_does_not_know_archived_cases() -> None:
    async with office() as place:
        network = place.network()
        network.answer("*archived:true*", 400, says="unknown facet archived")
        harvest, found = await harvested(network)
    assert (len(keys(found)), harvest.total) == (6, 6)
    assert harvest.notes[-1].endswith("unknown facet archived. Archived cases may be missing.")


async def test_a_server_that_looks_past_what_it_does_not_know() -> None:
    one = {"id": make_case(1).id, "type": "case", "attributes": {"key": "OPS-1"}}
    body = {"data": [one], "meta": {"page": {"total": 1}, "total_cases": 1}}
    async with office() as place:
        network = place.network()
        network.answer("GET /api/v2/cases[?]*", 200, json=body)
        harvest, found = await harvested(network)
    assert (keys(found), harvest.total) == (["OPS-1"], 1)
    assert harvest.notes[-1] == (
        "The server does not search for archived cases. Archived cases may be missing."
    )


async def test_users_may_be_secret() -> None:
    async with office() as place:
        network = place.network()
        network.answer("GET /api/v2/users*", 403, json={"errors": ["Forbidden"]})
        harvest, found = await harvested(network)
    assert of_type("users", found) == []
    assert {user["id"] for user in of_type("user", found)} == {ANA.id, BEN.id}
    assert any("Only users that the cases name" in note for note in harvest.notes)


async def test_a_case_that_is_deleted_meanwhile_is_kept_as_it_was_listed() -> None:
    changed = in_ops(1, modified_at=NOW, comment_count=1)
    async with office(workspace(changed)) as place:
        network = place.network()
        network.answer("GET /api/v2/cases/0*", 404, says="case not found")
        _, found = await harvested(network)
    assert keys(found) == ["OPS-1"]


# Limits and faults


@pytest.mark.parametrize("pattern", [PAGE_TWO, TIMELINES, "GET /api/v2/users*"])
async def test_a_limit_is_waited_for_and_told(pattern: str) -> None:
    time = Time()
    data = many(120)
    first = replace(data.cases[0], comment_count=1)
    data = replace(data, cases=(first, *data.cases[1:]), cells={first.id: (FIRST_WORDS,)})
    async with office(data) as place:
        network = place.network()
        network.answer(pattern, 429, headers={"X-RateLimit-Reset": "42"}, times=2)
        harvest, _ = await harvested(network, time)
    assert (harvest.cases, harvest.written["timeline_cell"]) == (120, 1)
    assert time.now == 84
    assert time.said == ["The server limits the rate: going on in 42 s."] * 2


async def test_a_limit_that_says_zero_is_asked_less_and_less_often() -> None:
    time = Time()
    async with office() as place:
        network = place.network()
        network.answer(PAGE_TWO, 429, headers={"X-RateLimit-Reset": "0"}, times=4)
        network.answer("GET /api/v2/users*", 429, headers={"X-RateLimit-Reset": "0"}, times=4)
        await harvested(network, time)
    assert time.now == 2 + 4 + 8


async def test_the_last_requests_of_a_period_are_left_to_others() -> None:
    time = Time()
    rest = {"X-RateLimit-Remaining": "3", "X-RateLimit-Reset": "7"}
    async with office() as place:
        network = place.network()
        network.answer("*/projects", 200, json={"data": []}, headers=rest)
        await harvested(network, time)
    assert time.now == 7
    assert time.said == ["The limit of the server is nearly reached: going on in 7 s."]


async def test_what_passes_is_waited_for() -> None:
    time = Time()
    async with office(many(150)) as place:
        network = place.network()
        network.answer(PAGE_TWO, 503, says="come back", times=2)
        network.lose(PAGE_TWO)
        network.refuse(PAGE_TWO, times=1)
        harvest, _ = await harvested(network, time)
    assert harvest.cases == 150
    assert time.now == 1 + 2 + 4 + 8
    assert len(network.sent(PAGE_TWO)) == 5


async def test_what_does_not_pass_is_told() -> None:
    async with office(many(150)) as place:
        network = place.network()
        network.answer(PAGE_TWO, 500, says="broken")
        with pytest.raises(ApiError, match="broken"):
            await harvested(network)
    assert len(network.sent(PAGE_TWO)) == ATTEMPTS


async def test_a_server_that_is_not_there_is_told_at_once() -> None:
    async with office() as place:
        network = place.network()
        network.refuse()
        with pytest.raises(ApiError) as caught:
            await harvested(network)
    assert caught.value.failure is Failure.UNREACHABLE
    assert len(network.requests) == 1


async def test_a_write_of_somebody_else_is_no_reason_to_list_a_case_twice() -> None:
    async with office(many(150)) as place:
        harvest, found = await page_and_then(
            place, place.network(), lambda: place.meanwhile("OPS-1", SetPriority("P1"))
        )
    assert len(keys(found)) == len(set(keys(found))) == harvest.cases == 150
