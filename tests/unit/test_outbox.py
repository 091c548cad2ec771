"""The outbox over a network on which everything goes wrong that can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from tests.factories import NOW
from tests.faults import Faults
from tests.office import OPS, Office, client_over, office
from tests.timing import HandTime
from triage_tui.budget import Budget
from triage_tui.changes import AddComment, Change, CreateCase, SetPriority
from triage_tui.client import CaseClient
from triage_tui.edits import Edit, Undone
from triage_tui.journal import Journal
from triage_tui.models import Case, NewCase, TimelineCell
from triage_tui.outbox import TRIES_OF_LOST_ANSWERS, Outbox
from triage_tui.pending import Pending
from triage_tui.session import Session

PATIENCE = 30.0
"""Seconds after which a fact that was waited for counts as never coming."""

PRIORITY = "POST /api/v2/cases/*/priority"
COMMENT = "POST /api/v2/cases/*/comment"
READ_CASE = "GET /api/v2/cases/*-*"


@dataclass
class Desk:
    """A session with a running outbox, and the one who is told what becomes of the edits."""

    at: Office
    net: Faults
    session: Session
    client: CaseClient
    journal: Journal
    hold: float = 0.0
    time: HandTime = field(default_factory=HandTime)
    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    disputes: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.outbox = Outbox(
            self.session,
            self.journal,
            self,
            now=self.at.clock.now,
            hold=self.hold,
            timing=self.time,
            chance=Random(7),
        )

    def changed(self) -> None:
        self.news.set()

    def confirmed(self, edit: Edit, answer: Case | TimelineCell | None) -> None:
        self.done.append(edit.phrase)

    def refused(self, edit: Edit, why: str) -> None:
        self.failed.append(f"{edit.phrase}: {why}")

    def disputed(self, edit: Edit, theirs: Case, why: str) -> None:
        self.disputes.append(why)

    def troubled(self, why: str) -> None:
        self.troubles.append(why)

    def edit(self, key: str, *changes: Change) -> list[Edit]:
        edits = self.session.edit(lambda _: changes, [self.at.truth(key).id])
        self.outbox.put(edits)
        return edits

    def create(self, new: NewCase) -> None:
        self.outbox.put([self.session.create(CreateCase(new))])

    def undo(self) -> Undone:
        undone = self.session.undo()
        assert undone
        self.outbox.undone(undone.step, undone.dropped, undone.edits)
        return undone

    def states(self) -> list[str]:
        """What the journal says became of the edits, in the order in which they were made."""
        return [entry.state.value for entry in reversed(self.journal.entries())]

    def priority(self, key: str) -> str:
        """As it is shown."""
        case = self.session.case(self.at.truth(key).id)
        assert case
        return case.priority

    async def until(self, fact: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not fact():
                self.news.clear()
                await self.news.wait()

    async def waits(self) -> str:
        """Why the outbox waits, as soon as it does."""
        await self.until(lambda: self.session.waiting)
        assert self.session.waiting
        return self.session.waiting

    async def rest(self) -> None:
        """Return when only time can help."""
        await until(lambda: not self.outbox.under_way)

    async def empty(self) -> None:
        """Return when everything is sent or given up; hurries whenever it waits."""
        while self.session.writes:
            await self.until(lambda: self.session.waiting or not self.session.writes)
            if self.session.waiting:
                self.outbox.hurry()
                await self.until(lambda: not self.session.waiting)


async def until(fact: Callable[[], object]) -> None:
    """Return when something that nobody tells of is so."""
    async with asyncio.timeout(PATIENCE):
        while not fact():  # noqa: ASYNC110
            await asyncio.sleep(0)  # The others go on; no time passes.


@asynccontextmanager
async def desk(hold: float = 0.0, path: Path | None = None) -> AsyncIterator[Desk]:
    async with office() as at:
        with TemporaryDirectory(prefix="triage-tui-test-") as folder:
            async with desk_at(at, path or Path(folder) / "journal.db", hold) as d:
                yield d


@asynccontextmanager
async def desk_at(at: Office, path: Path, hold: float = 0.0) -> AsyncIterator[Desk]:
    net = at.network()
    client = client_over(net)
    with closing(Journal(path, now=at.clock.now)) as journal:
        session = Session(now=NOW, writes=Pending(journal.last_number))
        session.page_loaded(session.refresh(), await client.search(""))
        net.requests.clear()
        desk = Desk(at, net, session, client, journal, hold)
        running = asyncio.create_task(desk.outbox.run(desk.client))
        yield desk
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    await client.close()


async def test_the_edits_of_a_case_are_sent_one_after_the_other() -> None:
    async with desk() as d:
        with d.net.hold(PRIORITY) as gate:
            d.edit("OPS-1", SetPriority("P1"), AddComment("One"))
            d.edit("OPS-1", SetPriority("P4"))
            await gate.arrived.wait()
            assert len(d.net.sent("POST *")) == 1, "nothing overtakes the first"
        await d.empty()
        assert d.done == ["set P1 on OPS-1", "comment on OPS-1", "set P4 on OPS-1"]
        assert d.at.truth("OPS-1").priority == "P4"
        assert d.states() == ["done"] * 3


async def test_several_cases_are_written_to_at_once_but_not_all() -> None:
    async with desk() as d:
        with d.net.hold(PRIORITY) as gate:
            for key in ("OPS-1", "OPS-2", "OPS-3", "OPS-4", "OPS-5", "PAY-1"):
                d.edit(key, SetPriority("P5"))
                d.edit(key, SetPriority("P4"))
            await until(lambda: gate.waiting == 6)
        await d.empty()
        assert len(d.done) == 12
        assert d.at.truth("PAY-1").priority == "P4"


@pytest.mark.parametrize("priority", ["P1", "P2"])
async def test_what_the_list_shows_counts_more_than_what_was_heard_before(priority: str) -> None:
    async with desk() as d:
        d.edit("OPS-1", SetPriority("P1"))
        await d.empty()
        d.at.meanwhile("OPS-1", SetPriority("P4"))
        request = d.session.refresh()
        d.session.pages_loaded(request, [await d.client.search("")])
        d.edit("OPS-1", SetPriority(priority))
        await d.empty()
        assert d.disputes == []
        assert d.at.truth("OPS-1").priority == priority


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
        assert d.done == ["set P1 on OPS-1"]
        assert d.at.truth("OPS-1").priority == "P1"
        assert d.session.waiting is None


async def test_it_tries_again_by_itself() -> None:
    async with desk() as d:
        d.net.refuse(PRIORITY, times=1)
        d.edit("OPS-1", SetPriority("P1"))
        await d.waits()
        d.time.advance(30)
        await d.until(lambda: d.done)
        assert d.at.truth("OPS-1").priority == "P1"


async def test_undoing_while_it_waits_takes_the_edit_away_before_it_is_sent() -> None:
    async with desk() as d:
        rule = d.net.refuse()
        d.edit("OPS-1", SetPriority("P1"))
        await d.waits()
        undone = d.undo()
        assert [edit.phrase for edit in undone.dropped] == ["set P1 on OPS-1"]
        rule.lift()
        d.edit("OPS-2", SetPriority("P1"))
        await d.empty()
        assert d.done == ["set P1 on OPS-2"]
        assert d.at.truth("OPS-1").priority == "P2"


@pytest.mark.parametrize("late", [False, True], ids=["broken", "late"])
async def test_a_lost_answer_is_settled_by_reading_the_case(late: bool) -> None:
    async with desk() as d:
        d.net.lose(PRIORITY, late=late)
        d.edit("OPS-1", SetPriority("P1"))
        await d.empty()
        assert d.done == ["set P1 on OPS-1"]
        assert len(d.net.sent(PRIORITY)) == 1
        assert len(d.net.sent(READ_CASE)) == 2, "before it was sent, and after its answer was lost"


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
        [refused] = d.failed
        assert refused.startswith("set P1 on OPS-1: Could not set P1 on the case: ")
        assert "may have been done all the same" in refused
        assert d.done == ["comment on OPS-2"]
        assert d.priority("OPS-1") == "P2"


async def test_an_undo_of_an_edit_whose_fate_is_unknown_is_sent_after_it() -> None:
    async with desk() as d:
        d.net.lose(PRIORITY)
        d.edit("OPS-1", SetPriority("P1"))
        await d.waits()
        undone = d.undo()
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
        assert len(d.net.sent(COMMENT)) == 1
        if acted:
            assert d.done == ["comment on OPS-2"]
            assert d.states() == ["done"]
        else:
            [why] = d.failed
            assert "look before you" in why
            assert d.states() == ["unsure"]


@pytest.mark.parametrize("acted", [True, False], ids=["server acted", "server did not"])
async def test_a_new_case_whose_answer_was_lost_is_not_created_twice(acted: bool) -> None:
    async with desk() as d:
        (d.net.lose if acted else d.net.swallow)("POST /api/v2/cases")
        d.create(NewCase("Only one", OPS.id))
        await d.empty()
        assert len(d.net.sent("POST *")) == 1
        assert d.states() == (["done"] if acted else ["unsure"])
        assert len(d.failed) == (0 if acted else 1)


async def test_the_same_comment_made_twice_is_not_taken_for_one() -> None:
    async with desk() as d:
        d.edit("OPS-2", AddComment("Any news?"))
        await d.empty()
        d.net.swallow(COMMENT)
        d.edit("OPS-2", AddComment("Any news?"))
        await d.empty()
        assert d.states() == ["done", "unsure"]


@pytest.mark.parametrize("status", [400, 403, 404, 409])
async def test_what_the_server_refuses_is_given_up_at_once(status: int) -> None:
    async with desk() as d:
        d.net.answer(f"POST */{d.at.truth('OPS-1').id}/*", status, says="Because I say so")
        d.edit("OPS-1", SetPriority("P1"))
        d.edit("OPS-2", SetPriority("P1"))
        await d.empty()
        [why] = d.failed
        assert "set P1 on OPS-1" in why
        assert "Because I say so" in why
        assert d.priority("OPS-1") == d.at.truth("OPS-1").priority == "P2"
        assert d.done == ["set P1 on OPS-2"]


async def test_a_comment_that_never_arrived_is_sent_again() -> None:
    async with desk() as d:
        d.net.refuse(COMMENT, times=2)
        d.edit("OPS-2", AddComment("Once"))
        await d.empty()
        assert d.at.comments("OPS-2") == ["Once"]
        assert d.failed == []


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
        for number, two in enumerate(product(accidents, repeat=2)):
            for accident in two:
                accident(d.net)
            wanted = "P1" if number % 2 else "P5"
            d.edit("OPS-1", SetPriority(wanted), SetPriority("P3"), SetPriority(wanted))
            if number % 3 == 0:
                d.undo()
            await d.empty()
            assert d.priority("OPS-1") == d.at.truth("OPS-1").priority, number
            d.net.forget()


async def test_an_edit_whose_fate_cannot_be_found_out_does_not_block_the_others() -> None:
    async with desk() as d:
        d.net.lose(PRIORITY, times=1)
        d.edit("OPS-1", SetPriority("P1"))
        await d.waits()
        d.net.answer("GET /api/v2/cases/*", 500, says="division by zero")
        d.edit("OPS-2", AddComment("Still here"))
        await d.empty()
        [refused] = d.failed
        assert "may have been done all the same" in refused
        assert d.done == ["comment on OPS-2"]


async def test_an_edit_that_may_have_been_done_is_not_told_as_refused_only() -> None:
    async with desk() as d:
        d.net.lose(PRIORITY, times=1)
        d.edit("OPS-1", SetPriority("P1"))
        await d.waits()
        d.net.answer("GET /api/v2/cases/*", 403, says="no")
        await d.empty()
        [refused] = d.failed
        assert "may have been done all the same" in refused


# A server that has no time


async def test_what_an_overloaded_server_turned_away_is_sent_again_when_it_said() -> None:
    async with desk() as d:
        rule = d.net.answer("POST *", 503, says="overloaded", headers={"Retry-After": "20"})
        d.edit("OPS-1", SetPriority("P1"))
        d.edit("OPS-2", AddComment("Once"))
        assert "trying again in 20 s" in (why := await d.waits())
        assert "did nothing" in why
        assert "may have been done" not in why
        await d.rest()
        assert d.states() == ["queued", "queued"], "both can be taken back"
        turned_away = len(d.net.sent("POST *"))
        rule.lift()
        await d.empty()
        assert d.states() == ["done", "done"]
        assert d.at.comments("OPS-2") == ["Once"]
        assert len(d.net.sent("POST *")) == turned_away + 2
        assert d.failed == []


# The limits of the server


def by_hand(d: Desk) -> Budget:
    """Limits that are over when the test says so."""
    budget = d.time.budget(jitter=0.5)
    d.client._calls.budget = budget
    return budget


async def test_too_many_requests_are_waited_for_once_whatever_else_is_asked_for_meanwhile() -> None:
    async with desk() as d:
        budget = by_hand(d)
        rule = d.net.answer(PRIORITY, 429, headers={"X-RateLimit-Reset": "120"})
        d.edit("OPS-1", SetPriority("P1"))
        await until(lambda: budget.notice)
        assert budget.notice == "rate limited · 121 s"
        assert d.session.waiting is None, "it is told once"
        assert d.states() == ["queued"], "it can be taken back"
        rule.lift()
        d.edit("OPS-2", SetPriority("P1"))
        d.edit("OPS-3", SetPriority("P1"))
        d.outbox.hurry()
        d.time.advance(120)
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(d.net.sent("POST *")) == 1
        d.time.advance(0.5)
        await d.until(lambda: len(d.done) == 3)
        assert d.failed == []


async def test_what_waits_for_a_limit_is_not_begun_and_is_compared_again_when_it_is_over() -> None:
    async with desk() as d:
        budget = by_hand(d)
        budget.limited(PRIORITY, 30, "writes")
        budget.limited(COMMENT, 30, "writes")
        d.edit("OPS-1", SetPriority("P1"))
        d.edit("OPS-2", AddComment("Not yet"))
        await until(lambda: len(d.net.sent(READ_CASE)) == 1 and budget.notice)
        assert d.states() == ["queued", "queued"]
        assert len(d.undo().dropped) == 1, "the comment"
        d.at.meanwhile("OPS-1", SetPriority("P5"))
        d.time.advance(31)
        await d.until(lambda: d.disputes)
        assert d.net.sent("POST *") == []
        assert d.states() == ["conflict", "undone"]
