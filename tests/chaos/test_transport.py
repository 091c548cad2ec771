"""The accidents of a network happen as told, and the log says what the server did."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest

from tests.chaos.transport import RATES, STATUSES, ChaosTransport, Event
from tests.office import client_over
from triage_tui.changes import AddComment
from triage_tui.errors import ApiError

CELL = {"id": "c", "type": "timeline_cell", "attributes": {"created_at": "2026-01-01T00:00:00Z"}}
ALL = dict.fromkeys(RATES, 1 / len(RATES))


class Book(httpx.AsyncBaseTransport):
    """A server that writes down each comment it gets."""

    def __init__(self) -> None:
        self.comments: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.comments[request.url.path] += 1
        return httpx.Response(201, json={"data": [CELL]})


async def run(seed: int, rates: dict[str, float], writes: int = 300) -> tuple[ChaosTransport, Book]:
    """Comments on as many cases, eight at once."""
    book = Book()
    chaos = ChaosTransport(book, seed=seed, rates=rates)
    client = client_over(chaos)
    ends = iter(range(writes))
    surely_not: list[str] = []

    async def lane() -> None:
        for number in ends:
            try:
                await client.send(f"{number}", AddComment("x"))
            except ApiError as error:
                if error.applied is False:
                    surely_not.append(f"/api/v2/cases/{number}/comment")

    await asyncio.gather(*(lane() for _ in range(8)))
    assert surely_not
    assert not book.comments.keys() & set(surely_not)
    return chaos, book


async def test_the_log_is_what_the_server_did() -> None:
    chaos, book = await run(1, ALL)
    assert len(chaos.log) == 300
    assert {event.path: event.applied for event in chaos.applied} == book.comments
    kinds = {event.what for event in chaos.log}
    assert kinds - {str(status) for status in STATUSES} == (RATES.keys() - {"another status"})
    assert len(kinds) > len(RATES) + 5
    assert {event.applied for event in chaos.log if event.what == "replayed"} == {2}
    assert not any(event.applied for event in chaos.log if event.what in ("refused", "limited"))


async def test_a_seed_gives_the_same_accidents() -> None:
    first, again, other = [await run(seed, ALL, writes=60) for seed in (2, 2, 3)]
    assert first[0].log == again[0].log
    assert first[0].log != other[0].log


async def test_nothing_goes_wrong_while_it_is_calm() -> None:
    chaos = ChaosTransport(Book(), seed=1, rates={**dict.fromkeys(RATES, 0.0), "refused": 1.0})
    client = client_over(chaos)
    with pytest.raises(ApiError):
        await client.send("1", AddComment("x"))
    chaos.calm = True
    assert await client.send("1", AddComment("x"))
    path = "/api/v2/cases/1/comment"
    assert chaos.log == [Event("POST", path, "refused", 0), Event("POST", path, "nothing", 1)]


@pytest.mark.parametrize("rates", [{"no such": 0.1}, {"refused": 0.9}])
def test_rates_that_cannot_be(rates: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no such accidents, or too many"):
        ChaosTransport(Book(), seed=1, rates=rates)
