"""One change of many cases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime

from triage_tui.changes import Assign, Change, SetArchived, SetPriority, SetStatus
from triage_tui.models import Case, CaseType
from triage_tui.server.bodies import Call, Fields, is_uuid
from triage_tui.server.operations.cases import check_priority
from triage_tui.server.refusals import Refused, bad_request, not_found, not_one_of
from triage_tui.server.service import Edit, Service, carried_out
from triage_tui.server.statuses import check_code, status_coded, status_named
from triage_tui.server.tables import case_types, cases

IDS_LIMIT = 10_000
"""Cases that one request may change."""

Maker = Callable[[Service, Fields, datetime], Edit]
"""Takes the payload, and when the change is made; returns what it does to a case."""


def bulk(service: Service, call: Call) -> None:
    """Changes all of the cases or none."""
    attributes = call.read("bulk").attributes
    kind = attributes.text("type")
    if kind not in _EDITS:
        raise not_one_of("type", kind, _EDITS)
    # Our choice: nobody has said how many cases may be given. One that is given twice counts once.
    named = list(dict.fromkeys(attributes.texts("case_ids")))
    if not 1 <= len(named) <= IDS_LIMIT:
        raise bad_request(f"give 1 to {IDS_LIMIT} case_ids")
    by, now = service.caller(), service.now()
    edit = _EDITS[kind](service, attributes.object("payload"), now)
    # Our choice: nobody has said what a failure half way leaves behind. Here it is nothing, so
    # that the request can be mended and sent again.
    with service.store.writing() as db:
        try:
            seen = cases.find_all(db, named)
        except cases.NoSuchCase as error:
            raise Refused(
                404,
                code="resource_not_found",
                title="case not found",
                meta={"case_id": error.named},
            ) from None
        cases.change(db, seen, lambda case: edit(db, case), by=by, at=now)


def _priority(service: Service, payload: Fields, now: datetime) -> Edit:
    priority = payload.text("priority")
    check_priority(priority)
    return carried_out(SetPriority(priority), now)


def _status(service: Service, payload: Fields, now: datetime) -> Edit:
    # Our choice: the documents name no key; both are taken that setting one status takes.
    name, code = payload.text("status_name"), payload.text("status")
    if not (name or code):
        raise bad_request()
    if not name:
        check_code(code)
    types: dict[str, CaseType] = {}

    def edit(db: sqlite3.Connection, case: Case) -> Case:
        if case.type_id not in types:
            found = case_types.get(db, case.type_id)
            types[case.type_id] = found or CaseType(case.type_id, "")
        kind = types[case.type_id]
        status = status_named(kind, name) if name else status_coded(kind, code, case)
        return carried_out(SetStatus(status), now)(db, case)

    return edit


def _assign(service: Service, payload: Fields, now: datetime) -> Edit:
    user_id = payload.text("assignee_id")
    if not is_uuid(user_id):
        raise bad_request()
    return carried_out(Assign(service.user(user_id)), now)


def _always(change: Change) -> Maker:
    return lambda service, payload, now: carried_out(change, now)


def _move(service: Service, payload: Fields, now: datetime) -> Edit:
    # Our choice: the documents do not name the key.
    project_id = payload.text("project_id").lower()
    if not is_uuid(project_id):
        raise bad_request()

    def edit(db: sqlite3.Connection, case: Case) -> Case:
        moved = cases.moved(db, case, project_id)
        if moved is None:
            raise not_found("project")
        return moved

    return edit


def _not_connected(system: str) -> Maker:
    def refuse(service: Service, payload: Fields, now: datetime) -> Edit:
        raise bad_request(f"this workspace is not connected to {system}: nothing was created there")

    return refuse


_EDITS: Mapping[str, Maker] = {
    "priority": _priority,
    "status": _status,
    "assign": _assign,
    "unassign": _always(Assign(None)),
    "archive": _always(SetArchived(True)),
    "unarchive": _always(SetArchived(False)),
    "jira": _not_connected("Jira"),
    "servicenow": _not_connected("ServiceNow"),
    "linear": _not_connected("Linear"),
    "update_project": _move,
}
