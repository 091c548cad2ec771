"""The facets: how many cases have which value, and the query's terms to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from triage_tui.actions import ACTIONS
from triage_tui.models import Facet
from triage_tui.text import clean
from triage_tui.ui.looks import look
from triage_tui.ui.widgets.cells import column
from triage_tui.ui.widgets.facet_rows import Layout, Row, Wishes, bar, rows_of
from triage_tui.ui.widgets.line_list import Cell, LineList

_ROOM_FOR_BARS = 20
"""Cells of a line from which the bars have room beside names and counts."""


class FacetPanel(LineList):
    """Paints facets and says which value was chosen; what is chosen stands in the query alone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(action.keys, action.does, action.label, show=False, id=action.id)
        for action in ACTIONS
        if action.scope == "facets"
    ]
    header_height = 1

    @dataclass
    class Toggled(Message):
        """The person chose a value.

        Attributes:
            act: "only" (just this value), "add" (this one too) or "exclude".
            undo: The value is chosen (or excluded) already: lift that.
        """

        field: str
        value: str
        act: str
        undo: bool

    @dataclass
    class Sought(Message):
        """The person looks for a value of a facet."""

        field: str

    class Rearrange(Message):
        """The person wants to choose and order the facets."""

    class Arranged(Message):
        """The person changed how the facets are shown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.wanted = Layout()
        """Which facets are shown, and how."""
        self._widest = 1
        self._found: dict[str, dict[str, int | None]] = {}
        self._facets: Sequence[Facet] = ()
        self._chosen: Mapping[str, frozenset[str]] = {}
        self._excluded: Mapping[str, frozenset[str]] = {}
        self._labels: Mapping[tuple[str, str], str] = {}
        self._list: list[Row] = []
        self._open: set[str] = set()
        self._stale = False

    def show(
        self,
        facets: Sequence[Facet],
        *,
        chosen: Mapping[str, frozenset[str]],
        excluded: Mapping[str, frozenset[str]],
        labels: Mapping[tuple[str, str], str],
        stale: bool,
    ) -> None:
        """Paint these facets.

        Args:
            chosen: For each field, the values that the query asks for.
            labels: How to write a (field, value in lower case) for a person.
            stale: Say that newer counts are on their way.
        """
        self._facets, self._chosen, self._excluded = facets, chosen, excluded
        self._labels, self._stale = labels, stale
        self._lay_out()

    def _lay_out(self) -> None:
        here = self._here()
        at = (here.field, here.value, bool(here.more)) if here else None
        by_field = {facet.field: facet for facet in self._facets}
        self._list = [
            row
            for field in self.wanted.of([*by_field])
            for row in rows_of(by_field[field], self._wishes(field))
        ]
        self._widest = max((len(f"{row.count or 0:,}") for row in self._list), default=1)
        places = {(row.field, row.value, bool(row.more)): i for i, row in enumerate(self._list)}
        cursor = places.get(at, self.cursor) if at else self.cursor
        self.rows_changed(len(self._list), cursor)
        if self._list and not self.selectable(self.cursor):
            self.cursor = min(self.cursor + 1, len(self._list) - 1)

    def _wishes(self, field: str) -> Wishes:
        return Wishes(
            self._chosen.get(field, frozenset()),
            self._excluded.get(field, frozenset()),
            field in self.wanted.folded,
            field in self._open,
            self._found.get(field, {}),
        )

    def show_as(self, wanted: Layout) -> None:
        """Show the facets in this way."""
        self.wanted = wanted
        self._lay_out()

    def reveal(self, field: str, value: str, count: int | None) -> None:
        """Show a value, wherever it is folded away, and put the cursor on it."""
        self._found.setdefault(field, {})[value] = count
        self._lay_out()
        for index, row in enumerate(self._list):
            if row.field == field and row.value == value:
                self.move_to(index)

    @property
    def field(self) -> str:
        """The facet under the cursor; "" if there is none."""
        row = self._here()
        return row.field if row else ""

    def _here(self) -> Row | None:
        return self._list[self.cursor] if self.cursor < len(self._list) else None

    def selectable(self, index: int) -> bool:
        row = self._list[index]
        return bool(row.folded) or (row.value is not None and not row.uncounted)

    # Painting

    def header(self, width: int) -> list[Cell]:
        style = self.rich_style + look(self, "header-focus" if self.has_focus else "header")
        text = " Facets · counting…" if self._stale else " Facets"
        return [(text.ljust(width), style)]

    def row(self, index: int, width: int) -> list[Cell]:
        row = self._list[index]
        base = self.rich_style
        if row.value is None and not row.folded:
            return [(set_cell_size(f" {_named(row.field)}", width), base + look(self, "group"))]
        if index == self.cursor and self.has_focus:
            base += look(self, "cursor")
        if row.folded:
            name = f" ▸ {_named(row.field)} "
            return [(name, base + look(self, "group")), (f"{row.folded}", base + look(self, "dim"))]
        if row.more:
            return [(f"   {row.more} more…", base + look(self, "dim"))]
        if row.uncounted:
            return [("   – not counted", base + look(self, "dim"))]
        count = "–" if row.count is None else f"{row.count:,}"
        count = f" {count.rjust(self._widest)} "
        mark = "●" if row.chosen else "−" if row.excluded else " "
        state = "chosen" if row.chosen else "excluded" if row.excluded else "plain"
        label = self._labels.get((row.field, (row.value or "").casefold())) or row.value or "none"
        length = 0 if width < _ROOM_FOR_BARS else 3 if width < 28 else 5
        drawn = bar(row.share, length, ascii=self._ascii)
        room = width - 3 - cell_len(count) - length - 1
        text = column(clean(label, limit=200), max(1, room))
        return [
            (f" {mark} {text} ", base + look(self, state)),
            (drawn, base + look(self, "faint" if self._stale else "bar")),
            (count, base + look(self, "faint" if self._stale else "dim")),
        ]

    @property
    def _ascii(self) -> bool:
        """True where the terminal cannot draw parts of a cell."""
        return not self.app.console.encoding.startswith("utf")

    # Keys

    def action_choose(self) -> None:
        self._toggle("only")

    def action_add(self) -> None:
        self._toggle("add")

    def action_exclude(self) -> None:
        self._toggle("exclude")

    def _toggle(self, act: str) -> None:
        row = self._here()
        if row is None or not self.selectable(self.cursor):
            return
        if row.folded:
            self.action_fold()
            return
        if row.more:
            self._open.add(row.field)
            self._lay_out()
            return
        undo = row.excluded if act == "exclude" else row.chosen
        self.post_message(self.Toggled(row.field, row.value or "", act, undo))

    def action_fold(self) -> None:
        """Show only the heading of the facet under the cursor, or its values again."""
        if field := self.field:
            self.wanted = self.wanted.fold(field)
            self._lay_out()
            headings = [i for i, row in enumerate(self._list) if row.field == field]
            at = headings[0] + (0 if self._list[headings[0]].folded else 1)
            self.move_to(min(at, len(self._list) - 1))
            self.post_message(self.Arranged())

    def action_arrange(self) -> None:
        self.post_message(self.Rearrange())

    def action_seek(self) -> None:
        """Look for a value of the facet under the cursor."""
        if field := self.field:
            self.post_message(self.Sought(field))

    def on_click(self, event: events.Click) -> None:
        """Only the value that was clicked on; without it by the right button, or with ctrl."""
        event.prevent_default()
        index = self.index_at(event.y)
        if index is None:
            return
        if not self.selectable(index):
            if self._list[index].value is None and self.selectable(min(index + 1, self.count - 1)):
                self.move_to(index + 1)
                self.action_fold()
            return
        self.move_to(index)
        if event.button == 3 or event.ctrl:
            self.action_exclude()
        else:
            self.action_choose()

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()


def _named(field: str) -> str:
    return clean(field, limit=80).replace("_", " ").capitalize()
