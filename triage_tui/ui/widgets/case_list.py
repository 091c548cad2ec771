"""The list of cases."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import cast

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from textual import events
from textual.message import Message

from triage_tui.columns import (
    AS_THERE_IS_ROOM,
    LEAD,
    MEASURED,
    MORE,
    USUAL,
    Slot,
    Wish,
    kind_of,
    laid_out,
    shown_fields,
)
from triage_tui.grouping import Heading, Lines
from triage_tui.models import Case
from triage_tui.reading import Sort
from triage_tui.seen import News
from triage_tui.text import clean
from triage_tui.ui.looks import look
from triage_tui.ui.widgets.case_cells import MOST_OF_A_TITLE, cell_of, heading_text, plain_text
from triage_tui.ui.widgets.cells import fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

SORTED_COLUMNS = {
    "priority": ("priority",),
    "status": ("status",),
    "created_at": ("age", "created"),
}
"""The columns that an order of the list is by."""

NEWS_SIGNS = {
    News.NOTHING: "",
    News.NEW: "•",
    News.CHANGED: "Δ",
    News.BACK: "↺",
    News.SNOOZED: "z",
}


class CaseList(LineList):
    """Paints cases; knows nothing of where they come from."""

    header_height = 1

    class EndReached(Message):
        """The cursor came near the last loaded row: the next page is wanted."""

    class AllWanted(Message):
        """The person went to the last row: all pages are wanted."""

    @dataclass
    class MarkClicked(Message):
        """The person clicked on the sign before a case, or on its row with ctrl."""

        case_id: str

    @dataclass
    class Drawn(Message):
        """The person draws the mouse over rows.

        Attributes:
            case_ids: Of all rows from the one where it began.
            begins: These are the first ones.
        """

        case_ids: tuple[str, ...]
        begins: bool

    @dataclass
    class HeaderClicked(Message):
        """The person clicked on the name of a column."""

        column: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Case] = ()
        self._marked: frozenset[str] = frozenset()
        self._unsent: frozenset[str] = frozenset()
        self._faded: frozenset[str] = frozenset()
        self._disputed: frozenset[str] = frozenset()
        self._stale = False
        self._sort = Sort()
        self._me_id = ""
        self._extent = ""
        self._lines: Lines = ()
        self._headings: list[int] = []
        """Which of the lines are no cases."""
        self._grouped_by = ""
        self._wish = AS_THERE_IS_ROOM
        self._types: Mapping[str, str] = {}
        self._fit: dict[str, int] = {}
        """Cells of the widest text of each column."""
        self._measured: object = None
        self._laid_out: dict[int, tuple[Slot, ...]] = {}
        self._shown_id: str | None = None
        self._pressed_on: int | None = None
        """The row on which the mouse went down."""
        self._drawn = False
        self._now: datetime | None = None
        self.flashing: Mapping[str, frozenset[str]] = {}
        """Names of the fields that are lit because they changed by themselves, by case ids."""

        self._words: re.Pattern[str] | None = None
        self._news: Callable[[Case], News] = lambda _: News.NOTHING

    @property
    def cases(self) -> Sequence[Case]:
        """The cases in the order in which they are painted."""
        return self._rows

    def go_to(self, case_id: str) -> bool:
        """Put the cursor on a case; False if it is not shown."""
        place = next((n for n, line in enumerate(self._lines) if line.id == case_id), None)
        if place is not None:
            self.move_to(place)
        return place is not None

    @property
    def cursor_id(self) -> str | None:
        """Id of the case that is painted under the cursor."""
        return self._lines[self.cursor].id if self.cursor < len(self._lines) else None

    @property
    def cursor_key(self) -> str:
        """Key of the case that is painted under the cursor; "" if there is none."""
        line = self._lines[self.cursor] if self.cursor < len(self._lines) else None
        return line.key if isinstance(line, Case) else ""

    @property
    def moved(self) -> bool:
        """True if the person moved the cursor since `show`, whether or not `Moved` got through."""
        return self.cursor_id != self._shown_id

    def show(
        self,
        lines: Lines,
        cursor: int,
        *,
        marked: frozenset[str],
        unsent: frozenset[str],
        faded: frozenset[str],
        stale: bool,
        sort: Sort,
        me_id: str,
        now: datetime,
        extent: str,
        message: Sequence[str] = (),
        disputed: frozenset[str] = frozenset(),
        news: Callable[[Case], News] = lambda _: News.NOTHING,
        words: Sequence[str] = (),
        grouped_by: str = "",
        wish: Wish = AS_THERE_IS_ROOM,
        types: Mapping[str, str] | None = None,
        question: Hashable = None,
        anchored: bool = False,
    ) -> None:
        """Paint these cases.

        Args:
            lines: The cases, and the headings above them if they are `grouped_by` something.
            faded: Ids of cases that no longer belong into the list.
            stale: Paint all rows dimmed: they answer an older question.
            extent: How many cases there are, to be shown behind the place of the cursor.
            message: Sentences shown instead of rows when there are none.
            disputed: Ids of cases about which there is something to decide.
            news: What there is to see of a case.
            words: Words in lower case that are lit.
            types: Names of case types by their ids.
            question: What the cases answer. Columns are measured anew when it changes.
            anchored: The line of the cursor stays where it is on the screen.
        """
        self._stale = stale
        self.message = tuple(clean(line, limit=MOST_OF_A_TITLE) for line in message)
        self._marked, self._unsent, self._faded = marked, unsent, faded
        self._disputed, self._news = disputed, news
        self._words = re.compile("|".join(map(re.escape, words))) if words else None
        self._sort, self._me_id, self._now, self._extent = sort, me_id, now, extent
        self._wish, self._types = wish, types or {}
        measured = question, wish
        if lines is not self._lines or grouped_by != self._grouped_by:
            self._take_lines(lines, grouped_by)
        if measured != self._measured:
            # Where nothing is found yet there is nothing to measure.
            self._measured = measured if lines else None
            self._measure()
        before, at, top = self._shown_id, self.cursor, round(self.scroll_y)
        self.rows_changed(len(lines), cursor)
        self._shown_id = self.cursor_id
        if anchored and before == self._shown_id and at != self.cursor:
            self._scroll_rows(top + self.cursor - at)

    def _take_lines(self, lines: Lines, grouped_by: str) -> None:
        self._lines, self._grouped_by = lines, grouped_by
        if grouped_by:
            self._headings = [n for n, line in enumerate(lines) if isinstance(line, Heading)]
            self._rows = [line for line in lines if isinstance(line, Case)]
        else:
            self._headings = []
            self._rows = cast("Sequence[Case]", lines)
        self._measure_keys()

    def end_flash(self) -> None:
        """Paint what changed as everything else."""
        self.flashing = {}
        self.look_again()

    def look_again(self) -> None:
        """Paint what is new as it is now."""
        self._kept.clear()
        self.repaint()

    def move_to(self, index: int, *, direction: int = 1) -> None:
        super().move_to(index, direction=direction)
        if index >= self.count - max(30, self.height_in_rows):
            self.post_message(self.EndReached())

    def action_bottom(self) -> None:
        self.post_message(self.AllWanted())
        super().action_bottom()

    # Painting

    def _slots(self, width: int) -> tuple[Slot, ...]:
        if width not in self._laid_out:
            self._laid_out[width] = laid_out(width, self._wish, self._fit)
        return self._laid_out[width]

    def _measure(self) -> None:
        """Look how wide the texts are: once for a question, so that no column moves meanwhile."""
        self._laid_out.clear()
        assert self._now
        names = [name for name in self._wish.columns or (*USUAL, *MORE) if name != "title"]
        self._fit = {}
        rows = self._rows[:MEASURED]
        for name in names:
            texts = (plain_text(name, case, self._now, self._types) for case in rows)
            widths = sorted(map(cell_len, texts))
            # Few that are longer than all others would take the room of every title.
            self._fit[name] = widths[len(widths) * 19 // 20] if widths else 0

    def _measure_keys(self) -> None:
        """Keys alone are wanted in full wherever they stand."""
        widest = max(map(len, map(attrgetter("key"), self._rows)), default=0)
        if widest > self._fit.get("key", widest):
            self._fit["key"] = widest
            self._laid_out.clear()

    @property
    def widths(self) -> tuple[tuple[str, int], ...]:
        """The columns that are painted, from left to right, and their cells."""
        return tuple((slot.name, slot.width) for slot in self._slots(self.width))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are painted, from left to right."""
        return tuple(name for name, _ in self.widths)

    def header(self, width: int) -> list[Cell]:
        style = self.rich_style + look(self, "header-focus" if self.has_focus else "header")
        arrow = "▲" if self._sort.ascending else "▼"
        slots = self._slots(width)
        sorted_by = SORTED_COLUMNS[self._sort.field]
        text = " " * LEAD
        for slot in slots:
            kind = kind_of(slot.name)
            sign = arrow if slot.name in sorted_by else ""
            if slot.name == "title":
                text += self._title_and_place(slot.width) + " "
                continue
            # The gap behind a narrow column has room for the sign.
            names = [one + sign for one in (kind.heading, kind.short) if one]
            name = next((one for one in names if len(one) <= slot.width), names[-1])
            text += set_cell_size(name.rjust(slot.width) if kind.right else name, slot.width + 1)
        return [(set_cell_size(text, width), style)]

    @property
    def place(self) -> str:
        """Where the cursor is: "3 of 196"; "" while nothing is known."""
        if not self._extent:
            return ""
        above = bisect(self._headings, self.cursor)
        return f"{self.cursor + 1 - above if self.count else 0:,} of {self._extent}"

    def _title_and_place(self, width: int) -> str:
        room = width - len("Title") - 2
        if len(self.place) > room:
            return set_cell_size(self.place, width)
        return "Title " + self.place.rjust(room) + " "

    def selectable(self, index: int) -> bool:
        return not isinstance(self._lines[index], Heading)

    def row_state(self, index: int) -> Hashable:
        line = self._lines[index]
        if isinstance(line, Heading):
            return line
        return line.id, index == self.cursor, line.id in self._marked

    def row(self, index: int, width: int) -> list[Cell]:
        case = self._lines[index]
        if isinstance(case, Heading):
            return self._heading(case, width)
        base = self.rich_style
        marked = case.id in self._marked
        if index == self.cursor:
            base += look(self, "cursor" if self.has_focus else "cursor-blur")
        elif marked:
            base += look(self, "marked")
        dimmed = self._stale or case.id in self._faded or case.archived_at is not None
        if dimmed:
            base += look(self, "faded")
        flag = base if dimmed else base + look(self, "flag")
        sign = "↑" if case.id in self._unsent else "!" if case.id in self._disputed else ""
        sign = sign or NEWS_SIGNS[self._news(case)] or ("▪" if case.archived_at else "")
        cells: list[Cell] = [
            ("✓", flag) if marked else (" ", base),
            (sign, flag) if sign else (" ", base),
        ]
        assert self._now
        slots = self._slots(width)
        for slot in slots:
            text, name = cell_of(slot, case, self._now, self._types, self._me_id)
            style = base if dimmed or not name else base + look(self, name)
            gap = " " if slot is not slots[-1] else ""
            cells.append((text + gap, style))
        if case.id in self.flashing:
            cells = self._lit(cells, case, slots)
        if self._words:
            cells = [piece for cell in cells for piece in self._found(*cell)]
        return cells

    def _heading(self, heading: Heading, width: int) -> list[Cell]:
        base = self.rich_style
        count = f" · {heading.count:,} "
        name = fitted(heading_text(self._grouped_by, heading), max(1, width - LEAD - len(count)))
        rule = "─" * (width - LEAD - cell_len(name) - len(count))
        return [
            (" " * LEAD + name, base + look(self, "group")),
            (count, base + look(self, "dim")),
            (rule, base + look(self, "faint")),
        ]

    def _found(self, text: str, style: Style) -> Iterator[Cell]:
        assert self._words
        at, lower = 0, text.lower()
        # Few characters become two in lower case: then the places would not be the same.
        lower = lower if len(lower) == len(text) else text
        for match in self._words.finditer(lower):
            yield text[at : match.start()], style
            yield text[match.start() : match.end()], style + look(self, "match")
            at = match.end()
        yield text[at:], style

    def _lit(self, cells: list[Cell], case: Case, slots: tuple[Slot, ...]) -> list[Cell]:
        shown = shown_fields(slots)
        names = {shown[name] for name in self.flashing[case.id] if name in shown}
        # What cannot be seen in the row has changed if nothing else did.
        names = names or {"key" if "key" in shown.values() else "title"}
        for n, slot in enumerate(slots, 2):
            if slot.name in names:
                text, style = cells[n]
                cells[n] = text, style + look(self, "flash")
        return cells

    # Mouse

    def on_click(self, event: events.Click) -> None:
        event.prevent_default()
        drawn, self._drawn, self._pressed_on = self._drawn, False, None
        if drawn:
            return
        if event.y < self.header_height:
            at = LEAD
            for name, width in self.widths:
                if at <= event.x <= at + width:
                    self.post_message(self.HeaderClicked(name))
                at += width + 1
            return
        index = self.index_at(event.y)
        if index is not None and self.selectable(index) and (event.x < LEAD or event.ctrl):
            self.move_to(index)
            if case_id := self.cursor_id:
                self.post_message(self.MarkClicked(case_id))
            return
        super().on_click(event)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._pressed_on = self.index_at(event.y) if event.button == 1 else None
        self._drawn = False

    def on_mouse_move(self, event: events.MouseMove) -> None:
        index = self.index_at(event.y)
        if not event.button:
            self._pressed_on = None
        start = self._pressed_on
        if start is None or index is None or (index == start and not self._drawn):
            return
        begins, self._drawn, self._away = not self._drawn, True, False
        lines = self._lines[min(start, index) : max(start, index) + 1]
        self.move_to(index)
        ids = tuple(line.id for line in lines if isinstance(line, Case))
        self.post_message(self.Drawn(ids, begins))

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()
