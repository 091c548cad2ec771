"""The tour of a first start: it points at the screen, and stands in nobody's way."""

from __future__ import annotations

import pytest
from textual.geometry import Region, Size

from tests.ui.driver import start
from triage_tui.records import tour_over
from triage_tui.ui.screens.triage import TriageScreen
from triage_tui.ui.tour import placed


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 48)])
async def test_the_tour_is_seen_once_and_all_other_keys_work(size: tuple[int, int]) -> None:
    over: list[bool] = []
    async with start(size=size, tour=lambda: over.append(True)) as ui:
        assert "1 of 6 · The list" in ui.painted()
        await ui.press("j", "2")
        assert ui.at.truth("OPS-2").priority == "P2", "the keys are those of the app"
        assert "1 of 6" in ui.painted()
        await ui.press("enter", "right")
        assert "3 of 6 · The facets" in ui.painted()
        await ui.press("left")
        assert "2 of 6 · The case" in ui.painted()
        assert "J and K" in " ".join(ui.painted().split())
        await ui.press("slash", *"disk full", "enter")
        assert ui.query() == "disk full", "whoever types has enter and the space"
        await ui.press("space", "space", "space")
        assert "5 of 6 · Deciding" in ui.painted()
        assert not over
        await ui.press("enter", "enter")
        assert over == [True]
        assert "of 6" not in ui.painted()
        await ui.press("space")
        assert "1 marked" in ui.status()
        await ui.press("escape", "escape", ":")
        await ui.type("tour again")
        await ui.press("enter")
        assert "1 of 6" in ui.painted()
        await ui.press("?")
        assert "of 6" not in "".join(ui.screen()[1:2])
        await ui.press("escape")
        await ui.press("escape")
        assert "of 6" not in ui.painted()
    kept = TriageScreen(80)._bindings.key_to_bindings
    assert not [key for key in ("right", "escape") for one in kept[key] if "tour" in one.action]


async def test_whoever_leaves_in_the_middle_has_seen_it() -> None:
    over: list[bool] = []
    async with start(tour=lambda: over.append(True)) as ui:
        await ui.press("q")
    assert over == [True]


def test_it_is_remembered_for_the_person() -> None:
    remember = tour_over()
    assert remember
    remember()
    assert tour_over() is None


def test_a_card_stands_beside_what_it_points_at() -> None:
    screen, card = Size(80, 24), Size(58, 6)
    assert placed(screen, Region(0, 2, 80, 1), card) == ((2, 3), "▲")
    assert placed(screen, Region(0, 23, 80, 1), card) == ((2, 17), "▼")
    assert placed(screen, Region(0, 3, 20, 20), card) == ((20, 4), "◀")
    assert placed(screen, Region(60, 3, 20, 21), card) == ((2, 4), "▶")
    assert placed(screen, Region(0, 2, 80, 20), card) == ((2, 16), "▲")
    assert placed(screen, Region(), card) == ((11, 9), "")
