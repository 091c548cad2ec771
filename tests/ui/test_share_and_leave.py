"""Sharing cases, finding actions by name, and leaving."""

from __future__ import annotations

import pytest

from tests.ui.driver import start

WRITES = "POST *"


async def test_y_copies_the_key_and_says_what_it_copied() -> None:
    async with start() as ui:
        await ui.press("j", "y")
        assert ui.app.clipboard == "OPS-2"
        assert "Copied key OPS-2." in ui.status()


async def test_y_copies_the_keys_of_all_marked_cases() -> None:
    async with start() as ui:
        await ui.press("x", "x", "y")
        assert ui.app.clipboard == "OPS-1\nOPS-2"
        assert "Copied key OPS-1 and 1 more." in ui.status()


async def test_capital_y_copies_the_address() -> None:
    async with start(web="https://app.example.com/cases") as ui:
        await ui.press("Y")
        assert ui.app.clipboard == "https://app.example.com/cases/OPS-1"


async def test_a_local_workspace_has_no_addresses_and_says_so() -> None:
    async with start() as ui:
        await ui.press("Y")
        assert "no web pages" in ui.status()
        assert ui.app.clipboard == ""
        await ui.press("escape", "o")
        assert "no web pages" in ui.status()


@pytest.mark.parametrize("web", ["javascript:alert(1)//", "http://example.com", "file:///etc"])
async def test_o_opens_nothing_but_https(web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    async with start(web=web) as ui:
        await ui.press("o")
        assert "Not opened" in ui.status()
    assert opened == []


async def test_o_opens_the_case_in_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    async with start(web="https://app.example.com/cases") as ui:
        await ui.press("o")
        assert "Opening https://app.example.com/cases/OPS-1" in ui.status()
    assert opened == ["https://app.example.com/cases/OPS-1"]


async def test_what_is_copied_holds_nothing_that_a_terminal_obeys() -> None:
    async with start(web="https://example.com/\x1b]52;c;aGk=\x07") as ui:
        await ui.press("Y")
        assert "\x1b" not in ui.app.clipboard
        assert "\x07" not in ui.app.clipboard


# Help and palette


async def test_help_lists_the_keys_and_narrows() -> None:
    async with start() as ui:
        await ui.press("question_mark")
        assert "Next row" in ui.painted()
        await ui.press(*"archive")
        assert "Archive, or bring back" in ui.painted()
        assert "Next row" not in ui.painted()
        await ui.press("escape", "j")
        assert ui.cursor() == "OPS-2"


async def test_help_shows_the_keys_in_force() -> None:
    async with start(keymap={"case.archive": "f9"}) as ui:
        await ui.press("question_mark", *"archive")
        assert "f9" in ui.painted()
        await ui.press("escape", "e")
        assert ui.net.sent(WRITES) == []
        await ui.press("f9")
        assert len(ui.net.sent(WRITES)) == 1


@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_the_palette_does_an_action_by_name(key: str) -> None:
    async with start() as ui:
        await ui.press(key, *"priority p1", "enter")
        assert ui.row("OPS-1").startswith("P1")


async def test_every_action_of_the_palette_can_be_done() -> None:
    async with start() as ui:
        await ui.press("colon", *"quit", "enter")
        assert ui.left


# Leaving


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_it_leaves_at_once_when_all_is_sent(key: str) -> None:
    async with start() as ui:
        await ui.press("1")
        await ui.press(key)
        assert ui.left
        assert ui.app.return_code == 0
        assert ui.at.truth("OPS-1").priority == "P1"


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_it_asks_before_unsent_writes_are_lost(key: str) -> None:
    async with start() as ui:
        rule = ui.net.refuse(WRITES)
        await ui.press("1", "j", "2", key)
        assert not ui.left
        assert "2 writes are not sent yet" in ui.painted()
        assert "next start asks whether to send them" in " ".join(ui.painted().split())
        assert "set P1 on OPS-1" in ui.painted()
        await ui.press(key)
        assert not ui.left, "asked once, and the usual answer is to stay"
        await ui.press("escape")
        rule.lift()
        await ui.press("r")
        assert ui.at.truth("OPS-1").priority == "P1"
        await ui.press(key)
        assert ui.left
        assert ui.app.return_code == 0


async def test_who_insists_can_leave_with_unsent_writes() -> None:
    async with start() as ui:
        ui.net.refuse(WRITES)
        await ui.press("1", "q", "y")
        assert ui.left
        assert ui.app.return_code == 1


async def test_ctrl_q_asks_also_from_within_a_box() -> None:
    async with start() as ui:
        ui.net.refuse(WRITES)
        await ui.press("1", "m", *"Half a", "ctrl+q")
        assert not ui.left


async def test_ctrl_c_does_not_end_the_app() -> None:
    async with start() as ui:
        await ui.press("ctrl+c")
        assert not ui.left
