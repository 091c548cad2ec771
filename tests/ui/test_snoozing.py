"""Snoozing: cases that are hidden here until a time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from tests.office import many, office
from tests.ui.driver import WIDE, opened, start
from triage_tui.changes import SetPriority, SetStatus
from triage_tui.models import Status
from triage_tui.snoozes import put_off


async def test_a_snoozed_case_leaves_the_list_and_nobody_else_is_told() -> None:
    async with start(many(5), after_decision="next", read_only=True) as ui:
        before = ui.at.truth("OPS-1")
        await ui.press("Z")
        assert "Snooze OPS-1, only here, for" in ui.painted()
        await ui.press("4")
        assert ui.listed() == ["OPS-2", "OPS-3", "OPS-4", "OPS-5"]
        assert ui.cursor() == "OPS-2"
        assert ui.place() == "1 of 4"
        assert "Snoozed OPS-1 until" in ui.status()
        assert "only here · u undoes" in ui.status()
        await ui.press("x", "x", "Z")
        await ui.press("u")
        await ui.type("soon")
        assert "“soon” is no time" in ui.painted()
        await ui.press("ctrl+u", *"2h")
        assert "in 2 h" in ui.painted()
        await ui.press("enter")
        assert ui.listed() == ["OPS-4", "OPS-5"]
        await ui.press("escape", "X", "y")
        assert "Copied key OPS-4 and 1 more" in ui.status(), "what is hidden is left out"
        assert "5 marked, 3 hidden and left out" in ui.status()
        await ui.press("escape", "escape")
        assert "3 snoozed" in ui.status()
        await ui.press("u", "u", "U")
        assert ui.listed() == ["OPS-2", "OPS-3", "OPS-4", "OPS-5"]
        assert ui.at.truth("OPS-1") == before
        assert [one.key for one in put_off(ui.app.local)] == ["OPS-1"]


async def test_a_snoozed_case_is_shown_and_woken() -> None:
    async with start(many(2)) as ui:
        await ui.press("Z")
        await ui.press("1")
        await ui.press("Z")
        await ui.press("t")
        assert "2 snoozed: no other case is here." in ui.painted()
        await ui.press(":")
        await ui.type("show snoozed")
        await ui.press("enter")
        assert ui.listed() == ["OPS-1", "OPS-2"]
        assert ui.row("OPS-1").startswith("z")
        await ui.press("g")
        assert "snoozed until" in ui.detail()
        await ui.press("Z")
        assert "Not snoozed any more: OPS-1" in ui.status()
        await ui.press("escape", "escape")
        assert ui.listed() == ["OPS-1"]


async def test_it_is_taken_back_in_the_order_of_all_decisions() -> None:
    async with start(many(4), query="status:open", after_decision="next") as ui:
        await ui.press("1", "Z")
        await ui.press("1")
        await ui.press("2", "u")
        assert ui.at.truth("OPS-2").priority == "NOT_DEFINED"
        await ui.press("u")
        assert ui.cursor() == "OPS-1"
        assert ui.at.truth("OPS-1").priority == "P1"
        await ui.press("u")
        assert ui.at.truth("OPS-1").priority == "NOT_DEFINED"


async def test_it_is_back_in_time_with_a_sentence_and_moves_nothing_before_r(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "state.db"
    async with office(many(4)) as at:
        async with opened(at, local=kept, refresh=60.0) as ui:
            await ui.press("Z")
            await ui.press("1")
            await ui.press("Z")
            await ui.press("1")
            await ui.press("Z")
            await ui.press("t")
            assert ui.listed() == ["OPS-4"]
            at.meanwhile("OPS-3", SetPriority("P1"))
            await ui.wait(70.0)
            assert ui.listed() == ["OPS-4"]
            assert "OPS-3 is back early: somebody set P1 · r shows it." in ui.status()
            assert "1 back: r shows it" in ui.status()
            await ui.press("r")
            assert ui.cursor() == "OPS-4"
            assert ui.row("OPS-3").startswith("↺")
            at.clock.time += timedelta(hours=1)
            ui.board.paint_marks()
            await ui.settle()
            assert "2 cases are back: OPS-1, OPS-2 · r shows them." in ui.status()
            assert ui.listed() == ["OPS-3", "OPS-4"]
        async with opened(at, local=kept) as ui:
            assert ui.listed() == ["OPS-1", "OPS-2", "OPS-3", "OPS-4"]
            assert ui.row("OPS-2").startswith("↺")
            assert "early" not in ui.detail()
            assert "back: its time is over" in ui.detail()
            assert not put_off(ui.app.local)


async def test_in_triage_mode_it_counts_as_decided() -> None:
    async with start(many(3), query="status:open", after_decision="next", size=(80, 24)) as ui:
        await ui.press("L", "Z")
        await ui.press("4")
        assert ui.cursor() == "OPS-2"
        bar = " ".join(ui.board.walk_line.text.split())
        assert bar.startswith("triage 2 of 3 · 1 decided")
        await ui.press("u")
        assert ui.cursor() == "OPS-1"
        await ui.press("Z")
        await ui.press("4")
        await ui.press("d", "d")
        assert "1 by snoozing" in ui.painted()
        await ui.press("enter")
        assert "OPS-1" not in ui.listed()


async def test_whoever_asks_for_a_snoozed_case_by_its_key_sees_it() -> None:
    async with start(many(4)) as ui:
        await ui.press("Z")
        await ui.press("4")
        await ui.press(":")
        await ui.type("OPS-1")
        await ui.press("enter")
        assert ui.cursor() == "OPS-1"
        assert "snoozed shown" in ui.status()
        await ui.press("escape", "escape")
        assert "OPS-1" not in ui.listed()
        await ui.search("key:OPS-2")
        await ui.press(":")
        await ui.type("show snoozed")
        await ui.press("enter")
        assert "No case is snoozed in this list; elsewhere: OPS-1." in ui.status()
        await ui.search("OPS-1")
        assert ui.listed() == ["OPS-1"]


async def test_the_detail_goes_with_the_cursor_past_a_snoozed_case_when_its_own_is_gone() -> None:
    async with start(many(5), query="status:open", size=WIDE) as ui:
        await ui.to("OPS-3")
        await ui.press("Z", "1")
        await ui.to("OPS-2")
        ui.at.meanwhile("OPS-2", SetStatus(Status("Closed", "SG_CLOSED")))
        await ui.press("r")
        assert ui.cursor() == "OPS-4"
        assert "OPS-4" in ui.detail().splitlines()[0]
        await ui.press("l", "1")
        assert ui.at.truth("OPS-4").priority == "P1"
        assert ui.at.truth("OPS-3").priority != "P1"


async def test_what_was_decided_anew_about_a_case_that_is_due_back_holds() -> None:
    async with start(many(3)) as ui:
        await ui.press("Z")
        await ui.press("1")
        ui.at.clock.time += timedelta(hours=1)
        ui.board.paint_marks()
        await ui.settle()
        assert "1 back: r shows it" in ui.status()
        await ui.press("u")
        assert ui.listed() == ["OPS-1", "OPS-2", "OPS-3"]
        assert "back: r shows it" not in ui.status()
        await ui.to("OPS-1")
        await ui.press("Z")
        await ui.press("4")
        await ui.press("r")
        assert ui.listed() == ["OPS-2", "OPS-3"], "it is put off until later"
        assert [one.key for one in put_off(ui.app.local)] == ["OPS-1"]


async def test_what_this_machine_cannot_keep_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    gone = "Not kept on this machine: Drafts, notes and snoozes may be gone when you quit: "
    async with office(many(4)) as at:
        async with opened(at, local=file) as ui:
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await ui.press("j", "k")
                assert not ui.toasts()
                await ui.press("Z")
                await ui.press("4")
                assert ui.listed() == ["OPS-2", "OPS-3", "OPS-4"]
                assert [toast.startswith(gone) for toast in ui.toasts()] == [True]
                await ui.press("Z")
                await ui.press("4")
                assert not ui.toasts()
        file.unlink()
        file.mkdir()
        async with opened(at, local=file) as ui:
            assert [toast.startswith(gone) for toast in ui.toasts()] == [True]


async def test_what_is_over_by_itself_is_neither_taken_back_nor_done_again() -> None:
    async with start(many(3)) as ui:
        await ui.press("2", "Z")
        await ui.press("1")
        ui.at.clock.time += timedelta(hours=1)
        await ui.press("r")
        assert ui.listed() == ["OPS-1", "OPS-2", "OPS-3"]
        await ui.press("u")
        assert ui.at.truth("OPS-1").priority == "NOT_DEFINED", "the step before it"
        await ui.to("OPS-2")
        await ui.press("Z")
        await ui.press("1")
        await ui.press("u")
        ui.at.clock.time += timedelta(hours=1)
        await ui.press("U")
        assert "That time is over by now: nothing was snoozed." in ui.status()
        assert ui.listed() == ["OPS-1", "OPS-2", "OPS-3"]
        assert not put_off(ui.app.local)
