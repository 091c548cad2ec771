"""The outbox and its journal: held edits, conflicts, and what an earlier run left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import BEN
from tests.office import OPS, office
from tests.unit.test_outbox import COMMENT, PRIORITY, READ_CASE, Desk, desk, desk_at
from triage_tui.changes import AddComment, Assign, SetPriority
from triage_tui.entries import Entry, Place, State
from triage_tui.errors import MAYBE_DONE, JournalError
from triage_tui.models import NewCase

# The held window


async def test_what_is_held_is_sent_when_its_time_has_come_and_not_before() -> None:
    async with desk(hold=3.0) as d:
        d.edit("OPS-1", SetPriority("P1"))
        await d.rest()
        d.time.advance(2.9)
        await d.rest()
        assert d.net.requests == []
        assert d.states() == ["held"]
        assert d.outbox.held == 1
        d.time.advance(0.1)
        await d.until(lambda: d.done)
        assert d.states() == ["done"]


async def test_what_is_held_is_taken_back_without_asking_the_server_anything() -> None:
    async with desk(hold=3.0) as d:
        d.edit("OPS-1", SetPriority("P1"))
        undone = d.undo()
        assert len(undone.dropped) == 1
        d.time.advance(60)
        await d.rest()
        assert d.net.requests == []
        assert d.states() == ["undone"]


async def test_what_is_held_is_sent_at_once_when_it_is_asked_for() -> None:
    async with desk(hold=3.0) as d:
        d.edit("OPS-1", SetPriority("P1"), AddComment("Bye"))
        d.outbox.flush()
        await d.empty()
        assert d.states() == ["done", "done"]


# Somebody else


async def test_a_write_over_what_the_person_has_not_seen_is_not_sent() -> None:
    async with desk() as d:
        d.at.meanwhile("OPS-1", SetPriority("P5"))
        d.edit("OPS-1", SetPriority("P1"))
        await d.empty()
        assert d.net.sent("POST *") == []
        assert d.priority("OPS-1") == d.at.truth("OPS-1").priority == "P5"
        [why] = d.disputes
        assert why.startswith("Somebody set P5 on OPS-1")
        assert "The case was last changed by Cyd Roe" in why
        assert "(you saw P2): yours was not sent." in why
        [entry] = d.journal.entries()
        assert (entry.state, entry.answer.said) == (State.CONFLICT, why)
        assert entry.answer.theirs
        assert entry.answer.theirs.priority == "P5"
        assert d.journal.unread() == 1


async def test_a_write_that_may_have_been_done_before_somebody_elses_is_not_said_to_be_unsent() -> (
    None
):
    async with desk() as d:
        d.net.lose(PRIORITY)
        d.edit("OPS-1", SetPriority("P1"))
        await d.waits()
        d.at.meanwhile("OPS-1", SetPriority("P5"))
        await d.empty()
        [why] = d.disputes
        assert why.startswith("Somebody set P5 on OPS-1")
        assert why.endswith(f"its answer was lost. {MAYBE_DONE}")
        assert d.states() == ["conflict"]


async def test_nobody_is_blamed_who_changed_another_field_later() -> None:
    async with desk() as d:
        d.at.store.change(
            d.at.truth("OPS-1").id, SetPriority("P5").apply, by=BEN, now=d.at.clock.tick()
        )
        d.at.meanwhile("OPS-1", Assign(None), Assign(BEN))
        d.edit("OPS-1", SetPriority("P1"))
        await d.until(lambda: d.disputes)
        [why] = d.disputes
        assert why.startswith("Somebody set P5 on OPS-1 (you saw P2): yours was not sent.")
        assert "Cyd Roe set" not in why
        assert "The case was last changed by Cyd Roe at 2026-03-02 09:3" in why


async def test_what_somebody_did_to_another_field_is_nobodys_business() -> None:
    async with desk() as d:
        d.at.meanwhile("OPS-1", Assign(None), SetPriority("P5"), SetPriority("P2"))
        d.edit("OPS-1", SetPriority("P1"))
        await d.empty()
        assert d.disputes == []
        assert d.at.truth("OPS-1").priority == "P1"


async def test_what_somebody_did_already_is_not_sent_again() -> None:
    async with desk() as d:
        d.at.meanwhile("OPS-1", SetPriority("P1"))
        d.edit("OPS-1", SetPriority("P1"))
        await d.empty()
        assert d.net.sent("POST *") == []
        assert d.done == ["set P1 on OPS-1"]


async def test_a_conflict_is_one_for_all_that_was_to_follow_on_the_same_field() -> None:
    async with desk() as d:
        d.at.meanwhile("OPS-1", SetPriority("P5"))
        d.edit("OPS-1", SetPriority("P1"), SetPriority("P3"), AddComment("Looking"))
        await d.empty()
        assert d.states() == ["conflict", "conflict", "done"]
        assert "(you saw P2)" in d.disputes[1]
        assert d.at.truth("OPS-1").priority == "P5"


async def test_an_undo_that_somebody_was_faster_than_names_them() -> None:
    async with desk() as d:
        d.edit("OPS-1", SetPriority("P1"))
        await d.empty()
        d.at.meanwhile("OPS-1", SetPriority("P5"))
        d.undo()
        await d.empty()
        [why] = d.disputes
        assert why.startswith(
            "OPS-1 was changed since: it was not undone. Somebody set P5 on OPS-1"
        )
        assert d.at.truth("OPS-1").priority == "P5"


async def test_the_case_is_not_read_again_when_the_server_has_just_told_how_it_is() -> None:
    async with desk() as d:
        d.edit("OPS-1", SetPriority("P1"))
        await d.empty()
        d.time.advance(1.9)
        d.edit("OPS-1", SetPriority("P3"))
        await d.empty()
        assert len(d.net.sent(READ_CASE)) == 1
        d.time.advance(2.1)
        d.edit("OPS-1", SetPriority("P4"))
        await d.empty()
        assert len(d.net.sent(READ_CASE)) == 2


async def test_undoing_what_is_refused_meanwhile_sends_nothing() -> None:
    async with desk() as d:
        rule = d.net.answer(PRIORITY, 403, says="no")
        with d.net.hold(READ_CASE) as gate:
            d.edit("OPS-1", SetPriority("P1"))
            await gate.arrived.wait()
            assert len(d.undo().dropped) == 1
        await d.rest()
        assert rule.met == []
        assert d.states() == ["undone"]


# Going on


async def test_redo_does_again_what_was_undone_before_it_was_sent_and_after() -> None:
    async with desk() as d:
        for _ in range(2):
            d.edit("OPS-1", SetPriority("P1"))
            await d.empty()
            d.undo()
            await d.empty()
            assert d.at.truth("OPS-1").priority == "P2"
            redone = d.session.redo()
            assert redone
            d.outbox.redone(redone)
            await d.empty()
            assert d.at.truth("OPS-1").priority == "P1"
            d.undo()
            await d.empty()
        assert d.at.truth("OPS-1").priority == "P2"


async def test_redo_of_what_is_not_undone_on_the_server_yet_sends_nothing() -> None:
    async with desk(hold=3.0) as d:
        edits = d.edit("OPS-1", SetPriority("P1"))
        d.outbox.flush()
        await d.empty()
        d.net.requests.clear()
        d.undo()
        assert d.priority("OPS-1") == "P2"
        redone = d.session.redo()
        assert redone
        d.outbox.redone(redone)
        assert d.priority("OPS-1") == "P1"
        d.time.advance(4)
        await d.rest()
        assert d.net.requests == []
        assert d.states() == ["done", "undone"]
        assert d.journal.steps(Place.DONE) == [edits]
        d.undo()
        d.time.advance(4)
        await d.until(lambda: not d.session.writes)
        assert d.at.truth("OPS-1").priority == "P2"
        assert len(d.net.sent(PRIORITY)) == 1


# An earlier run


async def left_by(d: Desk) -> list[Entry]:
    """What the run of a desk that has ended left, as another one finds it."""
    return d.journal.left_behind()


async def test_what_was_not_sent_is_sent_by_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with office() as at:
        async with desk_at(at, path, hold=3.0) as d:
            d.edit("OPS-1", SetPriority("P1"), AddComment("Looking"))
        async with desk_at(at, path) as d:
            left = await left_by(d)
            assert [entry.edit.phrase for entry in left] == ["set P1 on OPS-1", "comment on OPS-1"]
            d.outbox.resume(left)
            await d.empty()
            assert d.states() == ["done", "done"]
            assert at.comments("OPS-1")[0] == "Looking"
        async with desk_at(at, path) as d:
            assert await left_by(d) == []


@pytest.mark.parametrize("acted", [True, False], ids=["server acted", "server did not"])
@pytest.mark.parametrize("what", ["priority", "comment", "creation"])
async def test_what_was_on_its_way_is_looked_up_by_the_next_run(
    tmp_path: Path, acted: bool, what: str
) -> None:
    path = tmp_path / "journal.db"
    async with office() as at:
        async with desk_at(at, path) as d:
            # The run ends while the answer is on its way.
            (d.net.lose if acted else d.net.swallow)("POST *")
            if what == "creation":
                d.create(NewCase("Only one", OPS.id))
            else:
                d.edit("OPS-1", SetPriority("P1") if what == "priority" else AddComment("Once"))
            await d.waits()
        async with desk_at(at, path) as d:
            [entry] = left = await left_by(d)
            assert entry.state is State.SENDING
            d.outbox.resume(left)
            await d.empty()
            sure = acted or what == "priority"
            assert d.states() == ["done" if sure else "unsure"]
            assert len(d.net.sent("POST *")) == (1 if what == "priority" and not acted else 0)
            if what == "priority":
                assert at.truth("OPS-1").priority == "P1"
            elif what == "comment":
                assert at.comments("OPS-1").count("Once") == acted


async def test_what_was_left_and_is_dropped_is_never_sent(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with office() as at:
        async with desk_at(at, path, hold=3.0) as d:
            d.edit("OPS-1", SetPriority("P1"))
        async with desk_at(at, path) as d:
            d.outbox.abandon(await left_by(d))
            await d.rest()
            assert d.net.requests == []
            assert d.states() == ["undone"]


async def test_a_case_that_was_changed_in_between_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with office() as at:
        async with desk_at(at, path, hold=3.0) as d:
            d.edit("OPS-1", SetPriority("P1"))
        at.meanwhile("OPS-1", SetPriority("P5"))
        async with desk_at(at, path) as d:
            d.outbox.resume(await left_by(d))
            await d.empty()
            assert d.states() == ["conflict"]
            assert at.truth("OPS-1").priority == "P5"


# The disk


async def test_what_cannot_be_kept_is_not_sent() -> None:
    async with desk() as d:
        d.journal._db.execute("PRAGMA query_only = ON")
        with pytest.raises(JournalError):
            d.edit("OPS-1", SetPriority("P1"))
        d.session.never_made(list(d.session.writes))
        await d.rest()
        assert d.net.requests == []
        assert d.priority("OPS-1") == "P2"


async def test_what_cannot_be_noted_as_begun_waits() -> None:
    async with desk() as d:
        with d.net.hold(READ_CASE) as gate:
            d.edit("OPS-1", SetPriority("P1"))
            await gate.arrived.wait()
            d.journal._db.execute("PRAGMA query_only = ON")
        assert "journal" in await d.waits()
        assert d.net.sent(PRIORITY) == []
        d.journal._db.execute("PRAGMA query_only = OFF")
        await d.empty()
        assert d.done == ["set P1 on OPS-1"]


async def test_what_cannot_be_noted_as_done_is_told_and_done() -> None:
    async with desk() as d:
        with d.net.hold(COMMENT) as gate:
            d.edit("OPS-1", AddComment("Once"))
            await gate.arrived.wait()
            d.journal._db.execute("PRAGMA query_only = ON")
        await d.until(lambda: d.done)
        assert "journal" in d.troubles[0]
