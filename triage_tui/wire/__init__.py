"""JSON:API bodies to models, and what goes into requests. Nothing else here knows pydantic.

Answers are read leniently: fields may be missing, null or unheard of, and one resource that makes
no sense does not take its neighbours with it. What cannot be read at all is `Unreadable`.
"""

from __future__ import annotations

from triage_tui.models import Aggregate
from triage_tui.wire.body import Unreadable, cut_off, mended, parse, reasons
from triage_tui.wire.cases import case, case_page
from triage_tui.wire.counts import aggregate, facets
from triage_tui.wire.history import history
from triage_tui.wire.links import links, watchers
from triage_tui.wire.projects import (
    case_types,
    definitions,
    favorites,
    project,
    projects,
    view,
    views,
)
from triage_tui.wire.requests import (
    aggregate_body,
    case_body,
    custom_value,
    insights_body,
    link_body,
    new_case_body,
    project_body,
    view_body,
)
from triage_tui.wire.resources import Resource, Resources, resources
from triage_tui.wire.timeline import comment, timeline
from triage_tui.wire.users import user, users

__all__ = [
    "Aggregate",
    "Resource",
    "Resources",
    "Unreadable",
    "aggregate",
    "aggregate_body",
    "case",
    "case_body",
    "case_page",
    "case_types",
    "comment",
    "custom_value",
    "cut_off",
    "definitions",
    "facets",
    "favorites",
    "history",
    "insights_body",
    "link_body",
    "links",
    "mended",
    "new_case_body",
    "parse",
    "project",
    "project_body",
    "projects",
    "reasons",
    "resources",
    "timeline",
    "user",
    "users",
    "view",
    "view_body",
    "views",
    "watchers",
]
