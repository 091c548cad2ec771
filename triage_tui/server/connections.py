"""One connection: what is refused before it is a request, in the same form as everything else.

A connection that says nothing, or says it too slowly, or does not listen, or is one too many, does
not hold up others.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTIONS = 256
"""Connections at the same time."""

HEAD_PATIENCE = 10.0
"""Seconds that the head of a request may take to arrive."""

READ_PATIENCE = 30.0
"""Seconds in which a client has to take some more of its answer."""

_LINGER = 2.0
"""Seconds that a client has to read why it was refused."""

# What is read, and thrown away, of a client that is still sending: it looks for an answer only
# afterwards.
_READ_LIMIT = 16 * 1024 * 1024

_DETAILS = {
    HTTPStatus.BAD_REQUEST: "this is not HTTP/1.1 as it should be",
    HTTPStatus.REQUEST_TIMEOUT: "the request did not arrive in time",
    HTTPStatus.REQUEST_URI_TOO_LONG: "the first line of the request is too long",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "the headers are too long",
    HTTPStatus.SERVICE_UNAVAILABLE: "there are too many connections",
}


def protocol(*, connections: int, head_patience: float, read_patience: float) -> type[H11Protocol]:
    """What uvicorn makes of a connection.

    Args:
        connections: How many there may be at the same time.
        head_patience: Seconds that the head of a request may take to arrive.
        read_patience: Seconds in which a client has to take some more of its answer.
    """
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Connection(H11Protocol):
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self._deadline: asyncio.TimerHandle | None = None
            self._stalled: asyncio.TimerHandle | None = None
            self._refused = False
            self._thrown_away = 0

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            # Head and body of an answer are sent one after the other. Otherwise the body waits
            # until the client has acknowledged the head, which takes it 40 ms. asyncio sees to it
            # only for sockets that were made with the number of the protocol.
            connected = transport.get_extra_info("socket")
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if len(self.connections) > connections:
                self.connections.discard(self)
                self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            else:
                self._wait_for_head()

        def data_received(self, data: bytes) -> None:
            if self._refused:
                self._thrown_away += len(data)
                if self._thrown_away > _READ_LIMIT:
                    self.transport.close()
                return
            super().data_received(data)
            if self._refused:
                return
            if not self._between_requests():
                self._stop_waiting()
            elif self._deadline is None:
                self._wait_for_head()

        def send_400_response(self, msg: str) -> None:
            # h11 has just raised what this is about.
            hint = getattr(sys.exception(), "error_status_hint", 400)
            status = HTTPStatus(hint)
            received, _ = self.conn.trailing_data
            if status is HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE and b"\n" not in received:
                status = HTTPStatus.REQUEST_URI_TOO_LONG
            self._refuse(status)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._expect_less_than(inf)

        def resume_writing(self) -> None:
            self._stop_expecting()
            super().resume_writing()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            self._stop_expecting()
            super().connection_lost(exc)

        def shutdown(self) -> None:
            if self._refused:
                self.transport.close()
            else:
                super().shutdown()

        def _between_requests(self) -> bool:
            return self.cycle is None or self.cycle.response_complete

        def _wait_for_head(self) -> None:
            self._deadline = self.loop.call_later(
                head_patience, self._refuse, HTTPStatus.REQUEST_TIMEOUT
            )

        def _stop_waiting(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _expect_less_than(self, size: float) -> None:
            """Give up a client that has not taken anything since `size` bytes were left for it."""
            left = self.transport.get_write_buffer_size()
            if left < size:
                self._stalled = self.loop.call_later(read_patience, self._expect_less_than, left)
                return
            # Closing in the usual way would wait for the client to take the rest.
            gone = self.transport.get_extra_info("socket")
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()

        def _stop_expecting(self) -> None:
            if self._stalled is not None:
                self._stalled.cancel()
                self._stalled = None

        def _refuse(self, status: HTTPStatus) -> None:
            """Answer without a request, and close when the client has had time to read it."""
            self._refused = True
            self._stop_waiting()
            if self.transport.is_closing():
                return
            if not self._between_requests():
                if self.cycle.response_started:
                    # Another answer in the middle of one would be nonsense.
                    self.transport.close()
                    return
                # Whoever works on the request has nobody to answer to.
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            self.transport.write(_refusal(status))
            if self.transport.can_write_eof():
                self.transport.write_eof()
            self._deadline = self.loop.call_later(_LINGER, self.transport.close)

    return Connection


def _refusal(status: HTTPStatus) -> bytes:
    error = {"status": str(status.value), "title": status.phrase}
    if status in _DETAILS:
        error["detail"] = _DETAILS[status]
    body = json.dumps({"errors": [error]}).encode()
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "content-type: application/vnd.api+json",
        f"content-length: {len(body)}",
        "connection: close",
    ]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        lines.append("retry-after: 1")
    return "\r\n".join([*lines, "", ""]).encode() + body
