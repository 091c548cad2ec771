"""Notification rules, automation rules and maintenance windows."""

from __future__ import annotations

from triage_tui.server.openapi.operations import operation
from triage_tui.server.openapi.shapes import (
    Schema,
    choice,
    filled,
    flag,
    listed,
    many,
    moment,
    one,
    pointer,
    record,
    ref,
    request,
    resource,
    text,
)

_NO_DATA: dict[str, Schema] = {}
_WHEN = text("A time with its zone.", format="date-time")


def _typed(
    kind: str, *needed: str, data: dict[str, Schema] = _NO_DATA, any_of: tuple[str, ...] = ()
) -> Schema:
    """A trigger, recipient or action of this type, and the data that go with it.

    Args:
        needed: Names of the data that have to be there.
        data: Those that may be there.
        any_of: Names of data of which one has to be there and not be blank.
    """
    members = record({name: filled() for name in needed}, data | _texts(*any_of))
    if any_of:
        filled_one = [{"required": [name], "properties": {name: filled()}} for name in any_of]
        members = {**members, "anyOf": filled_one}
    free = not needed and not any_of
    parts = {"data": members}
    required: dict[str, Schema] = {"type": choice([kind])}
    return record(required, parts) if free else record({**required, **parts})


def _texts(*names: str) -> dict[str, Schema]:
    return {name: text() for name in names}


_NOTIFICATION: dict[str, Schema] = {
    "recipients": listed(ref("NotificationRecipient"), minItems=1, maxItems=100),
    "triggers": listed(ref("NotificationTrigger"), minItems=1, maxItems=100),
}
_NOTIFICATION_MORE: dict[str, Schema] = {
    "is_enabled": flag(),
    "query": text("Which cases it is about."),
}
_RULE: dict[str, Schema] = {
    "name": filled(),
    "trigger": ref("AutomationTrigger"),
    "action": ref("AutomationAction"),
}
_STATE = choice(["ENABLED", "DISABLED"])

SCHEMAS: dict[str, Schema] = {
    "NotificationRecipient": {
        "anyOf": [
            record(
                {
                    "type": choice(["EMAIL"]),
                    "data": record({"email": text(pattern=r"^[^@\s]+@[^@\s]+$")}),
                }
            ),
            _typed("HTTP", "name"),
            _typed("PAGERDUTY_SERVICE", "service_name"),
            _typed(
                "SLACK_CHANNEL",
                data=_texts("workspace", "workspace_id"),
                any_of=("channel", "channel_id"),
            ),
            _typed(
                "MS_TEAMS_CHANNEL",
                data=_texts("team_id", "team_name", "tenant_id", "tenant_name"),
                any_of=("channel_id", "channel_name", "connector_name"),
            ),
        ]
    },
    "NotificationTrigger": {
        "anyOf": [
            _typed("CASE_CREATED"),
            _typed("EVENT_CORRELATION_SIGNAL_CORRELATED"),
            _typed(
                "STATUS_TRANSITIONED",
                data=_texts("from_status", "from_status_name", "to_status", "to_status_name"),
            ),
            _typed(
                "ATTRIBUTE_VALUE_CHANGED",
                "field",
                data={"change_type": choice(["added", "removed", "changed"])},
            ),
        ]
    },
    "CaseNotificationRule": resource(
        "notification_rule", record(_NOTIFICATION, _NOTIFICATION_MORE)
    ),
    "CaseNotificationRuleResponse": one("CaseNotificationRule"),
    "CaseNotificationRulesResponse": many("CaseNotificationRule"),
    "CaseNotificationRuleCreateRequest": request(
        "notification_rule", _NOTIFICATION, _NOTIFICATION_MORE
    ),
    "CaseNotificationRuleUpdateRequest": request(
        "notification_rule", optional={**_NOTIFICATION, **_NOTIFICATION_MORE}
    ),
    "AutomationTrigger": {
        "anyOf": [
            _typed("CASE_CREATED"),
            _typed("EVENT_CORRELATION_SIGNAL_CORRELATED"),
            _typed("COMMENT_ADDED"),
            _typed("CASE_REVIEW_APPROVED", data=_texts("approval_type")),
            _typed("STATUS_TRANSITIONED", data=_texts("from_status_name", "to_status_name")),
            _typed(
                "ATTRIBUTE_VALUE_CHANGED",
                "field",
                data={"change_type": choice(["VALUE_ADDED", "VALUE_DELETED", "ANY_CHANGES"])},
            ),
        ]
    },
    "AutomationAction": {
        "anyOf": [
            _typed("EXECUTE_WORKFLOW", "handle"),
            _typed("ASSIGN_AGENT", "agent_type", "assigned_agent_id"),
        ]
    },
    "AutomationRule": resource(
        "rule",
        record({**_RULE, "state": _STATE, "created_at": moment()}, {"modified_at": moment()}),
        record({"created_by": pointer("user")}, {"modified_by": pointer("user")}),
    ),
    "AutomationRuleResponse": one("AutomationRule"),
    "AutomationRulesResponse": many("AutomationRule"),
    "AutomationRuleCreateRequest": request("rule", _RULE, {"state": _STATE}),
    "AutomationRuleUpdateRequest": record(
        {
            "data": record(
                {"type": choice(["rule"])}, {"attributes": record(_RULE, {"state": _STATE})}
            )
        }
    ),
    "MaintenanceWindow": resource(
        "maintenance_window",
        record(
            {"name": text(), "query": text(), "start_at": moment(), "end_at": moment()},
            {"created_by": text(), "updated_by": text()},
        ),
    ),
    "MaintenanceWindowResponse": one("MaintenanceWindow"),
    "MaintenanceWindowsResponse": many("MaintenanceWindow"),
    "MaintenanceWindowCreateRequest": request(
        "maintenance_window",
        {"name": filled(), "query": text(), "start_at": _WHEN, "end_at": _WHEN},
    ),
    "MaintenanceWindowUpdateRequest": request(
        "maintenance_window",
        optional={"name": filled(), "query": text(), "start_at": _WHEN, "end_at": _WHEN},
    ),
}

