"""Answers as no server should give them, and what the client makes of them.

    python -m tests.client.malformed 10000 [family...]

asks so often for each family of endpoints, or for those named, and prints how the calls ended. Each
must end in a value or in an `ApiError`; the first that does not ends the run with its traceback.
"""

from __future__ import annotations

import asyncio
import copy
import gzip
import json
import random
import ssl
import sys
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from tests.patience import Patience
from triage_tui.changes import AddComment, CreateCase, SetPriority
from triage_tui.client import CaseClient, connect
from triage_tui.errors import ApiError
from triage_tui.models import NewCase
from triage_tui.sites import Credentials, Secret, choose_target
from triage_tui.text import clean

ANSWERS = Path(__file__).parent / "answers"
KEY = "canary-0123456789abcdef"
_BOMB = zlib.compress(b" " * (32 << 20), 9, wbits=31)


def _good(name: str) -> bytes:
    return (ANSWERS / f"{name}.json").read_bytes()


def _first(name: str) -> bytes:
    return json.dumps({"data": json.loads(_good(name))["data"][0]}).encode()


FAMILIES: dict[str, tuple[bytes, Callable[[CaseClient], Awaitable[object]]]] = {
    "search": (_good("search"), lambda client: client.search("x")),
    "case": (_good("full_case"), lambda client: client.case("1")),
    "timeline": (_good("timeline"), lambda client: client.timeline("1")),
    "links": (_good("links"), lambda client: client.links("1")),
    "watchers": (_good("watchers"), lambda client: client.watchers("1")),
    "history": (_good("history"), lambda client: client.history("1")),
    "raw": (_good("full_case"), lambda client: client.raw_case("1")),
    "count": (_good("count"), lambda client: client.count("", ["status"], limit=5)),
    "aggregate": (_good("aggregate"), lambda client: client.aggregate("", ["status"], limit=5)),
    "projects": (_good("projects"), lambda client: client.projects()),
    "types": (_good("case_types"), lambda client: client.case_types()),
    "users": (_good("users"), lambda client: client.users()),
    "me": (_first("users"), lambda client: client.me()),
    "writes": (_good("case"), lambda client: client.send("1", SetPriority("P1"))),
    "comments": (_good("timeline"), lambda client: client.send("1", AddComment("x"))),
    "creations": (
        _good("case"), lambda client: client.send("", CreateCase(NewCase("x", "p"))),
    ),
}  # fmt: skip

ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 2**63, 2**70, 10**400, 1e308, float("nan"), float("-inf"), "",
    " ", "\ud800", "\udfff\ud800", "\x00", "\x1b[2J", "\u202e", "x" * 5000, [], {}, [[]], [None],
    {"data": 1}, {"": {}}, ["a", None, {}, 3], "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
    "2026-13-45T99:99:99Z", "never", "P99", "SG_NOTHING", "٣", "1e5",
]  # fmt: skip


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """The same answer after an accident, or another in its place."""
    kind = chance.randrange(12)
    if kind <= 4:
        body = json.loads(content)
        for _ in range(chance.randint(1, 4)):
            _change_somewhere(body, chance)
        return json.dumps(body).encode()
    if kind == 5:
        return content[: chance.randrange(len(content))]
    if kind == 6:
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 20)):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        return bytes(damaged)
    if kind == 7:
        deep = chance.choice([10, 300, 100_000])
        return content[:-1] + b',"x":' + b"[" * deep + b"]" * deep + b"}"
    if kind == 8:
        text = content.decode()
        return text.encode(chance.choice(["utf-16", "utf-32", "latin-1", "utf-7"]), "replace")
    if kind == 9:
        # One thing twice, what no text is, and what follows the end.
        return chance.choice(
            [b'{"data":null,' + content[1:], content + content, content.replace(b'"', b'"\xff', 3),
             content.replace(b":", b":\x00", 1), b"\xef\xbb\xbf" + content]
        )  # fmt: skip
    if kind == 10:
        return chance.choice(
            [b"<!doctype html><title>Sign in [/x]\x1b</title>", b"<html>" * 1000, b"<title" * 9000]
        )
    return chance.choice(
        [b"", b" ", b"null", b"0", b"NaN", b'"data"', b"[]", b"{}", b'{"data":[]}', b"OK",
         b'{"data":{}}', b'{"errors":[]}', b'{"data":[[[]]]}', b"9" * 5000, b"\x00" * 100]
    )  # fmt: skip


def _change_somewhere(body: Any, chance: random.Random) -> None:
    while True:
        keys = list(body) if isinstance(body, dict) else list(range(len(body)))
        if not keys:
            return
        key = chance.choice(keys)
        inner = body[key]
        if not isinstance(inner, dict | list) or not inner or chance.random() < 0.2:
            break
        body = inner
    what = chance.randrange(4)
    if what == 0:
        del body[key]
    elif what == 1 and isinstance(body, dict):
        body[chance.choice(["type", "x", "\ud800", "__class__", "id"])] = chance.choice(ODD)
    else:
        body[key] = copy.deepcopy(chance.choice(ODD))


