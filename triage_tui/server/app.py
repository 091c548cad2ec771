"""The embedded server: the API as an ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from triage_tui import __version__
from triage_tui.errors import StoreError
from triage_tui.server.access import IN_PROCESS_HOST, Access, Guard
from triage_tui.server.api import USERS_MEDIA_TYPE, Answer, answer, refusal
from triage_tui.server.bodies import BODY_LIMIT, Call, Parameters
from triage_tui.server.refusals import Refused, bad_parameter, bad_request, refused
from triage_tui.server.routes import ROUTES, Operation
from triage_tui.server.service import Service
from triage_tui.server.store import Store

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

IN_PROCESS_URL = f"http://{IN_PROCESS_HOST}"
"""Base URL for calls that reach the application without a network; the name never resolves, so no
web page can be made to point at it."""

PARAMETERS_LIMIT = 100
"""Query parameters that a request may have."""

# What is read, and thrown away, of a body that is too large. The answer can only be received by a
# client that has got rid of its body.
_READ_LIMIT = 16 * BODY_LIMIT


_LARGE_BODY = 64 * 1024

_LARGE_BODIES = 2
"""Requests with a larger body than that which are worked on at the same time."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    store: Store,
    *,
    now: Callable[[], datetime] = _utc_now,
    patience: float = 5,
    access: Access | None = None,
) -> Starlette:
    """The API over `store`. The caller closes the store after the last request.

    Args:
        now: Tells the time that writes are stamped with, aware.
        patience: Seconds that the body of a request may take to arrive.
        access: Who may call. By default everybody on this machine.
    """
    service = Service(store, now)
    turns = asyncio.Semaphore(_LARGE_BODIES)
    paths = sorted(ROUTES, key=_fixed_first)
    app = Starlette(
        routes=[
            *(Route(path, _Path(service, ROUTES[path], patience, turns)) for path in paths),
            Route("/healthz", _health_of(store)),
            Route("/openapi.json", _openapi),
        ],
        middleware=[Middleware(Guard, access=access or Access())],
        exception_handlers={
            404: _unroutable,
            405: _unroutable,
            ClientDisconnect: _gone,
            500: _crashed,
        },
    )
    # A path with a slash too many is unknown, like any other.
    app.router.redirect_slashes = False
    return app


def _fixed_first(path: str) -> list[tuple[bool, str]]:
    """For sorting: "aggregate" could be the key of a case, but is not meant so."""
    return [(segment.startswith("{"), segment) for segment in path.split("/")]


class _Path:
    """The operations of one path, as an ASGI application.

    It takes requests of every method. Were some left to the router, it would look for another path
    that takes them, and find that "aggregate" could be the key of a case.
    """

    def __init__(
        self,
        service: Service,
        methods: Mapping[str, Operation],
        patience: float,
        turns: asyncio.Semaphore,
    ) -> None:
        """`turns` is taken by requests with large bodies while they are worked on."""
        self._service = service
        self._patience = patience
        self._turns = turns
        # The server leaves out the body of an answer to HEAD.
        head = {"HEAD": methods["GET"]} if "GET" in methods else {}
        self._methods = {**methods, **head}
        self._users_api = any(operation.users_api for operation in methods.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        operation = self._methods.get(request.method)
        if operation is None:
            response = self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)
            response.headers["Allow"] = ", ".join(sorted(self._methods))
            return response
        try:
            async with asyncio.timeout(self._patience):
                body = await _body(request)
        except TimeoutError:
            return self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the body did not arrive in time")
        if body is None:
            return self._refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body may have {BODY_LIMIT} bytes at most"
            )
        try:
            query = _parameters(request.scope["query_string"])
        except Refused as error:
            return _response(refusal(error, users_api=self._users_api))
        call = Call(
            path=request.path_params,
            query=query,
            body=body,
            content_type=request.headers.get("content-type", ""),
        )
        # Decoded, a body can take fifty times as much memory as it has bytes.
        turn = self._turns if len(body) > _LARGE_BODY else nullcontext()
        async with turn:
            # SQLite blocks, so the operation runs in a thread and the loop goes on.
            return _response(await run_in_threadpool(answer, self._service, operation, call))

    def _refuse(self, status: HTTPStatus, detail: str = "") -> Response:
        return _response(refusal(refused(status, detail), users_api=self._users_api))


async def _body(request: Request) -> bytes | None:
    """The body, None if it is too large."""
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _READ_LIMIT:
            break
        if size <= BODY_LIMIT:
            body += chunk
    return bytes(body) if size <= BODY_LIMIT else None


def _parameters(query_string: bytes) -> Parameters:
    """The query parameters, each of which may be given once."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=PARAMETERS_LIMIT,
        )
    except UnicodeDecodeError:
        raise bad_request("the query parameters are not UTF-8") from None
    except ValueError:
        raise bad_request(f"there may be {PARAMETERS_LIMIT} query parameters at most") from None
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            # Our choice: taking either one would do something else than the caller meant.
            raise bad_parameter(name, "query", "one value")
        values[name] = value
    return Parameters(values)


def _health_of(store: Store) -> Callable[[Request], Response]:
    """What tells a supervisor if the workspace can be read; a plain function runs in a thread."""

    def health(request: Request) -> Response:
        status, word = HTTPStatus.OK, "ok"
        try:
            with store.reading() as db:
                db.execute("SELECT me FROM workspace").fetchone()
        except StoreError:
            # The reason names files, and anybody may ask.
            status, word = HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"
        document = {"status": word, "version": __version__}
        return Response(json.dumps(document), status, media_type=USERS_MEDIA_TYPE)

    return health


def _openapi(request: Request) -> Response:
    """What the server implements."""
    # Only here, because few ask for it and the dashboard never does.
    from triage_tui.server.openapi import encoded

    return Response(encoded(), media_type=USERS_MEDIA_TYPE)


async def _unroutable(request: Request, error: Exception) -> Response:
    """For a path that there is not, or a method that it does not take."""
    assert isinstance(error, HTTPException)
    response = _response(refusal(refused(HTTPStatus(error.status_code))))
    response.headers.update(error.headers or {})
    return response


async def _gone(request: Request, error: Exception) -> Response:
    """Nobody is left to read it, but the request must end as something other than a crash."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _crashed(request: Request, error: Exception) -> Response:
    """What is wrong is for the log, not for the caller."""
    return _response(refusal(refused(HTTPStatus.INTERNAL_SERVER_ERROR)))


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, media_type=answer.media_type or None)
    if answer.retry_after is not None:
        response.headers["Retry-After"] = str(answer.retry_after)
    return response
