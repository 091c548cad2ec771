from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events
from textual.screen import ModalScreen

from tests.ui.asking import asking, form, names, statuses
from triage_tui.actions import ACTIONS
from triage_tui.models import CaseType, NewCase, Project, User
from triage_tui.ui.keys_shown import shown_keys
from triage_tui.ui.screens.compose import Composed, ComposeScreen
from triage_tui.ui.screens.confirm import ConfirmScreen
from triage_tui.ui.screens.create import Created, CreateScreen
from triage_tui.ui.screens.fields import TextField
from triage_tui.ui.screens.help import HelpScreen
from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for
from triage_tui.ui.screens.pick import Choice, PickScreen

HOSTILE = (
    "[/x]",
    "[@click=app.quit]quit[/]",
    "\x1b]52;c;aGFjaw==\x1b\\",
    "\x9b31m",
    "invoice\u202egnp.exe",
    "x" * 10_000,
    "",
    "漢字のケース" * 20,
    "👨‍👩‍👧 family 🔥",
    "nul\0nul",
    "two\nlines\tand a tab",
)
FORBIDDEN = set("\x1b\x9b\x9d\u202e\0\n\t\r\x07")
SIZES = [(80, 24), (120, 40), (60, 20), (30, 10)]


def hostile_screens() -> dict[str, Callable[[], ModalScreen[Any]]]:
    users = [User(f"{n}{text}", text, text, text) for n, text in enumerate(HOSTILE)]
    return {
        "pick": lambda: PickScreen(
            HOSTILE[0], [Choice(t, t, t, t) for t in HOSTILE], nothing=HOSTILE[1]
        ),
        "menu": lambda: MenuScreen(
            HOSTILE[2],
            [MenuItem(x, t, t, t) for x, t in zip(letters_for(HOSTILE), HOSTILE, strict=True)],
            current=HOSTILE[3],
        ),
        "confirm": lambda: ConfirmScreen("".join(HOSTILE), HOSTILE, yes=HOSTILE[1], no=HOSTILE[2]),
        "compose": lambda: ComposeScreen(
            HOSTILE[4], "\n".join(HOSTILE), templates={HOSTILE[2]: HOSTILE[3]}
        ),
        "create": lambda: CreateScreen(
            [Project(t, t, t) for t in HOSTILE],
            [CaseType(t, t, t) for t in HOSTILE],
            users,
            draft=NewCase("".join(HOSTILE[:5]), HOSTILE[2], HOSTILE[2], HOSTILE[2], HOSTILE[2]),
        ),
        "help": lambda: HelpScreen(ACTIONS, {}),
    }


# Every screen


def assert_harmless(painted: str, size: tuple[int, int]) -> None:
    assert not FORBIDDEN & set(painted.replace("\n", ""))
    assert [cell_len(line) for line in painted.split("\n")] == [size[0]] * size[1]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", list(hostile_screens()))
async def test_nothing_from_outside_is_obeyed(name: str, size: tuple[int, int]) -> None:
    async with asking(hostile_screens()[name], size) as (app, pilot):
        assert_harmless(app.painted(), size)
        for key in ("down", "end", "[", "/", "backspace", "pagedown", "tab"):
            await pilot.press(key)
            assert_harmless(app.painted(), size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)], ids=str)
@pytest.mark.parametrize(
    ("question", "seen"),
    [
        (names([f"Name {n}" for n in range(50)]), ["50 of 50", "Name 0", "esc"]),
        (statuses("Open"), ["✓ Open", "Closed", "esc"]),
        (
            lambda: ConfirmScreen("Really?", [f"OPS-{n}" for n in range(50)]),
            ["Really?", "OPS-0", "y  Yes", "› n  No", "esc no"],
        ),
        (lambda: ComposeScreen("Comment", "some text"), ["some text", "ctrl+s send"]),
        (form(), ["Title", "Assignee", "Description", "ctrl+s create"]),
        (lambda: HelpScreen(ACTIONS, {}), ["Next row", "esc close"]),
    ],
)
async def test_everything_fits(
    question: Callable[[], ModalScreen[Any]], seen: list[str], size: tuple[int, int]
) -> None:
    async with asking(question, size) as (app, _):
        painted = app.painted()
        assert [text for text in seen if text not in painted] == []
        assert "╭" in painted
        assert "╰" in painted


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (names(), None),
        (statuses(), None),
        (lambda: ConfirmScreen("Really?"), False),
        (lambda: ComposeScreen("Comment", "draft"), Composed("draft", send=False)),
        (
            form(NewCase("Disk", "2")),
            Created(NewCase("Disk", "2"), send=False),
        ),
        (lambda: HelpScreen(ACTIONS, {}), None),
    ],
)
async def test_escape_answers_once_however_often_it_is_pressed(
    question: Callable[[], ModalScreen[Any]], answer: object
) -> None:
    async with asking(question) as (app, pilot):
        await app.burst(pilot, "escape", "escape", "escape")
        assert app.answers == [answer]
        assert len(app.screen_stack) == 1


