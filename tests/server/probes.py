"""Requests for every operation: one that works, one that is wrong, one about what is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.server.answers import NOWHERE, case_body
from tests.server.conftest import BOB, CELL, DISK, INVITED, OPS, SEC, UPGRADE
from triage_tui.models import CaseType

Json = dict[str, Any]

WRONG_ID = "not-a-uuid"

SECURITY_TYPE = CaseType("00000000-0000-0000-0000-000000000003", "Security", internal=True)
"""What has to be there as well: only its cases have a reason why they are resolved."""


@dataclass(frozen=True)
class Probe:
    """One request.

    Attributes:
        variables: What the path has in place of its variables, by name.
        host: Another name for the server than the right one.
    """

    method: str
    path: str
    variables: Mapping[str, str]
    query: str = ""
    body: Json | None = None
    host: str = ""

    @property
    def url(self) -> str:
        url = self.path.format_map(self.variables)
        return f"{url}?{self.query}" if self.query else url

    def about(self, **variables: str) -> Probe:
        """The same of another thing."""
        return replace(self, variables={**self.variables, **variables})


def data(kind: str, attributes: Json | None = None, **more: Any) -> Json:
    given = {"attributes": attributes} if attributes is not None else {}
    return {"data": {"type": kind, **given, **more}}


_EMAIL = {"type": "EMAIL", "data": {"email": "ops@example.com"}}
_INSIGHT = {"type": "MONITOR", "ref": "/monitors/1", "resource_id": "1"}
_NOTIFICATION: Json = {"recipients": [_EMAIL], "triggers": [{"type": "CASE_CREATED", "data": {}}]}
_RULE: Json = {
    "name": "Page somebody",
    "trigger": {"type": "CASE_CREATED", "data": {}},
    "action": {"type": "EXECUTE_WORKFLOW", "data": {"handle": "page"}},
}
_WINDOW: Json = {
    "name": "Upgrade",
    "query": "project:OPS",
    "start_at": "2026-12-01T08:00:00Z",
    "end_at": "2026-12-01T10:00:00Z",
}
_LINK: Json = {
    "parent_entity_type": "CASE",
    "parent_entity_id": DISK.id,
    "child_entity_type": "CASE",
    "child_entity_id": UPGRADE.id,
    "relationship": "BLOCKS",
}
_JIRA: Json = {"jira_account_id": "1", "project_id": "2", "issue_type_id": "3"}
_TEXT: Json = {"type": "TEXT", "is_multi": False, "value": "eu-west-1"}

PREPARED: tuple[tuple[str, str, Json], ...] = (
    # What has to be there besides the workspace of these tests: the variable that gets its id, the
    # path it is posted to, and the body; `$name` is the id of what came before.
    ("case_type_id", "/api/v2/cases/types", data("case_type", {"name": "Bug"})),
    (
        "custom_attribute_id",
        "/api/v2/cases/types/{case_type_id}/custom_attributes",
        data(
            "custom_attribute",
            {"key": "region", "display_name": "Region", "type": "TEXT", "is_multi": False},
        ),
    ),
    (
        "bug",
        "/api/v2/cases",
        data(
            "case",
            {"title": "Typo", "type_id": "$case_type_id"},
            relationships={"project": {"data": {"type": "project", "id": OPS.id}}},
        ),
    ),
    (
        "leak",
        "/api/v2/cases",
        data(
            "case",
            {"title": "Token in a log", "type_id": SECURITY_TYPE.id},
            relationships={"project": {"data": {"type": "project", "id": OPS.id}}},
        ),
    ),
    (
        "notification_rule_id",
        "/api/v2/cases/projects/{project_id}/notification_rules",
        data("notification_rule", _NOTIFICATION),
    ),
    ("rule_id", "/api/v2/cases/projects/{project_id}/rules", data("rule", _RULE)),
    (
        "view_id",
        "/api/v2/cases/views",
        data("view", {"name": "Mine", "query": "status:open", "project_id": OPS.id}),
    ),
    (
        "maintenance_window_id",
        "/api/v2/maintenance_windows",
        data("maintenance_window", _WINDOW),
    ),
    ("link_id", "/api/v2/cases/link", data("link", {**_LINK, "relationship": "CAUSES"})),
)

VARIABLES: Mapping[str, str] = {
    "case_id": DISK.id,
    "project_id": OPS.id,
    "user_id": BOB.id,
    "user_uuid": BOB.id,
    "cell_id": CELL.id,
    "custom_attribute_key": "region",
}

BODIES: Mapping[str, Json] = {
    "CreateCase": data(
        "case",
        {"title": "Slow checkout", "type_id": "00000000-0000-0000-0000-000000000001"},
        relationships={"project": {"data": {"type": "project", "id": OPS.id}}},
    ),
    "UpdateStatus": case_body(status="IN_PROGRESS"),
    "UpdatePriority": case_body(priority="P1"),
    "AssignCase": case_body(assignee_id=INVITED.id),
    "UnassignCase": data("case"),
    "ArchiveCase": data("case"),
    "UnarchiveCase": data("case"),
    "UpdateCaseTitle": case_body(title="Disk nearly full"),
    "UpdateCaseDescription": case_body(description="97 %"),
    "UpdateAttributes": case_body(attributes={"service": ["db"]}),
    "UpdateCaseCustomAttribute": data("case", _TEXT),
    "UpdateCaseDueDate": case_body(due_date="2026-12-31"),
    "UpdateCaseResolvedReason": case_body(security_resolved_reason="FALSE_POSITIVE"),
    "AddCaseInsights": case_body(insights=[_INSIGHT]),
    "RemoveCaseInsights": case_body(insights=[_INSIGHT]),
    "MoveCaseToProject": data("project", id=SEC.id),
    "AggregateCases": data(
        "aggregate", {"query_filter": "", "group_by": {"groups": ["status"], "limit": 5}}
    ),
    "BulkUpdateCases": data(
        "bulk",
        {"type": "priority", "case_ids": [DISK.id, "OPS-2"], "payload": {"priority": "P3"}},
    ),
    "CommentCase": case_body(comment="On it"),
    "UpdateCaseComment": case_body(comment="Done"),
    "CreateCaseLink": data("link", _LINK),
    "CreateCaseJiraIssue": data("issues", _JIRA),
    "LinkJiraIssueToCase": data(
        "issues", {"jira_issue_url": "https://jira.example.com/browse/OPS-12"}
    ),
    "CreateCaseServiceNowTicket": data("tickets", {"instance_name": "acme"}),
    "LinkIncident": data("incidents", id=NOWHERE),
    "CreateCaseNotebook": data("notebook"),
    "CreateProject": data("project", {"key": "NEW", "name": "New"}),
    "UpdateProject": data("project", {"name": "Operations and more"}),
    "CreateCaseView": data("view", {"name": "All", "query": "", "project_id": OPS.id}),
    "UpdateCaseView": data("view", {"name": "Ours"}),
    "CreateProjectNotificationRule": data("notification_rule", _NOTIFICATION),
    "UpdateProjectNotificationRule": data(
        "notification_rule", {**_NOTIFICATION, "is_enabled": False}
    ),
    "CreateCaseAutomationRule": data("rule", _RULE),
    "UpdateCaseAutomationRule": data("rule", {**_RULE, "name": "Call somebody"}),
    "CreateMaintenanceWindow": data("maintenance_window", _WINDOW),
    "UpdateMaintenanceWindow": data("maintenance_window", {"name": "Later"}),
    "CreateCaseType": data("case_type", {"name": "Defect", "emoji": "🐛"}),
    "UpdateCaseType": data("case_type", {"name": "Defect"}),
    "CreateCustomAttributeConfig": data(
        "custom_attribute",
        {"key": "size", "display_name": "Size", "type": "NUMBER", "is_multi": False},
    ),
    "UpdateCustomAttributeConfig": data("custom_attribute", {"display_name": "Where"}),
    "CreateUser": data("users", {"email": "eve@example.com", "name": "Eve"}),
    "UpdateUser": data("users", {"name": "Robert"}, id=BOB.id),
}

QUERIES: Mapping[str, str] = {
    "SearchCases": "filter=status:open&page[size]=2&sort[field]=priority",
    "CountCases": "query_filter=status:open&group_bys=priority,service&limit=3",
    "ListCaseLinks": f"entity_type=CASE&entity_id={DISK.id}",
    "ListCaseTimeline": "page[size]=1&sort[ascending]=true",
    "ListCaseViews": f"project_id={OPS.id}",
    "ListUsers": "filter=bob&sort=-name&page[size]=5",
    "ListHistory": f"case_id={DISK.id}",
}

WORKS: Mapping[str, Callable[[Probe], Probe]] = {
    "UpdateCaseCustomAttribute": lambda p: p.about(case_id=p.variables["bug"]),
    "DeleteCaseCustomAttribute": lambda p: p.about(case_id=p.variables["bug"]),
    "UpdateCaseResolvedReason": lambda p: p.about(case_id=p.variables["leak"]),
}

WRONG: Mapping[str, Callable[[Probe], Probe]] = {
    # Where there are more telling mistakes than a body or an id of the wrong kind.
    "SearchCases": lambda p: replace(p, query="filter=priority:P9"),
    "CountCases": lambda p: replace(p, query="limit=0"),
    "ListCaseLinks": lambda p: replace(p, query=f"entity_type=DOG&entity_id={DISK.id}"),
    "ListCaseTimeline": lambda p: replace(p, query="page[size]=0"),
    "ListCaseViews": lambda p: replace(p, query=""),
    "ListUsers": lambda p: replace(p, query="filter[status]=Gone"),
    "ListHistory": lambda p: replace(p, query="from=yesterday"),
    "UpdateStatus": lambda p: replace(p, body=case_body(status="DONE")),
    "UpdatePriority": lambda p: replace(p, body=case_body(priority="P9")),
    "AssignCase": lambda p: replace(p, body=case_body(assignee_id="bob")),
    "UpdateCaseTitle": lambda p: replace(p, body=case_body(title="")),
    "UpdateAttributes": lambda p: replace(p, body=case_body(attributes={"service": "db"})),
    "UpdateCaseCustomAttribute": lambda p: replace(p, body=data("case", {"type": "FLOAT"})),
    "UpdateCaseDueDate": lambda p: replace(p, body=case_body(due_date="31.12.2026")),
    "UpdateCaseResolvedReason": lambda p: p.about(case_id=DISK.id),
    "AddCaseInsights": lambda p: replace(p, body=case_body(insights=[])),
    "CommentCase": lambda p: replace(p, body=case_body(comment="")),
    "DeleteCaseComment": lambda p: p.about(cell_id=WRONG_ID),
    "WatchCase": lambda p: p.about(user_uuid=WRONG_ID),
    "UnwatchCase": lambda p: p.about(user_uuid=WRONG_ID),
    "DeleteCustomAttributeConfig": lambda p: p.about(custom_attribute_id=WRONG_ID),
    "CreateProject": lambda p: replace(p, body=data("project", {"key": "CASE", "name": "New"})),
    "CreateCaseView": lambda p: replace(
        p, body=data("view", {"name": "All", "query": "(", "project_id": OPS.id})
    ),
    "CreateCaseType": lambda p: replace(
        p, body=data("case_type", {"name": "Defect", "emoji": "bug"})
    ),
}

MISSING: Mapping[str, Callable[[Probe], Probe]] = {
    "CreateCase": lambda p: replace(
        p,
        body=data(
            "case",
            {"title": "Slow", "type_id": "00000000-0000-0000-0000-000000000001"},
            relationships={"project": {"data": {"type": "project", "id": NOWHERE}}},
        ),
    ),
    "AssignCase": lambda p: replace(p, body=case_body(assignee_id=NOWHERE)),
    "BulkUpdateCases": lambda p: replace(
        p, body=data("bulk", {"type": "archive", "case_ids": [DISK.id, "OPS-99"]})
    ),
    "MoveCaseToProject": lambda p: replace(p, body=data("project", id=NOWHERE)),
    "UpdateCaseCustomAttribute": lambda p: p.about(custom_attribute_key="shoe_size"),
    "DeleteCaseCustomAttribute": lambda p: p.about(custom_attribute_key="shoe_size"),
    "UpdateCaseComment": lambda p: p.about(cell_id=NOWHERE),
    "DeleteCaseComment": lambda p: p.about(cell_id=NOWHERE),
    "WatchCase": lambda p: p.about(user_uuid=NOWHERE),
    "ListCaseLinks": lambda p: replace(p, query=f"entity_type=CASE&entity_id={NOWHERE}"),
    "CreateCaseLink": lambda p: replace(
        p, body=data("link", {**_LINK, "child_entity_id": NOWHERE})
    ),
    "CreateProject": lambda p: replace(
        p,
        body=data("project", {"key": "NEW", "name": "New", "enabled_custom_case_types": [NOWHERE]}),
    ),
    "CreateCaseView": lambda p: replace(
        p, body=data("view", {"name": "All", "query": "", "project_id": NOWHERE})
    ),
    "ListCaseViews": lambda p: replace(p, query=f"project_id={NOWHERE}"),
    "UpdateProjectNotificationRule": lambda p: p.about(notification_rule_id=NOWHERE),
    "DeleteProjectNotificationRule": lambda p: p.about(notification_rule_id=NOWHERE),
    "GetCaseAutomationRule": lambda p: p.about(rule_id=NOWHERE),
    "UpdateCaseAutomationRule": lambda p: p.about(rule_id=NOWHERE),
    "DeleteCaseAutomationRule": lambda p: p.about(rule_id=NOWHERE),
    "EnableCaseAutomationRule": lambda p: p.about(rule_id=NOWHERE),
    "DisableCaseAutomationRule": lambda p: p.about(rule_id=NOWHERE),
    "UpdateUser": lambda p: replace(
        p.about(user_id=NOWHERE), body=data("users", {"name": "Nobody"}, id=NOWHERE)
    ),
    "ListHistory": lambda p: replace(p, query=f"case_id={NOWHERE}"),
}


_ANY_TEXT = ("case_id", "custom_attribute_key", "user_id")
"""Variables that may be any text: one that names nothing is not found."""


def working(name: str, method: str, path: str, variables: Mapping[str, str]) -> Probe:
    """The request that an operation answers with success."""
    probe = Probe(
        method,
        path,
        {**VARIABLES, **variables},
        QUERIES.get(name, ""),
        BODIES.get(name),
    )
    return WORKS.get(name, _same)(probe)


def wrong(name: str, probe: Probe) -> Probe:
    """A request that is answered with 400."""
    if name in WRONG:
        return WRONG[name](probe)
    if probe.body:
        return replace(probe, body={"data": {**probe.body["data"], "type": "dog"}})
    ids = [v for v in _variables(probe) if v not in _ANY_TEXT]
    if ids:
        return probe.about(**{ids[-1]: WRONG_ID})
    return replace(probe, host="evil.example")


def missing(name: str, probe: Probe) -> Probe | None:
    """A request about something that is not there; None if it is about nothing."""
    if name in MISSING:
        return MISSING[name](probe)
    if name in ("DeleteCaseType", "DeleteCustomAttributeConfig"):
        return None  # what is not there counts as deleted
    names = _variables(probe)
    return probe.about(**{names[0]: NOWHERE}) if names else None


def _variables(probe: Probe) -> list[str]:
    return [part[1:-1] for part in probe.path.split("/") if part.startswith("{")]


def _same(probe: Probe) -> Probe:
    return probe
