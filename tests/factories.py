"""Values for tests, each with what a test does not care about filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from triage_tui.models import Case, CasePage, User

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

ANA = User("a0000000-0000-4000-8000-000000000001", "Ana Lind", "ana@example.com", "ana@example.com")
BEN = User("b0000000-0000-4000-8000-000000000002", "Ben Ode", "ben@example.com", "ben@example.com")


def make_case(number: int = 1, **fields: Any) -> Case:
    """Case OPS-<number>; a higher number is an older case."""
    case = Case(
        id=f"00000000-0000-4000-8000-{number:012}",
        key=f"OPS-{number}",
        title=f"Disk {number} is full",
        created_at=NOW - timedelta(hours=number),
    )
    return replace(case, **fields)


def make_page(*cases: Case, number: int = 1, total: int | None = None, pages: int = 1) -> CasePage:
    """A page of a search."""
    return CasePage(cases, number, len(cases) if total is None else total, pages)
