"""The keys that write the query in force as a view, and change views that somebody wrote."""

from __future__ import annotations

from collections.abc import Callable

from textual import work

from triage_tui.errors import ApiError, Failure
from triage_tui.models import Project, SharedView
from triage_tui.query import Query, parse
from triage_tui.text import clean
from triage_tui.ui.screens.view_keys import ViewActions
from triage_tui.views import WRITTEN, Origin, View, attempts

LONGEST_NAME = 80
"""Characters of the name of a view that is written here."""


class ViewWriting(ViewActions):
    """Part of the main screen."""

    # What was written here

    def _keep_local(self, name: str, query: str) -> str:
        """Remember a view on this machine; the name that it got, if another one has it."""
        kept, free = self.local_views, name
        number = 2
        while free in kept and kept[free] != query:
            free, number = f"{name} {number}", number + 1
        self._put_local({**kept, free: query})
        return free

    def _put_local(self, views: dict[str, str]) -> None:
        self.triage.local.put(WRITTEN, [[name, query] for name, query in views.items()])
        self.arrange_tabs()

    def _drop_local(self, name: str) -> None:
        kept = self.local_views
        kept.pop(name, None)
        self._put_local(kept)

    # Writing

    def action_write_view(self) -> None:
        from triage_tui.ui.screens.menu import MenuItem, MenuScreen

        query, view = self.session.query, self.tabs.view(self.tabs.current)
        items: list[MenuItem[str]] = []
        if view and self.tabs.changed and view.origin in (Origin.SHARED, Origin.LOCAL):
            whose = f"for all of {view.project}" if view.project else "on this machine"
            name = clean(view.name, limit=40)
            items.append(MenuItem("u", "update", f"Update “{name}”", whose))
        key = self._project_of(query)
        items += [
            MenuItem("l", "local", "New view here", "on this machine only"),
            MenuItem("s", "share", "New shared view", f"in {key}" if key else "in a project …"),
        ]

        def chosen(what: str | None) -> None:
            if what == "update" and view:
                self._update(view, view.name, query)
            elif what == "local":
                self._ask_name(
                    "Name of the new view, kept here",
                    "keep it",
                    Origin.LOCAL,
                    "",
                    self._write_local,
                )
            elif what == "share":
                self._choose_project(key, self._ask_shared)

        self.app.push_screen(MenuScreen("Save this query as a view", items), chosen)

    def _project_of(self, query: Query) -> str:
        """Key of the project that a query is about, "" if it is about several."""
        chosen = query.chosen("project")
        key = next(iter(chosen)).upper() if len(chosen) == 1 else ""
        return self.triage.backend.project.upper() or key

    def _choose_project(self, key: str, then: Callable[[Project], None]) -> None:
        projects = sorted(self.session.projects.values(), key=lambda one: one.key)
        known = next((one for one in projects if one.key.upper() == key), None)
        if known:
            then(known)
            return
        if not projects:
            self.say("The projects are not known yet: try again in a moment.", look="warn")
            return
        from triage_tui.ui.screens.pick import Choice, PickScreen

        def chosen(project: Project | None) -> None:
            if project:
                then(project)

        choices = [Choice(one, f"{one.key}  {one.name}") for one in projects]
        self.app.push_screen(PickScreen("Share it with the people of", choices), chosen)

    def _ask_name(
        self, title: str, enter: str, origin: Origin, project: str, then: Callable[[str], None]
    ) -> None:
        from triage_tui.ui.screens.name import NameScreen

        def objection(name: str) -> str:
            if not name:
                return "Type a name."
            if len(name) > LONGEST_NAME:
                return f"A name has {LONGEST_NAME} characters at most."
            taken = self.tabs.named(name, origin, project)
            return "There is one of this name: type another." if taken else ""

        def named(name: str | None) -> None:
            if name:
                then(name)

        query = str(self.session.query) or "all cases that are not archived"
        screen = NameScreen(title, enter=enter, objection=objection, lines=[query])
        self.app.push_screen(screen, named)

    def _write_local(self, name: str) -> None:
        query = self.session.query
        self.tabs.understand({str(query): query})
        self._keep_local(name, str(query))
        self.tabs.current = f"local:{name}"
        self.paint_tabs()
        self.say(f"“{name}” is a view now, on this machine.")

    def _ask_shared(self, project: Project) -> None:
        query = self.session.query

        def named(name: str) -> None:
            text = str(_inside(query, project.key))
            # Here already if nobody hears of it any more.
            kept = self._keep_local(name, text)
            self._share(project, name, text, kept)

        self._ask_name(f"New view in {project.key}", "share it", Origin.SHARED, project.key, named)

    @work(group="write view")
    async def _share(self, project: Project, name: str, text: str, kept: str) -> None:
        client = self.triage.client
        try:
            if client is None:
                raise ApiError("Nothing is connected yet.", Failure.UNREACHABLE)
            made = await client.create_view(project.id, name, text)
        except ApiError as error:
            self._tell_refused(f"“{kept}” is on this machine only (⌂). {error}")
            return
        self._drop_local(kept)
        self._took(project.key, made)
        view = self.tabs.view(f"shared:{made.id}")
        if view and view.query:
            self.open_view(view)
        self.say(f"“{clean(made.name, limit=80)}” is shared with the people of {project.key}.")

    def _took(self, key: str, view: SharedView, *, gone: bool = False) -> None:
        """A shared view is like this now, or is gone."""
        others = [one for one in self.views.shared.get(key, ()) if one.id != view.id]
        self.views.shared[key] = tuple(others) if gone else (*others, view)
        self.tabs.understand(attempts([view.query], parse))
        self.arrange_tabs()

    def _tell_refused(self, sentence: str) -> None:
        self.say(sentence, look="bad")
        self.app.notify(
            clean(sentence, limit=400), title="View", severity="error", timeout=15, markup=False
        )

    # Changing

    def _changeable(self, doing: str) -> View | None:
        """The view in force, if the person can change it; says why not."""
        view = self.tabs.view(self.tabs.current)
        if view is None:
            self.say("No view is in force: go to one first.", look="warn")
        elif view.origin is Origin.USUAL:
            self.say(f"“{view.name}” is always there: it cannot be {doing}.", look="warn")
        elif view.origin is Origin.CONFIGURED:
            said = clean(view.name, limit=80)
            self.say(f"“{said}” is in the configuration: change it there.", look="warn")
        else:
            return view
        return None

    def action_rename_view(self) -> None:
        view = self._changeable("renamed")
        if view and view.query:
            query = view.query
            title = f"Another name for “{clean(view.name, limit=40)}”"

            def named(name: str) -> None:
                self._update(view, name, query)

            self._ask_name(title, "rename it", view.origin, view.project, named)

    def _update(self, view: View, name: str, query: Query) -> None:
        """Give a view this name and query."""
        if view.origin is Origin.SHARED:
            self._update_shared(view, self._bare_name(view, name), query)
            return
        text, old = str(query), view.id.removeprefix("local:")
        self.tabs.understand({text: query})
        kept = {
            (name if one == old else one): (text if one == old else before)
            for one, before in self.local_views.items()
        }
        self._put_local(kept)
        self.tabs.current = f"local:{name}"
        self.paint_tabs()
        self.say(f"“{clean(name, limit=80)}” is written.")

    def _bare_name(self, view: View, name: str) -> str:
        """The name without the key of the project, which is in front where all are shown."""
        return name if self.triage.backend.project else name.removeprefix(f"{view.project} ")

    @work(group="write view")
    async def _update_shared(self, view: View, name: str, query: Query) -> None:
        client = self.triage.client
        id, text = view.id.removeprefix("shared:"), str(_inside(query, view.project))
        try:
            if client is None:
                raise ApiError("Nothing is connected yet.", Failure.UNREACHABLE)
            made = await client.update_view(id, name, text)
        except ApiError as error:
            self._tell_refused(f"“{clean(view.name, limit=80)}” is as it was. {error}")
            return
        self._took(view.project, made)
        said = clean(made.name, limit=80)
        self.say(f"“{said}” is written, for all people of {view.project}.")

    def action_delete_view(self) -> None:
        view = self._changeable("deleted")
        if view is None:
            return
        if view.origin is Origin.LOCAL:
            self._drop_local(view.id.removeprefix("local:"))
            self.say(f"“{clean(view.name, limit=80)}” is deleted; w writes this query again.")
            return
        from triage_tui.ui.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                self._delete_shared(view)

        name = clean(view.name, limit=80)
        question = f"Delete “{name}” for all people of {view.project}? No case is changed."
        screen = ConfirmScreen(question, [view.text], yes="Delete the view", no="Keep it")
        self.app.push_screen(screen, answered)

    @work(group="write view")
    async def _delete_shared(self, view: View) -> None:
        client, id = self.triage.client, view.id.removeprefix("shared:")
        name = clean(view.name, limit=80)
        try:
            if client is None:
                raise ApiError("Nothing is connected yet.", Failure.UNREACHABLE)
            await client.delete_view(id)
        except ApiError as error:
            if error.failure is not Failure.NOT_FOUND:
                self._tell_refused(f"“{name}” is still there. {error}")
                return
        self._took(view.project, SharedView(id, view.name, view.text), gone=True)
        self.say(f"“{name}” is deleted; w writes this query again.")


def _inside(query: Query, project: str) -> Query:
    """What a query asks of a project: there it need not be named."""
    chosen = {one.upper() for one in query.chosen("project")}
    return query.without_key("project") if chosen == {project.upper()} else query
