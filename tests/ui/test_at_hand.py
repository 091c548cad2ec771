"""What the bottom line offers here and now, and what is said of keys that do nothing."""

from __future__ import annotations

import pytest

from tests.ui.driver import Ui, start
from triage_tui.actions import ACTIONS
from triage_tui.at_hand import Situation, hints, last_hints, why_not


def line(ui: Ui) -> str:
    return ui.lines(ui.board.hints)[0]


async def test_the_hints_are_those_of_the_pane_and_of_what_is_marked() -> None:
    async with start(size=(80, 24)) as ui:
        assert line(ui).split()[:6] == ["s", "status", "d", "done", "I", "take"]
        await ui.press("x")
        assert line(ui).split()[:4] == ["esc", "unmark", "s", "status"]
        await ui.press("escape", "enter")
        assert line(ui).split()[:4] == ["esc", "list", "}", "section"]
        await ui.press("z")
        assert line(ui).split()[:2] == ["z", "unzoom"]
        await ui.press("escape", "escape", "b")
        assert line(ui).split()[:4] == ["enter", "only", "x", "exclude"]
        assert "status" not in line(ui)
        assert line(ui).split()[-4:] == ["?", "help", "q", "quit"]


@pytest.mark.parametrize("width", [60, 120])
async def test_a_hint_is_shown_whole_or_not_at_all(width: int) -> None:
    async with start(size=(width, 20)) as ui:
        for keys in ((), ("x",), ("escape", "enter"), ("escape", "h")):
            await ui.press(*keys)
            now = ui.board.situation
            words = {word for _, word in (*hints(now), *last_hints())}
            shown = line(ui).split()
            assert "…" not in line(ui)
            assert set(shown[1::2]) <= words, keys
            assert shown[-2:] == ["q", "quit"]


async def test_a_click_on_a_hint_presses_its_key() -> None:
    async with start(size=(80, 24)) as ui:
        at = line(ui).index("mark")
        await ui.pilot.click(ui.board.hints, offset=(at, 0))
        await ui.settle()
        assert "1 marked" in ui.status()
        assert ui.cursor() == "OPS-2"


async def test_a_key_that_does_nothing_says_so_once_and_hides_no_trouble() -> None:
    async with start(size=(120, 24)) as ui:
        await ui.press("Q")
        assert "Q does nothing · ? lists the keys" in ui.status()
        await ui.press("escape", "ctrl+x")
        assert "^x does nothing" in ui.status() or "ctrl+x does nothing" in ui.status()
        ui.board.say("It went wrong.", look="bad")
        await ui.press("Q")
        assert "It went wrong." in ui.status()
        await ui.press("escape", "slash", "Q")
        assert "does nothing" not in ui.status(), "here it is a letter"


async def test_without_a_case_there_is_nothing_to_decide_about_and_no_hint_at_it() -> None:
    async with start(size=(120, 24)) as ui:
        await ui.search("title:nowhere")
        assert "status" not in line(ui)
        assert "query" in line(ui)
        await ui.press("1")
        assert "No case here." in ui.status()


def test_every_action_applies_somewhere_and_says_why_not_elsewhere() -> None:
    everywhere = [
        Situation(),
        Situation(pane="facets"),
        Situation(pane="detail"),
        *(Situation(screen=one.scope) for one in ACTIONS),
    ]
    for action in ACTIONS:
        whys = [why_not(action, now) for now in everywhere]
        assert "" in whys, action.id
        assert all(why.endswith(".") for why in whys if why)
        if action.writes and action.scope == "triage":
            assert why_not(action, Situation(no_writes="Only reading.")) == "Only reading."
