"""What the mouse does: select, mark, sort, choose and look elsewhere, and never decide unseen."""

from __future__ import annotations

from textual import events
from textual.geometry import Offset
from textual.widget import Widget

from tests.office import many
from tests.ui.driver import Ui, start


async def click(ui: Ui, widget: Widget, x: int, y: int, **how: object) -> None:
    await ui.pilot.click(widget, offset=(x, y), **how)  # type: ignore[arg-type]
    await ui.settle()


async def test_a_click_moves_the_cursor_marks_and_opens() -> None:
    async with start() as ui:
        cases = ui.board.case_list
        await click(ui, cases, 30, 3)
        assert ui.cursor() == ui.listed()[2]
        assert "marked" not in ui.status()
        await click(ui, cases, 0, 2)
        assert ui.cursor() == ui.listed()[1]
        assert "1 marked" in ui.status()
        await click(ui, cases, 30, 3, control=True)
        assert "2 marked" in ui.status()
        await click(ui, cases, 0, 2)
        assert "1 marked" in ui.status()
        await click(ui, cases, 30, 1, times=2)
        assert ui.board.focused is ui.board.detail


async def test_the_mouse_drawn_over_rows_marks_them() -> None:
    async with start() as ui:
        cases, keys = ui.board.case_list, ui.listed()
        await click(ui, cases, 0, 1)
        await ui.pilot.mouse_down(cases, offset=(30, 2))
        for y in (3, 4, 3):
            at = cases.region.offset + Offset(30, y)
            event = events.MouseMove(cases, at.x, at.y, 0, 1, 1, False, False, False, at.x, at.y)
            ui.app.screen._forward_event(event)
            await ui.pilot.pause()
        await ui.pilot.mouse_up(cases, offset=(30, 3))
        await ui.settle()
        marked = [key for key in keys if ui.row(key).startswith("✓")]
        assert marked == keys[:3], "what was marked before, and the rows up to where it ended"
        assert ui.cursor() == keys[2]


async def test_a_click_on_a_column_sorts_and_again_turns_it_round() -> None:
    async with start() as ui:
        cases = ui.board.case_list
        at = ui.lines(cases)[0].index("Age")
        first = ui.listed()
        await click(ui, cases, at, 0)
        assert ui.listed() == first[::-1]
        await click(ui, cases, ui.lines(cases)[0].index("Title"), 0)
        assert "sorted by age, priority or status" in ui.status()


async def test_a_click_on_a_facet_includes_and_the_right_button_excludes() -> None:
    async with start() as ui:
        panel = ui.board.facet_panel

        def line_of(value: str) -> int:
            return next(y for y, text in enumerate(ui.lines(panel)) if f" {value} " in f"{text} ")

        await click(ui, panel, 5, line_of("P2"))
        assert "priority:P2" in ui.query()
        await click(ui, panel, 5, line_of("Open"), button=3)
        assert "-status:open" in ui.query()


async def test_the_wheel_leaves_the_cursor_where_it_is_and_no_key_decides_unseen() -> None:
    async with start(many(90), size=(100, 24)) as ui:
        cases = ui.board.case_list
        first = ui.cursor()
        for _ in range(12):
            cases.post_message(events.MouseScrollDown(cases, 5, 5, 0, 1, 0, False, False, False))
        await ui.settle()
        assert first not in ui.listed()
        await ui.press("r")
        assert first not in ui.listed(), "a refresh does not take the person away"
        await ui.press("1")
        assert f"{first} was out of sight" in ui.status()
        assert ui.net.sent("POST /api/v2/cases/*") == []
        assert ui.cursor() == first
        await ui.press("1")
        assert ui.row(first).startswith(("P1", "↑ P1"))
