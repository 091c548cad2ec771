"""Keys that do several things in one step."""

from __future__ import annotations

from tests.factories import ANA, BEN
from tests.faults import Faults
from tests.office import CYD, many
from tests.ui.driver import start
from triage_tui.snoozes import put_off

MACROS = {
    "f5": ["take", "priority P2", "comment template:looking"],
    "f6": ["status closed", "assign Cyd Roe"],
    "f7": ["priority P4", "snooze 4h"],
    "f8": ["archive", "next"],
}
LOOKING = {"looking": "{me} looks at {key}."}


async def test_a_macro_is_one_step_that_is_undone_and_done_again_as_a_whole() -> None:
    async with start(macros=MACROS, templates=LOOKING, after_decision="next") as ui:
        await ui.press("f5")
        case = ui.at.truth("OPS-1")
        assert (case.status_name, case.priority, case.assignee) == ("In Progress", "P2", ANA)
        assert ui.at.comments("OPS-1")[0] == "Ana Lind looks at OPS-1."
        steps = {entry.edit.step for entry in ui.app.journal.entries(limit=10)}
        assert len(steps) == 1
        assert ui.cursor() == "OPS-2"
        await ui.press("full_stop")
        assert ui.at.truth("OPS-2").assignee == ANA
        assert ui.at.comments("OPS-2") == ["Ana Lind looks at OPS-2."]
        await ui.press("u")
        case = ui.at.truth("OPS-2")
        assert (case.assignee, case.priority) == (BEN, "P3")


async def test_what_does_not_apply_to_a_case_leaves_all_of_it_alone() -> None:
    async with start(macros=MACROS, templates=LOOKING) as ui:
        await ui.press("j", "j", "j", "f6")
        assert "Nothing was changed: OPS-4: “status closed” is no status of Change" in ui.status()
        assert ui.at.truth("OPS-4").assignee == ANA
        await ui.press("g", "x", "j", "j", "x", "f6")
        assert ui.at.truth("OPS-1").status_name == "Closed"
        assert ui.at.truth("OPS-1").assignee == CYD
        assert ui.at.truth("OPS-4").assignee == ANA
        assert "not changed: OPS-4" in ui.status()


async def test_it_snoozes_and_is_taken_back_with_what_was_sent() -> None:
    async with start(many(4), macros=MACROS) as ui:
        await ui.press("f7")
        assert ui.listed() == ["OPS-2", "OPS-3", "OPS-4"]
        assert ui.at.truth("OPS-1").priority == "P4"
        assert ui.board.just_gone() == "", "the next key may follow at once"
        await ui.press("f7")
        await ui.press("u")
        assert ui.listed() == ["OPS-2", "OPS-3", "OPS-4"]
        assert ui.at.truth("OPS-2").priority == "NOT_DEFINED"
        await ui.press("U")
        assert [one.key for one in put_off(ui.app.local)] == ["OPS-1", "OPS-2"]
        assert ui.at.truth("OPS-2").priority == "P4"
        await ui.press("f8")
        assert ui.at.truth("OPS-3").archived_at is not None
        assert ui.cursor() == "OPS-4"


async def test_help_and_palette_show_macros_and_read_only_forbids_them() -> None:
    async with start(macros=MACROS, templates=LOOKING, read_only=True) as ui:
        await ui.press("f5")
        assert "Read-only: nothing was changed." in ui.status()
        await ui.press("?")
        await ui.type("template")
        assert "Take, priority P2, comment template:looking" in ui.painted()
        await ui.press("escape")
        await ui.press(":")
        await ui.type("archive, next")
        assert "Archive, next" in ui.painted()
    async with start(many(12), macros=MACROS) as ui:
        await ui.press("X", ":")
        await ui.type("archive, next")
        await ui.press("enter")
        assert "Archive 12 cases?" in ui.painted()
        await ui.press("y")
        assert ui.at.truth("OPS-12").archived_at is not None


async def test_who_one_is_is_asked_for_when_it_has_to_be_known() -> None:
    def away(net: Faults) -> None:
        net.answer("GET /api/v2/current_user", 500)

    async with start(macros=MACROS, templates=LOOKING, faults=away) as ui:
        await ui.press("i")
        assert "Nobody can say who you are: use a to pick yourself." in ui.status()
        assert ui.at.truth("OPS-1").assignee is None
        ui.net.forget()
        with ui.net.hold("GET /api/v2/current_user"):
            await ui.press("i", "j", "f5", "f5")
            assert "as soon as the server has said who you are" in ui.status()
        await ui.settle()
        assert ui.at.truth("OPS-1").assignee == ANA
        assert ui.at.truth("OPS-2").priority == "P2"
        assert ui.at.comments("OPS-2") == ["Ana Lind looks at OPS-2."], "once"


async def test_why_a_step_was_refused_is_not_covered_by_what_went_well_after_it() -> None:
    macros = {"f5": ["priority P1", "comment look"]}
    async with start(macros=macros) as ui:
        ui.net.answer("*/priority", 403, says="Not yours.")
        await ui.press("f5")
        assert ui.at.comments("OPS-1")[0] == "look"
        assert "Not yours." in ui.status()


async def test_a_snooze_is_done_again_with_the_step_that_it_belongs_to() -> None:
    macros = {"f7": ["priority P4", "snooze 4h"]}
    async with start(many(4), macros=macros) as ui:
        await ui.press("1")
        await ui.press("f7")
        await ui.press("u")
        await ui.press("u")
        assert ui.listed() == ["OPS-1", "OPS-2", "OPS-3", "OPS-4"]
        await ui.press("U")
        assert ui.at.truth("OPS-1").priority == "P1"
        assert "OPS-1" in ui.listed()
        await ui.press("U")
        assert ui.at.truth("OPS-1").priority == "P4"
        assert ui.listed() == ["OPS-2", "OPS-3", "OPS-4"]


async def test_a_case_that_needed_no_write_is_snoozed_again_with_the_others() -> None:
    macros = {"f7": ["priority P4", "snooze 4h"]}
    async with start(many(4), macros=macros) as ui:
        await ui.press("4")
        await ui.press("x", "x", "f7")
        assert ui.listed() == ["OPS-3", "OPS-4"]
        assert "still marked" not in ui.status()
        assert "snoozed until" in ui.status()
        await ui.press("u")
        assert ui.listed() == ["OPS-1", "OPS-2", "OPS-3", "OPS-4"]
        await ui.press("U")
        assert ui.at.truth("OPS-2").priority == "P4"
        assert ui.listed() == ["OPS-3", "OPS-4"]


async def test_a_snooze_is_taken_back_also_beside_what_cannot_be() -> None:
    macros = {"f7": ["comment later", "snooze 4h"]}
    async with start(many(4), macros=macros) as ui:
        await ui.press("f7")
        assert ui.listed() == ["OPS-2", "OPS-3", "OPS-4"]
        await ui.press("u")
        assert "A comment cannot be undone here." in ui.status()
        assert ui.listed() == ["OPS-1", "OPS-2", "OPS-3", "OPS-4"]
