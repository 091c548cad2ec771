"""Reading: the list, its pages, and what is said while there is nothing to read."""

from __future__ import annotations

from datetime import timedelta

import httpx

from tests.factories import NOW
from tests.faults import Faults
from tests.office import CYD, OPS, demo, in_ops, many, office, workspace
from tests.ui.driver import WIDE, opened, start
from triage_tui.calls import TRIES
from triage_tui.changes import SetPriority
from triage_tui.models import NewCase

CASES = "GET /api/v2/cases[?]*"
TIMELINES = "GET /api/v2/cases/*/timelines*"
ALL_SIX = ["OPS-1", "OPS-2", "OPS-3", "OPS-4", "OPS-5", "PAY-1"]


def pages_asked_for(net: Faults) -> list[str]:
    lines = [line.split("?")[1] for line in net.sent(CASES)]
    return [httpx.QueryParams(line)["page[number]"] for line in lines]


# The first screen


async def test_the_first_screen_shows_list_detail_facets_and_place() -> None:
    async with start() as ui:
        assert ui.listed() == ALL_SIX
        assert ui.row("OPS-2") == "P3 ◐ In Progress OPS-2 Disk 2 is full Ben Ode 2h"
        assert ui.cursor() == "OPS-1"
        assert "Disk 1 is full" in ui.detail()
        assert ui.place() == "1 of 6"
        assert "OPS Operations 5" in ui.facets()
        assert "test workspace" in ui.screen()[0]


async def test_a_preview_is_painted_before_any_answer() -> None:
    async with start(with_preview=True, faults=Faults.hold) as ui:
        assert ui.net.held > 0
        assert ui.listed() == ALL_SIX
        assert "Disk 1 is full" in ui.detail()
        assert "OPS 5" in ui.facets()
        assert ui.place() == "1 of 6"


async def test_what_changed_since_the_preview_comes_with_the_first_answer() -> None:
    async with office() as at:
        gates = []
        async with opened(
            at, with_preview=True, faults=lambda net: gates.append(net.hold("GET *current_user"))
        ) as ui:
            ui.at.meanwhile("OPS-1", SetPriority("P5"))
            gates[0].lift()
            await ui.press("r")
            assert ui.row("OPS-1").split()[0] == "ΔP5"
            assert ui.cursor() == "OPS-1"


async def test_without_a_preview_it_says_that_it_reads() -> None:
    gates = []
    async with start(faults=lambda net: gates.append(net.hold(CASES))) as ui:
        assert [row.strip() for row in ui.rows()] == ["Reading cases…"]
        assert "No case" not in ui.painted()
        gates[0].lift()
        await ui.settle()
        assert ui.listed() == ALL_SIX
        assert "Reading" not in ui.painted()


async def test_the_demo_data_fill_the_screen() -> None:
    async with start(demo(), query="status:open OR status:in_progress") as ui:
        assert len(ui.listed()) > 10
        assert "Closed" not in " ".join(ui.rows())
        await ui.press(*"jjj", "tab", "j", "G", "tab", "G")
        assert ui.place().startswith("4 of")


# Pages


async def test_the_next_page_is_read_before_the_cursor_gets_there() -> None:
    async with start(many(65), page_size=10) as ui:
        before = pages_asked_for(ui.net)
        assert before == ["1", "2"]
        assert ui.place() == "1 of 65 · 20 loaded"
        await ui.press(*"jjjjjjjjjjj")
        assert ui.cursor() == "OPS-12"
        assert pages_asked_for(ui.net) == ["1", "2", "3"]
        assert ui.place() == "12 of 65 · 30 loaded"


async def test_g_goes_to_the_last_case_of_all() -> None:
    async with start(many(65), page_size=10) as ui:
        await ui.press("G")
        assert ui.place() == "65 of 65"
        assert ui.cursor() == "OPS-65"
        assert ui.listed()[-1] == "OPS-65"
        await ui.press("g")
        assert ui.cursor() == ui.listed()[0] == "OPS-1"


