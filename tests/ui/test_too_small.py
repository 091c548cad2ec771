"""A terminal without room, and that nothing is lost by it."""

from __future__ import annotations

import pytest

from tests.ui.driver import Ui, start


async def resize(ui: Ui, width: int, height: int) -> None:
    await ui.pilot.resize_terminal(width, height)
    await ui.settle()


async def test_a_sentence_takes_the_place_of_what_has_no_room_and_nothing_is_lost() -> None:
    async with start(size=(80, 24)) as ui:
        await ui.press("j", "m")
        await ui.type("Half a sent")
        await resize(ui, 48, 12)
        words = " ".join(ui.painted().split())
        assert words == ("60 columns and 20 lines are needed; here are 48 by 12. Nothing is lost.")
        await ui.press("d", "1", "ctrl+s", "escape", "enter")
        await resize(ui, 30, 4)
        assert "here are 30 by 4." in " ".join(ui.painted().split())
        await resize(ui, 60, 20)
        assert "Half a sent" in ui.painted()
        assert ui.net.sent("P* /api/v2/cases*") == []
        await ui.press("escape")
        await ui.press("slash", "ctrl+u", *"disk fu")
        await resize(ui, 59, 20)
        assert "here are 59 by 20." in " ".join(ui.painted().split())
        await resize(ui, 80, 19)
        await resize(ui, 80, 24)
        await ui.press("l", "l", "enter")
        assert ui.query() == "disk full"
        assert ui.cursor() == "OPS-2"
        assert len(ui.app.screen_stack) == 1


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_whoever_starts_without_room_is_told_and_may_leave(key: str) -> None:
    async with start(size=(20, 6)) as ui:
        assert "are needed; here are 20 by 6." in " ".join(ui.painted().split())
        await ui.press("d")
        assert ui.at.truth("OPS-1").status_name == "Open"
        await ui.press(key)
        assert ui.left
