"""What this server offers beside the API of the service."""

from __future__ import annotations

from triage_tui.server.openapi.operations import (
    BROKEN,
    CASES_MEDIA_TYPE,
    EARLY,
    PLAIN_MEDIA_TYPE,
    operation,
    parameter,
)
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
            {
                "at": moment(),
                "case_key": text(),
                "field": text("What changed: `status`."),
                "old": {},
                "new": {},
            }
        ),
        record({"case": pointer("case")}, {"by": pointer("user")}),
        id=text(),
    ),
    "HistoryResponse": record(
        {"data": listed(ref("HistoryEntry")), "included": listed(ref("IncludedUser"))}
    ),
    "Health": record({"status": choice(["ok", "unavailable"]), "version": text()}),
}

_WHEN = text(format="date-time")


def _open(name: str, summary: str, answer: Schema, unable: Schema) -> Schema:
    """An operation that needs no keys and knows no limit; `unable` is what it answers with 503."""
    early = {
        str(code): {"$ref": f"#/components/responses/Object{code}"} for code in (*EARLY, BROKEN)
    }
    return {
        "operationId": name,
        "summary": summary,
        "security": [],
        "responses": {
            "200": {"description": "OK", "content": {PLAIN_MEDIA_TYPE: {"schema": answer}}},
            **early,
            "503": unable,
        },
    }


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
        "get": _open(
            "Health",
            "Whether the workspace can be read",
            ref("Health"),
            {
                "description": "It cannot, or there are too many connections.",
                "content": {
                    PLAIN_MEDIA_TYPE: {"schema": ref("Health")},
                    CASES_MEDIA_TYPE: {"schema": ref("ErrorObjects")},
                },
            },
        )
    },
    "/openapi.json": {
        "get": _open(
            "Document",
            "This document",
            mapped({}),
            {"$ref": "#/components/responses/Object503"},
        )
    },
}
