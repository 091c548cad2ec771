"""The detail: its sections, what they read, and what is read ahead of the cursor."""

from __future__ import annotations

import gc
from contextlib import AbstractAsyncContextManager

import pytest

from tests.factories import ANA, BEN, NOW
from tests.faults import Faults
from tests.office import CLOSED, FIRST_WORDS, Office, in_ops, many, office, workspace
from tests.ui.driver import WIDE, Ui, opened, start
from triage_tui.changes import SetPriority
from triage_tui.dossiers import NO_HISTORY, Section
from triage_tui.models import CustomValue, Insight, Ticket
from triage_tui.server.tables import links, watchers
from triage_tui.server.tables.links import End, Link
from triage_tui.ui.detail_reads import EVERY, REST

HISTORY = "GET /local/history*"
LINKS = "GET /api/v2/cases/link*"
TIMELINES = "GET /api/v2/cases/*/timelines*"

FULL = in_ops(
    1,
    attributes={"team": ("storage",)},
    custom_attributes={
        "runbook": CustomValue("URL", False, ("https://example.com/r",)),
        "hosts": CustomValue("NUMBER", False, (3.0,)),
        "regions": CustomValue("SELECT", True, ("eu", "us")),
    },
    insights=(
        Insight("MONITOR", "/monitors/17", "17"),
        Insight("SECURITY_SIGNAL", "https://example.com/s", "9"),
        Insight("MONITOR", "/monitors/18", "18"),
    ),
    jira=Ticket("COMPLETED", "PLAT-118", "https://example.com/browse/PLAT-118"),
    comment_count=1,
)


def full_office() -> AbstractAsyncContextManager[Office]:
    cases = (FULL, in_ops(2), in_ops(3, title="Broker lags"))
    return office(workspace(*cases, cells={FULL.id: (FIRST_WORDS,)}))


def link(at: Office, parent: str, child: str, relationship: str) -> None:
    ends = End("CASE", at.truth(parent).id), End("CASE", at.truth(child).id)
    number = len(at.store.history_between(None, None, size=1000))
    made = Link(f"70000000-0000-4000-8000-{number:012}", *ends, relationship)
    with at.store.writing() as db:
        links.add(db, made, by=BEN, at=NOW)


def timelines_read(ui: Ui) -> list[int]:
    """The numbers of the cases whose comments were read, in order."""
    return [int(line.split("/")[4][-12:]) for line in ui.net.sent(TIMELINES)]


async def test_each_section_shows_its_part_and_reads_it_when_it_is_opened() -> None:
    async with full_office() as at:
        at.meanwhile("OPS-1", SetPriority("P1"))
        link(at, "OPS-1", "OPS-3", "BLOCKS")
        with at.store.writing() as db:
            watchers.add(db, FULL.id, BEN, by=ANA, at=NOW)
        async with opened(at, size=(200, 35), web="https://app.example.com") as ui:
            assert "It is the log volume." in ui.detail()
            assert ui.net.sent(HISTORY) == ui.net.sent(LINKS) == []

            await ui.press("}")
            assert "Overview ▸Timeline 4  Insights 3  Fields 4  Raw" in ui.detail()
            assert "Cyd Roe priority not set → P1" in ui.detail()
            assert "It is the log volume." in ui.detail()
            assert ui.detail().index("Cyd Roe") < ui.detail().index("Ben Ode"), "by time"
            assert "comment" not in ui.detail()

            await ui.press("shift+right")
            assert "Monitor (2)" in ui.detail()
            assert "https://app.example.com/monitors/17" in ui.detail()
            assert "Security signal (1)" in ui.detail()
            assert "• https://example.com/s" in ui.detail()

            await ui.press("}", "enter", "z")
            shown = " ".join(ui.detail().split())
            assert "blocks ○ OPS-3 Broker lags" in shown
            assert "runbook https://example.com/r url" in shown
            assert "hosts 3 number" in shown
            assert "regions eu, us select, several" in shown
            assert "Jira ticket Key PLAT-118" in shown
            assert "Watchers (1) Ben Ode" in shown

            await ui.press("}")
            await ui.press("G")
            assert '"type": "case"' in ui.detail()
            assert "▸Raw" in ui.detail()
            await ui.press("}")
            assert "▸Overview" in ui.detail()
            asked = len(ui.net.requests)
            await ui.press("{", "{", "{")
            assert len(ui.net.requests) == asked, "what was read is not read again"


