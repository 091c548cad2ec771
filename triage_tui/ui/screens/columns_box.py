"""Which columns the list has, in which order, and how wide they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from triage_tui.columns import Wish, kind_of
from triage_tui.text import clean
from triage_tui.ui.screens.box import Box
from triage_tui.ui.screens.choice_list import ChoiceList, Row


class ColumnsScreen(Box[Wish]):
    """The columns in their order; answers how they are wanted, or None.

    Attributes:
        to_groups: The person wants to choose next what the rows are grouped by.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", show=False),
        Binding("k,up", "move(-1)", "Previous", show=False),
        Binding("home", "move(-100)", "First", show=False),
        Binding("G,end", "move(100)", "Last", show=False),
        Binding("space,x", "turn", "Show or hide", show=False),
        Binding("J,shift+down", "shift(1)", "Further right", show=False),
        Binding("K,shift+up", "shift(-1)", "Further left", show=False),
        Binding("plus,greater_than_sign,right", "widen(1)", "Wider", show=False),
        Binding("minus,less_than_sign,left", "widen(-1)", "Narrower", show=False),
        Binding("equals_sign", "fit", "As wide as its texts", show=False),
        Binding("d", "usual", "As there is room", show=False),
        Binding("g", "groups", "Group the rows", show=False),
        Binding("enter", "done", "Keep it so", show=False),
        Binding("q", "cancel", "Cancel", show=False),
    ]

    def __init__(self, names: Sequence[str], wish: Wish, shown: Sequence[tuple[str, int]]) -> None:
        """
        Args:
            names: All columns there are.
            shown: Those that are painted now, and their cells.
        """
        keys = "space show · J K move · + - width · g group · enter keep · d default · esc"
        super().__init__("Columns", keys)
        self._all = names
        self._painted = shown
        self.to_groups = False
        self._take(wish)
        self._list = ChoiceList(self._row, rows=len(self._names), around=4, marks=True)

    def _take(self, wish: Wish) -> None:
        self._wish = wish
        self._usual = not wish.columns
        first = list(wish.columns) or [name for name, _ in self._painted]
        self._shown = set(first)
        self._names = [*first, *(name for name in self._all if name not in self._shown)]

    def body(self) -> ComposeResult:
        yield self._list

    def on_mount(self) -> None:
        self.query_one(".box").styles.width = 78
        self._list.show(len(self._names))

    def _row(self, index: int) -> Row:
        name = self._names[index]
        about = clean(kind_of(name).about, limit=60)
        if name == "title":
            return Row(about, "always", current=True)
        shown = name in self._shown
        cells = self._wish.widths.get(name)
        detail = f"{cells} wide" if cells else "as there is room" if shown and self._usual else ""
        return Row(about, detail, current=shown)

    @property
    def _here(self) -> str:
        return self._names[self._list.cursor]

    def _paint(self) -> None:
        self._list.show(len(self._names), self._list.cursor)

    def action_move(self, by: int) -> None:
        self._list.action_step(by)

    def action_turn(self) -> None:
        if self._here != "title":
            self._usual = False
            self._shown ^= {self._here}
            self._paint()

    def action_shift(self, by: int) -> None:
        at = self._list.cursor
        to = at + by
        if 0 <= to < len(self._names):
            self._usual = False
            self._names[at], self._names[to] = self._names[to], self._names[at]
            self._list.show(len(self._names), to)

    def action_widen(self, by: int) -> None:
        name = self._here
        if name != "title":
            least = kind_of(name).least
            now = self._wish.widths.get(name) or dict(self._painted).get(name, least)
            self._wish = self._wish.wider(name, now + by)
            self._paint()

    def action_fit(self) -> None:
        self._wish = self._wish.wider(self._here, None)
        self._paint()

    def action_usual(self) -> None:
        self._take(Wish())
        self._list.show(len(self._names), 0)

    def action_groups(self) -> None:
        self.to_groups = True
        self.action_done()

    def action_done(self) -> None:
        columns = () if self._usual else tuple(one for one in self._names if one in self._shown)
        self.answer(Wish(columns, self._wish.widths))