# Confirming


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["enter"], False),
        (["y"], True),
        (["n"], False),
        (["q"], False),
        (["left", "enter"], True),
        (["tab", "enter"], True),
        (["tab", "tab", "enter"], False),
        (["h", "l", "enter"], False),
        (["down", "pagedown", "j", "enter"], False),
        (["n", "y"], False),
    ],
)
async def test_confirming(keys: list[str], answer: bool) -> None:
    def question() -> ConfirmScreen:
        return ConfirmScreen("Close 40 cases?", [f"OPS-{n}" for n in range(40)])

    async with asking(question) as (app, pilot):
        await app.burst(pilot, *keys)
    assert app.answers == [answer]


async def test_many_lines_scroll() -> None:
    def question() -> ConfirmScreen:
        return ConfirmScreen("Close 40 cases?", [f"OPS-{n}" for n in range(40)])

    async with asking(question, (60, 20)) as (app, pilot):
        assert "OPS-39" not in app.painted()
        await pilot.press(*["pagedown"] * 8)
        assert "OPS-39" in app.painted()
        assert "Close 40 cases?" in app.painted()


@pytest.mark.parametrize(("place", "answer"), [(0, True), (1, False)])
async def test_clicking_an_answer(place: int, answer: bool) -> None:
    async with asking(lambda: ConfirmScreen("Really?", yes="Do it", no="Leave it")) as (app, pilot):
        await pilot.click(list(app.screen.query(".confirm--answer"))[place])
    assert app.answers == [answer]


# Writing


@pytest.mark.parametrize("key", ["ctrl+s", "ctrl+enter"])
async def test_sending_what_was_written(key: str) -> None:
    async with asking(lambda: ComposeScreen("Comment", "Seen.")) as (app, pilot):
        await pilot.press("enter", "O", "K", key)
    assert app.answers == [Composed("Seen.\nOK", send=True)]


async def test_a_burst_is_written_before_it_is_sent() -> None:
    async with asking(lambda: ComposeScreen("Comment")) as (app, pilot):
        await app.burst(pilot, *"done", "ctrl+s")
    assert app.answers == [Composed("done", send=True)]


async def test_nothing_is_not_sent() -> None:
    async with asking(lambda: ComposeScreen("Comment")) as (app, pilot):
        await pilot.press("space", "ctrl+s")
        assert "there is no text yet" in app.painted()
        assert app.answers == []
        await pilot.press("x")
        assert "there is no text yet" not in app.painted()


async def test_pasted_control_characters_become_pictures() -> None:
    async with asking(lambda: ComposeScreen("Comment", "a")) as (app, pilot):
        app.post_message(events.Paste("\x1b[2J\r\nb\u202e"))
        await pilot.pause()
        await pilot.press("!", "ctrl+s")
    assert app.answers == [Composed("a␛[2J\nb\ufffd!", send=True)]


async def test_many_pasted_lines_are_undone_and_redone() -> None:
    lines = [f"line {n}" for n in range(60)]
    async with asking(lambda: ComposeScreen("Comment", "a\nb")) as (app, pilot):
        field = app.screen.query_one(TextField)
        app.post_message(events.Paste("\n".join(lines)))
        await pilot.pause()
        await pilot.press("ctrl+z")
        assert (field.text, field.cursor_location) == ("a\nb", (1, 1))
        await pilot.press("ctrl+y")
        assert field.text == "a\nb" + "\n".join(lines)
        assert field.cursor_location == (60, 7)
        await pilot.press("ctrl+y", "!")
        assert field.cursor_location == (60, 8), "there was nothing to redo"
        await pilot.press("ctrl+z", "ctrl+z", "ctrl+z", "!", "ctrl+s")
    assert app.answers == [Composed("a\nb!", send=True)]


async def test_undoing_nothing_leaves_the_cursor_where_it_is() -> None:
    async with asking(lambda: ComposeScreen("Comment", "a\nb")) as (app, pilot):
        await pilot.press("ctrl+z", "!", "ctrl+s")
    assert app.answers == [Composed("a\nb!", send=True)]


# Help


async def test_help_lists_the_keys_in_force() -> None:
    keys = {"list.down": "n,down", "list.up": ""}
    async with asking(lambda: HelpScreen(ACTIONS, keys), (120, 40)) as (app, _):
        lines = app.painted().split("\n")
        assert any("n ↓" in line and "Next row" in line for line in lines)
        assert any("–" in line and "Previous row" in line for line in lines)
        assert any("g home" in line and "list.top" in line for line in lines)


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("j,down", "j ↓"),
        ("question_mark,f1", "? f1"),
        ("colon, ctrl+p", ": ctrl+p"),
        ("slash", "/"),
        ("minus", "-"),
        ("plus", "+"),
        ("x,space", "x space"),
        ("G", "G"),
        ("escape,enter", "esc enter"),
        ("shift+tab,shift+left", "shift+tab shift+←"),
        ("pagedown,pageup", "pgdn pgup"),
        ("comma", ","),
        ("", ""),
    ],
)
def test_keys_written_for_people(keys: str, shown: str) -> None:
    assert shown_keys(keys) == shown
