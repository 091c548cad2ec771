"""Time as something that is given to whoever waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop


class Timer(Protocol):
    """Something that will happen."""

    def cancel(self) -> None: ...


class Timing(Protocol):
    """Time that passes, in seconds: an event loop, or what a test has in its place."""

    def time(self) -> float: ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer: ...


class LoopTime:
    """The time of the event loop that runs whenever it is asked."""

    def time(self) -> float:
        return _loop().time()

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        return _loop().call_later(delay, callback)


def _loop() -> AbstractEventLoop:
    # Commands that wait for nothing need not load it.
    from asyncio import get_running_loop

    return get_running_loop()


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)
