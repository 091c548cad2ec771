"""What this server offers beside the API of the service."""

from __future__ import annotations

from triage_tui.server.openapi.operations import PLAIN_MEDIA_TYPE, operation, parameter
from triage_tui.server.openapi.shapes import (
    Schema,
    choice,
    integer,
    listed,
    mapped,
    moment,
    pointer,
    record,
    ref,
    resource,
    text,
)

SCHEMAS: dict[str, Schema] = {
    "HistoryEntry": resource(
        "history_entry",
        record(
            {"at": moment(), "field": text("What changed: `status`."), "old": {}, "new": {}},
            {"case_key": text()},
        ),
        record({"case": pointer("case")}, {"by": pointer("user")}),
        id=text(),
    ),
    "HistoryResponse": record(
        {"data": listed(ref("HistoryEntry"))},
        {"included": listed(ref("IncludedUser")), "meta": mapped({})},
    ),
    "Health": record({"status": choice(["ok"])}, {"version": text()}),
    "HealthError": record({"status": text()}, {"version": text()}),
}

_WHEN = text(format="date-time")

PATHS: dict[str, dict[str, Schema]] = {
    "/local/history": {
        "get": operation(
            "ListHistory",
            "List what changed on cases, oldest first",
            answer="HistoryResponse",
            query=(
                parameter("case_id", text(), "Only of this case: its id or key."),
                parameter("from", _WHEN, "Only since then."),
                parameter("to", _WHEN, "Only before then."),
                parameter(
                    "page[size]", integer(minimum=1, maximum=1000, default=100), "Page size."
                ),
                parameter(
                    "page[number]",
                    integer(minimum=0, maximum=2**31 - 1),
                    "Number of the page, from 0.",
                ),
            ),
        )
    },
    "/healthz": {
        "get": {
            "operationId": "Health",
            "summary": "Whether the workspace can be read",
            "security": [],
            "responses": {
                "200": {
                    "description": "It can.",
                    "content": {PLAIN_MEDIA_TYPE: {"schema": ref("Health")}},
                },
                "503": {
                    "description": "It cannot.",
                    "content": {PLAIN_MEDIA_TYPE: {"schema": ref("HealthError")}},
                },
            },
        }
    },
}
