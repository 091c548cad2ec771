"""Asking for the value of a custom attribute as its definition has it."""

from __future__ import annotations

from textual.screen import ModalScreen

from triage_tui import values
from triage_tui.field_changes import SetCustomAttribute, number_or_text
from triage_tui.models import CustomValue, Definition
from triage_tui.text import clean
from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for
from triage_tui.ui.screens.value import ValueScreen

_KINDS = {
    "NUMBER": "a number",
    "URL": "an address with https://",
    "SELECT": "one of the options",
    "TEXT": "any text",
}


def ask_custom(
    title: str, definition: Definition, now: CustomValue | None
) -> ModalScreen[SetCustomAttribute]:
    """The box that asks for it: a menu where one of a few is selected, else a field to type in."""
    key, seen = definition.key, now.values if now else ()
    if definition.type == "SELECT" and definition.options and not definition.is_multi:
        options = [clean(one, limit=60) for one in definition.options]
        letters = letters_for([*options, "none"])
        items = [
            MenuItem(letter, SetCustomAttribute(key, CustomValue("SELECT", False, (one,))), label)
            for letter, one, label in zip(letters, definition.options, options, strict=False)
        ]
        items.append(MenuItem(letters[-1], SetCustomAttribute(key, None), "none"))
        return MenuScreen(title, items, current=SetCustomAttribute(key, now))

    def read(text: str) -> SetCustomAttribute:
        return SetCustomAttribute(key, values.custom(text, definition))

    help = definition.description or _KINDS.get(definition.type, "any text")
    if definition.options:
        help = f"{', '.join(definition.options)}"
    text = values.written(seen) if definition.is_multi else "".join(map(number_or_text, seen[:1]))
    return ValueScreen(title, text, read, many=definition.is_multi, help=f"{help}; empty: none")
