"""What a profile allows: one project only, and nothing to be changed."""

from __future__ import annotations

from tests.factories import NOW
from tests.office import OPS, PAY, office
from tests.ui.driver import Ui, start
from triage_tui.actions import ACTIONS, NO_KEY
from triage_tui.query import parse


def title(ui: Ui) -> str:
    return " ".join(" ".join(ui.lines(ui.board.title_line)).split())


async def test_the_title_says_what_a_profile_allows() -> None:
    async with start(profile="work", project="OPS", read_only=True) as ui:
        assert title(ui) == "triage-tui test workspace work project OPS read-only"
    async with start() as ui:
        assert title(ui) == "triage-tui test workspace"


async def test_no_key_changes_what_is_only_read() -> None:
    keys = {
        action.id: action.keys.split(",")[0]
        for action in ACTIONS
        if action.writes and action.scope == "triage" and action.keys != NO_KEY
    }
    assert len(keys) > 15
    async with start(read_only=True) as ui:
        for id, key in keys.items():
            await ui.press("escape", key)
            assert "Read-only: nothing was changed." in ui.status(), id
            assert len(ui.app.screen_stack) == 1, id
        await ui.press("escape", ":")
        await ui.type("archive, or bring")
        await ui.press("enter")
        assert "Read-only: nothing was changed." in ui.status()
        assert (ui.net.sent("POST *"), len(ui.app.session.writes)) == ([], 0)


async def test_what_is_only_read_can_be_looked_at_in_every_way() -> None:
    async with start(read_only=True, size=(160, 30)) as ui:
        assert "status" not in ui.lines(ui.board.hints)[0]
        await ui.press("j", "y")
        assert ui.app.clipboard == "OPS-2"
        await ui.search("priority:P2")
        assert ui.listed() == ["OPS-1"]


async def test_only_the_cases_of_the_project_are_shown() -> None:
    async with start(project="pay") as ui:
        assert ui.listed() == ["PAY-1"]
        await ui.search("title:*")
        assert ui.listed() == ["PAY-1"]
        await ui.search("project:OPS")
        assert ui.listed() == []


async def test_a_new_case_is_for_the_project_that_is_shown() -> None:
    async with start(project="pay") as ui:
        await ui.press("c", *"Card declined", "ctrl+s")
        assert "Created PAY-2." in ui.status()
        assert ui.at.truth("PAY-2").project_id == PAY.id != OPS.id


async def test_the_first_picture_asks_what_the_client_asks() -> None:
    async with office() as at:
        for text in ("", "disk", "priority:P1 OR title:*", "-status:open", "project:PAY"):
            asked = f"project:OPS ({text})" if text else "project:OPS"
            own, other = (
                at.store.search(query, size=50, now=NOW)
                for query in (parse(text).within("OPS"), parse(asked))
            )
            assert own == other
            assert {case.key[:4] for case in own.cases} <= {"OPS-"}
