"""The list of what was sent, is to be sent, and failed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from textual.message import Message

from triage_tui.entries import FAILED, Entry
from triage_tui.text import age, clean
from triage_tui.ui.entry_text import STATE_LOOKS, reason, state_of, took, what
from triage_tui.ui.looks import look
from triage_tui.ui.widgets.cells import column, fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

_MOST_OF_A_TEXT = 400
"""Characters of what was done that are looked at: more than any terminal is wide."""

_STATE = 11
"""Cells for the glyph and the word of a state."""


class EntryList(LineList):
    """Paints entries; knows nothing of where they come from."""

    header_height = 1

    class EndReached(Message):
        """The cursor came near the last entry: older ones are wanted."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()
        self._key_width = 6
        self._now: datetime | None = None

    def show(
        self, entries: Sequence[Entry], cursor: int, *, now: datetime, message: Sequence[str] = ()
    ) -> None:
        """Paint these entries.

        Args:
            message: Sentences shown instead of rows when there are none.
        """
        self._entries, self._now = entries, now
        self.message = tuple(clean(line, limit=_MOST_OF_A_TEXT) for line in message)
        widest = max((len(entry.edit.key) for entry in entries[-200:]), default=0)
        self._key_width = min(14, max(self._key_width, widest))
        self.rows_changed(len(entries), cursor)

    @property
    def in_sight(self) -> range:
        """The indexes of the rows on the screen."""
        top = round(self.scroll_y)
        return range(top, min(self.count, top + self.height_in_rows))

    def move_to(self, index: int, *, direction: int = 1) -> None:
        super().move_to(index, direction=direction)
        if index >= self.count - max(30, self.height_in_rows):
            self.post_message(self.EndReached())

    # Painting

    def _columns(self, width: int) -> tuple[int, int, int]:
        """Widths of the state, of what was done, and of the time it took, which may be left out."""
        taken = 8 if width >= 76 else 0
        state = _STATE if width >= 50 else 2
        return state, max(8, width - 2 - 5 - 2 - state - 1 - (self._key_width + 1) - taken), taken

    def header(self, width: int) -> list[Cell]:
        style = self.rich_style + look(self, "header-focus" if self.has_focus else "header")
        state, text, taken = self._columns(width)
        cells = "  " + "When".rjust(5) + "  " + set_cell_size("State", state) + " "
        cells += set_cell_size("Case", self._key_width + 1) + set_cell_size("What", text)
        return [(cells + "Took".rjust(taken) if taken else cells, style)]

    def row_state(self, index: int) -> Hashable:
        entry = self._entries[index]
        return entry.edit.number, state_of(entry, self._now), entry.read, index == self.cursor

    def row(self, index: int, width: int) -> list[Cell]:
        entry = self._entries[index]
        base = self.rich_style
        if index == self.cursor:
            base += look(self, "cursor" if self.has_focus else "cursor-blur")
        quiet = base + look(self, "dim")
        now_is = state_of(entry, self._now)
        glyph, name = STATE_LOOKS[now_is]
        state, room, taken = self._columns(width)
        unread = entry.state in FAILED and not entry.read
        done = clean(what(entry.edit), limit=_MOST_OF_A_TEXT)
        said = clean(reason(entry), limit=_MOST_OF_A_TEXT)
        text = fitted(done, room - 1)
        # What went wrong is told as far as there is room for it.
        why = f" · {said}" if said and room - cell_len(text) > 8 else ""
        when = age(entry.made_at, self._now) if self._now else ""
        cells: list[Cell] = [
            ("● " if unread else "  ", base + look(self, "flag")),
            (when.rjust(5) + "  ", quiet),
            (column(f"{glyph} {now_is}", state) + " ", base + look(self, name)),
            (column(clean(entry.edit.key, limit=80), self._key_width) + " ", quiet),
            (text, base),
            (column(why, room - cell_len(text)), quiet),
        ]
        if taken:
            cells.append((took(entry).rjust(taken), quiet))
        return cells

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()
