"""A text as it will look."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

from triage_tui.ui.looks import look
from triage_tui.ui.markdown import Markdown
from triage_tui.ui.widgets.line_list import Cell, LineList

_MOST_LINES = 2_000
"""Lines that are laid out: they are all made anew at every key."""


class Preview(LineList):
    """Paints Markdown as the detail does; scrolls, has no cursor."""

    has_cursor = False

    def __init__(self) -> None:
        super().__init__(classes="compose--preview")
        self._source = ""
        self._lines: list[list[Cell]] = []

    def show(self, source: str) -> None:
        """Paint a text; as far down as the one before was scrolled."""
        self._source = source
        self.message = () if source.strip() else ("Nothing to show yet.",)
        filled = bool(source.strip()) and self.width > 4
        self._lines = list(islice(self._wrapped(), _MOST_LINES)) if filled else []
        self.rows_changed(len(self._lines), 0)

    def on_resize(self) -> None:
        self.show(self._source)

    def _wrapped(self) -> Iterator[list[Cell]]:
        width, base, console = self.width - 2, self.rich_style, self.app.console
        sign = look(self, "faint")
        for paragraph in Markdown(partial(look, self)).paragraphs(self._source):
            for line in paragraph.lines(width, console, base, sign):
                yield [(" ", base), *line]

    def row(self, index: int, width: int) -> list[Cell]:
        return self._lines[index] or [("", self.rich_style)]
