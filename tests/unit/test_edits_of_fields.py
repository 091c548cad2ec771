"""The changes that edit a case: what they do to it, how they are sent, settled and taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories import ANA, BEN, NOW, make_case
from tests.office import CYD, PAY, Office
from tests.unit.test_outbox import Desk, desk
from triage_tui.beside_changes import DeleteComment, EditComment, Watch
from triage_tui.changes import AddComment, Change
from triage_tui.field_changes import (
    MoveToProject,
    SetAttribute,
    SetCustomAttribute,
    SetDescription,
    SetDueDate,
    SetTitle,
)
from triage_tui.models import Case, CustomValue, Project, TimelineCell
from triage_tui.server.tables import comments

SEEN = make_case(
    12,
    title="Old",
    description="Old words",
    project_id="p1",
    attributes={"team": ("a",), "env": ("x",)},
    custom_attributes={"n": CustomValue("NUMBER", False, (3.0,))},
)


@pytest.mark.parametrize(
    ("change", "past", "value", "before"),
    [
        (SetTitle("New"), "set the title of", "“New”", "“Old”"),
        (SetDescription("New\nwords"), "set the description of", "“New words”", "“Old words”"),
        (SetDescription(""), "took the description off", "no description", "“Old words”"),
        (SetDueDate("2026-03-05"), "set due Thu 2026-03-05 on", "Thu 2026-03-05", "no due date"),
        (SetAttribute("team", ("b", "c")), "set team b, c on", "b, c", "a"),
        (SetAttribute("env", ()), "took env off", "none", "x"),
        (SetAttribute("new", ("1",)), "set new 1 on", "1", "none"),
        (SetCustomAttribute("n", CustomValue("NUMBER", False, (0.5,))), "set n 0.5 on", "0.5", "3"),
        (SetCustomAttribute("n", None), "took n off", "none", "3"),
        (MoveToProject(Project("p2", "PAY", "Payments")), "set project PAY on", "PAY", "OPS"),
    ],
)
def test_a_field_is_set_and_set_back(change: Change, past: str, value: str, before: str) -> None:
    assert not change.holds(SEEN)
    after = change.apply(SEEN, NOW)
    assert change.holds(after)
    assert not change.gone_from(after)
    assert change.gone_from(SEEN)
    assert after.modified_at == NOW
    back = change.inverse(SEEN)
    assert back
    assert (change.past, change.value, back.value) == (past, value, before)
    assert back.apply(after, NOW) == replace(SEEN, modified_at=NOW)


def test_values_in_another_order_are_the_same() -> None:
    assert SetAttribute("team", ("b", "a")).holds(make_case(1, attributes={"team": ("a", "b")}))


def own_comment(at: Office, key: str, text: str) -> TimelineCell:
    cell = at.store.add_comment(at.truth(key).id, text, by=ANA, now=at.clock.tick())
    assert cell
    return cell


@pytest.mark.parametrize(
    ("change", "theirs"),
    [
        (SetTitle("Mine"), SetTitle("Theirs")),
        (SetDescription("Mine"), SetDescription("Theirs")),
        (SetDueDate("2026-03-05"), SetDueDate("2026-03-06")),
        (SetAttribute("team", ("mine",)), SetAttribute("team", ("theirs",))),
        (MoveToProject(PAY), None),
    ],
    ids=lambda change: type(change).__name__,
)
async def test_a_field_is_sent_settled_when_lost_undone_and_guarded(
    change: Change, theirs: Change | None
) -> None:
    async with desk() as d:
        case = d.at.truth("OPS-1")
        d.net.lose("P* /api/v2/cases/*-*/*")
        d.edit("OPS-1", change)
        await d.empty()
        assert change.holds(truth(d, case.id))
        assert d.states() == ["done"]
        assert len(d.net.sent("P* *")) == 1, "what was lost and is done is not sent again"
        d.undo()
        await d.empty()
        assert not change.holds(truth(d, case.id))
        if theirs:
            d.time.advance(3)
            d.at.meanwhile("OPS-1", theirs)
            d.edit("OPS-1", change)
            await d.empty()
            assert theirs.holds(truth(d, case.id))
            assert f"Somebody {theirs.past} OPS-1" in d.disputes[0]


def truth(d: Desk, case_id: str) -> Case:
    case = d.at.store.case(case_id)
    assert case
    return case


async def test_another_attribute_that_somebody_set_stays() -> None:
    async with desk() as d:
        d.at.meanwhile("OPS-1", SetAttribute("env", ("prod",)))
        d.edit("OPS-1", SetAttribute("team", ("mine",)))
        await d.empty()
        assert d.at.truth("OPS-1").attributes == {"team": ("mine",), "env": ("prod",)}


async def test_a_comment_is_edited_and_edited_back() -> None:
    async with desk() as d:
        cell = own_comment(d.at, "OPS-3", "Helo")
        d.net.lose("PUT *")
        d.edit("OPS-3", EditComment(cell.id, "Hello", "Helo"))
        await d.empty()
        assert d.at.comments("OPS-3") == ["Hello"]
        assert len(d.net.sent("PUT *")) == 1
        d.undo()
        await d.empty()
        assert d.at.comments("OPS-3") == ["Helo"]
        redone = d.session.redo()
        assert redone
        d.outbox.redone(redone)
        await d.empty()
        assert d.at.comments("OPS-3") == ["Hello"]
        assert d.failed == []


async def test_a_comment_that_was_changed_or_is_gone_is_left_alone() -> None:
    async with desk() as d:
        cell = own_comment(d.at, "OPS-3", "Later")
        d.edit("OPS-3", EditComment(cell.id, "New", "Earlier"))
        d.edit("OPS-3", DeleteComment(cell.id, "Earlier"))
        await d.empty()
        assert d.at.comments("OPS-3") == ["Later"]
        assert ["changed since you saw it" in why for why in d.failed] == [True, True]
        with d.at.store.writing() as db:
            comments.delete(db, d.at.truth("OPS-3").id, cell.id, by=CYD, at=NOW)
        d.edit("OPS-3", EditComment(cell.id, "New", "Later"))
        d.edit("OPS-3", DeleteComment(cell.id, "Later"))
        await d.empty()
        assert ["not there any more" in why for why in d.failed[2:]] == [True, True]
        assert d.net.sent("PUT *") + d.net.sent("DELETE *") == []


async def test_a_deleted_comment_comes_back_as_a_new_one() -> None:
    async with desk() as d:
        cell = own_comment(d.at, "OPS-3", "Oops")
        d.session.pages_loaded(d.session.refresh(), [await d.client.search("")])
        d.net.lose("DELETE *")
        d.edit("OPS-3", DeleteComment(cell.id, "Oops"))
        await d.empty()
        assert d.at.comments("OPS-3") == []
        assert len(d.net.sent("DELETE *")) == 1
        shown = d.session.case(d.at.truth("OPS-3").id)
        assert shown
        assert shown.comment_count == 0
        d.undo()
        await d.empty()
        assert d.at.comments("OPS-3") == ["Oops"]
        shown = d.session.case(shown.id)
        assert shown
        assert shown.comment_count == 1


async def test_what_is_no_comment_of_ours_is_refused_by_the_server_in_its_words() -> None:
    async with desk() as d:
        d.net.answer("PUT *", 403, says="Not yours")
        [cell] = [one for one in d.at.store.timeline(d.at.truth("OPS-1").id) if one.author == BEN]
        d.edit("OPS-1", EditComment(cell.id, "Mine", cell.message))
        await d.empty()
        assert d.states() == ["refused"]
        assert "Not yours" in d.failed[0]


async def test_watching_is_settled_by_asking_who_watches() -> None:
    async with desk() as d:
        case_id = d.at.truth("OPS-1").id
        d.net.lose("POST *watchers*")
        d.edit("OPS-1", Watch(ANA, on=True))
        await d.empty()
        assert await d.client.watchers(case_id) == (ANA,)
        assert len(d.net.sent("POST *watchers*")) == 1
        d.edit("OPS-1", Watch(ANA, on=True))
        await d.empty()
        assert len(d.net.sent("POST *watchers*")) == 1, "it was so already"
        d.undo()
        d.edit("OPS-1", AddComment("x"))
        await d.empty()
        assert await d.client.watchers(case_id) == ()
