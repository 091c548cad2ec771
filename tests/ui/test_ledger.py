"""Steps on many cases: how far they are, what became of each case, and what is done about it."""

from __future__ import annotations

from datetime import timedelta

from tests.office import many
from tests.ui.driver import Ui, start
from tests.ui.test_activity import TERMINAL, entries
from triage_tui.changes import SetPriority

WRITES = "POST /api/v2/cases/*"


def refusing(ui: Ui, *keys: str) -> list[object]:
    return [
        ui.net.answer(f"POST */{ui.at.truth(key).id}/*", 403, says=f"{key} is not yours")
        for key in keys
    ]


def marked(ui: Ui) -> list[str]:
    return [key for key in ui.listed() if ui.row(key).startswith("✓")]


async def test_it_is_told_how_far_it_is_and_how_long_it_takes() -> None:
    async with start(many(12), size=TERMINAL) as ui:
        all, last = ui.net.hold(WRITES), ui.net.hold(f"POST */{ui.at.truth('OPS-12').id}/*")
        await ui.press("X", "1", "y")
        assert "0 of 12 · esc cancels the rest" in ui.status()
        ui.at.clock.time += timedelta(seconds=4)
        all.lift()
        await ui.settle()
        assert "11 of 12 · 3/s · about 1 s left · esc cancels the rest" in ui.status()
        last.lift()
        await ui.settle()
        assert "Done: set P1 on 12 cases" in ui.status()


async def test_the_rest_is_cancelled_with_escape_and_stays_marked() -> None:
    async with start(many(30), size=TERMINAL) as ui:
        gate = ui.net.hold(WRITES)
        await ui.press("X", "1", "y")
        sent = len(ui.net.sent(WRITES))
        await ui.press("escape")
        gate.lift()
        await ui.settle()
        assert 0 < sent < 30
        assert len(ui.net.sent(WRITES)) == sent
        assert f"{sent} done, {30 - sent} taken back" in ui.status()
        assert len(ui.app.session.marked) == 30 - sent
        await ui.press("1", "y")
        assert all(ui.at.truth(key).priority == "P1" for key in ui.listed())


async def test_what_was_refused_stays_marked_and_is_done_again_with_one_key() -> None:
    async with start(many(6), size=TERMINAL) as ui:
        await ui.press("1", "j", "1")
        refusing(ui, "OPS-3", "OPS-5")
        ui.at.meanwhile("OPS-4", SetPriority("P5"))
        await ui.press("g", "X", "1")
        told = "2 refused, 1 changed by others, 2 so already"
        assert f"Set P1 on 4 cases: 1 done, {told} · " in ui.board.hints.text
        assert "tells why (OPS-3, OPS-4, OPS-5)" in ui.board.hints.text
        assert len(ui.toasts()) == 1
        assert marked(ui) == ["OPS-3", "OPS-4", "OPS-5"]
        await ui.press("@", "s")
        assert f"1 done, {told}" in ui.painted()
        lines = {line.partition("OPS-")[2][0]: line for line in entries(ui)}
        assert "✗ refused" in lines["3"]
        assert "≠ conflict" in lines["4"]
        assert "✓ done" in lines["6"]
        await ui.press("escape", "escape")
        ui.net.forget()
        before = len(ui.net.sent(WRITES))
        await ui.press("full_stop")
        assert len(ui.net.sent(WRITES)) == before + 2
        assert ui.at.truth("OPS-3").priority == ui.at.truth("OPS-5").priority == "P1"
        assert ui.at.truth("OPS-4").priority == "P5", "others decided about it"
        await ui.press("full_stop")
        assert "Nothing was refused" in ui.status()


async def test_the_activity_screen_opens_on_the_step_that_is_under_way() -> None:
    async with start(many(6), size=TERMINAL) as ui:
        await ui.press("1")
        with ui.net.hold(WRITES):
            await ui.press("j", "V", "j", "j", "V", "2", "@")
            assert len(entries(ui)) == 3
            await ui.press("escape")
            assert len(entries(ui)) == 4
        await ui.press("escape")
        with ui.net.hold(WRITES):
            await ui.press("u")
            assert "of 3 · esc cancels the rest" in ui.status()
        await ui.settle()
        assert [ui.at.truth(f"OPS-{n}").priority for n in (2, 3, 4)] == ["NOT_DEFINED"] * 3


async def test_all_that_match_are_marked_and_changed_after_a_yes() -> None:
    async with start(many(24), page_size=8, size=TERMINAL) as ui:
        await ui.press("X")
        assert "loaded cases; X again: all 24." in ui.status()
        with ui.net.hold("GET /api/v2/cases[?]*"):
            await ui.press("X")
            assert "reading all to mark them" in ui.status()
            await ui.press("escape")
            assert "reading all" not in ui.status()
        await ui.settle()
        assert len(ui.app.session.marked) < 24
        await ui.press("X")
        assert "24 marked" in ui.status()
        await ui.press("3")
        assert "Set P3 on 24 cases?" in ui.painted()
        await ui.press("enter")
        assert ui.net.sent(WRITES) == [], "no is what enter says"
        await ui.press("3", "y")
        assert len(ui.net.sent(WRITES)) == 24
        await ui.press("X")
        assert " 24 marked" not in ui.status()
        assert not ui.app.session.marked
