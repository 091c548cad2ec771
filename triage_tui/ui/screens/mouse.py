"""What the mouse does in the list: it marks, marks ranges, and sorts."""

from __future__ import annotations

from textual import on

from triage_tui.ui.screens.sizing import SizeActions
from triage_tui.ui.widgets.case_list import SORTED_COLUMNS, CaseList


class MouseActions(SizeActions):
    """Part of the main screen."""

    _marked_before: tuple[str, ...] = ()
    """What was marked before the mouse was drawn over rows."""

    @on(CaseList.MarkClicked)
    def _mark_clicked(self, event: CaseList.MarkClicked) -> None:
        self.take_cursor()
        self.session.toggle_mark(event.case_id)
        self.paint_marks()

    @on(CaseList.Drawn)
    def _mark_drawn(self, event: CaseList.Drawn) -> None:
        if event.begins:
            self._marked_before = tuple(self.session.marked)
        self.take_cursor()
        self.session.marked = dict.fromkeys((*self._marked_before, *event.case_ids))
        self.paint_marks()

    @on(CaseList.HeaderClicked)
    def _sort_clicked(self, event: CaseList.HeaderClicked) -> None:
        field = next((one for one, of in SORTED_COLUMNS.items() if event.column in of), "")
        if field:
            self.sort_by(field)
        else:
            self.remark("The list is sorted by age, priority or status.")
