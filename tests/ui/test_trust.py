"""Writes over the whole app: held, taken back and done again, left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import ANA
from tests.faults import Faults
from tests.office import Office, many, office
from tests.ui.driver import Ui, opened, start
from triage_tui.changes import SetPriority, SetStatus
from triage_tui.models import Status

WRITES = "POST /api/v2/cases/*"
ME = "GET /api/v2/current_user"


async def test_a_decision_is_held_and_then_sent() -> None:
    async with start(hold=3.0) as ui:
        await ui.press("1")
        assert ui.row("OPS-1").startswith("↑P1")
        assert "1 held: u takes back" in ui.status()
        await ui.wait(2.9)
        assert ui.net.sent(WRITES) == []
        await ui.wait(0.2)
        assert ui.at.truth("OPS-1").priority == "P1"
        assert "held" not in ui.status()


async def test_what_is_held_is_taken_back_without_a_request() -> None:
    async with start(hold=3.0) as ui:
        ui.net.requests.clear()
        await ui.press("1", "u")
        assert "Undone before it was sent: set P1 on OPS-1." in ui.status()
        await ui.wait(60)
        asked = [line for line in ui.net.requests if ui.at.truth("OPS-1").id in line]
        assert [line for line in asked if "timelines" not in line] == []


async def test_leaving_sends_what_is_held_and_then_leaves() -> None:
    async with start(hold=3.0) as ui:
        await ui.press("1", "j", "2", "q")
        assert ui.left
        assert ui.app.return_code == 0
        assert [ui.at.truth(key).priority for key in ("OPS-1", "OPS-2")] == ["P1", "P2"]


async def test_capital_u_does_again_what_was_undone() -> None:
    async with start() as ui:
        await ui.press("1", "j", "4")
        await ui.press("u", "u")
        assert [ui.at.truth(key).priority for key in ("OPS-1", "OPS-2")] == ["P2", "P3"]
        await ui.press("U")
        assert "Done again: set P1 on OPS-1." in ui.status()
        await ui.press("U")
        assert [ui.at.truth(key).priority for key in ("OPS-1", "OPS-2")] == ["P1", "P4"]
        await ui.press("U")
        assert "nothing to do again" in ui.status()
        await ui.press("u", "5", "U")
        assert "nothing to do again" in ui.status(), "something new was done since"


# Another start


async def left_unsent(at: Office, journal: Path) -> None:
    """A run that ends with two writes that were never sent."""
    async with opened(at, journal=journal, faults=lambda net: net.refuse(WRITES)) as ui:
        await ui.press("1", "j", "5")
        await ui.press("q", "y")
        assert ui.left
        assert ui.app.return_code == 1


def asked(ui: Ui) -> bool:
    return "An earlier start left 2 writes unsent" in ui.painted()


async def test_what_was_not_sent_is_sent_at_the_next_start_if_the_person_says_so(
    tmp_path: Path,
) -> None:
    journal = tmp_path / "journal.db"
    async with office() as at:
        await left_unsent(at, journal)
        async with opened(at, journal=journal) as ui:
            assert asked(ui)
            assert "set P1 on OPS-1" in ui.painted()
            assert ui.net.sent(WRITES) == []
            await ui.press("s", "d", "1", "S")
            assert [at.truth(key).priority for key in ("OPS-1", "OPS-2")] == ["P1", "P5"]
        async with opened(at, journal=journal) as ui:
            assert not asked(ui)
            await ui.press("u")
            assert at.truth("OPS-2").priority == "P3", "undo goes on where it was left"
            await ui.press("u")
            assert at.truth("OPS-1").priority == "P2"


async def test_what_was_not_sent_can_be_sent_in_part_dropped_or_left(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    async with office() as at:
        await left_unsent(at, journal)
        async with opened(at, journal=journal) as ui:
            await ui.press("escape")
            assert "2 writes of an earlier start: ! decides" in ui.status()
        async with opened(at, journal=journal) as ui:
            assert asked(ui)
            await ui.press("space", "D")
            await ui.press("!")
            assert "set P1 on OPS-1" in ui.painted()
            assert "An earlier start left 1 write unsent" in ui.painted()
            await ui.press("S")
            assert [at.truth(key).priority for key in ("OPS-1", "OPS-2")] == ["P1", "P3"]
            await ui.press("!")
            assert "Nothing waits for a decision." in ui.status()


async def test_what_somebody_changed_since_is_told_and_not_overwritten() -> None:
    async with start() as ui:
        ui.at.meanwhile("OPS-1", SetPriority("P5"))
        await ui.press("1")
        assert ui.net.sent(WRITES) == []
        assert "Somebody set P5 on OPS-1" in ui.status()
        assert "P5" in ui.row("OPS-1")


@pytest.mark.parametrize(("answer", "then"), [("n", "P5"), ("enter", "P5"), ("y", "P1")])
async def test_somebody_elses_change_is_kept_unless_the_person_wants_otherwise(
    answer: str, then: str
) -> None:
    async with start() as ui:
        ui.at.meanwhile("OPS-1", SetPriority("P5"))
        await ui.press("1")
        assert ui.row("OPS-1").startswith("!P5")
        assert "1 conflict: ! decides" in ui.status()
        assert "failed" not in ui.status(), "it is counted once"
        await ui.press("!")
        assert "priority you wanted     P1" in ui.painted()
        await ui.press(answer)
        assert ui.at.truth("OPS-1").priority == then
        assert ui.row("OPS-1").startswith(then)
        assert "conflict" not in ui.status()


async def test_a_conflict_waits_for_the_next_start(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    async with office() as at:
        async with opened(at, journal=journal) as ui:
            at.meanwhile("OPS-1", SetPriority("P5"))
            await ui.press("1")
        async with opened(at, journal=journal) as ui:
            assert "1 conflict: ! decides" in ui.status()
            await ui.press("!", "y")
            assert at.truth("OPS-1").priority == "P1"
        async with opened(at, journal=journal) as ui:
            assert "conflict" not in ui.status()


# Whose row it was


async def test_a_key_is_not_for_the_case_that_has_just_come_under_the_cursor() -> None:
    async with start(query="status:open") as ui:
        ui.app.moment = lambda: 7.0
        ui.at.meanwhile("OPS-1", SetStatus(Status("Closed", "SG_CLOSED")))
        await ui.press("r")
        under = ui.cursor()
        assert under != "OPS-1"
        await ui.press("1")
        assert "Nothing was changed: OPS-1 was in this place a moment ago." in ui.status()
        assert ui.net.sent(WRITES) == []
        ui.app.moment = lambda: 7.31
        await ui.press("1")
        assert ui.at.truth(under).priority == "P1"


async def test_what_is_typed_on_after_a_refused_key_is_no_command() -> None:
    async with start(query="status:open") as ui:
        ui.app.moment = lambda: 7.0
        ui.at.meanwhile("OPS-1", SetStatus(Status("Closed", "SG_CLOSED")))
        await ui.press("r")
        await ui.press("m")
        ui.app.moment = lambda: 7.25
        await ui.press(*"ed")
        ui.app.moment = lambda: 7.5
        await ui.press(*"I1")
        assert "Nothing was changed: OPS-1 was in this place a moment ago." in ui.status()
        assert ui.net.sent(WRITES) == [], "it was a text for the comment that did not open"
        ui.app.moment = lambda: 7.9
        await ui.press("1")
        assert len(ui.net.sent(WRITES)) == 1


async def test_ones_own_key_moves_the_cursor_without_a_doubt() -> None:
    async with start() as ui:
        ui.app.moment = lambda: 7.0
        await ui.press("j", "1")
        assert ui.at.truth("OPS-2").priority == "P1"


async def test_the_status_line_says_once_how_long_the_limits_of_the_server_make_writes_wait() -> (
    None
):
    async with start() as ui:
        ui.limit_by_hand()
        ui.net.answer(WRITES, 429, headers={"X-RateLimit-Reset": "30"}, times=1)
        await ui.press("1")
        assert "1 write unsent" in ui.status()
        assert "rate limited · 30 s" in ui.status()
        assert "sending" not in ui.status()
        assert "trying again" not in ui.status()
        ui.time.advance(31)
        await ui.settle()
        ui.board.look_at_limits()
        await ui.settle()
        assert "rate limited" not in ui.status()
        assert "unsent" not in ui.status()
        assert ui.at.truth("OPS-1").priority == "P1"


async def test_what_needs_a_yes_is_not_asked_of_somebody_who_types_something_else() -> None:
    def away(net: Faults) -> None:
        net.answer(ME, 500)

    async with start(many(12), faults=away) as ui:
        ui.net.forget()
        await ui.press("X")
        with ui.net.hold(ME):
            await ui.press("i")
            await ui.press("slash", *"priorit")
        await ui.settle()
        await ui.press("y")
        assert ui.query().endswith("priority")
        await ui.press("escape", "escape")
        assert "Not done, it needs a yes" in ui.status()
        assert ui.at.truth("OPS-1").assignee is None
        await ui.press("i")
        await ui.press("y")
        assert ui.at.truth("OPS-12").assignee == ANA
