from __future__ import annotations

import asyncio

import pytest
from textual import events

from tests.ui.asking import asking, found, names, statuses
from triage_tui.errors import ApiError, Failure
from triage_tui.ui.screens.choice_list import ChoiceList
from triage_tui.ui.screens.menu import MenuScreen, letters_for
from triage_tui.ui.screens.pick import Choice, PickScreen
from triage_tui.ui.screens.ranking import Ranking, lowered

# Picking


async def test_typing_narrows_and_enter_chooses_the_best() -> None:
    async with asking(names()) as (app, pilot):
        await pilot.press(*"anna")
        assert "2 of 5" in app.painted()
        await pilot.press("enter")
    assert app.answers == ["Anna Berg"]


async def test_a_burst_chooses_what_was_typed() -> None:
    async with asking(names()) as (app, pilot):
        await app.burst(pilot, *"olu", "enter", "j", "enter")
        assert app.answers == ["Olu Adeyemi"]


async def test_a_burst_moves_in_what_was_typed_so_far() -> None:
    async with asking(names()) as (app, pilot):
        await app.burst(pilot, *"anna", "down", "enter")
    assert app.answers == ["Hanna Lind"]


async def test_keys_before_the_first_paint_are_not_lost() -> None:
    async with asking(names()) as (app, pilot):
        app.push_screen(names()(), app.answers.append)
        await app.burst(pilot, *"sam", "enter")
    assert app.answers == ["Sam"]


async def test_moving_in_a_picker() -> None:
    async with asking(names()) as (app, pilot):
        await pilot.press("down", "ctrl+n", "down", "up", "ctrl+p", "pagedown", "up", "enter")
    assert app.answers == ["Olu Adeyemi"]


async def test_a_click_chooses() -> None:
    async with asking(names()) as (app, pilot):
        await pilot.click(ChoiceList, offset=(5, 2))
    assert app.answers == ["Joan Miró"]


async def test_no_text_keeps_the_order_given() -> None:
    async with asking(names(["b", "a", "c"])) as (app, _):
        rows = [line.lstrip(" │›").split()[0] for line in app.painted().split("\n") if "@" in line]
    assert rows == ["b", "a", "c"]


async def test_nothing_that_fits_is_said_and_not_chosen() -> None:
    async with asking(names(nothing="Nobody matches")) as (app, pilot):
        await pilot.press(*"zzz", "down", "enter")
        assert "Nobody matches" in app.painted()
        assert "0 of 5" in app.painted()
        assert app.answers == []
        await pilot.click(ChoiceList, offset=(5, 0))
        assert app.answers == []


async def test_no_choices_at_all() -> None:
    async with asking(names([])) as (app, pilot):
        await pilot.press("down", "enter", "pageup")
        assert app.answers == []


class Directory:
    """A server that knows more people; it answers when it is told to."""

    def __init__(self, *found: str, error: ApiError | None = None) -> None:
        self.found = found
        self.error = error
        self.asked: list[str] = []
        self.may_answer = asyncio.Event()

    async def search(self, typed: str) -> list[Choice[str]]:
        self.asked.append(typed)
        await self.may_answer.wait()
        if self.error:
            raise self.error
        return [Choice(one, one) for one in self.found]


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PickScreen, "search_delay", 0.0)


@pytest.mark.usefixtures("_at_once")
async def test_the_server_adds_to_the_choices() -> None:
    directory = Directory("Sam", "Samira", "Known By Another Name")
    async with asking(names(search=directory.search)) as (app, pilot):
        await pilot.press("s", "a", "m")
        assert "searching…" in app.painted()
        directory.may_answer.set()
        await found(app, pilot)
        painted = app.painted()
        assert "3 of 7" in painted
        assert painted.count("Sam@") == 1
        assert "Known By Another Name" in painted
        await pilot.press("down", "enter")
    assert app.answers == ["Samira"]


@pytest.mark.usefixtures("_at_once")
async def test_what_the_server_finds_does_not_move_the_row_under_the_cursor() -> None:
    directory = Directory("An")
    async with asking(names(search=directory.search)) as (app, pilot):
        await pilot.press("a", "n", "down")
        directory.may_answer.set()
        await found(app, pilot)
        assert "4 of 6" in app.painted()
        await pilot.press("enter")
    assert app.answers == ["Hanna Lind"]


