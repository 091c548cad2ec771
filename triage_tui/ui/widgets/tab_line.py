"""The line of tabs, one for each view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from triage_tui.ui.looks import look
from triage_tui.ui.widgets.cells import fitted

LONGEST = 24
"""Cells of a name where there is room for all tabs, and where there is not."""
SHORTEST = 14

_MORE = 2
"""Cells of the sign that there are more tabs at an end."""


@dataclass(frozen=True, slots=True)
class Tab:
    """What a tab says; texts are cleaned.

    Attributes:
        short: What it is called where there is little room, or "".
        sign: Of whoever made the view, or "".
        count: How many cases there are, or "".
        old: The count may not be true any more.
        changed: The query is not quite that of the view.
        broken: The view cannot be chosen.
    """

    id: str
    name: str
    short: str = ""
    sign: str = ""
    count: str = ""
    old: bool = False
    current: bool = False
    changed: bool = False
    broken: bool = False

    def texts(self, brief: bool) -> tuple[str, str]:
        """The name, and the count behind it; both with the spaces around them."""
        name = fitted(self.short or self.name, SHORTEST) if brief else fitted(self.name, LONGEST)
        dot = "•" if self.changed else ""
        count = f" {'~' if self.old else ''}{self.count}" if self.count else ""
        return f"{'▸' if self.current else ' '}{self.sign}{name}{dot}", f"{count} "

    def width(self, brief: bool) -> int:
        """Cells that it takes."""
        return sum(map(cell_len, self.texts(brief)))


@dataclass(frozen=True, slots=True)
class Arranged:
    """The tabs that there is room for: those from `first` up to `end`, exclusive."""

    first: int
    end: int
    brief: bool


def arranged(tabs: Sequence[Tab], width: int) -> Arranged:
    """Which tabs to show: all if they can be, else those around the one in force."""
    for brief in (False, True):
        if sum(tab.width(brief) for tab in tabs) <= width:
            return Arranged(0, len(tabs), brief)
    widths = [tab.width(True) for tab in tabs]
    current = next((n for n, tab in enumerate(tabs) if tab.current), 0)
    first = 0
    # The next one is to be seen as well, so that there is something to go to.
    shown = min(current + 2, len(tabs))
    while first < current and _room(widths, first, shown, width) < 0:
        first += 1
    end = current + 1
    while end < len(tabs) and _room(widths, first, end + 1, width) >= 0:
        end += 1
    return Arranged(first, end, True)


def _room(widths: Sequence[int], first: int, end: int, width: int) -> int:
    signs = _MORE * (first > 0) + _MORE * (end < len(widths))
    return width - signs - sum(widths[first:end])


class TabLine(Widget):
    """Paints the tabs, and says which one is clicked."""

    DEFAULT_CSS = "TabLine { height: 1; width: 1fr; }"

    @dataclass
    class Picked(Message):
        """The person wants this tab."""

        id: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs: tuple[Tab, ...] = ()
        self._places: list[tuple[int, int, str]] = []

    def show(self, tabs: Sequence[Tab]) -> None:
        """Show these tabs; nothing is painted if they are the same."""
        if tuple(tabs) != self._tabs:
            self._tabs = tuple(tabs)
            self.refresh()

    @property
    def visible_ids(self) -> tuple[str, ...]:
        """Ids of the tabs that can be seen."""
        shown = arranged(self._tabs, self.size.width)
        return tuple(tab.id for tab in self._tabs[shown.first : shown.end])

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.rich_style
        shown = arranged(self._tabs, width)
        segments: list[Segment] = []
        self._places, at = [], 0

        def put(text: str, name: str, id: str) -> None:
            nonlocal at
            segments.append(Segment(text, base + look(self, name)))
            self._places.append((at, at + cell_len(text), id))
            at += cell_len(text)

        if shown.first:
            put("‹ ", "key", self._tabs[shown.first - 1].id)
        for tab in self._tabs[shown.first : shown.end]:
            name, count = tab.texts(shown.brief)
            put(name, "tab" if tab.current else "gone" if tab.broken else "dim", tab.id)
            put(count, "tab" if tab.current else "faint" if tab.old else "plain", tab.id)
        if shown.end < len(self._tabs):
            put(" ›", "key", self._tabs[shown.end].id)
        return Strip(segments).adjust_cell_length(width, base)

    def on_click(self, event: events.Click) -> None:
        for start, end, id in self._places:
            if start <= event.x < end:
                self.post_message(self.Picked(id))
