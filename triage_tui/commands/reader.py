"""What commands read with: a client, or a workspace in this process."""

from __future__ import annotations

from typing import Protocol

from triage_tui.models import CaseType, Project, User
from triage_tui.source import Source


class Reader(Source, Protocol):
    """What commands read: cases, and what these are named by."""

    async def projects(self) -> tuple[Project, ...]: ...

    async def case_types(self) -> tuple[CaseType, ...]: ...

    async def users(
        self, text: str = "", *, number: int = 0, size: int = 100
    ) -> tuple[User, ...]: ...
