"""Panes and sizes: what has the focus, what is shown, and that no size ends the app."""

from __future__ import annotations

import pytest
from textual import events
from textual._compositor import CompositorUpdate

from tests.office import demo, many
from tests.ui.driver import WIDE, Ui, start
from triage_tui.ui.workarounds import SafeApp


def focus(ui: Ui) -> str:
    return (ui.app.focused and ui.app.focused.id) or ""


def shown(ui: Ui) -> list[str]:
    """The panes that can be seen."""
    board = ui.board
    panes = (board.facet_panel, board.case_list, board.detail)
    return [pane.id or "" for pane in panes if any(line.strip() for line in ui.lines(pane))]


async def test_tab_and_l_go_round_the_panes_and_h_goes_back() -> None:
    async with start() as ui:
        went = []
        for key in ("tab", "l", "right", "h", "left", "shift+tab"):
            await ui.press(key)
            went.append(focus(ui))
        assert went == ["detail", "facets", "cases", "facets", "detail", "cases"]


async def test_enter_goes_to_the_detail_and_escape_back() -> None:
    async with start() as ui:
        await ui.press("enter")
        assert focus(ui) == "detail"
        await ui.press("escape")
        assert focus(ui) == "cases"


async def test_the_detail_scrolls_from_the_list_and_from_itself() -> None:
    async with start(size=(80, 24)) as ui:
        before = ui.detail()
        await ui.press("J", "J")
        scrolled = ui.detail()
        assert scrolled != before
        assert focus(ui) == "cases"
        await ui.press("K", "K")
        assert ui.detail() == before
        await ui.press("enter", "j", "j")
        assert ui.detail().splitlines()[1:] == scrolled.splitlines()[1:]
        await ui.press("G")
        assert "team storage" not in ui.detail()
        assert "Disk 1 is full" in ui.detail(), "what a key acts on stays in sight"
        await ui.press("g")
        assert "team storage" in ui.detail()


async def test_another_case_begins_at_its_top() -> None:
    async with start(size=(80, 24)) as ui:
        await ui.press("J", "J", "j")
        assert "Disk 2 is full" in ui.detail()
        assert "team storage" in ui.detail()


async def test_z_gives_a_pane_the_whole_screen_and_escape_takes_it_away() -> None:
    async with start() as ui:
        assert shown(ui) == ["facets", "cases", "detail"]
        await ui.press("z")
        assert shown(ui) == ["cases"]
        await ui.press("z")
        assert shown(ui) == ["facets", "cases", "detail"]
        await ui.press("enter", "z")
        assert shown(ui) == ["detail"]
        await ui.press("escape")
        assert shown(ui) == ["facets", "cases", "detail"]
        assert focus(ui) == "detail"


async def test_tab_changes_what_is_zoomed() -> None:
    async with start() as ui:
        await ui.press("z", "tab")
        assert len(shown(ui)) == 1
        assert shown(ui) == [focus(ui)]
        await ui.press("escape", "escape")
        assert shown(ui) == ["facets", "cases", "detail"]
        assert focus(ui) == "cases"


async def test_b_hides_the_facets_and_shows_them_again() -> None:
    async with start() as ui:
        await ui.press("b")
        assert shown(ui) == ["cases", "detail"]
        await ui.press("tab", "tab")
        assert focus(ui) == "cases"
        await ui.press("b")
        assert shown(ui) == ["facets", "cases", "detail"]


async def test_hiding_the_focused_facets_leaves_the_keys_with_the_list() -> None:
    async with start() as ui:
        await ui.press("h")
        assert focus(ui) == "facets"
        await ui.press("b")
        assert focus(ui) == "cases"
        await ui.press("j")
        assert ui.cursor() == "OPS-2"


