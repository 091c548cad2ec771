"""Views as tabs: going from one to the other, writing them, and what becomes of refused ones."""

from __future__ import annotations

from pathlib import Path

from tests.office import OPS, demo, office
from tests.ui.driver import Ui, opened, start
from triage_tui.models import SharedView

OPEN = "status:(open OR in_progress)"
COUNT = "GET /api/v2/cases/count[?]*group_bys=priority&limit=10"


def tabs(ui: Ui) -> str:
    [line] = ui.lines(ui.board.tab_line)
    return line.strip()


async def shared(ui: Ui) -> list[SharedView]:
    assert ui.app.client
    return list(await ui.app.client.views(OPS.id))


async def command(ui: Ui, words: str) -> None:
    """Run an action by its name."""
    await ui.press("colon", *words, "enter")


async def test_from_view_to_view_and_back() -> None:
    async with start(query=OPEN) as ui:
        assert tabs(ui).startswith("▸Open 5  Mine  Unassigned P1–P3")
        assert not ui.net.sent(COUNT), "that can wait"
        await ui.to("OPS-3")
        await ui.press("x", "[")
        assert ui.query() == "archived:true"
        assert "Left 1 mark behind" in ui.status()
        await ui.press("]")
        assert ui.query() == OPEN
        assert ui.cursor() == "OPS-4", "where it was"
        assert not ui.app.session.marked
        await ui.press("]")
        assert ui.query() == f"{OPEN} assignee:ana@example.com"
        assert ui.listed() == ["OPS-4"]

        await ui.press("t")
        assert ui.query() == OPEN
        assert "▸Open" in tabs(ui)
        await ui.search(f"{OPEN} team:storage")
        assert "▸Open• 5" in tabs(ui), "it is not quite that view any more"
        await ui.press("-")
        assert "▸Open 5" in tabs(ui)
        assert ui.query() == OPEN

        [place] = [n for n, char in enumerate(ui.lines(ui.board.tab_line)[0]) if char == "A"]
        await ui.pilot.click(ui.board.tab_line, offset=(place, 0))
        await ui.settle()
        assert ui.query() == "archived:true"
        await ui.press("alt+3")
        assert ui.listed() == ["OPS-1", "PAY-1"]


async def test_counts_come_when_nothing_else_is_to_do() -> None:
    async with start(demo(), query=OPEN, size=(80, 24)) as ui:
        assert "Mine" in tabs(ui)
        await ui.wait(1.1)
        counted = ui.net.sent(COUNT)
        assert len(counted) == 5, "one each, and the list knows its own"
        assert len(set(counted)) == 5
        assert tabs(ui).endswith("Archived 49")
        await ui.press("]", "]")
        await ui.wait(1.1)
        assert len(ui.net.sent(COUNT)) == 5, "they are known"
        await ui.press("d")
        assert "Archived ~49" in tabs(ui), "something was changed since"
        await ui.press("r")
        await ui.wait(1.1)
        assert len(ui.net.sent(COUNT)) == 10
        assert "~" not in tabs(ui)


async def test_a_query_is_written_as_a_view_on_this_machine(tmp_path: Path) -> None:
    async with office() as at:
        async with opened(at, query=OPEN, local=tmp_path / "s.db") as ui:
            await ui.search("team:streams")
            await ui.press("w", "l", *"Lag", "enter")
            assert "▸⌂Lag 1" in tabs(ui)
            await ui.search("team:streams status:open")
            assert "▸⌂Lag•" in tabs(ui)
            await ui.press("w", "l", *"Lag", "enter")
            assert "There is one of this name" in ui.painted()
            await ui.press("escape", "w", "u")
            assert "▸⌂Lag 1" in tabs(ui)
            await command(ui, "rename the view")
            await ui.press(*"Late", "enter")
            assert "▸⌂Late" in tabs(ui)
        async with opened(at, query=OPEN, local=tmp_path / "s.db") as ui:
            await ui.press("[")
            assert ui.query() == "team:streams status:open"
            assert "▸⌂Late 1" in tabs(ui)
            await command(ui, "delete the view")
            assert "Late" not in tabs(ui)
            await command(ui, "delete the view")
            assert "No view is in force" in ui.status()
            await ui.press("]")
            await command(ui, "delete the view")
            assert "always there" in ui.status()


async def test_a_view_is_shared_with_a_project() -> None:
    async with start(query=OPEN, size=(160, 30)) as ui:
        await ui.search("project:OPS team:storage")
        await ui.press("w", "s", *"Disks", "enter")
        assert "▸⇄OPS Disks 2" in tabs(ui)
        [view] = await shared(ui)
        assert (view.name, view.query) == ("Disks", "team:storage")
        await ui.search("project:OPS team:storage status:open")
        await ui.press("w", "u")
        [view] = await shared(ui)
        assert (view.name, view.query) == ("Disks", "team:storage status:open")

        ui.net.answer("PUT *", 403, says="Forbidden")
        await command(ui, "rename the view")
        await ui.press(*" 2", "enter")
        assert "“OPS Disks” is as it was." in ui.status()
        assert "Could not change the view: Forbidden" in "".join(ui.toasts())
        await command(ui, "delete the view")
        await ui.press("y")
        assert await shared(ui) == []
        assert "Disks" not in tabs(ui)


async def test_a_view_that_is_refused_stays_on_this_machine() -> None:
    async with start(query="project:OPS", size=(160, 30)) as ui:
        ui.net.answer("POST */views*", 403, says="Forbidden")
        await ui.press("w", "s", *"Mine all", "enter")
        assert "⌂Mine all" in tabs(ui)
        assert "“Mine all” is on this machine only" in ui.status()
        assert "Could not share the view: Forbidden" in "".join(ui.toasts())


async def test_what_others_share_is_there_and_what_is_wrong_says_why() -> None:
    async with office() as at:
        async with opened(at) as ui:
            assert ui.app.client
            await ui.app.client.create_view(OPS.id, "Pages", "priority:P2")
        views = {"Bad": "status:(", "Own": "assignee:me"}
        async with opened(at, project="OPS", views=views, size=(160, 30)) as ui:
            assert "Pages" not in tabs(ui)
            await ui.wait(1.1)
            assert tabs(ui).endswith("⇄Pages 1  Bad  Own 1")
            await ui.press("[")
            assert ui.query() == "assignee:ana@example.com"
            await ui.press("[")
            assert ui.query() == "priority:P2", "what cannot be asked is passed over"
            await ui.press("alt+8")
            assert "“Bad” cannot be asked" in ui.status()
        async with opened(at, read_only=True) as ui:
            await ui.press("w")
            assert "Read-only" in ui.status()
