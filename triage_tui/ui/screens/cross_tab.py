"""Counts by two fields as a small heat map, whose cells are filters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from triage_tui.crosstab import CrossTab, shortened
from triage_tui.errors import ApiError
from triage_tui.text import clean
from triage_tui.ui.looks import look
from triage_tui.ui.screens.box import Box
from triage_tui.ui.widgets.cells import column, fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

_LABELS = 16
"""Cells for the names of the rows, where there is room."""


@dataclass(frozen=True, slots=True)
class ChosenCell:
    """Two values that the person asks for."""

    down: tuple[str, str]
    across: tuple[str, str]


class CrossTabScreen(Box[ChosenCell]):
    """The table of two fields; answers the cell that was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1, 0)", "Down", show=False),
        Binding("k,up", "move(-1, 0)", "Up", show=False),
        Binding("l,right", "move(0, 1)", "Right", show=False),
        Binding("h,left", "move(0, -1)", "Left", show=False),
        Binding("enter", "choose", "Only cases of this cell", show=False),
        Binding("r", "rows", "Other rows", show=False),
        Binding("c", "columns", "Other columns", show=False),
        Binding("x", "swap", "Rows as columns", show=False),
        Binding("q", "cancel", "Cancel", show=False),
    ]

    def __init__(
        self,
        fields: Sequence[str],
        down: str,
        across: str,
        *,
        count: Callable[[str, str], Awaitable[CrossTab | None]],
        labels: Mapping[tuple[str, str], str],
    ) -> None:
        """
        Args:
            fields: Those to choose from.
            count: Asks for the table of two fields; None if the server has no such counts.
            labels: How to write a (field, value in lower case).
        """
        super().__init__("", "enter only these · r c fields · x swap · esc close")
        self._fields = fields
        self.down, self.across = down, across
        self._count = count
        self._labels = labels
        self._grid = _Grid(self._label)

    def body(self) -> ComposeResult:
        yield self._grid

    def on_mount(self) -> None:
        self._ask()

    def _label(self, field: str, value: str) -> str:
        name = self._labels.get((field, value.casefold())) or value or "none"
        return clean(name, limit=80)

    def _ask(self) -> None:
        box = self.query_one(".box")
        box.border_title = f"{_named(self.down)} by {_named(self.across)}"
        self._grid.say("Counting…")
        self._read()

    @work(group="cross", exclusive=True)
    async def _read(self) -> None:
        try:
            table = await self._count(self.down, self.across)
        except ApiError as error:
            self._grid.say(clean(str(error), limit=400))
            return
        if table is None:
            self._grid.say("This server does not count by two fields.")
        elif not table.counts:
            self._grid.say("There is nothing to count.")
        else:
            self._grid.show(table)

    def action_move(self, down: int, across: int) -> None:
        self._grid.move(down, across)

    def action_choose(self) -> None:
        if pair := self._grid.chosen:
            self.answer(ChosenCell((self.down, pair[0]), (self.across, pair[1])))

    def action_swap(self) -> None:
        self.down, self.across = self.across, self.down
        self._ask()

    def action_rows(self) -> None:
        self._pick("Rows", self.down, lambda field: (field, self.across))

    def action_columns(self) -> None:
        self._pick("Columns", self.across, lambda field: (self.down, field))

    def _pick(self, title: str, now: str, pair: Callable[[str], tuple[str, str]]) -> None:
        from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for

        names = [_named(field) for field in self._fields]
        letters = letters_for(names)
        items = [
            MenuItem(letter, field, name)
            for letter, field, name in zip(letters, self._fields, names, strict=True)
        ]

        def chosen(field: str | None) -> None:
            if field:
                down, across = pair(field)
                if down == across:  # The other one makes room.
                    down, across = (down, self.down) if down != self.down else (self.across, across)
                self.down, self.across = down, across
                self._ask()

        self.app.push_screen(MenuScreen(title, items, current=now), chosen)


