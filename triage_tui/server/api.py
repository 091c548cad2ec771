"""Which request is answered by which operation, and how what comes of it is written down.

Nothing here knows about sockets or event loops.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from triage_tui.errors import QueryError, StoreError
from triage_tui.server.bodies import Call
from triage_tui.server.database import QueryTooSlow
from triage_tui.server.operations import Operations
from triage_tui.server.refusals import Refused, bad_request, refused
from triage_tui.server.resources import Json

CASES_MEDIA_TYPE = "application/vnd.api+json"
USERS_MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. Without a body, `media_type` is ""."""

    status: int
    body: bytes = b""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API.

    Attributes:
        run: Returns the answer's document, None for an answer without a body.
        status: HTTP status code of an answer with a document.
        users_api: The endpoint belongs to the Users API, whose answers are plain JSON and whose
            errors are texts.
    """

    run: Callable[[Operations, Call], Json | None]
    status: int = 200
    users_api: bool = False


ROUTES: Mapping[str, Mapping[str, Operation]] = {
    # Fixed segments come before the variable ones that would take them too.
    "/api/v2/cases": {
        "GET": Operation(Operations.search_cases),
        "POST": Operation(Operations.create_case, status=201),
    },
    "/api/v2/cases/count": {"GET": Operation(Operations.count)},
    "/api/v2/cases/aggregate": {"POST": Operation(Operations.aggregate)},
    "/api/v2/cases/types": {"GET": Operation(Operations.list_case_types)},
    "/api/v2/cases/projects": {
        "GET": Operation(Operations.list_projects),
        "POST": Operation(Operations.create_project, status=201),
    },
    "/api/v2/cases/projects/{project_id}": {
        "GET": Operation(Operations.get_project),
        "DELETE": Operation(Operations.delete_project),
    },
    "/api/v2/cases/{case_id}": {"GET": Operation(Operations.get_case)},
    "/api/v2/cases/{case_id}/status": {"POST": Operation(Operations.set_status)},
    "/api/v2/cases/{case_id}/priority": {"POST": Operation(Operations.set_priority)},
    "/api/v2/cases/{case_id}/assign": {"POST": Operation(Operations.assign)},
    "/api/v2/cases/{case_id}/unassign": {"POST": Operation(Operations.unassign)},
    "/api/v2/cases/{case_id}/archive": {"POST": Operation(Operations.archive)},
    "/api/v2/cases/{case_id}/unarchive": {"POST": Operation(Operations.unarchive)},
    "/api/v2/cases/{case_id}/insights": {"PUT": Operation(Operations.add_insights)},
    "/api/v2/cases/{case_id}/comment": {"POST": Operation(Operations.comment)},
    "/api/v2/cases/{case_id}/timelines": {"GET": Operation(Operations.timeline)},
    "/api/v2/users": {"GET": Operation(Operations.list_users, users_api=True)},
    "/api/v2/users/{user_id}": {"GET": Operation(Operations.get_user, users_api=True)},
    "/api/v2/current_user": {"GET": Operation(Operations.current_user, users_api=True)},
}


def answer(operations: Operations, operation: Operation, call: Call) -> Answer:
    """Carry out an operation. Whatever is wrong with the call becomes an error answer."""
    try:
        document = operation.run(operations, call)
    except Refused as error:
        return refusal(error, users_api=operation.users_api)
    except QueryError as error:
        sentence = f"{error} (at character {error.position + 1})"
        return refusal(bad_request(sentence), users_api=operation.users_api)
    except QueryTooSlow as error:
        # Our choice: it is the query that has to change, and asking again would not help.
        return refusal(bad_request(str(error)), users_api=operation.users_api)
    except StoreError as error:
        unable = refused(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        return refusal(unable, users_api=operation.users_api)
    if document is None:
        return Answer(204)
    media_type = USERS_MEDIA_TYPE if operation.users_api else CASES_MEDIA_TYPE
    return Answer(operation.status, _encoded(document), media_type)


def refusal(error: Refused, *, users_api: bool = False) -> Answer:
    """The answer that says why a request was refused."""
    if users_api:
        return Answer(error.status, _encoded({"errors": [error.sentence]}), USERS_MEDIA_TYPE)
    return Answer(error.status, _encoded({"errors": [error.error]}), CASES_MEDIA_TYPE)


def _encoded(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
