"""One line of text with a left and a right end: titles, status and key hints."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from triage_tui.ui.looks import look

Part = tuple[str, str]
"""A piece of text that was cleaned, and the name of its look (see `looks`)."""


class Line(Widget):
    """Shows what it is given, and cuts the left end where the right one begins."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left: tuple[Part, ...] = ()
        self._right: tuple[Part, ...] = ()

    def show(self, left: Sequence[Part], right: Sequence[Part] = ()) -> None:
        """Replace the text; nothing is painted if it is the same."""
        if (tuple(left), tuple(right)) != (self._left, self._right):
            self._left, self._right = tuple(left), tuple(right)
            self.refresh()

    @property
    def text(self) -> str:
        """All of it, as plain text."""
        return "".join(text for text, _ in (*self._left, *self._right))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y:
            return Strip.blank(width, self.rich_style)
        right = self._segments(self._right, width)
        room = width - sum(cell_len(segment.text) for segment in right)
        left = self._segments(self._left, room)
        gap = room - sum(cell_len(segment.text) for segment in left)
        return Strip([*left, Segment(" " * gap, self.rich_style), *right])

    def _segments(self, parts: tuple[Part, ...], room: int) -> list[Segment]:
        segments = []
        for text, name in parts:
            length = cell_len(text)
            if length > room:
                text, length = set_cell_size(text, max(0, room - 1)) + "…" * (room > 0), room
            segments.append(Segment(text, self.rich_style + look(self, name)))
            room -= length
        return segments
