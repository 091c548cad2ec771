"""The two lines at the bottom of the main screen: the state and what was said, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from rich.cells import cell_len
from textual.timer import Timer

from triage_tui.reading import sort_told
from triage_tui.text import ago, clean, plural
from triage_tui.timing import Timer as Alarm
from triage_tui.ui.screens.again import ROOM_FOR_REASONS
from triage_tui.ui.screens.sections import SectionActions
from triage_tui.ui.widgets.line import Line, Part
from triage_tui.ui.workarounds import is_open

SAID_FOR = 8.0
"""Seconds a piece of news stays in the status line; what went wrong stays until Esc."""


class BottomLines(SectionActions):
    """Part of the main screen.

    Attributes:
        said_below: What was said has the place of the hints: there was no room beside the state.
    """

    status: Line
    _seconds: Timer
    """Goes while it is counted down when a lost server is tried again, or requests may go on."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.said: Part | None = None
        self.said_below = False
        self._said_until: Alarm | None = None
        self._limits = ""

    def look_at_limits(self) -> None:
        """Paint why requests wait, if that has changed; from then on it is counted down."""
        if self._limits != self.triage.limits:
            self.paint_status()

    def paint_status(self) -> None:
        session = self.session
        self._limits = self.triage.limits
        parts: list[Part] = []
        if session.marked:
            parts.append((f" {self.marked_told()} ", "key"))
        parts += self.waiting()
        if session.range_from:
            parts.append((" range: V again to mark ", "key"))
        if session.marking:
            loaded, total = len(session.rows), session.total
            extent = f" of {total:,}" if total is not None else ""
            parts.append((f" reading all to mark them, {loaded:,}{extent} · esc stops ", "key"))
        away = self.triage.reach.told(session.read_at, brief=self.size.width < ROOM_FOR_REASONS)
        if progress := self.progress():
            parts.append((f" {clean(progress, limit=400)} ", "warn"))
        elif session.waiting and session.writes:
            # Why they wait is told beside it while the server cannot be reached.
            why = "" if away else f", {session.waiting}"
            text = f" {plural(len(session.writes), 'write')} unsent{why} "
            parts.append((clean(text, limit=400), "warn"))
        elif sending := len(session.writes) - self.triage.outbox.held:
            wait = self._limits and not session.writes.sending
            told = f"{plural(sending, 'write')} unsent" if wait else f"sending {sending}…"
            parts.append((f" {told} ", "warn"))
        if self._limits:
            parts.append((f" {self._limits} ", "warn"))
        if held := self.triage.outbox.held:
            parts.append((f" {held} held: u takes back ", "warn"))
        if unread := self.unread:
            parts.append((f" {unread} failed · @ ", "bad"))
        if left := len(self.triage.left):
            parts.append((f" {plural(left, 'write')} of an earlier start: ! decides ", "warn"))
        if disputes := len(self.triage.disputes):
            parts.append((f" {plural(disputes, 'conflict')}: ! decides ", "warn"))
        (self._seconds.resume if away or self._limits else self._seconds.pause)()
        if away:
            parts.append((f" {away} ", "warn"))
        at = len(parts)
        if away:
            parts.append((clean(session.problem or "", limit=400), "dim"))
        elif session.problem:
            parts.append((clean(f" r tries again · {session.problem} ", limit=400), "bad"))
        if session.skipped:
            parts.append((f" {plural(session.skipped, 'case')} unreadable ", "bad"))
        if session.remembered and session.read_at and not away:
            parts.append((f" from {ago(session.read_at, self.triage.now())} · connecting ", "warn"))
        elif self.triage.client is None:
            parts.append((" connecting… ", "dim"))
        elif session.reading and session.read_at:
            parts.append((" reading… ", "dim"))
        right = f"{sort_told(session.sort)} "
        old = session.read_at and self.triage.now() - session.read_at > timedelta(minutes=1)
        if old and session.read_at and not (away or session.remembered):
            right = f"read {ago(session.read_at, self.triage.now())}, r again · {right}"
        self._show_status(parts[:at], parts[at:], self.refresh_told() + right)

    def _show_status(self, first: list[Part], rest: list[Part], right: str) -> None:
        """Show the state and what was said, which goes below where there is no room beside it."""
        said = [self.said] if self.said else []
        below = bool(said) and _cells(first) + _cells(said) > self.size.width
        if below or self.said_below:
            self.said_below = below
            self.paint_hints()
        parts = [*first, *rest] if below else [*first, *said, *rest]
        fits = _cells(parts) + cell_len(right) <= self.size.width
        self.status.show(parts, [(right, "dim")] if fits else [])

    def paint_hints(self) -> None:
        """Show the hints, unless what was said has their place."""
        if self.said and self.said_below:
            self.hints.show([self.said])
            return
        self.offer_hints()

    def on_resize(self) -> None:
        self.paint_hints()
        self.paint_status()

    def say(self, sentence: str, look: str = "good") -> None:
        """Put a sentence into the status line: news goes by itself, trouble stays until Esc."""
        if self._said_until:
            self._said_until.cancel()
            self._said_until = None
        self.said = (f" {clean(sentence, limit=400)} ", look) if sentence else None
        if sentence and look != "bad":
            self._said_until = self.triage.later(SAID_FOR, self._unsay)
        self.paint_status()

    def _unsay(self) -> None:
        if is_open(self):
            self.say("")

    @property
    def trouble_said(self) -> bool:
        """True while the status line tells of trouble."""
        return self.said is not None and self.said[1] == "bad"

    def remark(self, sentence: str) -> None:
        if not self.trouble_said:
            self.say(sentence, look="dim")


def _cells(parts: Sequence[Part]) -> int:
    return sum(cell_len(text) for text, _ in parts)
