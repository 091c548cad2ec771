"""Loads libraries while the person works: in pieces, and between the keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from importlib import import_module
from time import monotonic

REST = 0.1
"""Seconds without a key after which nobody is taken to be in the middle of something."""

PATIENCE = 2.0
"""Seconds for which such a rest is waited for, in all."""

PAUSE = 0.02
"""Seconds that are left to each key after that."""

_EITHER = (
    "http.client",
    "http.cookiejar",
    "importlib.metadata",
    "anyio",
    "httpx",
    "pydantic_core.core_schema",
    "annotated_types",
    "pydantic.types",
    "triage_tui.wire.body",
    "triage_tui.wire.cases",
    "triage_tui.wire",
    "triage_tui.client",
)

CLIENT = ("httpcore", *_EITHER)
"""What a client needs, each with little that is not there yet."""

SERVER = (
    *_EITHER,
    "starlette.responses",
    "starlette.applications",
    "triage_tui.server.operations.projects",
    "triage_tui.server.routes",
    "triage_tui.server.app",
    "anyio._backends._asyncio",
)
"""What a client needs that brings its own server."""


async def load(
    names: Sequence[str],
    since_key: Callable[[], float],
    *,
    now: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Import modules in a thread, one at a time; one that there is not is left out.

    A thread that imports takes turns with the one that paints, so a key takes twice as long while
    it does.

    Args:
        since_key: Seconds since the last key.
    """
    until = now() + PATIENCE
    for name in names:
        while (since := since_key()) < (rest := REST if now() < until else PAUSE):
            await sleep(rest - since)
        with suppress(ImportError):
            await asyncio.to_thread(import_module, name)
