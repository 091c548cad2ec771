"""A server with a small workspace, and the real client on the way to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from tests.factories import ANA, BEN, NOW, make_case
from tests.faults import Faults
from tests.filled import filled
from tests.patience import Patience
from triage_tui.changes import Change
from triage_tui.client import CaseClient, connect
from triage_tui.models import (
    STANDARD_TYPE,
    Case,
    CaseType,
    Project,
    Status,
    TimelineCell,
    User,
)
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.demo import demo_workspace
from triage_tui.server.store import Store, Workspace
from triage_tui.sites import Target

OPS = Project("10000000-0000-4000-8000-000000000001", "OPS", "Operations")
PAY = Project("10000000-0000-4000-8000-000000000002", "PAY", "Payments")
CYD = User("c0000000-0000-4000-8000-000000000003", "Cyd Roe", "cyd@example.com", "cyd@example.com")
STANDARD = CaseType(STANDARD_TYPE, "Standard", internal=True)
CHANGE = CaseType(
    "20000000-0000-4000-8000-000000000001",
    "Change Request",
    statuses=(
        Status("Open", "SG_OPEN"),
        Status("Approved", "SG_IN_PROGRESS"),
        Status("Completed", "SG_CLOSED"),
        Status("Declined", "SG_CLOSED"),
    ),
    defaults={"SG_OPEN": "Open", "SG_IN_PROGRESS": "Approved", "SG_CLOSED": "Completed"},
)

IN_PROGRESS = {
    "status": "IN_PROGRESS",
    "status_name": "In Progress",
    "status_group": "SG_IN_PROGRESS",
}
CLOSED = {"status": "CLOSED", "status_name": "Closed", "status_group": "SG_CLOSED"}


def in_ops(number: int, **fields: Any) -> Case:
    """Case OPS-<number>, older the higher the number is."""
    return replace(make_case(number, project_id=OPS.id, created_by=BEN), **fields)


def workspace(*cases: Case, cells: dict[str, tuple[TimelineCell, ...]] | None = None) -> Workspace:
    """A workspace with these cases; the person at the keyboard is Ana."""
    return Workspace(ANA.id, (ANA, BEN, CYD), (OPS, PAY), (STANDARD, CHANGE), cases, cells or {})


FIRST_WORDS = TimelineCell(
    "40000000-0000-4000-8000-000000000001",
    "COMMENT",
    BEN,
    "It is the **log** volume.",
    NOW - timedelta(minutes=30),
)

SMALL = workspace(
    in_ops(1, priority="P2", attributes={"team": ("storage",)}, comment_count=1),
    in_ops(2, priority="P3", assignee=BEN, attributes={"team": ("storage",)}, **IN_PROGRESS),
    in_ops(3, title="Broker lags", attributes={"team": ("streams",)}),
    in_ops(4, title="Rotate the keys", type="TUNKNOWN", type_id=CHANGE.id, assignee=ANA),
    in_ops(5, title="Old news", closed_at=NOW, **CLOSED),
    replace(
        make_case(6, key="PAY-1", title="Refunds stuck", priority="P1", project_id=PAY.id),
        created_by=BEN,
    ),
    cells={make_case(1).id: (FIRST_WORDS,)},
)
"""OPS-1 to OPS-5 and PAY-1, newest first; OPS-1 has a comment, OPS-5 is closed."""


@cache
def many(count: int) -> Workspace:
    """OPS-1 to OPS-<count>, newest first."""
    return workspace(*map(in_ops, range(1, count + 1)))


@cache
def demo() -> Workspace:
    """The demo data, always the same."""
    return demo_workspace(NOW)


@dataclass
class Clock:
    """The time, which passes only for the server: a millisecond for every call it answers."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time

    def tick(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time


class Office:
    """A server with a workspace, to which any number of apps can be opened."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self._server = create_app(store, now=self.clock.tick)

    def truth(self, key: str) -> Case:
        """A case as the server has it."""
        case = self.store.case(key)
        assert case
        return case

    def comments(self, key: str) -> list[str]:
        """The comments on a case as the server has them, newest first."""
        return [cell.message for cell in self.store.timeline(self.truth(key).id, size=100)]

    def meanwhile(self, key: str, *changes: Change) -> None:
        """Somebody else changes a case."""
        for change in changes:
            self.store.change(self.truth(key).id, change.apply, by=CYD, now=self.clock.tick())

    def network(self) -> Faults:
        """A network of one's own to the server."""
        return Faults(httpx.ASGITransport(app=self._server, raise_app_exceptions=False))


@asynccontextmanager
async def office(data: Workspace = SMALL) -> AsyncIterator[Office]:
    """A server over a database with these data."""
    with TemporaryDirectory(prefix="triage-tui-test-") as folder:
        store = filled(Path(folder) / "workspace.db", data)
        try:
            yield Office(store)
        finally:
            store.close()


def client_over(
    network: httpx.AsyncBaseTransport, *, read_only: bool = False, project: str = ""
) -> CaseClient:
    """The real client over this network. It does everything but take time to wait."""
    target = Target(IN_PROCESS_URL, None, "test", is_datadog=False, is_loopback=True)
    patience = Patience()
    return connect(
        target,
        None,
        transport=network,
        read_only=read_only,
        project=project,
        budget=patience.budget(),
        sleep=patience.sleep,
    )
