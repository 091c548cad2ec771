"""The accidents of a network, on demand, between the real client and the embedded server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote_plus

import httpx


def line_of(request: httpx.Request) -> str:
    """A request as patterns see it: "GET /api/v2/cases?page[size]=10&filter=status:open"."""
    query = unquote_plus(request.url.query.decode())
    return f"{request.method} {request.url.path}{'?' if query else ''}{query}"


@dataclass
class Rule:
    """What happens to the requests that fit a pattern.

    Attributes:
        pattern: In the manner of file names, for the text that `line_of` gives.
        times: For how many requests it holds; None for all until it is lifted.
        met: The requests it was applied to.
    """

    pattern: str
    times: int | None
    met: list[httpx.Request] = field(default_factory=list)

    def takes(self, request: httpx.Request) -> bool:
        """True, and noted, if the rule is for this request."""
        if self.times is not None and len(self.met) >= self.times:
            return False
        if not fnmatchcase(line_of(request), self.pattern):
            return False
        self.met.append(request)
        return True

    def lift(self) -> None:
        """From now on the rule holds for nothing."""
        self.times = 0


@dataclass
class Gate(Rule):
    """Holds back answers until it is lifted, or to the end of a `with` block."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first answer has come to the gate."""
    waiting: int = 0

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, *_: object) -> None:
        self.lift()

    def lift(self) -> None:
        super().lift()
        self.opened.set()


@dataclass
class _Accident(Rule):
    """Puts something else in place of the answer.

    Attributes:
        acts: True if the server sees the request all the same.
        outcome: Gives the answer, or raises what httpx raises.
    """

    acts: bool = False
    outcome: Callable[[httpx.Request], httpx.Response] = lambda request: httpx.Response(200)


class Faults(httpx.AsyncBaseTransport):
    """A transport that breaks what it is told to break, in the order in which it was told.

    Attributes:
        requests: All that were sent, as texts, in order.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self._inner = inner
        self._rules: list[Rule] = []
        self._under_way = 0

    @property
    def held(self) -> int:
        """Requests whose answers are held back now."""
        return sum(rule.waiting for rule in self._rules if isinstance(rule, Gate))

    @property
    def busy(self) -> bool:
        """True while a request is under way that nobody holds back."""
        return self._under_way > self.held

    def sent(self, pattern: str) -> list[str]:
        """The requests so far that fit a pattern."""
        return [line for line in self.requests if fnmatchcase(line, pattern)]

    # What can go wrong

    def hold(self, pattern: str = "*") -> Gate:
        """The server acts, but no answer arrives until the gate is lifted."""
        gate = Gate(pattern, None)
        self._rules.append(gate)
        return gate

    def refuse(self, pattern: str = "*", times: int | None = None) -> Rule:
        """No connection: the server sees nothing of it."""

        def outcome(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("All connection attempts failed", request=request)

        return self._add(_Accident(pattern, times, outcome=outcome))

    def lose(self, pattern: str, times: int | None = 1, *, late: bool = False) -> Rule:
        """The server acts, and the answer is lost: the connection breaks, or is too `late`."""

        def outcome(request: httpx.Request) -> httpx.Response:
            if late:
                raise httpx.ReadTimeout("", request=request)
            raise httpx.ReadError("Connection reset by peer", request=request)

        return self._add(_Accident(pattern, times, acts=True, outcome=outcome))

    def swallow(self, pattern: str, times: int | None = 1) -> Rule:
        """The connection breaks before the server acts; the client cannot tell from `lose`."""

        def outcome(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadError("Connection reset by peer", request=request)

        return self._add(_Accident(pattern, times, outcome=outcome))

    def answer(
        self,
        pattern: str,
        status: int,
        *,
        says: str | None = None,
        json: Any = None,
        html: str | None = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> Rule:
        """Another answer in place of the server's; `says` is the sentence of an error body."""
        body = {"errors": [{"status": str(status), "detail": says}]} if says is not None else json

        def outcome(request: httpx.Request) -> httpx.Response:
            if html is not None:
                return httpx.Response(status, html=html, headers=headers)
            return httpx.Response(status, json=body, headers=headers)

        return self._add(_Accident(pattern, times, outcome=outcome))

    def forget(self) -> None:
        """From now on nothing goes wrong."""
        for rule in self._rules:
            rule.lift()
        self._rules.clear()

    def _add(self, rule: Rule) -> Rule:
        self._rules.append(rule)
        return rule

    # The way to the server

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(line_of(request))
        self.bodies.append(request.content)
        self._under_way += 1
        try:
            rule = next((rule for rule in self._rules if rule.takes(request)), None)
            if isinstance(rule, _Accident):
                if rule.acts:
                    await self._inner.handle_async_request(request)
                return rule.outcome(request)
            response = await self._inner.handle_async_request(request)
            if isinstance(rule, Gate):
                rule.waiting += 1
                rule.arrived.set()
                try:
                    await rule.opened.wait()
                finally:
                    rule.waiting -= 1
            return response
        finally:
            self._under_way -= 1
