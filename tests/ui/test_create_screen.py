from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events

from tests.factories import make_case
from tests.ui.asking import PROJECTS, TYPES, USERS, asking, form, found
from triage_tui.models import STANDARD_TYPE, Case, CustomValue, Definition, NewCase, User
from triage_tui.ui.screens.choice_list import ChoiceList
from triage_tui.ui.screens.create import Created, CreateScreen, people
from triage_tui.ui.screens.pick import Choice, PickScreen


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PickScreen, "search_delay", 0.0)


async def test_creating_a_case_with_the_keyboard() -> None:
    async with asking(form()) as (app, pilot):
        await pilot.press(*"Disk", "enter", "enter", *"pay", "enter")
        await pilot.press("tab", "space", *"sec", "enter")
        await pilot.press("down", "enter", "2")
        await pilot.press("tab", "enter", *"anna", "enter")
        await pilot.press("tab", "enter", "c", "tab", *"It", "enter", *"is", "ctrl+s")
    new = NewCase("Disk", "2", "sec", "P2", "It\nis", USERS[0], "Closed")
    assert app.answers == [Created(new, send=True)]


async def test_what_is_missing_is_said_and_focused() -> None:
    async with asking(form()) as (app, pilot):
        await pilot.press("tab", "ctrl+s")
        assert "give the case a title" in app.painted()
        await pilot.press("x")
        assert "give the case a title" not in app.painted()
        await pilot.press("ctrl+s")
        assert "choose a project" in app.painted()
        await pilot.press("enter", "enter", "ctrl+s")
    assert app.answers == [Created(NewCase("x", "1"), send=True)]


async def test_a_value_that_is_not_chosen_stays() -> None:
    draft = NewCase("Disk", "2", "sec", "P3", "text", USERS[1])
    async with asking(form(draft)) as (app, pilot):
        for _ in range(4):
            await pilot.press("tab", "enter", "escape")
        assert "PAY  Payments" in app.painted()
        await pilot.press("ctrl+s")
    assert app.answers == [Created(draft, send=True)]


async def test_two_enters_of_a_burst_open_one_question() -> None:
    async with asking(form()) as (app, pilot):
        await pilot.press("tab")
        field = app.screen.focused
        assert field
        field.post_message(events.Key("enter", None))
        field.post_message(events.Key("enter", None))
        await pilot.pause()
        assert len(app.screen_stack) == 3


async def test_a_value_is_chosen_with_the_mouse() -> None:
    async with asking(form()) as (app, pilot):
        await pilot.click(next(iter(app.screen.query(".value-field"))))
        await pilot.click(ChoiceList, offset=(4, 1))
        assert "PAY  Payments" in app.painted()


async def test_the_only_project_and_the_standard_type_need_no_choice() -> None:
    def screen() -> CreateScreen:
        return CreateScreen(PROJECTS[:1], TYPES, [], draft=NewCase("x", "gone", "gone"), me=None)

    async with asking(screen) as (app, pilot):
        await pilot.press("ctrl+s")
    assert app.answers == [Created(NewCase("x", "1", STANDARD_TYPE), send=True)]


@pytest.mark.usefixtures("_at_once")
async def test_the_form_finds_people_on_the_server() -> None:
    zoe = User("99", "Zoë")

    async def search(typed: str) -> list[Choice[User]]:
        return [Choice(zoe, zoe.label)]

    async with asking(form(NewCase("x", "1"), search=search)) as (app, pilot):
        await pilot.press(*["tab"] * 4, "enter", "z")
        await found(app, pilot)
        await pilot.press("enter", "ctrl+s")
    assert app.answers == [Created(NewCase("x", "1", assignee=zoe), send=True)]


def test_people_are_nobody_me_and_the_active_others() -> None:
    gone = User("9", "Gone", active=False)
    choices = people([USERS[0], USERS[1], gone], USERS[1])
    assert [choice.label for choice in choices] == ["Nobody", "Hanna Lind (me)", "Anna Berg"]


async def test_custom_attributes_of_the_type_are_asked_for_and_checked() -> None:
    defined = [
        Definition("score", "sec", "Score", type="NUMBER"),
        Definition("impact", "sec", "Impact", type="SELECT", options=("None", "Outage")),
        Definition("other", STANDARD_TYPE),
    ]
    kept: list[NewCase] = []
    draft = NewCase("x", "1", "sec")
    async with asking(form(draft, definitions=defined, keep=kept.append)) as (app, pilot):
        await pilot.press(*["tab"] * 6, "enter", "s", *"much", "enter")
        assert "is no number" in app.painted()
        await pilot.press(*["backspace"] * 4, "7", "enter", "enter", "i", "o", "ctrl+s")
    values = {
        "score": CustomValue("NUMBER", False, (7.0,)),
        "impact": CustomValue("SELECT", False, ("Outage",)),
    }
    new = replace(draft, custom_attributes=values)
    assert app.answers == [Created(new, send=True)]
    assert kept[-1] == new, "it is kept as it is filled in"


async def test_cases_alike_are_shown_while_the_title_is_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(CreateScreen, "alike_delay", 0.0)

    async def alike(new: NewCase) -> list[Case]:
        return [make_case(n, title=f"{new.title} \x1b[31m") for n in range(1, 9)]

    async with asking(form(alike=alike)) as (app, pilot):
        await pilot.press(*"Disk")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "≈ OPS-5  Disk ␛[31m" in app.painted()
        assert "OPS-6" not in app.painted()
        assert "ctrl+s create" in app.painted(), "all of the form has room"
