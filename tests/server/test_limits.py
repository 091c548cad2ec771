"""What a connection may do: how large, how slow, how many, and what is answered otherwise."""

from __future__ import annotations

import asyncio
import json
import logging
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPResponse

import httpx
import pytest
import uvicorn

from tests.server.conftest import NOW
from triage_tui.server.access import HEADERS_LIMIT, URL_LIMIT
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.serving import http_server
from triage_tui.server.store import Store


@dataclass(frozen=True)
class Served:
    """A server of its own for one test."""

    port: int
    server: uvicorn.Server

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def said(self, *parts: bytes) -> tuple[HTTPResponse, bytes]:
        """The answer to what is sent on a connection of its own, and its body."""
        with self.connect() as connection:
            for part in parts:
                connection.sendall(part)
            return answer_on(connection)


def answer_on(connection: socket.socket) -> tuple[HTTPResponse, bytes]:
    response = HTTPResponse(connection)
    response.begin()
    return response, response.read()


@contextmanager
def serving(
    store: Store, *, connections: int, head_patience: float, read_patience: float = 20
) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = threading.Event()
        server = http_server(
            create_app(store, now=lambda: NOW),
            started=started.set,
            connections=connections,
            head_patience=head_patience,
            read_patience=read_patience,
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            assert started.wait(10)
            yield Served(listener.getsockname()[1], server)
        finally:
            server.should_exit = True
            thread.join(15)
            assert not thread.is_alive()


@pytest.fixture
def served(store: Store) -> Iterator[Served]:
    with serving(store, connections=3, head_patience=20) as found:
        yield found


def error(status: int, detail: str) -> object:
    # Python does not call every status the same in every version.
    title = HTTPStatus(status).phrase
    return {"errors": [{"status": str(status), "title": title, "detail": detail}]}


GET = b"GET /api/v2/cases/types HTTP/1.1\r\nHost: localhost\r\n"
NO_HTTP = error(400, "this is not HTTP/1.1 as it should be")
LONG_LINE = error(414, "the first line of the request is too long")
LONG_URL = error(414, "path and query may have 32768 bytes together")
LONG_HEADERS = error(431, "the headers are too long")
MANY_HEADERS = error(431, "there may be 100 headers of 16384 bytes together")


@pytest.mark.parametrize(
    ("sent", "status", "answer"),
    [
        (b"\r\n\r\nnonsense\r\n\r\n", 400, NO_HTTP),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(600), 400, NO_HTTP),
        (b"GET /\x1b[2J HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, NO_HTTP),
        (b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, NO_HTTP),
        (b"GET / HTTP/1.1\r\n\r\n", 400, NO_HTTP),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, NO_HTTP),
        (GET + b"X : y\r\n\r\n", 400, NO_HTTP),
        (GET + b"X: \x00\r\n\r\n", 400, NO_HTTP),
        (GET + b"Content-Length: 1e3\r\n\r\n", 400, NO_HTTP),
        (GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, NO_HTTP),
        (b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n\r\n", 414, LONG_LINE),
        (b"GET /?" + b"a" * URL_LIMIT + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, LONG_URL),
        (GET + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n", 431, LONG_HEADERS),
        (GET + b"X: " + b"a" * 20_000 + b"\r\n\r\n", 431, MANY_HEADERS),
        (GET + b"X: a\r\n" * HEADERS_LIMIT + b"\r\n", 431, MANY_HEADERS),
    ],
    ids=lambda value: repr(value)[:50] if isinstance(value, bytes) else "",
)  # fmt: skip
def test_what_is_no_request_is_refused_like_one(
    served: Served, sent: bytes, status: int, answer: object
) -> None:
    response, body = served.said(sent)
    assert (response.status, json.loads(body)) == (status, answer)
    assert response.headers["content-type"] == "application/vnd.api+json"
    # And the next one is none the worse for it.
    response, _ = served.said(GET + b"\r\n")
    assert response.status == 200


def test_a_transfer_encoding_that_is_not_known(served: Served) -> None:
    response, body = served.said(GET + b"Transfer-Encoding: gzip\r\n\r\n")
    assert response.status == 501
    assert json.loads(body) == {"errors": [{"status": "501", "title": "Not Implemented"}]}


def test_a_body_that_breaks_off_in_nonsense(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    head = (
        b"POST /api/v2/cases HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with served.connect() as connection, caplog.at_level(logging.ERROR):
        connection.sendall(head)
        assert connection.recv(4096).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"nonsense\r\n")
        response, body = answer_on(connection)
    assert (response.status, json.loads(body)) == (400, NO_HTTP)
    assert served.said(GET + b"\r\n")[0].status == 200
    assert caplog.records == []


def test_the_answer_comes_before_the_connection_is_closed_on_who_is_still_sending(
    served: Served,
) -> None:
    response, body = served.said(b"GET /", *[b"a" * 65536] * 40)
    assert (response.status, json.loads(body)) == (414, LONG_LINE)


def test_requests_on_one_connection(served: Served) -> None:
    with served.connect() as connection:
        for _ in range(3):
            connection.sendall(GET + b"\r\n")
            assert answer_on(connection)[0].status == 200


def test_the_body_of_an_answer_does_not_wait_for_the_client(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(GET + b"\r\n")
        assert answer_on(connection)[0].status == 200
        (accepted,) = served.server.server_state.connections
        its_socket = accepted.transport.get_extra_info("socket")
        assert its_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


@pytest.mark.parametrize("sent", [b"", GET, b"GET /api/v2/ca"])
def test_a_head_that_never_arrives(store: Store, sent: bytes) -> None:
    with serving(store, connections=3, head_patience=0.05) as served:
        response, body = served.said(sent)
        assert (response.status, json.loads(body)) == (
            408,
            error(408, "the request did not arrive in time"),
        )


def test_the_second_head_that_never_arrives(store: Store) -> None:
    with serving(store, connections=3, head_patience=1) as served, served.connect() as connection:
        connection.sendall(GET + b"\r\n")
        assert answer_on(connection)[0].status == 200
        connection.sendall(b"GET /")
        assert answer_on(connection)[0].status == 408


def test_one_connection_too_many(served: Served) -> None:
    with ExitStack() as stack:
        for _ in range(3):
            connection = stack.enter_context(served.connect())
            connection.sendall(GET + b"\r\n")
            assert answer_on(connection)[0].status == 200
        response, body = served.said(GET + b"\r\n")
        assert (response.status, response.headers["retry-after"]) == (503, "1")
        assert json.loads(body) == error(503, "there are too many connections")
        # Those who were first are still served.
        connection.sendall(GET + b"\r\n")
        assert answer_on(connection)[0].status == 200


OPENAPI = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_a_client_that_does_not_take_its_answers(store: Store) -> None:
    with (
        serving(store, connections=1, head_patience=20, read_patience=0.05) as served,
        served.connect() as deaf,
    ):
        # More than the buffers between the two can hold.
        deaf.sendall(OPENAPI * 1000)
        ended = select.poll()
        ended.register(deaf, 0)  # for nothing but its end
        assert ended.poll(20_000)
        assert served.said(GET + b"\r\n")[0].status == 200


async def test_queries_that_ask_for_too_much(store: Store) -> None:
    transport = httpx.ASGITransport(create_app(store, now=lambda: NOW))
    queries = ("(" * 10_000, "(" * 10_000 + "a" + ")" * 10_000, "status:open " * 80_000, "-" * 900)
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
        for query in queries:
            attributes = {"query_filter": query, "group_by": {"groups": ["status"], "limit": 5}}
            body = {"data": {"type": "aggregate", "attributes": attributes}}
            response = await http.post("/api/v2/cases/aggregate", json=body)
            assert response.status_code == 400
            assert "(at character " in response.json()["errors"][0]["detail"]


async def test_a_crash_tells_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("c4nary")

    monkeypatch.setattr(store, "search", broken)
    app = create_app(store, now=lambda: NOW)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
        response = await http.get("/api/v2/cases")
    assert response.status_code == 500
    assert response.json() == {"errors": [{"status": "500", "title": "Internal Server Error"}]}


async def test_many_large_bodies_are_all_answered(store: Store) -> None:
    transport = httpx.ASGITransport(create_app(store, now=lambda: NOW))
    async with httpx.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as http:
        body = b'{"data":{"type":"case","attributes":{"priority":"P1"}}}'.ljust(200_000)
        headers = {"content-type": "application/json"}
        calls = [
            http.post("/api/v2/cases/OPS-1/priority", content=body, headers=headers)
            for _ in range(8)
        ]
        assert {answer.status_code for answer in await asyncio.gather(*calls)} == {200}
