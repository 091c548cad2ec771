"""A person's keys work in Textual, or are refused with the reason."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.app import App
from textual.binding import Binding, BindingType
from textual.keys import Keys

from triage_tui.actions import ACTIONS, keys_for
from triage_tui.errors import ConfigError
from triage_tui.ui.keymap import DISABLED, checked_keymap

DEFAULTS = {
    "case.take": "I",
    "case.done": "d",
    "mark.toggle": "x,space",
    "facets.exclude": "x",
    "app.help": "question_mark,f1",
}


def test_what_is_not_wanted_otherwise_keeps_its_keys() -> None:
    assert checked_keymap({}, DEFAULTS) == DEFAULTS
    assert checked_keymap({"case.take": "t"}, DEFAULTS) == DEFAULTS | {"case.take": "t"}


def test_the_real_defaults_pass() -> None:
    defaults = {action.id: action.keys for action in ACTIONS}
    assert checked_keymap(defaults, defaults) == defaults


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("t , ctrl+x", "t,ctrl+x"),
        ("?,f1", "question_mark,f1"),
        ("/", "slash"),
        ("-", "minus"),
        ("hyphen_minus", "minus"),
        ("comma", "comma"),
        ("T", "T"),
        ("é", "é"),
        ("§", "section_sign"),
        ("alt+t", "alt+t"),
        ("alt+shift+t", "alt+shift+t"),
        ("shift+up", "shift+up"),
        ("f12", "f12"),
        ("t,t", "t"),
        ("", DISABLED),
        (" ", DISABLED),
        (DISABLED, DISABLED),
    ],
)
def test_keys_are_spelt_as_textual_does(written: str, names: str) -> None:
    assert checked_keymap({"app.help": written}, DEFAULTS)["app.help"] == names


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        ({"case.tkae": "t"}, ('no action "case.tkae"', 'did you mean "case.take"?')),
        ({"zzz\x1b": "t"}, ('no action "zzz␛"', "help screen")),
        ({"case.take": "crtl+t"}, ("case.take", 'no key "crtl+t"', 'did you mean "ctrl+t"?')),
        ({"case.take": "Ctrl+T"}, ('did you mean "ctrl+t"?',)),
        ({"case.take": "esc"}, ('did you mean "escape"?',)),
        ({"case.take": "pgdn"}, ('did you mean "pagedown"?',)),
        ({"case.take": "super+t"}, ('no key "super+t"',)),
        ({"case.take": "<any>"}, ('no key "<any>"',)),
        ({"case.take": "return"}, ('no key "return"',)),
        ({"case.take": "\x1b"}, ('no key "␛"',)),
        ({"case.take": "shift+t"}, ('"shift+t" is written T.',)),
        ({"case.take": "t,,u"}, ("case.take", "empty key", '"comma"')),
        ({"case.take": ","}, ("empty key",)),
        ({"case.take": "ctrl+h"}, ("terminals send ctrl+h as backspace",)),
        ({"case.take": "ctrl+i"}, ("terminals send ctrl+i as tab",)),
        ({"case.take": "ctrl+j"}, ("terminals send ctrl+j as newline",)),
        ({"case.take": "ctrl+m"}, ("terminals send ctrl+m as enter",)),
        ({"case.take": "ctrl+["}, ("terminals send ctrl+[ as escape",)),
        ({"case.take": "t", "case.done": "t"}, ("case.take and case.done", 'both want "t"')),
        ({"case.take": "d"}, ('case.take cannot have "d"', "belongs to case.done")),
        ({"case.take": "?"}, ('"question_mark"', "belongs to app.help")),
    ],
)
def test_what_cannot_work_is_refused(wanted: dict[str, str], parts: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError) as caught:
        checked_keymap(wanted, DEFAULTS)
    for part in ("[keys]", *parts):
        assert part in str(caught.value)


def test_a_key_that_its_owner_gives_up_is_free() -> None:
    swapped = checked_keymap({"case.take": "d", "case.done": "I"}, DEFAULTS)
    assert (swapped["case.take"], swapped["case.done"]) == ("d", "I")
    assert checked_keymap({"case.take": "d", "case.done": ""}, DEFAULTS)["case.take"] == "d"


def test_a_default_key_may_be_shared_but_not_taken() -> None:
    assert checked_keymap({"mark.toggle": "space"}, DEFAULTS)["mark.toggle"] == "space"
    assert checked_keymap({"mark.toggle": "x"}, DEFAULTS)["mark.toggle"] == "x"
    with pytest.raises(ConfigError, match=r"belongs to (mark\.toggle|facets\.exclude)"):
        checked_keymap({"case.take": "x"}, DEFAULTS)


def test_a_key_may_be_shared_by_actions_that_never_meet() -> None:
    keys = {action.id: action.keys for action in ACTIONS}
    assert checked_keymap({"activity.retry": "a"}, keys)["activity.retry"] == "a"
    with pytest.raises(ConfigError, match=r"belongs to activity\.drop"):
        checked_keymap({"activity.retry": "d"}, keys)
    with pytest.raises(ConfigError, match=r"belongs to list\.down"):
        checked_keymap({"activity.retry": "j"}, keys)
    with pytest.raises(ConfigError, match=r"belongs to (review\.close|app\.quit)"):
        checked_keymap({"case.take": "q"}, keys)


def test_every_key_that_has_a_name_is_one_that_terminals_send() -> None:
    sent = {keys[0].value for keys in ANSI_SEQUENCES_KEYS.values() if type(keys) is tuple}
    accepted = set()
    for key in Keys:
        try:
            checked_keymap({"case.take": key.value}, {"case.take": "I"})
        except ConfigError:
            continue
        accepted.add(key.value)
    assert {"escape", "pagedown", "ctrl+x", "f12"} <= accepted <= sent


class Pressed(App[None]):
    """Records which of two actions ran."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("I", "ran('take')", "Take", id="case.take"),
        Binding("d", "ran('done')", "Done", id="case.done"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []

    def action_ran(self, which: str) -> None:
        self.ran.append(which)


async def test_textual_obeys_the_keymap() -> None:
    app = Pressed()
    defaults = {"case.take": "I", "case.done": "d"}
    async with app.run_test() as pilot:
        app.set_keymap(checked_keymap({"case.take": "?,ctrl+x,é,comma,alt+t"}, defaults))
        await pilot.press("I", "question_mark", "ctrl+x", "é", "comma", "alt+t", "d")
        assert app.ran == ["take"] * 5 + ["done"]


async def test_textual_obeys_swapped_and_missing_keys() -> None:
    app = Pressed()
    defaults = {"case.take": "I", "case.done": "d"}
    async with app.run_test() as pilot:
        app.set_keymap(checked_keymap({"case.take": "d", "case.done": "I"}, defaults))
        await pilot.press("I", "d")
        assert app.ran == ["done", "take"]
        app.set_keymap(checked_keymap({"case.take": "", "case.done": DISABLED}, defaults))
        await pilot.press("I", "d")
        assert app.ran == ["done", "take"]


def test_digits_go_to_views_if_that_is_wanted() -> None:
    defaults = {action.id: action.keys for action in ACTIONS}
    assert keys_for("priority") == {}
    own = checked_keymap(keys_for("views"), defaults)
    assert (own["view.1"], own["view.9"]) == ("1", "9")
    assert own["priority.p1"] == own["priority.none"] == DISABLED
    assert own["case.priority"] == "p"
