"""Cases: search, one case, and what changes it."""

from __future__ import annotations

from triage_tui.server.openapi.operations import operation, parameter
from triage_tui.server.openapi.shapes import (
    Schema,
    choice,
    filled,
    flag,
    integer,
    listed,
    mapped,
    moment,
    nullable,
    number,
    one,
    pointer,
    record,
    ref,
    request,
    resource,
    text,
    uuid,
    with_one_of,
)

PRIORITIES = ("NOT_DEFINED", "P1", "P2", "P3", "P4", "P5")
STATUSES = (
    "OPEN",
    "NOT_STARTED",
    "IN_PROGRESS",
    "ACKNOWLEDGED",
    "TRIGGERED",
    "PENDING_APPROVAL",
    "APPROVED",
    "IMPLEMENTING",
    "CLOSED",
    "RESOLVED",
    "COMPLETED",
    "CANCELLED",
    "DECLINED",
    "SUNKNOWN",
)
INSIGHTS = (
    "SECURITY_SIGNAL",
    "MONITOR",
    "EVENT_CORRELATION",
    "ERROR_TRACKING",
    "CLOUD_COST_RECOMMENDATION",
    "INCIDENT",
    "SENSITIVE_DATA_SCANNER_ISSUE",
    "EVENT",
    "WATCHDOG_STORY",
    "WIDGET",
    "SECURITY_FINDING",
    "INSIGHT_SCORECARD_CAMPAIGN",
    "RESOURCE_POLICY",
    "APM_RECOMMENDATION",
    "SCM_URL",
    "PROFILING_DOWNSIZING_EXPERIMENT",
)
BULK_ACTIONS = (
    "priority",
    "status",
    "assign",
    "unassign",
    "archive",
    "unarchive",
    "jira",
    "servicenow",
    "linear",
    "update_project",
)
CUSTOM_TYPES = ("URL", "TEXT", "NUMBER", "SELECT")

_QUERY = text("Query, for example `status:open (team:web OR team:api)`.")
_ASSIGNEE = record({"data": record({"type": choice(["user"]), "id": uuid()})})
_INTO_PROJECT = record({"data": record({"type": choice(["project"]), "id": uuid()})})


def _custom_value(types: tuple[str, ...], is_multi: bool, value: Schema) -> Schema:
    multi: Schema = {"type": "boolean", "const": is_multi}
    return record({"type": choice(types), "is_multi": multi, "value": value})


