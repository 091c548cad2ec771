"""Projects, which hold the cases, and which of them are somebody's favourites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from triage_tui.server import project_settings
from triage_tui.server.bodies import Call, Fields, is_uuid
from triage_tui.server.refusals import bad_request, not_found, refused
from triage_tui.server.resources import Json
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.store import KeyTaken
from triage_tui.server.tables import favorites, projects
from triage_tui.server.tables.projects import DetailedProject

_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9]{0,9}")

TYPES_LIMIT = 1000
"""Case types that may be enabled in a project."""


def list_projects(service: Service, call: Call) -> Json:
    with service.store.reading() as db:
        return {"data": [_project(found) for found in projects.all_of(db)]}


def create_project(service: Service, call: Call) -> Json:
    attributes = call.read("project").attributes
    key, name = attributes.filled("key"), attributes.filled("name")
    # Our choice: the documents give the length and the one forbidden key, not the letters.
    if not _PROJECT_KEY.fullmatch(key) or key == "CASE":
        raise bad_request(
            f'invalid key "{key}"; expected 1 to 10 of A-Z and 0-9, a letter first, not CASE'
        )
    details = _details(attributes)
    _check_types(service, details)
    try:
        project = service.store.create_project(
            key, name, by=service.caller(), now=service.now(), details=details
        )
    except KeyTaken:
        # Our choice: a key in use is a conflict.
        raise refused(HTTPStatus.CONFLICT, f"the project key {key} is in use") from None
    return {"data": _project(DetailedProject(project, details))}


def get_project(service: Service, call: Call) -> Json:
    project_id = path_uuid(call, "project_id")
    with service.store.reading() as db:
        found = projects.get(db, project_id)
    if found is None:
        raise not_found("project")
    return {"data": _project(found)}


def update_project(service: Service, call: Call) -> Json:
    attributes = call.read("project").attributes
    name = attributes.filled("name") if attributes.has("name") else ""
    details = _details(attributes)
    if columns := project_settings.columns(attributes):
        details["columns_config"] = columns
    settings = project_settings.settings(attributes)
    project_id = path_uuid(call, "project_id")
    _check_types(service, details)
    with service.store.writing() as db:
        seen = projects.get(db, project_id)
        if seen is None:
            raise not_found("failed to get project: project")
        if settings:
            # Our choice: a setting that is not named stays as it is.
            kept = seen.details.get("settings", {})
            details["settings"] = project_settings.merged(kept, settings)
        edited = DetailedProject(
            replace(seen.project, name=name or seen.project.name), {**seen.details, **details}
        )
        if edited != seen:
            projects.update(db, edited)
    return {"data": _project(edited)}


def delete_project(service: Service, call: Call) -> None:
    """Deletes the cases of the project too."""
    id = path_uuid(call, "project_id")
    if not service.store.delete_project(id, by=service.caller(), now=service.now()):
        raise not_found("project")


def list_favorites(service: Service, call: Call) -> Json:
    user = service.caller()
    with service.store.reading() as db:
        found = favorites.of_user(db, user.id)
    return {"data": [{"id": id, "type": "project_favorite"} for id in found]}


def add_favorite(service: Service, call: Call) -> None:
    project_id, user = path_uuid(call, "project_id"), service.caller()
    with service.store.writing() as db:
        check_project(projects.exists(db, project_id))
        favorites.add(db, user.id, project_id)


def remove_favorite(service: Service, call: Call) -> None:
    # Our choice: what is no favourite can be removed from them once more.
    project_id, user = path_uuid(call, "project_id"), service.caller()
    with service.store.writing() as db:
        check_project(projects.exists(db, project_id))
        favorites.remove(db, user.id, project_id)


def check_project(exists: bool) -> None:
    """Refuse what is asked about a project that does not exist."""
    if not exists:
        raise not_found("project")


def _details(attributes: Fields) -> dict[str, Any]:
    """What a request says about the case types and the team of a project."""
    details: dict[str, Any] = {}
    if attributes.has("enabled_custom_case_types"):
        types = attributes.texts("enabled_custom_case_types")
        if len(types) > TYPES_LIMIT or not all(is_uuid(text) for text in types):
            raise bad_request(
                f'error decoding attribute "enabled_custom_case_types": expected {TYPES_LIMIT} '
                'of type "uuid" at most'
            )
        details["enabled_custom_case_types"] = list(dict.fromkeys(t.lower() for t in types))
    if team := attributes.uuid("team_uuid"):
        details["team_uuid"] = team
    return details


def _check_types(service: Service, details: Mapping[str, Any]) -> None:
    # Our choice: a type may be enabled as long as the workspace knows it, deleted or not, so that
    # a client can send back the list that it got.
    if enabled := details.get("enabled_custom_case_types"):
        known = {case_type.id for case_type in service.store.case_types()}
        if not known.issuperset(enabled):
            raise not_found("case_type")


def _project(found: DetailedProject) -> Json:
    attributes: Json = {}
    for name in ("columns_config", "enabled_custom_case_types"):
        if found.details.get(name):
            attributes[name] = found.details[name]
    attributes |= {
        "key": found.project.key,
        "name": found.project.name,
        "restricted": found.project.restricted,
        "settings": project_settings.merged(
            project_settings.DEFAULT_SETTINGS, found.details.get("settings", {})
        ),
    }
    resource: Json = {"id": found.project.id, "type": "project", "attributes": attributes}
    if team := found.details.get("team_uuid"):
        # Our choice: there are no teams here that could have links of their own, so the link has
        # the id of its team.
        resource["relationships"] = {"member_team": {"data": [{"id": team, "type": "team_links"}]}}
    return resource
