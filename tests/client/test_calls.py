"""What is sent again and what is not, what waits, and what is told of an exchange."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from tests.client.test_client import US1, Streamed, answer, failure_of
from tests.patience import Patience
from triage_tui.calls import TRIES, Calls
from triage_tui.changes import AddComment, CreateCase, SetPriority
from triage_tui.client import CaseClient, connect
from triage_tui.errors import ApiError, Failure
from triage_tui.models import NewCase, Quota, Receipt

Answer = Callable[[httpx.Request], httpx.Response]
P1 = SetPriority("P1")


class Script:
    """Answers with one after the other; the last one for ever."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = answers

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        now = self._answers[min(len(self.requests), len(self._answers)) - 1]
        if isinstance(now, Exception):
            raise now
        return now(request)


def says(status: int = 200, body: bytes | None = None, **headers: Any) -> Answer:
    content = answer("case") if body is None else body
    lines = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, stream=Streamed(content), headers=lines)


BROKEN = httpx.ReadError("reset")
NOBODY = httpx.ConnectError("All connection attempts failed")
LATE = httpx.ReadTimeout("")


@pytest.fixture
def patience() -> Patience:
    return Patience()


def client_of(script: Answer, patience: Patience) -> CaseClient:
    transport = httpx.MockTransport(script)
    return connect(US1, None, transport=transport, budget=patience.budget(), sleep=patience.sleep)


