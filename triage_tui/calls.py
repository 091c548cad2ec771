"""How a request is sent and its answer read, bounded in time and size; reads are sent again."""

from __future__ import annotations

import asyncio
import random
import re
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from triage_tui import wire
from triage_tui.budget import Budget
from triage_tui.errors import ApiError, Failure
from triage_tui.failures import is_read, lost, quota, refused, request_id, unreadable
from triage_tui.models import Receipt

T = TypeVar("T")
Told = Callable[[Receipt], None]

DEADLINE = 30.0
"""Seconds for a whole call. The timeouts of httpx are for each read, which a slow server resets."""

MAX_BODY = 16 * 1024 * 1024
"""Bytes of an answer, decompressed. A page of 100 cases is a hundredth of it."""

TRIES = 4
"""Times a read is sent whose failures may pass."""

_FIRST_WAIT = 0.5
"""Seconds at most before the first repetition; before the next ones, twice as many each time."""

_IDS = re.compile(
    r"(?<=/cases/projects/)(?!favorites(?:/|$))[^/]+|(?<=/cases/link/)[^/]+|(?<=/users/)[^/]+"
    r"|(?<=/cases/views/)[^/]+"
    r"|(?<=/watchers/)[^/]+|(?<=/comment/)[^/]+|(?<=/custom_attributes/)[^/]+"
    r"|(?<=/cases/)(?!(?:count|aggregate|link|projects|types|views)(?:/|$))[^/]+"
)
"""The segments of a path that tell which one, not what kind."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be sent.

    Attributes:
        failed: How a sentence about its failure begins: "Could not open the case".
        path: Below the base URL.
    """

    failed: str
    method: str
    path: str
    params: Mapping[str, str | int] | None = None
    body: Mapping[str, Any] | None = None

    @property
    def route(self) -> str:
        """The method and the path without ids, as servers limit them."""
        return f"{self.method} {_IDS.sub('*', self.path)}"


def api_path(*segments: str) -> str:
    """The path below the base URL; a segment may be anything, and stays one segment."""
    for segment in segments:
        if segment in ("", ".", ".."):  # these would make it another path
            raise ApiError(f"Nothing has the id {segment!r}: check the id.", Failure.NOT_FOUND)
    return "/api/v2/" + "/".join(quote(wire.mended(segment), safe="") for segment in segments)


class Calls:
    """Sends requests. Each ends in a value or in an `ApiError`.

    Args:
        http: Has the base URL and the keys; closed by `close`. It must not follow redirects.
        budget: Where requests wait for their turns.
        deadline: Seconds for a whole call; for a read, with all its repetitions.
        clock: Tells the time in seconds.
        sleep: Waits before a repetition.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        budget: Budget,
        *,
        deadline: float = DEADLINE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.budget = budget
        self._http = http
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep
        self._reached = False

    async def close(self) -> None:
        """Close the connections. No call may follow."""
        await self._http.aclose()

    async def ask(
        self,
        call: Call,
        read: Callable[[bytes], T],
        told: Callable[[Receipt], None] | None = None,
    ) -> T:
        """What `read` makes of the answer.

        A read that failed and may succeed is sent again, up to `TRIES` times. A write never is:
        only who knows what it is for can tell whether that would do it twice.

        Args:
            told: Called with the receipt of a success.
        """
        request = self._request(call)
        reads = is_read(request)
        left, again = self._deadline, 0
        while True:
            async with self.budget.turn(call.route, writing=not reads):
                began = self._clock()
                try:
                    value, receipt = await self._exchange(call, request, read, left)
                except ApiError as error:
                    again += 1
                    wait = random.uniform(0, _FIRST_WAIT * 2 ** (again - 1))
                    wait = max(wait, error.retry_after or 0.0)
                    # What the server's limits make it wait is not its own time.
                    left -= self._clock() - began + wait
                    if not reads or again == TRIES or left <= 0 or not self._may_pass(error):
                        raise
                else:
                    if told:
                        told(receipt)
                    return value
            await self._sleep(wait)

    async def once(self, call: Call, read: Callable[[bytes], T]) -> tuple[T, Receipt]:
        """Like `ask`, but sent at once and once, for whoever keeps to a pace of their own."""
        return await self._exchange(call, self._request(call), read, self._deadline)

    def _may_pass(self, error: ApiError) -> bool:
        # At first contact the person is there, and a wrong address does not get better.
        return error.passing and (self._reached or error.applied is None)

    def _request(self, call: Call) -> httpx.Request:
        try:
            # Surrogates come from a paste or a badly decoded argument, and cannot be sent.
            return self._http.build_request(
                call.method, call.path, params=wire.mended(call.params), json=wire.mended(call.body)
            )
        except httpx.InvalidURL:
            what = "the query" if call.params else "the id"
            raise ApiError(
                f"{call.failed}: {what} is too long for an address; shorten it.", Failure.REFUSED
            ) from None

    async def _exchange(
        self, call: Call, request: httpx.Request, read: Callable[[bytes], T], seconds: float
    ) -> tuple[T, Receipt]:
        """One request and its answer.

        Errors are not chained: those of httpx hold the request, and so the keys.
        """
        began = self._clock()
        try:
            response, content = await self._send(call.failed, request, seconds)
            self._reached = True
            left = quota(response)
            if response.status_code == 429:
                error = refused(call.failed, response, content)
                self.budget.limited(call.route, error.retry_after or 0.0, left.name if left else "")
                raise error
            self.budget.heard(call.route, left)
            if not response.is_success:
                raise refused(call.failed, response, content)
            try:
                value = read(content)
            except wire.Unreadable as why:
                raise unreadable(call.failed, response, why) from None
        except ApiError as error:
            error.took = self._clock() - began
            raise
        took = self._clock() - began
        return value, Receipt(response.status_code, request_id(response), took, left)

    async def _send(
        self, failed: str, request: httpx.Request, seconds: float
    ) -> tuple[httpx.Response, bytes]:
        """The answer, whatever its status."""
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout(seconds):
                response = await self._http.send(request, stream=True, follow_redirects=False)
                try:
                    return response, await _content(response)
                except wire.Unreadable as why:
                    if response.is_success:
                        raise unreadable(failed, response, why) from None
                    return response, b""  # the status says enough
                finally:
                    await response.aclose()
        # OSError: what goes wrong with TLS after its beginning comes as it is.
        except (OSError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise lost(failed, request, error, begun=response is not None) from None


async def _content(response: httpx.Response) -> bytes:
    """The decompressed body; raises `Unreadable` above `MAX_BODY`.

    httpx unpacks a whole chunk at once, whatever comes out of it, so the bound has to be kept here.
    """
    if response.is_stream_consumed:  # a transport in this process may answer all at once
        return response.content
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("", "identity", "gzip"):
        raise wire.Unreadable("compressed in an unknown way")
    unpack = zlib.decompressobj(wbits=31) if coding == "gzip" else None
    unpacked = bytearray()
    any_came = False
    async for chunk in response.aiter_raw():
        any_came = any_came or bool(chunk)
        try:
            unpacked += unpack.decompress(chunk, MAX_BODY + 1 - len(unpacked)) if unpack else chunk
        except zlib.error:
            raise wire.Unreadable("compressed wrongly") from None
        if len(unpacked) > MAX_BODY:
            raise wire.Unreadable(f"too large (more than {MAX_BODY >> 20} MiB)")
    if unpack and any_came and not unpack.eof:
        raise wire.cut_off()
    return bytes(unpacked)
