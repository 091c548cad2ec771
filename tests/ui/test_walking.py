"""Going through a list: where the cursor goes after a decision, triage mode, and the same again."""

from __future__ import annotations

from pathlib import Path

from tests.office import CYD, OPS, many, office
from tests.ui.driver import Ui, opened, start
from triage_tui.changes import SetStatus
from triage_tui.models import STANDARD_STATUSES, NewCase

CLOSED = STANDARD_STATUSES[2]
WRITES = "POST /api/v2/cases/*"


def bar(ui: Ui) -> str:
    return " ".join(ui.board.walk_line.text.split())


async def test_the_cursor_goes_to_the_next_case_when_a_key_settled_one() -> None:
    async with start(many(6), after_decision="next", query="status:open") as ui:
        await ui.press("2")
        assert ui.cursor() == "OPS-1", "a priority settles nothing"
        await ui.press("d", "d")
        assert ui.cursor() == "OPS-3"
        assert [ui.at.truth(f"OPS-{n}").status_group for n in (1, 2, 3)] == [
            "SG_CLOSED",
            "SG_CLOSED",
            "SG_OPEN",
        ]
        await ui.press("u")
        assert ui.cursor() == "OPS-2", "back to what was taken back"
        await ui.press("k", "s", "escape", "s", "i")
        assert ui.cursor() == "OPS-2"
        assert ui.at.truth("OPS-1").status_name == "In Progress"
        await ui.press("k", "s", "i")
        assert ui.cursor() == "OPS-1", "nothing was changed"
        await ui.press("x", "x", "d")
        assert ui.cursor() == "OPS-3", "with marks the cursor has nothing to do with it"


async def test_the_cursor_stays_where_that_is_wanted_and_where_nothing_is_written() -> None:
    async with start(after_decision="stay") as ui:
        await ui.press("d")
        assert ui.cursor() == "OPS-1"
    async with start(after_decision="next", read_only=True) as ui:
        await ui.press("d", "e", "i")
        assert ui.cursor() == "OPS-1"
    async with start(many(3), after_decision="next") as ui:
        await ui.press("G", "d")
        assert ui.cursor() == "OPS-3", "nothing is below"


async def test_triage_mode_goes_through_the_cases_there_were_and_sums_up() -> None:
    async with start(
        many(5), query="status:open", after_decision="next", size=(80, 24), page_size=2
    ) as ui:
        await ui.press("L")
        assert bar(ui).startswith("triage 1 of 5 "), "all pages are read"
        assert len(ui.rows()) >= 3
        assert ui.board.detail.size.height > ui.board.case_list.size.height
        ui.at.meanwhile("OPS-3", SetStatus(CLOSED))
        await ui.press("d", "j")
        assert "triage 3 of 5 · 1 decided · 1 skipped" in bar(ui)
        assert ". again: set Closed" in bar(ui)
        await ui.press("r")
        assert ui.cursor() == "OPS-3", "what left the list stays on the way"
        await ui.press("i")
        assert ui.at.truth("OPS-3").assignee is not None
        assert ui.cursor() == "OPS-4"
        await ui.press(".", "e")
        assert ui.at.truth("OPS-4").assignee is not None
        assert "Nothing further to decide below" in ui.painted()
        assert "4 cases decided: 2 by assigning, 1 by status, 1 by archiving" in ui.painted()
        assert "1 case skipped" in ui.painted()
        await ui.press("enter")
        assert ui.cursor() == "OPS-2"
        await ui.press("d", "escape")
        assert ui.board.walk is None
        assert "Triage mode left: 5 decided." in ui.status()


async def test_triage_mode_goes_on_where_it_was_left_also_at_the_next_start(tmp_path: Path) -> None:
    kept = tmp_path / "state.db"
    async with office(many(6)) as at:
        async with opened(at, query="status:open", local=kept, after_decision="next") as ui:
            await ui.press("L", "d", "j", "d")
            assert ui.cursor() == "OPS-4"
            await ui.press("escape")
            assert "Triage mode left: 2 decided, 1 skipped. L goes on." in ui.status()
            await ui.press("g", "L")
            assert ui.cursor() == "OPS-4"
            assert "4 of 6" in bar(ui)
        at.meanwhile("OPS-5", SetStatus(CLOSED))
        async with opened(at, query="status:open", local=kept, after_decision="next") as ui:
            assert ui.cursor() == "OPS-2"
            await ui.press("L")
            assert ui.cursor() == "OPS-4"
            assert "1 case is gone since you left." in ui.status()
            assert "4 of 5 · 2 decided · 1 skipped" in bar(ui)
            await ui.search("status:closed")
            assert ui.board.walk is None
            assert "L goes on" in ui.status()


async def test_the_same_again_asks_before_a_comment_and_retries_what_was_refused() -> None:
    async with start() as ui:
        await ui.press("full_stop")
        assert "Nothing was refused" in ui.status()
        await ui.press("4", "j", "full_stop")
        assert ui.at.truth("OPS-2").priority == "P4"
        await ui.press("m", *"Seen.", "ctrl+s", "j", "full_stop")
        assert "Seen." in ui.painted()
        await ui.press("y")
        assert ui.at.comments("OPS-3") == ["Seen."]
        await ui.press("g", "s", "i", "j", "j", "j", "full_stop")
        assert "OPS-4 cannot have that status." in ui.status()
        assert ui.at.truth("OPS-4").status_name == "Open"
        ui.net.answer(WRITES, 403)
        await ui.press("g", "5")
        ui.net.forget()
        await ui.press("j", "full_stop")
        assert ui.at.truth("OPS-1").priority == "P5", "it was refused there"
        assert ui.at.truth("OPS-2").priority == "P4"


async def test_only_who_wants_to_follow_goes_where_a_case_is_sorted_to() -> None:
    for policy in ("stay", "follow"):
        async with start(many(5), after_decision=policy) as ui:
            await ui.press("S", "s")
            first, below, *_ = ui.listed()
            await ui.press("g", "s", "i")
            assert ui.cursor() == first, policy
            await ui.press("r")
            assert ui.cursor() == (first if policy == "follow" else below), policy


async def test_what_is_done_again_is_decided_again() -> None:
    async with start(many(3), query="status:open", after_decision="next") as ui:
        await ui.press("L", "d")
        await ui.press("u")
        assert "decided" not in bar(ui)
        await ui.press("U")
        assert "1 decided" in bar(ui)


async def test_new_cases_wait_for_the_end_and_what_is_refused_is_not_decided() -> None:
    async with start(many(3), query="status:open", after_decision="next", refresh=60.0) as ui:
        await ui.press("L")
        ui.net.answer(WRITES, 403)
        await ui.press("d")
        assert ui.cursor() == "OPS-2"
        assert "2 of 3 · 1 skipped" in bar(ui), "it waits for another decision"
        ui.net.forget()
        await ui.press("d")
        ui.at.store.create_case(NewCase("One more", OPS.id), by=CYD, now=ui.at.clock.tick())
        await ui.wait(70.0)
        assert bar(ui).startswith("triage 3 of 3 · 1 decided · 1 skipped")
        await ui.press("d")
        assert "New since you began: 1" in ui.painted()
        await ui.press("enter")
        assert "One more" in ui.row(ui.cursor())
        assert bar(ui).startswith("triage 4 of 4 ")
        assert "2 decided · 1 skipped" in bar(ui)
        await ui.press("d", "escape")
        assert "Triage mode left: 3 decided, 1 skipped. L goes on." in ui.status()
