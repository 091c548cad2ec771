"""The activity screen: everything that was sent, waits and failed, until it was read."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import NOW, make_case
from tests.office import many, office
from tests.ui.driver import Ui, opened, start
from triage_tui.changes import SetPriority
from triage_tui.edits import Edit
from triage_tui.entries import Answer, State
from triage_tui.journal import Journal
from triage_tui.ui.screens import activity as activity_screen
from triage_tui.ui.screens.activity import PIECE, ActivityScreen

WRITES = "POST /api/v2/cases/*"

TERMINAL = (80, 24)


def activity(ui: Ui) -> ActivityScreen:
    assert isinstance(ui.app.screen, ActivityScreen)
    return ui.app.screen


def entries(ui: Ui) -> list[str]:
    """The rows of the screen, with one space wherever there are more."""
    lines = ui.lines(activity(ui).entry_list)[1:]
    return [" ".join(line.split()) for line in lines if line.strip()]


def detail(ui: Ui) -> str:
    return "\n".join(ui.lines(activity(ui).detail))


def said(ui: Ui) -> str:
    return " ".join(ui.lines(activity(ui).status)).strip()


def refusing(ui: Ui, key: str, says: str = "Not yours", status: int = 403) -> object:
    return ui.net.answer(f"POST */{ui.at.truth(key).id}/*", status, says=says)


async def test_the_newest_is_on_top_and_leads_to_its_case() -> None:
    async with start(size=TERMINAL) as ui:
        await ui.press("@")
        assert "Nothing was changed here yet." in ui.painted()
        await ui.press("r", "d", "u", "y", "s", "enter", "G", "g", "j", "J", "K")
        assert "Nothing was changed here yet." in ui.painted()
        await ui.press("@")
        assert ui.app.screen is ui.board
        await ui.press("1", "j", "m", *"On it", "ctrl+s", "j", "A", "d", "@")
        assert [line.rsplit(" ", 2)[0] for line in entries(ui)] == [
            "now ✓ done OPS-3 set Closed",
            "now ✓ done OPS-2 comment “On it”",
            "now ✓ done OPS-1 set P1",
        ]
        assert "✓ done: set Closed" in detail(ui)
        await ui.press("j")
        assert "Comment      On it" in detail(ui)
        await ui.press("enter")
        assert ui.cursor() == "OPS-2"
        await ui.search("priority:P3")
        await ui.press("@", "G", "enter")
        assert ui.query() == "key:OPS-1"
        assert ui.listed() == ["OPS-1"], "it is looked for if it is not in the list"


async def test_a_failure_is_told_until_it_was_under_the_cursor() -> None:
    async with start(many(4), size=TERMINAL) as ui:
        refusing(ui, "OPS-1", "Ask Operations\x1b[2J")
        refusing(ui, "OPS-2")
        await ui.press("1", "j", "1", "j", "1")
        assert "2 failed · @" in ui.status()
        await ui.press("escape", "r")
        assert "2 failed · @" in ui.status(), "it does not go by itself"
        await ui.press("@")
        assert ui.toasts() == [], "they would cover what they say"
        assert "✗ refused: set P1" in detail(ui)
        assert "Case         OPS-2" in detail(ui)
        await ui.press("escape")
        assert "1 failed · @" in ui.status(), "the other was not looked at"
        await ui.press("@")
        assert "Ask Operations" in detail(ui)
        await ui.press("y")
        assert "Copied what is known of OPS-1." in said(ui)
        assert "Case: OPS-1" in ui.app.clipboard
        assert "Status code: 403" in ui.app.clipboard
        assert "\x1b" not in ui.app.clipboard
        await ui.press("escape")
        assert "failed" not in ui.status()


async def test_only_what_failed_or_waits_or_has_a_text_in_it() -> None:
    async with start(many(3), size=TERMINAL) as ui:
        refusing(ui, "OPS-2")
        await ui.press("1", "j", "1", "j", "2", "@", "f")
        assert len(entries(ui)) == 1
        assert "OPS-2" in entries(ui)[0]
        await ui.press("f")
        assert "Nothing waits to be sent." in ui.painted()
        await ui.press("f", "slash", *"ops-3 P2")
        assert len(entries(ui)) == 1
        await ui.press("enter", "slash", "x")
        assert "No entry has this in it." in ui.painted()
        await ui.press("escape")
        assert len(entries(ui)) == 3


async def test_it_follows_what_happens_while_it_is_open() -> None:
    async with start(size=TERMINAL) as ui:
        gate = ui.net.hold(WRITES)
        await ui.press("1", "@", "d")
        assert "It is on its way" in said(ui)
        assert "↑ sending" in entries(ui)[0]
        gate.lift()
        await ui.settle()
        assert "✓ done" in entries(ui)[0]
        assert "✓ done: set P1" in detail(ui)
        await ui.press("d")
        assert "It is over." in said(ui)
        await ui.press("r")
        assert "It was done already" in said(ui)
        assert len(ui.net.sent(WRITES)) == 1


async def test_what_was_refused_is_tried_again_on_the_case_as_it_is_now() -> None:
    async with start(size=(160, 48)) as ui:
        refusing(ui, "OPS-1", "Not in this state", 409)
        await ui.press("1")
        ui.net.forget()
        ui.at.meanwhile("OPS-1", SetPriority("P4"))
        await ui.press("@")
        for line in ("OPS-1", "You saw      P2", "You set      P1", "Status code  409", "Tries"):
            assert line in detail(ui)
        assert "Not in this state" in detail(ui)
        assert "2026-03-02 09:30:00 UTC" in detail(ui)
        await ui.press("r")
        assert ui.at.truth("OPS-1").priority == "P1"
        assert "✓ done" in entries(ui)[0]
        await ui.press("escape", "u")
        assert ui.at.truth("OPS-1").priority == "P4"


async def test_what_waits_is_dropped_and_its_text_is_kept() -> None:
    async with start(size=TERMINAL) as ui:
        ui.net.refuse(WRITES)
        await ui.press("1", "j", "m", *"Long words", "ctrl+s", "@", "f", "f")
        assert len(entries(ui)) == 2
        await ui.press("d")
        assert "Dropped before it was sent: comment on OPS-2." in said(ui)
        assert "↺ undone" in entries(ui)[0]
        ui.net.forget()
        await ui.press("j", "r")
        assert ui.at.truth("OPS-1").priority == "P1"
        assert ui.at.comments("OPS-2") == []
        await ui.press("escape", "m")
        assert "Long words" in ui.painted()


async def test_what_was_done_is_undone_unless_somebody_changed_it_since() -> None:
    async with start(size=TERMINAL) as ui:
        await ui.press("m", *"Hi", "ctrl+s", "1", "j", "1", "@", "j", "u")
        assert "Undone: set P1 on OPS-1." in said(ui)
        assert ui.at.truth("OPS-1").priority == "P2"
        ui.at.meanwhile("OPS-2", SetPriority("P5"))
        await ui.press("g", "j", "u")
        assert ui.at.truth("OPS-2").priority == "P5"
        await ui.press("G", "u")
        assert "A comment cannot be undone here." in said(ui)


async def test_a_comment_of_which_nobody_knows_is_sent_again_only_after_a_yes() -> None:
    async with start(size=TERMINAL) as ui:
        ui.net.swallow(WRITES)
        await ui.press("m", *"Once", "ctrl+s")
        ui.app.outbox.hurry()
        await ui.press("@")
        assert "? unsure" in entries(ui)[0]
        await ui.press("r")
        assert "It may have been done all the same" in ui.painted()
        await ui.press("n")
        assert ui.at.comments("OPS-1").count("Once") == 0
        await ui.press("r", "y")
        assert ui.at.comments("OPS-1").count("Once") == 1


async def test_thousands_of_entries_are_read_as_far_as_one_looks(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    earlier = Journal(file, now=lambda: NOW - timedelta(days=1))
    edits = []
    for n in range(1, 1001):
        number = earlier.last_number + n
        edits.append(Edit(number, number, make_case(n).id, f"OPS-{n}", SetPriority("P1"), None))
    earlier.add(edits, due_at=NOW - timedelta(days=1))
    for one in edits[:3]:
        earlier.settle(one, State.REFUSED, Answer("No"))
    earlier.drop(edits[3:])
    earlier.close()
    async with office() as at, opened(at, journal=file, size=TERMINAL) as ui:
        assert "3 failed · @" in ui.status()
        await ui.press("@")
        screen = activity(ui)
        assert "or more" in ui.lines(screen.title_line)[0]
        assert screen.entry_list.count <= 3 * PIECE
        await ui.press(*["G"] * 4)
        assert screen.entry_list.count > 3 * PIECE
        await ui.press("slash", *"ops-777", "enter")
        assert len(entries(ui)) == 1
        await ui.press("escape", "f")
        assert len(entries(ui)) == 3


async def test_what_another_triage_tui_does_appears_while_one_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both share the journal; the one that began earlier gives lower numbers."""
    monkeypatch.setattr(activity_screen, "OTHERS_EVERY", 0.01)
    path = tmp_path / "journal.db"
    async with (
        office() as at,
        opened(at, journal=path) as other,
        opened(at, journal=path, size=TERMINAL) as ui,
    ):
        await ui.press("1", "j", "2", "@", "j")
        assert "OPS-1" in detail(ui)
        await other.press("G", "5")
        async with asyncio.timeout(30):
            while len(entries(ui)) < 3:
                await ui.settle()
        assert [row.split()[3] for row in entries(ui)] == ["OPS-2", "OPS-1", "PAY-1"]
        assert "OPS-1" in detail(ui)  # the cursor stays where it was


@pytest.mark.parametrize("leave", ["the app", "the screen"])
async def test_what_changes_while_it_is_left_is_not_painted(leave: str) -> None:
    async with start() as ui:
        await ui.press("1")
        await ui.press("at")
        screen = activity(ui)
        if leave == "the app":
            ui.app.exit()
        else:
            screen.dismiss()
        await screen.remove_children()
        screen.follow()
        screen._look_again()
    assert ui.app._exception is None
