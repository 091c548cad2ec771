"""The app over the embedded server, as a person at the keyboard has it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from textual import events
from textual.geometry import Region
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from tests.factories import ANA, BEN, NOW, make_case
from tests.faults import Faults
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
from triage_tui.query import Query, parse
from triage_tui.server.app import IN_PROCESS_URL, create_app
from triage_tui.server.demo import demo_workspace
from triage_tui.server.store import Store, Workspace
from triage_tui.sites import Target
from triage_tui.ui.app import Backend, TriageApp
from triage_tui.ui.looks import look
from triage_tui.ui.screens.triage import TriageScreen
from triage_tui.workspace import preview

PATIENCE = 30.0
"""Seconds after which something that was waited for counts as never coming."""

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


def many(count: int) -> Workspace:
    """OPS-1 to OPS-<count>, newest first."""
    return workspace(*map(in_ops, range(1, count + 1)))


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

    def network(self) -> Faults:
        """A network of one's own to the server."""
        return Faults(httpx.ASGITransport(app=self._server, raise_app_exceptions=False))


@asynccontextmanager
async def office(data: Workspace = SMALL) -> AsyncIterator[Office]:
    """A server over a database with these data."""
    with TemporaryDirectory(prefix="triage-tui-test-") as folder:
        store = Store.open(Path(folder) / "workspace.db")
        try:
            store.load(data)
            yield Office(store)
        finally:
            store.close()


def client_over(network: httpx.AsyncBaseTransport) -> CaseClient:
    """The real client over this network."""
    target = Target(IN_PROCESS_URL, None, "test", is_datadog=False, is_loopback=True)
    return connect(target, None, transport=network)


