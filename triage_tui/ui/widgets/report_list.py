"""The report of a shift as a list: figures, headings, and cases to act on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from rich.cells import cell_len
from rich.style import Style

from triage_tui.models import Case
from triage_tui.reports.model import Known, Line, Report
from triage_tui.review import Kind, Row
from triage_tui.text import clean
from triage_tui.ui.looks import PRIORITY_LOOKS, STATUS_LOOKS, look
from triage_tui.ui.report_figures import figure
from triage_tui.ui.widgets.cells import column, fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

_ROOM_FOR_PEOPLE = 64
"""Cells from which there is a column of assignees."""


class ReportList(LineList):
    """Paints rows; knows nothing of where they come from."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._report: Report | None = None
        self._notes: Mapping[str, str] = {}
        self._left_out: Collection[str] = ()
        self._case: Callable[[str], Case | None] = lambda _: None
        self._unsent: Collection[str] = ()
        self._key_width = 6

    def show(
        self,
        report: Report | None,
        rows: Sequence[Row],
        at: str,
        *,
        notes: Mapping[str, str],
        left_out: Collection[str],
        case: Callable[[str], Case | None],
        unsent: Collection[str],
        message: Sequence[str] = (),
    ) -> None:
        """Paint these rows; the cursor stays on its row, and that where it is on the screen.

        Args:
            at: Id of the row for the cursor.
            case: How a case is now.
            unsent: Ids of cases with changes that are not sent yet.
        """
        before = self.cursor
        self._rows, self._report = rows, report
        self._notes, self._left_out, self._case, self._unsent = notes, left_out, case, unsent
        self.message = tuple(clean(line, limit=400) for line in message)
        keys = [len(row.line.key) for row in rows if row.line]
        self._key_width = min(14, max([6, *keys]))
        cursor = next((n for n, row in enumerate(rows) if row.id == at), min(before, len(rows)))
        top = round(self.scroll_y) + cursor - before
        self.rows_changed(len(rows), cursor)
        if rows and not self._away and 0 <= top <= max(0, len(rows) - self.height_in_rows):
            self._scroll_rows(top)
            self._reveal()
            self.repaint()

    @property
    def at(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def selectable(self, index: int) -> bool:
        return self._rows[index].kind in (Kind.PART, Kind.SECTION, Kind.LINE)

    def go_to(self, id: str) -> None:
        """Put the cursor on the row with this id, if there is one."""
        found = next((n for n, row in enumerate(self._rows) if row.id == id), None)
        if found is not None:
            self.move_to(found)

    def next_heading(self, by: int) -> None:
        """Put the cursor on the next heading, or on the one before."""
        place = self.cursor + by
        while 0 <= place < len(self._rows):
            if self._rows[place].kind in (Kind.PART, Kind.SECTION):
                self.move_to(place)
                return
            place += by

    # Painting

    def row(self, index: int, width: int) -> list[Cell]:
        row = self._rows[index]
        if row.kind is Kind.FIGURE:
            assert self._report
            name = row.id.removeprefix("figure ")
            return figure(name, self._report, width, self.rich_style, partial(look, self))
        base = self.rich_style
        if index == self.cursor:
            base += look(self, "cursor" if self.has_focus else "cursor-blur")
        if row.kind is Kind.LINE and row.line:
            return self._line_of_case(row, row.line, width, base)
        if row.kind is Kind.SAID:
            return [(fitted(f"      {row.text}", width), base + look(self, "dim"))]
        return self._heading(row, width, base)

    def _heading(self, row: Row, width: int, base: Style) -> list[Cell]:
        fold = {None: "  ", True: "▸ ", False: "▾ "}[row.folded]
        if row.id == "figures":
            return [
                (f" {fold}", base + look(self, "heading")),
                (fitted(clean(row.text, limit=400), width - 3), base + look(self, "strong")),
                ("", base),
            ]
        part = row.kind is Kind.PART
        indent = " " if part else "   "
        out = row.section in self._left_out
        name = "heading" if part else "strong"
        if row.count == "none" or out:
            name = "dim"
        tail = f"  {row.count}"
        if row.settled:
            tail += f" · {row.settled} settled"
        if out:
            tail += " · left out"
        text = fitted(row.text, max(4, width - cell_len(indent + fold + tail) - 1))
        number = "dim" if row.count == "none" else "warn" if row.section.startswith("gaps.") else ""
        return [
            (indent + fold, base + look(self, "dim")),
            (text, base + look(self, name)),
            (tail, base + look(self, number or "key")),
            ("", base),
        ]

    def _line_of_case(self, row: Row, line: Line, width: int, base: Style) -> list[Cell]:
        case = self._case(line.case_id)
        out = line.case_id in self._left_out or row.section in self._left_out
        news = _news(line, case, already=row.section == "happened.archived")
        faded = look(self, "faded") if out or row.gone else Style()
        priority = case.priority if case else line.priority
        group = case.status_group if case else line.status_group
        who = (case.assignee.label if case.assignee else "") if case else line.assignee
        glyph, status = STATUS_LOOKS.get(group, ("?", "plain"))
        sign = "↑" if line.case_id in self._unsent else "✓" if row.gone else " "
        mark = "✗" if out else "✎" if self._notes.get(line.case_id) else " "
        shown = "–" if priority == "NOT_DEFINED" else clean(priority, limit=4)
        why = f"now {news}" if news else line.why
        if line.known is Known.OBSERVED and not news:
            why += f" ({line.known.value})"
        if line.by and not news:
            why = f"{why}, {line.by}" if why else line.by
        people = 13 if width >= 100 else 10 if width >= _ROOM_FOR_PEOPLE else 0
        fixed = 4 + 3 + 2 + self._key_width + 1 + (people + 1 if people else 0)
        reason = min(40, max(16, (width - fixed) // 3)) if width > 50 else 0
        title = max(6, width - fixed - reason - 1)
        found = [
            (f" {sign}{mark} ", base + look(self, "flag")),
            (column(shown, 2) + " ", base + look(self, PRIORITY_LOOKS.get(priority, "p4"))),
            (glyph + " ", base + look(self, status)),
            (column(clean(line.key, limit=40), self._key_width) + " ", base + look(self, "dim")),
            (column(clean(line.title, limit=300) or "(no title)", title) + " ", base),
        ]
        if people:
            name = column(clean(who, limit=60) or "nobody", people) + " "
            found.append((name, base + look(self, "plain" if who else "warn")))
        if reason:
            found.append(
                (
                    fitted(clean(why, limit=200), reason),
                    base + look(self, "good" if news else "dim"),
                )
            )
        return [*((text, style + faded) for text, style in found), ("", base)]

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()


def _news(line: Line, case: Case | None, *, already: bool) -> str:
    """What became of a case since the report was read: "Ben Ode, P2"; "" if nothing did.

    Args:
        already: The line says that the case was archived.
    """
    if case is None:
        return ""
    who = case.assignee.label if case.assignee else ""
    found = []
    if who != line.assignee:
        found.append(who or "nobody")
    if case.status_name != line.status:
        found.append(case.status_name)
    if case.priority != line.priority:
        found.append("no priority" if case.priority == "NOT_DEFINED" else case.priority)
    if case.archived_at and not already:
        found.append("archived")
    return ", ".join(found)
