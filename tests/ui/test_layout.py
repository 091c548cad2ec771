"""The columns of the list, its groups, and that both are as a person left them."""

from __future__ import annotations

from pathlib import Path

from tests.faults import Gate
from tests.office import SMALL, demo, in_ops, office, workspace
from tests.ui.driver import Ui, opened, start
from triage_tui.changes import SetPriority
from triage_tui.ui.looks import look


def header(ui: Ui) -> list[str]:
    return ui.lines(ui.board.case_list)[0].split()


async def group_by(ui: Ui, letter: str) -> None:
    await ui.press("C", "g", letter)


async def test_columns_are_chosen_moved_and_widened_and_stay_so(tmp_path: Path) -> None:
    async with office(SMALL) as at:
        async with opened(at, local=tmp_path / "state.db", size=(120, 40)) as ui:
            assert header(ui)[:4] == ["Prio", "Status", "Key", "Title"]
            # Hide the status; the comments go to the front.
            await ui.press("C", "j", "space")
            row = next(n for n, line in enumerate(ui.screen()) if "Comments" in line)
            first = next(n for n, line in enumerate(ui.screen()) if "✓ Priority" in line)
            await ui.press(*"j" * (row - first - 1), "space", *"K" * (row - first))
            await ui.press(*"jjj", *"+++++", "enter")
            assert header(ui)[:4] == ["Cmt", "Prio", "Key", "Title"]
            assert ui.row("OPS-1").startswith("1 P2 OPS-1 Disk")
            changed = ui.lines(ui.board.case_list)[0]
        async with opened(at, local=tmp_path / "state.db", size=(120, 40)) as ui:
            assert ui.lines(ui.board.case_list)[0] == changed, "at the next start too"
            await ui.press("C", "d", "enter")
            assert header(ui)[:4] == ["Prio", "Status", "Key", "Title"]
            await ui.press("C", "space", "escape")
            assert header(ui)[:4] == ["Prio", "Status", "Key", "Title"], "esc changes nothing"


async def test_a_wide_list_shows_more_and_a_narrow_one_says_what_has_no_room() -> None:
    async with start(demo(), size=(220, 30)) as ui:
        await ui.press("z")
        assert header(ui)[-4:] == ["Team", "Service", "Chgd", "Age▼"]
    async with start(size=(60, 20)) as ui:
        assert "Assignee" not in header(ui)
        assert ui.row("OPS-1").startswith("P2 ○ OPS-1 Disk 1 is full")
        await ui.press("C", "G", *("space", "k") * 6, "enter")
        assert "No room here for" in ui.status()


async def test_the_age_tells_that_it_is_too_long_for_the_priority() -> None:
    cases = [in_ops(n, priority=p) for n, p in ((2, "P5"), (3, "P1"), (30, "P1"))]
    async with start(workspace(*cases)) as ui:
        styles = {}
        for key in ("OPS-2", "OPS-3", "OPS-30"):
            [strip] = [s for s in ui._strips_of(ui.board.case_list) if key in s.text.split()]
            styles[key] = [one.style for one in strip if one.style and one.text.strip()][-1].color
        names = ("dim", "age-1", "age-2")
        assert list(styles.values()) == [look(ui.board.case_list, name).color for name in names]


async def test_rows_are_grouped_and_the_cursor_steps_over_headings(tmp_path: Path) -> None:
    async with office(SMALL) as at:
        async with opened(at, local=tmp_path / "state.db") as ui:
            await ui.to("OPS-3")
            await group_by(ui, "a")
            assert [line.strip("─ ") for line in ui.rows() if "──" in line] == [
                "nobody · 4",
                "Ben Ode · 1",
                "Ana Lind · 1",
            ]
            assert ui.listed() == ["OPS-1", "OPS-3", "OPS-5", "PAY-1", "OPS-2", "OPS-4"]
            assert ui.cursor() == "OPS-3", "it stays on its case"
            assert ui.place() == "2 of 6"
            await ui.press("G", "k")
            assert (ui.cursor(), ui.place()) == ("OPS-2", "5 of 6")
            await ui.press("k")
            assert (ui.cursor(), ui.place()) == ("PAY-1", "4 of 6")
        async with opened(at, local=tmp_path / "state.db") as ui:
            assert ui.listed()[-2:] == ["OPS-2", "OPS-4"]
            assert ui.cursor() == "OPS-1", "the first row, below the first heading"
            await group_by(ui, "n")
            assert ui.listed() == [case.key for case in SMALL.cases]