SCHEMAS: dict[str, Schema] = {
    "CustomAttributeValue": {
        "anyOf": [
            _custom_value(("URL", "TEXT", "SELECT"), False, text()),
            _custom_value(("URL", "TEXT", "SELECT"), True, listed(text())),
            _custom_value(("NUMBER",), False, number()),
            _custom_value(("NUMBER",), True, listed(number())),
        ]
    },
    "CaseInsight": record({"type": choice(INSIGHTS), "ref": filled(), "resource_id": filled()}),
    "JiraIssue": record(
        {"status": choice(["IN_PROGRESS", "COMPLETED", "FAILED"])},
        {
            "result": record(
                {},
                {
                    "account_id": text(),
                    "issue_id": text(),
                    "issue_key": text(),
                    "issue_url": text(),
                    "project_key": text(),
                },
            )
        },
    ),
    "ServiceNowTicket": record(
        {"status": choice(["IN_PROGRESS", "COMPLETED", "FAILED"])},
        {"result": record({}, {"sys_target_link": text()})},
    ),
    "Author": record(
        {
            "type": choice(["USER"]),
            "content": record(
                {"ID": text(), "active": flag(), "email": text(), "handle": text(), "name": text()}
            ),
        }
    ),
    "IncludedUser": resource(
        "user",
        record({"active": flag(), "email": text(), "handle": text(), "name": text()}),
        id=text(),
    ),
    "CaseAttributes": record(
        {
            "attributes": mapped(listed(text())),
            "comment_count": integer("Counted in searches only, else 0.", minimum=0),
            "created_at": moment(),
            "creation_source": text(),
            "custom_attributes": mapped(ref("CustomAttributeValue")),
            "description": text(),
            "insights": listed(ref("CaseInsight")),
            "internal_id": uuid("The id of the case."),
            "key": text("Changes when the case moves to another project."),
            "merge_status": text(),
            "priority": choice(PRIORITIES),
            "public_id": text(),
            "status": choice(STATUSES),
            "status_group": choice(["SG_OPEN", "SG_IN_PROGRESS", "SG_CLOSED"]),
            "status_name": text(),
            "title": text(),
            "type": text("`STANDARD`; `TUNKNOWN` for custom case types."),
            "type_id": uuid(),
        },
        {
            "archived_at": moment(),
            "closed_at": moment(),
            "created_by_author": ref("Author"),
            "due_date": text(format="date"),
            "jira_issue": ref("JiraIssue"),
            "modified_at": moment("Absent until the first change."),
            "security_resolved_reason": text(),
            "service_now_ticket": ref("ServiceNowTicket"),
        },
    ),
    "Case": resource(
        "case",
        ref("CaseAttributes"),
        record(
            {"project": pointer("project")},
            {
                "assignee": pointer("user"),
                "created_by": pointer("user"),
                "modified_by": pointer("user"),
            },
        ),
    ),
    "CaseResponse": record({"data": ref("Case"), "included": listed(ref("IncludedUser"))}),
    "CasesResponse": record(
        {
            "data": listed(ref("Case"), maxItems=100),
            "included": listed(ref("IncludedUser")),
            "meta": record(
                {
                    "page": record(
                        {
                            "current": integer("Number of this page, from 1.", minimum=1),
                            "size": integer("Cases on this page.", minimum=0),
                            "total": integer("Pages.", minimum=0),
                        }
                    ),
                    "total_cases": integer(minimum=0),
                }
            ),
        }
    ),
    "CaseCountResponse": one("CaseCount"),
    "CaseCount": resource(
        "count",
        record(
            {
                "groups": listed(
                    record(
                        {
                            "group": text("Name of the field."),
                            "group_values": listed(
                                record({"value": text(), "count": integer(minimum=0)})
                            ),
                        }
                    )
                ),
                "total": integer(minimum=0),
            }
        ),
        id=text(),
    ),
    "CaseAggregateResponse": one("CaseAggregate"),
    "CaseAggregate": resource(
        "aggregate",
        record(
            {
                "groups": listed(
                    record({"group": text("A value of the field."), "value": listed(number())})
                ),
                "total": number(),
            }
        ),
        id=text(),
    ),
    "CaseCreateRequest": record(
        {
            "data": record(
                {
                    "type": choice(["case"]),
                    "attributes": with_one_of(
                        record(
                            {"title": filled()},
                            {
                                "type_id": uuid("Id of the case type."),
                                "type": choice(
                                    ["STANDARD"], "The older way to name that case type."
                                ),
                                "priority": choice(PRIORITIES),
                                "description": text(),
                                "status_name": text("A status of the case type."),
                                "custom_attributes": mapped(ref("CustomAttributeValue")),
                            },
                        ),
                        "type_id",
                        "type",
                    ),
                    "relationships": record({"project": _INTO_PROJECT}, {"assignee": _ASSIGNEE}),
                }
            )
        }
    ),
    "CaseEmptyRequest": request("case"),
    "CaseUpdateStatusRequest": record(
        {
            "data": record(
                {
                    "type": choice(["case"]),
                    "attributes": with_one_of(
                        record(
                            {},
                            {
                                "status": choice(STATUSES),
                                "status_name": text("A status of the case type."),
                            },
                        ),
                        "status",
                        "status_name",
                    ),
                }
            )
        }
    ),
    "CaseUpdatePriorityRequest": request("case", {"priority": choice(PRIORITIES)}),
    "CaseAssignRequest": request("case", {"assignee_id": uuid()}),
    "CaseUpdateTitleRequest": request("case", {"title": filled()}),
    "CaseUpdateDescriptionRequest": request("case", {"description": text()}),
    "CaseUpdateAttributesRequest": request("case", {"attributes": mapped(listed(text()))}),
    "CaseUpdateCustomAttributeRequest": record(
        {"data": record({"type": choice(["case"]), "attributes": ref("CustomAttributeValue")})}
    ),
    "CaseUpdateDueDateRequest": request(
        "case", {"due_date": nullable(text("Null takes it away.", format="date"))}
    ),
    "CaseUpdateResolvedReasonRequest": request("case", {"security_resolved_reason": filled()}),
    "CaseInsightsRequest": request(
        "case", {"insights": listed(ref("CaseInsight"), minItems=1, maxItems=100)}
    ),
    "ProjectRelationship": _INTO_PROJECT,
    "CaseAggregateRequest": request(
        "aggregate",
        {
            "query_filter": _QUERY,
            "group_by": record(
                {"groups": listed(filled()), "limit": integer(minimum=1, maximum=1000)}
            ),
        },
    ),
    "CaseBulkUpdateRequest": request(
        "bulk",
        {
            "type": choice(BULK_ACTIONS),
            "case_ids": listed(filled("Id or key of a case."), minItems=1, maxItems=10_000),
        },
        {"payload": mapped(text(), "What the action needs: `priority`, `assignee_id` ...")},
    ),
}

