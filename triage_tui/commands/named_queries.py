"""Queries by the names that the dashboard has on its tabs."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from triage_tui.errors import ApiError, ConfigError, Failure
from triage_tui.text import clean, nearest
from triage_tui.views import WRITTEN, Origin, Tabs, View, attempts, meaning, written

if TYPE_CHECKING:
    from triage_tui.client import CaseClient
    from triage_tui.commands.place import Place
    from triage_tui.models import SharedView


def query_of(where: Place, name: str, query: str = "") -> str:
    """What a view of this name selects, and of that only what a query does, if there is one.

    Letter case does not matter. Projects are asked for their views only if no other has the name.

    Raises:
        ConfigError: There is no such view, there are several, or it cannot be asked.
        ApiError: The views of the projects cannot be read.
    """
    own = _local(where)
    shared: dict[str, tuple[SharedView, ...]] = {}
    found = _named(name, _views(where, shared, own))
    if not found:
        shared = where.call(_shared)
        found = _named(name, _views(where, shared, own))
    if any(not view.query and (not view.text or "assignee" in view.text) for view in found):
        user = where.read(lambda reader: reader.me())
        found = _named(name, _views(where, shared, own, me=user.handle or user.email))
    if not found:
        raise ConfigError(_missing(name, _views(where, shared, own)))
    first = found[0]
    if first.query is None:
        raise ConfigError(f"The view cannot be used: {clean(first.problem)}")
    if any(one.query is None or meaning(one.query) != meaning(first.query) for one in found[1:]):
        several = ", ".join(f'"{clean(one.name)}" ({one.origin.value})' for one in found)
        raise ConfigError(f"Several views have this name: {several}. Give its query by --query.")
    parts = [part for part in (str(first.query), query) if part]
    return parts[0] if len(parts) == 1 else " ".join(f"({part})" for part in parts)


def _views(
    where: Place,
    shared: dict[str, tuple[SharedView, ...]],
    own: dict[str, str],
    *,
    me: str = "",
) -> tuple[View, ...]:
    from triage_tui.query import parse

    tabs = Tabs()
    for _ in range(2):  # First it is known which there are, then what they mean.
        tabs.arrange(
            me=me,
            project=where.config.project,
            shared=shared,
            configured=where.config.views,
            local=own,
        )
        tabs.understand(attempts(tabs.unread, parse))
    return tabs.views


def _named(name: str, views: Iterable[View]) -> list[View]:
    wanted = name.strip().casefold()
    return [view for view in views if wanted in _names(view)]


def _names(view: View) -> set[str]:
    names = {view.name, view.short}
    if view.project:
        names.add(view.name.removeprefix(f"{view.project} "))
    if view.origin is Origin.USUAL:
        names.add(view.id.partition(":")[2])
    return {one.casefold() for one in names if one}


def _missing(name: str, views: Iterable[View]) -> str:
    names = [clean(view.name, limit=60) for view in views]
    meant = nearest(name, names)
    advice = f'did you mean "{meant}"?' if meant else f"there are {', '.join(names)}."
    return f'There is no view "{clean(name, limit=60)}"; {advice}'


def _local(where: Place) -> dict[str, str]:
    """Those that were written on this machine."""
    from triage_tui.local_state import LocalState
    from triage_tui.records import state_beside
    from triage_tui.timing import utc_now

    file = state_beside(where.journal)
    if not file.exists():
        return {}
    with closing(LocalState(file, now=utc_now)) as local:
        return written(local.get(WRITTEN))


async def _shared(client: CaseClient) -> dict[str, tuple[SharedView, ...]]:
    """Those of the projects by their keys; whoever may not see them has none."""
    found: dict[str, tuple[SharedView, ...]] = {}
    for project in await client.projects():
        try:
            found[project.key] = await client.views(project.id)
        except ApiError as error:
            if error.failure not in (Failure.NOT_ALLOWED, Failure.NOT_FOUND):
                raise
    return found
