"""Everything about one case, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from triage_tui.models import Case, Project, TimelineCell
from triage_tui.text import clean
from triage_tui.ui.case_text import CaseText
from triage_tui.ui.looks import look
from triage_tui.ui.widgets.cells import fitted
from triage_tui.ui.widgets.line_list import Cell, LineList


class CaseDetail(LineList):
    """Paints one case; scrolls, has no cursor."""

    has_cursor = False
    header_height = 1

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._case: Case | None = None
        self._cells: Sequence[TimelineCell] | None = None
        self._problem: str | None = None
        self._project: Project | None = None
        self._type_name = ""
        self._now: datetime | None = None
        self.since = ""
        """What changed since the case was looked at before; cleaned, to be set before `show`."""
        self._lines: list[list[Cell]] = []
        self._laid_out: tuple[object, ...] = ()

    @property
    def case_id(self) -> str | None:
        """Id of the case that is painted."""
        return self._case.id if self._case else None

    def show(
        self,
        case: Case | None,
        timeline: Sequence[TimelineCell] | None,
        *,
        problem: str | None,
        project: Project | None,
        type_name: str,
        now: datetime,
    ) -> None:
        """Paint a case.

        Args:
            timeline: Newest first; None while it is not known.
            problem: Why the timeline could not be read.
        """
        same = case is not None and self._case is not None and case.id == self._case.id
        self._case, self._cells, self._problem = case, timeline, problem
        self._project, self._type_name, self._now = project, type_name, now
        self._lay_out()
        self.repaint()
        if not same:
            self._scroll_rows(0)

    def _lay_out(self) -> None:
        minute = self._now.replace(second=0, microsecond=0) if self._now else None
        inputs = (
            *(self._case, self._cells, self._problem, self._project, self._type_name),
            *(minute, self.width, self.app.theme),
        )
        if inputs == self._laid_out:
            return
        self._laid_out = inputs
        self._lines = list(self._wrapped()) if self._case and self.width > 4 else []
        self.rows_changed(len(self._lines), 0)

    def on_resize(self) -> None:
        self._lay_out()

    def _wrapped(self) -> Iterator[list[Cell]]:
        assert self._case is not None
        assert self._now is not None
        width, base, console = self.width - 2, self.rich_style, self.app.console
        writer = CaseText(partial(look, self), self._now)
        for lead, body in writer.paragraphs(
            self._case, self._cells, self._problem, self._project, self._type_name
        ):
            indent = min(lead.cell_len, width // 2)
            lead.truncate(indent)
            wrapped = body.wrap(console, max(8, width - indent), overflow="fold")
            for number, line in enumerate(wrapped):
                before = Text(" " * indent) if number else lead
                segments = [*before.render(console), *line.render(console)]
                cells = [(each.text, base + (each.style or Style.null())) for each in segments]
                yield [(" ", base), *(cell for cell in cells if cell[0])]

    # Painting

    def header(self, width: int) -> list[Cell]:
        style = self.rich_style + look(self, "header-focus" if self.has_focus else "header")
        case = self._case
        if case is None:
            return [(" Detail".ljust(width), style)]
        more = self.count - self.height_in_rows
        place = f"{min(100, round(100 * self.scroll_y / more))}%" if more > 0 else ""
        text = f" {clean(case.key, limit=40)}"
        if self.since:
            text += fitted(f" · Δ {self.since}", max(0, width - cell_len(text) - 6))
        return [(text + place.rjust(max(0, width - cell_len(text) - 1)) + " ", style)]

    def row_state(self, index: int) -> int:
        return index

    def row(self, index: int, width: int) -> list[Cell]:
        return self._lines[index] or [("", self.rich_style)]

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()
