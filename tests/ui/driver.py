"""The app over the embedded server, as a person at the keyboard has it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from textual import events
from textual.geometry import Region
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from tests.faults import Faults
from tests.office import SMALL, Office, client_over, office
from tests.timing import HandTime
from triage_tui.cache import Cache
from triage_tui.journal import Journal
from triage_tui.local_state import LocalState
from triage_tui.outbox import Outbox
from triage_tui.query import Query, parse
from triage_tui.reading import Sort
from triage_tui.server.workspace import Workspace
from triage_tui.ui.app import Backend, TriageApp
from triage_tui.ui.keymap import macros_of
from triage_tui.ui.looks import look
from triage_tui.ui.screens.triage import TriageScreen
from triage_tui.workspace import preview

PATIENCE = 30.0
"""Seconds after which something that was waited for counts as never coming."""

WIDE = (200, 34)
"""A terminal where the detail is beside the list."""


_BAR = re.compile("[▏▎▍▌▋▊▉█▆▄▂▁]+")


class Ui:
    """What a person sees and does.

    Attributes:
        net: The network between the app and the server.
        at: The server.
        time: What the outbox waits by: it tries nothing again before it is told to.
    """

    def __init__(
        self, app: TriageApp, pilot: Pilot[None], net: Faults, at: Office, time: HandTime
    ) -> None:
        self.time = time
        self.app = app
        self.pilot = pilot
        self.net = net
        self.at = at
        self._strips: list[Strip] = []
        """What was painted when nothing moved any more."""

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

    async def to(self, key: str) -> None:
        """Move the cursor to a case that is on the screen."""
        await self.press("g", *("j" * self.listed().index(key)))

    async def choose(self, field: str) -> None:
        """Choose a field of the case under the cursor from the box of its fields."""
        await self.press("=")
        row = next(line for line in self.screen() if f" {field} " in line)
        await self.press(row.partition(field)[0].split()[-1])

    async def hurry(self) -> None:
        """Let what is planned for later be tried now."""
        self.outbox.hurry()
        await self.settle()

    async def wait(self, seconds: float) -> None:
        """Let time pass for what waits to be sent."""
        self.time.advance(seconds)
        await self.settle()

    def limit_by_hand(self) -> None:
        """From now on the limits of the server are renewed only when the test lets time pass."""
        assert self.app.client
        calls, limits = self.app.client._calls, self.time.budget()
        limits.on_wait = calls.budget.on_wait
        calls.budget = limits

    async def settle(self) -> None:
        """Return when the app has nothing to do but wait: for a key, an answer or another try."""
        async with asyncio.timeout(PATIENCE):
            await self.pilot._wait_for_screen()
            while self._busy():
                await asyncio.sleep(0.005)
                if not self._busy():
                    # Messages that are being handled are in no queue.
                    await self.pilot._wait_for_screen()
        if self.app._exception:
            raise self.app._exception
        self._strips = [] if self.left else self.app.screen._compositor.render_strips()

    def _busy(self) -> bool:
        if self.left or self.app._exception:  # Whoever closes the app is told of a crash.
            return False
        app = self.app
        if app.client is None or self.net.busy or app._key or app.painting_late:
            return True
        if self._about_to_send() or self._about_to_paint():
            return True
        if self.net.held or app.limits:
            # Everything that still runs waits for an answer that is held back, or for the limits.
            return False
        if any(worker.group != "outbox" and not worker.is_finished for worker in app.workers):
            return True
        return self._detail_is_late()

    def _about_to_paint(self) -> bool:
        """Something waits for the next frame, or for its turn behind another message."""
        app, screen = self.app, self.app.screen
        return bool(
            app._resize_event
            or screen._callbacks
            or screen._dirty_widgets
            or screen._layout_required
            or screen._repaint_required
            or any(node.message_queue_size for node in (app, *app._registry) if not node._closing)
        )

    def _about_to_send(self) -> bool:
        # What is under way may wait for an answer that is held back, or for the server's limits.
        return self.outbox.under_way > self.net.held and not self.app.limits

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
    def outbox(self) -> Outbox:
        return self.app.outbox

    @property
    def left(self) -> bool:
        """True when the app was left."""
        return self.app._exit

    def screen(self) -> list[str]:
        """All that is painted, line by line."""
        return [strip.text for strip in self._strips]

    def painted(self) -> str:
        """All that is painted."""
        return "\n".join(self.screen())

    def lines(self, widget: Widget) -> list[str]:
        """What is painted within a widget, without the spaces at the end; [] if it is hidden."""
        return [line.text.rstrip() for line in self._strips_of(widget)]

    def _strips_of(self, widget: Widget) -> list[Strip]:
        x, y, width, height = widget.scrollable_content_region if widget.display else Region()
        return [strip.crop(x, x + width) for strip in self._strips[y : y + height]]

    def rows(self) -> list[str]:
        """The rows of the list, or the sentences in their place."""
        return [line for line in self.lines(self.board.case_list)[1:] if line.strip()]

    def listed(self) -> list[str]:
        """The keys of the cases in the list."""
        return [word for row in self.rows() for word in row.split() if _is_key(word)]

    def row(self, key: str) -> str:
        """The row of a case, without bars, with one space wherever there are more."""
        rows = (_BAR.sub("", row).split() for row in self.rows())
        return next(" ".join(words) for words in rows if key in words)

    def cursor(self) -> str:
        """The key of the case under the cursor, which its background tells."""
        case_list = self.board.case_list
        ground = look(case_list, "cursor" if case_list.has_focus else "cursor-blur").bgcolor
        [row] = [
            strip.text
            for strip in self._strips_of(case_list)[1:]
            if any(segment.style and segment.style.bgcolor == ground for segment in strip)
        ]
        return next(word for word in row.split() if _is_key(word))

    def is_dimmed(self, key: str) -> bool:
        """True if the row of a case is painted as one that is out of date or gone."""
        row = next(s for s in self._strips_of(self.board.case_list)[1:] if key in s.text.split())
        styles = [segment.style for segment in row if segment.style and segment.text.strip()]
        return all(style.italic for style in styles)

    def place(self) -> str:
        """Where the cursor is, as the list's header says it: "3 of 196"."""
        header = self.lines(self.board.case_list)[0]
        return header.partition("Title ")[2].partition("Assignee")[0].strip()

    def status(self) -> str:
        """The status line, and what was said below it where there was no room."""
        board = self.board
        lines = [*self.lines(board.status), *(self.lines(board.hints) if board.said_below else ())]
        return " ".join(lines)

    def query(self) -> str:
        """The query line."""
        return self.lines(self.board.bar)[0].strip().removeprefix("/").strip()

    def facets(self) -> list[str]:
        """The facets: headings and values, without the bars."""
        lines = [_BAR.sub("", line) for line in self.lines(self.board.facet_panel)[1:]]
        return [" ".join(line.split()) for line in lines if line.strip()]

    def detail(self) -> str:
        """The detail, as far as it is on the screen."""
        return "\n".join(self.lines(self.board.detail))

    def toasts(self) -> list[str]:
        """What the toasts say."""
        return [f"{toast.title}: {toast.message}" for toast in self.app._notifications]


