"""Answering on a port: sockets, connections, and how it ends."""

from __future__ import annotations

import errno
import ipaddress
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage_tui.errors import ConfigError, TriageError
from triage_tui.server.access import LOOPBACK_HOSTS, Access, written_host
from triage_tui.server.access_log import Logged
from triage_tui.server.api_keys import ApiKeys
from triage_tui.server.app import create_app
from triage_tui.server.connections import CONNECTIONS, HEAD_PATIENCE, READ_PATIENCE, protocol
from triage_tui.server.rate_limit import RateLimit
from triage_tui.server.store import Store

if TYPE_CHECKING:
    from types import FrameType

    import uvicorn
    from starlette.types import ASGIApp

RATE_BEYOND_LOOPBACK = 600
"""Requests in a minute that other machines may make, unless somebody chooses another number."""

# Seconds that requests under way may hold up a stop: a body to arrive, a search to be given up, and
# some to spare.
_GRACE = 10


@dataclass(frozen=True)
class Terms:
    """On which terms callers are answered.

    Attributes:
        keys: What they have to show; None lets everybody on this machine in.
        allowed_hosts: Names of the server besides its address and those of this machine.
        rate_limit: Requests in a minute, 0 for any number; None for what suits the address.
        log: Takes a line about each request; None for no log.
    """

    keys: ApiKeys | None = None
    allowed_hosts: tuple[str, ...] = ()
    rate_limit: int | None = None
    log: Callable[[str], None] | None = None


@dataclass(frozen=True)
class Listener:
    """A socket that listens.

    Attributes:
        host: As it was asked for: a name or an address.
    """

    socket: socket.socket
    host: str

    @property
    def address(self) -> str:
        """The address it listens on; "0.0.0.0" and "::" stand for all of this machine."""
        return str(self.socket.getsockname()[0])

    @property
    def url(self) -> str:
        """Where it can be called."""
        return f"http://{written_host(self.address)}:{self.socket.getsockname()[1]}"

    @property
    def is_loopback(self) -> bool:
        """True if only this machine can connect."""
        return ipaddress.ip_address(self.address).is_loopback


@contextmanager
def listening(host: str, port: int, *, with_keys: bool) -> Iterator[Listener]:
    """A socket on which nobody is answered yet; closed at the end.

    Args:
        host: A name or an address of this machine.
        port: 0 for any free one.
        with_keys: Callers will have to show keys; without, only loopback addresses will do.

    Raises:
        ConfigError: The host or the port is not one to listen on.
        TriageError: The port is taken.
    """
    if not 0 <= port <= 65535:
        raise ConfigError(f"There is no port {port}: use 0 to 65535, 0 for any free one.")
    family, address = _resolved(host)
    if not with_keys and not ipaddress.ip_address(address).is_loopback:
        raise ConfigError(
            f"The server does not listen on {host} without keys: every machine that reaches it "
            f"could read and change the cases. Use one of {', '.join(LOOPBACK_HOSTS)}, or keys."
        )
    with socket.socket(family) as listener:
        try:
            # Lets a new server follow one that has just ended.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, port))
            # Linux finds out only now if somebody else is about to listen on the same port.
            listener.listen(128)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = "another program is using it. Stop that program or choose another port"
            elif error.errno == errno.EADDRNOTAVAIL:
                reason = "this machine has no such address. Choose another host"
            else:
                reason = f"{error.strerror}. Choose another port"
            raise TriageError(
                f"The server cannot listen on port {port} of {host}: {reason}."
            ) from None
        yield Listener(listener, host)


def serve(
    store: Store, listener: Listener, terms: Terms, *, announce: Callable[[str], None]
) -> int | None:
    """Answer until SIGINT or SIGTERM; then finish what was begun and return.

    Returns the number of the signal, None if it was stopped otherwise.

    Args:
        announce: Is told `Listening on http://...` once, when connections are accepted.
    """
    app = Logged(create_app(store, access=_access(listener, terms)), terms.log)
    server = http_server(app, started=lambda: announce(f"Listening on {listener.url}"))
    with _stopped_by_signals(server) as caught:
        server.run(sockets=[listener.socket])
    return caught[0] if caught else None


def http_server(
    app: ASGIApp,
    *,
    started: Callable[[], None],
    connections: int = CONNECTIONS,
    head_patience: float = HEAD_PATIENCE,
    read_patience: float = READ_PATIENCE,
) -> uvicorn.Server:
    """A server for sockets that listen already; setting `should_exit` stops it.

    Args:
        started: Called once, when connections are accepted.
        connections: How many there may be at the same time.
        head_patience: Seconds that the head of a request may take to arrive.
        read_patience: Seconds in which a client has to take some more of its answer.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

    return Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http=protocol(
                connections=connections,
                head_patience=head_patience,
                read_patience=read_patience,
            ),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            # Longer than clients keep theirs, so that none is closed while a request is on its way.
            timeout_keep_alive=20,
            timeout_graceful_shutdown=_GRACE,
        )
    )


def _access(listener: Listener, terms: Terms) -> Access:
    hosts = {*map(written_host, LOOPBACK_HOSTS), *terms.allowed_hosts}
    hosts |= {written_host(listener.address), written_host(listener.host)}
    limit = terms.rate_limit
    if limit is None:
        limit = 0 if listener.is_loopback else RATE_BEYOND_LOOPBACK
    return Access(
        keys=terms.keys,
        hosts=hosts,
        any_address=ipaddress.ip_address(listener.address).is_unspecified,
        rates=RateLimit(limit, time.time) if limit else None,
    )


def _resolved(host: str) -> tuple[socket.AddressFamily, str]:
    if host == "localhost":
        return socket.AF_INET, "127.0.0.1"
    try:
        if not host.strip():
            raise OSError  # It would stand for all addresses.
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        raise ConfigError(
            f"The server cannot listen on {host!r}: there is no such address. Use 127.0.0.1, or an "
            "address of this machine."
        ) from None
    return found[0][0], str(found[0][4][0]).partition("%")[0]


@contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[list[int]]:
    """Let a signal stop the server and do nothing more than that; the signals that came.

    When it has stopped, uvicorn raises the signal once again for the handlers it found at its
    start, which would end the process before the caller has closed anything.
    """

    caught: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        server.should_exit = True

    if threading.current_thread() is not threading.main_thread():
        yield caught  # signals belong to the main thread
        return
    found = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in found.items():
            signal.signal(number, handler)
