"""What is on the screen is older than what the server has: nothing goes wrong by it."""

from __future__ import annotations

from tests.office import many
from tests.ui.driver import start
from triage_tui.changes import SetPriority

WRITES = "POST /api/v2/cases/*"
SEARCH = "GET /api/v2/cases?*"


async def test_closing_is_undone_also_when_the_case_has_left_the_list() -> None:
    async with start(query="status:open") as ui:
        await ui.press("d")
        await ui.press("r")
        assert "OPS-1" not in ui.listed()
        await ui.press("u")
        assert ui.at.truth("OPS-1").status_name == "Open"
        assert "Undone: set Closed on OPS-1." in ui.status()
        assert "OPS-1" in ui.listed(), "it is back, because it matches again"


async def test_an_undo_does_not_overwrite_what_somebody_did_that_we_have_not_seen() -> None:
    async with start() as ui:
        await ui.press("1")
        ui.at.meanwhile("OPS-1", SetPriority("P5"))
        await ui.press("u")
        assert ui.at.truth("OPS-1").priority == "P5"
        assert "OPS-1 was changed since: it was not undone." in ui.status()
        assert ui.row("OPS-1").startswith("!P5")


async def test_what_only_seems_to_be_so_already_is_done() -> None:
    async with start() as ui:
        assert ui.row("OPS-1").startswith("P2")
        ui.at.meanwhile("OPS-1", SetPriority("P3"))
        await ui.press("2")
        assert ui.at.truth("OPS-1").priority == "P2"
        assert "Set P2 on OPS-1" in ui.status()


async def test_a_query_that_failed_does_not_stand_above_the_rows_of_another() -> None:
    async with start(query="status:open") as ui:
        rows = ui.listed()
        ui.net.answer(SEARCH, 500, says="away")
        await ui.search("priority:P5")
        assert ui.listed() == rows
        assert ui.query() == "status:open"
        assert "Could not search" in ui.status()


async def test_a_query_that_the_server_cannot_read_is_put_back_to_be_corrected() -> None:
    async with start(query="status:open") as ui:
        await ui.press("slash", "ctrl+u", *"status:nonsense", "enter")
        assert ui.query() == "status:nonsense"
        assert "Unknown status" in ui.painted()
        await ui.press("escape")
        assert ui.query() == "status:open"


async def test_tab_does_not_leave_a_query_that_was_not_run() -> None:
    async with start() as ui:
        await ui.press("slash", *"priority:P1", "tab", *"i1")
        assert ui.net.sent(WRITES) == []
        assert ui.query() == "priority:P1i1"


async def test_a_pasted_case_key_finds_the_case() -> None:
    async with start() as ui:
        await ui.search("ops-2")
        assert ui.listed() == ["OPS-2"]


async def test_a_comment_reaches_its_case_although_the_list_is_another_one_now() -> None:
    async with start() as ui:
        with ui.net.hold(SEARCH):
            await ui.press("slash", *"key:OPS-3", "enter")
            await ui.press("m", *"For the first")
        await ui.settle()
        await ui.press("ctrl+s")
        assert ui.listed() == ["OPS-3"]
        assert ui.at.comments("OPS-1")[0] == "For the first"


async def test_a_comment_for_many_is_kept_when_the_answer_is_no() -> None:
    async with start(many(12)) as ui:
        await ui.press("X", "m", *"To all", "ctrl+s", "n")
        assert ui.net.sent(WRITES) == []
        assert "kept as a draft" in ui.status()
        await ui.press("m")
        assert "To all" in ui.painted()


async def test_both_texts_are_kept_when_two_comments_are_refused() -> None:
    async with start() as ui:
        ui.net.answer(WRITES, 403, says="no")
        await ui.press("m", *"first", "ctrl+s", "m")
        await ui.press(*" second", "ctrl+s", "m")
        assert "first second" in ui.painted()
