"""What the parts of the client ask by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from triage_tui.calls import Told

T = TypeVar("T")


class Asking:
    """Part of the client, which says how its requests are sent."""

    async def _ask(
        self,
        doing: str,
        read: Callable[[bytes], T],
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        told: Told | None = None,
    ) -> T:
        raise NotImplementedError