READS: dict[str, tuple[Callable[[CaseClient], Awaitable[object]], str]] = {
    "case": (lambda client: client.case("1"), "case"),
    "aggregate": (lambda client: client.aggregate("", ["status"], limit=5), "aggregate"),
}
PASSING: dict[str, Answer | Exception] = {
    "broken": BROKEN,
    "late": LATE,
    "trouble": says(503),
    "cut off": says(body=b'{"data": {"id": '),
    "half a gzip": says(body=b"\x1f\x8b\x08", content_encoding="gzip"),
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("what", PASSING)
async def test_a_read_is_sent_again_when_that_may_help(
    read: str, what: str, patience: Patience
) -> None:
    ask, good = READS[read]
    script = Script(PASSING[what], PASSING[what], PASSING[what], says(body=answer(good)))
    assert await ask(client_of(script, patience))
    assert len(script.requests) == TRIES
    first, second, third = patience.waits
    assert (first <= 0.5, second <= 1, third <= 2) == (True, True, True)


async def test_a_read_is_given_up_in_the_end(patience: Patience) -> None:
    script = Script(BROKEN)
    error = await failure_of(client_of(script, patience).case("1"))
    assert (error.failure, len(script.requests)) == (Failure.UNREACHABLE, TRIES)


@pytest.mark.parametrize(
    "final",
    [says(400), says(401), says(403), says(404), says(501), says(302), says(body=b"<html>"),
     says(body=b"{}"), says(429)],
)  # fmt: skip
async def test_a_read_is_not_sent_again_when_that_cannot_help(
    final: Answer, patience: Patience
) -> None:
    script = Script(final)
    await failure_of(client_of(script, patience).case("1"))
    assert (len(script.requests), patience.waits) == (1, [])


@pytest.mark.parametrize("what", [*PASSING.values(), NOBODY, says(500), says(429)])
@pytest.mark.parametrize("change", [P1, AddComment("x"), CreateCase(NewCase("x", "p"))])
async def test_a_write_is_sent_once(
    what: Answer | Exception, change: SetPriority | AddComment | CreateCase, patience: Patience
) -> None:
    script = Script(what)
    await failure_of(client_of(script, patience).send("1", change))
    assert (len(script.requests), patience.waits) == (1, [])


OWN_ID = "1f0c8f1e-3b7a-4a53-9d55-0d7a5b0c9a11"
OTHER_ID = "1f0c8f1e-3b7a-4a53-9d55-0d7a5b0c9a12"


async def test_an_answer_about_another_case_is_not_believed(patience: Patience) -> None:
    script = Script(says(body=answer("case")))
    client = client_of(script, patience)
    assert (await client.case(OWN_ID.upper())).id == OWN_ID
    assert await client.send(OWN_ID, P1)
    script.requests.clear()
    error = await failure_of(client.case(OTHER_ID))
    assert (error.failure, len(script.requests)) == (Failure.UNREADABLE, TRIES)
    assert "about another case" in str(error)
    error = await failure_of(client.send(OTHER_ID, P1))
    assert (error.applied, len(script.requests)) == (None, TRIES + 1)


@pytest.mark.parametrize("never", [NOBODY, httpx.ConnectTimeout("")])
async def test_a_server_that_was_never_reached_is_given_up_at_once(
    never: Exception, patience: Patience
) -> None:
    script = Script(never, says(), never, never, says())
    client = client_of(script, patience)
    await failure_of(client.case("1"))
    assert len(script.requests) == 1
    await client.case("1")
    assert await client.case("1")
    assert len(script.requests) == 5


async def test_a_read_waits_as_long_as_it_is_told_but_not_beyond_its_deadline(
    patience: Patience,
) -> None:
    script = Script(says(503, retry_after="7"), says())
    assert await client_of(script, patience).case("1")
    assert patience.waits == [7]
    script = Script(says(503, retry_after="60"), says())
    error = await failure_of(client_of(script, patience).case("1"))
    assert (error.retry_after, len(script.requests)) == (60, 1)


async def test_waiting_for_a_limit_does_not_use_up_the_deadline(patience: Patience) -> None:
    budget = patience.budget()

    def limited_meanwhile(request: httpx.Request) -> httpx.Response:
        budget.limited("GET /api/v2/cases/*", 300)
        raise BROKEN

    http = httpx.AsyncClient(
        base_url=US1.base_url,
        transport=httpx.MockTransport(Script(limited_meanwhile, says())),
    )
    calls = Calls(http, budget, clock=patience, sleep=patience.sleep)
    assert await CaseClient(calls).case("1")
    assert 300 <= sum(patience.waits) <= 301


# The rate


async def test_nothing_is_sent_before_a_limit_is_renewed(patience: Patience) -> None:
    script = Script(says(429, x_ratelimit_reset="12"), says())
    client = client_of(script, patience)
    error = await failure_of(client.case("1"))
    assert (error.failure, error.retry_after) == (Failure.RATE_LIMITED, 12)
    await client.send("2", P1)
    assert patience.waits == [12]


async def test_a_used_up_limit_is_waited_for_without_being_refused(patience: Patience) -> None:
    headers: Any = {"x_ratelimit_reset": "40", "x_ratelimit_name": "cases\x1b"}
    left = says(x_ratelimit_remaining="1", **headers)
    used_up = says(x_ratelimit_remaining="0", **headers)
    client = client_of(Script(left, used_up, says()), patience)
    await client.case("1")
    await client.case("2")
    assert patience.waits == []
    assert client.quota == Quota(0, 40, "cases␛")
    await client.case("3")
    assert patience.waits == [40]


async def test_one_limit_does_not_hold_up_what_has_another(patience: Patience) -> None:
    used_up = says(
        body=answer("search"),
        x_ratelimit_remaining="0",
        x_ratelimit_reset="40",
        x_ratelimit_name="search",
    )
    other = says(x_ratelimit_remaining="9", x_ratelimit_reset="40", x_ratelimit_name="writes")
    client = client_of(
        lambda request: (other if request.method == "POST" else used_up)(request), patience
    )
    await client.search("")
    await client.send("1", P1)
    await client.send("2", P1)
    assert patience.waits == []
    await client.search("")
    assert patience.waits == [40]


async def test_whole_servers_are_read_at_the_pace_of_the_caller(patience: Patience) -> None:
    script = Script(
        says(429, x_ratelimit_reset="12"),
        BROKEN,
        says(x_ratelimit_remaining="5", x_ratelimit_reset="2"),
    )
    client = client_of(script, patience)
    for _ in range(2):
        with suppress(ApiError):
            await client.resources("read", "cases", "1")
    found, quota = await client.resources("read", "cases", "1")
    assert (len(found.data), quota, len(script.requests)) == (1, Quota(5, 2), 3)
    assert patience.waits == []


# What is told


@pytest.mark.parametrize(
    ("headers", "request_id"),
    [
        ({"X-Request-Id": "abc-1"}, "abc-1"),
        ({"DD-Request-ID": "dd", "X-Datadog-Trace-Id": "77"}, "dd"),
        ({"X-Datadog-Trace-Id": "77"}, "77"),
        ({"X-Request-Id": " \x1b[2J" + "9" * 500}, "␛[2J" + "9" * 95 + "…"),
        ({}, ""),
    ],
)
async def test_the_request_id_and_the_time(
    headers: Any, request_id: str, patience: Patience
) -> None:
    receipts: list[Receipt] = []
    client = client_of(
        Script(says(**headers), says(400, **headers), says(500, **headers)), patience
    )
    await client.send("1", P1, told=receipts.append)
    [receipt] = receipts
    assert (receipt.status, receipt.request_id, receipt.quota) == (200, request_id, None)
    assert receipt.took >= 0
    for _ in range(2):
        error = await failure_of(client.send("1", P1, told=receipts.append))
        assert error.request_id == request_id
        assert error.took is not None
        assert error.took >= 0
    assert len(receipts) == 1


async def test_creations_and_comments_have_receipts_too(patience: Patience) -> None:
    receipts: list[Receipt] = []
    client = client_of(says(201), patience)
    await client.send("", CreateCase(NewCase("x", "p")), told=receipts.append)
    client = client_of(says(201, answer("timeline")), patience)
    await client.send("1", AddComment("x"), told=receipts.append)
    assert [receipt.status for receipt in receipts] == [201, 201]


# The classes of failures


def caused_by(cause: Exception, *, through_group: bool = False) -> httpx.ConnectError:
    """What httpx raises, with the real cause as deep in it as asyncio puts it."""
    error, inner = httpx.ConnectError("All connection attempts failed"), OSError("failed")
    inner.__cause__ = ExceptionGroup("attempts", [cause]) if through_group else cause
    error.__context__ = inner
    return error


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (caused_by(socket.gaierror(-2, "Name or service not known")), "is not known here"),
        (caused_by(ConnectionRefusedError(111, "refused")), "takes no connections"),
        (caused_by(ConnectionRefusedError(111, "refused"), through_group=True), "takes no"),
        (caused_by(OSError(101, "Network is unreachable")), "there is no way from here"),
        (caused_by(OSError(113, "No route to host")), "there is no way from here"),
        (httpx.ProxyError("407 Proxy Authentication Required"),
         "the proxy gives no connection to api.datadoghq.com (407 Proxy Authentication Required)."
         " Check HTTPS_PROXY"),
        (httpx.ConnectTimeout(""), "connecting to api.datadoghq.com took too long"),
        (httpx.PoolTimeout(""), "too many other requests"),
        (httpx.WriteTimeout(""), "sending to api.datadoghq.com took too long"),
        (httpx.ReadTimeout(""), "api.datadoghq.com took too long to answer"),
    ],
)  # fmt: skip
async def test_why_there_is_no_answer(
    raised: httpx.HTTPError, words: str, patience: Patience
) -> None:
    error = await failure_of(client_of(Script(raised), patience).send("1", P1))
    assert words in str(error)


async def test_a_proxy_is_named_where_there_is_one(
    patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(Script(NOBODY), patience)
    assert str(await failure_of(client.me())).endswith("Check the network and the site.")
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:canary-pw@proxy:3128")
    words = str(await failure_of(client.me()))
    assert words.endswith("Check the network, the site and the proxy (HTTPS_PROXY).")
    assert "canary" not in words


async def test_what_an_unreadable_answer_was_sent_as(patience: Patience) -> None:
    script = Script(says(body=b"OK", content_type="text/plain; charset=utf-8"))
    error = await failure_of(client_of(script, patience).me())
    assert "is not JSON, sent as text/plain. Check" in str(error)
    good = says(content_type="text/html")
    assert await client_of(good, patience).case("1")


async def test_a_bulky_web_page_does_not_take_long(patience: Patience) -> None:
    page = b"<title" * 500_000
    for status in (200, 502):
        error = await failure_of(client_of(says(status, page), patience).me())
        assert error.status == status


async def test_cookies_are_not_kept(patience: Patience) -> None:
    script = Script(says(set_cookie="session=1; Path=/"))
    client = client_of(script, patience)
    await client.case("1")
    await client.case("1")
    assert "cookie" not in script.requests[1].headers
