"""Asking for other cases: the query line, its errors, and the way back."""

from __future__ import annotations

import pytest

from tests.ui.driver import start

ALL_SIX = ["OPS-1", "OPS-2", "OPS-3", "OPS-4", "OPS-5", "PAY-1"]


async def test_slash_edits_the_query_in_force() -> None:
    async with start(query="status:open") as ui:
        assert ui.query() == "status:open"
        await ui.press("slash", *"project:PAY", "enter")
        assert ui.query() == "status:open project:PAY"
        assert ui.listed() == ["PAY-1"]
        assert ui.app.focused is ui.board.case_list


async def test_a_query_that_cannot_be_read_is_pointed_at_and_changes_nothing() -> None:
    async with start(query="status:open") as ui:
        shown = ui.listed()
        await ui.search("priority:(P1 OR")
        bar = ui.lines(ui.board.bar)
        assert bar[0].rstrip().endswith("priority:(P1 OR")
        assert "▲" in bar[1]
        assert ui.listed() == shown
        assert ui.board.bar.input.has_focus, "to be mended at once"
        await ui.press(*" P2)")
        assert len(ui.lines(ui.board.bar)) == 1
        await ui.press("enter")
        assert ui.listed() == ["OPS-1", "PAY-1"]


async def test_the_caret_stands_under_the_character_in_question() -> None:
    async with start() as ui:
        await ui.search("priority:P1 ) status:open")
        line, pointer = ui.lines(ui.board.bar)
        assert line[pointer.index("▲")] == ")"


@pytest.mark.parametrize("query", ["[/x]", "(((", 'title:"', "priority:", "AND", "a:[", "\\"])
async def test_no_query_ends_the_app(query: str) -> None:
    async with start() as ui:
        await ui.search(query)
        assert not ui.left
        await ui.press("escape")
        assert ui.app.focused is ui.board.case_list


async def test_escape_puts_the_query_back() -> None:
    async with start(query="status:open") as ui:
        asked = len(ui.net.requests)
        await ui.press("slash", "ctrl+u", *"priority:(", "enter", "escape")
        assert ui.query() == "status:open"
        assert len(ui.lines(ui.board.bar)) == 1
        assert ui.app.focused is ui.board.case_list
        assert len(ui.net.requests) == asked


async def test_minus_goes_back_through_the_queries() -> None:
    async with start() as ui:
        await ui.search("priority:P1")
        await ui.search("priority:P2")
        await ui.press("minus")
        assert (ui.query(), ui.listed()) == ("priority:P1", ["PAY-1"])
        await ui.press("minus")
        assert ui.listed() == ALL_SIX
        await ui.press("minus")
        assert "There is no earlier query." in ui.status()


async def test_the_cursor_stays_on_its_case_if_the_answer_has_it() -> None:
    async with start() as ui:
        await ui.to("OPS-4")
        await ui.search("status:open")
        assert ui.cursor() == "OPS-4"
        await ui.search("priority:P1")
        assert ui.cursor() == "PAY-1"


async def test_a_query_the_server_refuses_says_so_and_keeps_the_rows_dimmed() -> None:
    async with start() as ui:
        ui.net.answer("GET /api/v2/cases[?]*", 400, says="no such field")
        await ui.search("priority:P1")
        assert "no such field" in ui.status()
        assert ui.listed() == ALL_SIX
        assert all(ui.is_dimmed(key) for key in ALL_SIX)


async def test_the_list_is_sorted_as_asked_and_turned_round_the_second_time() -> None:
    async with start() as ui:
        await ui.press("S", "p")
        assert ui.listed()[0] == "PAY-1"
        assert "most urgent first" in ui.status()
        order = ui.listed()
        await ui.press("S", "p")
        assert "least urgent first" in ui.status()
        assert ui.listed() != order
        await ui.press("S", "a")
        assert ui.listed() == ALL_SIX


@pytest.mark.parametrize("end", ["enter", "escape"])
async def test_a_key_right_after_the_query_goes_to_the_list(end: str) -> None:
    async with start() as ui:
        query = "project:(OPS OR PAY)"
        await ui.press("slash", *query, end, "j", "j")
        assert ui.cursor() == "OPS-3"
        assert ui.board.bar.input.value == (query if end == "enter" else "")


async def test_what_is_typed_in_the_query_is_no_command() -> None:
    async with start() as ui:
        await ui.press("slash", *"qdx1?", "escape")
        assert not ui.left
        assert ui.net.sent("POST *") == []
        assert ui.listed() == ALL_SIX