class Ui:
    """What a person sees and does.

    Attributes:
        net: The network between the app and the server.
        store: What the server holds.
        tick: Gives the time to stamp a write with.
    """

    def __init__(self, app: TriageApp, pilot: Pilot[None], net: Faults, at: Office) -> None:
        self.app = app
        self.pilot = pilot
        self.net = net
        self.store = at.store
        self.tick = at.clock.tick

    # Doing

    async def press(self, *keys: str) -> None:
        """Press keys as fast as they can come, and wait until nothing moves any more.

        Args:
            keys: Characters, and Textual's names of keys.
        """
        driver = self.app._driver
        assert driver
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            event = events.Key(name, key if len(key) == 1 else None)
            event.set_sender(self.app)
            driver.send_message(event)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*text)

    async def search(self, query: str) -> None:
        """Put another query in place of the one in force."""
        await self.press("slash", "ctrl+u", *query, "enter")

    async def settle(self) -> None:
        """Return when the app has nothing to do but wait: for a key, an answer or another try."""
        async with asyncio.timeout(PATIENCE):
            await self.pilot.pause()
            while self._busy():
                await self.pilot.pause()

    def _busy(self) -> bool:
        if self.left:
            return False
        app, session = self.app, self.app.session
        if app.client is None or self.net.busy:
            return True
        if self.net.held:
            # Everything that still runs waits for an answer that is held back.
            return False
        if session.pending and not session.waiting:
            return True
        if any(worker.group != "outbox" and not worker.is_finished for worker in app.workers):
            return True
        return self._detail_is_late()

    def _detail_is_late(self) -> bool:
        """The detail follows when the cursor has rested, and then the comments are read."""
        cursor, session = self.app.session.cursor_id, self.app.session
        if cursor is None:
            return False
        known = cursor in session.timelines or session.timeline_problem is not None
        return self.board.detail.case_id != cursor or not known

    # Seeing

    @property
    def board(self) -> TriageScreen:
        return self.app.board

    @property
    def left(self) -> bool:
        """True when the app was left."""
        return self.app._exit

    def screen(self) -> list[str]:
        """All that is painted, line by line."""
        strips: list[Strip] = self.app.screen._compositor.render_strips()
        return [strip.text for strip in strips]

    def painted(self) -> str:
        """All that is painted."""
        return "\n".join(self.screen())

    def lines(self, widget: Widget) -> list[str]:
        """What is painted within a widget, without the spaces at the end; [] if it is hidden."""
        return [line.text.rstrip() for line in self._strips(widget)]

    def _strips(self, widget: Widget) -> list[Strip]:
        x, y, width, height = widget.scrollable_content_region if widget.display else Region()
        strips: list[Strip] = self.app.screen._compositor.render_strips()
        return [strip.crop(x, x + width) for strip in strips[y : y + height]]

    def rows(self) -> list[str]:
        """The rows of the list, or the sentences in their place."""
        return [line for line in self.lines(self.board.case_list)[1:] if line.strip()]

    def keys(self) -> list[str]:
        """The keys of the cases in the list."""
        return [word for row in self.rows() for word in row.split() if _is_key(word)]

    def row(self, key: str) -> str:
        """The row of a case, with one space wherever there are more."""
        return next(" ".join(row.split()) for row in self.rows() if key in row.split())

    def cursor(self) -> str:
        """The key of the case under the cursor, which its background tells."""
        case_list = self.board.case_list
        ground = look(case_list, "cursor" if case_list.has_focus else "cursor-blur").bgcolor
        [row] = [
            strip.text
            for strip in self._strips(case_list)[1:]
            if any(segment.style and segment.style.bgcolor == ground for segment in strip)
        ]
        return next(word for word in row.split() if _is_key(word))

    def is_dimmed(self, key: str) -> bool:
        """True if the row of a case is painted as one that is out of date or gone."""
        row = next(s for s in self._strips(self.board.case_list)[1:] if key in s.text.split())
        styles = [segment.style for segment in row if segment.style and segment.text.strip()]
        return all(style.italic for style in styles)

    def status(self) -> str:
        """The status line."""
        return " ".join(self.lines(self.board.status))

    def query(self) -> str:
        """The query line."""
        return self.lines(self.board.bar)[0].strip().removeprefix("/").strip()

    def facets(self) -> list[str]:
        """The facets: headings and values."""
        lines = self.lines(self.board.facet_panel)[1:]
        return [" ".join(line.split()) for line in lines if line.strip()]

    def detail(self) -> str:
        """The detail, as far as it is on the screen."""
        return "\n".join(self.lines(self.board.detail))

    def toasts(self) -> list[str]:
        """What the toasts say."""
        return [f"{toast.title}: {toast.message}" for toast in self.app._notifications]

    # What the server holds

    def meanwhile(self, key: str, *changes: Change) -> None:
        """Somebody else changes a case."""
        for change in changes:
            self.store.change(self.truth(key).id, change.apply, by=CYD, now=self.tick())

    def truth(self, key: str) -> Case:
        """A case as the server has it."""
        case = self.store.case(key)
        assert case
        return case

    def comments(self, key: str) -> list[str]:
        """The comments on a case as the server has them, newest first."""
        return [cell.message for cell in self.store.timeline(self.truth(key).id, size=100)]


def _is_key(word: str) -> bool:
    project, dash, number = word.partition("-")
    return bool(dash) and project.isupper() and number.isdecimal()


@asynccontextmanager
async def opened(
    at: Office,
    *,
    query: str = "",
    size: tuple[int, int] = (120, 40),
    page_size: int = 100,
    with_preview: bool = False,
    web: str | None = None,
    faults: Callable[[Faults], object] | None = None,
    keymap: dict[str, str] | None = None,
) -> AsyncIterator[Ui]:
    """The app, when its first screen is there.

    Args:
        with_preview: Paint the first page before the client is ready.
        web: Where cases have web pages, if they have any.
        faults: Is given the network before the app begins.
    """
    net = at.network()
    if faults:
        faults(net)
    start: Query = parse(query)
    app = TriageApp(
        Backend(
            "test workspace",
            "",
            lambda: client_over(net),
            lambda case: f"{web}/{case.key}" if web else None,
        ),
        start=start,
        preview=preview(at.store, start, size=page_size) if with_preview else None,
        page_size=page_size,
        keymap=keymap,
        now=at.clock.now,
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        ui = Ui(app, pilot, net, at)
        await ui.settle()
        yield ui
    if app.client:
        await app.client.close()


@asynccontextmanager
async def start(data: Workspace = SMALL, **options: Any) -> AsyncIterator[Ui]:
    """The app over a server of its own; `options` as `opened` has them."""
    async with office(data) as at, opened(at, **options) as ui:
        yield ui
