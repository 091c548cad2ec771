"""Serving on a port: what is listened on, what is announced, and how it ends."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.server.conftest import DISK
from triage_tui.errors import ConfigError, TriageError
from triage_tui.server.serving import listening
from triage_tui.server.store import Store

SCRIPT = """
import sys
from pathlib import Path
from triage_tui.server.serving import Terms, listening, serve
from triage_tui.server.store import Store
store = Store.open(Path(sys.argv[1]))
with listening(sys.argv[2], 0, with_keys=False) as listener:
    serve(store, listener, Terms(), announce=lambda line: print(line, flush=True))
store.close()
print("closed")
"""


@contextmanager
def serving(path: Path, host: str = "127.0.0.1") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and the URL it announced."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(path), host],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            words, url = line.rsplit(" ", 1)
            assert words == "Listening on"
            yield process, url.rstrip("\n")
        finally:
            process.kill()


@pytest.fixture
def path(store: Store, tmp_path: Path) -> Path:
    store.close()
    return tmp_path / "workspace.db"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_and_hands_back_to_the_caller(
    path: Path, number: signal.Signals
) -> None:
    with serving(path) as (process, url):
        response = httpx.get(f"{url}/api/v2/cases/OPS-1", trust_env=False)
        assert response.json()["data"]["id"] == DISK.id
        assert "server" not in response.headers
        process.send_signal(number)
        # Nothing but the announcement and what the caller says: no access log, no start-up chat.
        assert process.communicate(timeout=20) == ("closed\n", "")
        assert process.returncode == 0


def test_a_request_under_way_is_answered_before_it_ends(path: Path) -> None:
    body = json.dumps({"data": {"type": "case", "attributes": {"priority": "P1"}}}).encode()
    head = (
        "POST /api/v2/cases/OPS-1/priority HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nExpect: 100-continue\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    with serving(path) as (process, url):
        address = ("127.0.0.1", int(url.rsplit(":", 1)[1]))
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(head)
            # The server asks for the body once it is working on the request.
            assert connection.recv(4096).startswith(b"HTTP/1.1 100 ")
            process.send_signal(signal.SIGTERM)
            connection.sendall(body)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b'"priority":"P1"' in answer
        assert process.communicate(timeout=20) == ("closed\n", "")


def test_a_client_that_goes_away_is_no_crash(path: Path) -> None:
    with serving(path) as (process, url):
        address = ("127.0.0.1", int(url.rsplit(":", 1)[1]))
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(
                b"POST /api/v2/cases HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n"
            )
            assert connection.recv(4096).startswith(b"HTTP/1.1 100 ")
        assert httpx.get(f"{url}/api/v2/current_user", trust_env=False).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=20) == ("closed\n", "")


def test_localhost_is_announced_by_its_address(path: Path) -> None:
    with serving(path, "localhost") as (_, url):
        assert url.startswith("http://127.0.0.1:")


def test_the_newer_loopback_address(path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving(path, "::1") as (_, url):
        assert url.startswith("http://[::1]:")
        assert httpx.get(f"{url}/api/v2/cases", trust_env=False).status_code == 200


def test_a_port_in_use_is_told_before_anything_is_announced() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(TriageError) as failure,
            listening("127.0.0.1", port, with_keys=True),
        ):
            pass
    assert str(failure.value) == (
        f"The server cannot listen on port {port} of 127.0.0.1: another program is using it. "
        "Stop that program or choose another port."
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "::ffff:127.0.0.1"])
def test_without_keys_other_addresses_are_not_listened_on(host: str) -> None:
    wrong = rf"^The server does not listen on {re.escape(host)} without keys: .* 127\.0\.0\.1"
    with pytest.raises(ConfigError, match=wrong), listening(host, 0, with_keys=False):
        pass


@pytest.mark.parametrize("host", ["", " ", "x" * 300, "a\0b"])
def test_addresses_that_do_not_exist(host: str) -> None:
    with (
        pytest.raises(ConfigError, match="there is no such address"),
        listening(host, 0, with_keys=True),
    ):
        pass


def test_an_address_of_another_machine() -> None:
    with (
        pytest.raises(TriageError, match="this machine has no such address"),
        listening("192.0.2.1", 0, with_keys=True),
    ):
        pass


@pytest.mark.parametrize(
    ("host", "is_loopback"), [("127.0.0.1", True), ("127.0.0.2", True), ("0.0.0.0", False)]
)
def test_who_can_connect(host: str, is_loopback: bool) -> None:
    with listening(host, 0, with_keys=True) as listener:
        assert (listener.address, listener.is_loopback) == (host, is_loopback)
        assert listener.url.startswith(f"http://{host}:")


@pytest.mark.parametrize("port", [-1, 65536])
def test_ports_that_do_not_exist(port: int) -> None:
    with (
        pytest.raises(ConfigError, match=f"There is no port {port}"),
        listening("127.0.0.1", port, with_keys=True),
    ):
        pass


def test_what_the_first_screen_waits_for_is_not_loaded() -> None:
    script = (
        "import sys, triage_tui.server.api, triage_tui.server.app, triage_tui.server.serving;"
        "heavy = {'textual', 'rich', 'pydantic', 'httpx', 'uvicorn', 'lark'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"
