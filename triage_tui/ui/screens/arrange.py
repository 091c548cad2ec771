"""Which facets are shown, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from triage_tui.text import clean
from triage_tui.ui.screens.box import Box
from triage_tui.ui.screens.choice_list import ChoiceList, Row
from triage_tui.ui.widgets.facet_rows import Layout


class ArrangeScreen(Box[Layout]):
    """The facets in their order; answers how they are wanted, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", show=False),
        Binding("k,up", "move(-1)", "Previous", show=False),
        Binding("space,x", "turn", "Show or hide", show=False),
        Binding("J,shift+down", "shift(1)", "Further down", show=False),
        Binding("K,shift+up", "shift(-1)", "Further up", show=False),
        Binding("enter", "done", "Keep it so", show=False),
        Binding("q", "cancel", "Cancel", show=False),
    ]

    def __init__(self, fields: Sequence[str], wanted: Layout) -> None:
        """
        Args:
            fields: All there are.
        """
        super().__init__("Facets", "space show or hide · J K move · enter keep · esc cancel")
        self._wanted = wanted
        self._fields = replace(wanted, hidden=frozenset()).of(fields)
        self._hidden = set(wanted.hidden)
        self._list = ChoiceList(self._row, rows=len(self._fields), around=4, marks=True)

    def body(self) -> ComposeResult:
        yield self._list

    def on_mount(self) -> None:
        self.query_one(".box").styles.width = 54
        self._list.show(len(self._fields))

    def _row(self, index: int) -> Row:
        field = self._fields[index]
        name = clean(field, limit=80).replace("_", " ").capitalize()
        hidden = field in self._hidden
        return Row(name, "hidden" if hidden else "", current=not hidden)

    def action_move(self, by: int) -> None:
        self._list.action_step(by)

    def action_turn(self) -> None:
        self._hidden ^= {self._fields[self._list.cursor]}
        self._list.show(len(self._fields), self._list.cursor)

    def action_shift(self, by: int) -> None:
        at = self._list.cursor
        to = at + by
        if 0 <= to < len(self._fields):
            self._fields[at], self._fields[to] = self._fields[to], self._fields[at]
            self._list.show(len(self._fields), to)

    def action_done(self) -> None:
        gone = [one for one in self._wanted.order if one not in self._fields]
        self.answer(
            replace(self._wanted, order=(*self._fields, *gone), hidden=frozenset(self._hidden))
        )
