"""Which request is answered by which operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from triage_tui.server.bodies import Call
from triage_tui.server.operations import (
    automation_rules,
    bulk,
    case_attributes,
    case_edits,
    case_types,
    cases,
    counts,
    custom_attributes,
    history,
    insights,
    links,
    maintenance_windows,
    notification_rules,
    projects,
    tickets,
    timeline,
    users,
    views,
    watchers,
)
from triage_tui.server.resources import Json
from triage_tui.server.service import Service


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API.

    Attributes:
        name: What the service's documents call it: "SearchCases".
        run: Returns the answer's document, None for an answer without a body.
        status: HTTP status code of success.
        users_api: The endpoint belongs to the Users API, whose answers are plain JSON and whose
            errors are texts.
    """

    name: str
    run: Callable[[Service, Call], Json | None]
    status: int = 200
    users_api: bool = False


ROUTES: Mapping[str, Mapping[str, Operation]] = {
    # In any order: fixed segments go before the variable ones that would take them too.
    "/api/v2/cases": {
        "GET": Operation("SearchCases", cases.search_cases),
        "POST": Operation("CreateCase", cases.create_case, status=201),
    },
    "/api/v2/cases/count": {"GET": Operation("CountCases", counts.count)},
    "/api/v2/cases/aggregate": {"POST": Operation("AggregateCases", counts.aggregate)},
    "/api/v2/cases/bulk": {"POST": Operation("BulkUpdateCases", bulk.bulk)},
    "/api/v2/cases/types": {
        "GET": Operation("GetAllCaseTypes", case_types.list_case_types),
        "POST": Operation("CreateCaseType", case_types.create_case_type, status=201),
    },
    "/api/v2/cases/types/{case_type_id}": {
        "PUT": Operation("UpdateCaseType", case_types.update_case_type),
        "DELETE": Operation("DeleteCaseType", case_types.delete_case_type, status=204),
    },
    "/api/v2/cases/types/custom_attributes": {
        "GET": Operation("GetAllCustomAttributes", custom_attributes.list_all),
    },
    "/api/v2/cases/types/{case_type_id}/custom_attributes": {
        "GET": Operation("GetAllCustomAttributeConfigsByCaseType", custom_attributes.list_of_type),
        "POST": Operation("CreateCustomAttributeConfig", custom_attributes.create, status=201),
    },
    "/api/v2/cases/types/{case_type_id}/custom_attributes/{custom_attribute_id}": {
        "PUT": Operation("UpdateCustomAttributeConfig", custom_attributes.update),
        "DELETE": Operation("DeleteCustomAttributeConfig", custom_attributes.delete, status=204),
    },
    "/api/v2/cases/projects": {
        "GET": Operation("GetProjects", projects.list_projects),
        "POST": Operation("CreateProject", projects.create_project, status=201),
    },
    "/api/v2/cases/projects/favorites": {
        "GET": Operation("ListUserCaseProjectFavorites", projects.list_favorites)
    },
    "/api/v2/cases/projects/{project_id}": {
        "GET": Operation("GetProject", projects.get_project),
        "PATCH": Operation("UpdateProject", projects.update_project),
        "DELETE": Operation("DeleteProject", projects.delete_project, status=204),
    },
    "/api/v2/cases/link": {
        "GET": Operation("ListCaseLinks", links.list_links),
        "POST": Operation("CreateCaseLink", links.create_link, status=201),
    },
    "/api/v2/cases/link/{link_id}": {
        "DELETE": Operation("DeleteCaseLink", links.delete_link, status=204)
    },
    "/api/v2/cases/projects/{project_id}/favorites": {
        "POST": Operation("FavoriteCaseProject", projects.add_favorite, status=204),
        "DELETE": Operation("UnfavoriteCaseProject", projects.remove_favorite, status=204),
    },
    "/api/v2/cases/projects/{project_id}/notification_rules": {
        "GET": Operation("GetProjectNotificationRules", notification_rules.list_rules),
        "POST": Operation(
            "CreateProjectNotificationRule", notification_rules.create_rule, status=201
        ),
    },
    "/api/v2/cases/projects/{project_id}/notification_rules/{notification_rule_id}": {
        "PUT": Operation(
            "UpdateProjectNotificationRule", notification_rules.update_rule, status=204
        ),
        "DELETE": Operation(
            "DeleteProjectNotificationRule", notification_rules.delete_rule, status=204
        ),
    },
    "/api/v2/cases/projects/{project_id}/rules": {
        "GET": Operation("ListCaseAutomationRules", automation_rules.list_rules),
        "POST": Operation("CreateCaseAutomationRule", automation_rules.create_rule, status=201),
    },
    "/api/v2/cases/projects/{project_id}/rules/{rule_id}": {
        "GET": Operation("GetCaseAutomationRule", automation_rules.get_rule),
        "PUT": Operation("UpdateCaseAutomationRule", automation_rules.update_rule),
        "DELETE": Operation("DeleteCaseAutomationRule", automation_rules.delete_rule, status=204),
    },
    "/api/v2/cases/projects/{project_id}/rules/{rule_id}/enable": {
        "POST": Operation("EnableCaseAutomationRule", automation_rules.enable_rule)
    },
    "/api/v2/cases/projects/{project_id}/rules/{rule_id}/disable": {
        "POST": Operation("DisableCaseAutomationRule", automation_rules.disable_rule)
    },
    "/api/v2/cases/views": {
        "GET": Operation("ListCaseViews", views.list_views),
        "POST": Operation("CreateCaseView", views.create_view, status=201),
    },
    "/api/v2/cases/views/{view_id}": {
        "GET": Operation("GetCaseView", views.get_view),
        "PUT": Operation("UpdateCaseView", views.update_view),
        "DELETE": Operation("DeleteCaseView", views.delete_view, status=204),
    },
    "/api/v2/maintenance_windows": {
        "GET": Operation("ListMaintenanceWindows", maintenance_windows.list_windows),
        "POST": Operation("CreateMaintenanceWindow", maintenance_windows.create_window, status=201),
    },
    "/api/v2/maintenance_windows/{maintenance_window_id}": {
        "PUT": Operation("UpdateMaintenanceWindow", maintenance_windows.update_window),
        "DELETE": Operation(
            "DeleteMaintenanceWindow", maintenance_windows.delete_window, status=204
        ),
    },
    "/api/v2/cases/{case_id}": {"GET": Operation("GetCase", cases.get_case)},
    "/api/v2/cases/{case_id}/status": {"POST": Operation("UpdateStatus", cases.set_status)},
    "/api/v2/cases/{case_id}/priority": {"POST": Operation("UpdatePriority", cases.set_priority)},
    "/api/v2/cases/{case_id}/assign": {"POST": Operation("AssignCase", cases.assign)},
    "/api/v2/cases/{case_id}/unassign": {"POST": Operation("UnassignCase", cases.unassign)},
    "/api/v2/cases/{case_id}/archive": {"POST": Operation("ArchiveCase", cases.archive)},
    "/api/v2/cases/{case_id}/unarchive": {"POST": Operation("UnarchiveCase", cases.unarchive)},
    "/api/v2/cases/{case_id}/title": {"POST": Operation("UpdateCaseTitle", case_edits.set_title)},
    "/api/v2/cases/{case_id}/description": {
        "POST": Operation("UpdateCaseDescription", case_edits.set_description)
    },
    "/api/v2/cases/{case_id}/attributes": {
        "POST": Operation("UpdateAttributes", case_attributes.set_attributes)
    },
    "/api/v2/cases/{case_id}/custom_attributes/{custom_attribute_key}": {
        "POST": Operation("UpdateCaseCustomAttribute", case_attributes.set_custom_attribute),
        "DELETE": Operation("DeleteCaseCustomAttribute", case_attributes.delete_custom_attribute),
    },
    "/api/v2/cases/{case_id}/due_date": {
        "POST": Operation("UpdateCaseDueDate", case_edits.set_due_date)
    },
    "/api/v2/cases/{case_id}/resolved_reason": {
        "POST": Operation("UpdateCaseResolvedReason", case_edits.set_resolved_reason)
    },
    "/api/v2/cases/{case_id}/relationships/project": {
        "PATCH": Operation("MoveCaseToProject", case_edits.move)
    },
    "/api/v2/cases/{case_id}/insights": {
        "PUT": Operation("AddCaseInsights", insights.add),
        "DELETE": Operation("RemoveCaseInsights", insights.remove),
    },
    "/api/v2/cases/{case_id}/comment": {"POST": Operation("CommentCase", timeline.comment)},
    "/api/v2/cases/{case_id}/comment/{cell_id}": {
        "PUT": Operation("UpdateCaseComment", timeline.edit_comment),
        "DELETE": Operation("DeleteCaseComment", timeline.delete_comment, status=204),
    },
    "/api/v2/cases/{case_id}/timelines": {"GET": Operation("ListCaseTimeline", timeline.timeline)},
    "/api/v2/cases/{case_id}/watchers": {
        "GET": Operation("ListCaseWatchers", watchers.list_watchers)
    },
    "/api/v2/cases/{case_id}/watchers/{user_uuid}": {
        "POST": Operation("WatchCase", watchers.watch, status=201),
        "DELETE": Operation("UnwatchCase", watchers.unwatch, status=204),
    },
    "/api/v2/cases/{case_id}/relationships/jira_issues": {
        "POST": Operation("CreateCaseJiraIssue", tickets.create_jira_issue, status=202),
        "PATCH": Operation("LinkJiraIssueToCase", tickets.link_jira_issue, status=204),
        "DELETE": Operation("UnlinkJiraIssue", tickets.unlink_jira_issue, status=204),
    },
    "/api/v2/cases/{case_id}/relationships/servicenow_tickets": {
        "POST": Operation(
            "CreateCaseServiceNowTicket", tickets.create_servicenow_ticket, status=202
        )
    },
    "/api/v2/cases/{case_id}/relationships/incidents": {
        "POST": Operation("LinkIncident", tickets.link_incident, status=201)
    },
    "/api/v2/cases/{case_id}/relationships/notebook": {
        "POST": Operation("CreateCaseNotebook", tickets.create_notebook, status=204)
    },
    "/local/history": {"GET": Operation("ListHistory", history.list_history)},
    "/api/v2/users": {
        "GET": Operation("ListUsers", users.list_users, users_api=True),
        "POST": Operation("CreateUser", users.create_user, status=201, users_api=True),
    },
    "/api/v2/users/{user_id}": {
        "GET": Operation("GetUser", users.get_user, users_api=True),
        "PATCH": Operation("UpdateUser", users.update_user, users_api=True),
        "DELETE": Operation("DisableUser", users.disable_user, status=204, users_api=True),
    },
    "/api/v2/users/{user_id}/permissions": {
        "GET": Operation("ListUserPermissions", users.list_permissions, users_api=True),
    },
    "/api/v2/current_user": {
        "GET": Operation("GetCurrentUser", users.current_user, users_api=True)
    },
}
