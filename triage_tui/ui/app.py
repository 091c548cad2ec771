"""The app: the session, the work in the background, and nothing that paints."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.actions import ActionParseResult
from textual.app import App
from textual.dom import DOMNode
from textual.geometry import Size
from textual.screen import Screen
from textual.theme import Theme
from textual.timer import Timer
from textual.types import CSSPathType

from triage_tui import drafts, remembered, snoozes
from triage_tui.actions import ACTIONS, Action
from triage_tui.drafts import Drafts
from triage_tui.errors import ApiError, TriageError
from triage_tui.local_state import LocalState
from triage_tui.models import Case
from triage_tui.outbox import Outbox
from triage_tui.pending import Pending
from triage_tui.query import Query
from triage_tui.reading import Preview, sort_of
from triage_tui.session import Session
from triage_tui.timing import Timing, utc_now
from triage_tui.ui.keymap import DISABLED
from triage_tui.ui.loading import load
from triage_tui.ui.polite import PoliteApp
from triage_tui.ui.screens.triage import TriageScreen
from triage_tui.ui.themes import OWN_THEMES, chosen_theme, fitting
from triage_tui.ui.widgets.line_list import LineList
from triage_tui.ui.writing import WritingApp
from triage_tui.walk import ENDS

if TYPE_CHECKING:
    from triage_tui.cache import Cache
    from triage_tui.client import CaseClient
    from triage_tui.journal import Journal
    from triage_tui.macros import Macro
    from triage_tui.ui.screens.decide import Plan

LEAST = Size(60, 20)
"""The smallest terminal in which everything can be used."""

PAINT_EVERY = 0.04
"""Seconds between two paintings of what the server answers; longer while they take longer."""

THEME = "theme"
"""Under which it is remembered which theme was chosen here."""

MOST_DOUBTS = 3
"""Sentences about keys that are shown at the start."""

DOUBTS_FOR = 15.0
"""Seconds for which they are."""

MOST_LOOKED_AT = 10
"""Cases that are read again when nothing seems to be left to do."""


@dataclass(frozen=True)
class Backend:
    """What the app works on.

    Attributes:
        name: For the title line: a site, an address, or "local workspace".
        hint: A sentence beside it, or "".
        throwaway: What is decided is gone when the person leaves.
        connect: Makes the client. Called in a thread: where the libraries that it needs are not
            there yet, it loads them.
        loads: Modules that are loaded before, between the keys, if there is something to look at.
        case_url: Web address of a case, or None where there is no web page.
        profile: Profile of the configuration that is used, or "".
        project: Key of the only project whose cases are asked for; "" for all.
        read_only: Keys that would change a case say that they do not.
        comes_again: The next start finds what was left unsent.
        cache: Where answers are kept for the next start, if they are.
        may_misunderstand: The server may not know every key of the query language.
        queues: False if nothing is to be changed while the server cannot be reached.
        place_options: Options by which a command in the shell works on the same.
        views: Queries of the configuration by the names of their views, in order; not read yet.
    """

    name: str
    hint: str
    connect: Callable[[], CaseClient]
    case_url: Callable[[Case], str | None]
    profile: str = ""
    project: str = ""
    read_only: bool = False
    comes_again: bool = True
    cache: Cache | None = None
    queues: bool = True
    may_misunderstand: bool = False
    place_options: tuple[str, ...] = ()
    views: Mapping[str, str] = field(default_factory=dict)
    throwaway: bool = False
    loads: Sequence[str] = ()


class TriageApp(PoliteApp, WritingApp):
    """The dashboard.

    Args:
        journal: Where every write is kept before it is sent.
        local: What this machine remembers of the place; nothing beyond this run if None.
        hold: Seconds for which a write may be taken back before it is sent.
        refresh: Seconds between two readings of the list by itself; 0 for never.
        theme: Name of a theme, or "auto" for the one that fits the terminal.
        preview: What to paint in the first frame, before the client is ready.
        alert, alert_when: How and when the person is called for a new P1, as the configuration
            has it.
        start: The query to begin with.
        keymap: Keys for action ids, already checked.
        key_doubts: Sentences about them that a person should read.
        macros: What single keys do in one step, already checked.
        templates: Texts to put into comments, by their names.
        shifts: Those that a report may be about, as the configuration has them.
        after_decision: What the cursor does when its case is settled: next, stay or follow.
        advance_on: What settles a case, of `walk.KINDS`.
        tour_over: Called when the tour was seen or skipped; there is none at the start if None.
        now: The clock.
        timing: How the outbox waits, and a server that is away is left alone; as the event loop
            does if None.
        moment: Seconds that pass, by which it is told what a person cannot have seen yet.
        chance: By which tries to reach a lost server are spread.
    """

    TITLE = "triage-tui"
    CSS_PATH: ClassVar[CSSPathType | None] = "triage.tcss"

    def __init__(
        self,
        backend: Backend,
        journal: Journal,
        *,
        local: LocalState | None = None,
        hold: float = 0.0,
        refresh: float = 0.0,
        alert: str = "off",
        alert_when: str = "always",
        start: Query | None = None,
        preview: Preview | None = None,
        page_size: int = 100,
        keymap: Mapping[str, str] | None = None,
        key_doubts: Sequence[str] = (),
        macros: Sequence[Macro] = (),
        templates: Mapping[str, str] | None = None,
        shifts: Mapping[str, str] | None = None,
        theme: str = "triage-dark",
        after_decision: str = "next",
        advance_on: Sequence[str] = ENDS,
        tour_over: Callable[[], object] | None = None,
        now: Callable[[], datetime] = utc_now,
        timing: Timing | None = None,
        moment: Callable[[], float] = monotonic,
        chance: Random | None = None,
    ) -> None:
        session = Session(
            query=start or Query(),
            sort=sort_of(local.get("sort") if local else None),
            page_size=page_size,
            now=now(),
            writes=Pending(journal.last_number),
        )
        super().__init__(
            backend,
            session,
            now=now,
            timing=timing,
            chance=chance,
            refresh=refresh,
            alert=alert,
            alert_when=alert_when,
        )
        self.moment = moment
        self.journal = journal
        self.local = local or LocalState(None, now=now)
        self.local.on_loss = self._tell_loss
        self._loss_told = False
        self.drafts = Drafts(self.local)
        self.templates = dict(templates or {})
        self.macros = tuple(macros)
        self.tour_over = tour_over
        self.shifts = dict(shifts or {})
        self.after_decision, self.advance_on = after_decision, tuple(advance_on)
        self.outbox = Outbox(self.session, journal, self, now=now, hold=hold, timing=timing)
        self.followers: list[Callable[[], None]] = []
        """Who is called when anything changed, beside the main screen."""
        self._late: Timer | None = None
        self._not_before = 0.0
        for own in OWN_THEMES:
            self.register_theme(own)
        self._configured_theme = theme
        theme = chosen_theme(self.local.get(THEME), theme)
        self._start_theme = fitting(theme, os.environ, self.console.color_system)
        if self._start_theme in {own.name for own in OWN_THEMES}:
            # Now, so that nothing is painted with the colours of another one first.
            self.set_reactive(App.theme, self._start_theme)
            self.stylesheet.set_variables(self.get_css_variables())
            self.set_class(self.current_theme.dark, "-dark-mode", update=False)
            self.set_class(not self.current_theme.dark, "-light-mode", update=False)
        self._keys_of = dict(keymap or {})
        self._key_doubts = key_doubts
        defaults = {action.id: action.keys for action in ACTIONS}
        # Textual goes through the whole key map at every key press: the fewer entries the better.
        self.set_keymap({id: keys for id, keys in self._keys_of.items() if keys != defaults[id]})
        if preview:
            remembered.show(self.session, preview)
        else:
            self.session.search(self.session.query)

    def get_default_screen(self) -> Screen[None]:
        """The main screen is the first one, so nothing is painted twice."""
        return TriageScreen(self.size.width)

    def keys_of(self, action: Action) -> str:
        """The keys in force for an action, comma separated; "" if it has none."""
        keys = self._keys_of.get(action.id, action.keys)
        return "" if keys == DISABLED else keys

    @property
    def limits(self) -> str:
        """Why requests wait for the server, and for how long; "" if none does."""
        return self.client.budget.notice if self.client else ""

    def on_mount(self) -> None:
        self.theme = self._start_theme
        self.theme_changed_signal.subscribe(self, self._restyle)
        self.call_after_refresh(self.connect)
        self.call_after_refresh(lambda: self._look_at_room(self.size))
        self.call_after_refresh(self._tell_doubts)
        if self.local.trouble:
            self.call_after_refresh(lambda: self._tell_loss(drafts.KIND, self.local.trouble))
        if self.tour_over:
            self.call_after_refresh(self.board.begin_first_tour)
        if not self.backend.read_only:
            self.call_after_refresh(self.look_back)

    def on_resize(self, event: events.Resize) -> None:
        self._look_at_room(event.size)

    def _look_at_room(self, size: Size) -> None:
        """Say so where there is no room for anything else."""
        if not (size.width < LEAST.width or size.height < LEAST.height) or not self._is_mounted:
            return
        from triage_tui.ui.screens.too_small import TooSmallScreen

        if not any(isinstance(screen, TooSmallScreen) for screen in self.screen_stack):
            self.push_screen(TooSmallScreen(LEAST))

    def choose_theme(self, name: str) -> None:
        """Show other colours, and do so at the next start too, until the configuration changes."""
        self.theme = name
        self.local.put(THEME, {"chosen": name, "instead of": self._configured_theme})

    def _restyle(self, theme: Theme) -> None:
        for screen in self.screen_stack:
            for lines in screen.query(LineList):
                lines.restyle()

    def _tell_loss(self, kind: str, why: str) -> None:
        """Say once that what the person wrote cannot be kept: the rest is no loss."""
        if self._loss_told or kind not in (drafts.KIND, drafts.HAND_OVER, snoozes.KIND):
            return
        self._loss_told = True
        sentence = f"Drafts, notes and snoozes may be gone when you quit: {why}."
        told = f"{sentence} triage-tui doctor looks for the reason."
        self.notify(told, title="Not kept on this machine", severity="warning", timeout=DOUBTS_FOR)

    def _tell_doubts(self) -> None:
        told = [*self._key_doubts[:MOST_DOUBTS]]
        if more := len(self._key_doubts) - len(told):
            told.append(f"{more} more: triage-tui doctor tells them.")
        for sentence in told:
            self.notify(sentence, title="Keys", severity="warning", timeout=DOUBTS_FOR)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run what a key or the palette asks for, unless there is a reason not to: that is said."""
        own = default_namespace is self.board and isinstance(action, str)
        if own and (why := self.board.why_not_run(str(action))):
            self.board.say(why, look="warn")
            return True
        return await super().run_action(action, default_namespace, namespaces)

    @property
    def no_writes(self) -> str:
        """Why nothing may be changed now, as a sentence, or ""."""
        if self.backend.read_only:
            return "Read-only: nothing was changed."
        offline = self.reach.lost_at is not None and not self.backend.queues
        return "Offline: nothing was changed." if offline else ""

    def action_help_quit(self) -> None:
        """Say at ctrl+c how one leaves: with the key that is in force."""
        key = self.board.key_of("app.quit")
        self.board.remark(f"{key} quits" if key else "ctrl+q quits")

    async def action_quit(self) -> None:
        """Leave as q does: Textual's own key for it must not drop unsent writes either."""
        self.board.action_leave()

    def took_list(self) -> None:
        super().took_list()
        self.board.list_came()
        if self.tour_over:
            self.call_after_refresh(self.board.begin_first_tour)

    def on_unmount(self) -> None:
        self.views.stop()
        self.refreshing.stop()
        self.keeper.leave()

    def sync(self) -> None:
        """Paint the session."""
        began = monotonic()
        if self._late:
            self._late.stop()
            self._late = None
        self.session.now = self.now()
        if self.screen_stack:
            self.board.end_bulks()
            self.board.paint()
        for follow in self.followers:
            follow()
        now = monotonic()
        self._not_before = now + max(PAINT_EVERY, 4 * (now - began))

    def sync_soon(self) -> None:
        # Of a step on a thousand cases every answer changes something.
        wait = self._not_before - monotonic()
        if wait <= 0:
            self.sync()
        elif self._late is None:
            self._late = self.set_timer(wait, self.sync)

    @property
    def painting_late(self) -> bool:
        """True while something changed that is not painted yet."""
        return self._late is not None

    # Reading

    @work(group="connect")
    async def connect(self) -> None:
        """Make the client, then read everything over it."""
        if self.session.rows:
            await load(self.backend.loads, self.since_key)
        try:
            self.client = await asyncio.to_thread(self.backend.connect)
            self.client.only_project = self.backend.project
            self.client.budget.on_wait = self.board.look_at_limits
        except TriageError as error:
            self._cannot_begin(error)
            return
        self.send_edits()
        self.read(self.session.refresh())
        self.read_directory()

    def hurry(self) -> None:
        self.outbox.hurry()

    @work(group="look again")
    async def look_again(self, case_ids: Sequence[str], plan: Plan) -> None:
        """Read cases that look as they were asked to be; what we show may be old."""
        if self.client:
            try:
                for case_id in case_ids[:MOST_LOOKED_AT]:
                    self.session.case_loaded(await self.client.case(case_id))
            except ApiError as error:
                self.board.say(f"It looks so already; {error}", look="bad")
                return
        edits = self.session.edit(plan, case_ids)
        if edits:
            self.board.sent(edits, case_ids)
        else:
            case = self.session.case(case_ids[0])
            many = len(case_ids) > 1 or not case
            them = f"All {len(case_ids)} cases are" if many or not case else f"{case.key} is"
            self.board.say(f"{them} so already: nothing to change.", look="warn")
            self.sync()

    # Writing

    @work(group="outbox")
    async def send_edits(self) -> None:
        """The one worker that writes; never exclusive, because a replaced worker loses writes."""
        assert self.client
        await self.outbox.run(self.client)

    def ended_by_signal(self, number: int) -> None:
        """Leave at once, and say what is lost by it."""
        self.exit(return_code=128 + number, message=self.board.what_is_left() or None)
