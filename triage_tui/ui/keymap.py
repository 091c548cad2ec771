"""A person's own keys, checked before the app starts.

Textual takes a key that no terminal sends, an action that does not exist and a key given away twice
without a word; the action is then simply out of reach.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from triage_tui.actions import ACTIONS, NO_KEY, keys_for, meet
from triage_tui.errors import ConfigError
from triage_tui.presets import default_keys
from triage_tui.text import clean, nearest

if TYPE_CHECKING:
    from triage_tui.macros import Macro

DISABLED = NO_KEY
"""Stands in place of the keys of an action that has none: the name of a key nobody can press."""

_SAME_AS = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+j": "newline",
    "ctrl+m": "enter",
    "ctrl+[": "escape",
    "ctrl+left_square_bracket": "escape",
}
"""Keys that reach a program as another key."""

_NEVER_SENT = {"return", "ctrl-at", "ctrl+insert", "shift+insert", "ctrl+shift+insert", *_SAME_AS}


def _name(char: str) -> str:
    if char.isalnum():
        return char
    name = unicodedata.name(char, char).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


_PLAIN = {_name(char) for char in string.ascii_letters + string.digits + string.punctuation}
_NAMED = {key.value for key in Keys if not key.value.startswith("<")} - _NEVER_SENT
_ALT = {f"alt+{name}" for name in _PLAIN if not name.isupper()} | {
    f"alt+shift+{letter}" for letter in string.ascii_lowercase
}
_KNOWN = _PLAIN | _NAMED | _ALT


def checked_keymap(wanted: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    """The keys of every action, with the person's wishes in place of the defaults.

    The result suits `App.set_keymap` as well as making bindings. An action without keys has
    `DISABLED` there; leave it out of hints.

    Args:
        wanted: From action id to comma separated keys: a character, or a name such as "ctrl+x".
            "" or `DISABLED` takes an action's keys away.
        defaults: The keys of every action there is. Actions that share a default key stay as they
            are: they do not meet on the same screen.

    Raises:
        ConfigError: An action or a key does not exist, no terminal sends the key, or it belongs to
            another action.
    """
    chosen: dict[str, list[str]] = {}
    for action, keys in wanted.items():
        if action not in defaults:
            raise ConfigError(
                f"[keys] There is no action {_quoted(action)}{_meant(action, defaults)}"
            )
        chosen[action] = [] if keys.strip() in ("", DISABLED) else _split(keys, action)
    own = {action: [_name_of(key) for key in keys.split(",")] for action, keys in defaults.items()}
    final = own | chosen
    for action, names in chosen.items():
        for name in names:
            if name not in own[action]:
                _refuse_if_taken(name, action, final, wanted)
    return {action: ",".join(names) or DISABLED for action, names in final.items()}


def keymap_of(
    preset: str, wanted: Mapping[str, str], *, digits: str = "priority"
) -> dict[str, str]:
    """The keys of every action: a person's wishes over what digits are for, over a preset.

    Raises:
        ConfigError: As `checked_keymap` does.
    """
    return checked_keymap({**keys_for(digits), **wanted}, default_keys(preset))


_TABS = "many terminals change their tabs with it"
_SCROLL = "many terminals scroll with it"
_PANES = "tmux moves between panes with it where vim's plugin is set up"
_DOUBTFUL = {
    "ctrl+a": "screen, and many a tmux, takes it for itself",
    "ctrl+b": "tmux takes it for itself",
    "ctrl+space": "it changes the input method for many",
    "ctrl+at": "it changes the input method for many",
    "ctrl+k": _PANES,
    "ctrl+l": _PANES,
    "ctrl+backslash": _PANES,
    "ctrl+c": "it shows how to quit",
    "ctrl+q": "it always quits",
    "ctrl+s": "some terminals stop their output with it",
    "ctrl+z": "it suspends the app",
    "alt+f": "macOS sends it as ctrl+→",
    "alt+b": "macOS sends it as ctrl+←",
    **{f"alt+{digit}": _TABS for digit in string.digits},
    **dict.fromkeys(("ctrl+pageup", "ctrl+pagedown", "ctrl+tab", "ctrl+shift+tab"), _TABS),
    **{f"shift+{key}": _SCROLL for key in ("pageup", "pagedown", "home", "end")},
    "f10": "many terminals open their menu with it",
    "f11": "it makes the window full screen for many",
}
"""Keys that a terminal may send, but often does not, with the reason."""

_NEEDED = {
    "app.help": "help cannot be opened",
    "app.quit": "only ctrl+q leaves",
    "go.back": "nothing steps back",
}


def doubts(keymap: Mapping[str, str]) -> list[str]:
    """What may come as a surprise about keys that a person chose, a sentence each."""
    told = []
    for action in ACTIONS:
        keys = keymap.get(action.id, action.keys)
        if keys == DISABLED and action.id in _NEEDED:
            told.append(f"{action.id} has no key: {_NEEDED[action.id]}.")
        for key in keys.split(","):
            if keys == DISABLED or key in action.keys.split(","):
                continue
            if why := _DOUBTFUL.get(key):
                told.append(f"{action.id} may not be reached by {key}: {why}.")
            elif action.writes and key.startswith("ctrl+"):
                told.append(
                    f"{action.id} changes cases by {key}, which fingers know from elsewhere;"
                    " a plain letter is safer."
                )
    return told


def macros_of(
    wanted: Mapping[str, Sequence[str]],
    keymap: Mapping[str, str],
    templates: Mapping[str, str],
    now: datetime,
) -> tuple[list[Macro], list[str]]:
    """The macros that can be run, with Textual's names for their keys; and why others cannot.

    Args:
        wanted: From a key to its steps, as the person wrote them.
    """
    if not wanted:
        return [], []
    from triage_tui import macros

    found: dict[str, Macro] = {}
    told = []
    taken = {
        key: action.id
        for action in ACTIONS
        if action.scope in ("triage", "list", "facets")
        for key in keymap.get(action.id, action.keys).split(",")
    }
    for key, steps in wanted.items():
        shown = clean(key, limit=40)
        try:
            name = _checked(key.strip(), "")
        except ConfigError as error:
            told.append(f"[macros] {str(error).partition(': ')[2]}")
            continue
        if name in taken:
            told.append(
                f"[macros] {shown} belongs to {taken[name]}, which needs another key first."
            )
        elif name in found:
            told.append(f"[macros] {shown} is there twice.")
        else:
            try:
                found[name] = replace(macros.read(key, steps, templates, now), key=name)
            except macros.Wrong as why:
                told.append(str(why))
                continue
            if why_not := _DOUBTFUL.get(name):
                told.append(f"[macros] {shown} may not reach it: {why_not}.")
    return [*found.values()], told


def _split(keys: str, action: str) -> list[str]:
    names = (_checked(key.strip(), action) for key in keys.split(","))
    return list(dict.fromkeys(names))


def _name_of(key: str) -> str:
    key = key.strip()
    return _name(key) if len(key) == 1 else KEY_NAME_REPLACEMENTS.get(key, key)


def _checked(key: str, action: str) -> str:
    if not key:
        raise ConfigError(
            f'[keys] {action}: there is an empty key in the list; write "comma" or "space" '
            "for those keys."
        )
    name = _name_of(key)
    if name in _KNOWN or (len(key) == 1 and key.isprintable()):
        return name
    raise ConfigError(f"[keys] {action}: {_objection(key, name)}")


def _objection(key: str, name: str) -> str:
    if name in _SAME_AS:
        return f"terminals send {key} as {_SAME_AS[name]}; choose another key."
    modifier, _, letter = key.rpartition("+")
    if modifier == "shift" and len(letter) == 1 and letter.isalpha():
        return f"{_quoted(key)} is written {letter.upper()}."
    return f"there is no key {_quoted(key)}{_meant(key, _KNOWN)}"


def _meant(word: str, known: Mapping[str, str] | set[str]) -> str:
    # Sorted: what is suggested must not depend on the order of a set.
    meant = nearest(word, sorted(known))
    return f'; did you mean "{meant}"?' if meant else "; the help screen lists those there are."


def _quoted(word: str) -> str:
    return f'"{clean(word, limit=60)}"'


def _refuse_if_taken(
    name: str, action: str, final: Mapping[str, list[str]], wanted: Mapping[str, str]
) -> None:
    for other, names in final.items():
        if other != action and name in names and meet(action, other):
            if other in wanted:
                raise ConfigError(
                    f'[keys] {action} and {other} both want "{name}"; give one another key.'
                )
            raise ConfigError(
                f'[keys] {action} cannot have "{name}": it belongs to {other}, '
                "which needs another key first."
            )