async def test_a_read_that_is_given_up_before_it_began_leaves_no_trace() -> None:
    async with full_office() as at, opened(at, size=WIDE) as ui:
        ui.app.details.follow(FULL, Section.RAW)
        ui.app.details.moved()
        await ui.settle()
        gc.collect()  # It complains, and the test fails, if something was never awaited.
        assert not ui.net.sent(f"GET /api/v2/cases/{FULL.id}")


async def test_the_section_stays_while_the_cursor_moves_and_is_read_again_after_a_change() -> None:
    async with start(size=WIDE) as ui:
        await ui.press("}", "j")
        assert "▸Timeline" in ui.detail()
        assert "OPS-2" in ui.detail()
        assert len(ui.net.sent(HISTORY)) == 2
        await ui.press("1")
        assert "priority P3 → P1" in ui.detail()
        await ui.pilot.click(ui.board.detail, offset=(2, 2))
        await ui.settle()
        assert "▸Overview" in ui.detail()


async def test_a_server_without_a_history_is_asked_once_and_it_is_said() -> None:
    async with start(size=WIDE, faults=lambda net: net.answer(HISTORY, 404, json={})) as ui:
        await ui.press("}")
        assert NO_HISTORY[:40] in ui.detail()
        assert "It is the log volume." in ui.detail()
        await ui.press("j", "k", "j")
        assert len(ui.net.sent(HISTORY)) == 1


async def test_what_cannot_be_read_is_said_and_read_when_it_is_looked_at_again() -> None:
    async with start(size=WIDE) as ui:
        rule = ui.net.answer(LINKS, 403, says="no")
        await ui.press("}", "}", "}", "enter", "z")
        assert "Could not read the links of the case" in ui.detail()
        rule.lift()
        await ui.press("}", "{")
        assert "Could not read" not in ui.detail()
        assert "Links (0)" in ui.detail()


async def test_links_lead_to_their_cases_also_to_those_outside_of_the_list() -> None:
    async with office() as at:
        link(at, "OPS-1", "OPS-4", "DUPLICATES")
        async with opened(at, size=WIDE, query="status:open team:*") as ui:
            assert "OPS-4" not in ui.listed()
            await ui.press("}", "}", "}", "enter")
            assert "duplicates  ○ OPS-4  Rotate the keys" in ui.detail()
            await ui.press("enter")
            assert ui.query() == "key:OPS-4"
            assert ui.cursor() == "OPS-4"
            assert "duplicated by  ○ OPS-1" in ui.detail()
        link(at, "OPS-2", "OPS-1", "CAUSES")
        async with opened(at, size=WIDE) as ui:
            await ui.press("}", "}", "}", "enter")
            await ui.press("enter")
            assert "OPS-1 is linked to 2 cases" in ui.painted()
            await ui.press(*"lag", "escape")
            await ui.press("enter", *"caused", "enter")
            assert ui.cursor() == "OPS-2"


async def test_what_a_key_acts_on_stays_in_sight() -> None:
    lines = "\n".join(f"line {n}" for n in range(80))
    case = in_ops(1, description=lines, assignee=BEN, priority="P2")
    async with start(workspace(case), size=(80, 24)) as ui:
        await ui.press("enter")
        assert "%" not in ui.detail(), "at the top the title has the room"
        await ui.press("G")
        title, summary, tabs = ui.detail().splitlines()[:3]
        assert "OPS-1  Disk 1 is full" in title
        assert "100%" in title
        assert "○ Open · P2 · Ben Ode" in summary
        assert tabs.split()[0] == "▸Overview"


# Ahead of the cursor


