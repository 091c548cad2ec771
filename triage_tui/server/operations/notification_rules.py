"""Whom to tell about what in a project. The rules are kept; nobody is told."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from triage_tui.query import parse
from triage_tui.server.bodies import Call, Fields
from triage_tui.server.operations.projects import check_project
from triage_tui.server.refusals import bad_request, not_found
from triage_tui.server.resources import Json
from triage_tui.server.rules import Data, typed
from triage_tui.server.service import Service, path_uuid
from triage_tui.server.tables import projects, records
from triage_tui.server.tables.records import NOTIFICATION_RULE, VIEW, Record

LIST_LIMIT = 100
"""Recipients, and triggers, that a rule may have."""

# Our choice: the documents say which data there are, not which of them are required.
_RECIPIENTS = {
    "EMAIL": Data(needed=[["email"]]),
    "HTTP": Data(needed=[["name"]]),
    "MS_TEAMS_CHANNEL": Data(
        optional=["team_id", "team_name", "tenant_id", "tenant_name"],
        needed=[["channel_id", "channel_name", "connector_name"]],
    ),
    "PAGERDUTY_SERVICE": Data(needed=[["service_name"]]),
    "SLACK_CHANNEL": Data(
        optional=["workspace", "workspace_id"], needed=[["channel", "channel_id"]]
    ),
}

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")

_TRIGGERS = {
    "CASE_CREATED": Data(),
    "STATUS_TRANSITIONED": Data(
        optional=["from_status", "from_status_name", "to_status", "to_status_name"]
    ),
    "ATTRIBUTE_VALUE_CHANGED": Data(
        optional=["change_type"],
        needed=[["field"]],
        values={"change_type": ("added", "removed", "changed")},
    ),
    "EVENT_CORRELATION_SIGNAL_CORRELATED": Data(),
}


def list_rules(service: Service, call: Call) -> Json:
    project_id = path_uuid(call, "project_id")
    with service.store.reading() as db:
        check_project(projects.exists(db, project_id))
        return {
            "data": [_rule(rule) for rule in records.of_project(db, NOTIFICATION_RULE, project_id)]
        }


def create_rule(service: Service, call: Call) -> Json:
    attributes = call.read(NOTIFICATION_RULE).attributes
    # Our choice: a rule is on unless it is said to be off.
    document = {"is_enabled": True, **_document(attributes)}
    if not ("recipients" in document and "triggers" in document):
        raise bad_request()
    rule = service.new_record(NOTIFICATION_RULE, document, project_id=path_uuid(call, "project_id"))
    with service.store.writing() as db:
        check_project(records.add(db, rule))
    return {"data": _rule(rule)}


def update_rule(service: Service, call: Call) -> None:
    """What the request does not name stays as it is."""
    given = _document(call.read(NOTIFICATION_RULE).attributes)
    project_id, rule_id = path_uuid(call, "project_id"), path_uuid(call, "notification_rule_id")
    by, now = service.caller(), service.now()
    with service.store.writing() as db:
        check_project(projects.exists(db, project_id))
        rule = records.in_project(db, NOTIFICATION_RULE, rule_id, project_id)
        if rule is None:
            raise not_found("notification rule")
        records.revise(db, rule, {**rule.document, **given}, by=by, now=now)


def delete_rule(service: Service, call: Call) -> None:
    """Views that were linked with the rule go without."""
    project_id, rule_id = path_uuid(call, "project_id"), path_uuid(call, "notification_rule_id")
    with service.store.writing() as db:
        check_project(projects.exists(db, project_id))
        if records.in_project(db, NOTIFICATION_RULE, rule_id, project_id) is None:
            raise not_found("notification rule")
        records.delete(db, NOTIFICATION_RULE, rule_id)
        for view in records.of_project(db, VIEW, project_id):
            if view.document.get("np_rule_id") == rule_id:
                document = {k: v for k, v in view.document.items() if k != "np_rule_id"}
                records.update(db, replace(view, document=document))


def _document(attributes: Fields) -> dict[str, Any]:
    """The attributes that a request names, checked."""
    found: dict[str, Any] = {}
    if attributes.has("is_enabled"):
        found["is_enabled"] = attributes.flag("is_enabled")
    if attributes.has("query"):
        found["query"] = attributes.text("query")
        parse(found["query"])
    for name, what, kinds in (
        ("recipients", "recipient type", _RECIPIENTS),
        ("triggers", "trigger type", _TRIGGERS),
    ):
        if attributes.has(name):
            items = attributes.objects(name)
            # Our choice: a rule without recipients or triggers would do nothing.
            if not 1 <= len(items) <= LIST_LIMIT:
                raise bad_request(f"give 1 to {LIST_LIMIT} {name}")
            found[name] = [typed(item, what, kinds) for item in items]
    for recipient in found.get("recipients", ()):
        if recipient["type"] == "EMAIL" and not _EMAIL.fullmatch(recipient["data"]["email"]):
            raise bad_request(f"{recipient['data']['email']} is not an e-mail address")
    return found


def _rule(rule: Record) -> Json:
    return {
        "id": rule.id,
        "type": NOTIFICATION_RULE,
        "attributes": dict(sorted(rule.document.items())),
    }
