"""Panes are made larger and smaller by keys and by their borders, and stay so."""

from __future__ import annotations

from pathlib import Path

from textual import events

from tests.office import SMALL, office
from tests.ui.driver import WIDE, Ui, opened
from triage_tui.panes import Room, Sizes

MEDIUM = (120, 34)


async def mouse(ui: Ui, kind: type[events.MouseEvent], x: int, y: int) -> None:
    driver = ui.app._driver
    assert driver
    held = 1 if kind is not events.MouseMove or ui.board._drawn else 0
    event = kind(None, x, y, 0, 0, held, False, False, False, x, y)
    event.set_sender(ui.app)
    event.time = 0.0  # Two clicks at a place are soon enough after each other to be one of two.
    driver.send_message(event)
    await ui.settle()


async def draw(ui: Ui, begin: tuple[int, int], *ways: tuple[int, int]) -> None:
    """Press the mouse, move it, and let go."""
    await mouse(ui, events.MouseDown, *begin)
    for way in ways:
        await mouse(ui, events.MouseMove, *way)
    await mouse(ui, events.MouseUp, *(ways or (begin,))[-1])


def sizes(ui: Ui) -> tuple[int, int, int, int]:
    """Cells of the facets, lines and cells of the detail, lines of the list."""
    detail = ui.board.detail.outer_size
    return (
        ui.board.facet_panel.outer_size.width,
        detail.height,
        detail.width,
        ui.board.case_list.outer_size.height,
    )


async def test_panes_are_sized_by_keys_and_borders_and_remembered(tmp_path: Path) -> None:
    kept = tmp_path / "local.db"
    async with office(SMALL) as at, opened(at, size=MEDIUM, local=kept) as ui:
        usual = sizes(ui)
        assert usual[0] == 26
        lines = usual[1] + usual[3]

        await ui.press("less_than_sign", "less_than_sign")  # The list gives to the detail.
        assert sizes(ui)[1::2] == (usual[1] + 4, usual[3] - 4)
        await ui.press("tab", "less_than_sign")
        assert sizes(ui)[1] == usual[1] + 2
        await ui.press(*["less_than_sign"] * 12)
        assert sizes(ui)[1] == 4, "a detail stays of use"
        assert "A pane needs the room that it has." in ui.status()
        await ui.press(*["greater_than_sign"] * 14)
        assert sizes(ui)[1] == lines - 6, "and so does a list"
        await ui.press("escape", "escape")

        # The border of the facets, and the first line of the detail.
        panel = ui.board.facet_panel.region
        query = ui.query()
        await draw(ui, (panel.right - 1, panel.y + 4), (40, panel.y + 5), (34, panel.y + 5))
        assert sizes(ui)[0] == 35
        assert ui.query() == query, "a border is no value of a facet"
        top = ui.board.detail.region.y
        await draw(ui, (60, top), (60, top + 5))
        assert sizes(ui)[1] == lines - 11
        await draw(ui, (60, top + 5), (60, top + 5))
        assert ui.board.focused is ui.board.detail
        assert sizes(ui)[1] == lines - 11, "a pull and a click are not two clicks"
        await draw(ui, (60, top + 5))
        assert sizes(ui)[1] == usual[1], "two clicks give the usual size"
        await draw(ui, (60, ui.board.detail.region.y), (60, top + 5))
        await ui.press("z")
        assert ui.board.detail.outer_size.width == MEDIUM[0]
        await ui.press("greater_than_sign", "z", "escape")
        assert (sizes(ui)[:2]) == (35, lines - 11)
        chosen = sizes(ui)

    async with office(SMALL) as at, opened(at, size=MEDIUM, local=kept) as ui:
        assert sizes(ui) == chosen, "the next start is as it was left"
        await ui.pilot.resize_terminal(80, 20)
        await ui.settle()
        assert ui.board.case_list.outer_size.height >= 6
        await ui.pilot.resize_terminal(*WIDE)
        await ui.settle()
        beside = sizes(ui)
        assert beside[0] != 35, "each layout has its own"
        left = ui.board.detail.region.x
        await draw(ui, (left, 12), (left - 300, 12))
        assert ui.board.case_list.outer_size.width == 40
        await ui.pilot.resize_terminal(*MEDIUM)
        await ui.settle()
        assert sizes(ui) == chosen, "what is wanted comes back with the room"
        ui.board.action_usual_sizes()
        await ui.settle()
        assert sizes(ui) == usual


def test_a_double_wish_leaves_room_for_all() -> None:
    room = Room(160, 30, beside=True)
    assert Sizes(500, 500).within(room, facets_shown=30) == Sizes(80, 40)
    assert Sizes(1, 1).within(room, facets_shown=30) == Sizes(18, 40)
    assert Sizes(None, 100).within(room, facets_shown=30) == Sizes(None, 90)
    assert Sizes(None, 100).within(Room(100, 20, beside=False), facets_shown=30).detail == 14
    assert Sizes.from_plain({"facets": "wide", "detail": -3}) == Sizes()
    assert Sizes.from_plain([1]) == Sizes()
