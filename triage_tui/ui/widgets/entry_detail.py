"""Everything about one entry of the journal, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.text import Text

from triage_tui.entries import Entry
from triage_tui.text import clean
from triage_tui.ui.entry_text import MOST_OF_A_TEXT, facts
from triage_tui.ui.looks import look
from triage_tui.ui.widgets.line_list import Cell, LineList

_LABEL = 13
"""Cells of what a fact is called."""


class EntryDetail(LineList):
    """Paints one entry; scrolls, has no cursor."""

    has_cursor = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entry: Entry | None = None
        self._now: datetime | None = None
        self._lines: list[list[Cell]] = []
        self._laid_out: tuple[object, ...] = ()

    def show(self, entry: Entry | None, now: datetime) -> None:
        """Paint an entry, or nothing."""
        old = self._entry.edit.number if self._entry else None
        self._entry, self._now = entry, now
        self._lay_out()
        if entry is None or entry.edit.number != old:
            self._scroll_rows(0)

    def _lay_out(self) -> None:
        minute = self._now.replace(second=0, microsecond=0) if self._now else None
        inputs = (self._entry, minute, self.width)
        if inputs != self._laid_out:
            self._laid_out = inputs
            self._lines = list(self._wrapped()) if self._entry and self.width > 4 else []
            self.rows_changed(len(self._lines), 0)

    def restyle(self) -> None:
        super().restyle()
        self._laid_out = ()
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def _wrapped(self) -> Iterator[list[Cell]]:
        assert self._entry
        assert self._now
        base, width = self.rich_style, self.width - 2
        dim = base + look(self, "dim")
        for fact in facts(self._entry, self._now):
            indent = _LABEL if fact.label else 0
            style = base + look(self, fact.look) if fact.look else base
            text = clean(fact.text, lines=True, limit=MOST_OF_A_TEXT)
            lines = Text(text).wrap(self.app.console, max(8, width - indent), overflow="fold")
            for number, line in enumerate(lines):
                label = "" if number else fact.label
                yield [(" " + label.ljust(indent), dim), (line.plain, style)]

    # Painting

    def row_state(self, index: int) -> int:
        return index

    def row(self, index: int, width: int) -> list[Cell]:
        return self._lines[index]
