"""What is written, and what the person is told about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from triage_tui import beside, drafts, steps
from triage_tui.beside_changes import BesideChange, Duplicate, EditComment
from triage_tui.changes import AddComment, CreateCase
from triage_tui.conflicts import Dispute, in_short, lately
from triage_tui.drafts import Drafts
from triage_tui.edits import Edit, Redone, Undone
from triage_tui.entries import Entry, State
from triage_tui.errors import MAYBE_DONE, JournalError
from triage_tui.field_changes import MoveToProject
from triage_tui.models import Case, Definition, TimelineCell
from triage_tui.outbox import Outbox
from triage_tui.reading import PageRequest
from triage_tui.session import Session
from triage_tui.text import plural
from triage_tui.ui.workarounds import SafeApp

if TYPE_CHECKING:
    from triage_tui.journal import Journal
    from triage_tui.ui.screens.left import Decision
    from triage_tui.ui.screens.triage import TriageScreen


class WritingApp(SafeApp):
    """Part of the app, and the outbox's `Watcher`."""

    session: Session
    journal: Journal
    outbox: Outbox
    now: Callable[[], datetime]
    drafts: Drafts
    templates: Mapping[str, str]
    """Texts to put into comments, by their names."""
    definitions: tuple[Definition, ...] | None = None
    """What custom attributes may hold; None as long as nobody needed to know."""

    def __init__(self) -> None:
        super().__init__()
        self.left: list[Entry] = []
        """What an earlier run did not send, as long as nobody has decided about it."""
        self.disputes: dict[int, Dispute] = {}
        """Writes that somebody else was faster than, as long as nobody has decided about them."""
        self._commented: dict[int, list[str]] = {}

    @property
    def board(self) -> TriageScreen:
        """The main screen, also while a modal is on top of it."""
        raise NotImplementedError

    def sync(self) -> None:
        """Paint the session."""
        raise NotImplementedError

    @property
    def no_writes(self) -> str:
        """Why nothing may be changed now, as a sentence, or ""."""
        raise NotImplementedError

    def sync_soon(self) -> None:
        """Paint the session together with what changes until then."""
        raise NotImplementedError

    def read(self, request: PageRequest | None) -> None:
        """Read pages in the background."""
        raise NotImplementedError

    def catch_up(self, *, show: bool = False) -> None:
        """Read what others changed, and show new rows at once if that is wanted."""
        raise NotImplementedError

    def load_facets(self) -> object:
        """Count the facets in the background."""
        raise NotImplementedError

    # What is asked for

    def look_back(self) -> None:
        """Take up what earlier runs left: their steps, and the question what is to be sent."""
        try:
            self.left, done, undone = steps.earlier(self.journal)
        except JournalError as error:
            self.troubled(str(error))
            return
        self.session.writes.remember(done, undone)
        self._remember_disputes()
        if self.journal.warning:
            self.troubled(self.journal.warning)
        if self.left:
            self.board.action_settle()

    def _remember_disputes(self) -> None:
        for entry in reversed(self.journal.entries(limit=200)):
            theirs = entry.answer.theirs
            if entry.state is State.CONFLICT and not entry.read and theirs and not entry.damaged:
                dispute = Dispute(entry.edit, theirs, entry.answer.said)
                self.disputes[entry.edit.number] = dispute

    def settle_dispute(self, dispute: Dispute, *, overwrite: bool) -> None:
        """Send what somebody was faster than all the same, or leave the case as they made it.

        Where nothing may be changed now, it waits for another decision.
        """
        if overwrite and self._ask_later():
            return
        self.disputes.pop(dispute.edit.number, None)
        try:
            self.journal.mark_read([dispute.edit.number])
        except JournalError as error:
            self.troubled(str(error))
        if overwrite:
            edit = self.session.overwrite(dispute.edit, dispute.theirs)
            if self.send([edit]):
                self.board.say(f"Overwriting: {edit.phrase}")
        self.sync()

    def _ask_later(self) -> bool:
        """True, and said, if nothing may be changed now."""
        if why := self.no_writes:
            self.board.say(f"{why} ! asks again.", look="warn")
        return bool(why)

    def decide_left(self, decision: Decision) -> None:
        """Do with what was left what the person decided.

        Where nothing may be changed now, what was to be sent waits for another decision.
        """
        if decision.send and self._ask_later():
            decision = replace(decision, send=())
        decided = {entry.edit.number for entry in (*decision.send, *decision.drop)}
        self.left = [entry for entry in self.left if entry.edit.number not in decided]
        self.outbox.resume(decision.send)
        self.outbox.abandon(decision.drop)
        for entry in decision.drop:
            self.keep_text(entry.edit)
        self.sync()

    def send(self, edits: Sequence[Edit]) -> bool:
        """Keep edits that the session holds already, paint them, and have them sent.

        False if they cannot be kept, or nothing may be changed now: then they are not made, and
        the person is told.
        """
        if why := self.no_writes:
            # A menu or a question was open when that became so.
            self.session.never_made(edits)
            for edit in edits:
                self.keep_text(edit)
            self.board.say(why, look="warn")
            self.sync()
            return False
        if not self._kept(edits, lambda: self.outbox.put(edits)):
            return False
        self.board.last_done = edits
        return True

    def undo(self) -> Undone | None:
        """Take the last step back, and have sent what that takes; None if there is none."""
        undone = self.session.undo()
        if undone is None:
            return None
        self.board.last_done = ()
        for edit in undone.dropped:
            self.keep_text(edit)
        self.board.keep_count(undone.edits)
        self._kept(
            undone.edits, lambda: self.outbox.undone(undone.step, undone.dropped, undone.edits)
        )
        return undone

    def cancel(self, edits: Sequence[Edit]) -> list[Edit]:
        """Give up those of the edits that have surely not arrived, and return them."""
        gone = steps.surely_unsent(self.session, edits)
        for edit in gone:
            self.keep_text(edit)
        try:
            steps.call_off(self.session, self.outbox, self.journal, gone)
        except JournalError as error:
            self.troubled(str(error))
        self.sync()
        return gone

    def redo(self) -> Redone | None:
        """Do again what was taken back last; None if there is nothing."""
        redone = self.session.redo()
        if redone is None:
            return None
        for edit in redone.edits:
            self.not_a_draft_any_more(edit)
        self.board.keep_count(redone.edits)
        self._kept(redone.edits, lambda: self.outbox.redone(redone))
        return redone

    def _kept(self, edits: Sequence[Edit], keep: Callable[[], None]) -> bool:
        try:
            keep()
        except JournalError as error:
            self.session.never_made(edits)
            for edit in edits:
                self.keep_text(edit)
            self.troubled(f"Nothing was changed. {error}")
            self.sync()
            return False
        self.sync()
        return True

    # What becomes of the edits, as `outbox.Watcher` has it

    def changed(self) -> None:
        self.sync_soon()

    def confirmed(self, edit: Edit, answer: Case | TimelineCell | None) -> None:
        if isinstance(edit.change, CreateCase) and isinstance(answer, Case):
            self.board.created(answer)
        elif isinstance(edit.change, AddComment):
            self._say_commented(edit)
        elif isinstance(edit.change, Duplicate):
            self.board.linked(edit.case_id, edit.change.other_id)
        elif isinstance(edit.change, BesideChange) and edit.case_id in self.session.timelines:
            cells = self.session.timelines[edit.case_id]
            self.session.timelines[edit.case_id] = beside.after(edit.change, cells)
        elif isinstance(edit.change, MoveToProject) and isinstance(answer, Case):
            self.board.say(f"{edit.key} is {answer.key} now.")
        gone = edit.guard is not None and not self.session.listed(edit.case_id)
        if not self.session.writes and self.screen.has_class("-leaving"):
            self.board.leave_if_done()
        elif self.session.problem or gone:
            # The server is back, or an undo brought a case back into the list.
            self.catch_up(show=gone)
        elif not self.session.writes:
            self.load_facets()

    def refused(self, edit: Edit, why: str) -> None:
        """Give a text back to where it was typed, and say what did not happen."""
        state = State.UNSURE if MAYBE_DONE in why else State.REFUSED
        kept = self.keep_text(edit)
        if self.board.failed(edit, state):
            return
        if kept:
            why += f" The text is kept: press {_key_for(edit)}."
        self.board.say(f"{edit.key}: {why}", look="bad")
        self.notify(why, title=edit.key, severity="error", timeout=15)

    def disputed(self, edit: Edit, theirs: Case, why: str) -> None:
        self.disputes[edit.number] = Dispute(edit, theirs, why)
        if self.board.failed(edit, State.CONFLICT):
            return
        self.board.say(f"{in_short(why)} ! decides.", look="bad")
        self.notify(
            f"{lately(why, theirs, self.now())} Press ! to decide.",
            title=edit.key,
            severity="warning",
            timeout=15,
        )

    def troubled(self, why: str) -> None:
        self.board.say(why, look="bad")
        self.notify(why, title="Journal", severity="error", timeout=15)

    def _say_commented(self, edit: Edit) -> None:
        keys = self._commented.setdefault(edit.step, [])
        keys.append(edit.key)
        if not any(one.step == edit.step for one in self.session.writes):
            del self._commented[edit.step]
            where = keys[0] if len(keys) == 1 else plural(len(keys), "case")
            if not self.board.trouble_said:  # Why another write of the step was not made.
                self.board.say(f"Comment added to {where}.")

    def keep_text(self, edit: Edit) -> bool:
        """Keep the text of an edit that is not made, if it has one."""
        match edit.change:
            case AddComment(text):
                self.drafts.keep_too(drafts.comment_on([edit.case_id]), text)
            case EditComment(cell_id, text):
                self.drafts.keep_too(drafts.edit_of(cell_id), text)
            case CreateCase(new):
                self.drafts.keep_new_case(self.drafts.name_for_new_case(), new)
            case _:
                return False
        return True

    def not_a_draft_any_more(self, edit: Edit) -> None:
        """What an edit says is sent: it need not be taken up again."""
        match edit.change:
            case AddComment(text):
                name = drafts.comment_on([edit.case_id])
                if self.drafts.text(name) == text:
                    self.drafts.forget(name)
            case CreateCase(new):
                self.drafts.forget_new_case(new)


def _key_for(edit: Edit) -> str:
    """The key that takes the text of an edit up again."""
    if isinstance(edit.change, EditComment):
        return "M"
    return "m" if edit.case_id else "c"
