"""How one operation is described: what it takes, what it answers, why it may refuse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from triage_tui.server.openapi.shapes import Schema, ref

CASES_MEDIA_TYPE = "application/vnd.api+json"
PLAIN_MEDIA_TYPE = "application/json"

EARLY = (400, 408, 413, 414, 431)
"""What any request may be answered because of its host, its size or its pace."""

BROKEN = 500
"""What is answered when the server itself is wrong; always with objects."""

_ALWAYS = (*EARLY, 401, 403, 429, BROKEN, 503)


def operation(
    name: str,
    summary: str,
    *,
    answer: str = "",
    status: int = 200,
    body: str = "",
    query: Iterable[Schema] = (),
    refused: Sequence[int] = (404,),
    users_api: bool = False,
) -> Schema:
    """An operation of the API.

    Args:
        name: What the service's documents call it.
        answer: Name of the schema of its answer; "" for an answer without a body.
        status: HTTP status code of success.
        body: Name of the schema of the body it needs; "" for none.
        query: Its query parameters.
        refused: The error codes it may answer besides those that every operation may.
        users_api: It answers plain JSON, and its errors are texts.
    """
    media_type = PLAIN_MEDIA_TYPE if users_api else CASES_MEDIA_TYPE
    success: Schema = {"description": HTTPStatus(status).phrase}
    if answer:
        success["content"] = {media_type: {"schema": ref(answer)}}
    codes = {*_ALWAYS, *refused, *((415,) if body else ())}
    described: Schema = {
        "operationId": name,
        "summary": summary,
        "responses": {
            str(status): success,
            **{str(code): _refusal(code, users_api=users_api) for code in sorted(codes)},
        },
    }
    if parameters := list(query):
        described["parameters"] = parameters
    if body:
        schema = {"schema": ref(body)}
        described["requestBody"] = {
            "required": True,
            "content": {PLAIN_MEDIA_TYPE: schema, CASES_MEDIA_TYPE: schema},
        }
    return described


def parameter(name: str, schema: Schema, about: str, *, required: bool = False) -> Schema:
    """A query parameter."""
    return {
        "name": name,
        "in": "query",
        "description": about,
        "required": required,
        "schema": schema,
    }


def _refusal(code: int, *, users_api: bool) -> Schema:
    texts = (users_api and code != BROKEN) or code in (401, 403, 429)
    return {"$ref": f"#/components/responses/{'Plain' if texts else 'Object'}{code}"}
