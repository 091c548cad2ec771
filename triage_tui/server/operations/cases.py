"""Finding, creating and reading cases, and the changes that the dashboard makes with one key."""

from __future__ import annotations

import sqlite3

from triage_tui.changes import Assign, SetArchived, SetPriority, SetStatus
from triage_tui.models import PRIORITIES, SORT_FIELDS, STANDARD_TYPE, Case, CaseType, NewCase
from triage_tui.query import parse
from triage_tui.server import resources
from triage_tui.server.bodies import Call, custom_values, is_uuid
from triage_tui.server.operations.case_attributes import check_values
from triage_tui.server.refusals import bad_request, not_found, not_one_of
from triage_tui.server.resources import Json
from triage_tui.server.service import Service, carried_out
from triage_tui.server.statuses import check_code, status_coded, status_named
from triage_tui.server.tables import case_types, cases, projects, users


def search_cases(service: Service, call: Call) -> Json:
    # Our choice: the documents say that pages start at 0, the recordings that they start at 1.
    number = max(1, call.query.integer("page[number]", 1))
    # Our choice: a size that cannot be had is refused, so that nobody takes a short page for the
    # last one.
    page = service.store.search(
        parse(call.query.text("filter")),
        number=number,
        size=call.query.integer("page[size]", 10, low=1, high=100),
        sort=call.query.choice("sort[field]", SORT_FIELDS, "created_at"),
        ascending=call.query.flag("sort[asc]"),
        now=service.now(),
    )
    return resources.search_document(page)


def create_case(service: Service, call: Call) -> Json:
    body = call.read("case")
    # Every relationship is checked for its type before any of them is looked up.
    project_id = body.related("project", "project")
    assignee_id = body.related("assignee", "user")
    title = body.attributes.filled("title")
    type_id = body.attributes.text("type_id")
    if not type_id and body.attributes.text("type") == "STANDARD":
        type_id = STANDARD_TYPE  # the older form, which named the built-in type
    priority = body.attributes.text("priority") or "NOT_DEFINED"
    check_priority(priority)
    values = custom_values(body.attributes)
    # Our choice: a case without a project would have no key, so it is asked for.
    if not (is_uuid(type_id) and is_uuid(project_id)):
        raise bad_request()
    if assignee_id and not is_uuid(assignee_id):
        raise bad_request()
    name = body.attributes.text("status_name")
    description = body.attributes.text("description")
    by, now = service.caller(), service.now()
    with service.store.writing() as db:
        if not projects.exists(db, project_id.lower()):
            raise not_found("project")
        case_type = case_types.get(db, type_id.lower())
        if case_type is None or case_type.deleted_at:
            raise not_found("case_type")
        check_values(db, case_type.id, values)
        assignee = users.get(db, assignee_id.lower()) if assignee_id else None
        if assignee_id and assignee is None:
            raise not_found("user")
        new = NewCase(
            title=title,
            project_id=project_id.lower(),
            type_id=case_type.id,
            priority=priority,
            description=description,
            assignee=assignee.user if assignee else None,
        )
        status = status_named(case_type, name) if name else None
        case = cases.create(db, new, by=by, at=now, status=status, custom_attributes=values)
    return resources.case_document(case)


def get_case(service: Service, call: Call) -> Json:
    return resources.case_document(service.case(call))


def set_status(service: Service, call: Call) -> Json:
    attributes = call.read("case").attributes
    name, code = attributes.text("status_name"), attributes.text("status")
    if not (name or code):
        raise bad_request()
    if not name:
        check_code(code)
    now = service.now()

    def edit(db: sqlite3.Connection, case: Case) -> Case:
        case_type = case_types.get(db, case.type_id) or CaseType(case.type_id, "")
        status = status_named(case_type, name) if name else status_coded(case_type, code, case)
        return carried_out(SetStatus(status), now)(db, case)

    return service.edited_at(call, edit, now=now)


def set_priority(service: Service, call: Call) -> Json:
    priority = call.read("case").attributes.text("priority")
    check_priority(priority)
    return service.changed(service.case(call), SetPriority(priority))


def assign(service: Service, call: Call) -> Json:
    user_id = call.read("case").attributes.text("assignee_id")
    if not is_uuid(user_id):
        raise bad_request()
    case = service.case(call)
    return service.changed(case, Assign(service.user(user_id)))


def unassign(service: Service, call: Call) -> Json:
    call.read("case")
    return service.changed(service.case(call), Assign(None))


def archive(service: Service, call: Call) -> Json:
    call.read("case")
    return service.changed(service.case(call), SetArchived(True))


def unarchive(service: Service, call: Call) -> Json:
    call.read("case")
    return service.changed(service.case(call), SetArchived(False))


def check_priority(priority: str) -> None:
    """Refuse what is no priority."""
    if priority not in PRIORITIES:
        raise not_one_of("priority", priority, PRIORITIES)
