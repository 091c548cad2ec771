"""What somebody reads who knows none of it: words, hints and keys that need no manual."""

from __future__ import annotations

from textual import events
from textual._xterm_parser import XTermParser

from tests.ui.driver import start
from triage_tui.query import parse
from triage_tui.reading import Sort, after_choosing, sort_told
from triage_tui.ui.keys_shown import shown_keys


def test_alt_and_a_digit_is_that_also_where_the_terminal_sends_escape_and_the_digit() -> None:
    """tmux and terminals without the newer protocol: Textual took it for what a Mac types."""
    for digit in "0123456789":
        [event] = XTermParser().feed(f"\x1b{digit}")
        assert isinstance(event, events.Key)
        assert event.key == f"alt+{digit}"


def test_a_key_is_shown_as_the_sign_on_it() -> None:
    assert shown_keys("inverted_exclamation_mark,question_mark,f1") == "¡ ? f1"
    assert shown_keys("ctrl+pound_sign,page_down") == "ctrl+£ page_down"


def test_an_order_is_told_in_words_and_turned_round_by_choosing_it_again() -> None:
    assert sort_told(Sort()) == "newest first"
    assert sort_told(after_choosing(Sort(), "created_at")) == "oldest first"
    urgent = after_choosing(Sort(), "priority")
    assert (sort_told(urgent), sort_told(after_choosing(urgent, "priority"))) == (
        "most urgent first",
        "least urgent first",
    )


async def test_the_first_minutes() -> None:
    async with start() as ui:
        # A word that is a value is looked for in the texts, and the person is told what they meant.
        await ui.press("slash", "ctrl+u", *"P1")
        assert "did you mean priority:P1?" in ui.painted()
        await ui.press("enter")
        assert "Did you mean priority:P1?" in ui.painted()
        meant = ui.board.vocabulary.meant
        assert meant(parse("P1 open disk")) == "priority:P1 status:open"
        assert meant(parse("-P1 nobody")) == "-assignee:*"
        assert meant(parse("status:open ana")) == "assignee:ana@example.com"
        await ui.press("minus")

        # ctrl+c is what people try first to leave.
        await ui.press("ctrl+c")
        assert "q quits" in ui.status()

        # What one does oneself is no news about the case.
        await ui.press("g", "m", *"Looking", "ctrl+s")
        assert "since you looked" not in ui.detail()
        await ui.press("u")
        assert "M changes or deletes it." in ui.status()

        # A comment box names the case in full.
        await ui.press("m")
        first = ui.board.case_list.cases[0]
        assert f"Comment on {first.key} · {first.title}" in ui.painted()
        await ui.press("escape")

        # What there is to send goes by itself.
        with ui.net.hold("PATCH *"):
            await ui.press("!")
            assert "Nothing waits for a decision." in ui.status()

        await ui.press("S")
        assert "oldest first" in ui.painted(), "what choosing it would do"
        await ui.press("escape")

        # Keys and words of other programs: what is meant has another name here.
        await ui.press("ctrl+f")
        assert "ctrl+f does nothing · pgdn: a page down" in ui.status()
        await ui.press(":", *"q!")
        assert "› Quit" in ui.painted()
        await ui.press("escape", "escape")

        # What the values of an attribute are elsewhere is told where one is typed.
        await ui.choose("team")
        assert "Known: storage, streams" in ui.painted()
        await ui.press("escape")
        await ui.press("L")
        assert "leads to the next one; j skips it" in ui.status()
        await ui.press("L", "g", "x", "x", "4")
        assert "Set P4 on 2 cases, still marked" in ui.status()


async def test_a_letter_on_a_value_is_typed_into_the_list_to_choose_from() -> None:
    async with start() as ui:
        await ui.press("c", *"Printer on fire", "tab", *"opsx")
        assert "opsx" in ui.painted(), "every letter of a burst, in order"
        await ui.press("backspace", "enter", "ctrl+s")
        assert "Created OPS-" in ui.status()
