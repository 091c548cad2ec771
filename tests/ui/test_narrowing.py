"""The filter over the loaded rows, the way to a case by its key, and the order that stays."""

from __future__ import annotations

from pathlib import Path

from tests.office import SMALL, demo, office
from tests.ui.driver import opened, start
from triage_tui.changes import SetPriority

SEARCH = "GET /api/v2/cases[?]*"
WRITES = "POST /api/v2/cases/*"


async def test_f_narrows_the_loaded_rows_and_asks_no_server() -> None:
    async with start() as ui:
        await ui.to("OPS-2")
        asked = len(ui.net.sent(SEARCH))
        await ui.press("f", *"disk")
        assert ui.listed() == ["OPS-1", "OPS-2"]
        assert ui.cursor() == "OPS-2", "it stays on its case"
        assert "2 of 6 loaded" in ui.painted()
        await ui.press(*" zz")
        assert "No loaded row has these words." in ui.painted()
        await ui.press("backspace", "backspace", "enter")
        assert ui.listed() == ["OPS-1", "OPS-2"]
        assert ui.place() == "2 of 2 shown"
        assert len(ui.net.sent(SEARCH)) == asked

        await ui.press("X", "4")
        assert [ui.at.truth(key).priority for key in ("OPS-1", "OPS-2", "OPS-3")] == [
            "P4",
            "P4",
            "NOT_DEFINED",
        ]
        await ui.press("escape", "escape", "escape")
        assert ui.listed() == [case.key for case in SMALL.cases]
        assert "loaded" not in ui.painted()
        assert ui.cursor() == "OPS-2"


async def test_no_key_acts_on_what_the_filter_hides() -> None:
    async with start() as ui:
        await ui.press("x", "x", "f", *"disk prog", "enter")
        assert ui.listed() == ["OPS-2"]
        assert "2 marked, 1 hidden and left out" in ui.status()
        await ui.press("5")
        assert ui.at.truth("OPS-2").priority == "P5"
        assert ui.at.truth("OPS-1").priority == "P2"
        await ui.press("f", "ctrl+u", *"broker", "enter")
        writes = len(ui.net.sent(WRITES))
        await ui.press("5")
        assert "hidden by the filter" in ui.status()
        assert len(ui.net.sent(WRITES)) == writes


async def test_a_row_stays_although_somebody_changed_what_it_was_found_by() -> None:
    async with start(refresh=60.0) as ui:
        await ui.press("f", *"p3", "enter")
        assert ui.listed() == ["OPS-2"]
        ui.at.meanwhile("OPS-2", SetPriority("P1"))
        await ui.wait(70.0)
        assert ui.listed() == ["OPS-2"]
        assert "P1" in ui.row("OPS-2")


async def test_a_key_typed_into_the_palette_leads_to_its_case() -> None:
    async with start(query="status:open") as ui:
        await ui.press("f", *"broker", "enter", "colon", *"ops-4", "enter")
        assert ui.cursor() == "OPS-4", "it is loaded: only the cursor goes there"
        assert ui.query() == "status:open"
        await ui.press("colon", *"ops-5", "enter")
        assert ui.query() == "key:OPS-5"
        assert ui.listed() == ["OPS-5"]


async def test_the_order_is_the_same_at_the_next_start(tmp_path: Path) -> None:
    async with office(demo()) as at:
        async with opened(at, local=tmp_path / "state.db") as ui:
            await ui.press("S", "p")
            assert "most urgent first" in ui.status()
            first = ui.listed()
        async with opened(at, local=tmp_path / "state.db") as ui:
            assert ui.listed() == first
            assert "most urgent first" in ui.status()
            await ui.press("S", "p")
            assert "least urgent first" in ui.status()
