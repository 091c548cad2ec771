"""All actions with their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.app import ComposeResult

from triage_tui.actions import Action
from triage_tui.text import clean
from triage_tui.ui.keys_shown import shown_keys
from triage_tui.ui.screens.box import Box
from triage_tui.ui.screens.fields import LineField
from triage_tui.ui.widgets.cells import fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

_NO_KEY = "–"
_KEYS_AT_MOST = 18
"""Columns for the keys; more are cut."""
_ROOM_FOR_IDS = 72
"""Width from which the ids are shown, which the configuration needs."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A heading (with neither keys nor id), an empty line, or an action."""

    text: str
    keys: str = ""
    id: str = ""


class HelpScreen(Box[None]):
    """Every action under its heading, with its keys; typing narrows the list."""

    def __init__(self, actions: Sequence[Action], keys: Mapping[str, str]) -> None:
        """
        Args:
            keys: For an action's id its keys in force, in Textual's names, "" if it has none; an
                id that is missing has its default keys.
        """
        super().__init__("Keys", "↑↓ scroll · esc close")
        self._actions = [
            (action, shown_keys(keys.get(action.id, action.keys))) for action in actions
        ]
        self._list = _KeyList()
        self._input = LineField(
            placeholder="Type to narrow: an action, a key",
            keys={
                "up": lambda: self._list.action_step(-1),
                "down": lambda: self._list.action_step(1),
                "ctrl+p": lambda: self._list.action_step(-1),
                "ctrl+n": lambda: self._list.action_step(1),
                "pageup": lambda: self._list.action_page(-1),
                "pagedown": lambda: self._list.action_page(1),
                "enter": lambda: self.answer(None),
            },
        )

    def body(self) -> ComposeResult:
        yield self._input
        yield self._list

    def on_mount(self) -> None:
        self.query_one(".box").add_class("help")
        self._narrow()

    def on_input_changed(self) -> None:
        self._narrow()

    def _narrow(self) -> None:
        words = self._input.value.lower().split()
        groups: dict[str, list[_Line]] = {}
        for action, keys in self._actions:
            text = f"{action.group} {action.label} {keys} {action.id}".lower()
            if all(word in text for word in words):
                line = _Line(action.label, keys or _NO_KEY, action.id)
                groups.setdefault(action.group, []).append(line)
        lines: list[_Line] = []
        for group, actions in groups.items():
            lines += [_Line("")] if lines else []
            lines += [_Line(group), *actions]
        self._list.show(lines or [_Line("No action is called that, and no key.")])


class _KeyList(LineList, can_focus=False):
    """Headings and actions."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-list--heading",
        "key-list--key",
        "key-list--id",
    }
    has_cursor: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__(classes="help--list")
        self._lines: Sequence[_Line] = ()
        self._keys_width = 0

    def show(self, lines: Sequence[_Line]) -> None:
        """Show these lines from the first on."""
        self._lines = lines
        widest = max(cell_len(line.keys) for line in lines)
        # The column keeps its width while the list narrows.
        self._keys_width = max(self._keys_width, min(widest, _KEYS_AT_MOST))
        self.rows_changed(len(lines), 0)
        self.action_top()

    def row(self, index: int, width: int) -> list[Cell]:
        line = self._lines[index]
        plain = self.rich_style
        if not line.id:
            heading = self.get_component_rich_style("key-list--heading")
            return [(fitted(line.text, width), heading)]
        keys = set_cell_size(fitted(line.keys, self._keys_width), self._keys_width)
        room = max(0, width - self._keys_width - 5)
        id = line.id if width >= _ROOM_FOR_IDS else ""
        label = fitted(clean(line.text), max(0, room - cell_len(id) - 2) if id else room)
        return [
            ("  ", plain),
            (keys, self.get_component_rich_style("key-list--key")),
            ("  ", plain),
            (label, plain),
            (" " * (room - cell_len(label) - cell_len(id)), plain),
            (id, self.get_component_rich_style("key-list--id")),
            (" ", plain),
        ]
