"""The keys that look at one case: its sections, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from textual import on
from textual.timer import Timer

from triage_tui.beside_changes import Duplicate
from triage_tui.dossiers import Part, Section, linked_cases
from triage_tui.models import Case
from triage_tui.text import clean, plural
from triage_tui.ui.case_text import CaseView, relation
from triage_tui.ui.screens.laying import LayActions
from triage_tui.ui.widgets.case_detail import CaseDetail

if TYPE_CHECKING:
    from triage_tui.ui.detail_reads import DetailReads


DETAIL_AFTER = 0.12
"""Seconds the cursor rests on a case before the detail shows it."""

MOST_ALIKE = 50
"""Cases that the server is asked for twice: some that are open, and some that are closed."""


class SectionActions(LayActions):
    """Part of the main screen."""

    detail: CaseDetail

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._rest: Timer | None = None

    @property
    def reads(self) -> DetailReads:
        """Who reads what the detail shows."""
        return self.triage.details

    def paint_detail(self) -> None:
        """Show the case under the cursor; what is missing of another one than before is read."""
        before = self.detail.case_id
        case = self.session.case(self.session.cursor_id)
        self.look_at(case)
        view = self.view_of(case, self.detail.section) if case else None
        self.detail.show(view, now=self.triage.now())
        if case:
            self.reads.keep_up(case, self.detail.section)
            if case.id != before:
                self.look_soon()

    def view_of(self, case: Case, section: Section) -> CaseView:
        """All that a section of a case shows, as far as it is known."""
        session, dossiers = self.session, self.reads.dossiers
        case_type, dossier = session.types.get(case.type_id), dossiers.of(case.id)
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
            web=self.web_of(case) if section is Section.INSIGHTS else "",
        )

    def _others(self, case_id: str) -> Mapping[str, Case]:
        """The cases that a case is linked to, as far as they are known."""
        dossiers = self.reads.dossiers
        ends = linked_cases(case_id, dossiers.of(case_id).links or ())
        found = ((one, self.session.case(one) or dossiers.others.get(one)) for one in ends)
        return {one: case for one, case in found if case}

    def web_of(self, case: Case) -> str:
        """Where the web pages are that the server speaks of; "" if there are none."""
        address = urlsplit(self.triage.backend.case_url(case) or "")
        return f"{address.scheme}://{address.netloc}" if address.scheme == "https" else ""

    def look_soon(self) -> None:
        """Look at the case under the cursor when it has rested there."""
        self._look_no_more()
        self._rest = self.set_timer(DETAIL_AFTER, self.look_at_case)

    def _look_no_more(self) -> None:
        if self._rest:
            self._rest.stop()
            self._rest = None

    def look_at_case(self) -> None:
        """The cursor rests: show its case, and read what is missing of it."""
        self.session.timeline_problem = None
        self.paint_detail()
        self._look_no_more()
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

    # What it is like

    def action_duplicates(self) -> None:
        """Show cases that are like the one under the cursor."""
        case_ids = self.targets()
        case = self.session.case(self.subject) if case_ids else None
        if case is None:
            return
        from triage_tui.ui.screens.similar import Answer, SimilarScreen, Wish

        async def search(query: str) -> Sequence[Case]:
            if (client := self.triage.client) is None:
                return ()
            return (await client.search(query, size=MOST_ALIKE)).cases

        def chosen(answer: Answer | None) -> None:
            if answer is None:
                return
            self.reads.dossiers.others[answer.case.id] = answer.case
            if answer.wish is Wish.OPEN:
                self.go_to(answer.case.id, answer.case.key)
            elif answer.wish is Wish.COPY:
                self.copy_text(answer.case.key, "key")
            elif why := self.triage.no_writes:
                self.say(why, look="warn")
            else:
                change = Duplicate(answer.case.id, answer.case.key, on=True)
                ids = [one for one in case_ids if one != answer.case.id]
                self.decide(ids, lambda _: [change])

        now = self.triage.now()
        self.app.push_screen(SimilarScreen(case, self.session.rows, search, now), chosen)

    def linked(self, *case_ids: str) -> None:
        """Links of these cases were made or taken away: what is shown of them is out of date."""
        for case_id in case_ids:
            self.reads.dossiers.forget(case_id, Part.LINKS, Part.HISTORY)
        shown = self.session.case(self.detail.case_id)
        if shown and shown.id in case_ids:
            self.reads.follow(shown, self.detail.section)

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
