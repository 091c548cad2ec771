"""The line in which the loaded rows are narrowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input, Label

from triage_tui.ui.widgets.line import Line


class FilterInput(Input):
    """The text field of the filter."""

    cursor_blink = False


class FilterBar(Horizontal):
    """Shown for as long as rows are hidden by it, so that nobody takes the part for the whole."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "lift", "Show all loaded rows", show=False),
        Binding("tab,down", "leave", "Go to the rows", show=False),
    ]
    input = query_one(FilterInput)
    _count = query_one(Line)

    @dataclass
    class Typed(Message):
        """The person wants the rows with these words."""

        text: str

    class Lifted(Message):
        """The person wants all rows back."""

    class Left(Message):
        """The person wants to work on the rows that are left."""

    def compose(self) -> ComposeResult:
        yield Label("f ", id="filter-sign", markup=False)
        yield FilterInput(
            placeholder="words in the loaded rows", compact=True, select_on_focus=False
        )
        yield Line(id="filter-count")

    def show(self, count: str) -> None:
        """Show how many rows there are: "12 of 100 loaded"."""
        self._count.show([], [(f" {count} ", "key"), ("· esc lifts ", "dim")])

    @on(Input.Changed)
    def _type(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))
        self.post_message(self.Left())

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_lift(self) -> None:
        self.post_message(self.Lifted())