async def test_escape_steps_back_one_thing_at_a_time_and_never_out() -> None:
    async with start() as ui:
        await ui.press("x", "V", "enter", "z")
        assert shown(ui) == ["detail"]
        await ui.press("escape")
        assert "V again" in ui.status()
        await ui.press("escape")
        assert "V again" not in ui.status()
        assert focus(ui) == "detail"
        await ui.press("escape")
        assert focus(ui) == "cases"
        assert "1 marked" in ui.status()
        for _ in range(4):
            await ui.press("escape")
        assert "marked" not in ui.status()
        assert not ui.left


async def test_the_width_decides_where_the_panes_are() -> None:
    async with start(size=(80, 24)) as ui:
        assert shown(ui) == ["cases", "detail"]
        await ui.press("b")
        assert shown(ui) == ["facets", "cases", "detail"]
        assert focus(ui) == "facets"
    async with start(size=(120, 30)) as ui:
        board = ui.board
        assert board.facet_panel.region.right <= board.case_list.region.x
        assert board.case_list.region.bottom <= board.detail.region.y
    async with start(size=WIDE) as ui:
        board = ui.board
        assert board.case_list.region.right <= board.detail.region.x
        assert board.case_list.region.y == board.detail.region.y


async def test_resizing_keeps_cursor_and_marks() -> None:
    async with start(many(60)) as ui:
        await ui.press("x", *"j" * 30)
        cursor = ui.cursor()
        for width, height in ((80, 24), (200, 50), (60, 20), (120, 30)):
            await ui.pilot.resize_terminal(width, height)
            await ui.settle()
            assert ui.cursor() == cursor
            assert "1 marked" in ui.status()
            assert all(len(line) <= width for line in ui.screen())


EVERY_KEY = (
    ("j", "k", "G", "g", "ctrl+d", "ctrl+u", "pagedown", "pageup", "J", "K"),
    ("tab", "tab", "tab", "h", "l", "z", "z", "b", "b", "enter", "escape", "S", "escape"),
    ("x", "V", "j", "V", "X", "X", "s", "escape", "p", "escape", "a", "escape", "m", "escape"),
    ("c", "escape", "question_mark", "escape", "colon", "escape", "slash", "escape"),
    ("d", "escape", "u", "1", "u", "e", "u", "i", "A", "I", "y", "Y", "o", "r", "R", "minus"),
)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (20, 6)], ids=str)
async def test_every_key_works_in_every_size(size: tuple[int, int]) -> None:
    async with start(demo(), size=size) as ui:
        for keys in EVERY_KEY:
            await ui.press(*keys)
            assert not ui.left, keys
            assert len(ui.screen()) == size[1]
        await ui.press("escape", "escape", "escape")
        await ui.press("q")
        assert ui.left
        assert ui.app.return_code == 0


async def test_what_another_program_wrote_over_is_painted_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []

    def display(app: SafeApp, screen: object, update: CompositorUpdate | None) -> None:
        if update:
            sent.append(app.picture.of(update).render_segments(app.console))

    async with start() as ui:
        monkeypatch.setattr(SafeApp, "_display", display)
        await ui.press("ctrl+l")
        assert "OPS-1" in "".join(sent)
        assert "Disk 1 is full" in "".join(sent)
        sent.clear()
        await ui.press("j")
        assert "triage-tui" not in "".join(sent), "what differs only"
        await ui.press("ctrl+l")
        assert "triage-tui" in "".join(sent)
        sent.clear()
        # A terminal that was smaller for a moment lost what was beyond its edges.
        app = ui.app
        app.post_message(events.Resize(app.size - (20, 5), app.size - (20, 5)))
        app.post_message(events.Resize(app.size, app.size))
        await ui.settle()
        assert "triage-tui" in "".join(sent)


async def test_the_list_can_be_used_with_the_mouse() -> None:
    async with start() as ui:
        await ui.pilot.click(ui.board.case_list, offset=(10, 3))
        await ui.settle()
        assert ui.cursor() == "OPS-3"
        await ui.pilot.click(ui.board.case_list, offset=(10, 4), times=2)
        await ui.settle()
        assert "Rotate the keys" in ui.detail()
        assert focus(ui) == "detail"
