"""The review of a shift: its report as a list, whose cases can be worked on before it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.getters import query_one
from textual.timer import Timer
from textual.types import CSSPathType

from triage_tui.actions import ACTIONS, IN_REVIEW
from triage_tui.at_hand import NO_CASE, Situation
from triage_tui.reports.model import Report
from triage_tui.review import Kind, Row, told
from triage_tui.text import ago, clean, number
from triage_tui.ui.keys_shown import shown_keys
from triage_tui.ui.screens.review_handing import HandingOver
from triage_tui.ui.screens.sections import DETAIL_AFTER
from triage_tui.ui.widgets.case_detail import CaseDetail
from triage_tui.ui.widgets.line import Line, Part
from triage_tui.ui.widgets.line_list import LineList
from triage_tui.ui.widgets.report_list import ReportList

if TYPE_CHECKING:
    from triage_tui.ui.screens.reviewing import ReviewActions

BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]
"""Least widths in cells, and the class that the screen has from there on."""

_OLD = timedelta(minutes=10)
"""Age from which it is said how the report is read again."""

_HINTS = (
    *("review.open", "case.take", "case.assign", "case.priority", "case.status", "review.note"),
    *("review.leave_out", "review.preview", "review.copy", "review.write", "review.window"),
    *("review.sign", "edit.undo"),
)
_HINTS_BEFORE = ("review.refresh", "review.window")
"""While there is no report."""


class ReviewScreen(HandingOver):
    """The report, read in the background; with each decision it is made again from what is known.

    Args:
        board: Does what is asked for on a case.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = "../review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(action.keys, action.does, action.label, show=False, id=action.id)
            for action in ACTIONS
            if action.scope == "review"
        ),
        *(
            Binding(action.keys, f"decide('{action.id}')", action.label, show=False, id=action.id)
            for action in ACTIONS
            if action.id in IN_REVIEW
        ),
    ]
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    AUTO_FOCUS = "ReportList"

    title_line = query_one("#review-title", Line)
    report_list = query_one(ReportList)
    detail = query_one("#review-case", CaseDetail)
    status = query_one("#review-status", Line)
    hints = query_one("#review-hints", Line)

    def __init__(self, board: ReviewActions) -> None:
        super().__init__(board)
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Line(id="review-title")
        with Container(id="review-panes"):
            yield ReportList()
            yield CaseDetail(id="review-case")
        yield Line(id="review-status")
        yield Line(id="review-hints")

    def on_mount(self) -> None:
        self._bind_own()
        self.composed = True
        self.board.review = self
        self.triage.followers.append(self.follow)
        self.app.clear_notifications()
        self.set_interval(30.0, self._paint_title)
        self.begin()

    def _bind_own(self) -> None:
        """Let the keys that the person made work here too, where nothing else has them."""
        scoped = (self.triage.keys_of(one) for one in ACTIONS if one.scope == "review")
        taken = {key for keys in scoped for key in keys.split(",")}
        for action in self.board.own_actions:
            if action.keys not in taken:
                does = f"decide('{action.id}')"
                self._bindings.bind(action.keys, does, action.label, show=False)

    def on_unmount(self) -> None:
        self.triage.followers.remove(self.follow)
        self.board.review = None

    # Painting

    def paint_rows(self) -> None:
        self._paint_list()
        self.paint_status()

    def paint(self) -> None:
        if not self.there:
            return
        self._paint_title()
        self._paint_list()
        self.paint_status()
        self._paint_hints()
        self.paint_case()

    @property
    def row(self) -> Row | None:
        return self.report_list.at

    @property
    def case_id(self) -> str:
        return self.row.line.case_id if self.row and self.row.line else ""

    def step(self) -> None:
        self.report_list.action_step(1)

    def _paint_list(self) -> None:
        session = self.board.session
        self.report_list.show(
            self.shown.report,
            self.shown.rows(),
            self.row.id if self.row else "",
            notes=self.draft.notes,
            left_out=self.draft.left_out,
            case=session.case,
            unsent=session.unsent,
            message=self._instead(),
        )

    def _instead(self) -> tuple[str, ...]:
        if self.problem:
            return ("The report could not be made.", self.problem, "", "r tries again")
        if self.stopped:
            return ("The reading was stopped.", "", "r begins again, t chooses a shorter time")
        return ("Reading what happened…", "", "esc stops it")

    def _paint_title(self) -> None:
        if not self.there:
            return
        report = self.shown.report
        left: list[Part] = [(" Hand-over ", "strong")]
        right: list[Part] = []
        if report:
            left.append((f" {told(report.window)} ", "key"))
            going = report.window.running or report.window.end >= report.generated_at
            left.append((" still running " if going else " over ", "dim"))
            if self.draft.redact:
                left.append((" redacted ", "warn"))
            if self.draft.signed:
                left.append((" ✓ signed off ", "good"))
            if report.query:
                left.append((clean(f" {report.query} ", limit=80), "dim"))
            read_at, now = self._read_at(report), self.triage.now()
            old = now - read_at > _OLD
            again = " · r reads again" if old else ""
            right.append((f"read {ago(read_at, now)}{again} ", "warn" if old else "dim"))
        self.title_line.show(left, right)

    def _read_at(self, report: Report) -> datetime:
        return self.facts.now if self.facts else report.generated_at

    def say(self, sentence: str, look: str = "good") -> None:
        """Put a sentence into the status line, and into that of the main screen."""
        self.board.say(sentence, look)

    def paint_status(self) -> None:
        if not self.there:
            return
        session, parts = self.board.session, list[Part]()
        if self.progress:
            parts.append((f" {self.progress} · esc stops ", "warn"))
        if away := self.triage.reach.told(session.read_at, brief=True):
            parts.append((f" {away} ", "warn"))
        if self.triage.backend.read_only:
            parts.append((" read-only ", "warn"))
        if self.board.said:
            parts.append(self.board.said)
        elif self.problem and self.shown.report:
            parts.append((clean(f" As it was read before. {self.problem} ", limit=400), "bad"))
        elif writes := len(session.writes):
            parts.append((f" {number(writes)} unsent ", "warn"))
        elif self.shown.report:
            coverage = " ".join(self.shown.report.coverage)
            parts.append((clean(f" {coverage} ", limit=400), "dim"))
        self.status.show(parts)

    def _paint_hints(self) -> None:
        if not self.there:
            return
        left: list[Part] = []
        right: list[Part] = [(" ?", "key"), (" help ", "dim"), (" esc", "key"), (" back ", "dim")]
        room = self.size.width - sum(cell_len(text) for text, _ in right)
        by_id = {action.id: action for action in ACTIONS}
        for action in (by_id[one] for one in (_HINTS if self.shown.report else _HINTS_BEFORE)):
            if action.writes and self.triage.no_writes:
                continue
            if action.on_case and not self.case_id:
                continue
            key = shown_keys(self.triage.keys_of(action)).partition(" ")[0]
            word = self._word(action.id) or action.hint
            parts = [(f" {key}", "key"), (f" {word} ", "dim")]
            needed = sum(cell_len(text) for text, _ in parts)
            if key and needed <= room:
                left += parts
                room -= needed
        self.hints.show(left, right)

    def _word(self, id: str) -> str:
        row = self.row
        if id == "review.open" and row and row.folded is not None:
            return "unfold" if row.folded else "fold"
        out = {row.section, self.case_id} & self.draft.left_out if row else set()
        return "take in" if id == "review.leave_out" and out else ""

    def on_resize(self) -> None:
        self._paint_hints()

    # The case under the cursor

    @on(LineList.Moved)
    def _follow_cursor(self) -> None:
        self._paint_hints()
        if self._rest:
            self._rest.stop()
        self._rest = self.set_timer(DETAIL_AFTER, self._look_at_case)

    def _look_at_case(self) -> None:
        if not self.there:
            return
        self.paint_case()
        case = self.board.session.case(self.case_id)
        if case and self.detail.display:
            self.board.session.timeline_problem = None
            self.board.reads.look_at(case, self.detail.section)

    def paint_case(self) -> None:
        """Show the case under the cursor, where there is room for it."""
        if not self.there or not self.detail.display:
            return
        case = self.board.session.case(self.case_id)
        view = self.board.view_of(case, self.detail.section) if case else None
        self.detail.show(view, now=self.triage.now())

    @on(CaseDetail.Turned)
    def _show_section(self) -> None:
        self._look_at_case()

    @on(CaseDetail.Followed)
    def _follow_link(self, event: CaseDetail.Followed) -> None:
        if case := self.board.session.case(event.case_id):
            self.board.go_to(case.id, case.key)

    # Keys

    @on(LineList.Chosen)
    def action_open(self) -> None:
        row = self.row
        if self.focused is self.detail or row is None:
            return
        if row.folded is not None:
            self._fold(row, not row.folded)
        elif self.case_id:
            if not self.has_class("-wide"):
                self.add_class("-case")
            self.detail.focus()
            self.call_after_refresh(self._look_at_case)

    def action_heading(self, by: int) -> None:
        if self.focused is self.detail:
            self.detail.turn(self.detail.section.beside(by))
        else:
            self.report_list.next_heading(by)

    def action_fold(self, fold: bool) -> None:
        row = self.row
        if row and row.folded is not None and row.folded is not fold:
            self._fold(row, fold)
        elif row and fold and row.kind is not Kind.PART:
            part = row.section.partition(".")[0]
            self.report_list.go_to(row.section if row.kind is Kind.LINE else part)

    def _fold(self, row: Row, fold: bool) -> None:
        self.shown.folded[row.id] = fold
        self._paint_list()
        self._paint_hints()

    def action_fold_all(self) -> None:
        self.shown.fold_all(self.shown.rows())
        section = self.row.section if self.row else ""
        self._paint_list()
        self.report_list.go_to(section)

    def action_detail(self, by: int) -> None:
        self.detail.action_step(by)

    async def action_decide(self, id: str) -> None:
        """Do what a key of the main screen does, on the case under the cursor."""
        action = next(one for one in (*ACTIONS, *self.board.own_actions) if one.id == id)
        alone = action.on_case or id == "edit.retry"
        if alone and not self.case_id:
            self.say(NO_CASE, "warn")
            return
        case_id = self.case_id if alone else ""
        if case_id in self.known and self.board.session.case(case_id) is None:
            # It was forgotten since: too many others were read.
            self.board.session.meet(self.known[case_id])
        await self.board.act_on(case_id, action.does)

    def action_case(self) -> None:
        if case := self.board.session.case(self.case_id):
            self.board.go_to(case.id, case.key)
        else:
            self.say(NO_CASE, "warn")

    def action_help(self) -> None:
        from triage_tui.ui.screens.help import HelpScreen

        actions = (*ACTIONS, *self.board.own_actions)
        keys = {action.id: self.triage.keys_of(action) for action in actions}
        now = Situation(screen="review", pane="", no_writes=self.triage.no_writes)
        self.app.push_screen(HelpScreen(actions, keys, now))

    def action_close(self) -> None:
        """One step back: the case, the reading, what went wrong, the screen."""
        if self.focused is self.detail or self.has_class("-case"):
            self.remove_class("-case")
            self.report_list.focus()
        elif self.stop():
            return
        elif self.board.trouble_said:
            self.say("")
        else:
            self.leave()

    def leave(self) -> None:
        """Back to the main screen."""
        while self.app.screen is not self and self in self.app.screen_stack:
            self.app.pop_screen()
        if self.app.screen is self:
            self.dismiss()
