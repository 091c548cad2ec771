"""The keys that go from view to view."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.getters import query_one

from triage_tui.query import parse
from triage_tui.text import clean, number, plural
from triage_tui.ui.screens.sections import SectionActions
from triage_tui.ui.view_reads import ViewReads
from triage_tui.ui.widgets.tab_line import Tab, TabLine
from triage_tui.views import WRITTEN, Origin, Tabs, View, attempts, written

if TYPE_CHECKING:
    from triage_tui.ui.screens.palette import Run
    from triage_tui.ui.screens.pick import Choice

SIGNS = {Origin.SHARED: "⇄", Origin.LOCAL: "⌂"}
"""Who made a view: the people of a project, or the person on this machine."""


class ViewActions(SectionActions):
    """Part of the main screen."""

    tab_line = query_one(TabLine)

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._arranged_for: object = None
        self._wanted_cursor: tuple[str, str] | None = None
        """A query, and the case on which the cursor is to be when its list comes."""

    @property
    def views(self) -> ViewReads:
        """Who reads what the tabs show."""
        return self.triage.views

    @property
    def tabs(self) -> Tabs:
        """The views, and the one that is in force."""
        return self.views.tabs

    @property
    def me(self) -> str:
        """What queries call the person; "" as long as nobody knows."""
        user = self.session.me
        return (user.handle or user.email) if user else ""

    @property
    def local_views(self) -> dict[str, str]:
        """The queries by the names of the views that were written here."""
        return written(self.triage.local.get(WRITTEN))

    # Painting

    def arrange_tabs(self) -> None:
        """Show the views that there are now."""
        self._arranged_for = None
        self.paint_tabs()

    def paint_tabs(self) -> None:
        """Bring the tabs up to the session."""
        session, backend, tabs = self.session, self.triage.backend, self.tabs
        inputs = self.me, backend.project, tuple(session.projects)
        if inputs != self._arranged_for:
            if self._arranged_for is not None:
                self.views.soon()
            self._arranged_for = inputs
            tabs.arrange(
                me=self.me,
                project=backend.project,
                shared=self.views.shared,
                configured=backend.views,
                local=self.local_views,
            )
        tabs.follow(session.query)
        if session.writes:
            tabs.outdate()
        now = self.triage.now()
        known = session.total is not None and session.read_at and not session.stale
        if known and not (session.problem or session.remembered):
            tabs.counted(session.query, session.total or 0, now)
        self.tab_line.show([self._tab(view) for view in tabs.views])

    def _tab(self, view: View) -> Tab:
        tabs, count = self.tabs, self.tabs.count(view, self.triage.now())
        here = view.id == tabs.current
        return Tab(
            view.id,
            clean(view.name, limit=80) or "—",
            view.short,
            SIGNS.get(view.origin, ""),
            "" if count is None else number(count.number),
            old=bool(count and (count.old or self.triage.reach.lost_at)),
            current=here,
            changed=here and tabs.changed,
            broken=bool(view.problem),
        )

    def list_came(self) -> None:
        """The list was replaced: the cursor is where it was when its view was left."""
        wanted, self._wanted_cursor = self._wanted_cursor, None
        session = self.session
        if wanted and wanted[0] == str(session.query) and session.listed(wanted[1]):
            session.cursor_id = wanted[1]

    def palette_entries(self) -> Iterable[Choice[Run]]:
        yield from super().palette_entries()
        from triage_tui.ui.screens.pick import Choice

        for view in self.tabs.views:
            tab = self._tab(view)
            here = "in force" if tab.current and not tab.changed else tab.count
            yield Choice(partial(self._open_by_id, view.id), f"View: {tab.name}", here, "tab query")

    # From one to the other

    def action_view(self, by: int) -> None:
        self._understand_all()
        self.open_view(self.tabs.beside(by))

    def action_view_at(self, place: int) -> None:
        self._understand_all()
        if place > len(self.tabs.views):
            self.say(f"There are {plural(len(self.tabs.views), 'view')}.", look="warn")
            return
        self.open_view(self.tabs.views[place - 1])

    @on(TabLine.Picked)
    def _open_clicked(self, event: TabLine.Picked) -> None:
        self._open_by_id(event.id)

    def _open_by_id(self, id: str) -> None:
        self._understand_all()
        if view := self.tabs.view(id):
            self.open_view(view)

    def _understand_all(self) -> None:
        if texts := self.tabs.unread:
            self.tabs.understand(attempts(texts, parse))
            self.arrange_tabs()

    def open_view(self, view: View) -> None:
        """Ask what a view asks; its cursor is where it was."""
        session, tabs = self.session, self.tabs
        if view.query is None:
            self.say(clean(view.problem, limit=400), look="warn")
            return
        self._leave_view()
        marked, session.marked, session.range_from = len(session.marked), {}, None
        tabs.current = view.id
        if view.query == session.query:
            self.paint()
        else:
            self._ask(view.query)
        self._enter_view()
        if marked:
            self.say(f"Left {plural(marked, 'mark')} behind: marks are for one view.", look="warn")
        self.doubt(view.query)

    def _leave_view(self) -> None:
        self.take_cursor()
        session = self.session
        if self.tabs.current and session.cursor_id and not session.stale:
            self.tabs.cursors[self.tabs.current] = session.cursor_id

    def _enter_view(self) -> None:
        case_id = self.tabs.cursors.get(self.tabs.current)
        self._wanted_cursor = (str(self.session.query), case_id) if case_id else None

    def action_previous_query(self) -> None:
        self._leave_view()
        super().action_previous_query()
        self.tabs.follow(self.session.query)
        self._enter_view()

    def action_refresh(self) -> None:
        self.tabs.outdate()
        super().action_refresh()

    def action_reload(self) -> None:
        self.views.forget()
        super().action_reload()

    def action_mine(self) -> None:
        query, me = self.session.query, self.me
        if not me:
            self.say("Nobody knows yet who you are.", look="warn")
            return
        mine = me.casefold() in {one.casefold() for one in query.chosen("assignee")}
        everybody = query.without_key("assignee")
        self._ask(everybody if mine else everybody.with_term("assignee", me))
