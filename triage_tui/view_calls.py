"""What projects have beside cases: views that their people share, and who likes which of them."""

from __future__ import annotations

from triage_tui import wire
from triage_tui.asking import Asking
from triage_tui.calls import api_path as _path
from triage_tui.models import FacetValue, SharedView


class ViewCalls(Asking):
    """Part of the client."""

    async def views(self, project_id: str) -> tuple[SharedView, ...]:
        """The views of a project."""
        path, params = _path("cases", "views"), {"project_id": project_id}
        return await self._ask("list the views", wire.views, "GET", path, params=params)

    async def create_view(self, project_id: str, name: str, query: str) -> SharedView:
        """Give a query a name in a project."""
        path, body = _path("cases", "views"), wire.view_body(name, query, project_id)
        return await self._ask("share the view", wire.view, "POST", path, body=body)

    async def update_view(self, view_id: str, name: str, query: str) -> SharedView:
        """Give a view another name or query."""
        path, body = _path("cases", "views", view_id), wire.view_body(name, query)
        return await self._ask("change the view", wire.view, "PUT", path, body=body)

    async def delete_view(self, view_id: str) -> None:
        """Take a view from all people of its project."""
        path = _path("cases", "views", view_id)
        await self._ask("delete the view", lambda _: None, "DELETE", path)

    async def favorites(self) -> frozenset[str]:
        """Ids of the projects that the person likes."""
        path = _path("cases", "projects", "favorites")
        return await self._ask("list your favourite projects", wire.favorites, "GET", path)

    async def set_favorite(self, project_id: str, *, wanted: bool) -> None:
        """Make a project a favourite of the person, or one no more."""
        path = _path("cases", "projects", project_id, "favorites")
        doing = "make the project a favourite" if wanted else "take the project from the favourites"
        await self._ask(doing, lambda _: None, "POST" if wanted else "DELETE", path)

    async def raw_project(self, project_id: str) -> object:
        """The project as the server sends it, as JSON says it."""
        path = _path("cases", "projects", project_id)
        return await self._ask("open the project", wire.parse, "GET", path)

    async def by_project(self, query: str) -> tuple[FacetValue, ...]:
        """How many cases of each project match, whichever project is worked on; 100 projects."""
        params: dict[str, str | int] = {"query_filter": query, "group_bys": "project", "limit": 100}
        path = _path("cases", "count")
        [found] = await self._ask(
            "count the cases",
            lambda content: wire.facets(content, ("project",)),
            "GET",
            path,
            params=params,
        )
        return found.values or ()
