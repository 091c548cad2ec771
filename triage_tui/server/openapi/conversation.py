"""Comments, watchers, links and tickets."""

from __future__ import annotations

from triage_tui.server.openapi.operations import operation, parameter
from triage_tui.server.openapi.shapes import (
    Schema,
    choice,
    filled,
    flag,
    integer,
    listed,
    many,
    mapped,
    moment,
    one,
    pointer,
    record,
    ref,
    request,
    resource,
    text,
    uuid,
)

ENTITIES = ("CASE", "INCIDENT", "PAGE", "AGENT_CONVERSATION")
RELATIONSHIPS = (
    "RELATES_TO",
    "CAUSES",
    "BLOCKS",
    "DUPLICATES",
    "PARENT_OF",
    "SUCCESSOR_OF",
    "ESCALATES_TO",
)

_ENTITY_ID = filled("Of a case its id or its key.", maxLength=255)
_LINK = record(
    {
        "parent_entity_type": choice(ENTITIES),
        "parent_entity_id": _ENTITY_ID,
        "child_entity_type": choice(ENTITIES),
        "child_entity_id": _ENTITY_ID,
        "relationship": choice(RELATIONSHIPS),
    }
)

SCHEMAS: dict[str, Schema] = {
    "TimelineCell": resource(
        "timeline_cell",
        record(
            {
                "author": ref("Author"),
                "cell_content": record({"message": text()}),
                "content": text("The same as a text of JSON."),
                "created_at": moment(),
                "type": text("`COMMENT`."),
            },
            {"deleted_at": moment(), "modified_at": moment()},
        ),
    ),
    "TimelineResponse": many("TimelineCell"),
    "CaseCommentRequest": request("case", {"comment": filled("Markdown.")}),
    "CaseWatcher": resource("watcher", relationships=record({"user": pointer("user")})),
    "CaseWatchersResponse": record(
        {"data": listed(ref("CaseWatcher"))}, {"included": listed(ref("IncludedUser"))}
    ),
    "CaseLink": resource("link", _LINK),
    "CaseLinkResponse": one("CaseLink"),
    "CaseLinksResponse": many("CaseLink"),
    "CaseLinkCreateRequest": record(
        {"data": record({"type": choice(["link"]), "attributes": _LINK})}
    ),
    "JiraIssueCreateRequest": request(
        "issues",
        {"jira_account_id": filled(), "project_id": filled(), "issue_type_id": filled()},
        {"fields": mapped({})},
    ),
    "JiraIssueLinkRequest": request(
        "issues",
        {
            "jira_issue_url": text(
                "https://jira.example.com/browse/OPS-12",
                pattern=r"^https?://[a-z0-9.-]+/browse/[A-Z][A-Z0-9_]*-[1-9][0-9]*$",
            )
        },
    ),
    "ServiceNowTicketCreateRequest": request(
        "tickets", {"instance_name": filled()}, {"assignment_group": text()}
    ),
    "RelationshipToIncidentRequest": request("incidents", id=uuid()),
    "NotebookCreateRequest": request("notebook"),
}

_ONE_CASE = "/api/v2/cases/{case_id}"

PATHS: dict[str, dict[str, Schema]] = {
    f"{_ONE_CASE}/comment": {
        "post": operation(
            "CommentCase", "Comment on a case", answer="TimelineResponse", body="CaseCommentRequest"
        )
    },
    f"{_ONE_CASE}/comment/{{cell_id}}": {
        "put": operation(
            "UpdateCaseComment",
            "Change a comment",
            answer="TimelineResponse",
            body="CaseCommentRequest",
        ),
        "delete": operation("DeleteCaseComment", "Delete a comment", status=204),
    },
    f"{_ONE_CASE}/timelines": {
        "get": operation(
            "ListCaseTimeline",
            "List comments",
            answer="TimelineResponse",
            query=(
                parameter("page[size]", integer(minimum=1, maximum=100), "Page size."),
                parameter(
                    "page[number]",
                    integer(minimum=0, maximum=2**31 - 1),
                    "Number of the page, from 0.",
                ),
                parameter("sort[ascending]", flag(), "Whether the oldest comes first."),
            ),
        )
    },
    f"{_ONE_CASE}/watchers": {
        "get": operation("ListCaseWatchers", "List watchers", answer="CaseWatchersResponse")
    },
    f"{_ONE_CASE}/watchers/{{user_uuid}}": {
        "post": operation("WatchCase", "Let a user watch the case", status=201),
        "delete": operation("UnwatchCase", "Let a user watch it no more", status=204),
    },
    "/api/v2/cases/link": {
        "get": operation(
            "ListCaseLinks",
            "List the links of a case or of something else",
            answer="CaseLinksResponse",
            query=(
                parameter("entity_type", choice(ENTITIES), "What it is.", required=True),
                parameter("entity_id", filled(), "Its id.", required=True),
                parameter("relationship", choice(RELATIONSHIPS), "Only links of this kind."),
            ),
        ),
        "post": operation(
            "CreateCaseLink",
            "Link two things, one of them a case",
            answer="CaseLinkResponse",
            status=201,
            body="CaseLinkCreateRequest",
        ),
    },
    "/api/v2/cases/link/{link_id}": {
        "delete": operation("DeleteCaseLink", "Delete a link", status=204)
    },
    f"{_ONE_CASE}/relationships/jira_issues": {
        "post": operation(
            "CreateCaseJiraIssue",
            "Create a Jira issue; refused, as a local workspace has no Jira",
            status=202,
            body="JiraIssueCreateRequest",
        ),
        "patch": operation(
            "LinkJiraIssueToCase",
            "Link a Jira issue",
            status=204,
            body="JiraIssueLinkRequest",
            refused=(404, 409),
        ),
        "delete": operation("UnlinkJiraIssue", "Forget the Jira issue", status=204),
    },
    f"{_ONE_CASE}/relationships/servicenow_tickets": {
        "post": operation(
            "CreateCaseServiceNowTicket",
            "Create a ServiceNow ticket; refused, as a local workspace has no ServiceNow",
            status=202,
            body="ServiceNowTicketCreateRequest",
        )
    },
    f"{_ONE_CASE}/relationships/incidents": {
        "post": operation(
            "LinkIncident",
            "Link an incident",
            answer="CaseResponse",
            status=201,
            body="RelationshipToIncidentRequest",
        )
    },
    f"{_ONE_CASE}/relationships/notebook": {
        "post": operation(
            "CreateCaseNotebook",
            "Create a notebook; refused, as a local workspace has no notebooks",
            status=204,
            body="NotebookCreateRequest",
        )
    },
}
