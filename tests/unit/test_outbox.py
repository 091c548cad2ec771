"""The outbox over a network on which everything goes wrong that can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import product

import pytest

from tests.factories import NOW
from tests.faults import Faults
from tests.office import OPS, Office, client_over, office
from triage_tui.changes import AddComment, Change, CreateCase, SetPriority
from triage_tui.client import CaseClient
from triage_tui.edits import Edit
from triage_tui.models import NewCase
from triage_tui.outbox import TRIES_OF_LOST_ANSWERS, Outbox
from triage_tui.session import Session

PATIENCE = 30.0
"""Seconds after which a fact that was waited for counts as never coming."""

PRIORITY = "POST /api/v2/cases/*/priority"
COMMENT = "POST /api/v2/cases/*/comment"
READ_CASE = "GET /api/v2/cases/*-*"


@dataclass
class Desk:
    """A session with a running outbox."""

    at: Office
    net: Faults
    session: Session
    client: CaseClient
    confirmed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.outbox = Outbox(
            self.session,
            self.client,
            changed=self.changed.set,
            confirmed=lambda edit, answer: self.confirmed.append(edit.phrase),
            refused=lambda edit, why: self.refused.append(f"{edit.phrase}: {why}"),
        )

    def edit(self, key: str, *changes: Change) -> list[Edit]:
        edits = self.session.edit(lambda _: changes, [self.at.truth(key).id])
        self.outbox.wake()
        return edits

    def priority(self, key: str) -> str:
        """As it is shown."""
        case = self.session.case(self.at.truth(key).id)
        assert case
        return case.priority

    async def until(self, fact: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not fact():
                self.changed.clear()
                await self.changed.wait()

    async def waits(self) -> str:
        """Why the outbox waits, as soon as it does."""
        await self.until(lambda: self.session.waiting)
        assert self.session.waiting
        return self.session.waiting

    async def empty(self) -> None:
        """Return when everything is sent or given up; hurries whenever it waits."""
        while self.session.pending:
            await self.until(lambda: self.session.waiting or not self.session.pending)
            if self.session.waiting:
                self.changed.clear()
                self.outbox.hurry()
                await self.changed.wait()


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    async with office() as at:
        net = at.network()
        client = client_over(net)
        session = Session(now=NOW)
        session.page_loaded(session.refresh(), await client.search(""))
        net.requests.clear()
        desk = Desk(at, net, session, client)
        running = asyncio.create_task(desk.outbox.run())
        yield desk
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await client.close()


async def test_edits_are_sent_one_at_a_time_in_the_order_they_were_made() -> None:
    async with desk() as d:
        d.edit("OPS-1", SetPriority("P1"), AddComment("One"))
        with d.net.hold(PRIORITY) as gate:
            d.edit("OPS-2", SetPriority("P5"))
            d.edit("OPS-1", SetPriority("P4"))
            await gate.arrived.wait()
            assert len(d.net.requests) == 1, "nothing overtakes the first"
        await d.empty()
        sent = ["set P1 on OPS-1", "comment on OPS-1", "set P5 on OPS-2", "set P4 on OPS-1"]
        assert d.confirmed == sent
        assert d.at.truth("OPS-1").priority == "P4"


async def test_an_edit_that_never_arrived_is_sent_until_it_does() -> None:
    async with desk() as d:
        rule = d.net.refuse()
        d.edit("OPS-1", SetPriority("P1"))
        why = await d.waits()
        assert "cannot connect" in why
        assert "trying again in" in why
        assert d.priority("OPS-1") == "P1"
        rule.lift()
        await d.empty()
        assert d.confirmed == ["set P1 on OPS-1"]
        assert d.at.truth("OPS-1").priority == "P1"
        assert d.session.waiting is None


async def test_it_tries_again_by_itself() -> None:
    async with desk() as d:
        d.net.refuse(times=1)
        d.edit("OPS-1", SetPriority("P1"))
        await d.until(lambda: d.confirmed)
        assert d.at.truth("OPS-1").priority == "P1"


async def test_undoing_while_it_waits_takes_the_edit_away_before_it_is_sent() -> None:
    async with desk() as d:
        rule = d.net.refuse()
        d.edit("OPS-1", SetPriority("P1"))
        await d.waits()
        undone = d.session.undo()
        assert undone
        assert [edit.phrase for edit in undone.dropped] == ["set P1 on OPS-1"]
        rule.lift()
        d.edit("OPS-2", SetPriority("P1"))
        await d.empty()
        assert d.confirmed == ["set P1 on OPS-2"]
        assert d.at.truth("OPS-1").priority == "P2"


async def test_a_limited_rate_is_kept_to_whatever_else_is_asked_for_meanwhile() -> None:
    async with desk() as d:
        rule = d.net.answer(PRIORITY, 429, headers={"X-RateLimit-Reset": "120"})
        d.edit("OPS-1", SetPriority("P1"))
        assert "trying again in 120 s" in await d.waits()
        d.edit("OPS-2", SetPriority("P1"))
        d.edit("OPS-3", SetPriority("P1"))
        rule.lift()
        assert "trying again in 120 s" in await d.waits()
        assert len(d.net.requests) == 1
        d.outbox.hurry()
        await d.empty()
        assert len(d.confirmed) == 3


@pytest.mark.parametrize("late", [False, True], ids=["broken", "late"])
async def test_a_lost_answer_is_settled_by_reading_the_case(late: bool) -> None:
    async with desk() as d:
        d.net.lose(PRIORITY, late=late)
        d.edit("OPS-1", SetPriority("P1"))
        await d.empty()
        assert d.confirmed == ["set P1 on OPS-1"]
        assert len(d.net.sent(PRIORITY)) == 1
        assert len(d.net.sent(READ_CASE)) == 1


async def test_an_edit_that_was_lost_on_the_way_there_is_sent_again() -> None:
    async with desk() as d:
        d.net.swallow(PRIORITY)
        d.edit("OPS-1", SetPriority("P1"))
        await d.empty()
        assert d.at.truth("OPS-1").priority == "P1"
        assert len(d.net.sent(PRIORITY)) == 2


async def test_a_server_that_breaks_down_at_an_edit_every_time_is_left_alone() -> None:
    async with desk() as d:
        d.net.answer(PRIORITY, 500, says="division by zero")
        d.edit("OPS-1", SetPriority("P1"))
        d.edit("OPS-2", AddComment("Still here"))
        await d.empty()
        assert len(d.net.sent(PRIORITY)) == TRIES_OF_LOST_ANSWERS
        [refused] = d.refused
        assert refused.startswith("set P1 on OPS-1: Could not set P1 on the case: ")
        assert "may have been done all the same" in refused
        assert d.confirmed == ["comment on OPS-2"]
        assert d.priority("OPS-1") == "P2"


async def test_an_undo_of_an_edit_whose_fate_is_unknown_is_sent_after_it() -> None:
    async with desk() as d:
        d.net.lose(PRIORITY)
        d.edit("OPS-1", SetPriority("P1"))
        await d.waits()
        undone = d.session.undo()
        assert undone
        assert not undone.dropped
        assert len(undone.edits) == 1
        await d.empty()
        assert d.at.truth("OPS-1").priority == d.priority("OPS-1") == "P2"


@pytest.mark.parametrize("acted", [True, False], ids=["server acted", "server did not"])
async def test_a_comment_whose_answer_was_lost_is_not_sent_twice(acted: bool) -> None:
    async with desk() as d:
        (d.net.lose if acted else d.net.swallow)(COMMENT)
        d.edit("OPS-2", AddComment("Once"))
        await d.empty()
        assert d.at.comments("OPS-2") == (["Once"] if acted else [])
        [why] = d.refused
        assert "look before you" in why
        assert d.confirmed == []


async def test_a_new_case_whose_answer_was_lost_is_not_created_twice() -> None:
    async with desk() as d:
        d.net.lose("POST /api/v2/cases")
        d.session.create(CreateCase(NewCase("Only one", OPS.id)))
        d.outbox.wake()
        await d.empty()
        assert len(d.net.sent("POST *")) == 1
        assert len(d.refused) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 409])
async def test_what_the_server_refuses_is_given_up_at_once(status: int) -> None:
    async with desk() as d:
        d.net.answer(PRIORITY, status, says="Because I say so", times=1)
        d.edit("OPS-1", SetPriority("P1"))
        d.edit("OPS-2", SetPriority("P1"))
        await d.empty()
        [why] = d.refused
        assert "set P1 on OPS-1" in why
        assert "Because I say so" in why
        assert d.priority("OPS-1") == d.at.truth("OPS-1").priority == "P2"
        assert d.confirmed == ["set P1 on OPS-2"]


async def test_a_comment_that_never_arrived_is_sent_again() -> None:
    async with desk() as d:
        d.net.refuse(COMMENT, times=2)
        d.edit("OPS-2", AddComment("Once"))
        await d.empty()
        assert d.at.comments("OPS-2") == ["Once"]
        assert d.refused == []


async def test_whatever_goes_wrong_what_is_shown_is_what_the_server_has() -> None:
    accidents: list[Callable[[Faults], object]] = [
        lambda net: None,
        lambda net: net.refuse(PRIORITY, times=1),
        lambda net: net.lose(PRIORITY, times=1),
        lambda net: net.swallow(PRIORITY, times=1),
        lambda net: net.answer(PRIORITY, 429, headers={"X-RateLimit-Reset": "60"}, times=1),
        lambda net: net.answer(PRIORITY, 403, says="no", times=1),
        lambda net: net.answer(PRIORITY, 503, says="later", headers={"Retry-After": "9"}, times=1),
        lambda net: net.lose(READ_CASE, times=1),
    ]
    async with desk() as d:
        for number, three in enumerate(product(accidents, repeat=3)):
            for accident in three:
                accident(d.net)
            wanted = "P1" if number % 2 else "P5"
            d.edit("OPS-1", SetPriority(wanted), SetPriority("P3"), SetPriority(wanted))
            if number % 3 == 0:
                d.session.undo()
                d.outbox.wake()
            await d.empty()
            assert d.priority("OPS-1") == d.at.truth("OPS-1").priority, number
            d.net.forget()


async def test_an_edit_whose_fate_cannot_be_found_out_does_not_block_the_others() -> None:
    async with desk() as d:
        d.net.lose(PRIORITY, times=1)
        d.net.answer("GET /api/v2/cases/*", 500, says="division by zero")
        d.edit("OPS-1", SetPriority("P1"))
        d.edit("OPS-2", AddComment("Still here"))
        await d.empty()
        [refused] = d.refused
        assert "may have been done all the same" in refused
        assert d.confirmed == ["comment on OPS-2"]


async def test_an_edit_that_may_have_been_done_is_not_told_as_refused_only() -> None:
    async with desk() as d:
        d.net.lose(PRIORITY, times=1)
        d.net.answer("GET /api/v2/cases/*", 403, says="no")
        d.edit("OPS-1", SetPriority("P1"))
        await d.empty()
        [refused] = d.refused
        assert "may have been done all the same" in refused