async def test_what_is_grouped_is_marked_filtered_and_decided_as_it_is_seen() -> None:
    async with start() as ui:
        await group_by(ui, "p")
        assert ui.listed() == ["PAY-1", "OPS-1", "OPS-2", "OPS-3", "OPS-4", "OPS-5"]
        await ui.press("g", "V", "j", "V")
        assert list(ui.app.session.marked) == [ui.at.truth(key).id for key in ("PAY-1", "OPS-1")]
        await ui.press("5")
        assert ui.listed()[:2] == ["PAY-1", "OPS-1"], "no row goes elsewhere by a decision"
        assert ui.cursor() == "OPS-1"
        await ui.press("escape", "f", *"disk", "enter")
        assert ui.listed() == ["OPS-1", "OPS-2"]
        await ui.press("escape", "escape", "escape", "r")
        assert ui.listed() == ["OPS-2", "OPS-1", "PAY-1", "OPS-3", "OPS-4", "OPS-5"]
        assert ui.cursor() == "OPS-1", "by r, the cursor stays on its case"


async def test_nothing_moves_under_the_cursor_when_others_change_grouped_cases() -> None:
    async with start(refresh=60.0) as ui:
        await group_by(ui, "p")
        await ui.to("OPS-2")
        before = ui.rows()
        ui.at.meanwhile("OPS-2", SetPriority("P1"))
        ui.at.meanwhile("OPS-1", SetPriority("P5"))
        await ui.wait(70.0)
        assert ui.listed() == ["PAY-1", "OPS-1", "OPS-2", "OPS-3", "OPS-4", "OPS-5"]
        assert ui.rows() != before
        assert "P1" in ui.row("OPS-2")
        await ui.press("r")
        assert ui.listed() == ["OPS-2", "PAY-1", "OPS-1", "OPS-3", "OPS-4", "OPS-5"]
        assert ui.cursor() == "OPS-2"


async def test_pages_that_come_go_to_their_groups_and_the_line_of_the_cursor_stays() -> None:
    cases = [in_ops(n, priority="P1" if n > 40 else "P2" if n % 2 else "P3") for n in range(1, 61)]
    async with start(workspace(*cases), page_size=20, query="") as ui:
        await group_by(ui, "p")
        assert ui.cursor() == "OPS-1"
        await ui.press(*"j" * 12)
        key = ui.cursor()
        line = next(n for n, row in enumerate(ui.rows()) if f" {key} " in row)
        await ui.press("X", "X")
        assert ui.app.session.complete
        assert ui.cursor() == key
        assert next(n for n, row in enumerate(ui.rows()) if f" {key} " in row) == line
        await ui.press("g")
        assert ui.cursor() == "OPS-41"
        assert ui.listed()[0] == "OPS-41"


async def test_the_end_is_the_end_of_the_groups() -> None:
    cases = [in_ops(n, priority="P3" if n % 2 else "P2") for n in range(1, 61)]
    async with start(workspace(*cases), page_size=20) as ui:
        await group_by(ui, "p")
        await ui.press("G")
        assert ui.app.session.complete
        assert ui.place() == "60 of 60"
        assert ui.cursor() == "OPS-59"


async def test_a_group_has_the_name_of_its_type_also_when_that_comes_after_the_rows(
    tmp_path: Path,
) -> None:
    gates: list[Gate] = []
    async with office(SMALL) as at:
        async with opened(at, local=tmp_path / "state.db") as ui:
            await group_by(ui, "t")
            named = [row for row in ui.rows() if "──" in row]
            assert "Change Request · 1" in named[-1]
        late = opened(
            at,
            local=tmp_path / "state.db",
            faults=lambda net: gates.append(net.hold("GET /api/v2/cases/types*")),
        )
        async with late as ui:
            assert len([row for row in ui.rows() if "──" in row]) == 2
            gates[0].lift()
            await ui.settle()
            assert [row for row in ui.rows() if "──" in row] == named
