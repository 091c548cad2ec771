"""The box that every question is asked in: a title, a body, one line of keys."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.types import CSSPathType
from textual.widgets import Static

from triage_tui.text import clean

T = TypeVar("T")

TITLE_LIMIT = 200
"""Characters of a title, label or sentence that are looked at; no line is longer."""


class Box(ModalScreen[T]):
    """A modal box; escape closes it with None.

    A subclass yields the middle of it from `body`.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = "../screens.tcss"  # Read when the first box opens.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
    ]

    def __init__(self, title: str, keys: str) -> None:
        """
        Args:
            title: Shown in the frame.
            keys: The bottom line: "enter choose · esc cancel".
        """
        super().__init__()
        self._heading = title
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = Content(clean(self._heading, limit=TITLE_LIMIT))
            yield from self.body()
            yield KeyLine(self._keys, classes="box--keys")

    def on_mount(self) -> None:
        # They would cover the box, and what they say stands in the status line too.
        self.app.clear_notifications()

    def body(self) -> ComposeResult:
        """What is between the title and the line of keys."""
        raise NotImplementedError

    def answer(self, result: T | None) -> None:
        """Close the box with this result, unless it has been answered already."""
        # Keys that came in the same burst would otherwise close the screen below.
        if self.app.screen is self:
            self.dismiss(result)

    def action_cancel(self) -> None:
        self.answer(None)


class KeyLine(Static):
    """Keys and what they do, as `Box` takes them: as many as there is room for, the first first."""

    def __init__(self, keys: str, *, classes: str) -> None:
        super().__init__(classes=classes)
        self._hints = clean(keys, limit=TITLE_LIMIT).split(" · ")

    def on_resize(self) -> None:
        hints = self._hints
        while len(hints) > 1 and cell_len("  ".join(hints)) > self.content_size.width:
            hints = hints[:-1]
        parts: list[Content | tuple[str, str]] = []
        for hint in hints:
            key, space, does = hint.partition(" ")
            parts += [("  " if parts else "", ""), (key, "$text bold"), (space + does, "")]
        self.update(Content.assemble(*parts))
