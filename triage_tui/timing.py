"""Time as something that is given to whoever waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Timer(Protocol):
    """Something that will happen."""

    def cancel(self) -> None: ...


class Timing(Protocol):
    """Time that passes, in seconds: an event loop, or what a test has in its place."""

    def time(self) -> float: ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer: ...


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)
