"""How the list is laid out: its columns, and the groups of its rows."""

from __future__ import annotations

from functools import cached_property

from textual import on

from triage_tui.columns import ATTRIBUTE, KINDS, Wish, kind_of
from triage_tui.grouping import FIELDS, Grouping, Lines
from triage_tui.session import FACET_FIELDS
from triage_tui.text import clean, plural
from triage_tui.ui.screens.listing import ListActions
from triage_tui.ui.widgets.case_list import CaseList

_COLUMNS = "columns"
_GROUPS = "groups"
"""Under which it is remembered what a person wants."""


class LayActions(ListActions):
    """Part of the main screen."""

    _question: object = None
    _end_wanted: str | None = None
    """The last row when the person went to the end, while more rows are on the way."""

    @cached_property
    def grouping(self) -> Grouping:
        """What the rows are gathered by."""
        field = self.triage.local.get(_GROUPS)
        known = isinstance(field, str) and (field in FIELDS or field.startswith(ATTRIBUTE))
        return Grouping(field if known else "")

    @property
    def wish(self) -> Wish:
        """The columns that the person wants."""
        if self._wish is None:
            self._wish = Wish.from_plain(self.triage.local.get(_COLUMNS))
        return self._wish

    _wish: Wish | None = None

    @property
    def type_names(self) -> dict[str, str]:
        """Names of case types by their ids."""
        return {one.id: one.name for one in self.session.types.values()}

    @property
    def grouped_by(self) -> str:
        """What the rows stand under; "" if nothing, as in triage mode, whose order is its own."""
        return "" if self.has_class("-walk") else self.grouping.field

    # Columns

    def action_columns(self) -> None:
        from triage_tui.ui.screens.columns_box import ColumnsScreen

        attributes = [ATTRIBUTE + key for key in self.session.facet_fields[len(FACET_FIELDS) :]]
        names = [*KINDS, *(dict.fromkeys([*attributes, *self.wish.columns]).keys() - KINDS.keys())]
        screen = ColumnsScreen(sorted(names, key=_place), self.wish, self.case_list.widths)

        def chosen(wish: Wish | None) -> None:
            if wish is not None and wish != self.wish:
                self._wish = wish
                self.triage.local.put(_COLUMNS, wish.plain())
                self.paint_marks()
                self._tell_missing(wish)
            if screen.to_groups:
                self.action_group()

        self.app.push_screen(screen, chosen)

    def _tell_missing(self, wish: Wish) -> None:
        missing = [name for name in wish.columns if name not in self.case_list.columns]
        if missing:
            names = ", ".join(clean(kind_of(name).about, limit=40) for name in missing)
            self.say(f"No room here for: {names}.", look="warn")

    # Groups

    def action_group(self) -> None:
        from triage_tui.ui.screens.menu import MenuItem, MenuScreen, letters_for

        keys = self.session.facet_fields[len(FACET_FIELDS) :]
        fields = {"": "No groups", **FIELDS, **{ATTRIBUTE + key: key for key in keys}}
        labels = [clean(name.replace("_", " ").capitalize(), limit=40) for name in fields.values()]
        letters = letters_for(labels)
        items = [
            MenuItem(letter, field, label)
            for letter, field, label in zip(letters, fields, labels, strict=True)
        ]

        def chosen(field: str | None) -> None:
            if field is not None and field != self.grouping.field:
                self.take_cursor()
                self.grouping.by(field)
                self.triage.local.put(_GROUPS, field)
                self.paint()

        screen = MenuScreen("Group the loaded rows by", items, current=self.grouping.field)
        self.app.push_screen(screen, chosen)

    def regroup(self) -> None:
        """The list is as the server has it: each row goes where it belongs."""
        self.bring_back()
        self.grouping.regroup()

    def shown_lines(self) -> tuple[Lines, int]:
        """What the list shows, and the place of the cursor in it."""
        session, grouping = self.session, self.grouping
        rows, place = self.shown_rows()
        question = str(session.query), session.sort
        anew = not session.stale and question != self._question
        if not self.grouped_by or not rows:
            self._question = question if anew else self._question
            if rows:
                self._come_to(rows[place].id)
            return rows, place
        lines = grouping.lines(rows, self.type_names)
        target: str | None = rows[place].id
        if anew:
            self._question = question
            if session.position <= 1:
                target = None
        else:
            target = self._still_there(target)
        if self._end_wanted and self._end_wanted == self.case_list.cursor_id:
            target = self._end_wanted = lines[-1].id
            if session.complete:
                self._end_wanted = None
        # The first line is a heading.
        at = next((n for n, line in enumerate(lines) if line.id == target), 1)
        self._come_to(lines[at].id)
        return lines, at

    def _come_to(self, case_id: str | None) -> None:
        # The session does not know what is snoozed or grouped. Words that are typed may go again.
        if not self.narrowing.words:
            self.session.cursor_id = case_id

    def _still_there(self, target: str | None) -> str | None:
        """The case for the cursor: where its own is gone, what was painted below it."""
        painted, case_list = self.case_list.cases, self.case_list
        gone = case_list.cursor_id
        if gone is None or gone == target:
            return target
        there = {case.id for case in self.narrowing.rows(self.awake())}
        if gone in there:
            return target
        ids = [case.id for case in painted]
        at = ids.index(gone)
        return next((one for one in (*ids[at:], *reversed(ids[:at])) if one in there), target)

    def rows_below(self) -> int:
        if not self.grouped_by:
            return super().rows_below()
        return self.case_list.count - self.case_list.cursor

    @on(CaseList.AllWanted)
    def _follow_to_end(self) -> None:
        self._end_wanted = self.case_list.cursor_id if self.grouped_by else None

    def action_mark_range(self) -> None:
        """Mark from here; again: to here, as the rows are painted."""
        begin = self.session.range_from
        ids = [case.id for case in self.case_list.cases]
        if not self.grouped_by or begin not in ids:
            super().action_mark_range()
            return
        self.take_cursor()
        if self.session.cursor_id in ids:
            first, last = sorted((ids.index(begin), ids.index(self.session.cursor_id)))
            self.session.marked.update(dict.fromkeys(ids[first : last + 1]))
            self.session.range_from = None
            self.say(f"Marked {plural(last - first + 1, 'case')}.")
            self.paint()


def _place(name: str) -> tuple[int, str]:
    return ([*KINDS].index(name) if name in KINDS else len(KINDS)), name
