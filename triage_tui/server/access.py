"""Who may call the server, how often, and with requests of which size.

All of it is decided from the head of a request, before anything is done for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import Response

from triage_tui.errors import ConfigError
from triage_tui.server.api import USERS_MEDIA_TYPE, refusal
from triage_tui.server.api_keys import ApiKeys
from triage_tui.server.rate_limit import Allowance, RateLimit
from triage_tui.server.refusals import Refused, refused

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

IN_PROCESS_HOST = "workspace.invalid"
"""Host of calls that reach the application without a network."""

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")

OPEN_PATHS = ("/healthz", "/openapi.json")
"""What may be read without keys, and as often as one likes."""

URL_LIMIT = 32 * 1024
"""Bytes of path and query."""

HEADER_LIMIT = 16 * 1024
"""Bytes of all header lines together."""

HEADERS_LIMIT = 100
"""Header lines."""

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{0,5})?", re.IGNORECASE)
_LITERAL = re.compile(r"\[[0-9a-f:.]+\]|[0-9]{1,3}(\.[0-9]{1,3}){3}")


def written_host(host: str) -> str:
    """A name or an address as a Host header has it."""
    return f"[{host}]" if ":" in host else host.lower()


def host_name(text: str) -> str:
    """A name that somebody gives to the server, as a Host header has it.

    Raises:
        ConfigError: It is none.
    """
    host = written_host(text.strip())
    found = _HOST.fullmatch(host)
    if found is None or found[2]:
        raise ConfigError(f"{text!r} is no host name: give it without scheme, port and path.")
    return host.lower()


@dataclass(frozen=True)
class Access:
    """Who may call.

    Attributes:
        keys: What a caller has to show; None lets everybody in.
        hosts: The names under which the server may be called, in lower case: a page of another site
            that resolves its own name to this machine is turned away by its Host.
        any_address: It may be called by any address in place of a name, which no page can resolve.
        rates: None for no limit.
    """

    keys: ApiKeys | None = None
    hosts: Collection[str] = (*map(written_host, LOOPBACK_HOSTS), IN_PROCESS_HOST)
    any_address: bool = False
    rates: RateLimit | None = None


class Guard:
    """Passes on to `app` the requests that may be answered, and refuses the others."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            _check_size(scope)
            self._check_host(headers.getlist("host"))
            _check_page(scope["method"], headers)
        except Refused as error:
            answer = refusal(error)
            response = Response(answer.body, answer.status, media_type=answer.media_type)
            await response(scope, receive, send)
            return
        if scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        status = self._stranger(headers)
        if self._access.rates:
            # Who has no keys cannot use up what belongs to those who have.
            caller = "strangers" if status else "key"
            allowance = self._access.rates.take(caller)
            send = _telling(allowance, send)
            status = HTTPStatus.TOO_MANY_REQUESTS if allowance.over else status
        if status:
            await _texts(status)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _check_host(self, given: list[str]) -> None:
        found = _HOST.fullmatch(given[0]) if len(given) == 1 else None
        host = found[1].lower() if found else ""
        if host in self._access.hosts:
            return
        if not (self._access.any_address and _LITERAL.fullmatch(host)):
            raise refused(HTTPStatus.BAD_REQUEST, "the server is not known under this Host")

    def _stranger(self, headers: Headers) -> HTTPStatus | None:
        """With what a caller who may not call is refused; None for one who may."""
        keys = self._access.keys
        if keys is None:
            return None
        # Our choice: an application key does as an access token too, for every operation.
        token = _bearer(headers)
        api_key, app_key = _only(headers, "dd-api-key"), _only(headers, "dd-application-key")
        both = bool(api_key and app_key)
        # Our choice: 401 for keys that are missing, 403 for wrong ones.
        if not (both or token):
            return HTTPStatus.UNAUTHORIZED
        if keys.are(api_key, app_key) | keys.is_app_key(token):
            return None
        return HTTPStatus.FORBIDDEN


def _bearer(headers: Headers) -> bytes:
    scheme, _, token = _only(headers, "authorization").partition(b" ")
    return token.strip() if scheme.lower() == b"bearer" else b""


def _only(headers: Headers, name: str) -> bytes:
    """The header's value; several of them make one that is wrong."""
    return ",".join(headers.getlist(name)).encode("latin-1").strip()


def _check_page(method: str, headers: Headers) -> None:
    """Refuse what a web page sends to change something; pages say so, and none of them is ours.

    Some operations take no body, whose type would have to be JSON: a page needs no permission to
    send those.
    """
    if method not in ("GET", "HEAD", "OPTIONS") and "origin" in headers:
        raise refused(HTTPStatus.FORBIDDEN, "web pages may not change anything")


def _check_size(scope: Scope) -> None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > URL_LIMIT:
        raise refused(
            HTTPStatus.REQUEST_URI_TOO_LONG, f"path and query may have {URL_LIMIT} bytes together"
        )
    lines = scope["headers"]
    size = sum(len(name) + len(value) for name, value in lines)
    if len(lines) > HEADERS_LIMIT or size > HEADER_LIMIT:
        raise refused(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"there may be {HEADERS_LIMIT} headers of {HEADER_LIMIT} bytes together",
        )


def _telling(allowance: Allowance, send: Send) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *allowance.headers()]
        await send(message)

    return tell


def _texts(status: HTTPStatus) -> Response:
    """The answer of the gateway before the API, which knows no error objects."""
    return Response(
        json.dumps({"errors": [status.phrase]}), status.value, media_type=USERS_MEDIA_TYPE
    )
