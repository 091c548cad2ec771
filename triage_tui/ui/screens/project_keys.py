"""The keys that choose a project to work on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from triage_tui.errors import ApiError, Failure
from triage_tui.models import Project
from triage_tui.query import OPEN_WORK
from triage_tui.text import clean, plural
from triage_tui.ui.screens.view_writing import ViewWriting

if TYPE_CHECKING:
    from triage_tui.ui.screens.pick import Choice, PickScreen
    from triage_tui.ui.screens.projects import Known

_MORE = "projects …"
"""Stands for the screen of all projects among the keys of projects."""


class ProjectActions(ViewWriting):
    """Part of the main screen."""

    _known: Known | None = None
    _project_shown: str | None = None
    """Key of the project to which the rows belong, "" if to all; None before the first."""

    @property
    def known(self) -> Known:
        """What is known of the projects beside their names."""
        from triage_tui.ui.screens.projects import Known

        return self._known or Known()

    # What is known

    async def read_known(self) -> str:
        """Read the favourites and how many open cases there are; why that failed, or ""."""
        client = self.triage.client
        if client is None:
            return "Nothing is connected yet."
        try:
            self.triage.session.projects = {one.id: one for one in await client.projects()}
            found = await client.by_project(str(OPEN_WORK))
            counts = {one.value.casefold(): one.count for one in found}
            self._known = replace(self.known, open_cases=counts)
            self._known = replace(self.known, favorites=await client.favorites())
        except ApiError as error:
            # Who may not know about favourites may see projects all the same.
            return "" if error.failure is Failure.NOT_ALLOWED else str(error)
        return ""

    def liked(self, project: Project, wanted: bool) -> None:
        """A project is a favourite now, or not any more."""
        change = self.known.favorites | {project.id}
        self._known = replace(self.known, favorites=change if wanted else change - {project.id})

    def took_project(self, project: Project) -> None:
        """A project was created."""
        self.session.projects = {**self.session.projects, project.id: project}
        self.paint()

    def lost_project(self, project: Project) -> None:
        """A project was deleted, and its cases."""
        others = self.session.projects.items()
        self.session.projects = {id: one for id, one in others if id != project.id}
        if self.triage.backend.project.upper() == project.key.upper():
            self.work_on("")
        else:
            self.triage.read(self.session.refresh())

    # From one to the other

    def action_switch_project(self) -> None:
        from triage_tui.ui.screens.pick import PickScreen

        if not self.session.projects:
            self.say("The projects are not known yet: try again in a moment.", look="warn")
            if self.triage.client:
                self.triage.read_directory()
            return

        def chosen(key: str | None) -> None:
            if key == _MORE:
                self.action_projects()
            elif key is not None:
                self.work_on(key)

        screen = PickScreen("Work on", self._project_choices())
        self.app.push_screen(screen, chosen)
        self._read_choices(screen)

    def _project_choices(self) -> list[Choice[str]]:
        from triage_tui.ui.screens.pick import Choice

        known, here = self.known, self.triage.backend.project.upper()
        total = sum(known.open_cases.values()) if known.open_cases is not None else None
        told = "" if total is None else f"{total:,} open"
        choices = [Choice("", "  All projects", told if here else f"{told} · now".strip(" ·"))]
        for one in known.in_order([*self.session.projects.values()]):
            detail = known.told(one)
            if one.key.upper() == here:
                detail = f"{detail} · now".strip(" ·")
            choices.append(Choice(one.key, known.label(one), detail))
        choices.append(Choice(_MORE, "  Look at, create, favourite, delete …", "", "projects"))
        return choices

    @work(group="known", exclusive=True)
    async def _read_choices(self, screen: PickScreen[str]) -> None:
        await self.read_known()
        if self.app.screen is screen:
            screen.offer(self._project_choices())

    def action_projects(self) -> None:
        from triage_tui.ui.screens.projects import ProjectsScreen

        def chosen(project: Project | None) -> None:
            if project:
                self.work_on(project.key)

        self.app.push_screen(ProjectsScreen(self), chosen)

    def work_on(self, key: str) -> None:
        """Ask for the cases of this project only, or of all if it is ""."""
        session = self.session
        if key.upper() == self.triage.backend.project.upper():
            self.say(f"You work on {clean(key) or 'all projects'} already.", look="warn")
            return
        if self.triage.reach.lost_at:
            self.say("Offline: no other project can be read.", look="warn")
            return
        self._leave_view()
        marked, session.marked, session.range_from = len(session.marked), {}, None
        self._restrict(key)
        self._ask(session.query.without_key("project"))
        if marked:
            self.say(f"Left {plural(marked, 'mark')} behind.", look="warn")

    def _restrict(self, key: str) -> None:
        self.triage.work_on(key)
        self._looked_into = None
        self.tabs.forget_counts()

    def list_came(self) -> None:
        self._project_shown = self.triage.backend.project
        super().list_came()

    def paint_tabs(self) -> None:
        self._stay_if_refused()
        super().paint_tabs()

    def _stay_if_refused(self) -> None:
        """The rows of one project must not stand below the name of another."""
        wanted, shown = self.triage.backend.project, self._project_shown
        if shown is None:
            self._project_shown = wanted
        elif shown != wanted and self.session.reading is None and self.session.problem:
            self.triage.work_on(shown)
            self.say(f"{clean(wanted) or 'All projects'} could not be read.", look="bad")
