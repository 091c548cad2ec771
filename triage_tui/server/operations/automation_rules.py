"""What is to be done when something happens in a project. The rules are kept, not carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage_tui.server.bodies import Call, Fields
from triage_tui.server.operations.projects import check_project
from triage_tui.server.refusals import bad_request, not_found
from triage_tui.server.resources import Json, pointer, timestamp
from triage_tui.server.rules import Data, typed
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.tables import projects, records
from triage_tui.server.tables.records import AUTOMATION_RULE, Record

_STATES = ("ENABLED", "DISABLED")

_TRIGGERS = {
    "CASE_CREATED": Data(),
    "STATUS_TRANSITIONED": Data(optional=["from_status_name", "to_status_name"]),
    "ATTRIBUTE_VALUE_CHANGED": Data(
        optional=["change_type"],
        needed=[["field"]],
        values={"change_type": ("VALUE_ADDED", "VALUE_DELETED", "ANY_CHANGES")},
    ),
    "EVENT_CORRELATION_SIGNAL_CORRELATED": Data(),
    "CASE_REVIEW_APPROVED": Data(optional=["approval_type"]),
    "COMMENT_ADDED": Data(),
}

_ACTIONS = {
    "EXECUTE_WORKFLOW": Data(needed=[["handle"]]),
    "ASSIGN_AGENT": Data(needed=[["agent_type"], ["assigned_agent_id"]]),
}


def list_rules(service: Service, call: Call) -> Json:
    project_id = path_uuid(call, "project_id")
    with service.store.reading() as db:
        check_project(projects.exists(db, project_id))
        return {
            "data": [_rule(rule) for rule in records.of_project(db, AUTOMATION_RULE, project_id)]
        }


def create_rule(service: Service, call: Call) -> Json:
    # Our choice: a rule is on unless it is said to be off.
    document = {"state": "ENABLED", **_document(call.read(AUTOMATION_RULE).attributes)}
    rule = service.new_record(AUTOMATION_RULE, document, project_id=path_uuid(call, "project_id"))
    with service.store.writing() as db:
        check_project(records.add(db, rule))
    return {"data": _rule(rule)}


def get_rule(service: Service, call: Call) -> Json:
    project_id, rule_id = path_uuid(call, "project_id"), path_uuid(call, "rule_id")
    with service.store.reading() as db:
        check_project(projects.exists(db, project_id))
        rule = records.in_project(db, AUTOMATION_RULE, rule_id, project_id)
    if rule is None:
        raise not_found("rule")
    return {"data": _rule(rule)}


def update_rule(service: Service, call: Call) -> Json:
    """The rule is replaced, but for a state that is not named."""
    attributes = call.read(AUTOMATION_RULE).attributes
    # The documents allow a request without attributes: there is nothing to change then.
    return _revised(service, call, _document(attributes) if attributes.members else {})


def delete_rule(service: Service, call: Call) -> None:
    project_id, rule_id = path_uuid(call, "project_id"), path_uuid(call, "rule_id")
    with service.store.writing() as db:
        check_project(projects.exists(db, project_id))
        if records.in_project(db, AUTOMATION_RULE, rule_id, project_id) is None:
            raise not_found("rule")
        records.delete(db, AUTOMATION_RULE, rule_id)


def enable_rule(service: Service, call: Call) -> Json:
    return _revised(service, call, {"state": "ENABLED"})


def disable_rule(service: Service, call: Call) -> Json:
    return _revised(service, call, {"state": "DISABLED"})


def _revised(service: Service, call: Call, given: Mapping[str, Any]) -> Json:
    project_id, rule_id = path_uuid(call, "project_id"), path_uuid(call, "rule_id")
    by, now = service.caller(), service.now()
    with service.store.writing() as db:
        check_project(projects.exists(db, project_id))
        rule = records.in_project(db, AUTOMATION_RULE, rule_id, project_id)
        if rule is None:
            raise not_found("rule")
        rule = records.revise(db, rule, {**rule.document, **given}, by=by, now=now)
    return {"data": _rule(rule)}


def _document(attributes: Fields) -> dict[str, Any]:
    """The attributes of a request, checked."""
    found: dict[str, Any] = {"name": attributes.filled("name")}
    if attributes.has("state"):
        found["state"] = attributes.choice("state", "state", _STATES)
    action = attributes.object("action")
    if not (attributes.has("trigger") and action.has("data")):
        raise bad_request()
    found["trigger"] = typed(attributes.object("trigger"), "trigger type", _TRIGGERS)
    found["action"] = typed(action, "action type", _ACTIONS)
    return found


def _rule(rule: Record) -> Json:
    attributes: Json = {**rule.document, "created_at": timestamp(rule.created_at)}
    if rule.modified_at:
        attributes["modified_at"] = timestamp(rule.modified_at)
    people = (("created_by", rule.created_by), ("modified_by", rule.modified_by))
    return {
        "id": rule.id,
        "type": AUTOMATION_RULE,
        "attributes": dict(sorted(attributes.items())),
        "relationships": {name: pointer("user", user.id) for name, user in people if user},
    }