_PROJECT = "/api/v2/cases/projects/{project_id}"
_WINDOWS = "/api/v2/maintenance_windows"

PATHS: dict[str, dict[str, Schema]] = {
    f"{_PROJECT}/notification_rules": {
        "get": operation(
            "GetProjectNotificationRules",
            "List the notification rules of a project",
            answer="CaseNotificationRulesResponse",
        ),
        "post": operation(
            "CreateProjectNotificationRule",
            "Create a notification rule",
            answer="CaseNotificationRuleResponse",
            status=201,
            body="CaseNotificationRuleCreateRequest",
        ),
    },
    f"{_PROJECT}/notification_rules/{{notification_rule_id}}": {
        "put": operation(
            "UpdateProjectNotificationRule",
            "Change a notification rule",
            status=204,
            body="CaseNotificationRuleUpdateRequest",
        ),
        "delete": operation(
            "DeleteProjectNotificationRule", "Delete a notification rule", status=204
        ),
    },
    f"{_PROJECT}/rules": {
        "get": operation(
            "ListCaseAutomationRules",
            "List the automation rules of a project",
            answer="AutomationRulesResponse",
        ),
        "post": operation(
            "CreateCaseAutomationRule",
            "Create an automation rule",
            answer="AutomationRuleResponse",
            status=201,
            body="AutomationRuleCreateRequest",
        ),
    },
    f"{_PROJECT}/rules/{{rule_id}}": {
        "get": operation(
            "GetCaseAutomationRule", "Get an automation rule", answer="AutomationRuleResponse"
        ),
        "put": operation(
            "UpdateCaseAutomationRule",
            "Change an automation rule",
            answer="AutomationRuleResponse",
            body="AutomationRuleUpdateRequest",
        ),
        "delete": operation("DeleteCaseAutomationRule", "Delete an automation rule", status=204),
    },
    f"{_PROJECT}/rules/{{rule_id}}/enable": {
        "post": operation(
            "EnableCaseAutomationRule",
            "Enable an automation rule",
            answer="AutomationRuleResponse",
        )
    },
    f"{_PROJECT}/rules/{{rule_id}}/disable": {
        "post": operation(
            "DisableCaseAutomationRule",
            "Disable an automation rule",
            answer="AutomationRuleResponse",
        )
    },
    _WINDOWS: {
        "get": operation(
            "ListMaintenanceWindows",
            "List maintenance windows",
            answer="MaintenanceWindowsResponse",
            refused=(),
        ),
        "post": operation(
            "CreateMaintenanceWindow",
            "Create a maintenance window",
            answer="MaintenanceWindowResponse",
            status=201,
            body="MaintenanceWindowCreateRequest",
            refused=(),
        ),
    },
    f"{_WINDOWS}/{{maintenance_window_id}}": {
        "put": operation(
            "UpdateMaintenanceWindow",
            "Change a maintenance window",
            answer="MaintenanceWindowResponse",
            body="MaintenanceWindowUpdateRequest",
        ),
        "delete": operation("DeleteMaintenanceWindow", "Delete a maintenance window", status=204),
    },
}