async def test_the_next_cases_are_read_ahead_one_a_second_when_the_cursor_rests() -> None:
    async with start(many(30), page_size=30) as ui:
        await ui.press("j", "j", "j")
        assert timelines_read(ui) == [1, 4]
        await ui.wait(REST - 0.1)
        assert timelines_read(ui) == [1, 4]
        await ui.wait(0.1)
        assert timelines_read(ui) == [1, 4, 5]
        for _ in range(9):
            await ui.wait(EVERY)
        assert timelines_read(ui) == [1, 4, 5, 6, 7, 3]
        await ui.press("j")
        assert timelines_read(ui) == [1, 4, 5, 6, 7, 3], "it was there already"
        await ui.wait(REST)
        assert timelines_read(ui)[-1] == 8
        await ui.press("j")
        await ui.wait(REST)
        assert timelines_read(ui)[-1] == 8, "not twice within a second"
        await ui.wait(EVERY - REST)
        assert timelines_read(ui)[-1] == 9


async def test_nothing_is_read_ahead_when_others_need_the_server() -> None:
    limits = {"X-RateLimit-Limit": "100", "X-RateLimit-Period": "60", "X-RateLimit-Reset": "60"}
    body: dict[str, list[str]] = {"data": [], "included": []}

    def nearly_used_up(net: Faults) -> None:
        net.answer(TIMELINES, 200, json=body, headers={**limits, "X-RateLimit-Remaining": "9"})

    async with start(many(9), faults=nearly_used_up) as ui:
        await ui.wait(REST)
        await ui.wait(EVERY)
        assert timelines_read(ui) == [1]
    async with start(many(9)) as ui:
        ui.net.refuse("*")
        await ui.press("r")
        await ui.wait(REST)
        assert timelines_read(ui) == [1]


async def test_what_was_read_ahead_is_shown_without_the_network() -> None:
    async with start(size=WIDE) as ui:
        await ui.press("j")
        await ui.press("k")
        await ui.to("OPS-3")
        await ui.wait(REST)
        with ui.net.hold("*"):
            await ui.press("j")
            assert "Reading" not in ui.detail()
            assert "Rotate the keys" in ui.detail()


# What it is like


async def test_a_case_is_marked_as_a_duplicate_of_a_similar_one_and_that_is_undone() -> None:
    cases = (
        in_ops(1, title="Disk full on log-1"),
        in_ops(2, title="Printer on fire"),
        in_ops(3, title="Disk almost full", closed_at=NOW, **CLOSED),
        in_ops(4, title="Full disk: log-1 again"),
    )
    async with start(workspace(*cases), query="status:open", size=(80, 24)) as ui:
        await ui.press("D")
        lines = [line for line in ui.screen() if " % " in line]
        assert ["OPS-4" in lines[0], "OPS-3" in lines[1], len(lines)] == [True, True, 2]
        assert "shares disk, full, log-1" in ui.painted()
        await ui.press("j", "enter")
        assert "Set “duplicate of OPS-3” on OPS-1" in ui.status()
        await ui.press("{", "{", "enter", "z")
        assert "duplicates  ● OPS-3  Disk almost full" in ui.detail()
        await ui.press("u")
        assert "Links (0)" in ui.detail()
        await ui.press("escape", "escape", "D", "o")
        assert ui.cursor() == "OPS-4"
    async with start(workspace(*cases), read_only=True) as ui:
        await ui.press("D", "enter")
        assert "Read-only" in ui.status()
        assert ui.net.sent("POST */link") == []


async def test_similar_cases_that_are_known_are_there_at_once_and_a_failure_is_said() -> None:
    async with start() as ui:
        gate = ui.net.hold("GET /api/v2/cases[?]*")
        await ui.press("D")
        assert "looking for more" in ui.painted()
        assert "OPS-2" in " ".join(line for line in ui.screen() if " % " in line)
        gate.lift()
        ui.net.answer("GET /api/v2/cases[?]*", 400, says="no such query")
        await ui.press("escape", "D")
        assert "no such query" in ui.painted()


@pytest.mark.parametrize("all_of_it", [True, False])
async def test_whichever_case_an_answer_puts_under_the_cursor_is_shown_with_its_comments(
    all_of_it: bool,
) -> None:
    async with start(many(5), size=WIDE) as ui:
        case = ui.at.truth("OPS-4")
        ui.app.session.cursor_id = case.id
        (ui.board.paint if all_of_it else ui.board.paint_marks)()
        await ui.settle()
        assert ui.cursor() == "OPS-4"
        assert "OPS-4" in ui.detail().splitlines()[0]
        assert [line for line in ui.net.sent(TIMELINES) if case.id in line]
