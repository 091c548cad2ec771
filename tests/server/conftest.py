"""A small workspace, and the server over it: in process and on a real port."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.filled import filled
from triage_tui.models import (
    STANDARD_TYPE,
    Case,
    CaseType,
    CustomValue,
    Insight,
    Project,
    Status,
    Ticket,
    TimelineCell,
    User,
)
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.serving import http_server
from triage_tui.server.store import Store, Workspace

NOW = datetime(2026, 11, 21, 9, 0, 0, 123400, UTC)
"""What every write of these tests is stamped with: 2026-11-21T09:00:00.1234Z."""

ANN = User("a0000000-0000-4000-8000-000000000001", "Ann", "ann@example.com", "ann@example.com")
BOB = User(
    "a0000000-0000-4000-8000-000000000002", "Bob", "bob@example.com", "bob", title="Engineer"
)
INVITED = User(
    "a0000000-0000-4000-8000-000000000003",
    email="new@example.com",
    handle="new@example.com",
    active=False,
    status="Pending",
)

OPS = Project("b0000000-0000-4000-8000-000000000001", "OPS", "Operations")
SEC = Project("b0000000-0000-4000-8000-000000000002", "SEC", "Security", restricted=True)

STANDARD = CaseType(STANDARD_TYPE, "Standard", internal=True)
CHANGE = CaseType(
    "00000000-0000-0000-0000-000000000004",
    "Change Request",
    description="A planned change",
    internal=True,
    statuses=(
        Status("Open", "SG_OPEN"),
        Status("Pending Approval", "SG_IN_PROGRESS"),
        Status("Approved", "SG_IN_PROGRESS"),
        Status("Completed", "SG_CLOSED"),
        Status("Declined", "SG_CLOSED"),
    ),
    defaults={
        "SG_OPEN": "Open",
        "SG_IN_PROGRESS": "Pending Approval",
        "SG_CLOSED": "Completed",
    },
)
RETIRED = CaseType(
    "d0000000-0000-4000-8000-000000000009",
    "Retired",
    emoji="🧯",
    deleted_at=datetime(2026, 10, 1, tzinfo=UTC),
)

DISK = Case(
    id="c0000000-0000-4000-8000-000000000001",
    key="OPS-1",
    public_id="101",
    title="Disk full on db-3",
    created_at=datetime(2026, 11, 20, 8, 0, 0, 500000, UTC),
    priority="P2",
    project_id=OPS.id,
    created_by=ANN,
    comment_count=1,
)
UPGRADE = Case(
    id="c0000000-0000-4000-8000-000000000002",
    key="OPS-2",
    public_id="102",
    title="Upgrade the brokers",
    description="## Plan\nOne at a time.",
    created_at=datetime(2026, 11, 20, 9, 0, 0, tzinfo=UTC),
    modified_at=datetime(2026, 11, 20, 9, 30, 0, 120000, UTC),
    priority="P4",
    status="PENDING_APPROVAL",
    status_name="Pending Approval",
    status_group="SG_IN_PROGRESS",
    type="CHANGE_REQUEST",
    type_id=CHANGE.id,
    project_id=OPS.id,
    assignee=INVITED,
    created_by=BOB,
    modified_by=ANN,
    attributes={"team": ("platform",), "service": ("broker", "web")},
    custom_attributes={
        "window": CustomValue("NUMBER", False, (90.0,)),
        "bands": CustomValue("TEXT", True, ("Abba", "The Cure")),
    },
    insights=(Insight("MONITOR", "/monitors/12345?q=total", "12345"),),
    creation_source="EVENT_MANAGEMENT",
    jira=Ticket("COMPLETED", "PLAT-118", "https://jira.example.com/browse/PLAT-118"),
    service_now=Ticket("IN_PROGRESS"),
    due_date="2026-12-01",
)
LEAK = Case(
    id="c0000000-0000-4000-8000-000000000003",
    key="SEC-1",
    public_id="103",
    title="Token in a public log",
    created_at=datetime(2026, 11, 20, 7, 0, 0, tzinfo=UTC),
    modified_at=datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC),
    closed_at=datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC),
    priority="P1",
    status="CLOSED",
    status_name="Closed",
    status_group="SG_CLOSED",
    project_id=SEC.id,
    created_by=ANN,
    modified_by=ANN,
)
OLD = Case(
    id="c0000000-0000-4000-8000-000000000004",
    key="SEC-2",
    public_id="104",
    title="Phishing report",
    created_at=datetime(2026, 11, 1, 7, 0, 0, tzinfo=UTC),
    modified_at=datetime(2026, 11, 2, 7, 0, 0, tzinfo=UTC),
    archived_at=datetime(2026, 11, 2, 7, 0, 0, tzinfo=UTC),
    project_id=SEC.id,
    created_by=ANN,
    modified_by=ANN,
)
CELL = TimelineCell(
    id="e0000000-0000-4000-8000-000000000001",
    type="COMMENT",
    author=BOB,
    message='Freed 20 "GB" – ünd more',
    created_at=datetime(2026, 11, 20, 8, 30, 0, tzinfo=UTC),
)


@cache
def workspace() -> Workspace:
    """What is in the store of these tests."""
    return Workspace(
        me_id=ANN.id,
        users=(ANN, BOB, INVITED),
        projects=(OPS, SEC),
        types=(STANDARD, CHANGE, RETIRED),
        cases=(DISK, UPGRADE, LEAK, OLD),
        cells={DISK.id: (CELL,)},
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = filled(tmp_path / "workspace.db", workspace())
    yield store
    store.close()


@dataclass
class Port:
    """One listening server for all tests; `app` is what it serves now."""

    url: str
    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def port() -> Iterator[Port]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = Port(f"http://127.0.0.1:{listener.getsockname()[1]}")
        started = threading.Event()
        server = http_server(served, started=started.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        assert started.wait(10)
        yield served
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture(params=["in process", "port"])
async def http(request: pytest.FixtureRequest, store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server over `store`, by each way there is to it."""
    app = create_app(store, now=lambda: NOW)
    if request.param == "in process":
        transport: httpx.AsyncBaseTransport = httpx.ASGITransport(app)
        url = IN_PROCESS_URL
    else:
        served: Port = request.getfixturevalue("port")
        served.app = app
        # Without certificates: to load them takes longer than most tests, and this is no https.
        transport, url = httpx.AsyncHTTPTransport(verify=False), served.url
    # A busy machine takes its time.
    async with httpx.AsyncClient(transport=transport, base_url=url, timeout=60) as client:
        yield client