def _is_key(word: str) -> bool:
    project, dash, number = word.partition("-")
    return bool(dash) and project.isupper() and number.isdecimal()


@asynccontextmanager
async def opened(
    at: Office,
    *,
    query: str = "",
    size: tuple[int, int] = (120, 30),
    page_size: int = 100,
    with_preview: bool = False,
    network: Faults | None = None,
    web: str | None = None,
    faults: Callable[[Faults], object] | None = None,
    cache: Path | None = None,
    queues: bool = True,
    may_misunderstand: bool = False,
    keymap: dict[str, str] | None = None,
    key_doubts: Sequence[str] = (),
    macros: dict[str, list[str]] | None = None,
    templates: dict[str, str] | None = None,
    tour: Callable[[], object] | None = None,
    profile: str = "",
    project: str = "",
    read_only: bool = False,
    journal: Path | None = None,
    local: Path | None = None,
    hold: float = 0.0,
    refresh: float = 0.0,
    after_decision: str = "stay",
    views: dict[str, str] | None = None,
    alert: str = "off",
    alert_when: str = "always",
) -> AsyncIterator[Ui]:
    """The app, when its first screen is there.

    Args:
        with_preview: Paint the first page before the client is ready.
        network: In place of one to the server.
        web: Where cases have web pages, if they have any.
        faults: Is given the network before the app begins.
        journal: The file of the journal; one that nobody else has if None.
        local: The file of what the machine remembers; nothing is there before if None.
        cache: The file in which answers are kept, if they are.
        tour: Called when the tour is over; there is none if None.
        queues: False to refuse writes while the server is away.
        after_decision: Where the cursor goes; in most stories it is led from row to row.
    """
    net = network or at.network()
    if faults:
        faults(net)
    start: Query = parse(query)
    shown = preview(at.store, start, size=page_size) if with_preview else None
    answers = Cache(cache, now=at.clock.now) if cache else None
    if answers:
        shown = answers.preview(str(start), Sort(), page_size)
    with TemporaryDirectory(prefix="triage-tui-test-") as folder:
        kept = Journal(journal or Path(folder) / "journal.db", now=at.clock.now)
        state = LocalState(local, now=at.clock.now)
        app = TriageApp(
            Backend(
                "test workspace",
                "",
                lambda: client_over(net, read_only=read_only, project=project),
                lambda case: f"{web}/{case.key}" if web else None,
                profile=profile,
                project=project,
                read_only=read_only,
                cache=answers,
                queues=queues,
                may_misunderstand=may_misunderstand,
                views=views or {},
            ),
            kept,
            local=state,
            hold=hold,
            refresh=refresh,
            alert=alert,
            alert_when=alert_when,
            timing=(time := HandTime()),
            moment=count().__next__,
            chance=Random(7),
            start=start,
            preview=shown,
            page_size=page_size,
            keymap=keymap,
            key_doubts=key_doubts,
            macros=macros_of(macros or {}, keymap or {}, templates or {}, at.clock.now())[0],
            templates=templates,
            tour_over=tour,
            after_decision=after_decision,
            now=at.clock.now,
        )
        try:
            async with app.run_test(size=size, notifications=True) as pilot:
                ui = Ui(app, pilot, net, at, time)
                await ui.settle()
                yield ui
        finally:
            kept.close()
            state.close()
    if app.client:
        await app.client.close()
    if answers:
        answers.close()


@asynccontextmanager
async def start(data: Workspace = SMALL, **options: Any) -> AsyncIterator[Ui]:
    """The app over a server of its own; `options` as `opened` has them."""
    async with office(data) as at, opened(at, **options) as ui:
        yield ui
