"""The rows of a picker or a menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.geometry import Size

from triage_tui.ui.widgets.cells import fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

_MARK = "✓ "
_LEAST_DETAIL = 8
"""Cells below which a detail says nothing any more and is left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; all texts were cleaned.

    Attributes:
        letter: The key that chooses the row, or "".
        lit: Places of the characters in `label` that were found.
        current: True for the value that is in force.
        off: It cannot be used now.
    """

    label: str
    detail: str = ""
    letter: str = ""
    lit: frozenset[int] = frozenset()
    current: bool = False
    off: bool = False


class ChoiceList(LineList, can_focus=False):
    """Rows to choose from; one click chooses. The keys belong to the screen around it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "choice-list--cursor",
        "choice-list--detail",
        "choice-list--letter",
        "choice-list--lit",
        "choice-list--nothing",
    }

    def __init__(
        self,
        row_at: Callable[[int], Row],
        *,
        rows: int,
        around: int,
        letters: bool = False,
        marks: bool = False,
        nothing: str = "",
    ) -> None:
        """
        Args:
            row_at: Gives the row to be painted.
            rows: Height where the terminal is high enough.
            around: Lines of the terminal that are left to the rest.
            letters: Keep a column for letters.
            marks: Keep a column for the mark of the current value.
            nothing: Painted, cleaned, where there are no rows.
        """
        super().__init__()
        self._row_at = row_at
        self._rows = rows
        self._around = around
        self._letters = letters
        self._marks = marks
        self._nothing = nothing
        self._empty = False

    def show(self, count: int, cursor: int = 0) -> None:
        """Paint so many rows, or what is to be read when there are none."""
        self._empty = not count
        self.rows_changed(max(1, count) if self._nothing else count, cursor)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, min(self._rows, viewport.height - self._around))

    def selectable(self, index: int) -> bool:
        return not self._empty

    def row(self, index: int, width: int) -> list[Cell]:
        if self._empty:
            nothing = self.get_component_rich_style("choice-list--nothing")
            return [(fitted(f"  {self._nothing}", width), nothing)]
        row = self._row_at(index)
        at_cursor = index == self.cursor
        plain = self._style("choice-list--cursor") if at_cursor else self.rich_style
        letter, detail = (
            (plain, plain)
            if at_cursor
            else (self._style("choice-list--letter"), self._style("choice-list--detail"))
        )
        if row.off and not at_cursor:
            plain = detail
        lit = plain + Style(bold=True, underline=True)
        if not at_cursor:
            lit = self._style("choice-list--lit")

        lead: list[Cell] = [("› " if at_cursor else "  ", plain)]
        if self._letters:
            lead.append((f"{row.letter or ' '}  ", letter))
        if self._marks:
            lead.append((_MARK if row.current else "  ", plain))
        room = width - sum(cell_len(text) for text, _ in lead) - 1
        label, details = _shared(row.label, row.detail, room)
        gap = room - cell_len(label) - cell_len(details)
        return [
            *lead,
            *_lit_up(label, row.lit, plain, lit),
            (" " * gap, plain),
            (details, detail),
            (" ", plain),
        ]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name)

    def on_click(self, event: events.Click) -> None:
        event.prevent_default()
        index = self.index_at(event.y)
        if index is not None and self.selectable(index):
            self.post_message(self.Chosen(self, index))


def _shared(label: str, detail: str, room: int) -> tuple[str, str]:
    """Label and detail, cut so that both go into the room with a gap; the label comes first."""
    for_label = max(room - cell_len(detail) - 2, room * 3 // 5) if detail else room
    label = fitted(label, max(0, for_label))
    left = room - cell_len(label) - 2
    if cell_len(detail) > left < _LEAST_DETAIL:
        return label, ""
    return label, fitted(detail, left)


def _lit_up(label: str, lit: frozenset[int], plain: Style, bright: Style) -> list[Cell]:
    # A break within what a terminal draws as one character would change its width.
    def is_lit(place: tuple[int, str]) -> bool:
        return place[0] in lit and place[1].isalnum()

    return [
        ("".join(char for _, char in run), bright if found else plain)
        for found, run in groupby(enumerate(label), is_lit)
    ]
