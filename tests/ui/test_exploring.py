"""Filters from a case, why nothing is found, and the facets beyond choosing."""

from __future__ import annotations

from pathlib import Path

from tests.office import SMALL, in_ops, office, workspace
from tests.ui.driver import Ui, opened, start

AGGREGATE = "POST /api/v2/cases/aggregate"


async def test_the_traits_of_a_case_are_filters() -> None:
    async with start() as ui:
        await ui.to("OPS-2")
        await ui.press("F")
        assert "Status  In Progress" in ui.painted()
        assert "Team  storage" in ui.painted()
        await ui.press("enter")
        assert ui.listed() == ["OPS-2"]
        await ui.press("minus", "F", "down", "down", "x")
        assert ui.query() == "-assignee:ben@example.com"
        await ui.press("minus", "F", "t")
        assert ui.query().startswith("type:")
        await ui.press("minus")
        await ui.to("OPS-1")
        await ui.press("F", "end", "space")
        assert ui.listed() == ["OPS-1", "OPS-2"]


async def test_an_empty_list_says_which_term_is_why() -> None:
    async with start() as ui:
        await ui.search("priority:P1 team:storage")
        rows = " ".join(ui.rows())
        assert "No case matches this query." in rows
        assert "Without priority:P1 there are 2 cases." in rows
        assert "Without team:storage there is 1 case." in rows
        ui.net.answer("GET *filter=team:streams", 500)
        await ui.search("priority:P1 team:streams")
        assert not ui.left


async def test_a_key_that_the_server_does_not_understand_is_told(tmp_path: Path) -> None:
    file = tmp_path / "local.db"
    async with office(SMALL) as at:
        async with opened(at, may_misunderstand=True, local=file) as ui:
            await ui.search("created_by:ben@example.com")
            assert "created_by:" not in ui.status()
            ui.net.answer("GET *filter=assignee:[*]", 400, says="no such field")
            await ui.search("assignee:ana@example.com")
            assert "assignee: is refused by this server." in ui.status()
        async with opened(at, may_misunderstand=True, local=file) as ui:
            await ui.search("assignee:ana@example.com")
            assert "assignee: is refused by this server." in ui.status()
            assert ui.net.sent("GET *filter=assignee:[*]") == [], "remembered"
        async with opened(at) as ui:
            await ui.search("assignee:ana@example.com")
            assert "refused" not in ui.status()


async def _in_facets(ui: Ui, field: str) -> None:
    ui.board.facet_panel.focus()
    await ui.press("g")
    while ui.board.facet_panel.field != field:
        await ui.press("j")


async def test_facets_are_folded_hidden_and_ordered_and_stay_so(tmp_path: Path) -> None:
    file = tmp_path / "local.db"
    async with office(SMALL) as at:
        async with opened(at, local=file, size=(120, 50)) as ui:
            await _in_facets(ui, "priority")
            await ui.press("o")
            assert "▸ Priority 6" not in ui.facets()
            assert any(line.startswith("▸ Priority") for line in ui.facets())
            assert "P1 1" not in ui.facets()
            await ui.press("enter")
            assert "P1 1" in ui.facets()
            await ui.press("o", "C")
            await ui.press("space", "j", "j", "J", "enter")
            assert "Status" not in ui.facets()
            headings = [one for one in ui.facets() if one in ("Assignee", "Project", "Type")]
            assert headings == ["Project", "Assignee", "Type"]
        async with opened(at, local=file, size=(120, 50)) as ui:
            assert "Status" not in ui.facets()
            assert any(line.startswith("▸ Priority") for line in ui.facets())


async def test_a_value_of_a_long_facet_is_found_and_then_chosen() -> None:
    cases = [in_ops(n, attributes={"team": (f"team-{n:02}",)}) for n in range(1, 21)]
    async with start(workspace(*cases), size=(120, 60)) as ui:
        await _in_facets(ui, "team")
        assert "team-17 1" not in ui.facets()
        await ui.press("f", *"m-17", "enter")
        assert "team-17 1" in ui.facets()
        await ui.press("enter")
        assert ui.query() == "team:team-17"


async def test_the_heat_map_counts_two_fields_and_its_cells_are_filters() -> None:
    async with start(size=(80, 24)) as ui:
        await ui.press("T")
        assert "Status by Priority" in ui.painted()
        assert "In Progress" in ui.painted()
        assert "[      1]       1        ·" in ui.painted(), "P1, the first that has cases"
        await ui.press("home", "k", "k", "h", "h", "h", "h", "h", "h")
        assert "[" in ui.painted(), "the cursor is no matter of colour"
        await ui.press("x")
        assert "Priority by Status" in ui.painted()
        await ui.press("c", "p")
        await ui.press("r", "a", "c", "s")
        assert "Assignee by Status" in ui.painted()
        await ui.press("escape", "T")
        assert "Assignee by Status" in ui.painted(), "remembered"
        await ui.press("enter")
        assert {"status", "assignee"} <= ui.app.session.query.keys()
        assert ui.listed()
        ui.net.answer(AGGREGATE, 500)
        await ui.press("T")
        assert "Could not count the cases" in ui.painted()
