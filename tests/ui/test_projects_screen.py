"""Working on one project or on all, and the screen of projects."""

from __future__ import annotations

from pathlib import Path

from tests.office import OPS, PAY, SMALL, office
from tests.ui.driver import Ui, opened, start
from triage_tui.models import Project
from triage_tui.server.project_settings import DEFAULT_SETTINGS
from triage_tui.ui.screens.projects import settings_told

SEARCH = "GET /api/v2/cases[?]*"


def title(ui: Ui) -> str:
    return ui.lines(ui.board.title_line)[0]


def projects(ui: Ui) -> list[Project]:
    return sorted(ui.at.store.projects(), key=lambda one: one.key)


async def to_projects(ui: Ui) -> None:
    await ui.press("colon", *"projects: look", "enter")


async def test_from_project_to_project(tmp_path: Path) -> None:
    async with office() as at, opened(at, cache=tmp_path / "c.db") as ui:
        assert ui.app.client
        await ui.app.client.set_favorite(PAY.id, wanted=True)
        await ui.search("status:open project:OPS")
        await ui.press("x", "P")
        box = ui.painted()
        assert "All projects" in box
        assert box.index("★ PAY") < box.index("OPS         Operations")
        assert "4 open" in box
        await ui.press(*"pay", "enter")
        assert "project PAY" in title(ui)
        assert ui.query() == "status:open", "the project is not asked for twice"
        assert ui.listed() == ["PAY-1"]
        assert "Left 1 mark behind" in ui.status()
        assert ui.net.sent("GET *filter=project:PAY (status:open)")
        await ui.press("]")
        assert ui.net.sent("GET *filter=project:PAY (status:(open OR in_progress))")

        broken = ui.net.answer(SEARCH, 500, says="Broken")
        await ui.press("P", *"ops", "enter")
        assert "project PAY" in title(ui), "the rows are those of PAY"
        assert ui.listed() == ["PAY-1"]
        assert "OPS could not be read." in ui.status()
        broken.lift()
        await ui.press("P", *"all pro", "enter")
        assert "project" not in title(ui)
        assert {"PAY-1", "OPS-1"} <= set(ui.listed())
        await ui.press("P", *"all pro", "enter")
        assert "already" in ui.status()


async def test_what_is_read_of_another_project_is_not_kept_for_the_next_start(
    tmp_path: Path,
) -> None:
    async with office() as at:
        async with opened(at, project="OPS", cache=tmp_path / "c.db") as ui:
            assert "OPS-1" in ui.listed()
            await ui.app.keeper.keep()
            await ui.press("P", *"pay", "enter")
            assert ui.listed() == ["PAY-1"]
            await ui.app.keeper.keep()
        async with opened(
            at,
            project="OPS",
            cache=tmp_path / "c.db",
            faults=lambda net: net.hold("*"),
        ) as ui:
            assert "OPS-1" in ui.listed()
            assert "PAY-1" not in ui.listed()


async def test_a_project_is_created_liked_looked_at_and_deleted() -> None:
    async with start() as ui:
        await to_projects(ui)
        await ui.press("c", *"case", "enter")
        assert "A key has 1 to 10 of A to Z" in ui.painted()
        await ui.press("ctrl+u", *"ops", "enter")
        assert "OPS is taken." in ui.painted()
        await ui.press("ctrl+u", *"lab", "enter", *"Laboratory", "enter")
        assert "LAB is created." in ui.painted()
        assert [one.key for one in projects(ui)] == ["LAB", "OPS", "PAY"]
        await ui.press("j", "j", "f")
        assert "★ PAY" in ui.painted()
        await ui.press("i")
        assert "Project PAY" in ui.painted()
        assert "Name: Payments" in ui.painted()
        await ui.press("q")
        await ui.press("D")
        assert "Payments: 1 case and 0 archived." in ui.painted()
        await ui.press(*"pay", "enter")
        assert "That is not PAY." in ui.painted()
        assert len(projects(ui)) == 3
        await ui.press("ctrl+u", *"PAY", "enter")
        assert "PAY and its cases are deleted." in ui.painted()
        assert [one.key for one in projects(ui)] == ["LAB", "OPS"]
        await ui.press("escape")
        assert "PAY-1" not in ui.listed()


async def test_what_is_refused_is_told() -> None:
    async with office() as at:
        async with opened(at) as ui:
            ui.net.answer("POST */projects*", 403, says="Forbidden")
            ui.net.answer("DELETE */projects*", 403, says="Forbidden")
            await to_projects(ui)
            await ui.press("c", *"lab", "enter", *"Lab", "enter")
            assert "Could not create the project: Forbidden" in ui.painted()
            await ui.press("c")
            assert "lab" in ui.painted().lower(), "what was typed is kept"
            await ui.press("escape", "f")
            assert "Could not make the project a favourite: Forbidden" in ui.painted()
            await ui.press("D")
            await ui.press(*"OPS", "enter")
            assert "Could not delete the project: Forbidden" in ui.painted()
            assert len(projects(ui)) == len(SMALL.projects)
        async with opened(at, read_only=True) as ui:
            await to_projects(ui)
            for key in "cfD":
                await ui.press(key)
                assert "Read-only: nothing was changed." in ui.painted()
            assert not ui.net.sent("POST *") + ui.net.sent("DELETE *")
            assert OPS in projects(ui)


def test_settings_are_told_in_words() -> None:
    raw = {"data": {"attributes": {"key": "OPS", "settings": DEFAULT_SETTINGS}}}
    lines = settings_told(raw)
    assert lines[:2] == ["Key: OPS", "Settings"]
    assert all(line.startswith("  ") for line in lines[2:])
    shown = settings_told(
        {"data": {"attributes": {"a_list": [True, None], "b": {}, "c": "\x1b[3m"}}}
    )
    assert shown[:3] == ["A list: yes, none", "B", "  nothing"]
    assert "\x1b" not in shown[3]
    assert settings_told([]) == ["The server says nothing about it."]
