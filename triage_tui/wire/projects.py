"""Projects with their views, and the types that cases have."""

from __future__ import annotations

from typing import Annotated

from pydantic import OnErrorOmit, TypeAdapter

from triage_tui.models import STANDARD_STATUSES, CaseType, Definition, Project, SharedView, Status
from triage_tui.wire.body import DEFERRED, Body, Lenient, Moment, Text, checked, envelope, listed


class _ProjectAttributes(Body):
    key: str
    name: Text = None
    restricted: bool | None = None


class _Project(Body):
    id: str
    attributes: _ProjectAttributes


_PROJECT = TypeAdapter(_Project)
_PROJECTS = TypeAdapter(list[OnErrorOmit[_Project]], config=DEFERRED)


def _make_project(row: _Project) -> Project:
    seen = row.attributes
    return Project(row.id, seen.key, seen.name or "", bool(seen.restricted))


def project(content: bytes) -> Project:
    """The project an answer describes."""
    return _make_project(checked(_PROJECT, envelope(content)[0], "a project"))


def projects(content: bytes) -> tuple[Project, ...]:
    """The projects an answer lists."""
    return listed(_PROJECTS, content, _make_project, "a list of projects")


class _Favorite(Body):
    id: str


class _ViewAttributes(Body):
    name: str
    query: Text = None


class _View(Body):
    id: str
    attributes: _ViewAttributes


_FAVORITES = TypeAdapter(list[OnErrorOmit[_Favorite]], config=DEFERRED)
_VIEW = TypeAdapter(_View)
_VIEWS = TypeAdapter(list[OnErrorOmit[_View]], config=DEFERRED)


def favorites(content: bytes) -> frozenset[str]:
    """The ids of the projects that an answer lists as favourites."""
    return frozenset(listed(_FAVORITES, content, lambda row: row.id, "a list of favourites"))


def _make_view(row: _View) -> SharedView:
    return SharedView(row.id, row.attributes.name, row.attributes.query or "")


def view(content: bytes) -> SharedView:
    """The view an answer describes."""
    return _make_view(checked(_VIEW, envelope(content)[0], "a view"))


def views(content: bytes) -> tuple[SharedView, ...]:
    """The views an answer lists."""
    return listed(_VIEWS, content, _make_view, "a list of views")


class _Option(Body):
    name: str


class _Options(Body):
    status_options: list[OnErrorOmit[_Option]] | None = None
    default: Text = None


class _StatusesConfig(Body):
    open: Annotated[_Options | None, Lenient] = None
    in_progress: Annotated[_Options | None, Lenient] = None
    closed: Annotated[_Options | None, Lenient] = None


class _TypeAttributes(Body):
    name: Text = None
    description: Text = None
    emoji: Text = None
    internal: bool | None = None
    deleted_at: Moment | None = None
    statuses_config: Annotated[_StatusesConfig | None, Lenient] = None


class _CaseType(Body):
    id: str
    attributes: _TypeAttributes


_CASE_TYPES = TypeAdapter(list[OnErrorOmit[_CaseType]], config=DEFERRED)


def _case_type(row: _CaseType) -> CaseType:
    seen, config = row.attributes, row.attributes.statuses_config or _StatusesConfig()
    statuses: list[Status] = []
    defaults: dict[str, str] = {}
    for group, options in (
        ("SG_OPEN", config.open),
        ("SG_IN_PROGRESS", config.in_progress),
        ("SG_CLOSED", config.closed),
    ):
        names = [option.name for option in (options and options.status_options) or ()]
        names = names or [status.name for status in STANDARD_STATUSES if status.group == group]
        statuses += [Status(name, group) for name in names]
        default = options.default if options else None
        defaults[group] = default if default in names else names[0]
    return CaseType(
        id=row.id,
        name=seen.name or row.id,
        description=seen.description or "",
        emoji=seen.emoji or "",
        internal=bool(seen.internal),
        deleted_at=seen.deleted_at,
        statuses=tuple(statuses),
        defaults=defaults,
    )


def case_types(content: bytes) -> tuple[CaseType, ...]:
    """The case types an answer lists, deleted ones among them."""
    return listed(_CASE_TYPES, content, _case_type, "a list of case types")


class _Choice(Body):
    value: str


class _TypeData(Body):
    options: list[OnErrorOmit[_Choice]] | None = None


class _DefinitionAttributes(Body):
    key: str
    case_type_id: Text = None
    display_name: Text = None
    description: Text = None
    type: Text = None
    is_multi: bool | None = None
    type_data: Annotated[_TypeData | None, Lenient] = None


class _Definition(Body):
    attributes: _DefinitionAttributes


_DEFINITIONS = TypeAdapter(list[OnErrorOmit[_Definition]], config=DEFERRED)


def _definition(row: _Definition) -> Definition:
    seen = row.attributes
    return Definition(
        key=seen.key,
        type_id=seen.case_type_id or "",
        name=seen.display_name or "",
        description=seen.description or "",
        type=seen.type or "TEXT",
        is_multi=bool(seen.is_multi),
        options=tuple(one.value for one in (seen.type_data and seen.type_data.options) or ()),
    )


def definitions(content: bytes) -> tuple[Definition, ...]:
    """The custom attributes that an answer lists, of whatever case types."""
    return listed(_DEFINITIONS, content, _definition, "a list of custom attributes")