async def test_a_person_who_turns_round_on_the_way_to_the_end_is_not_dragged_along() -> None:
    async with start(many(65), page_size=10) as ui:
        with ui.net.hold(CASES):
            await ui.press("G", "g")
        await ui.settle()
        assert ui.cursor() == "OPS-1"
        assert ui.place() == "1 of 65"


async def test_an_answer_does_not_take_a_step_back() -> None:
    async with start() as ui:
        ui.board.case_list.action_step(1)
        # The list has moved; its message is still on the way when an answer is painted.
        ui.app.sync()
        await ui.settle()
        assert ui.cursor() == "OPS-2"
        assert "Disk 2 is full" in ui.detail()


async def test_the_clock_does_not_take_a_step_back() -> None:
    async with start() as ui:
        ui.board.case_list.action_step(1)
        # The ages are painted anew while the message of the list is still on the way.
        ui.board.paint_marks()
        await ui.settle()
        assert ui.cursor() == "OPS-2"
        assert "Disk 2 is full" in ui.detail()


async def test_a_failed_next_page_keeps_the_rows_and_is_read_again() -> None:
    async with start(many(65), page_size=10, size=WIDE) as ui:
        rule = ui.net.answer("GET /api/v2/cases[?]*page?number?=3*", 500, says="out of order")
        await ui.press(*"jjjjjjjjjjj")
        assert "out of order" in ui.status()
        assert "r tries again" in ui.status()
        assert ui.cursor() == "OPS-12"
        rule.lift()
        await ui.press("r")
        assert "out of order" not in ui.status()
        assert ui.place().startswith("12 of 65 ·")


# Reading again


async def test_refresh_shows_what_is_new_and_the_cursor_stays_on_its_case() -> None:
    async with start() as ui:
        await ui.press("j", "j")
        ui.at.meanwhile("OPS-3", SetPriority("P1"))
        new = NewCase("Fan broken", OPS.id)
        created = ui.at.store.create_case(new, by=CYD, now=NOW + timedelta(minutes=1))
        await ui.press("r")
        assert ui.listed()[0] == created.key
        assert ui.cursor() == "OPS-3"
        assert ui.row("OPS-3").split()[0] == "ΔP1"
        assert ui.place() == "4 of 7"


async def test_a_late_answer_to_an_older_query_changes_nothing() -> None:
    async with start() as ui:
        with ui.net.hold("GET /api/v2/cases[?]*priority:P1*"):
            await ui.search("priority:P1")
            assert "reading…" in ui.status()
            await ui.search("priority:P2")
            assert ui.listed() == ["OPS-1"]
        await ui.settle()
        assert ui.listed() == ["OPS-1"]
        assert ui.query() == "priority:P2"


async def test_the_old_rows_stay_while_another_query_is_read() -> None:
    async with start() as ui:
        with ui.net.hold(CASES):
            await ui.search("priority:P1")
            assert ui.listed() == ALL_SIX
            assert "reading…" in ui.status()
            assert all(ui.is_dimmed(key) for key in ALL_SIX[1:])
        await ui.settle()
        assert ui.listed() == ["PAY-1"]


async def test_a_failed_read_says_why_and_r_tries_again() -> None:
    async with start(size=WIDE) as ui:
        rule = ui.net.refuse(CASES)
        await ui.press("r")
        assert "cannot connect" in ui.status()
        assert "r now" in ui.status()
        assert ui.listed() == ALL_SIX
        assert ui.is_dimmed("OPS-3")
        rule.lift()
        await ui.press("r")
        assert "cannot connect" not in ui.status()
        assert not ui.is_dimmed("OPS-3")


async def test_a_web_page_in_place_of_an_answer_is_no_crash() -> None:
    async with start() as ui:
        ui.net.answer("*", 200, html="<html><title>[/x] Sign in</title></html>")
        await ui.press("R")
        assert "a web page, “[/x] Sign in”" in ui.status()
        assert ui.listed() == ALL_SIX


