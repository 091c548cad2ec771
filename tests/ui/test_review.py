"""The review of a shift: its cases are worked on where the report tells them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.office import CYD, IN_PROGRESS, in_ops, workspace
from tests.reports import made_up
from tests.ui.driver import Ui, start
from triage_tui.changes import SetPriority
from triage_tui.reports.model import Report, Section
from triage_tui.review import gaps_told
from triage_tui.snoozes import put_off
from triage_tui.ui.screens.bottom_lines import SAID_FOR
from triage_tui.ui.screens.review import ReviewScreen

TERMINAL = (80, 24)

SHIFT = workspace(
    in_ops(1, priority="P2", attributes={"team": ("storage",)}),
    in_ops(2, priority="P3", title="Broker lags", attributes={"team": ("streams",)}),
    in_ops(3, priority="P4", title="Rotate the keys", attributes={"team": ("storage",)}),
    in_ops(4, priority="P3", title="Disk full", **IN_PROGRESS),
)
GAPS = "P1 to P3 of nobody"


def review(ui: Ui) -> ReviewScreen:
    assert isinstance(ui.app.screen, ReviewScreen)
    return ui.app.screen


def rows(ui: Ui) -> list[str]:
    """The rows of the screen, with one space wherever there are more."""
    return [" ".join(line.split()) for line in ui.lines(review(ui).report_list) if line.strip()]


def heading(ui: Ui, title: str) -> str:
    return next(row for row in rows(ui) if title in row)


def said(ui: Ui) -> str:
    return " ".join(ui.lines(review(ui).status)).strip()


async def to(ui: Ui, title: str) -> None:
    """Move the cursor to a heading."""
    await ui.press("g")
    for _ in range(20):
        if (row := review(ui).row) and row.text == title:
            return
        await ui.press("}")
    raise AssertionError(title)


async def test_gaps_are_closed_where_they_are_told_and_the_report_follows() -> None:
    async with start(SHIFT, size=TERMINAL) as ui:
        await ui.press("H")
        assert heading(ui, GAPS) == f"▾ {GAPS} 3"
        assert "3 of P1 to P3 unassigned" in rows(ui)[0]
        await ui.press("1")
        assert "No case here." in said(ui)
        await to(ui, GAPS)
        await ui.press("j", "i")
        assert ui.at.truth("OPS-1").assignee == ui.at.store.me()
        assert "now Ana" in heading(ui, "✓ P2 ○ OPS-1")
        assert heading(ui, GAPS) == f"▾ {GAPS} 2 · 1 settled"
        assert "2 of P1 to P3 unassigned" in rows(ui)[0]
        assert "assigned 1 (on 1 case)" in heading(ui, "My part")
        await ui.press("j", "j", "d")
        assert ui.at.truth("OPS-2").closed
        assert heading(ui, "Flow").endswith("−1 closed = 3 open")
        assert "Undone" not in said(ui)
        await ui.press("u")
        assert not ui.at.truth("OPS-2").closed
        assert heading(ui, GAPS) == f"▾ {GAPS} 2 · 1 settled"
        made_again = review(ui).shown.report
        await ui.press("r")
        assert "settled" not in heading(ui, GAPS)
        assert told(review(ui).shown.report) == told(made_again)
        await ui.press("escape")
        assert ui.app.screen is ui.board


def told(report: Report | None) -> object:
    """What a report says that does not depend on the moment when it was made."""
    assert report
    figures = report.figures
    lines = {
        section.id: ([(line.key, line.assignee, line.by) for line in section.lines], section.total)
        for section in report.sections()
    }
    return report.verdict, lines, figures.flow, figures.by, figures.buckets, figures.actions


async def test_reading_can_be_stopped_and_what_stands_in_its_way_is_said() -> None:
    async with start(SHIFT, size=TERMINAL, query="priority:P5") as ui:
        gate = ui.net.hold()
        await ui.press("H")
        assert "Reading what happened…" in ui.painted()
        await ui.press("escape")
        assert "The reading was stopped." in ui.painted()
        await ui.press("r", "r", "escape")
        assert "The reading was stopped." in ui.painted(), "also what was begun again"
        gate.lift()
        await ui.press("r")
        assert heading(ui, GAPS) == f"▾ {GAPS} 3"
        # None of its cases is in the list of the main screen.
        ui.at.meanwhile("OPS-4", SetPriority("P1"))
        await to(ui, GAPS)
        await ui.press("j", "j", "a", *"cyd", "enter")
        assert ui.at.truth("OPS-4").assignee == CYD
        ui.net.refuse()
        await ui.press("r")
        assert "As it was read before." in said(ui)
        await ui.press("j", "2")
        assert heading(ui, "↑ P2").startswith("↑ P2 ○ OPS-2")
        await ui.press("t", "n", *"25:00", "enter")
        assert "is no time" in ui.painted()


async def test_what_was_to_be_painted_is_not_while_it_is_left() -> None:
    async with start(SHIFT, size=TERMINAL) as ui:
        await ui.press("H")
        screen = review(ui)
        screen.dismiss()
        await screen.remove_children()
        for late in (screen._look_at_case, screen._paint_title, screen._paint_hints, screen.paint):
            late()
    assert ui.app._exception is None


async def test_what_is_added_and_taken_out_is_handed_over_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "hand-over-2026-03-02-0930.md"
    async with start(SHIFT, size=TERMINAL) as ui:
        await ui.press("H")
        await to(ui, GAPS)
        await ui.press("j", "n", *"Watch the lag", "ctrl+s")
        assert "✎" in heading(ui, "OPS-1 ")
        await ui.press("N", *"Drill at noon", "escape")
        await to(ui, "Without a team")
        await ui.press("space")
        assert "left out" in heading(ui, "Without a team")
        await ui.press("X", "escape", "H")
        await ui.press("P")
        text = ui.painted()
        assert "Drill at noon" not in text  # It is further down.
        assert "Watch the lag" in text
        assert "Broker lags" not in text
        await ui.press("w", "enter")
        assert file.stat().st_mode & 0o777 == 0o600
        written = file.read_text("utf-8")
        assert "Drill at noon" in written
        assert "Without a team" not in written
        assert "Rotate the keys" not in written
        await ui.press("X", "w", "enter")
        assert "is there already" in ui.painted()
        await ui.press("n")
        assert file.read_text("utf-8") == written
        await ui.press("c")
        assert "Rotate the keys" in ui.app.clipboard
        assert "Copied the report" in said(ui)
        with ui.net.hold("GET /api/v2/cases/OPS-3*"):
            await ui.press("C", *"ops-3", "enter")
            await ui.press("N", *" day")
        await ui.press(*"yesterday", "ctrl+s")
        assert ui.at.comments("OPS-3") == [], "what is typed answers no question that comes late"
        assert review(ui).draft.free == "Drill at noon dayyesterday"
        await ui.press("C", *"ops-3", "enter")
        await ui.press("y")
        assert [text.count("Watch the lag") > 0 for text in ui.at.comments("OPS-3")] == [True]
        await ui.press("C", "enter")
        assert "It was added there already" in ui.painted()
        await ui.press("escape", "S")
        assert "3 cases of P1 to P3 have nobody" in ui.painted()
        await ui.press("y")
        assert "signed off" in ui.lines(review(ui).title_line)[0]


def test_gaps_that_nobody_counted_are_warned_of_too() -> None:
    lines = made_up.report(["x"]).section("gaps.some").lines[:2]
    assert gaps_told(Section("gaps", "", lines, 7)) == "7 cases of P1 to P3 have nobody"
    assert gaps_told(Section("gaps", "", lines, None)) == "At least 2 cases of P1 to P3 have nobody"
    assert gaps_told(Section("gaps", "", (), None)) == ""


async def test_a_macro_decides_about_the_case_of_the_review_too() -> None:
    macros = {"f5": ["priority P4", "snooze 4h"]}
    async with start(SHIFT, size=TERMINAL, macros=macros) as ui:
        await ui.press("H")
        await to(ui, GAPS)
        await ui.press("j", "f5")
        assert ui.at.truth("OPS-1").priority == "P4"
        assert [one.key for one in put_off(ui.app.local)] == ["OPS-1"]
        await ui.press("?")
        await ui.type("snooze 4h")
        assert "Priority P4, snooze 4h" in ui.painted()
    async with start(SHIFT, size=TERMINAL, macros=macros, read_only=True) as ui:
        await ui.press("H")
        await to(ui, GAPS)
        await ui.press("j", "f5")
        assert "Read-only: nothing was changed." in said(ui)
        assert put_off(ui.app.local) == ()


async def test_what_two_apps_note_on_one_shift_is_kept_by_both() -> None:
    async with start(SHIFT, size=TERMINAL) as ui:
        await ui.press("H")
        await to(ui, GAPS)
        await ui.press("j", "n", *"Mine", "ctrl+s")
        case = {key: ui.at.truth(key).id for key in ("OPS-1", "OPS-2", "OPS-3")}
        name, local = review(ui).draft_name, ui.app.local
        other = {**local.get("review draft", name), "free": "Theirs", "left_out": [case["OPS-3"]]}
        other["notes"] = {**other["notes"], case["OPS-2"]: "Theirs too"}
        local.put("review draft", other, name)
        local.put("review time", ["since", "24h"])  # There: here it is not about another time.
        await ui.press("n", *" still", "ctrl+s")
        await ui.press("j", "space")
        kept = local.get("review draft", name)
        assert kept["free"] == "Theirs"
        assert case["OPS-3"] in kept["left_out"]
        assert len(kept["left_out"]) == 2
        assert kept["notes"].keys() == {case["OPS-1"], case["OPS-2"]}
        assert "still" in kept["notes"][case["OPS-1"]]
        await ui.press("N")
        assert "Theirs" in ui.painted()


async def test_what_was_said_last_stays_its_time_there_too() -> None:
    async with start(SHIFT, size=TERMINAL) as ui:
        await ui.press("H")
        ui.board.say("Something of the list.")
        await ui.settle()
        assert "Something of the list." in said(ui)
        await ui.wait(SAID_FOR / 2)
        await ui.press("X")
        assert "are hidden in the text" in said(ui)
        await ui.wait(SAID_FOR / 2)
        assert "are hidden in the text" in said(ui)
        await ui.wait(SAID_FOR / 2)
        assert "hidden" not in said(ui)
