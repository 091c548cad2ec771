"""The embedded server: the API as an ASGI application, in process or on a loopback port."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from triage_tui.errors import ConfigError, TriageError
from triage_tui.server.api import Answer, answer, refusal
from triage_tui.server.bodies import BODY_LIMIT, Call, Parameters
from triage_tui.server.refusals import refused
from triage_tui.server.routes import ROUTES, Operation
from triage_tui.server.service import Service
from triage_tui.server.store import Store

if TYPE_CHECKING:
    from types import FrameType

    import uvicorn
    from starlette.types import ASGIApp, Receive, Scope, Send

IN_PROCESS_URL = "http://workspace.invalid"
"""Base URL for calls that reach the application without a network; the name never resolves, so no
web page can be made to point at it."""

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")

# A page of another site that resolves its own name to this machine is turned away by its Host.
_TRUSTED_HOSTS = ("127.0.0.1", "localhost", "[::1]", "workspace.invalid")

# What is read, and thrown away, of a body that is too large. The answer can only be received by a
# client that has got rid of its body.
_READ_LIMIT = 16 * BODY_LIMIT

# Seconds that requests under way may hold up a stop: a body to arrive, a search to be given up, and
# some to spare.
_GRACE = 10


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    store: Store, *, now: Callable[[], datetime] = _utc_now, patience: float = 5
) -> Starlette:
    """The API over `store`. The caller closes the store after the last request.

    Args:
        now: Tells the time that writes are stamped with, aware.
        patience: Seconds that the body of a request may take to arrive.
    """
    service = Service(store, now)
    app = Starlette(
        routes=[
            Route(path, _Path(service, ROUTES[path], patience))
            for path in sorted(ROUTES, key=_fixed_first)
        ],
        middleware=[
            Middleware(
                TrustedHostMiddleware, allowed_hosts=list(_TRUSTED_HOSTS), www_redirect=False
            )
        ],
        exception_handlers={404: _no_route, ClientDisconnect: _gone},
    )
    # A path with a slash too many is unknown, like any other.
    app.router.redirect_slashes = False
    return app


def serve(
    store: Store, *, port: int, host: str = "127.0.0.1", announce: Callable[[str], None]
) -> int | None:
    """Answer on a loopback port until SIGINT or SIGTERM; then finish what was begun and return.

    Returns the number of the signal, None if it was stopped otherwise.

    Args:
        port: 0 for any free one.
        host: One of `LOOPBACK_HOSTS`.
        announce: Is told `Listening on http://...` once, when connections are accepted.

    Raises:
        ConfigError: The host or the port is not one to listen on.
        TriageError: The port is taken.
    """
    with closing(_listen(host, port)) as listener:
        server = http_server(create_app(store), started=lambda: announce(_listening(listener)))
        with _stopped_by_signals(server) as caught:
            server.run(sockets=[listener])
        return caught[0] if caught else None


def http_server(app: ASGIApp, *, started: Callable[[], None]) -> uvicorn.Server:
    """A server for sockets that listen already; setting `should_exit` stops it.

    Args:
        started: Called once, when connections are accepted.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

    return Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
    )


def _fixed_first(path: str) -> list[tuple[bool, str]]:
    """For sorting: "aggregate" could be the key of a case, but is not meant so."""
    return [(segment.startswith("{"), segment) for segment in path.split("/")]


class _Path:
    """The operations of one path, as an ASGI application.

    It takes requests of every method. Were some left to the router, it would look for another path
    that takes them, and find that "aggregate" could be the key of a case.
    """

    def __init__(self, service: Service, methods: Mapping[str, Operation], patience: float) -> None:
        self._service = service
        self._patience = patience
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
        call = Call(
            path=request.path_params,
            query=Parameters(request.query_params),
            body=body,
            content_type=request.headers.get("content-type", ""),
        )
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


async def _no_route(request: Request, error: Exception) -> Response:
    return _response(refusal(refused(HTTPStatus.NOT_FOUND)))


async def _gone(request: Request, error: Exception) -> Response:
    """Nobody is left to read it, but the request must end as something other than a crash."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, media_type=answer.media_type or None)


def _listen(host: str, port: int) -> socket.socket:
    if host not in LOOPBACK_HOSTS:
        raise ConfigError(
            f"The server does not listen on {host}: it has no protection against other machines. "
            f"Use one of {', '.join(LOOPBACK_HOSTS)}."
        )
    if not 0 <= port <= 65535:
        raise ConfigError(f"There is no port {port}: use 0 to 65535, 0 for any free one.")
    address = "127.0.0.1" if host == "localhost" else host
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        # Lets a new server follow one that has just ended.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        # Linux finds out only now if somebody else is about to listen on the same port.
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            reason = "another program is using it. Stop that program or choose another port"
        else:
            reason = f"{error.strerror}. Choose another port"
        raise TriageError(f"The server cannot listen on port {port} of {host}: {reason}.") from None
    return listener


def _listening(listener: socket.socket) -> str:
    address, port = listener.getsockname()[:2]
    return f"Listening on http://{f'[{address}]' if ':' in address else address}:{port}"


@contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[list[int]]:
    """Let a signal stop the server and do nothing more than that; the signals that came.

    When it has stopped, uvicorn raises the signal once again for the handlers it found at its
    start, which would end the process before the caller has closed anything.
    """

    caught: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        server.should_exit = True

    if threading.current_thread() is not threading.main_thread():
        yield caught  # signals belong to the main thread
        return
    found = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in found.items():
            signal.signal(number, handler)
