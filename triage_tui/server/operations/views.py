"""Queries that the people of a project have given a name."""

from __future__ import annotations

import sqlite3

from triage_tui.query import parse
from triage_tui.server.bodies import Call, is_uuid
from triage_tui.server.operations.projects import check_project
from triage_tui.server.refusals import bad_parameter, bad_request, not_found
from triage_tui.server.resources import Json, pointer, timestamp
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.tables import projects, records
from triage_tui.server.tables.records import NOTIFICATION_RULE, VIEW, Record


# Our choice: a new project has no views. Those that the service shows in each of its projects are
# not known to be views of the API.
def list_views(service: Service, call: Call) -> Json:
    project_id = call.query.text("project_id")
    if not is_uuid(project_id):
        raise bad_parameter("project_id", "query", 'type "uuid"')
    with service.store.reading() as db:
        check_project(projects.exists(db, project_id.lower()))
        found = records.of_project(db, VIEW, project_id.lower())
    return {"data": [_view(view) for view in found]}


def create_view(service: Service, call: Call) -> Json:
    attributes = call.read(VIEW).attributes
    name, query = attributes.filled("name"), attributes.given("query")
    project_id, rule_id = attributes.uuid("project_id"), attributes.uuid("np_rule_id")
    if not project_id:
        raise bad_request()
    parse(query)
    document = {"name": name, "query": query}
    if rule_id:
        document["np_rule_id"] = rule_id
    view = service.new_record(VIEW, document, project_id=project_id)
    with service.store.writing() as db:
        check_project(records.add(db, view))
        _check_rule(db, rule_id, project_id)
    return {"data": _view(view)}


def get_view(service: Service, call: Call) -> Json:
    view_id = path_uuid(call, "view_id")
    with service.store.reading() as db:
        return {"data": _view(_found(records.get(db, VIEW, view_id)))}


def update_view(service: Service, call: Call) -> Json:
    """What the request does not name stays as it is."""
    attributes = call.read(VIEW).attributes
    given: dict[str, str] = {}
    if attributes.has("name"):
        given["name"] = attributes.filled("name")
    if attributes.has("query"):
        given["query"] = attributes.text("query")
        parse(given["query"])
    if attributes.has("np_rule_id"):
        given["np_rule_id"] = attributes.uuid("np_rule_id")
    view_id, by, now = path_uuid(call, "view_id"), service.caller(), service.now()
    with service.store.writing() as db:
        view = _found(records.get(db, VIEW, view_id))
        _check_rule(db, given.get("np_rule_id", ""), view.project_id)
        # Our choice: a view is taken away from its notification rule by naming "" as the rule.
        document = {**view.document, **given}
        if not document.get("np_rule_id"):
            document.pop("np_rule_id", None)
        view = records.revise(db, view, document, by=by, now=now)
    return {"data": _view(view)}


def delete_view(service: Service, call: Call) -> None:
    view_id = path_uuid(call, "view_id")
    with service.store.writing() as db:
        if not records.delete(db, VIEW, view_id):
            raise not_found("view")


def _found(view: Record | None) -> Record:
    if view is None:
        raise not_found("view")
    return view


def _check_rule(db: sqlite3.Connection, rule_id: str, project_id: str) -> None:
    """Refuse a notification rule that the project does not have; "" stands for no rule."""
    if rule_id and not records.in_project(db, NOTIFICATION_RULE, rule_id, project_id):
        raise not_found("notification rule")


def _view(view: Record) -> Json:
    attributes: Json = {**view.document, "created_at": timestamp(view.created_at)}
    if view.modified_at:
        attributes["modified_at"] = timestamp(view.modified_at)
    people = (("created_by", view.created_by), ("modified_by", view.modified_by))
    relationships: Json = {name: pointer("user", user.id) for name, user in people if user}
    relationships["project"] = pointer("project", view.project_id)
    return {
        "id": view.id,
        "type": VIEW,
        "attributes": dict(sorted(attributes.items())),
        "relationships": relationships,
    }
