"""Projects, which hold the cases."""

from __future__ import annotations

import re
from http import HTTPStatus

from triage_tui.server import resources
from triage_tui.server.bodies import Call
from triage_tui.server.refusals import bad_request, not_found, refused
from triage_tui.server.resources import Json
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.store import KeyTaken

_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9]{0,9}")


def list_projects(service: Service, call: Call) -> Json:
    return resources.projects_document(service.store.projects())


def create_project(service: Service, call: Call) -> Json:
    attributes = call.read("project").attributes
    key, name = attributes.filled("key"), attributes.filled("name")
    # Our choice: the documents give the length and the one forbidden key, not the letters.
    if not _PROJECT_KEY.fullmatch(key) or key == "CASE":
        raise bad_request(
            f'invalid key "{key}"; expected 1 to 10 of A-Z and 0-9, a letter first, not CASE'
        )
    try:
        project = service.store.create_project(key, name, by=service.caller(), now=service.now())
    except KeyTaken:
        # Our choice: a key in use is a conflict.
        raise refused(HTTPStatus.CONFLICT, f"the project key {key} is in use") from None
    return resources.project_document(project)


def get_project(service: Service, call: Call) -> Json:
    return resources.project_document(service.project(call))


def delete_project(service: Service, call: Call) -> None:
    """Deletes the cases of the project too."""
    if not service.store.delete_project(path_uuid(call, "project_id")):
        raise not_found("project")
