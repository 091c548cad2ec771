"""The keys that look at one case: its sections, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from textual import on

from triage_tui.dossiers import Section, linked_cases
from triage_tui.models import Case
from triage_tui.text import clean, plural
from triage_tui.ui.case_text import CaseView, relation
from triage_tui.ui.screens.listing import ListActions
from triage_tui.ui.widgets.case_detail import CaseDetail

if TYPE_CHECKING:
    from triage_tui.ui.detail_reads import DetailReads


class SectionActions(ListActions):
    """Part of the main screen."""

    detail: CaseDetail

    @property
    def reads(self) -> DetailReads:
        """Who reads what the detail shows."""
        return self.triage.details

    def paint_detail(self) -> None:
        """Show the case under the cursor."""
        case = self.session.case(self.session.cursor_id)
        self.look_at(case)
        self.detail.show(self._view(case) if case else None, now=self.triage.now())
        if case:
            self.reads.keep_up(case, self.detail.section)

    def _view(self, case: Case) -> CaseView:
        session, dossiers = self.session, self.reads.dossiers
        case_type, dossier = session.types.get(case.type_id), dossiers.of(case.id)
        section = self.detail.section
        watchers = dossier.watchers or () if section is Section.FIELDS else ()
        return CaseView(
            case=case,
            timeline=session.timelines.get(case.id),
            problem=session.timeline_problem,
            dossier=dossier,
            others=self._others(case.id) if section is Section.FIELDS else {},
            people={one.id: session.users[one.id] for one in watchers if one.id in session.users},
            project=session.projects.get(case.project_id),
            type_name=case_type.name if case_type else "",
            left_out=dossiers.left_out(section),
            web=self._web(case) if section is Section.INSIGHTS else "",
        )

    def _others(self, case_id: str) -> Mapping[str, Case]:
        """The cases that a case is linked to, as far as they are known."""
        dossiers = self.reads.dossiers
        ends = linked_cases(case_id, dossiers.of(case_id).links or ())
        found = ((one, self.session.case(one) or dossiers.others.get(one)) for one in ends)
        return {one: case for one, case in found if case}

    def _web(self, case: Case) -> str:
        """Where the web pages are that the server speaks of; "" if there are none."""
        address = urlsplit(self.triage.backend.case_url(case) or "")
        return f"{address.scheme}://{address.netloc}" if address.scheme == "https" else ""

    def look_at_case(self) -> None:
        """The cursor rests: show its case, and read what is missing of it."""
        self.session.timeline_problem = None
        self.paint_detail()
        if case := self.session.case(self.session.cursor_id):
            self.reads.look_at(case, self.detail.section)

    # Sections

    def action_tab(self, by: int) -> None:
        self.detail.turn(self.detail.section.beside(by))

    @on(CaseDetail.Turned)
    def _show_section(self) -> None:
        self.paint_detail()
        if case := self.session.case(self.detail.case_id):
            self.reads.follow(case, self.detail.section)

    def action_detail(self, by: int) -> None:
        self.detail.action_step(by)

    # Where it leads

    @on(CaseDetail.Followed)
    def _follow_link(self, event: CaseDetail.Followed) -> None:
        self._go(event.case_id)

    def _go(self, case_id: str) -> None:
        case = self.session.case(case_id) or self.reads.dossiers.others.get(case_id)
        if case is None:
            self.say("That case could not be read.", look="warn")
        else:
            self.go_to(case.id, case.key)

    def follow_links(self) -> None:
        """Go to a case that the one in the detail is linked to; asks if there are several."""
        case = self.session.case(self.detail.case_id)
        if case is None:
            return
        links = self.reads.dossiers.of(case.id).links
        ends = linked_cases(case.id, links or ())
        if not ends:
            if links is None:
                self.say("The links are shown under Fields: } leads there.", look="warn")
            else:
                self.say(f"{clean(case.key, limit=40)} is linked to no case.", look="warn")
            return
        if len(ends) == 1:
            self._go(ends[0])
            return
        from triage_tui.ui.screens.pick import Choice, PickScreen

        others = self._others(case.id)
        words = {end: told for link in links or () for told, _, end in [relation(case.id, link)]}
        choices = [
            Choice(
                end,
                f"{words.get(end, '')} {others[end].key}  {others[end].title}"
                if end in others
                else end,
                others[end].status_name if end in others else "",
            )
            for end in ends
        ]
        title = f"{clean(case.key, limit=40)} is linked to {plural(len(ends), 'case')}"

        def chosen(case_id: str | None) -> None:
            if case_id:
                self._go(case_id)

        self.app.push_screen(PickScreen(title, choices), chosen)
