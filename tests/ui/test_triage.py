"""Deciding: every key that changes a case, on a network that works and on one that does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.factories import ANA, BEN
from tests.office import in_ops, many, workspace
from tests.ui.driver import WIDE, Ui, start
from triage_tui.calls import TRIES
from triage_tui.changes import SetPriority

WRITES = "POST /api/v2/cases/*"


@dataclass(frozen=True)
class Key:
    """What a person presses, and what the row then says.

    Attributes:
        fields: What the cases are like before.
    """

    press: tuple[str, ...]
    shows: str
    fields: dict[str, Any] = field(default_factory=dict)


KEYS = {
    **{str(n): Key((str(n),), f"P{n} ○ Open") for n in range(1, 6)},
    "0": Key(("0",), "· ○ Open", {"priority": "P4"}),
    "p": Key(("p", "3"), "P3 ○ Open"),
    "s": Key(("s", "i"), "◐ In Progress"),
    "d": Key(("d",), "● Closed"),
    "i": Key(("i",), "Ana Lind", {"assignee": BEN}),
    "I": Key(("I",), "◐ In Progress"),
    "a": Key(("a", *"cyd", "enter"), "Cyd Roe", {"assignee": BEN}),
    "A": Key(("A",), "is full –", {"assignee": BEN}),
    "e": Key(("e",), "▪"),
}


@asynccontextmanager
async def a_case_for_each() -> AsyncIterator[tuple[Ui, dict[str, Key]]]:
    """The app, and for each case the key that is to be tried on it."""
    cases = [in_ops(n, **key.fields) for n, key in enumerate(KEYS.values(), 1)]
    async with start(workspace(*cases), size=WIDE) as ui:
        yield ui, dict(zip(ui.listed(), KEYS.values(), strict=True))


def obeyed(ui: Ui, key: Key, name: str) -> bool:
    return key.shows in ui.row(name)


async def test_every_key_is_painted_before_the_server_answers_and_stays_when_it_does() -> None:
    async with a_case_for_each() as (ui, keys):
        with ui.net.hold(WRITES):
            for name, key in keys.items():
                await ui.press(*key.press, "j")
                assert ui.row(name).startswith("↑"), name
                assert obeyed(ui, key, name) or key.shows == "▪", name
            assert len(ui.net.sent(WRITES)) == 8, "no more at once"
            assert f"sending {len(keys) + 1}…" in ui.status()
        await ui.settle()
        assert "sending" not in ui.status()
        done = {name: ui.row(name) for name in keys}
        for name, key in keys.items():
            assert obeyed(ui, key, name), name
            assert "↑" not in done[name], name
        await ui.press("r")
        assert {name: ui.row(name) for name in ui.listed()} == {
            name: row for name, row in done.items() if "▪" not in row
        }, "and archived cases leave the list"


async def test_what_the_server_refuses_is_not_shown_as_done() -> None:
    async with a_case_for_each() as (ui, keys):
        ui.net.answer(WRITES, 403, says="Not yours to change")
        for name, key in keys.items():
            before = ui.row(name)
            await ui.press(*key.press)
            assert ui.row(name) == before, name
            assert "Could not" in ui.status(), name
            assert f" {name}: " in ui.status(), name
            assert "Not yours to change" in ui.toasts()[-1], name
            await ui.press("escape", "j")
            assert "Could not" not in ui.status()
        await ui.press("u")
        assert "nothing to undo" in ui.status()


async def test_what_cannot_be_sent_waits_and_is_sent_when_it_can_be() -> None:
    async with a_case_for_each() as (ui, keys):
        rule = ui.net.refuse(WRITES)
        for name, key in keys.items():
            await ui.press(*key.press, "j")
            assert ui.row(name).startswith("↑"), name
        assert f"{len(keys) + 1} writes unsent" in ui.status()
        assert "cannot connect" in ui.status()
        rule.lift()
        await ui.press("r")
        assert "unsent" not in ui.status()
        await ui.press("r")
        shown = {name: key for name, key in keys.items() if key.shows != "▪"}
        assert ui.listed() == list(shown)
        for name, key in shown.items():
            assert obeyed(ui, key, name), name


async def test_what_may_have_been_done_is_looked_up_and_not_done_twice() -> None:
    async with a_case_for_each() as (ui, keys):
        for name, key in keys.items():
            ui.net.lose(WRITES)
            before = len(ui.net.sent(WRITES))
            await ui.press(*key.press)
            assert "1 write unsent" in ui.status() or key.press == ("I",), name
            await ui.hurry()
            assert "unsent" not in ui.status(), name
            assert obeyed(ui, key, name), name
            assert len(ui.net.sent(WRITES)) - before == (2 if key.press == ("I",) else 1), name
            await ui.press("j")


async def test_u_takes_every_key_back() -> None:
    async with a_case_for_each() as (ui, keys):
        before = {name: ui.row(name) for name in keys}
        for name, key in keys.items():
            await ui.press(*key.press)
            assert obeyed(ui, key, name), name
            await ui.press("u")
            assert ui.row(name) == before[name], name
            assert "Undone: " in ui.status()
            assert name in ui.status()
            await ui.press("j")
        await ui.press("r")
        assert {name: ui.row(name) for name in ui.listed()} == before
        await ui.press("u")
        assert "nothing to undo" in ui.status()


async def test_taking_a_case_assigns_it_and_puts_it_in_progress() -> None:
    async with start() as ui:
        await ui.press("I")
        case = ui.at.truth("OPS-1")
        assert (case.assignee, case.status_name) == (ANA, "In Progress")
        assert "Ana Lind" in ui.row("OPS-1")
        assert "Assigned Ana Lind to OPS-1 and set In Progress on it" in ui.status()


async def test_a_toast_says_what_was_refused() -> None:
    async with start() as ui:
        ui.net.answer(WRITES, 403, says="Not yours [/x] to change")
        await ui.press("1")
        assert "Not yours [/x] to change" in " ".join(ui.painted().split())


# Waiting


async def test_undo_drops_what_still_waits_to_be_sent() -> None:
    async with start() as ui:
        rule = ui.net.refuse(WRITES)
        await ui.press("1")
        assert "1 write unsent" in ui.status()
        await ui.press("u")
        assert "Undone before it was sent: set P1 on OPS-1." in ui.status()
        assert "unsent" not in ui.status()
        assert ui.row("OPS-1").startswith("P2")
        rule.lift()
        sent = len(ui.net.sent(WRITES))
        await ui.press("r")
        assert len(ui.net.sent(WRITES)) == sent
        assert ui.at.truth("OPS-1").priority == "P2"


async def test_a_limited_rate_is_waited_for() -> None:
    async with start() as ui:
        ui.limit_by_hand()
        rule = ui.net.answer(WRITES, 429, headers={"X-RateLimit-Reset": "200"})
        await ui.press("1", "j", "1", "j", "1")
        assert "3 writes unsent" in ui.status()
        assert "rate limited · 200 s" in ui.status()
        refused = len(ui.net.sent(WRITES))
        rule.lift()
        await ui.hurry()
        assert len(ui.net.sent(WRITES)) == refused
        await ui.wait(201)
        assert [ui.row(key)[:2] for key in ("OPS-1", "OPS-2", "OPS-3")] == ["P1"] * 3


async def test_keys_on_one_case_reach_the_server_in_their_order() -> None:
    async with start() as ui:
        with ui.net.hold(WRITES):
            await ui.press(*"1i345d")
            assert ui.row("OPS-1").startswith("↑P5 ● Closed")
            assert "sending 6…" in ui.status()
        await ui.settle()
        sent = [line.rpartition("/")[2] for line in ui.net.sent(WRITES)]
        assert sent == ["priority", "assign", "priority", "priority", "priority", "status"]
        await ui.press("r")
        assert ui.row("OPS-1").startswith("P5 ● Closed OPS-1")


async def test_a_refusal_in_the_middle_leaves_the_rest_standing() -> None:
    async with start() as ui:
        ui.net.answer("POST */assign", 409, says="Cyd is on leave")
        await ui.press(*"1id")
        assert ui.row("OPS-1").startswith("P1 ● Closed")
        assert "Ana Lind" not in ui.row("OPS-1")


async def test_counts_follow_when_all_is_sent() -> None:
    async with start() as ui:
        assert "P1 1" in ui.facets()
        await ui.press("1")
        assert "P1 2" in ui.facets()
        assert "P2 1" not in ui.facets()


async def test_a_case_that_no_longer_fits_the_query_stays_dimmed_until_r() -> None:
    async with start(query="status:open") as ui:
        await ui.press("j", "d")
        assert ui.listed() == ["OPS-1", "OPS-3", "OPS-4", "PAY-1"]
        assert ui.is_dimmed("OPS-3")
        assert ui.cursor() == "OPS-3"
        await ui.press("r")
        assert ui.listed() == ["OPS-1", "OPS-4", "PAY-1"]
        assert ui.cursor() == "OPS-4"


async def test_a_key_acts_on_the_case_that_is_painted_under_the_cursor() -> None:
    async with start(many(30)) as ui:
        await ui.press(*"jjj1jj2k3")
        changed = {key: ui.at.truth(key).priority for key in ("OPS-4", "OPS-5", "OPS-6")}
        assert changed == {"OPS-4": "P1", "OPS-5": "P3", "OPS-6": "P2"}


async def test_what_is_so_already_is_not_sent() -> None:
    async with start() as ui:
        await ui.press("2")
        assert "OPS-1 is so already: nothing to change." in ui.status()
        await ui.press("x", "x", "2")
        assert "(1 already so)" in ui.status()
        assert len(ui.net.sent(WRITES)) == 1
        await ui.press("2")
        assert "All 2 cases are so already: nothing to change." in ui.status()


async def test_what_somebody_else_changed_since_is_not_undone() -> None:
    async with start() as ui:
        await ui.press("1")
        ui.at.meanwhile("OPS-1", SetPriority("P4"))
        await ui.press("r")
        await ui.press("u")
        assert "OPS-1 was changed since" in ui.status()
        assert ui.row("OPS-1").startswith("ΔP4")
        assert ui.at.truth("OPS-1").priority == "P4"


async def test_the_status_menu_offers_what_the_type_of_the_case_has() -> None:
    async with start() as ui:
        await ui.to("OPS-4")
        await ui.press("s")
        for name in ("Open", "Approved", "Completed", "Declined"):
            assert name in ui.painted()
        assert "In Progress  " not in ui.lines(ui.app.screen)
        await ui.press("escape", "d")
        assert "Close OPS-4 as" in ui.painted()
        await ui.press("d")
        assert "● Declined" in ui.row("OPS-4")
        await ui.press("I")
        assert "◐ Approved" in ui.row("OPS-4")


async def test_cases_of_types_without_a_common_status_are_left_alone() -> None:
    async with start() as ui:
        await ui.to("OPS-3")
        await ui.press("x", "x", "d")
        assert "No such status in common: 1 Standard, 1 Change Request." in ui.status()
        assert ui.net.sent(WRITES) == []


# Many at once


async def test_marks_are_set_one_by_one_by_range_and_all_at_once() -> None:
    async with start() as ui:

        def marked() -> list[str]:
            return [key for key in ui.listed() if ui.row(key).startswith("✓")]

        await ui.press("x", "space")
        assert marked() == ["OPS-1", "OPS-2"]
        assert ui.cursor() == "OPS-3"
        assert "2 marked" in ui.status()
        await ui.press("k", "x")
        assert marked() == ["OPS-1"]
        await ui.to("OPS-3")
        await ui.press("V")
        assert "V again to mark" in ui.status()
        await ui.press("j", "j", "V")
        assert marked() == ["OPS-1", "OPS-3", "OPS-4", "OPS-5"]
        assert "Marked 3 cases." in ui.status()
        await ui.press("X")
        assert len(marked()) == 6
        await ui.press("X")
        assert marked() == []
        assert "marked" not in ui.status().replace("Marked", "")


async def test_one_key_changes_five_marked_cases_and_one_takes_it_back() -> None:
    async with start(many(8)) as ui:
        await ui.press("x", "x", "x", "x", "x", "s", "c")
        closed = [key for key in ui.listed() if "● Closed" in ui.row(key)]
        assert closed == ["OPS-1", "OPS-2", "OPS-3", "OPS-4", "OPS-5"]
        assert "Set Closed on 5 cases" in ui.status()
        assert all(ui.at.truth(key).closed for key in closed)
        await ui.press("u")
        assert not any(ui.at.truth(key).closed for key in closed)
        assert "Undone: set Closed on 5 cases." in ui.status()


async def test_marks_go_when_their_cases_go() -> None:
    async with start() as ui:
        await ui.press("x", "x")
        await ui.search("priority:P1")
        assert "marked" not in ui.status()
        await ui.press("3")
        assert ui.at.truth("PAY-1").priority == "P3"
        assert ui.at.truth("OPS-1").priority == "P2"


@pytest.mark.parametrize("answer", ["enter", "escape", "n", "q"])
async def test_more_than_ten_are_changed_only_after_a_yes(answer: str) -> None:
    async with start(many(11)) as ui:
        await ui.press("X", "1")
        assert "Set P1 on 11 cases?" in ui.painted()
        await ui.press(answer)
        assert ui.net.sent(WRITES) == []
        assert not ui.left
        await ui.press("1", "y")
        assert len(ui.net.sent(WRITES)) == 11
        assert all(ui.at.truth(key).priority == "P1" for key in ui.listed())


async def test_ten_are_changed_without_a_question() -> None:
    async with start(many(10)) as ui:
        await ui.press("X", "1")
        assert len(ui.net.sent(WRITES)) == 10


async def test_a_mixed_bulk_with_one_refusal_names_the_case_that_was_left_out() -> None:
    async with start(many(3)) as ui:
        ui.net.answer(f"POST */{ui.at.truth('OPS-2').id}/*", 403, says="Not yours")
        await ui.press("X", "1")
        assert [ui.row(key).lstrip("✓ ")[:2] for key in ui.listed()] == ["P1", "· ", "P1"]
        assert "OPS-2" in ui.status()
        assert len(ui.toasts()) == 1
        await ui.press("u")
        assert [ui.at.truth(key).priority for key in ui.listed()] == ["NOT_DEFINED"] * 3


async def test_archived_cases_of_a_bulk_come_back_together() -> None:
    async with start(many(3)) as ui:
        await ui.press("x", "x", "e")
        await ui.search("archived:true")
        assert ui.listed() == ["OPS-1", "OPS-2"]
        await ui.press("e")
        await ui.press("r")
        assert ui.listed() == []
        await ui.press("minus")
        assert ui.listed() == ["OPS-1", "OPS-2", "OPS-3"]


# Who does what is not known


async def test_without_a_name_of_its_own_the_app_says_what_to_press_instead() -> None:
    async with start(faults=lambda net: net.answer("GET *current_user", 403, says="no")) as ui:
        await ui.press("i")
        assert "use a to pick yourself" in ui.status()
        await ui.press("a", *"ana", "enter")
        assert "Ana Lind" in ui.row("OPS-1")


async def test_people_who_are_not_known_yet_are_looked_up() -> None:
    async with start(faults=lambda net: net.answer("GET *users*", 500, times=TRIES)) as ui:
        await ui.press("a", *"cyd")
        assert "Cyd Roe" in ui.painted()
        await ui.press("enter")
        assert "Cyd Roe" in ui.row("OPS-1")


async def test_the_facets_take_no_decisions() -> None:
    async with start() as ui:
        await ui.press("h")
        for key in ("d", "s", "e", "m", "i", "I", "a"):
            await ui.press(key)
            assert "The facets have the focus" in ui.status(), key
        for key in ("1", "A"):
            await ui.press(key)
        assert ui.net.sent(WRITES) == []
