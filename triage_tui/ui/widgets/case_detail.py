"""Everything about one case, a section at a time, under lines that stay in their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.message import Message

from triage_tui.dossiers import Section
from triage_tui.text import clean
from triage_tui.ui.case_text import CaseText, CaseView, counts
from triage_tui.ui.looks import look
from triage_tui.ui.paragraphs import Paragraph
from triage_tui.ui.widgets.cells import fitted
from triage_tui.ui.widgets.line_list import Cell, LineList

AT_ONCE = 0.008
"""Seconds for which text is laid out before keys have their turn again."""

_LEAST = 6
"""Lines of a pane in which the tabs have one of their own."""


class CaseDetail(LineList):
    """Paints one case; scrolls, has no cursor.

    Attributes:
        section: What of the case is shown.
    """

    has_cursor = False
    header_height = 3

    @dataclass
    class Turned(Message):
        """The person chose another section."""

        detail: CaseDetail

        @property
        def control(self) -> CaseDetail:
            """The detail, for `@on(..., "#id")`."""
            return self.detail

    @dataclass
    class Followed(Message):
        """The person wants to go to a case that this one is linked to."""

        detail: CaseDetail
        case_id: str

        @property
        def control(self) -> CaseDetail:
            """The detail, for `@on(..., "#id")`."""
            return self.detail

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.section = Section.OVERVIEW
        self.view: CaseView | None = None
        self._now: datetime | None = None
        self.since = ""
        """What changed since the case was looked at before; cleaned, to be set before `show`."""
        self._lines: list[list[Cell]] = []
        self._targets: dict[int, str] = {}
        self._rest: Iterator[tuple[list[Cell], str]] | None = None
        """What is not laid out yet."""
        self._laid_out: tuple[object, ...] = ()
        self._tabs: list[tuple[int, int, Section]] = []
        self._headers: dict[int, list[Cell]] = {}
        """The lines above the text that do not tell how far it is scrolled."""

    @property
    def case_id(self) -> str | None:
        """Id of the case that is painted."""
        return self.view.case.id if self.view else None

    def show(self, view: CaseView | None, *, now: datetime) -> None:
        """Paint a case, or none."""
        same = view is not None and self.case_id == view.case.id
        self.view, self._now = view, now
        self._headers.clear()
        if not self._lay_out():
            self.repaint()
        if not same:
            self._scroll_rows(0)

    def turn(self, section: Section) -> None:
        """Show another section, and say so."""
        if section is not self.section:
            self.section = section
            self._lay_out()
            self._scroll_rows(0)
            self.post_message(self.Turned(self))

    # Laying out

    def restyle(self) -> None:
        super().restyle()
        self._laid_out = ()
        self._lay_out()

    def _lay_out(self) -> bool:
        """Lay out the text and paint it; False if it stands as it would."""
        minute = self._now.replace(second=0, microsecond=0) if self._now else None
        self.header_height = 3 if self.size.height >= _LEAST else 2
        inputs = (self.view, self.section, minute, self.width, self.header_height)
        if inputs == self._laid_out:
            return False
        self._laid_out = inputs
        self._lines, self._targets = [], {}
        self._rest = self._wrapped(self.view) if self.view and self.width > 4 else None
        self._headers.clear()
        self._lay_out_more()
        self.rows_changed(len(self._lines), 0)
        return True

    def _lay_out_more(self) -> None:
        """Lay out as much as fits between two keys, and the rest of a long text later."""
        until = monotonic() + AT_ONCE
        for line, target in self._rest or ():
            if target:
                self._targets[len(self._lines)] = target
            self._lines.append(line)
            if monotonic() > until and len(self._lines) > round(self.scroll_y) + self.size.height:
                self.call_later(self._go_on, self._rest)
                return
        self._rest = None

    def _go_on(self, rest: Iterator[tuple[list[Cell], str]]) -> None:
        if rest is self._rest:
            self._lay_out_more()
            self.rows_changed(len(self._lines), 0)

    def on_resize(self) -> None:
        self._lay_out()

    def _wrapped(self, view: CaseView) -> Iterator[tuple[list[Cell], str]]:
        assert self._now is not None
        width, base, console = self.width - 2, self.rich_style, self.app.console
        sign = look(self, "faint")
        writer = CaseText(partial(look, self), self._now)
        for paragraph in self._without_title(writer.section(self.section, view), view):
            for line in paragraph.lines(width, console, base, sign):
                yield [(" ", base), *line], paragraph.target

    def _without_title(
        self, paragraphs: Iterator[Paragraph], view: CaseView
    ) -> Iterator[Paragraph]:
        """The overview begins with the title, which is said above it unless it is too long."""
        if self.section is Section.OVERVIEW and cell_len(self._title(view)) < self.width:
            next(paragraphs, None)
        return paragraphs

    # Painting

    def _title(self, view: CaseView) -> str:
        title = clean(view.case.title, limit=400) or "(no title)"
        return f" {clean(view.case.key, limit=40)}  {title}"

    def header_line(self, y: int, width: int) -> list[Cell]:
        if self.view is None or self._now is None:
            return [(" Detail".ljust(width), self._bar())] if y == 0 else []
        if y == 0:
            return self._title_line(self.view, width)
        if y not in self._headers:
            cells = self._summary if y == 1 else self._tab_line
            self._headers[y] = cells(self.view, width)
        return self._headers[y]

    def _bar(self) -> Style:
        return self.rich_style + look(self, "header-focus" if self.has_focus else "header")

    def _title_line(self, view: CaseView, width: int) -> list[Cell]:
        style = self._bar()
        more = self.count - self.height_in_rows
        # At the top the scroll bar says enough, and the title has the room.
        scrolled = more > 0 and self.scroll_y > 0
        place = f" {min(100, round(100 * self.scroll_y / more))}% " if scrolled else " "
        text = fitted(self._title(view), width - len(place))
        gap = " " * (width - cell_len(text) - len(place))
        key = cell_len(clean(view.case.key, limit=40)) + 1
        strong = style if self.has_focus else style + look(self, "title")
        return [(text[:key], style), (text[key:], strong), (gap + place, style)]

    def _summary(self, view: CaseView, width: int) -> list[Cell]:
        assert self._now is not None
        text = CaseText(partial(look, self), self._now).summary(view.case, self.since)
        text.truncate(width - 2, overflow="ellipsis")
        base = self.rich_style
        segments = text.render(self.app.console)
        cells = [(one.text, base + one.style if one.style else base) for one in segments]
        return [(" ", base), *(cell for cell in cells if cell[0])]

    def _tab_line(self, view: CaseView, width: int) -> list[Cell]:
        base, known = self.rich_style, counts(view)
        # What there is room for: names with counts, names, beginnings of names.
        counted = [f"{one.value} {known[one]}" if known[one] else one.value for one in Section]
        plain = [one.value for one in Section]
        fits = (one for one in (counted, plain) if sum(len(name) + 2 for name in one) <= width)
        names = zip(Section, next(fits, [name[:4] for name in plain]), strict=True)
        cells: list[Cell] = []
        self._tabs, at = [], 0
        for section, name in names:
            here = section is self.section
            text = f"▸{name} " if here else f" {name} "
            cells.append((text, base + look(self, "tab" if here else "dim")))
            self._tabs.append((at, at + len(text), section))
            at += len(text)
        return [*cells, ("", base)]

    def row_state(self, index: int) -> int:
        return index

    def row(self, index: int, width: int) -> list[Cell]:
        return self._lines[index] or [("", self.rich_style)]

    # Keys and mouse

    def action_bottom(self) -> None:
        while self._rest:
            self._lay_out_more()
        self.rows_changed(len(self._lines), 0)
        super().action_bottom()

    def on_click(self, event: events.Click) -> None:
        if event.y == 2 and self.header_height == 3:
            for start, end, section in self._tabs:
                if start <= event.x < end:
                    self.turn(section)
            return
        index = self.index_at(event.y)
        if index is not None and (target := self._targets.get(index)):
            self.post_message(self.Followed(self, target))

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()
