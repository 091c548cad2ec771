"""A network on which everything goes wrong now and then, and which knows what really happened."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import NamedTuple

import httpx

RATES: Mapping[str, float] = {
    "refused": 0.02,
    "dropped before": 0.02,
    "dropped after": 0.02,
    "too late": 0.02,
    "delayed": 0.05,
    "truncated": 0.02,
    "corrupted": 0.02,
    "said twice": 0.01,
    "replayed": 0.0,
    "another status": 0.05,
    "limited": 0.02,
}
"""How often of once each accident happens.

- refused: no connection
- dropped before, dropped after: the connection breaks before or after the server acts
- too late: the server acts, and the client has no patience to wait for the answer
- delayed: the answer comes after those of later requests
- truncated, corrupted, said twice: what arrives of the answer is no JSON
- replayed: somebody in between sends the request a second time
- another status: any of `STATUSES` in place of the answer; with a 5xx the server may have acted
- limited: 429 with headers, and the server does not act
"""

STATUSES = (
    301, 302, 304, 307, 400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 425, 431, 451,
    500, 501, 502, 503, 504, 511,
)  # fmt: skip


class Event(NamedTuple):
    """What became of one request.

    Attributes:
        what: The accident, with the status if it was another one; "nothing" if all went well.
        applied: Times the server carried it out: with an answer of 2xx, whoever got it.
    """

    method: str
    path: str
    what: str
    applied: int


class ChaosTransport(httpx.AsyncBaseTransport):
    """A transport on the way to `inner` whose accidents follow from a seed.

    Nothing here takes time: what is late is so by turns of the event loop.

    Args:
        inner: Answers what arrives.
        seed: The same one, with the same requests in the same order, gives the same accidents.
        rates: In place of some of `RATES`; together they are not more than 1.

    Attributes:
        log: What became of each request, in the order in which their ends came.
        calm: While it is True, nothing goes wrong.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        seed: int,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        self.log: list[Event] = []
        self.calm = False
        self._inner = inner
        self._chance = random.Random(seed)
        self._rates = {**RATES, **(rates or {})}
        self._rates["nothing"] = rest = 1 - sum(self._rates.values())
        unknown = self._rates.keys() - RATES.keys() - {"nothing"}
        if unknown or rest < -1e-9:
            raise ValueError(f"no such accidents, or too many: {sorted(unknown)}")

    @property
    def applied(self) -> list[Event]:
        """The requests that the server carried out."""
        return [event for event in self.log if event.applied]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        # All that chance decides is decided here, so that the order of ends does not matter.
        accident = "nothing" if self.calm else self._accident()
        chance = random.Random(self._chance.getrandbits(64))
        applied = 0

        async def act() -> httpx.Response:
            nonlocal applied
            answer = await _whole(await self._inner.handle_async_request(request))
            applied += answer.is_success
            return answer

        try:
            match accident:
                case "refused":
                    raise httpx.ConnectError("All connection attempts failed", request=request)
                case "dropped before":
                    raise httpx.ReadError("Connection reset by peer", request=request)
                case "dropped after":
                    await act()
                    raise httpx.ReadError("Connection reset by peer", request=request)
                case "too late":
                    await act()
                    raise httpx.ReadTimeout("", request=request)
                case "delayed":
                    answer = await act()
                    for _ in range(chance.randint(1, 200)):
                        await asyncio.sleep(0)
                    return answer
                case "limited":
                    return _limited(chance)
                case "another status":
                    status = chance.choice(STATUSES)
                    accident = f"{status}"
                    if status >= 500 and chance.random() < 0.5:
                        await act()
                    return httpx.Response(status, json={"errors": ["chaos"]})
                case "replayed":
                    await act()
                    return await act()
                case "truncated" | "corrupted" | "said twice":
                    answer = await act()
                    content = _spoiled(answer.content, accident, chance)
                    return httpx.Response(answer.status_code, content=content)
                case _:
                    return await act()
        finally:
            self.log.append(Event(request.method, request.url.path, accident, applied))

    def _accident(self) -> str:
        return self._chance.choices(list(self._rates), list(self._rates.values()))[0]


async def _whole(answer: httpx.Response) -> httpx.Response:
    """The same answer, read to its end: the server has acted when it is there."""
    return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


def _limited(chance: random.Random) -> httpx.Response:
    headers = {
        "X-RateLimit-Limit": "60",
        "X-RateLimit-Period": "60",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": f"{chance.randint(0, 60)}",
        "X-RateLimit-Name": "chaos",
    }
    return httpx.Response(429, json={"errors": ["Too many requests"]}, headers=headers)


def _spoiled(content: bytes, accident: str, chance: random.Random) -> bytes:
    """What is no JSON any more, whatever it was, except that nothing remains of nothing."""
    if not content:
        return content
    if accident == "truncated":
        return content[: chance.randrange(len(content))]
    if accident == "said twice":
        return content + content
    # No byte of JSON may be 0: a change that leaves JSON is no accident but another answer.
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 20)):
        damaged[chance.randrange(len(damaged))] = 0
    return bytes(damaged)
