"""The main screen: query bar, facets, list, detail, status line."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.getters import query_one
from textual.widget import Widget
from textual.widgets._toast import ToastRack

from triage_tui.actions import ACTIONS
from triage_tui.remembered import wants_timeline
from triage_tui.text import clean
from triage_tui.ui.screens.appearance import AppearanceActions
from triage_tui.ui.screens.project_keys import ProjectActions
from triage_tui.ui.screens.reviewing import ReviewActions
from triage_tui.ui.screens.sizing import BREAKPOINTS
from triage_tui.ui.screens.touring import TourActions
from triage_tui.ui.widgets.case_detail import CaseDetail
from triage_tui.ui.widgets.case_list import CaseList
from triage_tui.ui.widgets.facet_panel import FacetPanel
from triage_tui.ui.widgets.filter_bar import FilterBar
from triage_tui.ui.widgets.hint_line import HintLine
from triage_tui.ui.widgets.line import Line
from triage_tui.ui.widgets.line_list import LineList
from triage_tui.ui.widgets.query_bar import QueryBar
from triage_tui.ui.widgets.tab_line import TabLine

AGES_EVERY = 30.0
"""Seconds between two looks at the clock."""

REACTION = 0.3
"""Seconds after a change on the screen in which a key is still about what was there before."""


class TriageScreen(ReviewActions, ProjectActions, AppearanceActions, TourActions):
    """Paints the session, and turns keys into calls on it.

    Args:
        width: Cells that the terminal is wide now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(action.keys, action.does, action.label, show=False, id=action.id)
            for action in ACTIONS
            if action.scope == "triage"
        ),
    ]
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    AUTO_FOCUS = "CaseList"

    title_line = query_one("#title", Line)
    bar = query_one(QueryBar)
    facet_panel = query_one(FacetPanel)
    filter_bar = query_one(FilterBar)
    case_list = query_one(CaseList)
    detail = query_one(CaseDetail)
    status = query_one("#status", Line)
    hints = query_one(HintLine)

    def __init__(self, width: int) -> None:
        # Textual sets this class only after a first layout; then everything is painted twice.
        super().__init__(classes=next(name for least, name in BREAKPOINTS[::-1] if width >= least))
        self._composed = False
        self._swapped = "", 0.0
        """The case that was under the cursor before another was put there, and when."""
        self._painted_facets: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield Line(id="title")
        yield TabLine(id="tabs")
        yield QueryBar()
        yield FilterBar()
        yield Line(id="walk")
        with Horizontal(id="panes"):
            yield FacetPanel(id="facets")
            with Container(id="main"):
                yield CaseList(id="cases")
                yield CaseDetail(id="detail")
        yield Line(id="status")
        yield HintLine(id="hints")

    def on_mount(self) -> None:
        # Textual takes the empty rack away only after the first frame, and paints all again.
        for rack in self.query(ToastRack):
            rack.display = False
        # While it is counted down when a lost server is tried again, or requests may go on.
        self._seconds = self.set_interval(1.0, self.paint_status, pause=True)
        self._composed = True
        self.fit_panes()
        self.paint()
        # Ages go on, and how long ago the list was read.
        self.set_interval(AGES_EVERY, self.paint_marks)

    def on_screen_suspend(self) -> None:
        # Whatever is opened takes the toasts away, but reaches only its own.
        for rack in self.query(ToastRack):
            rack.remove_children()

    # Painting

    def paint(self) -> None:
        """Bring every widget up to the session."""
        if not self._composed:
            return
        self._paint_title()
        self.paint_tabs()
        self.bar.show(str(self.session.query))
        self._paint_list()
        self._paint_facets()
        self.paint_detail()
        self.paint_status()
        self.paint_hints()
        self.go_on_seeking()

    def paint_marks(self) -> None:
        """Bring the list and the status line up to the session."""
        self._paint_list()
        if self.session.cursor_id != self.detail.case_id and not self._rest:
            self.look_soon()
        self.paint_status()
        self.paint_hints()

    def _paint_title(self) -> None:
        backend = self.triage.backend
        left = [(" triage-tui ", "strong"), (f" {clean(backend.name)} ", "key")]
        if backend.profile:
            left.append((f" {clean(backend.profile)} ", "dim"))
        if backend.project:
            left.append((f" project {clean(backend.project)} ", "key"))
        if backend.read_only:
            left.append((" read-only ", "warn"))
        self.title_line.show(left, [(clean(backend.hint) + " ", "dim")])

    def _paint_list(self) -> None:
        session = self.session
        if self.case_list.moved:
            # Whatever calls for painting now must not put the cursor back.
            self.take_cursor()
        self.note_seen()
        before = self.case_list.cursor_key
        lines, place = self.shown_lines()
        self.case_list.show(
            lines,
            place,
            marked=frozenset(session.marked),
            unsent=session.unsent,
            faded=session.faded | self.triage.arrivals.gone | self.walked,
            stale=session.stale
            or session.remembered
            or (session.problem is not None and bool(session.rows)),
            sort=session.sort,
            me_id=session.me.id if session.me else "",
            now=self.triage.now(),
            extent=self._extent(),
            message=self._instead_of_rows(),
            disputed=frozenset(one.edit.case_id for one in self.triage.disputes.values()),
            news=self.news,
            words=self.narrowing.words,
            grouped_by=self.grouped_by,
            wish=self.wish,
            types=self.type_names,
            question=(str(session.query), session.sort, session.remembered, session.stale),
            anchored=bool(self.grouped_by) and not self.grouping.moved,
        )
        self.grouping.moved = False
        if before and self.case_list.cursor_key != before:
            self._swapped = before, self.triage.moment()

    def just_gone(self) -> str:
        key, at = self._swapped
        return key if key and self.triage.moment() - at < REACTION else ""

    def _instead_of_rows(self) -> tuple[str, ...]:
        """Why there are no rows: loading, failed, filtered out and empty are not the same."""
        session = self.session
        if self.walk:
            return ("Reading the cases that you were going through…",)
        if self.narrowing.words and session.rows:
            sought = " ".join(self.narrowing.words)
            return ("No loaded row has these words.", sought, "", "esc lifts the filter")
        if session.problem:
            return ("The cases could not be read.", session.problem, "", "r tries again")
        if session.read_at is None or session.stale:
            return ("Reading cases…",)
        if session.rows and self.put_away:
            return (
                f"{self.snoozed_told().capitalize()}: no other case is here.",
                "",
                self.way_back,
            )
        if session.query.root is None:
            return ("No cases here yet.", "", "c creates one")
        why = "" if session.rows else self.why_nothing()
        lines = (why, "") if why else ()
        query = str(session.query)
        return ("No case matches this query.", query, "", *lines, "/ edits it, - goes back")

    def _paint_facets(self) -> None:
        session = self.session
        facets = [session.facets[f] for f in session.facet_fields if f in session.facets]
        inputs = (facets, session.query, session.facets_stale, len(session.users), session.types)
        if inputs == self._painted_facets:
            return
        self._painted_facets = inputs
        fields = [facet.field for facet in facets]
        self.facet_panel.show(
            facets,
            chosen={field: session.query.chosen(field) for field in fields},
            excluded={field: session.query.excluded(field) for field in fields},
            labels=self.facet_labels(),
            stale=session.facets_stale,
        )

    def facet_labels(self) -> dict[tuple[str, str], str]:
        session = self.session
        labels = {
            ("status", "open"): "Open",
            ("status", "in_progress"): "In Progress",
            ("status", "closed"): "Closed",
            ("priority", "not_defined"): "not set",
        }
        people = [case.assignee for case in session.rows if case.assignee]
        for user in [*people, *session.users.values()]:
            labels["assignee", user.handle.casefold()] = user.label
        for project in session.projects.values():
            labels["project", project.key.casefold()] = f"{project.key} {project.name}"
        return labels

    def _extent(self) -> str:
        """The exact total, and how much of it is loaded when that is not all."""
        session = self.session
        if session.read_at is None:
            return ""
        loaded, total = len(session.rows), session.total
        if self.walk:
            return f"{len(self.walk.ids):,}"
        if self.narrowing.words:
            return f"{len(self.narrowing.rows(self.awake())):,} shown"
        if put_away := len(session.rows) - len(self.awake()):
            loaded, total = loaded - put_away, None if total is None else total - put_away
        if total is None:
            return f"{loaded:,}" if session.complete else f"{loaded:,} or more"
        return f"{total:,}" if session.complete else f"{total:,} · {loaded:,} loaded"

    # Cursor, panes

    def take_cursor(self) -> None:
        """Note which case is painted under the cursor: that is the one a key acts on."""
        if self.session.case(self.case_list.cursor_id):
            self.session.cursor_id = self.case_list.cursor_id
            self.come_to_case()

    @on(LineList.Moved, "#cases")
    def _follow_cursor(self) -> None:
        self.take_cursor()
        self.stop_seeking()
        self.reads.moved()
        self.look_soon()

    @on(CaseList.EndReached)
    def read_ahead(self) -> None:
        """Read the next page while the cursor is still above it."""
        if self.rows_below() < self.session.page_size:
            self.triage.read(self.session.next_pages())

    def list_was_read(self) -> None:
        """Read on if the cursor is near the end, and what is missing of its case."""
        self.read_ahead()
        self.walk_on()
        self.views.soon()
        if wants_timeline(self.session, self.session.cursor_id):
            self.look_at_case()

    @on(LineList.Chosen, "#cases")
    def action_open(self) -> None:
        if self.focused is self.case_list and self.session.case(self.case_list.cursor_id):
            self.detail.focus()
        elif self.focused is self.detail:
            self.follow_links()

    def _panes(self) -> list[Widget]:
        return [one for one in (self.facet_panel, self.case_list, self.detail) if one.display]

    def action_pane(self, by: int) -> None:
        panes = self._panes()
        at = panes.index(self.focused) if self.focused in panes else 0
        self._focus_pane(panes[(at + by) % len(panes)])

    def _focus_pane(self, pane: Widget) -> None:
        pane.focus()
        if self.has_class("-zoom"):
            self._zoom(pane)

    def on_descendant_focus(self) -> None:
        self.paint_hints()

    def action_zoom(self) -> None:
        if self.has_class("-zoom"):
            self.remove_class("-zoom", "-zoom-facets", "-zoom-cases", "-zoom-detail")
        elif self.focused in self._panes():
            self._zoom(self.focused)
        self.fit_panes()
        self.paint_hints()

    def _zoom(self, pane: Widget | None) -> None:
        self.remove_class("-zoom-facets", "-zoom-cases", "-zoom-detail")
        if pane is not None:
            self.add_class("-zoom", f"-zoom-{pane.id}")

    def action_facets(self) -> None:
        shown = self.facet_panel.display
        self.set_class(not shown, "-facets")
        self.set_class(shown, "-no-facets")
        if shown and self.focused is self.facet_panel:
            self.case_list.focus()
        elif not shown:
            self.facet_panel.focus()

    def action_back(self) -> None:
        """One step back: a sentence, zoom, range, marks, then focus; never out of the app."""
        session = self.session
        if self.has_class("-zoom"):
            self.action_zoom()
        elif session.marking:
            self.stop_reading()
        elif self.bulks:
            self.cancel_rest()
        elif self.stop_seeking():
            self.say("")
        elif session.range_from:
            session.range_from = None
        elif self.focused is not self.case_list:
            self.case_list.focus()
        elif self.walk and not session.marked:
            self.leave_walk()
        elif self.said:
            self.say("")
        elif session.marked:
            session.marked = {}
        elif self.narrowing.words:
            self.lift_filter()
        elif self.snoozed_shown:
            self.action_show_snoozed()
        self.paint()
