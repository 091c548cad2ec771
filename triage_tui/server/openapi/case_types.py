"""Case types and the custom attributes that cases of a type may have."""

from __future__ import annotations

from triage_tui.server.openapi.cases import CUSTOM_TYPES
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
    record,
    ref,
    request,
    resource,
    text,
    uuid,
)

_GROUP = record({"status_options": listed(record({"name": filled()})), "default": filled()})
_MORE: dict[str, Schema] = {
    "description": text(),
    "emoji": text("One emoji."),
    "statuses_config": ref("StatusesConfig"),
}
_OPTIONS = record({}, {"options": listed(record({"value": text()}))})

SCHEMAS: dict[str, Schema] = {
    "StatusesConfig": record({"open": _GROUP, "in_progress": _GROUP, "closed": _GROUP}),
    "CaseType": resource(
        "case_type",
        record(
            {
                "name": text(),
                "description": text(),
                "emoji": text(),
                "internal": flag("One that every workspace has."),
                "statuses_config": ref("StatusesConfig"),
            },
            {"deleted_at": moment("Absent while it is in use.")},
        ),
    ),
    "CaseTypeResponse": one("CaseType"),
    "CaseTypesResponse": many("CaseType"),
    "CaseTypeCreateRequest": request("case_type", {"name": filled()}, _MORE),
    "CaseTypeUpdateRequest": request("case_type", optional={"name": filled(), **_MORE}),
    "CustomAttributeConfig": resource(
        "custom_attribute",
        record(
            {
                "case_type": text(),
                "case_type_id": uuid(),
                "display_name": text(),
                "is_multi": flag(),
                "key": text("Also the key in queries."),
                "type": choice(CUSTOM_TYPES),
            },
            {"description": text(), "map_from": text(), "type_data": _OPTIONS},
        ),
    ),
    "CustomAttributeConfigResponse": one("CustomAttributeConfig"),
    "CustomAttributeConfigsResponse": many("CustomAttributeConfig"),
    "CustomAttributeConfigCreateRequest": request(
        "custom_attribute",
        {
            "display_name": filled(),
            "key": text("Neither `.` nor `..`.", pattern="^[A-Za-z0-9_.-]{1,100}$"),
            "type": choice(CUSTOM_TYPES),
            "is_multi": flag(),
        },
        {"description": text()},
    ),
    "CustomAttributeConfigUpdateRequest": request(
        "custom_attribute",
        optional={
            "display_name": filled(),
            "description": text(),
            "type": choice(CUSTOM_TYPES),
            "type_data": _OPTIONS,
            "map_from": text(),
        },
    ),
}

_TYPES = "/api/v2/cases/types"

PATHS: dict[str, dict[str, Schema]] = {
    _TYPES: {
        "get": operation(
            "GetAllCaseTypes",
            "List case types, deleted ones too",
            answer="CaseTypesResponse",
            refused=(),
        ),
        "post": operation(
            "CreateCaseType",
            "Create a case type",
            answer="CaseTypeResponse",
            status=201,
            body="CaseTypeCreateRequest",
            refused=(),
        ),
    },
    f"{_TYPES}/{{case_type_id}}": {
        "put": operation(
            "UpdateCaseType",
            "Change a case type",
            answer="CaseTypeResponse",
            body="CaseTypeUpdateRequest",
            refused=(404, 409),
        ),
        "delete": operation(
            "DeleteCaseType", "Delete a case type; it stays listed", status=204, refused=()
        ),
    },
    f"{_TYPES}/custom_attributes": {
        "get": operation(
            "GetAllCustomAttributes",
            "List the custom attributes of all case types",
            answer="CustomAttributeConfigsResponse",
            refused=(),
        )
    },
    f"{_TYPES}/{{case_type_id}}/custom_attributes": {
        "get": operation(
            "GetAllCustomAttributeConfigsByCaseType",
            "List the custom attributes of a case type",
            answer="CustomAttributeConfigsResponse",
        ),
        "post": operation(
            "CreateCustomAttributeConfig",
            "Create a custom attribute",
            answer="CustomAttributeConfigResponse",
            status=201,
            body="CustomAttributeConfigCreateRequest",
            refused=(404, 409),
        ),
    },
    f"{_TYPES}/{{case_type_id}}/custom_attributes/{{custom_attribute_id}}": {
        "put": operation(
            "UpdateCustomAttributeConfig",
            "Change a custom attribute",
            answer="CustomAttributeConfigResponse",
            body="CustomAttributeConfigUpdateRequest",
        ),
        "delete": operation(
            "DeleteCustomAttributeConfig", "Delete a custom attribute", status=204, refused=()
        ),
    },
}