class _Grid(LineList, can_focus=False):
    """The table; its cursor is a cell."""

    header_height = 1

    def __init__(self, label: Callable[[str, str], str]) -> None:
        super().__init__(classes="cross-tab")
        self._label = label
        self._table: CrossTab | None = None
        self._across = 0
        self._first = 0
        self.styles.height = 4

    @property
    def chosen(self) -> tuple[str, str] | None:
        """The values of the cell under the cursor, unless nothing is there."""
        if self._table is None:
            return None
        pair = (self._table.rows[self.cursor], self._table.columns[self._across])
        return pair if self._table.counts.get(pair) else None

    def say(self, sentence: str) -> None:
        """Show a sentence in place of a table."""
        self._table, self.message = None, (sentence,)
        self.rows_changed(0, 0)

    def show(self, table: CrossTab) -> None:
        """Show a table, with the cursor on the first cell that has a count."""
        self._table = table
        filled = [pair for pair, count in table.counts.items() if count] or [*table.counts]
        places = [(table.rows.index(row), table.columns.index(col)) for row, col in filled]
        row, col = min(places)
        self._across, self._first = col, 0
        self.styles.height = len(table.rows) + 2
        self.rows_changed(len(table.rows) + bool(table.left_out), row)

    def selectable(self, index: int) -> bool:
        return self._table is not None and index < len(self._table.rows)

    def move(self, down: int, across: int) -> None:
        """Move to another cell."""
        if self._table is None:
            return
        self._across = max(0, min(self._across + across, len(self._table.columns) - 1))
        if down:
            self.move_to(self.cursor + down, direction=down)
        self.repaint()

    def _widths(self, width: int) -> tuple[int, int, range]:
        """Cells of the names and of a column, and which columns are shown."""
        assert self._table
        table = self._table
        names = [cell_len(self._label(table.down, row)) for row in table.rows]
        for_names = min(max(names, default=0), _LABELS if width > 40 else 9)
        heads = [cell_len(self._label(table.across, one)) for one in table.columns]
        counts = [len(shortened(count)) for count in table.counts.values()]
        room = (width - for_names - 2) // len(heads) - 2
        each = max(3, *counts, min(max(heads), max(4, room), 12)) + 2
        fit = max(1, (width - for_names - 2) // each)
        if self._across < self._first:
            self._first = self._across
        elif self._across >= self._first + fit:
            self._first = self._across - fit + 1
        return for_names, each, range(self._first, min(len(heads), self._first + fit))

    def header(self, width: int) -> list[Cell]:
        dim = self.rich_style + look(self, "dim")
        if self._table is None:
            return [(" " * width, dim)]
        names, each, columns = self._widths(width)
        cells: list[Cell] = [(" " * (names + 2), dim)]
        for index in columns:
            name = fitted(self._label(self._table.across, self._table.columns[index]), each - 2)
            style = dim + look(self, "strong") if index == self._across else dim
            cells.append((" " + " " * (each - 2 - cell_len(name)) + name + " ", style))
        more = "›" if columns.stop < len(self._table.columns) else ""
        return [*cells, (more, dim)]

    def row(self, index: int, width: int) -> list[Cell]:
        table = self._table
        plain = self.rich_style
        if table is None:
            return [("", plain)]
        if index >= len(table.rows):
            text = f" and {table.left_out:,} with other values"
            return [(fitted(text, width), plain + look(self, "dim"))]
        value = table.rows[index]
        names, each, columns = self._widths(width)
        here = index == self.cursor
        label = column(self._label(table.down, value), names)
        cells: list[Cell] = [(f" {label} ", plain + look(self, "strong" if here else "plain"))]
        for at in columns:
            count = table.counts.get((value, table.columns[at]), 0)
            shade = table.shade(count)
            style = plain + look(self, f"heat-{shade}" if shade else "faint")
            text = (shortened(count) if count else "·").rjust(each - 2)
            if here and at == self._across:
                cells.append((f"[{text}]", plain + look(self, "cursor")))
            else:
                cells.append((f" {text} ", style))
        return cells

    def on_click(self, event: events.Click) -> None:
        """A click moves to a cell."""
        event.prevent_default()
        index = self.index_at(event.y)
        if self._table is None or index is None or not self.selectable(index):
            return
        names, each, columns = self._widths(self.width)
        at = (event.x - names - 2) // each
        if 0 <= at < len(columns):
            self._across = columns[at]
        self.move_to(index)
        self.repaint()


def _named(field: str) -> str:
    return clean(field, limit=40).replace("_", " ").capitalize()