# Nothing to show


async def test_no_rows_have_four_reasons_that_look_different() -> None:
    async with start(workspace()) as ui:
        assert ui.rows()[0].strip() == "No cases here yet."
        empty = ui.rows()
    async with start() as ui:
        await ui.search("priority:P5")
        assert [row.strip() for row in ui.rows()][:2] == [
            "No case matches this query.",
            "priority:P5",
        ]
        filtered = ui.rows()
        await ui.press("minus")
        assert ui.listed() == ALL_SIX
    async with start(faults=lambda net: net.answer(CASES, 500, says="on fire")) as ui:
        assert ui.rows()[0].strip() == "The cases could not be read."
        assert "on fire" in ui.rows()[1]
        assert not ui.left
        failed = ui.rows()
    async with start(faults=lambda net: net.hold(CASES)) as ui:
        loading = ui.rows()
    assert len({tuple(rows) for rows in (empty, filtered, failed, loading)}) == 4


async def test_keys_that_need_a_case_say_that_there_is_none() -> None:
    async with start(workspace()) as ui:
        for key in "sdaiIApem1yYo":
            await ui.press("escape", key)
            assert "No case here." in ui.status(), key
        for key in ("x", "V", "X", "enter", "J", "j", "G", "u"):
            await ui.press(key)
        assert not ui.left


# Leaving at the start


async def test_it_leaves_with_a_sentence_when_there_is_no_connection_at_all() -> None:
    async with start(faults=Faults.refuse) as ui:
        assert ui.left
        assert ui.app.return_code == 4


async def test_it_leaves_when_the_keys_are_not_taken() -> None:
    async with start(faults=lambda net: net.answer("*", 401, says="Unauthorized")) as ui:
        assert ui.left
        assert ui.app.return_code == 3


# Comments


async def test_the_comments_of_the_case_under_the_cursor_are_read() -> None:
    async with start(size=WIDE) as ui:
        assert "It is the log volume." in ui.detail()
        assert "Ben Ode" in ui.detail()
        await ui.press("j")
        assert "Comments (0)" in ui.detail()


async def test_comments_that_cannot_be_read_say_so_until_the_next_case() -> None:
    def broken(net: Faults) -> None:
        net.answer(TIMELINES, 500, says="lost the book", times=TRIES)

    async with start(size=WIDE, faults=broken) as ui:
        assert "The comments could not be read" in ui.detail()
        await ui.press("j")
        assert "could not be read" not in ui.detail()
        await ui.press("k")
        assert "It is the log volume." in ui.detail()


async def test_moving_fast_reads_only_the_comments_of_the_case_where_it_ends() -> None:
    async with start(many(20)) as ui:
        before = len(ui.net.sent(TIMELINES))
        for _ in range(9):
            ui.board.case_list.action_step(1)
        await ui.settle()
        assert ui.cursor() == "OPS-10"
        assert len(ui.net.sent(TIMELINES)) == before + 1


# Two people


async def test_two_apps_on_one_server_see_each_others_writes() -> None:
    async with office() as at, opened(at) as ana, opened(at) as ben:
        await ana.press("1")
        await ben.press("j", "2")
        assert ben.row("OPS-1").split()[0] == "P2"
        await ana.press("r")
        await ben.press("r")
        for ui in (ana, ben):
            assert ui.row("OPS-1").split()[0].endswith("P1")
            assert ui.row("OPS-2").split()[0].endswith("P2")


async def test_a_case_that_somebody_else_closed_leaves_the_list_with_the_cursor_kept_near() -> None:
    data = workspace(*map(in_ops, range(1, 6)))
    async with (
        office(data) as at,
        opened(at, query="status:open") as ana,
        opened(at, query="status:open") as ben,
    ):
        await ana.press("j", "j")
        await ben.press("j", "j", "d")
        await ana.press("r")
        assert ana.listed() == ["OPS-1", "OPS-2", "OPS-4", "OPS-5"]
        assert ana.cursor() == "OPS-4"
