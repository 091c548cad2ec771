"""A network with every accident, on which what is late comes late by a time that tests rule."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from random import Random

import httpx

from tests.chaos.transport import ChaosTransport
from tests.timing import HandTime
from triage_tui.failures import is_read

SHARE = 0.1
"""Of the requests, to which something happens that `ChaosTransport` knows nothing of."""

_LONGEST_DELAY = 20.0
_ARRIVED = "arrived at the server"


class Network(httpx.AsyncBaseTransport):
    """The way to a server, with the accidents of `ChaosTransport` and those that take time.

    Those are: an answer that comes late, or too late; a request that arrives twice; the answer to
    another request in place of the own; the connection breaking in the middle of an answer.

    Args:
        time: By which answers are late.
        news: Called when there is something to be done for whoever waits.

    Attributes:
        delayed: Answers that only time will bring.
        at_server: Requests that the server works on.
    """

    def __init__(
        self,
        server: httpx.AsyncBaseTransport,
        time: HandTime,
        *,
        seed: int,
        news: Callable[[], object],
    ) -> None:
        self.delayed = 0
        self.at_server = 0
        self._server = server
        self._time = time
        self._chance = Random(f"network {seed}")
        self._news = news
        self._met: Counter[str] = Counter()
        self._chaos = ChaosTransport(_Arrival(self), seed=seed)
        self._last: httpx.Response | None = None

    @property
    def met(self) -> Counter[str]:
        """How often what happened to a request."""
        known = Counter(
            "another status" if event.what.isdigit() else event.what for event in self._chaos.log
        )
        return known - Counter({"nothing": self._met.total()}) + self._met

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        chance = Random(self._chance.getrandbits(64))
        try:
            answer = await self._chaos.handle_async_request(request)
            if _ARRIVED not in request.extensions or chance.random() >= SHARE:
                return answer
            return await self._harmed(request, answer, chance)
        finally:
            self._news()

    async def _harmed(
        self, request: httpx.Request, answer: httpx.Response, chance: Random
    ) -> httpx.Response:
        kinds = ["late", "too late by the clock", "cut in the middle"]
        if _may_come_twice(request):
            kinds.append("came twice")
        last = self._last
        # A read that is sent again may be refused on the way although it arrived before. Nobody
        # can tell such a refusal of another request from one of his own.
        if answer.is_success:
            self._last = answer
        if last and last.content != answer.content:
            kinds.append("another's answer")
        kind = chance.choice(kinds)
        self._met[kind] += 1
        if kind == "late":
            await self._delay(chance.uniform(0, _LONGEST_DELAY))
        elif kind == "too late by the clock":
            await self._delay(10.0)
            raise httpx.ReadTimeout("", request=request)
        elif kind == "came twice":
            await self.arrive(request)
        elif kind == "another's answer" and last:
            return httpx.Response(last.status_code, headers=last.headers, content=last.content)
        elif kind == "cut in the middle":
            end = chance.randrange(len(answer.content) or 1)
            return httpx.Response(answer.status_code, stream=_Cut(answer.content[:end]))
        return answer

    async def arrive(self, request: httpx.Request) -> httpx.Response:
        """What the server answers. It goes on although nobody may listen any more."""
        return await asyncio.shield(asyncio.ensure_future(self._worked_on(request)))

    async def _worked_on(self, request: httpx.Request) -> httpx.Response:
        self.at_server += 1
        try:
            answer = await self._server.handle_async_request(request)
            await answer.aread()
        finally:
            self.at_server -= 1
            self._news()
        return answer

    async def _delay(self, seconds: float) -> None:
        passed = asyncio.Event()

        def ring() -> None:
            self.delayed -= 1
            passed.set()

        alarm = self._time.call_later(seconds, ring)
        self.delayed += 1
        self._news()
        try:
            await passed.wait()
        except asyncio.CancelledError:
            if not passed.is_set():
                alarm.cancel()
                self.delayed -= 1
            raise


class _Arrival(httpx.AsyncBaseTransport):
    """The end of a network, where the server is."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions[_ARRIVED] = True
        return await self._network.arrive(request)


class _Cut(httpx.AsyncByteStream):
    """The beginning of a body, and then the end of the connection."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning = beginning

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._beginning
        raise httpx.RemoteProtocolError("peer closed connection without sending complete body")


def _may_come_twice(request: httpx.Request) -> bool:
    """False for what is there twice if it comes twice: no client can do anything about that."""
    path = request.url.path
    return is_read(request) or not path.endswith(("/comment", "/cases"))
