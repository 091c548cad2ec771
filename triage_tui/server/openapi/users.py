"""The Users API: who can be assigned, and who is calling."""

from __future__ import annotations

from triage_tui.server.openapi.operations import operation, parameter
from triage_tui.server.openapi.shapes import (
    Schema,
    choice,
    flag,
    integer,
    listed,
    nullable,
    record,
    ref,
    request,
    resource,
    text,
    uuid,
)

_TIME = text("In UTC, with +00:00.", format="date-time", pattern=r"\+00:00$")
_STATUSES = ("Active", "Pending", "Disabled")

SCHEMAS: dict[str, Schema] = {
    "User": resource(
        "users",
        record(
            {
                "allowed_login_methods": listed(text()),
                "created_at": _TIME,
                "disabled": flag(),
                "email": text(),
                "handle": text(),
                "icon": text(),
                "last_login_time": nullable(_TIME),
                "mfa_enabled": flag(),
                "modified_at": _TIME,
                "name": nullable(text()),
                "service_account": flag(),
                "status": choice(_STATUSES),
                "title": nullable(text()),
                "verified": flag(),
            }
        ),
        record(
            {},
            {
                "org": record({"data": record({"id": text(), "type": choice(["orgs"])})}),
                "roles": record(
                    {"data": listed(record({"id": text(), "type": choice(["roles"])}))}
                ),
            },
        ),
    ),
    "UserIncluded": record(
        {"id": text(), "type": choice(["orgs", "roles", "permissions"]), "attributes": {}},
        {"relationships": {}},
    ),
    "UserResponse": record({"data": ref("User")}, {"included": listed(ref("UserIncluded"))}),
    "UsersResponse": record(
        {
            "data": listed(ref("User"), maxItems=100),
            "meta": record(
                {
                    "page": record(
                        {
                            "total_count": integer(minimum=0),
                            "total_filtered_count": integer(minimum=0),
                        }
                    )
                }
            ),
        },
        {"included": listed(ref("UserIncluded"))},
    ),
    "Permission": resource(
        "permissions",
        record(
            {"name": text()},
            {
                "created": text(format="date-time"),
                "description": text(),
                "display_name": text(),
                "display_type": text(),
                "group_name": text(),
                "name_aliases": listed(text()),
                "restricted": flag(),
            },
        ),
        id=text(),
    ),
    "PermissionsResponse": record({"data": listed(ref("Permission"))}),
    "UserCreateRequest": request(
        "users",
        {"email": text(pattern=r"^[^@\s]+@[^@\s]+$")},
        {"name": text(), "title": text()},
    ),
    "UserUpdateRequest": request(
        "users",
        optional={
            "name": text(),
            "email": text(pattern=r"^[^@\s]+@[^@\s]+$"),
            "title": nullable(text()),
            "disabled": flag(),
        },
        id=uuid(),
    ),
}

PATHS: dict[str, dict[str, Schema]] = {
    "/api/v2/users": {
        "get": operation(
            "ListUsers",
            "List users",
            answer="UsersResponse",
            refused=(),
            users_api=True,
            query=(
                parameter("page[size]", integer(minimum=1, maximum=100, default=10), "Page size."),
                parameter(
                    "page[number]",
                    integer(minimum=0, maximum=2**31 - 1),
                    "Number of the page, from 0.",
                ),
                parameter(
                    "sort",
                    text(pattern="^-?(name|modified_at|user_count)$"),
                    "What to sort by; `-` before it for the greatest first.",
                ),
                parameter("sort_dir", choice(["asc", "desc"]), "Which end comes first."),
                parameter("filter", text(), "Part of a name, a handle or an e-mail address."),
                parameter(
                    "filter[status]", text(), "Statuses, with commas between: Active,Pending."
                ),
            ),
        ),
        "post": operation(
            "CreateUser",
            "Create a user",
            answer="UserResponse",
            status=201,
            body="UserCreateRequest",
            refused=(409,),
            users_api=True,
        ),
    },
    "/api/v2/users/{user_id}": {
        "get": operation("GetUser", "Get a user", answer="UserResponse", users_api=True),
        "patch": operation(
            "UpdateUser",
            "Change a user",
            answer="UserResponse",
            body="UserUpdateRequest",
            refused=(404, 409, 422),
            users_api=True,
        ),
        "delete": operation("DisableUser", "Disable a user", status=204, users_api=True),
    },
    "/api/v2/users/{user_id}/permissions": {
        "get": operation(
            "ListUserPermissions",
            "List what a user may do",
            answer="PermissionsResponse",
            users_api=True,
        )
    },
    "/api/v2/current_user": {
        "get": operation(
            "GetCurrentUser", "Who is calling", answer="UserResponse", refused=(), users_api=True
        )
    },
}
