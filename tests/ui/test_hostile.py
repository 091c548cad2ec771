"""Texts from outside: none ends the app, none is obeyed, none reaches the terminal."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import httpx
import pytest
from rich.cells import cell_len

from tests.faults import Faults
from tests.hostile import SAMPLES, answer
from tests.office import office
from tests.ui.driver import Ui, opened
from tests.ui.pty_run import running
from triage_tui.text import UNSAFE

TOUR: dict[str, tuple[str, tuple[str, ...]]] = {
    "list": ("CaseList", ("j", "k", "G", "g", "V", "j", "V")),
    "detail": ("CaseDetail", ("X", "X", "enter", "z", "G", "g", "J")),
    "facets": ("FacetPanel", ("escape", "escape", "h", "j", "x")),
    "a value in the query": ("QueryInput", ("minus", "G", "enter", "slash")),
    "sort menu": ("MenuScreen", ("escape", "S")),
    "status menu": ("MenuScreen", ("escape", "s")),
    "menu of closed statuses": ("MenuScreen", ("enter", "d")),
    "refused with words of theirs": ("CaseList", ("escape", "1")),
    "refused with a page of theirs": ("CaseList", ("i",)),
    "people": ("PickScreen", ("a", "x", "backspace")),
    "comment": ("ComposeScreen", ("escape", "m", "h", "i")),
    "form": ("CreateScreen", ("ctrl+s", "c", "T", "enter")),
    "projects": ("PickScreen", ("enter",)),
    "types": ("PickScreen", ("enter", "tab", "enter")),
    "people of the form": ("PickScreen", ("enter", "tab", "tab", "enter")),
    "created": ("CaseList", ("enter", "ctrl+s")),
    "question about many": ("ConfirmScreen", ("X", "5")),
    "palette": ("PickScreen", ("escape", "colon")),
    "help": ("HelpScreen", ("escape", "question_mark")),
    "activity": ("ActivityScreen", ("escape", "at", "j", "J", "y", "s", "slash", "x", "escape")),
    "failed read": ("CaseList", ("escape", "escape", "slash", "ctrl+u", *"fails", "enter")),
    "shared": ("CaseList", ("minus", "y", "Y", "o", "u", "r")),
}
"""For every place what is pressed to get there from the one before, and what has the keys then."""


FURTHER: dict[str, tuple[str, tuple[str, ...]]] = {
    "timeline": ("CaseList", ("j", "k", "right_curly_bracket")),
    "insights": ("CaseList", ("right_curly_bracket",)),
    "fields in the detail": ("CaseList", ("right_curly_bracket",)),
    "raw": ("CaseList", ("right_curly_bracket",)),
    "similar cases": ("SimilarScreen", ("D",)),
    "fields to edit": ("MenuScreen", ("escape", "=")),
    "own comments": ("ComposeScreen", ("escape", "M")),
    "another project": ("PickScreen", ("escape", "v")),
    "by case": ("ByCaseScreen", ("escape", "F")),
    "heat map": ("CrossTabScreen", ("escape", "T")),
    "columns": ("ColumnsScreen", ("escape", "C")),
    "groups": ("MenuScreen", ("g",)),
    "filter": ("FilterInput", ("escape", "f", *"a[/")),
    "what is completed": ("QueryInput", ("escape", "slash", "ctrl+u", *"assignee:")),
    "views": ("CaseList", ("escape", "escape", "left_square_bracket", "right_square_bracket")),
    "views that are shared": ("CaseList", ("G", *["right_square_bracket"] * 6)),
    "a view to write": ("MenuScreen", ("w",)),
    "projects to work on": ("PickScreen", ("escape", "P")),
    "projects in full": ("ProjectsScreen", (*["down"] * 5, "enter", "j")),
    "a project in full": ("ReadScreen", ("i",)),
    "triage mode": ("CaseList", ("escape", "escape", "L", "j")),
    "palette with what was done": ("PickScreen", ("escape", "colon", "x", "backspace")),
    "hand-over": ("ReviewScreen", ("escape", "escape", "H", "z", "G", "g", "}", "}", "j")),
    "all of it": ("ReviewScreen", ("z", "}", "}", "j")),
    "its text": ("TextScreen", ("P", "j", "J")),
    "its sign-off": ("ConfirmScreen", ("escape", "S")),
}
"""The same for what is further away."""


def find_harm(ui: Ui) -> list[str]:
    """What is painted although it must not be."""
    harm = []
    for strip in ui.app.screen._compositor.render_strips():
        if ui.app.screen is ui.board and cell_len(strip.text) != ui.app.size.width:
            harm.append(f"not as wide as the screen: {strip.text!r}")
        for text, style, _ in strip:
            if UNSAFE.search(text):
                harm.append(f"unsafe: {text!r}")
            if style and (style.link or "@click" in style.meta):
                harm.append(f"obeyed: {text!r} {style.link} {style.meta}")
    return harm


@pytest.mark.parametrize("kinds", ["empty", "markup controls query", "wide long"])
async def test_no_text_from_outside_does_any_harm(kinds: str) -> None:
    text = "".join(SAMPLES[kind] for kind in kinds.split())
    net = Faults(httpx.MockTransport(partial(answer, text=text)))
    web = "https://example.com"
    async with office() as at, opened(at, network=net, web=web, size=(100, 24)) as ui:
        for place, (expected, keys) in TOUR.items():
            await ui.press(*keys)
            assert not ui.left, place
            on_board = ui.app.screen is ui.board
            assert type(ui.app.focused if on_board else ui.app.screen).__name__ == expected, place
            assert find_harm(ui) == [], place
            assert not UNSAFE.search(ui.app.clipboard.replace("\n", "")), place
        net.refuse("POST *")
        await ui.press("2")
        await ui.press("q")
        assert not ui.left
        assert find_harm(ui) == []


async def test_nor_does_it_further_away() -> None:
    """All that is done in the sections, boxes and bars beside what is needed all the time."""
    text = "".join(SAMPLES[name] for name in ("markup", "controls", "wide", "query"))
    net = Faults(httpx.MockTransport(partial(answer, text=text)))
    async with (
        office() as at,
        opened(at, network=net, web="https://example.com", size=(130, 30)) as ui,
    ):
        for place, (expected, keys) in FURTHER.items():
            await ui.press(*keys)
            await ui.wait(1.1)  # Views are read, and comments ahead.
            assert not ui.left, place
            on_board = ui.app.screen is ui.board
            assert type(ui.app.focused if on_board else ui.app.screen).__name__ == expected, place
            assert find_harm(ui) == [], place


PROGRAM = """
import sys
from functools import partial
from pathlib import Path
import httpx
from tests.hostile import answer
from tests.office import client_over
from triage_tui.journal import Journal
from triage_tui.timing import utc_now
from triage_tui.ui.app import Backend, TriageApp
from triage_tui.ui.workarounds import run_app

text = {text!r}
network = httpx.MockTransport(partial(answer, text=text))
journal = Journal(Path({folder!r}) / "journal.db", now=utc_now)
app = TriageApp(Backend(text, text, lambda: client_over(network), lambda case: text), journal)
sys.exit(run_app(app))
"""

ORDERS = (b"\x1b]52", b"\x1b]0", b"\x1b[31m", b"\x1b[5n", "\x9b".encode(), "\u202e".encode())
"""What the program shows, as it must not reach the terminal."""


def test_no_text_from_outside_reaches_the_terminal_as_an_order(tmp_path: Path) -> None:
    text = "seen " + b"".join(ORDERS).decode() + "c;aGk=\x07"
    with running(PROGRAM.format(text=text, folder=str(tmp_path))) as terminal:
        terminal.wait_for(b"1 of 12")
        for keys, then in ((b"1", b"Could not"), (b"?", b"Keys"), (b"\rs", b"Status of seen")):
            terminal.type(keys)
            terminal.wait_for(then)
        terminal.type(b"qq")
        assert terminal.exit_code() == 0
    assert "seen ␛]52".encode() in terminal.output
    assert [order for order in ORDERS if order in terminal.output] == []
