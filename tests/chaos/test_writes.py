"""A short run of `writes`, and that what it looks for would be found."""

from __future__ import annotations

import pytest

from tests.chaos.agreement import disagreements
from tests.chaos.writes import chaos
from tests.factories import ANA
from tests.unit.test_outbox import Desk, desk
from triage_tui.changes import AddComment, Assign, SetPriority
from triage_tui.entries import Answer, State


async def test_server_and_journal_agree_whatever_the_network_does() -> None:
    outcome = await chaos(200, 20, seed=1)
    assert outcome.wrong == []
    assert outcome.writes >= 200
    assert outcome.crashes
    assert outcome.states.keys() > {State.DONE, State.UNDONE}


async def written(d: Desk) -> None:
    d.edit("OPS-1", SetPriority("P1"), AddComment("Once"), Assign(ANA))
    await d.empty()


def found(d: Desk) -> list[str]:
    return disagreements(d.journal.entries()[::-1], d.at.store, ANA)


async def test_what_agrees_is_not_complained_about() -> None:
    async with desk() as d:
        await written(d)
        assert found(d) == []


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param("DELETE FROM history WHERE field = 'priority'", id="lost"),
        pytest.param("DELETE FROM history WHERE field = 'comment'", id="lost comment"),
        pytest.param(
            "INSERT INTO history (of_case, at, by, field, old, new)"
            " SELECT of_case, at, by, field, old, new FROM history WHERE field = 'comment'",
            id="twice",
        ),
        pytest.param("UPDATE history SET at = -at", id="out of order"),
        pytest.param("UPDATE history SET new = '\"P2\"' WHERE field = 'priority'", id="another"),
    ],
)
async def test_what_is_lost_doubled_or_out_of_order_would_be_noticed(harm: str) -> None:
    async with desk() as d:
        await written(d)
        with d.at.store.writing() as db:
            db.execute(harm)
        assert found(d)


async def test_what_was_done_and_is_said_not_to_be_would_be_noticed() -> None:
    async with desk() as d:
        d.net.lose("POST *")
        [edit] = d.edit("OPS-1", AddComment("Once"))
        await d.waits()
        assert "for ever" in found(d)[0]
        d.journal.settle(edit, State.REFUSED, Answer("The server said no."))
        assert found(d)