_HEADERS: dict[str, list[str]] = {
    "content-type": [
        "text/html; charset=utf-7",
        "application/vnd.api+json",
        "x",
        "",
        "\u00ff/\x01",
    ],
    "location": ["https://[", "//", "http://\x7f/", "ftp://a:b@c:d", "https://evil.example/", "/"],
    "retry-after": ["-1", "9" * 400, "soon", "0", "1e3", "Wed, 21 Oct 2026 07:28:00 GMT", "٣"],
    "x-ratelimit-remaining": ["0", "-1", "9" * 20, "x", "5"],
    "x-ratelimit-reset": ["0", "nan", "-5", "301", "٣", "30"],
    "x-ratelimit-name": ["a", "\u00ff\x1b[2J", "n" * 5000],
    "x-request-id": ["\x1b]52;c;x\x07", "r" * 5000, KEY],
    "set-cookie": ["a=b; expires=never", "=;;;=", "\u00ff=\u00ff; domain=.com", "a=b; max-age=x"],
    "content-length": ["0", "-5", "x"],
    "date": ["yesterday"],
}
_STATUSES = [200] * 30 + [201, 202, 204, 206, 301, 302, 304, 307, 399, 400, 401, 403, 404, 405, 408]
_STATUSES += [409, 410, 413, 418, 422, 425, 429, 431, 451, 499, 500, 501, 502, 503, 504, 511, 599]
_BREAKS: list[Callable[[], Exception]] = [
    lambda: httpx.ReadError("reset"),
    lambda: httpx.ReadTimeout(""),
    lambda: httpx.RemoteProtocolError("peer closed connection without sending complete body"),
    lambda: ssl.SSLError(1, "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed"),
]


class _Body(httpx.AsyncByteStream):
    """A body in pieces, at whose end the connection may break."""

    def __init__(self, pieces: list[bytes], then: Exception | None) -> None:
        self._pieces = pieces
        self._then = then

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._then:
            raise self._then


def answer(content: bytes, chance: random.Random) -> httpx.Response:
    """An answer in place of a good one with this body; now and then it is the good one."""
    body = spoiled(content, chance) if chance.random() < 0.85 else content
    lines = [
        (name.encode(), chance.choice(values).encode("latin-1", "replace"))
        for name, values in _HEADERS.items()
        for _ in range(chance.choice([0, 0, 0, 0, 0, 1, 1, 2]))
    ]
    packing = chance.randrange(40)
    if packing <= 8:
        body = gzip.compress(body, 1) if packing <= 5 else body
        lines.append((b"Content-Encoding", b"gzip"))
        if packing >= 4:
            body = body[: chance.randint(0, len(body))]
    elif packing == 9:
        coding = chance.choice([b"br", b"deflate", b"gzip, gzip", b"identity", b"\xff", b""])
        lines += [(b"Content-Encoding", coding)] * chance.randint(1, 2)
    elif packing == 10 and chance.random() < 0.1:
        body = _BOMB
        lines.append((b"Content-Encoding", b"gzip"))
    cut = chance.randint(0, len(body))
    then = chance.choice(_BREAKS)() if chance.random() < 0.05 else None
    body_stream = _Body([body[:cut], body[cut:]], then)
    return httpx.Response(chance.choice(_STATUSES), headers=lines, stream=body_stream)


async def outcomes(family: str, calls: int, seed: int | str) -> Counter[str]:
    """How calls to a family of endpoints end while all their answers are spoiled."""
    content, ask = FAMILIES[family]
    chance = random.Random(f"{family} {seed}")
    patience = Patience()
    client = connect(
        choose_target({}),
        Credentials(Secret(KEY), Secret(KEY)),
        transport=httpx.MockTransport(lambda _: answer(content, chance)),
        budget=patience.budget(),
        sleep=patience.sleep,
    )
    ends: Counter[str] = Counter()
    for _ in range(calls):
        try:
            value = await ask(client)
        except ApiError as error:
            _check(error)
            ends[error.failure.value] += 1
        else:
            # Whoever prints it or stores it must be able to.
            repr(value).encode()
            ends["a value"] += 1
    await client.close()
    return ends


def _check(error: ApiError) -> None:
    """An error can be shown as it is."""
    words = str(error)
    assert words == clean(words), words
    assert len(words) < 1000, words
    assert KEY not in words + error.request_id
    assert len(error.request_id) <= 101


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for family in sys.argv[2:] or FAMILIES:
        ends = asyncio.run(outcomes(family, calls, seed=0))
        counts = ", ".join(f"{name} {count}" for name, count in ends.most_common())
        print(f"{family:10} {counts}", flush=True)


if __name__ == "__main__":
    main()
