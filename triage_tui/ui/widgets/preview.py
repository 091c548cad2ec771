"""A text as it will look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from rich.text import Text

from triage_tui.ui.case_text import CaseText
from triage_tui.ui.looks import look
from triage_tui.ui.widgets.line_list import Cell, LineList


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
        self._lines = list(self._wrapped()) if source.strip() and self.width > 4 else []
        self.rows_changed(len(self._lines), 0)

    def on_resize(self) -> None:
        self.show(self._source)

    def _wrapped(self) -> Iterator[list[Cell]]:
        width, base, console = self.width - 2, self.rich_style, self.app.console
        writer = CaseText(partial(look, self), datetime(2000, 1, 1, tzinfo=UTC))
        for lead, body in writer._markdown(self._source):
            indent = min(lead.cell_len, width // 2)
            lead.truncate(indent)
            wrapped = body.wrap(console, max(8, width - indent), overflow="fold")
            for number, line in enumerate(wrapped):
                before = Text(" " * indent) if number else lead
                segments = [*before.render(console), *line.render(console)]
                cells = [(each.text, base + (each.style or base)) for each in segments]
                yield [(" ", base), *(cell for cell in cells if cell[0])]

    def row(self, index: int, width: int) -> list[Cell]:
        return self._lines[index] or [("", self.rich_style)]