@pytest.mark.usefixtures("_at_once")
async def test_the_server_is_asked_for_no_more_than_a_name_can_have() -> None:
    directory = Directory("Sam")
    directory.may_answer.set()
    async with asking(names(search=directory.search)) as (app, pilot):
        app.post_message(events.Paste("sam " * 20_000))
        await pilot.pause()
        await found(app, pilot)
        assert directory.asked == ["sam " * 50]
        assert "1 of 5" in app.painted()


@pytest.mark.usefixtures("_at_once")
async def test_a_failed_search_is_a_sentence_and_the_choices_stay() -> None:
    sentence = "Nobody was looked up: no server [/x]."
    directory = Directory(error=ApiError(sentence, Failure.UNREACHABLE))
    directory.may_answer.set()
    async with asking(names(search=directory.search)) as (app, pilot):
        await pilot.press("a")
        await found(app, pilot)
        assert f"of 5 · {sentence}" in app.painted()
        await pilot.press("backspace")
        assert sentence not in app.painted()
        await pilot.press("enter")
    assert app.answers == ["Anna Berg"]


@pytest.mark.parametrize(
    ("typed", "label", "fits"),
    [
        ("", "Anna", True),
        ("ann", "Anna", True),
        ("ANN", "anna", True),
        ("berg anna", "Anna Berg", True),
        ("ab", "Anna Berg", True),
        ("ba", "Anna Berg", False),
        ("anna zz", "Anna Berg", False),
        ("i", "İstanbul", False),
        ("nbul", "İstanbul", True),
    ],
)
def test_which_labels_fit(typed: str, label: str, fits: bool) -> None:
    assert (Ranking(typed).match(lowered(label)) is not None) == fits


def test_letters_side_by_side_and_first_letters_rank_higher() -> None:
    labels = ["alpha nova", "hanna", "anna", "ann"]
    matches = {label: Ranking("ann").match(label) for label in labels}
    ranked = sorted(labels, key=lambda one: -(match.score if (match := matches[one]) else 0))
    assert ranked == ["ann", "anna", "hanna", "alpha nova"]


def test_other_text_is_found_only_as_it_stands() -> None:
    assert Ranking("ops").match("disk full", "ops-14")
    assert not Ranking("o14").match("disk full", "ops-14")


def test_the_found_letters_are_those_of_the_label() -> None:
    match = Ranking("ab").match(lowered("İ Anna Berg"))
    assert match
    assert match.places == {2, 7}


def test_a_label_made_to_have_many_readings_is_ranked_all_the_same() -> None:
    # Every combination of 9 of these 100 letters would be 2 000 000 000 000.
    match = Ranking("aaaaaaaaa").match("ab" * 100)
    assert match
    assert len(match.places) == 9


# Menus


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["c"], "Closed"),
        (["j", "enter"], "In Progress"),
        (["down", "down", "up", "enter"], "In Progress"),
        (["end", "k", "enter"], "In Progress"),
        (["q"], None),
    ],
)
async def test_choosing_in_a_menu(keys: list[str], answer: str | None) -> None:
    async with asking(statuses()) as (app, pilot):
        await app.burst(pilot, *keys)
    assert app.answers == [answer]


async def test_a_menu_starts_at_the_current_value() -> None:
    async with asking(statuses("In Progress")) as (app, pilot):
        assert "✓ In Progress" in app.painted()
        await pilot.press("z", "enter")
    assert app.answers == ["In Progress"]


async def test_a_second_letter_of_a_burst_answers_nothing() -> None:
    async with asking(statuses()) as (app, pilot):
        await app.burst(pilot, "c", "o", "enter")
        assert app.answers == ["Closed"]
        assert len(app.screen_stack) == 1


async def test_a_click_in_a_menu_and_an_empty_menu() -> None:
    async with asking(statuses()) as (app, pilot):
        await pilot.click(ChoiceList, offset=(4, 1))
    assert app.answers == ["In Progress"]
    async with asking(lambda: MenuScreen[str]("Status", [])) as (app, pilot):
        assert "Nothing to choose" in app.painted()
        await pilot.press("enter", "j", "k")
        assert app.answers == []


def test_letters_are_different_and_never_those_that_move() -> None:
    assert letters_for(["Open", "In Progress", "Closed", "On hold"]) == ["o", "i", "c", "n"]
    assert letters_for(["Jira", "KKK", "Quick", "漢字", ""]) == ["i", "a", "u", "b", "c"]
    many = letters_for(["jkq"] * 70)
    given = [letter for letter in many if letter]
    assert len(given) == len(set(given)) == 59
    assert not set(given) & set("jkq")
