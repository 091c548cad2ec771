"""Carrying out one operation, and how what comes of it is written down.

Nothing here knows about sockets or event loops.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from http import HTTPStatus

from triage_tui.errors import QueryError, StoreError
from triage_tui.server.bodies import Call
from triage_tui.server.database import Busy, QueryTooSlow
from triage_tui.server.refusals import Refused, bad_request, refused
from triage_tui.server.resources import Json
from triage_tui.server.routes import Operation
from triage_tui.server.service import Service

CASES_MEDIA_TYPE = "application/vnd.api+json"
USERS_MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. Without a body, `media_type` is "".

    Attributes:
        retry_after: Seconds after which the same request may be answered otherwise.
    """

    status: int
    body: bytes = b""
    media_type: str = ""
    retry_after: int | None = None


def answer(service: Service, operation: Operation, call: Call) -> Answer:
    """Carry out an operation. Whatever is wrong with the call becomes an error answer."""
    try:
        document = operation.run(service, call)
    except Refused as error:
        return refusal(error, users_api=operation.users_api)
    except QueryError as error:
        # Our choice: that a wrong value is refused has been seen, the words have not.
        sentence = f"{error} (at character {error.position + 1})"
        return refusal(bad_request(sentence), users_api=operation.users_api)
    except QueryTooSlow as error:
        # Our choice: it is the query that has to change, and asking again would not help.
        return refusal(bad_request(str(error)), users_api=operation.users_api)
    except StoreError as error:
        unable = refused(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        answer = refusal(unable, users_api=operation.users_api)
        # Our choice: only what passes by itself is worth another try.
        return replace(answer, retry_after=error.retry_after) if isinstance(error, Busy) else answer
    if document is None:
        return Answer(operation.status)
    media_type = USERS_MEDIA_TYPE if operation.users_api else CASES_MEDIA_TYPE
    return Answer(operation.status, _encoded(document), media_type)


def refusal(error: Refused, *, users_api: bool = False) -> Answer:
    """The answer that says why a request was refused."""
    if users_api:
        return Answer(error.status, _encoded({"errors": [error.sentence]}), USERS_MEDIA_TYPE)
    return Answer(error.status, _encoded({"errors": [error.error]}), CASES_MEDIA_TYPE)


def _encoded(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
