"""Typing a query: what is offered, what it says in words, and what was asked before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import ANA
from tests.office import SMALL, in_ops, office, workspace
from tests.ui.driver import Ui, opened, start
from triage_tui.ui.looks import look
from triage_tui.ui.screens import ask

USERS = "GET /api/v2/users*"


def hints(ui: Ui) -> list[str]:
    """What stands below the query, the line in words first; [] if nothing does."""
    if not ui.board.bar.has_class("-hints"):
        return []
    return [" ".join(line.split()) for line in ui.lines(ui.board.bar.hints)]


async def test_a_query_is_made_of_what_is_offered() -> None:
    async with start(size=(80, 24)) as ui:
        before = ui.lines(ui.board.case_list)
        await ui.press("slash")
        assert hints(ui)[0] == "Selects all cases that are not archived"
        assert hints(ui)[1].startswith("status status, or all statuses")
        await ui.press(*"pri", "tab")
        assert ui.board.bar.input.value == "priority:"
        assert {"NOT_DEFINED 3 tab", "P1 1"} <= set(hints(ui)), "with counts"
        await ui.press("down", "down", "enter")
        assert ui.board.bar.input.value.startswith("priority:P"), "enter takes what was moved to"
        await ui.press("ctrl+u", *"assignee:ode", "tab")
        assert ui.board.bar.input.value == "assignee:ben@example.com "
        assert hints(ui)[0] == "Selects assigned to Ben Ode"
        await ui.press("enter")
        assert ui.listed() == ["OPS-2"]
        assert hints(ui) == []
        assert len(before) == len(ui.lines(ui.board.case_list)), "nothing was pushed down by it"


async def test_escape_closes_the_list_first_and_a_burst_takes_what_was_typed() -> None:
    async with start() as ui:
        await ui.press("slash", *"pri", "tab", *"P1", "enter")
        assert ui.listed() == ["PAY-1"]
        await ui.press("slash", *"te", "escape")
        assert ui.board.bar.input.has_focus
        assert len(hints(ui)) == 1
        await ui.press("tab", "a", "escape", "escape")
        assert ui.app.focused is ui.board.case_list
        assert ui.query() == "priority:P1"


async def test_earlier_queries_come_back_in_the_next_run(tmp_path: Path) -> None:
    file = tmp_path / "local.db"
    async with office(SMALL) as at:
        async with opened(at, local=file) as ui:
            await ui.search("priority:P1")
            await ui.search("status:closed")
            await ui.press("slash", "ctrl+u", "up", "up")
            assert ui.board.bar.input.value == "priority:P1"
        async with opened(at, local=file) as ui:
            await ui.press("slash", *"tea", "up")
            assert ui.board.bar.input.value == "status:closed"
            await ui.press("up", "down", "down")
            assert ui.board.bar.input.value == "tea", "what was typed is not lost"
            await ui.press("up", "up", "enter")
            assert ui.listed() == ["PAY-1"]


async def test_the_server_is_asked_for_people_that_nobody_here_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ask, "ASK_AFTER", 0.0)
    async with start(size=(100, 24)) as ui:
        ui.app.session.users.clear()
        asked = len(ui.net.sent(USERS))
        await ui.press("slash", *"assignee:roe")
        assert hints(ui)[1].startswith("Cyd Roe cyd@example.com")
        assert len(ui.net.sent(USERS)) > asked
        ui.net.answer(USERS, 500)
        await ui.press("ctrl+u", *"assignee:nobody")
        assert ui.board.bar.input.has_focus
        assert not ui.left


async def test_the_pieces_have_their_colours_and_what_cannot_be_read_is_underlined() -> None:
    async with start() as ui:
        await ui.press("slash", *"priority:P9 team:x")
        [strip] = ui._strips_of(ui.board.bar.input)
        styles = {segment.text: segment.style for segment in strip if segment.style}
        key = look(ui.board.bar, "key")
        assert styles["team:"].color == key.color
        assert styles["x"].color != key.color
        assert styles["P9"].underline
        assert not styles["x"].underline
        await ui.press("ctrl+u", *"priority:P")
        [strip] = ui._strips_of(ui.board.bar.input)
        assert not any(segment.style and segment.style.underline for segment in strip)


async def test_names_from_outside_are_harmless_in_what_is_offered() -> None:
    evil = "\x1b]0;owned\x07[bold]"
    async with start(workspace(in_ops(1, attributes={"team": (evil,)}, assignee=ANA))) as ui:
        await ui.press("slash", *"team:")
        assert "\x1b" not in ui.painted()
        assert "[bold]" in ui.painted()
        await ui.press("tab", "enter")
        assert not ui.left
