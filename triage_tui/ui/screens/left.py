"""What an earlier start left unsent: which of it is sent, and which is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from triage_tui.entries import Entry, State
from triage_tui.text import ago, clean, plural
from triage_tui.ui.looks import look
from triage_tui.ui.screens.box import TITLE_LIMIT, Box
from triage_tui.ui.widgets.cells import fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

_AROUND = 13
"""Lines of the terminal that the list leaves to the rest of the box."""


@dataclass(frozen=True)
class Decision:
    """What a person wants done with entries; those in neither wait for another decision."""

    send: tuple[Entry, ...] = ()
    drop: tuple[Entry, ...] = ()


class LeftScreen(Box[Decision]):
    """Lets the person tick entries, all at first, and send or drop the ticked ones.

    The two answers are capital letters: whoever types ahead while the app starts gives neither.
    """

    def __init__(self, entries: Sequence[Entry], now: datetime) -> None:
        super().__init__(
            "Not sent yet", "space tick · S send the ticked · D drop the ticked · esc later"
        )
        self._entries = list(entries)
        self._lines = _Ticks(entries, now)

    def body(self) -> ComposeResult:
        count = plural(len(self._entries), "write")
        question = f"An earlier start left {count} unsent. What is to become of them?"
        yield Static(Content(question), classes="confirm--question")
        yield self._lines

    def on_mount(self) -> None:
        self._lines.rows_changed(len(self._entries), 0)
        self._lines.focus()

    def on_key(self, event: events.Key) -> None:
        ticked = tuple(one for one in self._entries if one.edit.number in self._lines.ticked)
        if event.key in ("space", "x", "enter"):
            self._lines.toggle()
        elif event.key == "S":
            self.answer(Decision(send=ticked))
        elif event.key == "D":
            self.answer(Decision(drop=ticked))
        elif event.key == "q":
            self.answer(None)
        else:
            return
        event.stop()


class _Ticks(LineList):
    """The entries, each with its tick."""

    has_cursor: ClassVar[bool] = True

    def __init__(self, entries: Sequence[Entry], now: datetime) -> None:
        super().__init__(classes="confirm--lines")
        self.ticked = {entry.edit.number for entry in entries}
        self._numbers = [entry.edit.number for entry in entries]
        self._texts = [clean(_told(entry, now), limit=TITLE_LIMIT) for entry in entries]

    def toggle(self) -> None:
        """Tick the entry under the cursor, or take its tick away."""
        self.ticked ^= {self._numbers[self.cursor]}
        self.repaint()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, min(len(self._texts), viewport.height - _AROUND))

    def row(self, index: int, width: int) -> list[Cell]:
        style = self.rich_style
        if index == self.cursor:
            style += look(self, "cursor")
        tick = "✓ " if self._numbers[index] in self.ticked else "· "
        return [(fitted(tick + self._texts[index], width).ljust(width), style)]


def _told(entry: Entry, now: datetime) -> str:
    doubt = " · it may have been done already" if entry.state is State.SENDING else ""
    edit = entry.edit
    before = edit.change.inverse(edit.seen) if edit.seen else None
    was = f" (you saw {before.value})" if before else ""
    title = f" · {edit.seen.title}" if edit.seen else ""
    return f"{edit.phrase}{was} · {ago(entry.made_at, now)}{doubt}{title}"
