"""One line for each request that was answered, without anything that could be a secret."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

# A key that somebody has put into the path by mistake.
_LIKE_A_KEY = re.compile(r"[0-9a-zA-Z_]{32,}")

_LONGEST_PATH = 200


def line(
    client: str,
    request: str,
    *,
    status: int,
    size: int,
    seconds: float,
    request_id: str,
) -> str:
    """The line about one request.

    Args:
        request: Method and path, without the query: what is searched for is nobody's business.
        size: Bytes of the answer's body.
        seconds: How long it took.
    """
    at = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return f"{at}Z {client} {request} {status} {size} {seconds * 1000:.1f}ms {request_id}"


def shown(method: str, raw_path: bytes) -> str:
    """Method and path for the log: printable ASCII, cut, and without what looks like a key."""
    path = raw_path.decode("ascii", "backslashreplace")
    path = _LIKE_A_KEY.sub("(hidden)", "".join(c if "!" <= c <= "~" else "?" for c in path))
    if len(path) > _LONGEST_PATH:
        path = f"{path[:_LONGEST_PATH]}..."
    return f"{_LIKE_A_KEY.sub('(hidden)', method)} {path}"


class Logged:
    """Names each request to `app` in `x-request-id`, and writes a line about it.

    The name is the caller's own one, if it sends one that can be shown.
    """

    def __init__(self, app: ASGIApp, write: Callable[[str], None] | None) -> None:
        """`write` takes a line; None writes none."""
        self._app = app
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = perf_counter()
        request_id = _request_id(scope["headers"])
        status = size = 0

        async def watch(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            if self._write:
                client = scope.get("client")
                self._write(
                    line(
                        client[0] if client else "-",
                        shown(scope["method"], scope["raw_path"]),
                        status=status,
                        size=0 if scope["method"] == "HEAD" else size,
                        seconds=perf_counter() - begun,
                        request_id=request_id.decode(),
                    )
                )


def _request_id(headers: list[tuple[bytes, bytes]]) -> bytes:
    given = [value for name, value in headers if name == b"x-request-id"]
    if len(given) == 1 and _REQUEST_ID.fullmatch(given[0]):
        return given[0]
    return secrets.token_hex(8).encode()
