"""The list is read again by itself: what changed is shown, and nothing moves by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual import events

from tests.office import CYD, OPS, many
from tests.ui.driver import Ui, start
from triage_tui.changes import SetPriority, SetStatus
from triage_tui.models import STANDARD_STATUSES, NewCase
from triage_tui.ui.looks import look

SEARCH = "GET /api/v2/cases[?]*"
EVERY = 60.0
OPEN = "status:(open OR in_progress)"
CLOSED = STANDARD_STATUSES[2]


def newcomer(ui: Ui, title: str = "Fan broken") -> str:
    """Somebody creates a case; its key."""
    at = ui.at.clock.tick() + timedelta(minutes=1)
    return ui.at.store.create_case(NewCase(title, OPS.id), by=CYD, now=at).key


async def passes(ui: Ui) -> int:
    """An interval passes; how often the list was asked for by it."""
    before = len(ui.net.sent(SEARCH))
    await ui.wait(EVERY * 1.11)
    return len(ui.net.sent(SEARCH)) - before


def is_lit(ui: Ui, key: str) -> bool:
    lit = look(ui.board.case_list, "flash").bgcolor
    row = next(s for s in ui._strips_of(ui.board.case_list)[1:] if key in s.text.split())
    return any(segment.style and segment.style.bgcolor == lit for segment in row)


async def test_what_others_did_is_shown_and_nothing_moves_until_r() -> None:
    async with start(query=OPEN, refresh=EVERY) as ui:
        await ui.to("OPS-3")
        rows = ui.listed()
        ui.at.meanwhile("OPS-1", SetStatus(CLOSED))
        ui.at.meanwhile("OPS-4", SetPriority("P1"))
        created = newcomer(ui)
        assert await passes(ui) == 1
        assert ui.listed() == rows
        assert ui.cursor() == "OPS-3"
        assert ui.row("OPS-4").startswith("ΔP1")
        assert is_lit(ui, "OPS-4")
        assert not is_lit(ui, "OPS-2")
        assert ui.is_dimmed("OPS-1"), "it is gone, and stays where it stood"
        assert "1 new, 1 left the list: r shows it" in ui.status()
        await ui.wait(1.0)
        assert not is_lit(ui, "OPS-4")

        with ui.net.hold(SEARCH):
            await ui.press("r")
            assert ui.listed() == [created, *(key for key in rows if key != "OPS-1")], "at once"
            assert ui.cursor() == "OPS-3"
            assert "r shows it" not in ui.status()
        await ui.settle()
        assert ui.listed() == [created, *(key for key in rows if key != "OPS-1")]
        assert await passes(ui) == 1, "and so on"


async def test_it_waits_for_whoever_is_away_or_busy() -> None:
    async with start(refresh=EVERY) as ui:
        ui.app.post_message(events.AppFocus())
        await ui.settle()
        assert await passes(ui) == 1, "the first focus means nothing"
        ui.app.post_message(events.AppBlur())
        await ui.settle()
        assert await passes(ui) == 0
        assert await passes(ui) == 0
        before = len(ui.net.sent(SEARCH))
        ui.app.post_message(events.AppFocus())
        await ui.settle()
        assert len(ui.net.sent(SEARCH)) == before + 1, "at once, because it is overdue"

        await ui.press("s")
        assert await passes(ui) == 0
        before = len(ui.net.sent(SEARCH))
        await ui.press("escape")
        assert len(ui.net.sent(SEARCH)) == before + 1

        await ui.press("ctrl+r")
        assert "refresh paused" in ui.status()
        assert await passes(ui) == 0
        await ui.press("ctrl+r")
        assert "refresh paused" not in ui.status()
        assert await passes(ui) == 1

        ui.net.answer(SEARCH, 500, says="out of order", times=None)
        await passes(ui)
        assert not ui.is_dimmed("OPS-1"), "the rows are right, only not the newest"
        ui.net.forget()
        assert await passes(ui) == 1


async def test_it_leaves_the_last_requests_to_the_person() -> None:
    async with start(refresh=EVERY) as ui:
        few = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": "300"}
        rule = ui.net.answer(SEARCH, 200, json={"data": [], "meta": {}}, headers=few, times=1)
        await passes(ui)
        assert rule is not None
        assert await passes(ui) == 0


async def test_a_lost_server_that_is_back_moves_nothing_either() -> None:
    async with start(refresh=EVERY) as ui:
        await ui.to("OPS-2")
        rows = ui.listed()
        ui.net.refuse()
        await passes(ui)
        assert "offline since" in ui.status()
        newcomer(ui)
        ui.net.forget()
        await ui.wait(30)
        assert "offline" not in ui.status()
        assert ui.listed() == rows
        assert ui.cursor() == "OPS-2"
        assert "1 new: r shows it" in ui.status()


async def test_of_a_long_list_only_the_pages_at_hand_are_read() -> None:
    async with start(many(70), page_size=10, refresh=EVERY) as ui:
        await ui.press("G")
        assert ui.place() == "70 of 70"
        ui.at.meanwhile("OPS-70", SetPriority("P1"))
        ui.at.meanwhile("OPS-1", SetPriority("P1"))
        created = newcomer(ui)
        assert 0 < await passes(ui) <= 4
        assert ui.row("OPS-70").startswith("ΔP1")
        assert "1 new: r shows it" in ui.status()
        assert "gone" not in ui.status()
        await ui.press("r", "g")
        assert ui.listed()[:2] == [created, "OPS-1"]
        assert ui.row("OPS-1").startswith("ΔP1")
        assert ui.place() == "1 of 71 · 70 loaded"


async def test_an_empty_list_has_nothing_that_could_move() -> None:
    async with start(query="title:nothing-like-it OR priority:P5", refresh=EVERY) as ui:
        assert "No case matches" in ui.painted()
        ui.at.meanwhile("OPS-2", SetPriority("P5"))
        await passes(ui)
        assert ui.listed() == ["OPS-2"]


async def test_nothing_is_read_by_itself_where_that_is_not_wanted() -> None:
    async with start() as ui:
        assert await passes(ui) == 0
        await ui.press("ctrl+r")
        assert "never read by itself" in ui.status()


def ticking(ui: Ui) -> list[str]:
    """What happens again and again within half a minute."""
    nodes = (ui.app, *ui.app._registry)
    timers = [timer for node in nodes for timer in node._timers if timer._repeat != 0]
    return [timer.name for timer in timers if timer._active.is_set() and timer._interval < 30]


async def test_nothing_ticks_and_nothing_is_painted_while_nobody_does_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with start(query=OPEN, refresh=EVERY) as ui:
        await ui.press("j", "1")
        await ui.wait(EVERY / 2)  # What is counted, kept and read ahead is done by now.
        ui.board.say("")
        await ui.settle()
        assert ticking(ui) == []
        frames: list[object] = []
        monkeypatch.setattr(ui.app, "post_display_hook", lambda: frames.append(1))
        for _ in range(4):
            assert await passes(ui) == 1
        assert frames == []
        ui.board.say("a sentence")
        await ui.settle()
        assert frames, "what is painted is seen here"
