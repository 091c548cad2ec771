"""What went wrong with a call, in one sentence for a person.

`failed` is how the sentence begins: "Could not search the cases". No sentence holds a key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from triage_tui import wire
from triage_tui.errors import MAYBE_DONE, ApiError, Failure
from triage_tui.sites import keys_may_go_to
from triage_tui.text import clean

MAX_WORDS = 300
"""Characters of the server's own words in an error."""

MAX_WAIT = 300
"""Seconds: a longer wait than this in a header is a mistake, not a rate limit."""

DEFAULT_WAIT = 10.0
"""Seconds to wait when the server limits the rate and does not say for how long."""

_SECRET_HEADERS = ("dd-api-key", "dd-application-key", "authorization")
_ABOUT_KEYS = re.compile(
    r"\b(?:api|app|application)[ _-]?keys?\b|\bunauthenticated\b|\binvalid token\b", re.IGNORECASE
)
_OTHERS_KEYS = (
    "They are those of TRIAGE_TUI_API_KEY and TRIAGE_TUI_APP_KEY, or, with --trust-url, of"
    " DD_API_KEY and DD_APP_KEY."
)
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def lost(failed: str, request: httpx.Request, error: Exception) -> ApiError:
    """The error for a request that got no answer."""
    host, words = clean(request.url.host), _shown(request, str(error))
    detail = f" ({words})" if words else ""
    if isinstance(error, _NOT_SENT):
        return ApiError(
            f"{failed}: cannot connect to {host}{detail}. Check the network and the site.",
            Failure.UNREACHABLE,
        )
    if isinstance(error, (TimeoutError, httpx.TimeoutException)):
        return ApiError(
            f"{failed}: {host} took too long to answer.{_maybe_done(request)}",
            Failure.TIMED_OUT,
            applied=None,
        )
    return ApiError(
        f"{failed}: the connection to {host} broke{detail}.{_maybe_done(request)}",
        Failure.UNREACHABLE,
        applied=None,
    )


def refused(failed: str, response: httpx.Response, content: bytes) -> ApiError:
    """The error for an answer that is no success."""
    request, status = response.request, response.status_code
    host = clean(request.url.host)
    words = _shown(request, wire.reasons(content))
    because = f": {words.rstrip('.')}." if words else f": {host} refused (HTTP {status})."
    if status < 400:
        return unreadable(failed, response, f"a redirect to {_redirected_to(response)}")
    if status >= 500:
        trouble = f"{failed}: {host} is in trouble (HTTP {status}{', ' + words if words else ''})."
        return ApiError(
            f"{trouble}{_maybe_done(request)}",
            Failure.SERVER_TROUBLE,
            status=status,
            retry_after=_wait(response.headers, "retry-after"),
            applied=None,
        )
    retry_after = None
    if status == 429:
        failure = Failure.RATE_LIMITED
        wait = _wait(response.headers, "x-ratelimit-reset", "retry-after")
        retry_after = DEFAULT_WAIT if wait is None else wait
        detail = f" ({words})" if words else ""
        because = f": too many requests{detail}. Try again in {retry_after:.0f} s."
    elif status == 401 or (status == 403 and _ABOUT_KEYS.search(words)):
        failure = Failure.NOT_SIGNED_IN
        because += f" {_check_keys(request)}"
    elif status == 403:
        failure = Failure.NOT_ALLOWED
        because += f" {_check_keys(request, _permission(request))}"
    elif status == 404:
        failure = Failure.NOT_FOUND
    else:
        failure = Failure.REFUSED
    return ApiError(f"{failed}{because}", failure, status=status, retry_after=retry_after)


@dataclass(frozen=True, slots=True)
class Quota:
    """How much may still be asked of a server.

    Attributes:
        remaining: Requests that will be answered before the limit.
        reset: Seconds until there are new ones.
    """

    remaining: int
    reset: float


def quota(response: httpx.Response) -> Quota | None:
    """What an answer says about the limit of requests; None if it says nothing sensible."""
    remaining = response.headers.get("x-ratelimit-remaining", "").strip()
    reset = _wait(response.headers, "x-ratelimit-reset")
    if reset is None or not re.fullmatch(r"[0-9]{1,9}", remaining):
        return None
    return Quota(int(remaining), reset)


def unreadable(failed: str, response: httpx.Response, why: str) -> ApiError:
    """The error for an answer that is not what was asked for; `why` completes "it is ..."."""
    request = response.request
    return ApiError(
        f"{failed}: the answer of {clean(request.url.host)} is {why}."
        f" Check that the site is right.{_maybe_done(request)}",
        Failure.UNREADABLE,
        status=response.status_code,
        applied=None,
    )


def _redirected_to(response: httpx.Response) -> str:
    try:
        host = urlsplit(response.headers.get("location", "")).hostname
    except ValueError:
        host = None
    # Not followed, because the keys would go along.
    shown = _shown(response.request, host or "another address")
    return f"{shown}, which is not followed"


def _shown(request: httpx.Request, words: str) -> str:
    """Words of others on one line, cut, and without the keys they may repeat."""
    for name in _SECRET_HEADERS:
        secret = request.headers.get(name, "").removeprefix("Bearer ")
        if secret:
            words = words.replace(secret, "(hidden)")
    return clean(" ".join(words.split()), limit=MAX_WORDS)


def _check_keys(request: httpx.Request, permission: str | None = None) -> str:
    host = clean(request.url.host)
    datadog = keys_may_go_to(request.url.scheme, request.url.host, request.url.port)
    if not any(name in request.headers for name in _SECRET_HEADERS):
        return (
            f"No keys were sent to {host}: set TRIAGE_TUI_API_KEY and TRIAGE_TUI_APP_KEY to its"
            " keys, or trust it with those of Datadog (--trust-url)."
        )
    if permission:
        # The service says the same to bad keys and to good ones that may not do it.
        doubt = f"Either the keys are not valid for {host}, or they lack {permission}."
        return doubt if datadog else f"{doubt} {_OTHERS_KEYS}"
    if datadog:
        return f"Check that DD_API_KEY and DD_APP_KEY are valid for {host}."
    return f"Check that the keys are valid for {host}. {_OTHERS_KEYS}"


def _permission(request: httpx.Request) -> str:
    path = request.url.path
    if "/cases" not in path:
        return "user_access_read"
    reading = request.method == "GET" or path.endswith("/cases/aggregate")
    return "cases_read" if reading else "cases_write"


def _maybe_done(request: httpx.Request) -> str:
    """What to do when nobody knows if the server acted."""
    if request.method == "GET" or request.url.path.endswith("/cases/aggregate"):
        return " Try again."
    return f" {MAYBE_DONE}"


def _wait(headers: httpx.Headers, *names: str) -> float | None:
    """Seconds the server asks to wait; None when it does not ask for a sensible number of them."""
    for name in names:
        text = headers.get(name, "").strip()
        if re.fullmatch(r"[0-9]{1,3}", text) and int(text) <= MAX_WAIT:
            return float(text)
    return None
