"""The list of cases."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import datetime

from rich.cells import set_cell_size
from rich.style import Style
from textual.message import Message

from triage_tui.models import Case
from triage_tui.reading import Sort
from triage_tui.seen import News
from triage_tui.text import age, clean
from triage_tui.ui.looks import PRIORITY_LOOKS, STATUS_LOOKS, look
from triage_tui.ui.widgets.cells import column, fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

MOST_OF_A_TITLE = 400
"""Characters of a title that are looked at: more than any terminal is wide."""


NEWS_SIGNS = {News.NOTHING: "", News.NEW: "•", News.CHANGED: "Δ"}


class CaseList(LineList):
    """Paints cases; knows nothing of where they come from."""

    header_height = 1

    class EndReached(Message):
        """The cursor came near the last loaded row: the next page is wanted."""

    class AllWanted(Message):
        """The person went to the last row: all pages are wanted."""

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
        self._key_width = 6
        self._shown_id: str | None = None
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
        place = next((n for n, case in enumerate(self._rows) if case.id == case_id), None)
        if place is not None:
            self.move_to(place)
        return place is not None

    @property
    def cursor_id(self) -> str | None:
        """Id of the case that is painted under the cursor."""
        return self._rows[self.cursor].id if self.cursor < len(self._rows) else None

    @property
    def cursor_key(self) -> str:
        """Key of the case that is painted under the cursor; "" if there is none."""
        return self._rows[self.cursor].key if self.cursor < len(self._rows) else ""

    @property
    def moved(self) -> bool:
        """True if the person moved the cursor since `show`, whether or not `Moved` got through."""
        return self.cursor_id != self._shown_id

    def show(
        self,
        rows: Sequence[Case],
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
    ) -> None:
        """Paint these cases.

        Args:
            faded: Ids of cases that no longer belong into the list.
            stale: Paint all rows dimmed: they answer an older question.
            extent: How many cases there are, to be shown behind the place of the cursor.
            message: Sentences shown instead of rows when there are none.
            disputed: Ids of cases about which there is something to decide.
            news: What there is to see of a case.
            words: Words in lower case that are lit.
        """
        self._rows, self._stale = rows, stale
        self.message = tuple(clean(line, limit=MOST_OF_A_TITLE) for line in message)
        self._marked, self._unsent, self._faded = marked, unsent, faded
        self._disputed, self._news = disputed, news
        self._words = re.compile("|".join(map(re.escape, words))) if words else None
        self._sort, self._me_id, self._now, self._extent = sort, me_id, now, extent
        self._key_width = min(14, max((len(case.key) for case in rows), default=6))
        self.rows_changed(len(rows), cursor)
        self._shown_id = self.cursor_id

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

    def _columns(self, width: int) -> tuple[int, int, int]:
        """Widths of status, title and assignee; priority, key and age are always shown."""
        status = 18 if width >= 110 else 14 if width >= 90 else 2
        assignee = 16 if width >= 80 else 12 if width >= 62 else 0
        title = width - 2 - 3 - status - (self._key_width + 1) - (assignee + 1 if assignee else 0)
        return status, max(8, title - 5), assignee

    def header(self, width: int) -> list[Cell]:
        style = self.rich_style + look(self, "header-focus" if self.has_focus else "header")
        status, title, assignee = self._columns(width)
        arrow = "▲" if self._sort.ascending else "▼"
        names = {"priority": "P", "status": "Status" if status > 2 else "S", "created_at": "Age"}
        names[self._sort.field] += arrow
        text = "  " + set_cell_size(names["priority"], 3) + set_cell_size(names["status"], status)
        text += set_cell_size("Key", self._key_width + 1) + self._title_and_place(title)
        if assignee:
            text += " " + set_cell_size("Assignee", assignee)
        return [(text + names["created_at"].rjust(5), style)]

    @property
    def place(self) -> str:
        """Where the cursor is: "3 of 196"; "" while nothing is known."""
        if not self._extent:
            return ""
        return f"{self.cursor + 1 if self.count else 0:,} of {self._extent}"

    def _title_and_place(self, width: int) -> str:
        room = width - len("Title") - 2
        if len(self.place) > room:
            return set_cell_size(self.place, width)
        return "Title " + self.place.rjust(room) + " "

    def row_state(self, index: int) -> Hashable:
        case_id = self._rows[index].id
        return case_id, index == self.cursor, case_id in self._marked

    def row(self, index: int, width: int) -> list[Cell]:
        case = self._rows[index]
        base = self.rich_style
        marked = case.id in self._marked
        if index == self.cursor:
            base += look(self, "cursor" if self.has_focus else "cursor-blur")
        elif marked:
            base += look(self, "marked")
        dimmed = self._stale or case.id in self._faded or case.archived_at is not None
        if dimmed:
            base += look(self, "faded")
        plain = base if dimmed else None
        quiet = plain or base + look(self, "dim")
        flag = plain or base + look(self, "flag")
        unsent = "↑" if case.id in self._unsent else "!" if case.id in self._disputed else ""
        unsent = unsent or NEWS_SIGNS[self._news(case)] or ("▪" if case.archived_at else "")
        status, title, assignee = self._columns(width)
        cells: list[Cell] = [
            ("✓", flag) if marked else (" ", base),
            (unsent, flag) if unsent else (" ", base),
            self._priority(case, base, plain),
            self._status(case, status, base, plain),
            (column(clean(case.key, limit=80), self._key_width) + " ", quiet),
            (column(clean(case.title, limit=MOST_OF_A_TITLE) or "(no title)", title), base),
        ]
        if assignee:
            cells.append(self._assignee(case, assignee, base, quiet, plain))
        when = age(case.created_at, self._now) if self._now else ""
        cells.append((when.rjust(5), quiet))
        if case.id in self.flashing:
            cells = self._lit(cells, case)
        if self._words:
            cells = [piece for cell in cells for piece in self._found(*cell)]
        return cells

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

    def _lit(self, cells: list[Cell], case: Case) -> list[Cell]:
        changed = self.flashing[case.id]
        names = ("", "", "priority", "status_name", "key", "title", "assignee")
        found = [n for n, name in enumerate(names[: len(cells)]) if name in changed]
        # What cannot be seen in the row has changed if nothing else did.
        for n in found or [4]:
            text, style = cells[n]
            cells[n] = text, style + look(self, "flash")
        return cells

    def _priority(self, case: Case, base: Style, plain: Style | None) -> Cell:
        text = "·" if case.priority == "NOT_DEFINED" else clean(case.priority, limit=20)
        style = plain or base + look(self, PRIORITY_LOOKS.get(case.priority, "plain"))
        return column(text, 2) + " ", style

    def _status(self, case: Case, width: int, base: Style, plain: Style | None) -> Cell:
        glyph, name = STATUS_LOOKS.get(case.status_group, ("?", "plain"))
        style = plain or base + look(self, name)
        text = f"{glyph} {clean(case.status_name)}" if width > 2 else glyph
        return set_cell_size(fitted(text, width - 1), width), style

    def _assignee(
        self, case: Case, width: int, base: Style, quiet: Style, plain: Style | None
    ) -> Cell:
        if case.assignee is None:
            return " " + set_cell_size("–", width), quiet
        mine = case.assignee.id == self._me_id
        style = plain or (base + look(self, "mine") if mine else base)
        name = clean(case.assignee.label, limit=80)
        return " " + set_cell_size(fitted(name, width - 1), width), style

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()
