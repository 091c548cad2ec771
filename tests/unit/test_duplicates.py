"""Naming the original of a case: how it is sent, settled and taken back."""

from __future__ import annotations

from tests.unit.test_outbox import Desk, desk
from triage_tui.beside_changes import Duplicate

LINK = "POST /api/v2/cases/link"
UNLINK = "DELETE /api/v2/cases/link/*"


async def originals(d: Desk, key: str) -> list[str]:
    case_id = d.at.truth(key).id
    links = await d.client.links(case_id)
    return [one.child_id for one in links if one.parent_id == case_id]


async def test_a_duplicate_is_linked_once_and_the_link_taken_away_again() -> None:
    async with desk() as d:
        other = d.at.truth("OPS-3")
        d.net.lose(LINK)
        d.edit("OPS-1", Duplicate(other.id, "OPS-3", on=True))
        await d.empty()
        assert await originals(d, "OPS-1") == [other.id]
        assert len(d.net.sent(LINK)) == 1, "what was lost and is done is not sent again"
        d.edit("OPS-1", Duplicate(other.id, "OPS-3", on=True))
        await d.empty()
        assert len(d.net.sent(LINK)) == 1, "it was so already"
        d.undo()
        await d.empty()
        assert await originals(d, "OPS-1") == []
        assert len(d.net.sent(UNLINK)) == 1
        assert d.states() == ["done"] * len(d.states())


async def test_a_link_that_is_gone_need_not_be_taken_away() -> None:
    async with desk() as d:
        other = d.at.truth("OPS-3")
        case_id = d.at.truth("OPS-1").id
        assert await d.client.send(case_id, Duplicate(other.id, "OPS-3", on=False)) is None
        assert d.net.sent(UNLINK) == []


def test_what_it_is_called() -> None:
    change = Duplicate("1", "OPS-3", on=True)
    assert (change.past, change.value) == ("set “duplicate of OPS-3” on", "duplicate of OPS-3")
