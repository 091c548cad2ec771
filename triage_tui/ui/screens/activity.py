"""Everything that was sent, waits to be sent, or failed, with all that is known of it."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.getters import query_one
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Input

from triage_tui.actions import ACTIONS
from triage_tui.at_hand import Situation
from triage_tui.entries import FAILED, UNSENT, Entry, State
from triage_tui.errors import JournalError
from triage_tui.text import clean, plural
from triage_tui.ui.entry_text import as_text, what
from triage_tui.ui.keys_shown import shown_keys
from triage_tui.ui.screens.fields import LineField
from triage_tui.ui.widgets.entry_detail import EntryDetail
from triage_tui.ui.widgets.entry_list import EntryList
from triage_tui.ui.widgets.line import Line, Part
from triage_tui.ui.widgets.line_list import LineList
from triage_tui.ui.workarounds import is_open

if TYPE_CHECKING:
    from triage_tui.ui.screens.again import AgainActions

PIECE = 100
"""Entries that are read at once: reading them must not be felt."""

OTHERS_EVERY = 1.0
"""Seconds between two looks whether another triage-tui has written to the same journal."""

_LOOKING_BACK = 5 * PIECE

BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]
"""Least widths in cells, and the class that the screen has from there on."""


class Kind(StrEnum):
    """Which entries are shown."""

    ALL = "all"
    FAILED = "failed"
    PENDING = "pending"
    STEP = "step"


_STATES: dict[Kind, tuple[State, ...]] = {
    Kind.ALL: (),
    Kind.FAILED: FAILED,
    Kind.PENDING: UNSENT,
    Kind.STEP: (),
}

_NOTHING: dict[Kind, tuple[str, ...]] = {
    Kind.ALL: ("Nothing was changed here yet.", "", "Every change you make is listed here."),
    Kind.FAILED: ("Nothing failed.", "", "f shows the rest"),
    Kind.PENDING: ("Nothing waits to be sent.", "", "f shows the rest"),
    Kind.STEP: ("Nothing is left of this step.", "", "f shows the rest"),
}


class ActivityScreen(Screen[None]):
    """The journal, newest first, read as far as one looks.

    Args:
        board: Does what is asked for on an entry.
        step: Begin with the cases of this step.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = "../activity.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(action.keys, action.does, action.label, show=False, id=action.id)
        for action in ACTIONS
        if action.scope == "activity"
    ]
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    AUTO_FOCUS = "EntryList"

    title_line = query_one("#activity-title", Line)
    find = query_one("#activity-find", LineField)
    entry_list = query_one(EntryList)
    detail = query_one(EntryDetail)
    status = query_one("#activity-status", Line)
    hints = query_one("#activity-hints", Line)

    def __init__(self, board: AgainActions, step: int | None = None) -> None:
        super().__init__()
        self._board = board
        self._journal = board.triage.journal
        self._now = board.triage.now
        self._step = step
        self._kind = Kind.ALL if step is None else Kind.STEP
        self._text = ""
        self._entries: list[Entry] = []
        self._oldest: int | None = None
        self._newest = 0
        self._all_read = False
        self._problem = ""
        self._following = False
        self._version = 0

    def compose(self) -> ComposeResult:
        yield Line(id="activity-title")
        yield LineField(
            placeholder="A case, what was done, or what was answered",
            keys={"enter": self._leave_field, "down": self._leave_field},
            id="activity-find",
        )
        with Container(id="activity-panes"):
            yield EntryList()
            yield EntryDetail()
        yield Line(id="activity-status")
        yield Line(id="activity-hints")

    def on_mount(self) -> None:
        self._board.triage.followers.append(self.follow)
        # What the toasts say stands here too, and they would cover it.
        self.app.clear_notifications()
        self._begin_anew(at_unread=self._kind is Kind.ALL)
        self.set_interval(OTHERS_EVERY, self._look_at_others)

    def on_unmount(self) -> None:
        self._board.triage.followers.remove(self.follow)

    # Reading

    def _begin_anew(self, *, at_unread: bool = False, here: int | None = None) -> None:
        """Read the first of the entries that are wanted now.

        Args:
            at_unread: Begin at the newest failure that nobody has read: others stay unread.
            here: Begin at the entry with this number, which was read before.
        """
        self._entries, self._oldest, self._newest, self._all_read = [], None, 0, False
        self._read_piece()
        while here is not None and not self._all_read and (self._oldest or 0) > here:
            self._read_piece()
        wanted = (
            n
            for n, entry in enumerate(self._entries)
            if entry.edit.number == here or (at_unread and _is_unread(entry))
        )
        self._show(next(wanted, 0))
        self.read_on()

    def _read_piece(self) -> None:
        """Read on by one piece; what does not fit the text is left out."""
        try:
            piece = self._journal.entries(
                limit=PIECE,
                before=self._oldest,
                states=_STATES[self._kind],
                step=self._step if self._kind is Kind.STEP else None,
            )
        except JournalError as error:
            self._problem, self._all_read = str(error), True
            return
        self._all_read = len(piece) < PIECE
        if piece:
            self._oldest = piece[-1].edit.number
            self._newest = max(self._newest, piece[0].edit.number)
        self._entries += [entry for entry in piece if self._fits(entry)]

    def _fits(self, entry: Entry) -> bool:
        if not self._text:
            return True
        edit = entry.edit
        words = f"{edit.key} {what(edit)} {entry.state} {entry.answer.said}".casefold()
        return all(word in words for word in self._text.split())

    @on(EntryList.EndReached)
    @work(group="activity", exclusive=True)
    async def read_on(self) -> None:
        """Read until there is enough below the cursor."""
        read = False
        while not self._all_read and len(self._entries) < self.entry_list.cursor + 2 * PIECE:
            await asyncio.sleep(0)  # Keys go first.
            self._read_piece()
            read = True
        if read:
            self._show(self.entry_list.cursor)

    def follow(self) -> None:
        """Something changed: look at the journal again with the next frame."""
        if not self._following:
            self._following = True
            self.call_after_refresh(self._look_again)

    def _look_again(self) -> None:
        """Take in what is new, and what became of the entries that can be seen."""
        self._following = False
        if not is_open(self):
            return
        at = self._entries[self.entry_list.cursor].edit.number if self._entries else None
        try:
            new = self._journal.entries(
                limit=PIECE,
                after=self._newest,
                states=_STATES[self._kind],
                step=self._step if self._kind is Kind.STEP else None,
            )
            if new:
                self._newest = new[0].edit.number
                self._entries[:0] = [entry for entry in new if self._fits(entry)]
            self._bring_up_to_date()
        except JournalError as error:
            self._problem = str(error)
        self._show(next((n for n, one in enumerate(self._entries) if one.edit.number == at), 0))

    def _look_at_others(self) -> None:
        """Begin anew, where the person is, if another triage-tui has written to the journal.

        Its entries need not have the highest numbers: a run that began earlier has lower ones.
        """
        try:
            version = self._journal.version()
        except JournalError as error:
            self._problem = str(error)
            return
        cursor = self.entry_list.cursor
        # Who looks that far back does not wait for news, and all until there would be read again.
        if self._version not in (0, version) and cursor < _LOOKING_BACK:
            self._begin_anew(here=self._entries[cursor].edit.number if self._entries else None)
        self._version = version

    def _bring_up_to_date(self) -> None:
        seen = {
            self._entries[index].edit.number: index
            for index in (*self.entry_list.in_sight, self.entry_list.cursor)
            if index < len(self._entries) and self._entries[index].state in UNSENT
        }
        for entry in self._journal.some([*seen]):
            self._entries[seen[entry.edit.number]] = entry

    # Painting

    def _show(self, cursor: int) -> None:
        nothing = (self._problem,) if self._problem else _NOTHING[self._kind]
        if self._text and not self._problem:
            nothing = ("No entry has this in it.", "", "esc takes the text away")
        self.entry_list.show(self._entries, cursor, now=self._now(), message=nothing)
        self._show_entry()
        self._paint_title()
        self._paint_hints()

    @on(LineList.Moved)
    def _show_entry(self) -> None:
        """Show the entry under the cursor, which then has been read."""
        entry = self.entry
        if entry and _is_unread(entry):
            try:
                self._journal.mark_read([entry.edit.number])
                [entry] = self._journal.some([entry.edit.number])
            except (JournalError, ValueError) as error:
                self.say(str(error), "bad")
            else:
                self._entries[self.entry_list.cursor] = entry
                self.entry_list.repaint()
                self._board.paint_marks()
        self.detail.show(entry, self._now())

    @property
    def entry(self) -> Entry | None:
        """The entry under the cursor."""
        at = self.entry_list.cursor
        return self._entries[at] if at < len(self._entries) else None

    def _paint_title(self) -> None:
        parts: list[Part] = [(" Activity ", "strong")]
        kinds = [kind for kind in Kind if kind is not Kind.STEP or self._step is not None]
        for kind in kinds:
            parts.append((f" {kind} ", "header-focus" if kind is self._kind else "dim"))
        if self._text:
            parts.append((clean(f"  /{self._text} ", limit=60), "key"))
        self.title_line.show(parts, [(f"{self._counted()} ", "dim")])

    def _counted(self) -> str:
        if self._kind is Kind.STEP and self._step is not None:
            return self._board.told_of_step(self._step)
        more = "" if self._all_read else " or more"
        count = len(self._entries)
        return f"{count:,}{more} {plural(count, 'write').rpartition(' ')[2]}"

    def _paint_hints(self) -> None:
        left: list[Part] = []
        right: list[Part] = [(" esc", "key"), (" back ", "dim")]
        room = self.size.width - 11
        for action in ACTIONS:
            if action.scope != "activity" or not action.hint:
                continue
            if action.writes and self._board.triage.backend.read_only:
                continue
            key = shown_keys(self._board.triage.keys_of(action)).partition(" ")[0]
            parts = [(f" {key}", "key"), (f" {action.hint}", "dim")]
            room -= sum(cell_len(text) for text, _ in parts)
            if key and room >= 0:
                left += parts
        self.hints.show(left, right)

    def on_resize(self) -> None:
        self._paint_hints()

    def say(self, sentence: str, look: str = "good") -> None:
        """Put a sentence into the status line."""
        self.status.show([(f" {clean(sentence, limit=400)} ", look)] if sentence else [])

    # Which entries

    def action_turn(self, by: int) -> None:
        kinds = [kind for kind in Kind if kind is not Kind.STEP or self._step is not None]
        self._kind = kinds[(kinds.index(self._kind) + by) % len(kinds)]
        self._begin_anew()

    def action_step(self) -> None:
        if entry := self.entry:
            self._step, self._kind = entry.edit.step, Kind.STEP
            self._begin_anew()

    def action_find(self) -> None:
        self.add_class("-finding")
        self.find.focus()

    @on(Input.Changed, "#activity-find")
    def _narrow(self) -> None:
        text = " ".join(self.find.value.casefold().split())
        if text != self._text:
            self._text = text
            self._begin_anew()

    def _leave_field(self) -> None:
        self._narrow()
        self.entry_list.focus()
        self.set_class(bool(self._text), "-finding")

    def on_key(self, event: events.Key) -> None:
        # The field would take escape for itself only to pass it on.
        if event.key == "escape" and self.find.has_focus:
            event.stop()
            self.action_close()

    def action_close(self) -> None:
        """One step back: the text that was looked for, the step, the screen."""
        if self.has_class("-finding"):
            self.find.value = ""
            self._leave_field()
        elif self._kind is Kind.STEP:
            self._kind = Kind.ALL
            self._begin_anew()
        elif self.app.screen is self:
            self.dismiss()

    def action_detail(self, by: int) -> None:
        self.detail.action_step(by)

    # What is done with an entry

    @property
    def _changeable(self) -> Entry | None:
        """The entry under the cursor, if anything may be changed now."""
        if why := self._board.triage.no_writes:
            self.say(why, "warn")
            return None
        return self.entry

    def action_help(self) -> None:
        from triage_tui.ui.screens.help import HelpScreen

        triage = self._board.triage
        keys = {action.id: triage.keys_of(action) for action in ACTIONS}
        now = Situation(screen="activity", pane="", no_writes=triage.no_writes)
        self.app.push_screen(HelpScreen(ACTIONS, keys, now))

    def action_retry(self) -> None:
        if entry := self._changeable:
            self._board.retry(entry)

    def action_drop(self) -> None:
        # Also while offline: what is dropped was decided before, and nothing is sent for it.
        if self._board.triage.backend.read_only:
            self.say(self._board.triage.no_writes, "warn")
        elif entry := self.entry:
            self._board.drop(entry)

    def action_undo(self) -> None:
        if entry := self._changeable:
            self._board.turn_back(entry)

    def action_copy(self) -> None:
        if entry := self.entry:
            self.app.copy_to_clipboard(as_text(entry, self._now()))
            self.say(f"Copied what is known of {clean(entry.edit.key, limit=40)}.")

    def action_open(self) -> None:
        entry = self.entry
        if entry and not entry.edit.case_id:
            self.say("Which case it became is not known here.", "warn")
        elif entry and self.app.screen is self:
            self.dismiss()
            self._board.go_to(entry.edit.case_id, entry.edit.key)


def _is_unread(entry: Entry) -> bool:
    return entry.state in FAILED and not entry.read
