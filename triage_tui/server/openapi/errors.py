"""The answers that refuse a request."""

from __future__ import annotations

from http import HTTPStatus

from triage_tui.server.openapi.operations import CASES_MEDIA_TYPE, EARLY, PLAIN_MEDIA_TYPE
from triage_tui.server.openapi.shapes import Schema, integer, listed, mapped, record, ref, text

_ABOUT = {
    400: "The request cannot be used as it is.",
    401: "The keys are missing.",
    403: "The keys are wrong, or a web page is asking for a change.",
    404: "There is no such thing.",
    408: "The body did not arrive in time.",
    409: "It contradicts what is there.",
    413: "The body is too large.",
    414: "Path and query are too long.",
    415: "The body is of another media type.",
    422: "The body is about something else than the path.",
    429: "Too many requests: wait for the seconds in X-RateLimit-Reset.",
    431: "The headers are too long.",
    500: "The server is wrong; its log tells more.",
    503: "The workspace cannot be used now.",
}

SCHEMAS: dict[str, Schema] = {
    "ErrorObjects": record(
        {
            "errors": listed(
                record(
                    {"title": text()},
                    {
                        "status": text(pattern=r"^\d{3}$"),
                        "detail": text(),
                        "code": text(),
                        "meta": mapped({}),
                    },
                ),
                minItems=1,
            )
        }
    ),
    "ErrorTexts": record({"errors": listed(text(), minItems=1)}),
}

_LIMITS: dict[str, Schema] = {
    name: {"description": about, "schema": schema}
    for name, about, schema in (
        ("X-RateLimit-Limit", "Requests allowed in a period.", integer()),
        ("X-RateLimit-Period", "Seconds of a period.", integer()),
        ("X-RateLimit-Remaining", "Requests left in this period.", integer()),
        ("X-RateLimit-Reset", "Seconds until the next period.", integer()),
        ("X-RateLimit-Name", "Name of the limit.", text()),
    )
}
HEADERS: dict[str, Schema] = {
    **_LIMITS,
    "Retry-After": {
        "description": "Seconds, if it may only be another program that is writing.",
        "schema": integer(),
    },
}


def _response(code: int, *schemas: str) -> Schema:
    types = {"ErrorTexts": PLAIN_MEDIA_TYPE, "ErrorObjects": CASES_MEDIA_TYPE}
    response: Schema = {
        "description": _ABOUT[code],
        "content": {types[name]: {"schema": ref(name)} for name in schemas},
    }
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _LIMITS}
    if code == HTTPStatus.SERVICE_UNAVAILABLE:
        response["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return response


_OF_KEYS = (401, 403, 429)
_EITHER = (*EARLY, 403, 503)
"""Texts for keys and from the Users API; objects from the rest, and from what looks at a request
before it is known whom it is for."""

RESPONSES: dict[str, Schema] = {
    **{
        f"Object{code}": _response(code, "ErrorObjects")
        for code in _ABOUT
        if code not in (*_OF_KEYS, 422)
    },
    **{f"Plain{code}": _response(code, "ErrorTexts") for code in (401, 404, 409, 415, 422, 429)},
    **{f"Plain{code}": _response(code, "ErrorTexts", "ErrorObjects") for code in _EITHER},
}
