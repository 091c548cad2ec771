"""TLS, proxies and the variables for them, over real connections that stay on this machine.

`tls/` holds an authority that nobody trusts, and certificates with their keys for cases.example
and localhost that it signed: `server.pem` until 2120, `expired.pem` until the second day of 2020.
"""

from __future__ import annotations

import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.client.test_client import API_KEY, KEYS, failure_of
from triage_tui.client import connect
from triage_tui.errors import ConfigError, Failure
from triage_tui.sites import Target, choose_target

PATIENCE = 10.0
"""Seconds after which something that was waited for counts as never coming."""

TLS = Path(__file__).parent / "tls"
AUTHORITY = str(TLS / "authority.pem")
ANA = b'{"data": {"id": "u1", "type": "users", "attributes": {"name": "Ana"}}}'


class Here:
    """A service with a certificate, and a proxy that leads everybody to it.

    Attributes:
        asked: The heads of the requests that the service got.
        tunnels: The heads of the requests that the proxy got.
        refuses: What the proxy says in place of leading anywhere.
        port, proxy_port: Where they listen.
    """

    def __init__(self, certificate: str) -> None:
        self.asked: list[bytes] = []
        self.tunnels: list[bytes] = []
        self.refuses = b""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(TLS / f"{certificate}.pem")
        self._stack = ExitStack()
        self.port = listening(self._stack, self._serve)
        self.proxy_port = listening(self._stack, self._lead)

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _serve(self, connection: socket.socket) -> None:
        with self._context.wrap_socket(connection, server_side=True) as secure:
            self.asked.append(_head(secure))
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(ANA) + ANA)
            secure.recv(1)  # until the client closes

    def _lead(self, connection: socket.socket) -> None:
        self.tunnels.append(_head(connection))
        if self.refuses:
            connection.sendall(b"HTTP/1.1 " + self.refuses + b"\r\nContent-Length: 0\r\n\r\n")
            return
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as there:
            ends = {connection: there, there: connection}
            while ready := select.select(list(ends), [], [], PATIENCE)[0]:
                for end in ready:
                    chunk = end.recv(65536)
                    if not chunk:
                        return
                    ends[end].sendall(chunk)


def listening(stack: ExitStack, answer: Callable[[socket.socket], None]) -> int:
    """The port where `answer` is called for each connection, until the end of the stack."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(PATIENCE)
            with suppress(OSError):  # the client may leave when it likes
                answer(self.request)

    server = stack.enter_context(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.shutdown)
    return int(server.server_address[1])


def _head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n") and (chunk := connection.recv(65536)):
        head += chunk
    return head


async def ask(url: str) -> str:
    client = connect(choose_target({}, url=url), KEYS, trusted=True)
    try:
        return (await client.me()).name
    finally:
        await client.close()


async def test_a_proxy_and_an_authority_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with Here("server") as both:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{both.proxy_port}")
        monkeypatch.setenv("SSL_CERT_FILE", AUTHORITY)
        assert await ask("https://cases.example") == "Ana"
        [tunnel], [asked] = both.tunnels, both.asked
    assert tunnel.startswith(b"CONNECT cases.example:443 ")
    assert API_KEY.encode() not in tunnel
    assert API_KEY.encode() in asked


@pytest.mark.parametrize(
    ("certificate", "url", "authority", "words"),
    [
        ("server", "https://cases.example", None, "set SSL_CERT_FILE"),
        ("expired", "https://cases.example", AUTHORITY, "Check the clock of this machine"),
        ("server", "https://other.example", AUTHORITY, "Check the address: it is that of somebody"),
    ],
)
async def test_a_certificate_that_cannot_be_trusted(
    certificate: str,
    url: str,
    authority: str | None,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Here(certificate) as both:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{both.proxy_port}")
        if authority:
            monkeypatch.setenv("SSL_CERT_FILE", authority)
        error = await failure_of(ask(url))
        assert both.asked == []
    assert (error.failure, error.applied, error.passing) == (Failure.UNREACHABLE, False, False)
    assert f"the certificate of {url[8:]} cannot be trusted (" in str(error)
    assert words in str(error)


async def test_a_proxy_that_lets_nobody_through(monkeypatch: pytest.MonkeyPatch) -> None:
    with Here("server") as both:
        both.refuses = b"407 Proxy Authentication Required"
        monkeypatch.setenv("HTTPS_PROXY", f"http://ann:canary-pw@127.0.0.1:{both.proxy_port}")
        error = await failure_of(ask("https://cases.example"))
    assert "the proxy gives no connection to cases.example (407 " in str(error)
    assert (error.failure, error.applied, error.passing) == (Failure.UNREACHABLE, False, False)
    assert "canary" not in str(error)


async def test_this_machine_is_asked_without_a_proxy_but_with_the_authority(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Here("server") as both:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{both.proxy_port}")
        monkeypatch.setenv("SSL_CERT_FILE", AUTHORITY)
        assert await ask(f"https://localhost:{both.port}") == "Ana"
        assert both.tunnels == []


async def test_a_port_that_does_not_speak_tls() -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(b"220 mail.example ESMTP\r\n")
        while connection.recv(65536):
            pass

    with ExitStack() as stack:
        port = listening(stack, speak)
        error = await failure_of(ask(f"https://localhost:{port}"))
    assert "there is no secure connection to localhost (" in str(error)
    assert (error.failure, error.applied, error.passing) == (Failure.UNREACHABLE, False, False)


def test_nothing_is_sent_unprotected_whoever_asks() -> None:
    target = Target("http://cases.example", None, "cases.example", False, is_loopback=True)
    with pytest.raises(ConfigError, match="Plain http would send cases unprotected"):
        connect(target, KEYS, trusted=True)
