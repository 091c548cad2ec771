"""The facets: counts, and the query's terms chosen from them."""

from __future__ import annotations

from tests.faults import Faults
from tests.office import in_ops, workspace
from tests.ui.driver import Ui, start

COUNT = "GET /api/v2/cases/count*"


async def on_value(ui: Ui, heading: str, value: str) -> None:
    """Focus the facets and move to a value."""
    ui.board.facet_panel.focus()
    await ui.press("g")
    lines = ui.facets()
    at = lines.index(heading)
    steps = next(n for n, line in enumerate(lines) if n > at and line.startswith(value))
    headings = ("Status", "Priority", "Assignee", "Project", "Type", "Team")
    await ui.press(*["j"] * sum(line not in headings for line in lines[1:steps]))


async def test_enter_chooses_just_this_value_and_lifts_it_again() -> None:
    async with start() as ui:
        await on_value(ui, "Priority", "P1")
        await ui.press("enter")
        assert ui.query() == "priority:P1"
        assert ui.listed() == ["PAY-1"]
        assert "● P1 1" in ui.facets()
        await ui.press("enter")
        assert ui.board.bar.input.value == ""
        assert len(ui.listed()) == 6


async def test_the_values_beside_the_chosen_one_keep_their_counts() -> None:
    async with start() as ui:
        await on_value(ui, "Priority", "P1")
        await ui.press("enter")
        assert {"● P1 1", "P2 1", "P3 1", "not set 3"} <= set(ui.facets())
        assert "PAY Payments 1" in ui.facets()
        assert "OPS Operations 5" not in ui.facets(), "other facets count what is left"


async def test_space_adds_a_value_and_enter_takes_its_place() -> None:
    async with start() as ui:
        await on_value(ui, "Priority", "P1")
        await ui.press("space", "j", "space")
        assert ui.listed() == ["OPS-1", "PAY-1"]
        assert {"● P1 1", "● P2 1"} <= set(ui.facets())
        await ui.press("j", "enter")
        assert ui.query() == "priority:P3"


async def test_x_excludes_and_lifts_it_again() -> None:
    async with start() as ui:
        await on_value(ui, "Status", "Open")
        await ui.press("x")
        assert ui.listed() == ["OPS-2", "OPS-5"]
        assert "− Open 4" in ui.facets()
        await ui.press("x")
        assert len(ui.listed()) == 6


async def test_the_query_text_is_all_there_is_to_a_filter() -> None:
    async with start() as ui:
        await ui.search("priority:(P1 OR P2) -project:PAY")
        assert {"● P1 0", "● P2 1"} <= set(ui.facets())
        assert "− PAY Payments 1" in ui.facets()
        await ui.press("minus")
        assert not [line for line in ui.facets() if line[0] in "●−"]


async def test_nobody_can_be_chosen_too() -> None:
    async with start() as ui:
        await on_value(ui, "Assignee", "none")
        await ui.press("enter")
        assert ui.listed() == ["OPS-1", "OPS-3", "OPS-5", "PAY-1"]


async def test_values_that_only_look_like_the_query_language_are_quoted() -> None:
    names = ("a b", 'say "x"', "x)", "-y", "OR", "*")
    cases = [in_ops(n, attributes={"team": (name,)}) for n, name in enumerate(names, 1)]
    async with start(workspace(*cases)) as ui:
        for number, name in enumerate(names, 1):
            await on_value(ui, "Team", name)
            await ui.press("enter")
            assert ui.listed() == [f"OPS-{number}"], name
            await ui.press("enter")


async def test_a_field_that_cannot_be_counted_says_so_and_the_rest_stay() -> None:
    def no_team(net: Faults) -> None:
        net.answer("GET *group_bys=*team*", 400, says="unknown field")

    async with start(faults=no_team) as ui:
        facets = ui.facets()
        assert facets[facets.index("Team") + 1] == "– not counted"
        assert "P1 1" in facets
        assert "unknown field" not in ui.status()


async def test_counts_that_cannot_be_read_leave_the_list_alone() -> None:
    async with start(faults=lambda net: net.answer(COUNT, 500)) as ui:
        assert len(ui.listed()) == 6
        assert "P1 1" not in ui.facets()
        await ui.press("h", "enter", "x", "space", "j")
        assert not ui.left


async def test_old_counts_stay_while_new_ones_are_read() -> None:
    async with start() as ui:
        with ui.net.hold(COUNT):
            await ui.search("priority:P1")
            assert "counting" in ui.lines(ui.board.facet_panel)[0]
            assert "OPS Operations 5" in ui.facets()
        await ui.settle()
        assert "counting" not in ui.lines(ui.board.facet_panel)[0]
        assert "OPS Operations 5" not in ui.facets()


async def test_many_values_are_folded_away_until_asked_for() -> None:
    cases = [in_ops(n, attributes={"team": (f"team-{n:02}",)}) for n in range(1, 21)]
    async with start(workspace(*cases), size=(120, 60)) as ui:
        assert "12 more…" in ui.facets()
        assert "team-15 1" not in ui.facets()
        await on_value(ui, "Team", "12 more")
        await ui.press("enter")
        assert "team-15 1" in ui.facets()
        assert "12 more…" not in ui.facets()
