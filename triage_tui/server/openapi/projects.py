"""Projects, favourites and views."""

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

_SYNC_PARTS = (
    "integration_incident",
    "integration_jira",
    "integration_monitor",
    "integration_on_call",
    "integration_service_now",
)
_NOTIFY = (
    "notify_on_case_assignment",
    "notify_on_case_closed",
    "notify_on_case_comment",
    "notify_on_case_comment_mention",
    "notify_on_case_priority_change",
    "notify_on_case_status_change",
    "notify_on_case_unassignment",
)
_TYPES = listed(uuid(), "Ids of the custom case types that the project uses.")

SCHEMAS: dict[str, Schema] = {
    "ProjectColumnsConfig": record(
        {},
        {
            "columns": listed(
                record(
                    {},
                    {
                        "type": text(),
                        "sort_field": text(),
                        "sort": record({}, {"ascending": flag(), "priority": integer()}),
                    },
                )
            )
        },
    ),
    "ProjectSettings": record(
        {},
        {
            "auto_close_inactive_cases": record(
                {}, {"enabled": flag(), "max_inactive_time_in_secs": integer()}
            ),
            "auto_transition_assigned_cases": record(
                {}, {"auto_transition_assigned_cases_on_self_assigned": flag()}
            ),
            "notification": record(
                {},
                {
                    "destinations": listed(integer("1 e-mail, 2 Slack, 3 in the application.")),
                    "enabled": flag(),
                    **{name: flag() for name in _NOTIFY},
                },
            ),
            **{name: mapped({}) for name in _SYNC_PARTS},
        },
    ),
    "Project": record(
        {
            "id": uuid(),
            "type": choice(["project"]),
            "attributes": record(
                {"key": text(), "name": text(), "restricted": flag()},
                {
                    "columns_config": ref("ProjectColumnsConfig"),
                    "enabled_custom_case_types": _TYPES,
                    "settings": ref("ProjectSettings"),
                },
            ),
        },
        {
            "relationships": record(
                {},
                {
                    "member_team": record(
                        {"data": listed(record({"id": text(), "type": choice(["team_links"])}))},
                        {"links": record({}, {"related": text()})},
                    ),
                    "member_user": record(
                        {"data": listed(record({"id": uuid(), "type": choice(["user"])}))}
                    ),
                },
            )
        },
    ),
    "ProjectResponse": one("Project"),
    "ProjectsResponse": many("Project"),
    "ProjectCreateRequest": request(
        "project",
        {
            "key": text("Never changes; not `CASE`.", pattern="^[A-Z][A-Z0-9]{0,9}$"),
            "name": filled(),
        },
        {"enabled_custom_case_types": _TYPES, "team_uuid": uuid()},
    ),
    "ProjectUpdateRequest": request(
        "project",
        optional={
            "name": filled(),
            "enabled_custom_case_types": _TYPES,
            "team_uuid": uuid(),
            "columns_config": ref("ProjectColumnsConfig"),
            "settings": ref("ProjectSettings"),
        },
    ),
    "ProjectFavorite": resource("project_favorite"),
    "ProjectFavoritesResponse": many("ProjectFavorite"),
    "CaseView": resource(
        "view",
        record(
            {"name": text(), "query": text(), "created_at": moment()},
            {"modified_at": moment(), "np_rule_id": uuid()},
        ),
        record(
            {"created_by": pointer("user"), "project": pointer("project")},
            {"modified_by": pointer("user")},
        ),
    ),
    "CaseViewResponse": one("CaseView"),
    "CaseViewsResponse": many("CaseView"),
    "CaseViewCreateRequest": request(
        "view",
        {"name": filled(), "query": text(), "project_id": uuid()},
        {"np_rule_id": uuid("A notification rule of the project.")},
    ),
    "CaseViewUpdateRequest": request(
        "view",
        optional={
            "name": filled(),
            "query": text(),
            "np_rule_id": {
                "anyOf": [uuid(), choice([""])],
                "description": 'A notification rule of the project; "" for none.',
            },
        },
    ),
}

PATHS: dict[str, dict[str, Schema]] = {
    "/api/v2/cases/projects": {
        "get": operation("GetProjects", "List projects", answer="ProjectsResponse", refused=()),
        "post": operation(
            "CreateProject",
            "Create a project",
            answer="ProjectResponse",
            status=201,
            body="ProjectCreateRequest",
            refused=(404, 409),
        ),
    },
    "/api/v2/cases/projects/{project_id}": {
        "get": operation("GetProject", "Get a project", answer="ProjectResponse"),
        "patch": operation(
            "UpdateProject",
            "Change a project",
            answer="ProjectResponse",
            body="ProjectUpdateRequest",
        ),
        "delete": operation("DeleteProject", "Delete a project and its cases for good", status=204),
    },
    "/api/v2/cases/projects/favorites": {
        "get": operation(
            "ListUserCaseProjectFavorites",
            "List the caller's favourite projects",
            answer="ProjectFavoritesResponse",
            refused=(),
        )
    },
    "/api/v2/cases/projects/{project_id}/favorites": {
        "post": operation("FavoriteCaseProject", "Make a project a favourite", status=204),
        "delete": operation("UnfavoriteCaseProject", "Make it a favourite no more", status=204),
    },
    "/api/v2/cases/views": {
        "get": operation(
            "ListCaseViews",
            "List the views of a project",
            answer="CaseViewsResponse",
            query=(parameter("project_id", uuid(), "The project.", required=True),),
        ),
        "post": operation(
            "CreateCaseView",
            "Create a view",
            answer="CaseViewResponse",
            status=201,
            body="CaseViewCreateRequest",
        ),
    },
    "/api/v2/cases/views/{view_id}": {
        "get": operation("GetCaseView", "Get a view", answer="CaseViewResponse"),
        "put": operation(
            "UpdateCaseView",
            "Change a view",
            answer="CaseViewResponse",
            body="CaseViewUpdateRequest",
        ),
        "delete": operation("DeleteCaseView", "Delete a view", status=204),
    },
}
