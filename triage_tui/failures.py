"""What went wrong with a call, in one sentence for a person.

`failed` is how the sentence begins: "Could not search the cases". No sentence holds a key.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

from triage_tui import wire
from triage_tui.errors import MAYBE_DONE, ApiError, Failure
from triage_tui.models import Quota
from triage_tui.sites import keys_may_go_to
from triage_tui.text import clean

MAX_WORDS = 300
"""Characters of the server's own words in an error."""

MAX_NAME = 100
"""Characters of the id of a request or the name of a limit."""

MAX_WAIT = 300
"""Seconds: a longer wait than this in a header is a mistake, not a rate limit."""

DEFAULT_WAIT = 10.0
"""Seconds to wait when the server has no time and does not say for how long, or until when."""

_SECRET_HEADERS = ("dd-api-key", "dd-application-key", "authorization")
_ABOUT_KEYS = re.compile(
    r"\b(?:api|app|application)[ _-]?keys?\b|\bunauthenticated\b|\binvalid token\b", re.IGNORECASE
)
_WHOSE_KEYS = "`triage-tui config` says where they come from."
_A_DATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT")
_FOR_GOOD = (501, 505, 511)
_REQUEST_IDS = ("x-request-id", "dd-request-id", "x-datadog-trace-id", "x-amzn-requestid")
_NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN)
_OUT_OF_DATE = (9, 10)
_OTHER_NAME = (62, 64)
"""What OpenSSL calls X509_V_ERR_CERT_NOT_YET_VALID and _HAS_EXPIRED, _HOSTNAME_ and _IP_ADDRESS_
MISMATCH."""


def lost(failed: str, request: httpx.Request, error: Exception, *, begun: bool = False) -> ApiError:
    """The error for a request that got no answer, or only the beginning of one if `begun`."""
    if isinstance(error, (TimeoutError, httpx.TimeoutException)):
        return _timed_out(failed, request, error, begun=begun)
    host = clean(request.url.host)
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError, httpx.UnsupportedProtocol)):
        why, hint, passing = _not_connected(request, error)
        return ApiError(f"{failed}: {why}. {hint}", Failure.UNREACHABLE, passing=passing)
    words = _shown(request, str(error))
    detail = f" ({words})" if words else ""
    return ApiError(
        f"{failed}: the connection to {host} broke{detail}.{_maybe_done(request)}",
        Failure.UNREACHABLE,
        applied=None,
        passing=True,
    )


def _timed_out(failed: str, request: httpx.Request, error: Exception, *, begun: bool) -> ApiError:
    host, applied = clean(request.url.host), None
    if isinstance(error, httpx.ConnectTimeout):
        why, applied = f"connecting to {host} took too long. {_check(request)}", False
    elif isinstance(error, httpx.PoolTimeout):
        why, applied = f"too many other requests to {host} are under way. Try again.", False
    elif isinstance(error, httpx.WriteTimeout):
        why = f"sending to {host} took too long.{_maybe_done(request)}"
    elif begun:
        why = f"{host} took too long to send all of its answer.{_maybe_done(request)}"
    else:
        why = f"{host} took too long to answer.{_maybe_done(request)}"
    return ApiError(f"{failed}: {why}", Failure.TIMED_OUT, applied=applied, passing=True)


def _not_connected(request: httpx.Request, error: Exception) -> tuple[str, str, bool]:
    """Why there is no connection, what to do about it, and if it may pass by itself."""
    host, check = clean(request.url.host), _check(request)
    words = _shown(request, str(error))
    detail = f" ({words})" if words else ""
    if isinstance(error, httpx.ProxyError):
        hint = "Check HTTPS_PROXY and ALL_PROXY, or except this host with NO_PROXY."
        return f"the proxy gives no connection to {host}{detail}", hint, False
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _not_trusted(request, cause)
        if isinstance(cause, ssl.SSLError):
            reason = _shown(request, (cause.reason or str(cause)).replace("_", " ").lower())
            hint = "Check the address, its port and the proxy, if there is one."
            return f"there is no secure connection to {host} ({reason})", hint, False
        if isinstance(cause, socket.gaierror):
            return f"the name {host} is not known here{detail}", check, True
        if isinstance(cause, ConnectionRefusedError):
            return f"{host} takes no connections{detail}", check, True
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return f"there is no way from here to {host}{detail}", check, True
    return f"cannot connect to {host}{detail}", check, True


