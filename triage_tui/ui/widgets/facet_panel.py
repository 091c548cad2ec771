"""The facets: how many cases have which value, and the query's terms to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.binding import Binding, BindingType
from textual.message import Message

from triage_tui.actions import ACTIONS
from triage_tui.models import PRIORITIES, Facet
from triage_tui.text import clean
from triage_tui.ui.looks import look
from triage_tui.ui.widgets.cells import column
from triage_tui.ui.widgets.line_list import Cell, LineList

SHOWN = 8
"""Values of a facet that are shown before the rest is folded away."""

NATURAL_ORDER = {"status": ("OPEN", "IN_PROGRESS", "CLOSED"), "priority": PRIORITIES}
"""Facets whose values are not shown by count, because people know their order."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A heading (`value` None), a value (`count` None if it was not counted), the line that unfolds
    the rest (`more`), or the line that says that nothing was counted (`uncounted`)."""

    field: str
    value: str | None = None
    count: int | None = None
    chosen: bool = False
    excluded: bool = False
    more: int = 0
    uncounted: bool = False


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

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._facets: Sequence[Facet] = ()
        self._chosen: Mapping[str, frozenset[str]] = {}
        self._excluded: Mapping[str, frozenset[str]] = {}
        self._labels: Mapping[tuple[str, str], str] = {}
        self._list: list[_Row] = []
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
        self._list = [row for facet in self._facets for row in self._rows_of(facet)]
        places = {(row.field, row.value, bool(row.more)): i for i, row in enumerate(self._list)}
        cursor = places.get(at, self.cursor) if at else self.cursor
        self.rows_changed(len(self._list), cursor)
        if self._list and not self.selectable(self.cursor):
            self.cursor = min(self.cursor + 1, len(self._list) - 1)

    def _rows_of(self, facet: Facet) -> list[_Row]:
        chosen = self._chosen.get(facet.field, frozenset())
        excluded = self._excluded.get(facet.field, frozenset())
        counts = {value.value: value.count for value in facet.values or ()}
        order = NATURAL_ORDER.get(facet.field)
        values = (
            sorted(counts, key=order.index) if order and counts.keys() <= set(order) else [*counts]
        )
        for wanted in sorted(chosen | excluded):
            if wanted.casefold() not in {value.casefold() for value in values}:
                values.insert(0, wanted)
        if not values and facet.values is not None:
            return []
        folded = {value.casefold() for value in chosen | excluded}
        # A status that was chosen by its own name is not among the three that are counted.
        none = None if facet.values is None or facet.field == "status" else 0
        rows = [_Row(facet.field)]
        for index, value in enumerate(values):
            is_on = value.casefold() in folded
            if index >= SHOWN and not is_on and facet.field not in self._open:
                continue
            rows.append(
                _Row(
                    facet.field,
                    value,
                    counts.get(value, none),
                    is_on and value.casefold() in {one.casefold() for one in chosen},
                    is_on and value.casefold() in {one.casefold() for one in excluded},
                )
            )
        hidden = len(values) - (len(rows) - 1)
        if hidden:
            rows.append(_Row(facet.field, "", more=hidden))
        if facet.values is None:
            rows.append(_Row(facet.field, "", uncounted=True))
        return rows

    def _here(self) -> _Row | None:
        return self._list[self.cursor] if self.cursor < len(self._list) else None

    def selectable(self, index: int) -> bool:
        row = self._list[index]
        return row.value is not None and not row.uncounted

    # Painting

    def header(self, width: int) -> list[Cell]:
        style = self.rich_style + look(self, "header-focus" if self.has_focus else "header")
        text = " Facets · counting…" if self._stale else " Facets"
        return [(text.ljust(width), style)]

    def row(self, index: int, width: int) -> list[Cell]:
        row = self._list[index]
        base = self.rich_style
        if row.value is None:
            name = clean(row.field, limit=80).replace("_", " ").capitalize()
            return [(set_cell_size(" " + name, width), base + look(self, "group"))]
        if index == self.cursor and self.has_focus:
            base += look(self, "cursor")
        if row.more:
            return [(f"   {row.more} more…", base + look(self, "dim"))]
        if row.uncounted:
            return [("   – not counted", base + look(self, "dim"))]
        count = "– " if row.count is None else f"{row.count:,} "
        mark = "●" if row.chosen else "−" if row.excluded else " "
        state = "chosen" if row.chosen else "excluded" if row.excluded else "plain"
        label = self._labels.get((row.field, row.value.casefold())) or row.value or "none"
        room = width - 3 - cell_len(count) - 1
        text = column(clean(label, limit=200), max(1, room))
        return [
            (f" {mark} {text} ", base + look(self, state)),
            (count, base + look(self, "dim")),
        ]

    # Keys

    def action_choose(self) -> None:
        self._toggle("only")

    def action_add(self) -> None:
        self._toggle("add")

    def action_exclude(self) -> None:
        self._toggle("exclude")

    def _toggle(self, act: str) -> None:
        row = self._here()
        if row is None or row.value is None or not self.selectable(self.cursor):
            return
        if row.more:
            self._open.add(row.field)
            self._lay_out()
            return
        undo = row.excluded if act == "exclude" else row.chosen
        self.post_message(self.Toggled(row.field, row.value, act, undo))

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()
