"""Keys written as they stand on a keyboard, not as Textual names them."""

from __future__ import annotations

from unicodedata import lookup

from textual.keys import format_key

from triage_tui.actions import NO_KEY

_BY_NAME = {"enter": "enter", "backspace": "backspace"}
"""Where Textual draws a picture that few fonts have."""


def shown_keys(keys: str) -> str:
    """Comma separated key names for people: "j,down" is "j ↓", "question_mark,f1" is "? f1".

    "" stays "", and so does `NO_KEY`.
    """
    if keys == NO_KEY:
        return ""
    return " ".join(_shown(key.strip()) for key in keys.split(",") if key.strip())


def _shown(key: str) -> str:
    modifiers, plus, name = key.rpartition("+")
    return f"{modifiers}{plus}{_BY_NAME.get(name) or _sign(name) or format_key(name)}"


def _sign(name: str) -> str:
    """The sign that a key types which Textual calls by its name in Unicode; "" for others."""
    try:
        sign = lookup(name.replace("_", " ")) if "_" in name else ""
    except KeyError:
        return ""
    return sign if sign.isprintable() else ""