def _not_trusted(
    request: httpx.Request, cause: ssl.SSLCertVerificationError
) -> tuple[str, str, bool]:
    host, words = clean(request.url.host), _shown(request, cause.verify_message)
    if cause.verify_code in _OUT_OF_DATE:
        hint = "Check the clock of this machine; else only its owners can renew it."
    elif cause.verify_code in _OTHER_NAME:
        hint = "Check the address: it is that of somebody else, or somebody is in between."
    else:
        hint = (
            "If your company or its proxy signs certificates, set SSL_CERT_FILE to the file of its"
            " authority; otherwise somebody may be in between."
        )
    return f"the certificate of {host} cannot be trusted ({words})", hint, False


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and all that led to it."""
    seen: list[BaseException] = [error]
    for one in seen:
        yield one
        inner = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        for cause in (one.__cause__, one.__context__, *inner):
            if cause is not None and not any(cause is known for known in seen):
                seen.append(cause)


def _check(request: httpx.Request) -> str:
    """What to look at when there is no connection."""
    if request.url.scheme == "https" and getproxies().keys() & {"https", "all"}:
        return "Check the network, the site and the proxy (HTTPS_PROXY)."
    return "Check the network and the site."


def refused(failed: str, response: httpx.Response, content: bytes) -> ApiError:
    """The error for an answer that is no success."""
    request, status = response.request, response.status_code
    host = clean(request.url.host)
    words = _shown(request, wire.reasons(content))
    because = f": {words.rstrip('.')}." if words else f": {host} refused (HTTP {status})."
    if status < 400:
        return unreadable(failed, response, wire.Unreadable(_redirect(response)))
    if status >= 500:
        trouble = f"{failed}: {host} is in trouble (HTTP {status}{', ' + words if words else ''})."
        turned_away = _turned_away(response)
        if turned_away is None:
            told = f"{trouble}{_maybe_done(request)}"
        else:
            told = f"{trouble} It did nothing. Try again in {turned_away:.0f} s."
        return ApiError(
            told,
            Failure.SERVER_TROUBLE,
            status=status,
            retry_after=turned_away or _wait(response.headers, "retry-after"),
            applied=None if turned_away is None else False,
            passing=status not in _FOR_GOOD,
            request_id=request_id(response),
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
    return ApiError(
        f"{failed}{because}",
        failure,
        status=status,
        retry_after=retry_after,
        request_id=request_id(response),
    )


def _turned_away(response: httpx.Response) -> float | None:
    """Seconds after which to come back to a server that did not begin; None if it may have.

    Our choice: who is too busy and says when it will not be has refused, as with 429; whoever
    broke down over a request names no time. That is what 503 with Retry-After is for.
    """
    after = response.headers.get("retry-after", "").strip()
    if response.status_code != 503:
        return None
    if re.fullmatch(r"[0-9]{1,9}", after):
        return max(1.0, min(float(after), MAX_WAIT))
    return DEFAULT_WAIT if _A_DATE.fullmatch(after) else None


def quota(response: httpx.Response) -> Quota | None:
    """What an answer says about the limit of requests; None if it says nothing sensible."""
    remaining = response.headers.get("x-ratelimit-remaining", "").strip()
    reset = _wait(response.headers, "x-ratelimit-reset")
    if reset is None or not re.fullmatch(r"[0-9]{1,9}", remaining):
        return None
    return Quota(int(remaining), reset, _told(response, "x-ratelimit-name"))


def request_id(response: httpx.Response) -> str:
    """By which the server's people find a request; "" if the answer does not tell."""
    found = (_told(response, name) for name in _REQUEST_IDS)
    return next((one for one in found if one), "")


def is_read(request: httpx.Request) -> bool:
    """True if a request changes nothing, however often it is sent."""
    return request.method == "GET" or request.url.path.endswith("/cases/aggregate")


def unreadable(failed: str, response: httpx.Response, why: wire.Unreadable) -> ApiError:
    """The error for an answer that is not what was asked for."""
    request = response.request
    type_ = _told(response, "content-type").partition(";")[0]
    sent_as = f", sent as {type_}" if type_ and "json" not in type_.lower() else ""
    return ApiError(
        f"{failed}: the answer of {clean(request.url.host)} is"
        f" {_shown(request, str(why))}{sent_as}. {why.advice}{_maybe_done(request)}",
        Failure.UNREADABLE,
        status=response.status_code,
        applied=None,
        passing=why.passing,
        request_id=request_id(response),
    )


def _told(response: httpx.Response, name: str) -> str:
    """A header of an answer, fit to be shown."""
    return _shown(response.request, response.headers.get(name, ""), MAX_NAME)


def _redirect(response: httpx.Response) -> str:
    try:
        host = urlsplit(response.headers.get("location", "")).hostname
    except ValueError:
        host = None
    # Not followed, because the keys would go along.
    return f"a redirect to {host or 'another address'}, which is not followed"


def _shown(request: httpx.Request, words: str, limit: int = MAX_WORDS) -> str:
    """Words of others on one line, cut, and without the keys they may repeat."""
    for name in _SECRET_HEADERS:
        secret = request.headers.get(name, "").removeprefix("Bearer ")
        if secret:
            words = words.replace(secret, "(hidden)")
    return clean(" ".join(words.split()), limit=limit)


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
        return f"{doubt} {_WHOSE_KEYS}"
    if datadog:
        return (
            f"Check that the keys are valid for {host}: DD_API_KEY and DD_APP_KEY, or those that"
            " `triage-tui config` tells of."
        )
    return f"Check that the keys are valid for {host}. {_WHOSE_KEYS}"


def _permission(request: httpx.Request) -> str:
    path = request.url.path
    if "/cases" not in path:
        return "user_access_read"
    return "cases_read" if is_read(request) else "cases_write"


def _maybe_done(request: httpx.Request) -> str:
    """What to do when nobody knows if the server acted."""
    if is_read(request):
        return " Try again."
    return f" {MAYBE_DONE}"


def _wait(headers: httpx.Headers, *names: str) -> float | None:
    """Seconds the server asks to wait; None when it does not ask for a sensible number of them."""
    for name in names:
        text = headers.get(name, "").strip()
        if re.fullmatch(r"[0-9]{1,3}", text) and int(text) <= MAX_WAIT:
            return float(text)
    return None