_ONE_CASE = "/api/v2/cases/{case_id}"


def _edit(name: str, summary: str, body: str = "CaseEmptyRequest") -> Schema:
    return operation(name, summary, answer="CaseResponse", body=body)


PATHS: dict[str, dict[str, Schema]] = {
    "/api/v2/cases": {
        "get": operation(
            "SearchCases",
            "Search cases",
            answer="CasesResponse",
            refused=(),
            query=(
                parameter("page[size]", integer(minimum=1, maximum=100, default=10), "Page size."),
                parameter(
                    "page[number]",
                    integer(minimum=0, maximum=2**31 - 1),
                    "Number of the page, from 1.",
                ),
                parameter(
                    "sort[field]",
                    choice(["created_at", "priority", "status"]),
                    "What to sort by.",
                ),
                parameter("sort[asc]", flag(), "Whether the least comes first."),
                parameter("filter", _QUERY, "Which cases; all but archived ones by default."),
            ),
        ),
        "post": operation(
            "CreateCase",
            "Create a case",
            answer="CaseResponse",
            status=201,
            body="CaseCreateRequest",
        ),
    },
    "/api/v2/cases/count": {
        "get": operation(
            "CountCases",
            "Count cases by the values of fields",
            answer="CaseCountResponse",
            refused=(),
            query=(
                parameter("query_filter", _QUERY, "Which cases."),
                parameter("group_bys", text(), "Names of fields, with commas between them."),
                parameter("limit", integer(minimum=1, maximum=1000), "Values for each field."),
            ),
        )
    },
    "/api/v2/cases/aggregate": {
        "post": operation(
            "AggregateCases",
            "Count cases by combinations of values",
            answer="CaseAggregateResponse",
            body="CaseAggregateRequest",
            refused=(),
        )
    },
    "/api/v2/cases/bulk": {
        "post": operation(
            "BulkUpdateCases", "Change many cases at once", body="CaseBulkUpdateRequest"
        )
    },
    _ONE_CASE: {"get": operation("GetCase", "Get a case", answer="CaseResponse")},
    f"{_ONE_CASE}/status": {
        "post": _edit("UpdateStatus", "Set the status", "CaseUpdateStatusRequest")
    },
    f"{_ONE_CASE}/priority": {
        "post": _edit("UpdatePriority", "Set the priority", "CaseUpdatePriorityRequest")
    },
    f"{_ONE_CASE}/assign": {
        "post": _edit("AssignCase", "Assign the case to a user", "CaseAssignRequest")
    },
    f"{_ONE_CASE}/unassign": {"post": _edit("UnassignCase", "Leave the case to nobody")},
    f"{_ONE_CASE}/archive": {"post": _edit("ArchiveCase", "Take the case out of searches")},
    f"{_ONE_CASE}/unarchive": {"post": _edit("UnarchiveCase", "Bring the case back")},
    f"{_ONE_CASE}/title": {"post": _edit("UpdateCaseTitle", "Set it", "CaseUpdateTitleRequest")},
    f"{_ONE_CASE}/description": {
        "post": _edit(
            "UpdateCaseDescription", "Set the description", "CaseUpdateDescriptionRequest"
        )
    },
    f"{_ONE_CASE}/attributes": {
        "post": _edit("UpdateAttributes", "Set attributes", "CaseUpdateAttributesRequest")
    },
    f"{_ONE_CASE}/custom_attributes/{{custom_attribute_key}}": {
        "post": _edit(
            "UpdateCaseCustomAttribute",
            "Set a custom attribute",
            "CaseUpdateCustomAttributeRequest",
        ),
        "delete": operation(
            "DeleteCaseCustomAttribute", "Remove a custom attribute", answer="CaseResponse"
        ),
    },
    f"{_ONE_CASE}/due_date": {
        "post": _edit("UpdateCaseDueDate", "Set the due date", "CaseUpdateDueDateRequest")
    },
    f"{_ONE_CASE}/resolved_reason": {
        "post": _edit(
            "UpdateCaseResolvedReason",
            "Say why a security case is resolved",
            "CaseUpdateResolvedReasonRequest",
        )
    },
    f"{_ONE_CASE}/insights": {
        "put": _edit("AddCaseInsights", "Add insights", "CaseInsightsRequest"),
        "delete": _edit("RemoveCaseInsights", "Remove insights", "CaseInsightsRequest"),
    },
    f"{_ONE_CASE}/relationships/project": {
        "patch": _edit(
            "MoveCaseToProject",
            "Move the case to a project, where it gets another key",
            "ProjectRelationship",
        )
    },
}
